"""Who may apply for a service of the table (Y9, O9-1, Y11-7): filed here, in use, with its papers,
and where it needs identity only by somebody who is verified."""

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.catalogue.service import KindView
from server.core.i18n import N_
from server.core.web import Invalid, Problem

NOT_HERE = N_("온라인으로 받지 않는 민원입니다. 민원 안내에서 신청하는 곳을 확인해 주세요.")
GONE = N_("지금은 받지 않는 민원입니다. 민원 안내에서 다시 골라 주세요.")
VERIFIED_ONLY = N_("본인확인을 마친 분만 신청할 수 있는 민원입니다.")
PAPERS_MISSING = N_("구비서류를 사진으로 찍어 붙여 주세요.")


async def wanted(slug: str, account_id: int | None, photos_count: int) -> KindView | None:
    """The service applied for; None where none was chosen.

    Raises Invalid (422) where it is not filed here (O9-1) or lacks its papers, Problem (403) where
    the applicant's identity is not verified (Y11-7).
    """
    if not slug:
        return None
    kind = await catalogue.kind_by_slug(slug)
    if kind is None or not kind.active:
        raise Invalid("complaint.service", GONE)
    if not kind.online:
        raise Invalid("complaint.service", NOT_HERE)
    verified = account_id is not None and await accounts.person_of(account_id) is not None
    if kind.identity and not verified:
        raise Problem("complaint.identity", VERIFIED_ONLY, 403)
    if not photos_count and any(paper.required for paper in kind.papers):
        raise Invalid("complaint.papers", PAPERS_MISSING, "photos")
    return kind
