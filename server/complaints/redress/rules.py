"""When a resident may object, demand correction, ask for reopening and say how content they are.

Objection to a refused statutory application (Act 35), demand for correction (D18), reopening and
satisfaction (the office's own settings). Pure: dates and codes in, the reason why not out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from server.complaints.workflow import BEFORE_ACCEPTANCE, OPEN, Outcome, State
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.deadlines.service import Due, WorkCalendar, course, in_seoul, supplement_deadline

OBJECTION_DAYS: Final = 60  # from the day the refusal was told (Act 35(1))
DECISION_PERIOD: Final = "10d"  # working days, the first included (Act 35(2), 19)
EXTENDED_PERIOD: Final = "20d"  # ten more from the day after the first ten (Act 35(2))
RATING_DAYS: Final = timedelta(days=7)
RATINGS: Final = range(1, 6)
WORD_LETTERS_MAX: Final = 500
SUM_MIN: Final = 5  # fewer opinions are not summed up: a sum of two tells who said what

ANSWERED: Final = frozenset({State.COMPLETED, State.MERGED})
"""Where a complaint stands when its result has been told (a merged one by its leader's)."""

REFUSALS: Final = frozenset({Outcome.REFUSED, Outcome.PARTLY, Outcome.RETURNED})
"""What can be objected to: refused whole or in part, or sent back unheard."""


class ObjectionState(StrEnum):
    """Where an objection stands."""

    FILED = "filed"
    EXTENDED = "extended"
    DECIDED = "decided"


class Decision(StrEnum):
    """What became of an objection."""

    UPHELD = "upheld"  # 인용: the application is handled anew
    PARTLY = "partly"  # 일부 인용: likewise, as far as it is upheld
    DISMISSED = "dismissed"  # 기각


class Ground(StrEnum):
    """Why correction is demanded (D18(1))."""

    WITHHELD = "withheld"
    PAPERS = "papers"
    LATE = "late"


class ReopeningState(StrEnum):
    """Where a request for reopening stands."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"


DECISIONS: Final[Mapping[Decision, str]] = {
    Decision.UPHELD: N_("이의신청을 받아들였습니다"),
    Decision.PARTLY: N_("이의신청을 일부 받아들였습니다"),
    Decision.DISMISSED: N_("이의신청을 받아들이지 않았습니다"),
}
GROUNDS: Final[Mapping[Ground, str]] = {
    Ground.WITHHELD: N_("접수를 미루거나 거부했습니다"),
    Ground.PAPERS: N_("정해진 것보다 많은 서류를 요구했습니다"),
    Ground.LATE: N_("처리 기한이 지났습니다"),
}
SCORES: Final[Mapping[int, str]] = {
    5: N_("매우 만족"),
    4: N_("만족"),
    3: N_("보통"),
    2: N_("불만족"),
    1: N_("매우 불만족"),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A complaint whose result may be contested. `told_at` is when its result was told."""

    state: State
    category: str | None
    outcome: Outcome | None
    told_at: datetime | None

    @property
    def is_answered(self) -> bool:
        """Whether there is a result, and it was told."""
        return self.state in ANSWERED and self.outcome is not None and self.told_at is not None


def objection_last_day(told_at: datetime, calendar: WorkCalendar) -> date:
    """The last day for an objection: 60 days, the day of the notice out, an end on a day off
    moved to the next working day (Act 35(1), Civil Act 157-161)."""
    return supplement_deadline(in_seoul(told_at).date(), OBJECTION_DAYS, calendar)


def objection_fault(
    ended: Ended, today: date, calendar: WorkCalendar, *, already: bool
) -> Phrase | None:
    """Why no objection can be raised, or None. What else is open is said with it."""
    if not ended.is_answered or ended.told_at is None:
        return Phrase(N_("이의신청은 처리 결과를 받은 뒤에 할 수 있습니다."))
    if ended.category != "application":
        return Phrase(
            N_("이의신청은 인허가 같은 법정민원에 할 수 있습니다. 재처리를 요청할 수 있습니다.")
        )
    if ended.outcome not in REFUSALS:
        return Phrase(N_("이의신청은 거부한 결과에 할 수 있습니다."))
    if already:
        return Phrase(N_("이미 이의신청을 하셨습니다."))
    last = objection_last_day(ended.told_at, calendar)
    if today > last:
        return Phrase(
            N_(
                "이의신청 기간(결과를 받은 날부터 60일)이 %(day)s에 끝났습니다. "
                "행정심판이나 행정소송은 따로 확인해 주세요."
            ),
            {"day": last},
        )
    return None


def objection_due(filed_at: datetime, calendar: WorkCalendar, *, extended: bool) -> Due:
    """Until when an objection is decided: 10 working days, extended 10 more (Act 35(2))."""
    period = EXTENDED_PERIOD if extended else DECISION_PERIOD
    return course(filed_at, period, (), calendar).due


def extension_fault(state: ObjectionState, due_at: datetime, now: datetime) -> Phrase | None:
    """Why the decision cannot be put off, or None: once, and before its period is over."""
    if state is ObjectionState.EXTENDED:
        return Phrase(N_("결정 기한은 한 번만 늘릴 수 있습니다."))
    if state is ObjectionState.DECIDED:
        return Phrase(N_("이미 결정한 이의신청입니다."))
    if now >= due_at:
        return Phrase(N_("결정 기한이 이미 지나 늘릴 수 없습니다. 바로 결정해 주세요."))
    return None


def demand_fault(
    ground: Ground, state: State, accept_by: datetime, due_at: datetime | None, now: datetime
) -> Phrase | None:
    """Why correction cannot be demanded on this ground, or None (D18(1)).

    Receipt is withheld once the eight working hours are over; papers can be too many at any time
    while it is handled; time is up when the period has lapsed and no result is there.
    """
    if state not in OPEN:
        return Phrase(N_("이미 끝난 민원입니다. 이의신청이나 재처리를 요청할 수 있습니다."))
    if ground is Ground.WITHHELD:
        if state not in BEFORE_ACCEPTANCE:
            return Phrase(N_("이미 접수한 민원입니다."))
        if state is State.ARRIVED and now < accept_by:
            return Phrase(
                N_("%(when)s까지 접수합니다. 그 뒤에도 접수하지 않으면 요구할 수 있습니다."),
                {"when": accept_by},
            )
    if ground is Ground.LATE and (due_at is None or now < due_at):
        return Phrase(N_("아직 처리 기한이 지나지 않았습니다."))
    return None


def grounds_open(
    state: State, accept_by: datetime, due_at: datetime | None, now: datetime
) -> tuple[Ground, ...]:
    """The grounds on which correction can be demanded now."""
    return tuple(
        ground for ground in Ground if demand_fault(ground, state, accept_by, due_at, now) is None
    )


def reopening_last_day(told_at: datetime, days: int, calendar: WorkCalendar) -> date:
    """The last day for asking to reopen: `days` of the profile, counted as Civil Act 157-161."""
    return supplement_deadline(in_seoul(told_at).date(), days, calendar)


def reopening_fault(
    ended: Ended, today: date, days: int, calendar: WorkCalendar, *, already: bool
) -> Phrase | None:
    """Why reopening cannot be asked for, or None."""
    if not ended.is_answered or ended.told_at is None:
        return Phrase(N_("재처리는 처리가 끝난 뒤에 요청할 수 있습니다."))
    if already:
        return Phrase(N_("이 민원은 이미 재처리를 요청했거나 다시 처리하고 있습니다."))
    last = reopening_last_day(ended.told_at, days, calendar)
    if today > last:
        return Phrase(
            N_("재처리를 요청할 수 있는 기간이 %(day)s에 끝났습니다. 새로 신청할 수 있습니다."),
            {"day": last},
        )
    return None


def rating_fault(ended: Ended, rated_at: datetime | None, now: datetime) -> Phrase | None:
    """Why satisfaction cannot be said, or said anew, or None: once, changeable for 7 days."""
    if not ended.is_answered:
        return Phrase(N_("만족도는 처리가 끝난 뒤에 알려 주세요."))
    if rated_at is not None and now >= rated_at + RATING_DAYS:
        return Phrase(N_("만족도는 알려 주신 날부터 7일 동안 바꿀 수 있습니다."))
    return None
