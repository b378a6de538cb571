"""Acceptance and classification (Act 9, 19, Y10-2): the office sets the kind, the clock starts."""

from datetime import datetime

from server.catalogue import service as catalogue
from server.complaints.acts import acting
from server.complaints.acts.acting import Act, kind_of
from server.complaints.behalf import principals
from server.complaints.behalf.rules import SUPPLEMENT_DAYS
from server.complaints.handling import auditing, paying, supplementing
from server.complaints.workflow import Action
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_, gettext
from server.core.web import Actor, Invalid

MANDATE_MISSING = N_(
    "다른 분을 대신한 신청인데 그분이 서명한 위임장이 없습니다. 위임장을 인쇄해 서명을 받은 뒤 "
    "사진을 찍어 이 민원의 ‘위임장 내기’에서 보내 주세요."
)


@transactional
async def accept(
    number: str,
    actor: Actor,
    kind: str,
    *,
    version: int,
    claim: FormClaim | None = None,
    received_at: datetime | None = None,
) -> None:
    """Accept and classify: the statutory clock starts (Act 19). `kind` is a slug.

    Where a fee is due that has not been paid, it is asked for instead (Y11-3). `received_at` is
    given where it was received on paper before it is registered (D6의2).
    """
    await principals.check_reviewed(number)
    given = {"kind": kind}
    if await paying.is_due(number, kind):
        await paying.ask(number, actor, kind, version=version, claim=claim)
        return
    act = await acting.begin(number, actor, Action.ACCEPT, given, version=version, claim=claim)
    if act is not None:
        if received_at is not None:
            act.changes["accepted_at"] = act.complaint.accepted_at = received_at
        await _classify(act, kind)
        await act.finish(claim)
        await auditing.tell(act)
        await _ask_for_mandate(act)


@transactional
async def reclassify(
    number: str, actor: Actor, kind: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """Set another kind: the clock is reckoned anew from acceptance, the applicant is told."""
    given = {"kind": kind}
    act = await acting.begin(number, actor, Action.RECLASSIFY, given, version=version, claim=claim)
    if act is not None:
        await _classify(act, kind)
        await act.finish(claim)
        await auditing.tell(act)


async def _ask_for_mandate(act: Act) -> None:
    """Filed for another without the mandate that its kind asks for: a supplement (D24)."""
    complaint, kind = act.complaint, await kind_of(act.complaint)
    if kind is None or not await principals.lacks_mandate(complaint.id, kind):
        return
    await supplementing.ask_supplement(
        complaint.number,
        act.actor,
        gettext(MANDATE_MISSING),
        SUPPLEMENT_DAYS,
        version=complaint.version,
    )


async def _classify(act: Act, slug: str) -> None:
    kind = await catalogue.kind_to_choose(slug, act.complaint.wanted_kind_id)
    if kind is None:
        raise Invalid("complaint.kind", N_("민원 종류를 골라 주세요."), "kind")
    if kind.fee_won and not await paying.is_paid(act.complaint):
        sentence = N_("수수료를 먼저 내야 하는 민원입니다. 접수할 때 고를 수 있습니다.")
        raise Invalid("complaint.kind", sentence, "kind")
    act.facts["kind"] = kind.id
    act.changes["kind_id"] = act.complaint.kind_id = kind.id
    if act.complaint.accepted_at is None:
        act.changes["accepted_at"] = act.complaint.accepted_at = act.now
    await act.reckon()
    await auditing.refer(act, kind.category)
