"""The clock in words, and calendar files."""

from datetime import date, datetime
from typing import Any

import pytest

from server.core import i18n
from server.core.phrases import Phrase, say
from server.deadlines import clock_words, ical
from server.deadlines.calendar_rules import ORDINARY, DayOff, WorkCalendar, in_seoul
from server.deadlines.clock_rules import Due, Ground, NotCounted, Period, course
from server.deadlines.clock_words import Urgency


def at(text: str) -> datetime:
    return in_seoul(datetime.fromisoformat(text))


def test_the_strip_of_days() -> None:
    out = NotCounted.days(Ground.SUPPLEMENT, at("2026-11-25T15:00"), at("2026-11-27T09:00"))
    run = course(at("2026-11-23T10:00"), "7d", [out])
    found = clock_words.explain(run)
    assert [(cell.day.day, cell.counting, say(cell.label)) for cell in found.days] == [
        (23, "counted", "1일째"),
        (24, "counted", "2일째"),
        (25, "out", "보완"),
        (26, "out", "보완"),
        (27, "out", "보완"),
        (28, "off", "휴일"),
        (29, "off", "휴일"),
        (30, "counted", "3일째"),
        (1, "counted", "4일째"),
        (2, "counted", "5일째"),
        (3, "counted", "6일째"),
        (4, "due", "7일째"),
    ]
    assert say(found.title) == "12월 4일(금)까지"


def test_hours_are_shown_day_by_day() -> None:
    run = course(at("2026-11-26T15:00"), "3d")
    found = clock_words.explain(run)
    assert [say(cell.label) for cell in found.days] == [
        "3시간", "8시간", "휴일", "휴일", "8시간", "5시간",
    ]  # fmt: skip
    assert say(found.title) == "12월 1일(화) 15:00까지"


def test_a_long_count_shows_its_ends() -> None:
    found = clock_words.explain(course(at("2026-11-23T10:00"), "1y"))
    assert len(found.days) == 21
    assert found.days_hidden == 365 - 21
    assert found.days[0].day == date(2026, 11, 23)
    assert found.days[-1].counting == "due"


def test_a_holiday_is_named() -> None:
    found = clock_words.explain(course(at("2026-12-21T10:00"), "7d"))
    assert [cell.name for cell in found.days if cell.name] == ["기독탄신일"]


def test_why_in_plain_lines() -> None:
    lines = clock_words.spelt_out(clock_words.explain(course(at("2026-12-24T10:00"), "6d")))
    assert lines[0] == "처리 기간은 6일이에요. 접수한 날을 첫날로 세고 토요일과 공휴일은 빼요."
    assert lines[1:3] == ["12월 24일(목)  1일째", "12월 25일(금)  휴일 (기독탄신일)"]


SENTENCES = [
    ("immediate", "즉시 처리하는 민원이에요."),
    ("3d", "하루를 근무시간 8시간으로 쳐서 접수한 때부터 24시간을 세고"),
    ("7d", "처리 기간은 7일이에요. 접수한 날을 첫날로"),
    ("1m", "처리 기간은 1개월이에요. 접수한 날을 첫날로 달력대로"),
]


@pytest.mark.parametrize(("period", "words"), SENTENCES)
def test_one_plain_sentence(period: str, words: str) -> None:
    found = clock_words.explain(course(at("2026-11-23T10:00"), period))
    assert words in say(found.sentence)


def test_acceptance_at_night_is_explained() -> None:
    found = clock_words.explain(course(at("2026-11-28T11:00"), "7d"))
    assert [say(note) for note in found.notes] == [
        "근무시간이 아닐 때 접수되어 11월 30일(월)부터 세요."
    ]


def notes(accepted: str, period: str, *out: NotCounted, **more: Any) -> list[str]:
    calendar = more.pop("calendar", ORDINARY)
    run = course(at(accepted), period, out, calendar, **more)
    return [say(note) for note in clock_words.explain(run, calendar, "ko").notes]


def test_a_failure_is_told_to_the_minute() -> None:
    out = NotCounted.time(Ground.FAILURE, at("2026-11-23T14:00"), at("2026-11-23T15:30"))
    (told,) = notes("2026-11-23T10:00", "1d", out)
    span = "11월 23일(월) 14:00부터 11월 23일(월) 15:30까지"
    assert told == f"시스템 장애로 처리할 수 없던 {span}는 세지 않아요."
    # Days are not divided: a failure of an hour and a half takes none away, and we say so.
    (told,) = notes("2026-11-23T10:00", "7d", out)
    assert told == f"{span} 시스템 장애가 있었지만 온종일은 아니어서 그날도 세요."
    whole = NotCounted.time(Ground.FAILURE, at("2026-11-24T09:00"), at("2026-11-24T18:00"))
    assert notes("2026-11-23T10:00", "7d", whole)[0].startswith("시스템 장애로 처리할 수 없던")
    # Another ground's day off does not make this failure one.
    asked = NotCounted.days(Ground.SUPPLEMENT, at("2026-11-25T10:00"), at("2026-11-25T16:00"))
    first, second = notes("2026-11-23T10:00", "7d", out, asked)
    assert "온종일은 아니어서" in first
    assert second == "보완을 기다린 11월 25일(수)부터 11월 25일(수)까지는 세지 않아요."


