"""References that survive a bank's form, and what a payment takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.ordinance import service as ordinance
from server.payments import rules

numbers = st.integers(0, 2**64 - 1)
REFERENCE = rules.reference_from(123_456_789_012)


@given(numbers)
def test_a_reference_is_read_back_however_it_is_typed(number: int) -> None:
    reference = rules.reference_from(number)
    shown = rules.reference_shown(reference)
    for typed in (reference, shown, shown.lower(), f" {reference[:2]} {reference[2:]} "):
        assert rules.parse_reference(typed) == reference
    assert rules.references_in(f"김영희{shown.lower()}수수료") == [reference]


@given(numbers, st.integers(0, 6), st.sampled_from(rules.ALPHABET))
def test_one_wrong_sign_is_noticed(number: int, place: int, sign: str) -> None:
    reference = rules.reference_from(number)
    wrong = reference[:place] + sign + reference[place + 1 :]
    assert rules.parse_reference(wrong) == (reference if wrong == reference else None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (REFERENCE, [REFERENCE]),
        (f"김영희 {REFERENCE}", [REFERENCE]),
        (f"{REFERENCE[:3]}-{REFERENCE[3:]}", [REFERENCE]),
        ("김영희", []),
        ("010-1234-5678", []),
        ("", []),
    ],
)
def test_references_beside_a_deposit(text: str, found: list[str]) -> None:
    assert rules.references_in(text) == found


@pytest.mark.parametrize(
    ("to_pay", "left", "taken"), [(1000, 1000, 1000), (1000, 400, 400), (1000, 1500, 1000)]
)
def test_a_charge_takes_what_is_missing_and_no_more(to_pay: int, left: int, taken: int) -> None:
    assert rules.taken(to_pay, left) == taken


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("김 영희", "김영희", True), ("김영희", "김영호", False), ("", "", False)],
)
def test_the_same_payer(one: str, other: str, same: bool) -> None:
    assert rules.same_payer(one, other) is same


@pytest.mark.parametrize("name", ["yeongdeungpo", "osan"])
def test_every_profile_says_where_to_pay_and_by_when(name: str) -> None:
    ordinance.use(name)
    payments = ordinance.profile().payments
    assert payments.days >= 1
    assert payments.account
    ordinance.use("yeongdeungpo")
