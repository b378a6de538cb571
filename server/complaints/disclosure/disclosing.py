"""Disclosure as the office decides it: closed, opened again, or more of it covered, always with a
ground and a reason, told to the applicant and recorded (Y10-2, Y12-1, Y12-2).

Audit does so where the profile says so, the complaints department otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.accounts import service as accounts
from server.complaints import rules
from server.complaints.acts import acting, standing
from server.complaints.disclosure import guard, publishing
from server.complaints.disclosure.models import Ruling
from server.complaints.models import Complaint, Photo, Publication
from server.complaints.rules import tidy
from server.complaints.workflow import Action, Hat
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid, NotFound

ACTS = {"hide": Action.HIDE, "show": Action.SHOW, "cover": Action.COVER}
WORDS_MAX = 20
WORD_LETTERS_MIN = 2


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided and why. `words`, one a line, and `photos` are covered by `cover`."""

    act: str
    ground: str
    reason: str
    words: str = ""
    photos: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was taken, as the desk shows it."""

    at: datetime
    act: str
    ground: str
    reason: str
    words: Sequence[str]
    photos: bool
    official: str


@dataclass(frozen=True, slots=True)
class Disclosed:
    """How a complaint stands before the public, and what was decided about it."""

    number: str
    version: int
    wanted: bool  # by the applicant
    published: bool
    hidden: bool
    photos_hidden: bool
    title: str  # as the public reads them, or would
    body: str
    place: str
    words: Sequence[str]
    decided: Sequence[Decided]


@transactional
async def set_public(
    number: str,
    actor: Actor,
    public: bool,
    *,
    covered: bool = False,
    claim: FormClaim | None = None,
) -> None:
    """Disclose or refuse disclosure, as the applicant wishes, at any time; refused, it is gone at
    once (Y12-1). A text that holds a number of somebody's is disclosed only `covered`, which the
    applicant has to say: raises guard.Telltale otherwise.
    """
    action = Action.REVEAL if public else Action.CONCEAL
    act = await acting.begin(number, actor, action, {}, version=None, claim=claim)
    if act is None:
        return
    if public and not covered:
        await _look_through(act.complaint)
    act.changes["public"] = public
    await act.finish(claim)


async def _look_through(complaint: Complaint) -> None:
    photos = await Photo.filter(complaint_id=complaint.id).order_by("number")
    captions = "\n".join(photo.caption for photo in photos if photo.caption)
    texts = {"title": complaint.title, "body": complaint.body, "place": complaint.place}
    await guard.check(texts | {"captions": captions})


@transactional
async def decide(
    number: str,
    actor: Actor,
    decision: Decision,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Decide on the disclosure of a complaint: every public place follows in this transaction.

    Raises NotFound, workflow.Refused (403, 409, 422), Invalid, Changed.
    """
    if decision.act not in ACTS:
        raise Invalid("complaint.ruling", N_("무엇을 할지 골라 주세요."), "act")
    if decision.ground and decision.ground not in rules.CLOSING_GROUNDS:
        raise Invalid("complaint.ground", N_("어느 사유에 해당하는지 골라 주세요."), "ground")
    words = _words(decision.words)
    reason = tidy(decision.reason)
    given = {
        "ground": decision.ground,
        "reason": reason,
        "covered": bool(words) or decision.photos,
    }
    action = ACTS[decision.act]
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return
    covers = decision.act == "cover"
    assert actor.account_id is not None
    await Ruling.create(
        complaint_id=act.complaint.id,
        at=act.now,
        actor_id=actor.account_id,
        act=decision.act,
        ground=decision.ground,
        reason=reason,
        words="\n".join(words) if covers and words else None,
        photos=covers and decision.photos,
    )
    act.facts["ground"] = decision.ground
    await act.finish(claim, reason)


async def disclosed(number: str, actor: Actor) -> Disclosed:
    """How it stands, for whoever manages disclosure. Raises NotFound for all others."""
    complaint = await Complaint.get_or_none(number=number)
    if complaint is None or Hat.DISCLOSURE not in standing.hats_of(actor, complaint):
        raise NotFound
    ruled = await publishing.ruled_on(complaint.id)
    cover = await publishing.covering(complaint, ruled)
    rows = await Ruling.filter(complaint_id=complaint.id).order_by("-id")
    names = await accounts.display_names({row.actor_id for row in rows})
    return Disclosed(
        complaint.number,
        complaint.version,
        complaint.public,
        await Publication.exists(complaint_id=complaint.id),
        ruled.hidden,
        ruled.photos_hidden,
        cover(complaint.title),
        cover(complaint.body),
        cover(complaint.place),
        ruled.words,
        [
            Decided(
                row.at,
                row.act,
                rules.CLOSING_GROUNDS[row.ground],
                row.reason,
                (row.words or "").splitlines(),
                row.photos,
                names.get(row.actor_id, ""),
            )
            for row in rows
        ],
    )


def _words(text: str) -> list[str]:
    """The words to cover, one a line. Raises Invalid: a single letter would cover half the text."""
    words = [line for each in text.splitlines() if (line := rules.tidy_line(each))]
    if any(len(word) < WORD_LETTERS_MIN for word in words):
        raise Invalid("complaint.words", N_("가릴 말은 두 글자부터입니다."), "words")
    if len(words) > WORDS_MAX or any(len(word) > rules.TITLE_LETTERS_MAX for word in words):
        sentence = N_("가릴 말은 한 줄에 하나씩 %(max)s줄까지입니다.")
        raise Invalid("complaint.words", sentence, "words", max=WORDS_MAX)
    return words
