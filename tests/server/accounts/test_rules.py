"""Login ids, names, birth dates, passwords, throttles: what the rules let through and what not."""

from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest

from server.accounts import joining_rules, password_rules, rules
from server.accounts.joining_rules import Joining
from server.ordinance.loading import load, path_of

YEONGDEUNGPO = load(path_of("yeongdeungpo"))[-1].profile
TODAY = date(2026, 11, 22)
RESIDENT = password_rules.policy_of("resident", YEONGDEUNGPO)
OFFICIAL = password_rules.policy_of("official", YEONGDEUNGPO)


def joining(**changes: Any) -> Joining:
    fields: dict[str, Any] = {
        "login_id": "kim.younghee",
        "password": "dangsan-ro 12-gil!",
        "name": "김영희",
        "birth_date": "1990-01-05",
        "phone": "010-1234-5678",
        "email": "kim@example.kr",
        "consents": {"terms": "2026-03-02", "privacy": "2026-03-02"},
    }
    return Joining(**fields | changes)


@pytest.mark.parametrize("login_id", ["kim", "kim.younghee", "a1_-.b", "a" * 20])
def test_login_ids(login_id: str) -> None:
    assert rules.login_id_fault(rules.normal_login_id(login_id)) is None


@pytest.mark.parametrize("login_id", ["", "ki", "1kim", "김영희", "kim hee", "a" * 21, "kim@x"])
def test_login_ids_refused(login_id: str) -> None:
    assert rules.login_id_fault(rules.normal_login_id(login_id))


def test_login_ids_are_folded() -> None:
    assert rules.normal_login_id("  ＫＩＭ.Young ") == "kim.young"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("010-1234-5678", "01012345678"),
        ("+82 10 1234 5678", "01012345678"),
        ("０１０１２３４５６７８", "01012345678"),
        ("02) 2670 3114", "0226703114"),
    ],
)
def test_phones_are_kept_one_way(typed: str, kept: str) -> None:
    assert rules.phone_fault(typed) is None
    assert rules.normal_phone(typed) == kept


@pytest.mark.parametrize("typed", ["", "119", "1234-5678", "010-123", "call me"])
def test_phones_refused(typed: str) -> None:
    assert rules.phone_fault(typed)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1990-01-05", date(1990, 1, 5)),
        ("1990. 1. 5.", date(1990, 1, 5)),
        ("19900105", date(1990, 1, 5)),
        ("１９９０/０１/０５", date(1990, 1, 5)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2023-02-29", None),
        ("5 January", None),
        ("", None),
    ],
)
def test_days(typed: str, day: date | None) -> None:
    assert rules.parse_day(typed) == day


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2012, 11, 22), date(2026, 11, 21), 13),
        (date(2012, 11, 22), date(2026, 11, 22), 14),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
    ],
)
def test_full_years(born: date, on: date, years: int) -> None:
    assert rules.age(born, on) == years
    assert rules.needs_guardian(born, on, 14) == (years < 14)


@pytest.mark.parametrize(
    "password", ["dangsan-ro 12-gil!", "푸른 자전거 열두 대", "Tr0ub4dor&3", "a pale blue dot 9"]
)
def test_passwords(password: str) -> None:
    assert password_rules.fault(password, RESIDENT, ("kim",)) is None


@pytest.mark.parametrize(
    ("password", "own"),
    [
        ("short 1", ()),
        ("x" * 129, ()),
        ("aaaaaaaaaaaa", ()),
        ("password1234", ()),
        ("qwertyuiop12", ()),
        ("12345678901234", ()),
        ("abcdefghijkl", ()),
        ("비밀번호비밀번호1", ()),
        ("kimyounghee-4821x", ("kimyounghee",)),
        ("my phone 1234 5678 ok", ("010-1234-5678",)),
        ("안녕 김영희 만세만세", ("김영희",)),
    ],
)
def test_passwords_refused(password: str, own: tuple[str, ...]) -> None:
    assert password_rules.fault(password, RESIDENT, own)


