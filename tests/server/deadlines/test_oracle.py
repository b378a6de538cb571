"""The clock against the oracle, on cases that Hypothesis makes up (Act 19, D19-D21)."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from server.deadlines import clock_rules
from server.deadlines.calendar_rules import (
    DayOff,
    WorkCalendar,
    in_seoul,
    national_holidays,
)
from server.deadlines.clock_rules import NotCounted
from tests.server.deadlines import oracle
from tests.server.deadlines.oracle import Case, Ground, Office

FIRST, LAST = datetime(2026, 1, 1), datetime(2027, 12, 31, 23, 59)  # noqa: DTZ001 - Seoul's

CODES = {
    "immediate": (3, "hours"),
    **{f"{n}d": (8 * n, "hours") for n in range(1, 6)},
    **{f"{n}d": (n, "days") for n in (6, 7, 8, 10, 14, 20, 30, 60)},
    **{f"{n}w": (n, "weeks") for n in (1, 2, 6)},
    **{f"{n}m": (n, "months") for n in (1, 2, 3, 6)},
    "1y": (1, "years"),
}
# The days on which something happens are drawn as often as all others together.
SPECIAL = (
    [date(2026, 12, 24) + timedelta(days=n) for n in range(12)]
    + [date(2027, 2, 3) + timedelta(days=n) for n in range(8)]
    + [date(2026, 9, 22) + timedelta(days=n) for n in range(16)]
    + [date(2027, 1, 28) + timedelta(days=n) for n in range(4)]
    + [date(2027, 2, 26) + timedelta(days=n) for n in range(4)]
    + [date(2027, 8, 28) + timedelta(days=n) for n in range(4)]
)
MINUTES_OF_NOTE = (0, 539, 540, 541, 719, 720, 721, 779, 780, 781, 1079, 1080, 1081, 1439)

minutes_of_day = st.one_of(st.sampled_from(MINUTES_OF_NOTE), st.integers(0, 1439))
days = st.one_of(st.sampled_from(SPECIAL), st.dates(FIRST.date(), LAST.date()))
moments = st.builds(
    lambda day, minute: datetime.combine(day, time(minute // 60, minute % 60)), days, minutes_of_day
)
offices = st.sampled_from(
    [
        WorkCalendar(),
        WorkCalendar(late_act_counts_next_day=False),
        WorkCalendar(lunch=None),
        WorkCalendar(opens=time(8, 30), closes=time(17, 30), lunch=(time(11, 30), time(12, 30))),
        WorkCalendar(
            declared=(DayOff(date(2026, 11, 30), "임시공휴일"), DayOff(date(2027, 2, 10), "지역"))
        ),
    ]
)


@st.composite
def grounds(draw: st.DrawFn, accepted: datetime) -> NotCounted:
    """A supplement, an inquiry, documents (whole days) or a failure (to the minute), begun some
    time around the count."""
    begins = accepted + timedelta(
        days=draw(st.integers(-2, 25)), minutes=draw(st.integers(-600, 600))
    )
    kind = draw(st.sampled_from(clock_rules.Ground))
    if kind is clock_rules.Ground.FAILURE:
        length = timedelta(minutes=draw(st.one_of(st.integers(0, 600), st.integers(0, 6000))))
        return NotCounted.time(kind, begins, begins + length)
    return NotCounted.days(kind, begins, begins + timedelta(days=draw(st.integers(0, 20))))


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, Case, list[NotCounted], WorkCalendar]:
    """The same question for the clock and for the oracle."""
    code = draw(st.sampled_from(sorted(CODES)))
    accepted, calendar = draw(moments), draw(offices)
    out = draw(st.lists(grounds(accepted), max_size=3))
    count, unit = CODES[code]
    extensions = draw(st.lists(st.integers(1, min(count, 30)), max_size=2))
    office = Office(_worked(calendar), _declared(calendar), calendar.late_act_counts_next_day)
    told = [Ground(_naive(each.begins), _naive(each.ends), _naive(each.since)) for each in out]
    return code, Case(accepted, count, unit, told, office, extensions), out, calendar


def agree(question: tuple[str, Case, list[NotCounted], WorkCalendar]) -> None:
    code, case, out, calendar = question
    run = clock_rules.course(case.accepted, code, out, calendar, case.extensions)
    assert str(run.due) == oracle.due(case)


@seed(20261123)
@settings(max_examples=800, deadline=None, database=None)
@given(cases())
def test_the_clock_agrees_with_the_oracle(
    question: tuple[str, Case, list[NotCounted], WorkCalendar],
) -> None:
    agree(question)


@pytest.mark.prove
@settings(
    max_examples=20_000,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(cases())
def test_the_clock_agrees_with_the_oracle_on_twenty_thousand_cases(
    question: tuple[str, Case, list[NotCounted], WorkCalendar],
) -> None:
    agree(question)


def test_the_oracles_own_holidays_are_those_of_the_decree() -> None:
    """Both were written down apart: a substitute that one of them misses shows here."""
    for year in range(oracle.FIRST_YEAR, oracle.LAST_YEAR + 1):
        known = {day for day in oracle.HOLIDAYS if day.year == year}
        assert known == set(national_holidays(year)), year


WORKED = [
    ("2026-11-23T10:00", 7, "days", "2026-12-01"),
    ("2026-11-23T16:30", 3, "hours", "2026-11-24T10:30"),
    ("2026-11-26T15:00", 24, "hours", "2026-12-01T15:00"),
    ("2026-11-28T11:00", 16, "hours", "2026-12-01T18:00"),
    ("2027-01-29T09:00", 1, "months", "2027-03-02"),
]


@pytest.mark.parametrize(("accepted", "count", "unit", "ends"), WORKED)
def test_the_oracle_knows_the_worked_examples(
    accepted: str, count: int, unit: str, ends: str
) -> None:
    assert oracle.due(Case(datetime.fromisoformat(accepted), count, unit)) == ends


def test_the_oracle_knows_the_worked_supplement() -> None:
    asked, arrived = datetime(2026, 11, 25, 15), datetime(2026, 11, 28)  # noqa: DTZ001 - Seoul's
    out = Ground(datetime(2026, 11, 25), arrived, asked)  # noqa: DTZ001
    case = Case(datetime(2026, 11, 23, 10), 7, "days", [out])  # noqa: DTZ001
    assert oracle.due(case) == "2026-12-04"


def _worked(calendar: WorkCalendar) -> frozenset[int]:
    opens, closes = _minute(calendar.opens), _minute(calendar.closes)
    lunch = range(*map(_minute, calendar.lunch)) if calendar.lunch else ()
    return frozenset(range(opens, closes)) - frozenset(lunch)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _declared(calendar: WorkCalendar) -> frozenset[date]:
    return frozenset(off.day for off in calendar.declared)


def _naive(moment: datetime) -> datetime:
    return in_seoul(moment).replace(tzinfo=None)
