"""A visit to the place: a memo for colleagues and photos for the answer, kept together or not at
all (Y10-2). It may come hours later, from a phone that had no network."""

from collections.abc import Sequence
from uuid import UUID

from server.complaints.acts import standing
from server.complaints.desk import memos
from server.complaints.models import Complaint
from server.complaints.workflow import OPEN, Hat, State
from server.core import forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, Invalid

HANDED_OVER = N_(
    "그 사이 다른 부서로 넘어간 민원이라 기록을 담지 못했습니다. 맡은 부서에 직접 알려 주세요."
)
ENDED = N_(
    "그 사이 처리가 끝난 민원이라 사진을 담지 못했습니다. 사진을 빼면 메모는 남길 수 있습니다."
)
UNDER_APPROVAL = N_(
    "답변을 결재하고 있는 민원이라 사진을 담지 못했습니다. 먼저 결재를 거두어 주세요. "
    "사진을 빼면 메모는 남길 수 있습니다."
)
EMPTY = N_("메모를 적거나 사진을 골라 주세요.")


@transactional
async def keep(
    number: str,
    actor: Actor,
    text: str,
    owner: str,
    photos: Sequence[UUID],
    *,
    claim: FormClaim | None = None,
) -> bool:
    """Keep what was noted and photographed; whether the case is still the actor's own.

    Raises Conflict (409) where it has meanwhile gone to another department, or where before its
    photos came it ended, or its answer went to be approved; Invalid (422) where there is nothing to
    keep. `photos` are staged under `owner`.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return earlier == "own"
    if not text.strip() and not photos:
        raise Invalid("field.empty", EMPTY, "text")
    complaint = await Complaint.filter(number=number).select_for_update().first()
    takers = memos.OFFICE - {Hat.COOPERATOR} if photos else memos.OFFICE
    if complaint is None or (await standing.hats(actor, complaint)).isdisjoint(takers):
        raise Conflict("field.handed_over", HANDED_OVER)
    if photos and complaint.state not in OPEN:
        raise Conflict("field.ended", ENDED, "photos")
    if photos and complaint.state == State.AWAITING_APPROVAL:
        raise Conflict("field.under_approval", UNDER_APPROVAL, "photos")
    if text.strip():
        await memos.write(number, actor, text)
    for key in photos:
        await _enclose(number, actor, owner, key)
    own = complaint.handler_id in await standing.represented_by(actor)
    await forms.settle(claim, "own" if own else "other")
    return own


async def _enclose(number: str, actor: Actor, owner: str, key: UUID) -> None:
    """Raises Invalid on the form's own field for photos."""
    try:
        await memos.enclose(number, actor, owner, key, "")
    except Invalid as refused:
        refused.field = "photos"
        raise
