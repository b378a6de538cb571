"""Receipt numbers survive the telephone; series have no gaps."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import db, ids

NUMBERS = st.tuples(
    st.integers(2000, 2099), st.integers(1, 12), st.integers(1, ids.SEQUENCE_MAX)
).map(lambda parts: ids.receipt_number(*parts))


def test_a_number_as_it_is_read_aloud() -> None:
    assert ids.receipt_number(2026, 11, 427) == "2611-000427-7"


@pytest.mark.parametrize(
    "typed",
    [
        "2611-000427-7",
        " 2611 000427 7 ",
        "26110004277",
        "２６１１－０００４２７－７",
        "2611–000427–7",
        "2611.000427.7",
        "2611 - 000427 - 7",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed: str) -> None:
    assert ids.parse_receipt(typed) == "2611-000427-7"


@pytest.mark.parametrize(
    "typed",
    ["", "2611-000427", "2611-000427-9", "2613-000427-4", "문의", "2611-000427-7-1", "٢٦١١"],
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert ids.parse_receipt(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("2611-000427-7", True), ("26110004279", True), ("2611-000427", False), ("가로등", False)],
)
def test_a_number_with_a_wrong_digit_is_known_to_be_meant_as_one(typed: str, meant: bool) -> None:
    assert ids.looks_like_receipt(typed) is meant


@given(NUMBERS, st.data())
def test_every_wrong_digit_is_caught(number: str, data: st.DataObject) -> None:
    assert ids.parse_receipt(number) == number
    place = data.draw(st.sampled_from([i for i, c in enumerate(number) if c.isdigit()]))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert ids.parse_receipt(number[:place] + other + number[place + 1 :]) is None


@given(NUMBERS, st.data())
def test_swapped_neighbours_are_caught_but_for_nine_and_nought(
    number: str, data: st.DataObject
) -> None:
    digits = number.replace("-", "")
    place = data.draw(st.integers(0, len(digits) - 2))
    pair = digits[place : place + 2]
    swapped = digits[:place] + pair[::-1] + digits[place + 2 :]
    if pair[0] == pair[1] or set(pair) == {"0", "9"}:
        return
    assert ids.parse_receipt(swapped) is None


@pytest.mark.parametrize("bad", [(1999, 1, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 1_000_000)])
def test_out_of_range_is_refused(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no receipt number"):
        ids.receipt_number(*bad)


def test_secrets_differ() -> None:
    assert ids.new_uuid() != ids.new_uuid()
    assert len(ids.token()) == 43
    assert ids.token() != ids.token()


@db.transactional
async def _take(fail: bool = False) -> int:
    number = await ids.next_number("receipt 2611")
    if fail:
        raise ValueError("the transaction is undone")
    return number


async def test_a_series_has_no_gap_and_no_double(opened: Any) -> None:
    async def one(n: int) -> int | None:
        try:
            return await _take(fail=n % 3 == 0)
        except ValueError:
            return None

    taken = await asyncio.gather(*(one(n) for n in range(60)))
    assert sorted(n for n in taken if n is not None) == list(range(1, 41))


async def test_a_number_outside_a_transaction_is_refused(opened: Any) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        await ids.next_number("receipt 2611")
