"""The statutory clock, case by case, as a lawyer would check it (Act 19, D19, D20)."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.deadlines.calendar_rules import ORDINARY, DayOff, WorkCalendar, in_seoul, without
from server.deadlines.clock_rules import (
    Counting,
    Ground,
    NotCounted,
    Period,
    Unit,
    accept_by,
    course,
    due,
    supplement_deadline,
)


def at(text: str) -> datetime:
    return in_seoul(datetime.fromisoformat(text))


# The worked examples of the rules, to the letter.
WORKED = [
    ("2026-11-23T10:00", "7d", "2026-12-01"),  # day 1 is Monday
    ("2026-11-23T16:30", "immediate", "2026-11-24T10:30"),
    ("2026-11-26T15:00", "3d", "2026-12-01T15:00"),  # 24 working hours
    ("2026-11-28T11:00", "2d", "2026-12-01T18:00"),  # Saturday: the clock starts Monday 09:00
    ("2027-01-29T09:00", "1m", "2027-03-02"),  # no 29 February; the 28th is Sunday, 1 March off
]

HOURS = [
    ("2026-11-23T09:00", "immediate", "2026-11-23T12:00"),  # used up exactly at noon: noon
    ("2026-11-23T09:01", "immediate", "2026-11-23T13:01"),
    ("2026-11-23T11:59", "immediate", "2026-11-23T15:59"),
    ("2026-11-23T12:00", "immediate", "2026-11-23T16:00"),  # lunch has begun: from 13:00
    ("2026-11-23T12:59", "immediate", "2026-11-23T16:00"),
    ("2026-11-23T15:00", "immediate", "2026-11-23T18:00"),  # used up exactly at closing: closing
    ("2026-11-23T17:59", "immediate", "2026-11-24T11:59"),
    ("2026-11-23T18:00", "immediate", "2026-11-24T12:00"),  # closed: from 09:00 tomorrow
    ("2026-11-23T03:00", "immediate", "2026-11-23T12:00"),
    ("2026-11-27T23:59", "immediate", "2026-11-30T12:00"),  # Friday night: Monday
    ("2026-11-23T09:00", "1d", "2026-11-23T18:00"),
    ("2026-11-23T10:00", "1d", "2026-11-24T10:00"),
    ("2026-11-23T13:00", "1d", "2026-11-24T12:00"),
    ("2026-11-23T10:00", "5d", "2026-11-30T10:00"),  # 40 hours
    ("2026-12-24T17:00", "1d", "2026-12-28T17:00"),  # Christmas on Friday, then the weekend
    ("2026-12-31T17:00", "immediate", "2027-01-04T11:00"),  # over the year's end
    ("2026-04-30T17:00", "immediate", "2026-05-04T11:00"),  # Labour Day is a public holiday
    ("2026-07-16T17:00", "1d", "2026-07-20T17:00"),  # so is Constitution Day
]

DAYS = [
    ("2026-11-23T10:00", "6d", "2026-11-30"),
    ("2026-11-23T00:00", "6d", "2026-11-30"),
    ("2026-11-23T17:59", "6d", "2026-11-30"),
    ("2026-11-23T18:00", "6d", "2026-12-01"),  # after closing: the next day is the first
    ("2026-11-23T12:30", "6d", "2026-11-30"),  # at lunch: still this day
    ("2026-11-28T11:00", "7d", "2026-12-08"),  # Saturday: Monday is the first
    ("2026-12-21T09:00", "14d", "2027-01-11"),  # Christmas and New Year out
    ("2026-09-21T09:00", "7d", "2026-10-01"),  # Chuseok 24 and 25 September
    ("2026-10-02T09:00", "7d", "2026-10-14"),  # 5 October is a substitute day, 9 October is off
    ("2027-02-05T09:00", "6d", "2027-02-16"),  # Lunar New Year with its substitute on the 9th
    ("2027-04-30T09:00", "6d", "2027-05-11"),  # 3 May stands in for Labour Day, 5 May is off
    ("2027-07-16T09:00", "6d", "2027-07-26"),  # 19 July stands in for Constitution Day
]

CALENDAR = [
    ("2026-11-23T10:00", "1w", "2026-11-30"),  # ends Sunday the 29th: moves to Monday
    ("2026-11-24T10:00", "1w", "2026-11-30"),
    ("2026-11-23T10:00", "2w", "2026-12-07"),
    ("2026-12-04T10:00", "3w", "2026-12-24"),
    ("2026-12-05T10:00", "3w", "2026-12-28"),  # Saturday: counts as made on Monday the 7th
    ("2026-12-01T10:00", "1m", "2026-12-31"),
    ("2026-12-02T10:00", "1m", "2027-01-04"),  # 1 January off, then a weekend
    ("2026-08-31T10:00", "1m", "2026-09-30"),  # no 31 September
    ("2026-09-30T10:00", "1m", "2026-10-29"),  # the day before 30 October
    ("2027-03-30T10:00", "1m", "2027-04-29"),  # the day before the month's last
    ("2028-01-31T10:00", "1m", "2028-02-29"),  # a leap year's last of February
    ("2028-01-29T19:00", "1m", "2028-02-29"),  # Saturday evening: Monday the 31st
    ("2028-02-29T10:00", "1y", "2029-02-28"),  # no 29 February in 2029: the month's last
    ("2026-11-23T10:00", "1y", "2027-11-22"),
    ("2026-11-23T10:00", "3m", "2027-02-22"),
    ("2026-03-03T10:00", "2y", "2028-03-02"),
]


@pytest.mark.parametrize(("accepted", "period", "ends"), WORKED + HOURS + DAYS + CALENDAR)
def test_due(accepted: str, period: str, ends: str) -> None:
    assert str(due(at(accepted), period)) == ends


def supplement(asked: str, arrived: str) -> NotCounted:
    return NotCounted.days(Ground.SUPPLEMENT, at(asked), at(arrived))


def failure(begins: str, ends: str) -> NotCounted:
    return NotCounted.time(Ground.FAILURE, at(begins), at(ends))


NOT_COUNTED = [
    # The worked example: the 25th, 26th and 27th are out.
    ("2026-11-23T10:00", "7d", [supplement("2026-11-25T15:00", "2026-11-27T09:00")], "2026-12-04"),
    # Asked and answered the same day: that day is out.
    ("2026-11-23T10:00", "7d", [supplement("2026-11-25T10:00", "2026-11-25T16:00")], "2026-12-02"),
    # Over a weekend: only the working days in it are lost.
    ("2026-11-23T10:00", "7d", [supplement("2026-11-27T10:00", "2026-11-30T10:00")], "2026-12-03"),
    # Asked on the last day: that day has not run out yet.
    ("2026-11-23T10:00", "7d", [supplement("2026-12-01T17:00", "2026-12-03T10:00")], "2026-12-04"),
    # Asked when it was over: nothing revives.
    ("2026-11-23T10:00", "7d", [supplement("2026-12-02T09:00", "2026-12-03T10:00")], "2026-12-01"),
    # Two supplements, the second within the time the first has won.
    (
        "2026-11-23T10:00",
        "7d",
        [
            supplement("2026-12-03T10:00", "2026-12-04T10:00"),
            supplement("2026-11-25T15:00", "2026-11-27T09:00"),
        ],
        "2026-12-08",
    ),
    # Overlapping grounds are taken out once.
    (
        "2026-11-23T10:00",
        "7d",
        [
            supplement("2026-11-25T15:00", "2026-11-27T09:00"),
            failure("2026-11-26T08:00", "2026-11-28T00:00"),
        ],
        "2026-12-04",
    ),
    # Hours: whole days of a supplement are out, also what had been used of them.
    ("2026-11-23T10:00", "3d", [supplement("2026-11-24T15:00", "2026-11-25T11:00")],
     "2026-11-30T10:00"),
    # Hours: a failure is out to the minute.
    ("2026-11-23T10:00", "1d", [failure("2026-11-23T14:00", "2026-11-23T15:30")],
     "2026-11-24T11:30"),
    # Hours: a failure over lunch and night takes only working time.
    ("2026-11-23T10:00", "1d", [failure("2026-11-23T11:30", "2026-11-23T13:30")],
     "2026-11-24T11:00"),
    ("2026-11-23T10:00", "1d", [failure("2026-11-23T17:00", "2026-11-24T09:30")],
     "2026-11-24T11:30"),
    # Hours: asked after the hour has struck, on the same day: nothing revives.
    ("2026-11-23T09:00", "immediate", [supplement("2026-11-23T14:00", "2026-11-25T11:00")],
     "2026-11-23T12:00"),
    # Days: a day is not divided. A failure of a part leaves it counted, of all takes it out.
    ("2026-11-23T10:00", "7d", [failure("2026-11-24T09:00", "2026-11-24T17:00")], "2026-12-01"),
    ("2026-11-23T10:00", "7d", [failure("2026-11-24T09:00", "2026-11-24T18:00")], "2026-12-02"),
    # Hours: a failure that begins in the minute in which the period ends revives nothing.
    ("2026-11-23T10:00", "1d", [failure("2026-11-24T10:00", "2026-11-24T11:00")],
     "2026-11-24T10:00"),
    ("2026-11-23T10:00", "1d", [failure("2026-11-24T09:59", "2026-11-24T11:00")],
     "2026-11-24T11:01"),
    # Calendar: every day of it counts, so weekends in the supplement are lost as well.
    ("2026-11-23T10:00", "2w", [supplement("2026-11-27T10:00", "2026-11-30T10:00")], "2026-12-10"),
    # Calendar: asked on the Monday to which the end had moved.
    ("2026-11-23T10:00", "1w", [supplement("2026-11-30T10:00", "2026-12-01T10:00")], "2026-12-02"),
]  # fmt: skip


@pytest.mark.parametrize(("accepted", "period", "out", "ends"), NOT_COUNTED)
def test_not_counted(accepted: str, period: str, out: list[NotCounted], ends: str) -> None:
    assert str(due(at(accepted), period, out)) == ends
    assert str(due(at(accepted), period, out[::-1])) == ends


def test_a_moment_without_a_zone_is_seouls() -> None:
    assert str(due(datetime(2026, 11, 23, 10), "7d")) == "2026-12-01"  # noqa: DTZ001
    assert str(due(at("2026-11-23T01:00+00:00"), "immediate")) == "2026-11-23T14:00"


def test_it_lapses_when_the_last_day_ends() -> None:
    assert due(at("2026-11-23T10:00"), "7d").lapses_at == at("2026-12-02T00:00")
    assert due(at("2026-11-23T09:00"), "immediate").lapses_at == at("2026-11-23T12:00")


@pytest.mark.parametrize(
    ("arrived", "until"),
    [
        ("2026-11-23T09:00", "2026-11-23T18:00"),
        ("2026-11-23T10:04", "2026-11-24T10:04"),
        ("2026-11-22T05:43", "2026-11-23T18:00"),
        ("2026-11-27T17:00", "2026-11-30T17:00"),
    ],
)
def test_accepted_within_eight_working_hours(arrived: str, until: str) -> None:
    assert accept_by(at(arrived)) == at(until)


@pytest.mark.parametrize(
    ("asked", "days", "until"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),  # the worked example: the 28th is a Saturday
        (date(2026, 11, 23), 3, date(2026, 11, 26)),
        (date(2026, 12, 20), 5, date(2026, 12, 28)),
    ],
)
def test_a_supplements_own_deadline(asked: date, days: int, until: date) -> None:
    assert supplement_deadline(asked, days) == until


def test_a_supplements_end_moves_over_a_declared_day() -> None:
    calendar = WorkCalendar(declared=(DayOff(date(2026, 11, 26), "임시공휴일"),))
    assert supplement_deadline(date(2026, 11, 23), 3, calendar) == date(2026, 11, 27)


def test_a_failure_is_out_of_the_hours_for_acceptance() -> None:
    out = [failure("2026-11-23T10:00", "2026-11-23T11:30")]
    assert accept_by(at("2026-11-23T09:00"), ORDINARY, out) == at("2026-11-24T10:30")


@pytest.mark.parametrize("code", ["", "0d", "7", "d", "7h", "-1d", "1d2", "1000d", "sofort", "１d"])
def test_no_such_period(code: str) -> None:
    with pytest.raises(ValueError, match="no period"):
        Period.parse(code)


def test_periods_up_to_five_days_are_hours() -> None:
    assert Period.parse("5d") == Period("5d", 40, Unit.HOURS)
    assert Period.parse("6D ") == Period("6d", 6, Unit.DAYS)


def test_an_office_sets_its_hours_and_days() -> None:
    calendar = WorkCalendar(
        opens=time(8),
        closes=time(17),
        lunch=None,
        declared=(DayOff(date(2026, 11, 24), "개청기념일"),),
    )
    assert str(due(at("2026-11-23T16:00"), "immediate", (), calendar)) == "2026-11-25T10:00"
    assert calendar.holiday_name(date(2026, 11, 24)) == "개청기념일"
    assert calendar.holiday_name(date(2026, 11, 24), "en_US") == "개청기념일"
    assert calendar.holiday_name(date(2026, 12, 25)) == "기독탄신일"
    assert calendar.holiday_name(date(2026, 12, 25), "en_US") == "Christmas Day"
    assert calendar.holiday_name(date(2026, 11, 25)) is None
    named = WorkCalendar(declared=(DayOff(date(2026, 11, 24), "개청기념일", "Founding day"),))
    assert named.holiday_name(date(2026, 11, 24)) == "개청기념일"
    assert named.holiday_name(date(2026, 11, 24), "en_US") == "Founding day"
    same_day = WorkCalendar(late_act_counts_next_day=False)
    assert str(due(at("2026-11-23T19:00"), "6d", (), same_day)) == "2026-11-30"


def test_a_day_declared_off_later_moves_an_open_deadline() -> None:
    calendar = WorkCalendar(declared=(DayOff(date(2026, 11, 30), "임시공휴일"),))
    assert str(due(at("2026-11-23T10:00"), "7d", (), calendar)) == "2026-12-02"


def test_time_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match=r"^time not counted ends before it begins$"):
        failure("2026-11-24T10:00", "2026-11-24T09:00")
    assert failure("2026-11-24T10:00", "2026-11-24T10:00").ends == at("2026-11-24T10:00")


def test_whole_days_are_named_by_days_or_by_moments() -> None:
    named = NotCounted.days(Ground.DOCUMENTS, date(2026, 11, 25), date(2026, 11, 26))
    assert (named.begins, named.ends) == (at("2026-11-25T00:00"), at("2026-11-27T00:00"))
    assert named.since == named.begins
    told = supplement("2026-11-25T15:00", "2026-11-26T09:00")
    assert (told.begins, told.ends) == (named.begins, named.ends)
    assert told.since == at("2026-11-25T15:00")


def test_only_what_touches_the_count_is_told() -> None:
    """A failure that was over when the count began, or began when it was over, is no ground."""
    before = failure("2026-11-23T08:00", "2026-11-23T09:00")
    after = failure("2026-11-23T12:00", "2026-11-23T13:00")
    during = failure("2026-11-23T09:00", "2026-11-23T09:01")
    assert course(at("2026-11-23T09:00"), "immediate", [before, after]).left_out == ()
    assert course(at("2026-11-23T09:00"), "immediate", [during]).left_out == (during,)
    run = course(at("2026-11-23T15:00"), "7d", [before])
    assert run.left_out == (before,)  # of the same day, and days are not divided
    assert run.counted_from == at("2026-11-23T00:00")


def test_every_day_of_a_count_is_marked() -> None:
    def marks(accepted: str, period: str, *out: NotCounted) -> list[tuple[int, str, int]]:
        run = course(at(accepted), period, out)
        return [(mark.day.day, str(mark.counting), mark.number) for mark in run.marks]

    asked = supplement("2026-11-25T15:00", "2026-11-26T09:00")
    assert marks("2026-11-24T10:00", "1w", asked) == [
        (24, "counted", 1),
        (25, "out", 0),
        (26, "out", 0),
        (27, "counted", 2),
        (28, "counted", 3),
        (29, "counted", 4),
        (30, "counted", 5),
        (1, "counted", 6),
        (2, "due", 7),
    ]
    assert marks("2026-11-23T10:00", "1w")[-2:] == [(29, "counted", 7), (30, "due", 8)]
    # The month ends on Saturday: Sunday is no part of it any more, Monday is the end.
    ends = [(26, "counted", 30), (27, "off", 31), (28, "due", 32)]
    assert marks("2026-11-27T10:00", "1m")[-3:] == ends
    hours = course(at("2026-11-23T16:30"), "immediate")
    assert [(str(mark.counting), mark.worked) for mark in hours.marks] == [
        ("counted", timedelta(hours=1, minutes=30)),
        ("due", timedelta(hours=1, minutes=30)),
    ]


def test_a_count_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no end"):
        due(at("2026-11-23T10:00"), "7d", [failure("2026-11-24T09:00", "2099-01-01T00:00")])


def test_working_time_between() -> None:
    assert ORDINARY.working_time(at("2026-11-23T11:00"), at("2026-11-23T14:00")) == timedelta(
        hours=2
    )
    assert ORDINARY.working_time(at("2026-11-27T17:00"), at("2026-11-30T10:00")) == timedelta(
        hours=2
    )
    assert ORDINARY.working_time(at("2026-11-24T10:00"), at("2026-11-23T10:00")) == timedelta()
    assert ORDINARY.working_days(date(2026, 11, 27), date(2026, 12, 1)) == 2


moments = st.datetimes(datetime(2026, 1, 1), datetime(2031, 12, 31)).map(in_seoul)  # noqa: DTZ001
periods = st.sampled_from(["immediate", *(f"{n}d" for n in (1, 2, 5, 6, 7, 14, 30))])


@settings(deadline=None)
@given(moments, periods, st.lists(st.tuples(moments, st.integers(0, 20)), max_size=3))
def test_what_the_count_says_adds_up(
    accepted: datetime, period: str, grounds: list[tuple[datetime, int]]
) -> None:
    """Hours and days add up to the period, off days are off, and it ends on a working day."""
    out = [
        NotCounted.days(Ground.SUPPLEMENT, begins, begins + timedelta(days=length))
        for begins, length in grounds
    ]
    run = course(accepted, period, out)
    read = Period.parse(period)
    assert not ORDINARY.is_off(run.due.day)
    assert all(ORDINARY.is_off(mark.day) == (mark.counting is Counting.OFF) for mark in run.marks)
    days = [mark.day for mark in run.marks]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    if read.unit is Unit.HOURS:
        assert sum((m.worked for m in run.marks), timedelta()) == timedelta(hours=read.count)
        assert run.due.moment is not None
        stretches = [(each.begins, each.ends) for each in run.left_out]
        worked = sum(
            (
                end - begin
                for day in days
                for session in ORDINARY.sessions(day)
                for begin, end in without(
                    (max(session[0], run.accepted), min(session[1], run.due.moment)), stretches
                )
            ),
            timedelta(),
        )
        assert worked == timedelta(hours=read.count)
    else:
        assert run.marks[-1].number == read.count