@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("dangsan-ro 12-gil!", True),
        ("dangsanrogilmunrae", False),
        ("dangsanro gil munrae", False),
        ("Dangsanro gil munrae", True),
        ("Dangsan12", False),
    ],
)
def test_officials_mix_kinds_and_write_more(password: str, fine: bool) -> None:
    assert (password_rules.fault(password, OFFICIAL, ()) is None) == fine


def test_officials_passwords_expire_and_residents_do_not() -> None:
    from datetime import UTC, datetime

    changed = datetime(2026, 8, 1, tzinfo=UTC)
    assert not password_rules.expired(changed, changed + timedelta(days=89), OFFICIAL)
    assert password_rules.expired(changed, changed + timedelta(days=90), OFFICIAL)
    assert not password_rules.expired(changed, changed + timedelta(days=9000), RESIDENT)


def test_waiting_grows_and_ends() -> None:
    rule = rules.login_throttle(YEONGDEUNGPO)
    waits = [rule.wait_after(tries) // timedelta(minutes=1) for tries in range(12)]
    assert waits == [0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 240, 240]


def test_a_joining_without_fault() -> None:
    assert joining_rules.faults(joining(), TODAY, YEONGDEUNGPO) == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"login_id": "?"}, ["login_id"]),
        ({"name": "<b>"}, ["name"]),
        ({"birth_date": "2027-01-01"}, ["birth_date"]),
        ({"phone": "12"}, ["phone"]),
        ({"email": "kim@"}, ["email"]),
        ({"email": ""}, []),
        ({"password": "kim.younghee99"}, ["password"]),
        ({"consents": {}}, ["accept_terms", "accept_privacy"]),
        ({"birth_date": "2015-05-05"}, ["guardian_name", "guardian_phone", "guardian_consent"]),
        (
            {"name": "", "phone": "", "consents": {"terms": "1"}},
            ["name", "phone", "accept_privacy"],
        ),
    ],
)
def test_every_fault_at_once(changes: dict[str, Any], where: list[str]) -> None:
    found = joining_rules.faults(joining(**changes), TODAY, YEONGDEUNGPO)
    assert [fault.where for fault in found] == where


def test_a_child_with_a_guardian() -> None:
    child = {
        "birth_date": "2015-05-05",
        "guardian_phone": "010-2345-6789",
        "guardian_consent": True,
    }
    assert not joining_rules.faults(joining(**child, guardian_name="김철수"), TODAY, YEONGDEUNGPO)
    own_name = joining_rules.faults(joining(**child, guardian_name=" 김영희"), TODAY, YEONGDEUNGPO)
    assert [fault.where for fault in own_name] == ["guardian_name"]


def test_codes_read_as_they_are_spoken() -> None:
    code = rules.code_from(2**255 - 19)
    assert len(code) == 8
    assert set(code) <= set(rules.CODE_ALPHABET)
    assert not set("01OILUo") & set(rules.CODE_ALPHABET)
    spoken = rules.code_shown(code).lower()
    assert rules.normal_code(f" {spoken.replace('-', ' - ')} ") == code


def test_namesakes_are_told_apart() -> None:
    first, second = islice(rules.identities("김 영희", date(1990, 1, 5)), 2)
    assert first == "김영희|1990-01-05|1"
    assert second == "김영희|1990-01-05|2"


@pytest.mark.parametrize(
    ("absences", "who"),
    [({}, 1), ({1: 2}, 2), ({1: 2, 2: 3}, 3), ({1: 2, 2: 1}, 1), ({2: 3}, 1)],
)
def test_who_is_present(absences: dict[int, int], who: int) -> None:
    assert rules.present(1, absences) == who


GECKO = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            f"Mozilla/5.0 (Linux; Android 15) {GECKO} SamsungBrowser/27.0 Chrome/125.0 Safari/537",
            "Android · Samsung Internet",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {GECKO} Safari/604.1",
            "iPhone · Safari",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {GECKO} Chrome/131.0 Edg/131.0",
            "Windows · Edge",
        ),
        ("curl/8.5.0", "?"),
        (None, "?"),
    ],
)
def test_a_browser_in_two_words(user_agent: str | None, words: str) -> None:
    assert rules.device(user_agent) == words
