"""The mandate brought in after the filing: an answer to the supplement that waits for it (D24), or
something more of the applicant."""

from uuid import UUID

from server.complaints.behalf import principals
from server.complaints.handling import adding, supplementing
from server.complaints.handling.adding import More
from server.complaints.models import Complaint
from server.complaints.workflow import State
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_, gettext
from server.core.web import Actor, Invalid, NotFound

GIVEN = N_("서명한 위임장을 냈습니다.")


@transactional
async def give(
    number: str, actor: Actor, key: UUID | None, owner: str, *, claim: FormClaim | None = None
) -> None:
    """Take a staged photo as the mandate of a case. Raises Invalid where there is none."""
    if key is None:
        raise Invalid("complaint.mandate", N_("서명한 위임장의 사진을 골라 주세요."), "mandate")
    complaint = await Complaint.get_or_none(number=number)
    if complaint is None:
        raise NotFound
    more = More(gettext(GIVEN))
    if complaint.state == State.SUPPLEMENT:
        await supplementing.give_supplement(number, actor, more, claim=claim)
    else:
        await adding.add(number, actor, more, claim=claim)
    await principals.adopt_mandate(number, key, owner)
