"""Insults covered, filing limited: what may be done, and what not."""

from datetime import UTC, datetime

import pytest

from server.complaints.abuse import rules as abuse_rules


def test_words_are_read_one_a_line() -> None:
    assert abuse_rules.read_words(" 바보 \r\n\r\n멍청한 놈\n바보") == ["멍청한 놈", "바보"]


@pytest.mark.parametrize(
    ("text", "words", "covered"),
    [
        ("이 바보들아, 바보야", ["바보"], "이 ●●들아, ●●야"),
        ("멍청한 놈이라고", ["멍청한 놈"], "●●● ●이라고"),
        ("You IDIOT", ["idiot"], "You ●●●●●"),
        ("ＩＤＩＯＴ", ["idiot"], "●●●●●"),
        ("아무 일 없습니다", ["바보"], "아무 일 없습니다"),
    ],
)
def test_words_are_covered_letter_by_letter(text: str, words: list[str], covered: str) -> None:
    assert abuse_rules.cover(text, words) == covered
    assert len(covered) == len(text)


@pytest.mark.parametrize(
    ("words", "possible"),
    [
        (["바보"], True),
        (["제목"], True),
        ([], False),
        (["없는 말"], False),
        (["바보"] * 51, False),
        (["가" * 201], False),
    ],
)
def test_only_what_stands_there_is_marked(words: list[str], possible: bool) -> None:
    assert (abuse_rules.words_fault(words, ["제목", "이 바보들아"]) is None) is possible


@pytest.mark.parametrize(
    ("days", "warnings", "possible"),
    [(7, 1, True), (30, 3, True), (7, 0, False), (31, 1, False), (0, 1, False), (365, 5, False)],
)
def test_use_is_limited_after_a_warning_and_for_days_that_end(
    days: int, warnings: int, possible: bool
) -> None:
    assert (abuse_rules.limit_fault(days, warnings) is None) is possible


def test_a_limit_ends_by_itself() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert abuse_rules.limited_until(now, 7) == datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(("filed", "machine"), [(0, False), (19, False), (20, True), (999, True)])
def test_more_than_a_hand_writes(filed: int, machine: bool) -> None:
    assert abuse_rules.is_by_machine(filed, 20) is machine
