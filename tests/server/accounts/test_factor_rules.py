"""When a second factor is owed, which codes are right, where passkeys can be: as tables."""

from datetime import UTC, datetime

import pytest

from server.accounts import factor_rules, rules
from server.accounts.factor_rules import Factors, Site

NOTHING, PASSKEY, APP = Factors(), Factors(passkeys=1), Factors(authenticator=True)
CODES_ONLY = Factors(codes_left=10)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        (
            "https://madang.example.go.kr",
            Site("madang.example.go.kr", "https://madang.example.go.kr"),
        ),
        (
            "https://Madang.Example.go.kr:8443",
            Site("madang.example.go.kr", "https://madang.example.go.kr:8443"),
        ),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("http://madang.example.go.kr", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.168.0.10:8443", None),
        ("https://[::1]:8443", None),
    ],
)
def test_where_browsers_know_passkeys(address: str, site: Site | None) -> None:
    assert factor_rules.site_of(address) == site


# The secret of RFC 6238's appendix B ("12345678901234567890"); its codes' last six digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("seconds", "typed", "step"),
    [
        (59, "287082", 1),
        (1111111109, "081804", 37037036),
        (1111111111, "050471", 37037037),
        (1234567890, "005924", 41152263),
        (2000000000, "279037", 66666666),
        (20000000000, "353130", 666666666),
        (59, "287 082", 1),
        (59, "287-082", 1),
        (59, "２８７０８２", 1),
        (89, "287082", 1),  # one step late
        (29, "287082", 1),  # one step early
        (90, "287082", None),  # two steps late
        (59, "287083", None),
        (59, "87082", None),
        (59, "0287082", None),
        (59, "", None),
        (59, "abcdef", None),
    ],
)
def test_codes_of_rfc_6238(seconds: int, typed: str, step: int | None) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert factor_rules.matching_step(SECRET, typed, at) == step


@pytest.mark.parametrize(
    ("kind", "have", "owes", "enrols_where_required"),
    [
        ("official", NOTHING, False, True),
        ("official", CODES_ONLY, False, True),
        ("official", PASSKEY, True, False),
        ("official", APP, True, False),
        ("resident", NOTHING, False, False),
        ("resident", PASSKEY, False, False),
    ],
)
def test_who_owes_a_second_factor(
    kind: str, have: Factors, owes: bool, enrols_where_required: bool
) -> None:
    assert factor_rules.owes_second_step(kind, have) is owes
    assert factor_rules.must_enrol(kind, have, required=True) is enrols_where_required
    assert factor_rules.must_enrol(kind, have, required=False) is False


@pytest.mark.parametrize(
    ("kind", "removed", "ends"),
    [
        ("official", False, True),
        ("official", True, True),
        ("resident", False, False),
        ("resident", True, True),
    ],
)
def test_which_changes_sign_other_browsers_out(kind: str, removed: bool, ends: bool) -> None:
    assert factor_rules.ends_other_sessions(kind, removed=removed) is ends


@pytest.mark.parametrize(
    ("name", "fine"),
    [("", True), ("내 아이폰 17", True), ("가" * 40, True), ("가" * 41, False), ("a\x07b", False)],
)
def test_names_of_passkeys(name: str, fine: bool) -> None:
    assert (factor_rules.passkey_name_fault(name) is None) is fine


def test_recovery_codes_are_read_aloud_and_typed_back() -> None:
    code = factor_rules.recovery_code(2**255 - 19)
    assert len(code) == 10
    shown = factor_rules.recovery_shown(code)
    assert rules.normal_code(f" {shown.lower()} ") == code


def test_a_secret_is_shown_in_groups_of_four() -> None:
    assert factor_rules.secret_shown(SECRET).split() == [SECRET[i : i + 4] for i in range(0, 32, 4)]