def test_a_declared_day_is_named() -> None:
    calendar = WorkCalendar(declared=(DayOff(date(2026, 11, 30), "임시공휴일", "Temporary"),))
    assert notes("2026-11-23T10:00", "7d", calendar=calendar) == [
        "11월 30일(월)은 따로 정한 쉬는 날이라 빼요: 임시공휴일"
    ]
    run = course(at("2026-11-23T10:00"), "7d", (), calendar)
    with i18n.speaking("en"):
        (note,) = clock_words.explain(run, calendar, "en_US").notes
        assert say(note) == "Mon 30 Nov is left out, a day off that was declared: Temporary"


def test_an_extension_is_told() -> None:
    assert notes("2026-11-23T10:00", "7d", extensions=[3]) == ["처리 기간을 근무일 3일 늘렸어요."]
    assert notes("2026-11-23T10:00", "2d", extensions=[8]) == [
        "처리 기간을 근무시간 8시간 늘렸어요."
    ]
    assert notes("2026-11-23T10:00", "1m", extensions=[3, 2]) == [
        "처리 기간을 달력으로 3일 늘렸어요.",
        "처리 기간을 달력으로 2일 늘렸어요.",
    ]
    with i18n.speaking("en"):
        assert notes("2026-11-23T10:00", "7d", extensions=[1]) == [
            "The period was extended by 1 working day."
        ]


@pytest.mark.parametrize(
    ("now", "urgency", "words"),
    [
        ("2026-11-23T11:00", Urgency.IN_TIME, "근무일 6일 남음"),
        ("2026-11-30T17:00", Urgency.SOON, "근무일 1일 남음"),
        ("2026-12-01T23:59", Urgency.SOON, "오늘까지"),
        ("2026-12-02T00:00", Urgency.LATE, "방금 지남"),
        ("2026-12-02T10:00", Urgency.LATE, "1시간 지남"),
        ("2026-12-07T09:00", Urgency.LATE, "근무일 3일 지남"),
    ],
)
def test_time_left(now: str, urgency: Urgency, words: str) -> None:
    left = clock_words.time_left(at(now), Due(date(2026, 12, 1)))
    assert (left.urgency, say(left.words)) == (urgency, words)


def test_time_left_by_the_hour() -> None:
    due = Due(date(2026, 12, 1), at("2026-12-01T15:00"))
    assert say(clock_words.time_left(at("2026-12-01T10:00"), due).words) == "오늘 15:00까지"
    assert say(clock_words.time_left(at("2026-12-01T17:00"), due).words) == "2시간 지남"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-11-23T10:00", "접수까지 8시간"),
        ("2026-11-23T17:30", "접수까지 1시간 30분"),
        ("2026-11-24T09:30", "접수까지 30분"),
        ("2026-11-24T10:00", "방금 지남"),
    ],
)
def test_acceptance_left(now: str, words: str) -> None:
    left = clock_words.acceptance_left(at(now), at("2026-11-24T10:00"), ORDINARY)
    assert say(left.words) == words


def test_words_are_said_in_english() -> None:
    with i18n.speaking("en"):
        assert say(clock_words.period_words(Period.parse("1m"))) == "1 month"
        assert say(clock_words.period_words(Period.parse("3d"))) == "3 days"
        run = course(at("2026-11-23T10:00"), "7d")
        assert say(clock_words.explain(run).sentence).startswith("The period is 7 days.")
        assert say(Phrase("%(day)s까지", {"day": date(2026, 12, 1)})) == "By Tue 1 Dec"


def test_a_calendar_file() -> None:
    text = ical.due_date(
        "2611-000427-7",
        "민원 처리 기한: 당산로; 가로등, 꺼짐",
        "설명이 아주 길어서 한 줄에 들어가지 않으니 접어야 하는 긴 설명입니다. " * 2,
        Due(date(2026, 12, 1)),
        "https://madang.example.kr/complaints/2611-000427-7",
        at("2026-11-23T10:00"),
    )
    lines = text.split("\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "SEQUENCE:0" in lines
    assert "DTSTART;VALUE=DATE:20261201" in lines
    assert "DTEND;VALUE=DATE:20261202" in lines
    assert "SUMMARY:민원 처리 기한: 당산로\\; 가로등\\, 꺼짐" in lines
    hour = ical.due_date(
        "2611-000427-7",
        "가",
        "나",
        Due(date(2026, 12, 1), at("2026-12-01T15:00")),
        "/",
        at("2026-11-23T10:00"),
        sequence=4,
    )
    assert "SEQUENCE:4" in hour
    assert "DTSTART:20261201T053000Z" in hour
    assert "DTEND:20261201T060000Z" in hour
