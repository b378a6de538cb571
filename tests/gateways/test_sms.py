"""Counting and splitting SMS, byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.encode import numbers, sms

ROOM = 80
CASES = json.loads(Path(__file__).with_name("sms_cases.json").read_text())
"""The script's count in tests/pwa/cp949.test.mts is held to the same table."""
korean = st.text(st.sampled_from("가나다뷁힣 abc1.,\n☆漢"), min_size=1, max_size=400)


@pytest.mark.parametrize(
    ("text", "used", "messages"),
    [
        ("a", 11, 1),
        ("가", 12, 1),
        ("뷁", 12, 1),
        ("a" * 80, 90, 1),
        ("가" * 40, 90, 1),
        ("가" * 40 + "a", 10 + 13, 2),
        ("가\r\n나", 10 + 5, 1),
        ("가\n나", 10 + 5, 1),
        ("한", 12, 1),  # decomposed, as some phones type it
        ("  가  \n", 12, 1),
        ("가\u200b\ufeff나", 14, 1),
        ("가\u00a0나\t다", 18, 1),
    ],
)
def test_bytes_are_counted_with_the_carriers_line(text: str, used: int, messages: int) -> None:
    counted = sms.count(text)
    assert (counted.used, len(counted.messages), counted.capacity) == (used, messages, 90)
    assert counted.sendable


def test_the_sketch() -> None:
    text = "토요일 10시 선유도공원에서 마을 청소합니다. 장갑은 구청에서 드립니다. 김영희"
    assert (sms.count(text).used, sms.count(text).messages) == (86, (text,))


@pytest.mark.parametrize(
    ("text", "characters", "instead"),
    [
        ("안녕 😀", ["😀"], [None]),
        ("👨‍👩‍👧 가족", ["👨‍👩‍👧"], [None]),
        ("❤️", ["❤️"], [None]),
        ("👍🏽!", ["👍🏽"], [None]),
        ("가–나", ["–"], ["-"]),
        ("a•b", ["•"], ["·"]),
        ("naïve", ["ï"], [None]),
        ("가\x07나", ["\x07"], [None]),
        ("ᄀᆞ", ["ᄀ", "ᆞ"], [None, None]),
    ],
)
def test_what_cannot_be_sent_is_listed(
    text: str, characters: list[str], instead: list[str | None]
) -> None:
    counted = sms.count(text)
    assert [fault.character for fault in counted.unsendable] == characters
    assert [fault.instead for fault in counted.unsendable] == instead
    assert not counted.sendable
    assert counted.messages == ()
    for fault in counted.unsendable:
        assert counted.text[fault.at :].startswith(fault.character)
    with pytest.raises(sms.CannotSend) as caught:
        sms.messages_of(text)
    assert caught.value.code == "characters"


def test_mending_leaves_what_it_cannot_mend() -> None:
    assert sms.mend("가–나 • “다” 😀") == "가-나 · “다” 😀"
    assert sms.count(sms.mend("가–나")).sendable


def test_characters_outside_ks_x_1001_are_flagged_but_sent() -> None:
    counted = sms.count("뷁뷁 가 漢 A €")
    assert counted.rare == "뷁"
    assert counted.sendable
    assert "뷁".encode("euc_kr") != "뷁".encode("cp949")


def test_splitting_is_numbered_and_cut_at_spaces() -> None:
    text = (
        "토요일 10시 선유도공원에서 마을 청소합니다. 장갑은 구청에서 드립니다. "
        "김영희 드림. 꼭 오세요."
    )
    counted = sms.count(text)
    first, second = counted.messages
    assert first == "(1/2) 토요일 10시 선유도공원에서 마을 청소합니다. 장갑은 구청에서 드립니다. "
    assert second == "(2/2) 김영희 드림. 꼭 오세요."
    assert sms.count(text, longer="refuse").messages == ()


def test_a_nicer_cut_never_costs_a_message() -> None:
    # 37 syllables a message: cut at the space of the first, the rest would need a third.
    text = "가" * 30 + " " + "가" * 43
    assert [len(m) for m in sms.count(text).messages] == [6 + 37, 6 + 37]
    assert sms.count(text).messages[0].endswith("가")


def test_ten_messages_take_longer_numbers() -> None:
    nine, ten = "a" * 74 * 9, "a" * (74 * 9 + 1)
    assert len(sms.count(nine).messages) == 9
    counted = sms.count(ten)
    assert len(counted.messages) == 10
    assert counted.messages[0].startswith("(1/10) ")
    assert counted.messages[9].startswith("(10/10) ")


def test_more_than_99_messages_are_refused() -> None:
    room = 9 * 73 + 90 * 72
    assert len(sms.count("a" * room).messages) == 99
    assert sms.count("a" * (room + 1)).messages == ()
    with pytest.raises(sms.CannotSend) as caught:
        sms.messages_of("a" * (room + 1))
    assert caught.value.code == "too_long"
    with pytest.raises(sms.CannotSend) as caught:
        sms.messages_of(" \n")
    assert caught.value.code == "empty"


