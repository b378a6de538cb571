"""Tidying, places, stages, supplements: what needs no database."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from server.complaints import rules
from server.complaints.rules import AskedSupplement, Place
from server.complaints.workflow import State
from server.core.web import Invalid
from server.deadlines.calendar_rules import in_seoul


def at(text: str) -> datetime:
    return in_seoul(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  두   칸 ", "두 칸"),
        ("한\n줄", "한 줄"),
        ("가\u200b나\x07", "가나"),
        ("가로등", "가로등"),
    ],
)
def test_lines_are_tidied(typed: str, kept: str) -> None:
    assert rules.tidy_line(typed) == kept


def test_texts_keep_their_lines() -> None:
    assert rules.tidy_text("하나  \r\n\r\n\r\n\r\n둘\t셋\n") == "하나\n\n둘\t셋"


def test_a_place_outside_korea_is_refused() -> None:
    assert Place.read(" 당산로 ", "37.5", "126.9").position == "37.500000,126.900000"
    assert Place.kept("당산로", "37.500000,126.900000").latitude == 37.5
    for north, east in (("37.5", ""), ("0", "0"), ("inf", "127"), ("38", "x")):
        with pytest.raises(Invalid):
            Place.read("당산로", north, east)


def test_words_of_a_place_are_found_by_their_beginnings() -> None:
    assert rules.place_beginnings("당산로 12길, 3") == {"당산", "당산로", "12", "12길", "3"}
    assert rules.sought_beginnings("당산로12길모퉁이가로등") == ["당산로12길모퉁"]


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_stage(state: State) -> None:
    unpublic = rules.NOWHERE_PUBLIC | {State.AWAITING_PAYMENT}
    assert (rules.stage(state) is None) == (state in unpublic)


def test_supplements_unanswered_since_the_last_answer() -> None:
    def asked(until: str, given: bool = False) -> AskedSupplement:
        moment = at("2026-11-23T10:00")
        day = date.fromisoformat(until)
        return AskedSupplement(moment, day, moment + timedelta(days=1) if given else None)

    def came_of(*supplements: AskedSupplement) -> tuple[int, int, int]:
        found = rules.unanswered(supplements, date(2026, 12, 10))
        return found.asked, found.missed, found.undelivered

    lost = replace(asked("2026-12-09"), undelivered=True)
    assert came_of() == (0, 0, 0)
    assert came_of(asked("2026-12-10")) == (1, 0, 0)
    assert came_of(asked("2026-12-09")) == (1, 1, 0)
    assert came_of(asked("2026-12-01"), asked("2026-12-20")) == (2, 1, 0)
    assert came_of(lost, asked("2026-12-20")) == (2, 0, 1)
    assert came_of(lost, asked("2026-12-02", given=True)) == (0, 0, 0)
