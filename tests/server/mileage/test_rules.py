"""Table 1 of the ordinance, as a lawyer would check it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.core import i18n
from server.mileage import rules
from server.mileage.rules import Entry, Opinion
from server.ordinance import loading

YEONGDEUNGPO = loading.load(loading.path_of("yeongdeungpo"))[0].profile
OSAN = loading.load(loading.path_of("osan"))[0].profile


@pytest.mark.parametrize(
    ("rule", "points"),
    [("join", 500), ("existing", 500), ("login", 30), ("proposer", 1000), ("survey", 200)],
)
def test_points_of_table_1(rule: str, points: int) -> None:
    assert rules.points_of(YEONGDEUNGPO, rule) == points


@pytest.mark.parametrize(
    ("recommendations", "points"),
    [(0, 0), (9, 0), (10, 100), (49, 100), (50, 500), (99, 500), (100, 1000), (4000, 1000)],
)
def test_participants_earn_by_recommendations(recommendations: int, points: int) -> None:
    assert rules.points_of(YEONGDEUNGPO, "participant", recommendations) == points


@pytest.mark.parametrize(
    ("rule", "once_key", "key"),
    [
        ("join", "", "award:member:7"),
        ("existing", "", "award:member:7"),
        ("login", "2026-11-23", "award:login:7:2026-11-23"),
        ("proposer", "proposal-3", "award:proposer:proposal-3"),
        ("participant", "debate-5", "award:participant:7:debate-5"),
        ("survey", "survey-2", "award:survey:7:survey-2"),
    ],
)
def test_what_an_award_is_given_once_for(rule: str, once_key: str, key: str) -> None:
    assert rules.award_key(YEONGDEUNGPO, 7, rule, once_key) == key


@pytest.mark.parametrize("rule", ["login", "proposer", "participant", "survey"])
def test_an_award_for_something_names_it(rule: str) -> None:
    with pytest.raises(ValueError, match="name it"):
        rules.award_key(YEONGDEUNGPO, 7, rule, "")


@pytest.mark.parametrize("rule", ["gift", "points", "tiers", "clause"])
def test_there_is_no_award_beyond_the_table(rule: str) -> None:
    with pytest.raises(KeyError):
        rules.points_of(YEONGDEUNGPO, rule)


@pytest.mark.parametrize(
    ("day", "open_"), [("2026-03-01", False), ("2026-03-02", True), ("2030-01-01", True)]
)
def test_nothing_is_earned_before_the_opening(day: str, open_: bool) -> None:
    assert rules.is_open(YEONGDEUNGPO, date.fromisoformat(day)) is open_
    assert not rules.is_open(OSAN, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("opinions", "best"),
    [
        ([(1, {2, 3})], {1: 2}),
        ([(1, {1, 2, 3})], {1: 2}),  # nobody recommends oneself
        ([(1, {2}), (1, {2, 3, 4}), (1, set())], {1: 3}),  # the best opinion alone
        ([(1, [2, 2, 2])], {1: 1}),  # everybody once
        ([(9, {1, 2, 3}), (1, {9})], {1: 1}),  # who proposed is awarded for that
        ([], {}),
    ],
)
def test_the_best_opinion_counts_by_the_recommendations_of_others(
    opinions: list[tuple[int, Any]], best: dict[int, int]
) -> None:
    made = [Opinion(person, by) for person, by in opinions]
    assert rules.best_opinions(made, proposer_id=9) == best


def test_osan_gives_no_mileage() -> None:
    with pytest.raises(LookupError):
        rules.points_of(OSAN, "join")


@pytest.mark.parametrize(
    ("points", "sms", "fax"), [(1150, 38, 23), (29, 0, 0), (30, 1, 0), (50, 1, 1), (0, 0, 0)]
)
def test_what_points_buy(points: int, sms: int, fax: int) -> None:
    assert rules.buys(YEONGDEUNGPO, points) == rules.Buys(sms, fax)


def entry(**values: object) -> Entry:
    plain = {
        "id": 1, "about": "sms", "points": -90, "after": 410, "units": 3, "reason": "",
        "ref": "m1", "at": datetime(2026, 11, 23, tzinfo=UTC),
    }  # fmt: skip
    return Entry(**{**plain, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "title", "note"),
    [
        ({"about": "join", "points": 500, "units": 0, "ref": ""}, "회원 가입", ""),
        ({"about": "login", "points": 30, "units": 0, "ref": ""}, "하루 첫 로그인", ""),
        ({"about": "existing", "points": 500, "units": 0, "ref": ""}, "기존 회원 첫 방문", ""),
        ({"about": "correction", "points": 20, "units": 0, "ref": "1"}, "바로잡아 더함", ""),
        ({"about": "correction", "points": -20, "units": 0, "ref": "1"}, "바로잡아 뺌", ""),
        ({"hold_open": 90}, "문자 3건", "따로 두었습니다. 도착한 만큼만 씁니다."),
        ({"hold_open": 30, "hold_spent": 60}, "문자 3건", "따로 두었습니다. 도착한 만큼만 씁니다."),
        ({"hold_spent": 60}, "문자 3건", "보냈습니다"),
        ({}, "문자 3건", "모두 돌려드렸습니다"),
        (
            {"about": "fax", "points": 50, "units": 1, "hold_units": 2, "reason": "undelivered"},
            "팩스 2장 가운데 1장 반환",
            "도착하지 않았습니다",
        ),
        (
            {"points": 90, "units": 3, "hold_units": 3, "reason": "cancelled"},
            "문자 3건 반환",
            "보내기를 취소했습니다",
        ),
    ],
)
def test_every_line_reads_as_a_sentence(values: dict[str, object], title: str, note: str) -> None:
    line = rules.line_of(entry(**values))
    assert i18n.gettext(line.title, "ko", **line.title_words) == title
    assert line.note == note