@given(korean)
def test_parts_join_to_the_text_and_fit(text: str) -> None:
    counted = sms.count(text)
    if not counted.text:
        assert counted.messages == ()
        return
    total = len(counted.messages)
    pieces = []
    for number, message in enumerate(counted.messages, start=1):
        assert sms.fits(message)
        assert len(message.encode("cp949")) <= ROOM
        prefix = f"({number}/{total}) " if total > 1 else ""
        assert message.startswith(prefix)
        pieces.append(message.removeprefix(prefix))
        assert pieces[-1]
    assert "".join(pieces) == counted.text
    assert counted.used == 10 + len(counted.messages[-1].encode("cp949"))


@given(korean)
def test_no_split_needs_fewer_messages(text: str) -> None:
    """Greedy filling is the least; the cut at spaces must not exceed it."""
    counted = sms.count(text)
    total = len(counted.messages)
    if total < 2:
        return
    width = len(str(total))
    needed, left = 1, ROOM - len("(/) ") - width - 1
    for character in counted.text:
        size = len(character.encode("cp949"))
        if size > left:
            needed += 1
            left = ROOM - len("(/) ") - width - len(str(needed))
        left -= size
    assert total == needed


@given(st.text())
def test_counting_never_raises(text: str) -> None:
    counted = sms.count(text)
    assert counted.sendable == (bool(counted.messages) and not counted.unsendable)
    assert all(sms.fits(message) for message in counted.messages)
    sms.count_international(text)


@pytest.mark.parametrize(
    ("text", "unit", "parts"),
    [
        ("", "septets", 0),
        ("a" * 160, "septets", 1),
        ("a" * 161, "septets", 2),
        ("a" * 306, "septets", 2),
        ("a" * 307, "septets", 3),
        ("€" * 80, "septets", 1),
        ("€" * 81, "septets", 2),
        ("[" * 76 * 2, "septets", 2),
        ("[" * 76 * 2 + "aa", "septets", 3),  # 306 septets, but no escape is torn
        ("가" * 70, "code units", 1),
        ("가" * 71, "code units", 2),
        ("가" * 134, "code units", 2),
        ("가" * 135, "code units", 3),
        ("😀" * 35, "code units", 1),
        ("😀" * 36, "code units", 2),
        ("😀" * 66, "code units", 2),
        ("😀" * 67, "code units", 3),  # 33 pairs in 67 units: a pair is never torn
    ],
)
def test_international_parts(text: str, unit: str, parts: int) -> None:
    counted = sms.count_international(text)
    assert (counted.unit, len(counted.messages)) == (unit, parts)
    assert "".join(counted.messages) == text


@given(st.text(min_size=1, max_size=500))
def test_international_parts_fit(text: str) -> None:
    counted = sms.count_international(text)
    if counted.unsendable:
        assert counted.messages == ()
        return
    assert "".join(counted.messages) == counted.text
    for part in counted.messages:
        if counted.unit == "code units":
            assert len(part.encode("utf-16-be")) // 2 <= counted.capacity


def _strange(counted: sms.Count) -> list[str]:
    return list(dict.fromkeys(fault.character for fault in counted.unsendable))


@pytest.mark.parametrize("case", CASES["domestic"])
def test_the_table_of_domestic_texts(case: dict[str, Any]) -> None:
    text = case["text"] * case.get("times", 1)
    longer, limit = case.get("longer", "split"), case.get("limit", 90)
    counted = sms.count(text, longer=longer, bytes_max=limit)
    found = counted.whole, len(counted.messages), _strange(counted), counted.capacity
    assert found == (case["used"], case["parts"], case["strange"], limit)


@pytest.mark.parametrize("case", CASES["abroad"])
def test_the_table_of_texts_abroad(case: dict[str, Any]) -> None:
    counted = sms.count_international(case["text"] * case.get("times", 1))
    found = counted.whole, counted.capacity, len(counted.messages), _strange(counted)
    assert found == (case["used"], case["limit"], case["parts"], case["strange"])


@pytest.mark.parametrize("case", [one for one in CASES["recipients"] if one["to"].strip()])
def test_the_table_of_numbers_abroad(case: dict[str, Any]) -> None:
    first = case["to"].strip().splitlines()[0]
    try:
        abroad = not numbers.parse(first).domestic
    except numbers.BadNumber:
        abroad = False
    assert abroad is case["abroad"]


def test_what_no_phone_shows_is_not_sent_abroad_either() -> None:
    counted = sms.count_international("a\x07b")
    assert not counted.sendable
    assert _strange(counted) == ["\x07"]
