"""Notes of officials for each other about a case (내부 메모), and site photos for its answer.

Neither is the applicant's to see: a memo never, a photo when the answer leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.accounts import service as accounts
from server.complaints.acts import standing
from server.complaints.answers import enclosing
from server.complaints.answers.models import Enclosure
from server.complaints.desk.models import Memo
from server.complaints.models import Complaint
from server.complaints.rules import tidy, tidy_line
from server.complaints.workflow import OPEN, Hat, State
from server.core import audit, clock, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, Forbidden, Invalid, NotFound

TEXT_LETTERS_MAX = 2000
CAPTION_LETTERS_MAX = 100
PHOTOS_MAX = 5
MEMOS_MAX = 200
OFFICE = frozenset({Hat.COMPLAINTS, Hat.HEAD, Hat.TEAM_HEAD, Hat.HANDLER, Hat.COOPERATOR})
READERS = OFFICE | {Hat.READER}
UNDER_APPROVAL = N_(
    "답변을 결재하는 동안에는 함께 나갈 사진을 바꿀 수 없습니다. 먼저 결재를 거두어 주세요."
)


@dataclass(frozen=True, slots=True)
class Noted:
    """A memo: by whom, when, what."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Notes:
    """What the office keeps of a case beside its timeline."""

    number: str
    title: str
    subject: str
    memos: Sequence[Noted]
    enclosed: Sequence[UUID]
    may_write: bool
    may_enclose: bool
    under_approval: bool


async def read(number: str, actor: Actor) -> Notes:
    """For officials who may see the case. Raises NotFound."""
    complaint, hats = await _case(number, actor)
    rows = await Memo.filter(complaint_id=complaint.id).order_by("-id").limit(MEMOS_MAX)
    names = await accounts.display_names({row.author_id for row in rows})
    keys = await Enclosure.filter(complaint_id=complaint.id).order_by("id")
    writes = not hats.isdisjoint(OFFICE)
    return Notes(
        complaint.number,
        complaint.title,
        f"complaint:{complaint.id}",
        [Noted(names[row.author_id], row.at, row.text) for row in rows],
        [UUID(str(row.key)) for row in keys],
        writes,
        writes and hats != {Hat.COOPERATOR} and _may_change_photos(complaint),
        complaint.state == State.AWAITING_APPROVAL,
    )


@transactional
async def write(number: str, actor: Actor, text: str, *, claim: FormClaim | None = None) -> None:
    """Note something for one's colleagues. Raises NotFound, Forbidden, Invalid on the field."""
    if await forms.claimed(claim) is not None:
        return
    complaint, hats = await _case(number, actor)
    if hats.isdisjoint(OFFICE):
        raise Forbidden
    kept = tidy(text, longest=TEXT_LETTERS_MAX, missing=N_("내용을 적어 주세요."))
    assert actor.account_id is not None
    await Memo.create(
        complaint_id=complaint.id, author_id=actor.account_id, at=clock.now(), text=kept
    )
    await audit.record("complaint.memo", complaint.number, actor.account_id)
    await forms.settle(claim, "")


@transactional
async def enclose(
    number: str,
    actor: Actor,
    owner: str,
    key: UUID,
    caption: str,
    *,
    claim: FormClaim | None = None,
) -> None:
    """Keep a staged photo from the site for the answer: everybody sees it when that leaves.

    Raises NotFound, Conflict where the case has ended or its answer waits for approval, Invalid on
    the field.
    """
    if await forms.claimed(claim) is not None:
        return
    complaint, hats = await _case(number, actor, held=True)
    if hats.isdisjoint(OFFICE - {Hat.COOPERATOR}):
        raise Forbidden
    if complaint.state not in OPEN:
        raise Conflict("memo.ended", N_("이미 처리가 끝난 민원입니다."))
    _check_not_under_approval(complaint)
    if await Enclosure.filter(complaint_id=complaint.id).count() >= PHOTOS_MAX:
        sentence = N_("사진은 %(max)s장까지 올릴 수 있습니다.")
        raise Invalid("memo.photos", sentence, "photo", max=PHOTOS_MAX)
    words = tidy_line(caption)[:CAPTION_LETTERS_MAX]
    await enclosing.enclose(complaint, owner, key, words)
    await audit.record("complaint.enclosed", complaint.number, actor.account_id)
    await forms.settle(claim, "")


@transactional
async def take_out(number: str, actor: Actor, key: UUID, *, claim: FormClaim | None = None) -> None:
    """Take a photo out again before the answer leaves; again changes nothing.

    Raises NotFound, Forbidden, Conflict where the answer waits for approval.
    """
    if await forms.claimed(claim) is not None:
        return
    complaint, hats = await _case(number, actor, held=True)
    if hats.isdisjoint(OFFICE - {Hat.COOPERATOR}):
        raise Forbidden
    _check_not_under_approval(complaint)
    await Enclosure.filter(complaint_id=complaint.id, key=key).delete()
    await forms.settle(claim, "")


async def enclosed_in(number: str, key: UUID, actor: Actor) -> bool:
    """Whether the photo waits with this case, and the reader may see it."""
    complaint, _ = await _case(number, actor)
    return await Enclosure.filter(complaint_id=complaint.id, key=key).exists()


def _may_change_photos(complaint: Complaint) -> bool:
    return complaint.state in OPEN and complaint.state != State.AWAITING_APPROVAL


def _check_not_under_approval(complaint: Complaint) -> None:
    """What leaves is what whoever approves has seen, photos and all."""
    if complaint.state == State.AWAITING_APPROVAL:
        raise Conflict("memo.under_approval", UNDER_APPROVAL)


async def _case(
    number: str, actor: Actor, *, held: bool = False
) -> tuple[Complaint, frozenset[Hat]]:
    """The case and what the actor is to it; `held`, no act comes between until the end."""
    rows = Complaint.filter(number=number)
    complaint = await (rows.select_for_update() if held else rows).first()
    if complaint is None:
        raise NotFound
    hats = await standing.hats(actor, complaint)
    if hats.isdisjoint(READERS):
        raise NotFound
    return complaint, hats
