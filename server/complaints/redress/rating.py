"""Satisfaction (만족도) with what the office did: a number and a word, once, changeable for a week.

Read one by one by nobody but who said it; the desk sees sums, and words without whose they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.complaints.acts import standing
from server.complaints.acts.refusing import refused
from server.complaints.disclosure import masking_rules
from server.complaints.models import Complaint
from server.complaints.redress import contesting
from server.complaints.redress import rules as redress_rules
from server.complaints.redress.models import Satisfaction
from server.complaints.rules import tidy
from server.complaints.workflow import Hat
from server.core import audit, clock, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid, NotFound

WORDS_SHOWN = 20
SUMMED: timedelta = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Summed:
    """Opinions of a year about one department (None: of those that had none), or all of them.

    `words` are masked and stand without number or name; too few opinions are not summed up:
    `count` is then all that is said.
    """

    department_id: int | None
    count: int
    mean: float | None
    scores: Mapping[int, int]
    words: Sequence[str]


@transactional
async def rate(
    number: str, actor: Actor, score: int, word: str = "", *, claim: FormClaim | None = None
) -> None:
    """Say, or say anew within seven days, how content the applicant is: 1 to 5, and a word."""
    if await forms.claimed(claim) is not None:
        return
    complaint = await Complaint.filter(number=number).select_for_update().first()
    if complaint is None or Hat.APPLICANT not in standing.hats_of(actor, complaint):
        raise NotFound
    if score not in redress_rules.RATINGS:
        raise Invalid("complaint.score", N_("얼마나 만족하시는지 골라 주세요."), "score")
    kept = tidy(word, "word", redress_rules.WORD_LETTERS_MAX) or None
    now = clock.now()
    row = await Satisfaction.get_or_none(complaint_id=complaint.id)
    ended = await contesting.ended_of(complaint)
    fault = redress_rules.rating_fault(ended, row.rated_at if row else None, now)
    if fault is not None:
        raise refused("satisfaction", fault)
    if row is None:
        await Satisfaction.create(
            complaint_id=complaint.id,
            department_id=complaint.department_id,
            score=score,
            word=kept,
            rated_at=now,
        )
    else:
        standing_row = Satisfaction.filter(complaint_id=complaint.id)
        await standing_row.update(score=score, word=kept, changed_at=now)
    await audit.record("complaint.rate", complaint.number, actor.account_id, changed=int(bool(row)))
    await forms.settle(claim, number)


async def summed(actor: Actor) -> list[Summed]:
    """The year's opinions, all first, then by department; a department's own official sees theirs.

    Who has the role complaints, examiner or audit sees all departments.
    """
    since = clock.now() - SUMMED
    query = Satisfaction.filter(rated_at__gte=since)
    if not standing.reads_all(actor):
        return [_sum(actor.department_id, await query.filter(department_id=actor.department_id))]
    rows = await query.order_by("-rated_at")
    by_department: dict[int | None, list[Satisfaction]] = {}
    for row in rows:
        by_department.setdefault(row.department_id, []).append(row)
    return [
        _sum(None, rows),
        *(
            _sum(department_id, theirs)
            for department_id, theirs in sorted(
                by_department.items(), key=lambda each: each[0] or 0
            )
            if department_id is not None
        ),
    ]


async def said(complaint_id: int) -> tuple[int, str, datetime] | None:
    """What the applicant said themselves: score, word, when first."""
    row = await Satisfaction.get_or_none(complaint_id=complaint_id)
    return None if row is None else (row.score, row.word or "", row.rated_at)


def _sum(department_id: int | None, rows: Sequence[Satisfaction]) -> Summed:
    count = len(rows)
    if count < redress_rules.SUM_MIN:
        return Summed(department_id, count, None, {}, ())
    scores = dict.fromkeys(redress_rules.RATINGS, 0)
    for row in rows:
        scores[row.score] += 1
    mean = sum(row.score for row in rows) / count
    words = [masking_rules.mask(row.word) for row in rows if row.word]
    return Summed(department_id, count, mean, scores, sorted(words[:WORDS_SHOWN]))
