"""Caps, numbers of one's own, inbound words, advertisements and their quiet hours: pure."""

from datetime import date, datetime, time, timedelta

import pytest

from server.core.web import Problem
from server.fairuse import rules
from server.fairuse.senders import is_the_district_s
from server.ordinance import service as ordinance
from server.ordinance.loading import load, path_of

(EDITION,) = load(path_of("yeongdeungpo"))
PROFILE = EDITION.profile
FAIR = rules.fair_use(PROFILE)


@pytest.mark.parametrize(("kind", "month", "day"), [("sms", 500, 100), ("fax", 200, 40)])
def test_caps_of_a_month_and_a_day(kind: rules.Kind, month: int, day: int) -> None:
    of_month, of_day = rules.caps(PROFILE, kind, date(2026, 11, 23))
    assert (of_month.period, of_month.most) == ("2026-11", month)
    assert (of_day.period, of_day.most) == ("2026-11-23", day)
    assert of_day.full(day + 3).params == {"most": day, "left": 0}


def test_where_nobody_sends_there_are_no_caps() -> None:
    osan = load(path_of("osan"))[0].profile
    with pytest.raises(Problem) as refused:
        rules.caps(osan, "sms", date(2026, 11, 23))
    assert refused.value.status == 404


@pytest.mark.parametrize("text", ["010-1234-5678", "02-2670-3500", "070-1234-5678", "1588-1234"])
def test_numbers_that_may_be_one_s_own(text: str) -> None:
    assert rules.own_number(text).pretty == text


@pytest.mark.parametrize(
    "text", ["080-123-4567", "050-1234-5678", "+1 202 555 0123", "119", "hello", ""]
)
def test_numbers_that_nobody_sends_under(text: str) -> None:
    with pytest.raises(Problem) as refused:
        rules.own_number(text)
    assert (refused.value.status, refused.value.field) == (422, "number")


@pytest.mark.parametrize("text", ["수신거부", " 수신 거부!", "거부", "stop", "ＳＴＯＰ.", "그만"])
def test_words_that_opt_out(text: str) -> None:
    assert rules.wants_out(text, FAIR.opt_out_words)


@pytest.mark.parametrize("text", ["", "수신거부하지 마세요", "네", "그만두지 말아요", "stopping"])
def test_words_that_do_not(text: str) -> None:
    assert not rules.wants_out(text, FAIR.opt_out_words)


@pytest.mark.parametrize(
    ("hour", "quiet"),
    [("07:59", True), ("08:00", False), ("20:59", False), ("21:00", True), ("23:59", True)],
)
def test_advertisements_rest_at_night(hour: str, quiet: bool) -> None:
    at = datetime.fromisoformat(f"2026-11-23T{hour}+09:00")
    assert rules.is_quiet(FAIR, at) is quiet
    wakes = rules.quiet_until(FAIR, at)
    assert not rules.is_quiet(FAIR, wakes)
    assert (wakes == at) is not quiet


@pytest.mark.parametrize(
    ("hour", "begins", "quiet"),
    [("19:59", "21:00", False), ("20:00", "21:00", True), ("21:00", "21:00", True),
     ("07:59", "21:00", True), ("08:00", "21:00", False),
     ("23:29", "00:30", False), ("23:30", "00:30", True), ("00:10", "00:30", True)],
)  # fmt: skip
def test_what_takes_an_hour_to_print_rests_an_hour_sooner(
    hour: str, begins: str, quiet: bool
) -> None:
    fair = FAIR.model_copy(update={"ad_quiet_from": time.fromisoformat(begins)})
    at = datetime.fromisoformat(f"2026-11-23T{hour}+09:00")
    assert rules.is_quiet(fair, at, timedelta(hours=1)) is quiet
    sooner = {"21:00": "20:00", "00:30": "23:30"}[begins]
    assert rules.quiet_words(fair, timedelta(hours=1)) == {"begins": sooner, "ends": "08:00"}


AD = "(광고)[영등포구청]02-2670-3114 김장 장터 무료수신거부080-000-2670"
FAULTY = [
    (AD, 1, []),
    ("(광고) 영등포구청 02-2670-3114 장터 무료수신거부 080-000-2670", 1, []),
    (AD, 2, ["fairuse.ad_parts"]),
    (AD.replace("(광고)", "(광 고)"), 1, ["fairuse.ad_label", "fairuse.ad_sender"]),
    ("안내 " + AD, 1, ["fairuse.ad_label", "fairuse.ad_sender"]),
    (AD.replace("[영등포구청]", ""), 1, ["fairuse.ad_sender"]),
    (AD.replace("02-2670-3114", "02-2670-3115"), 1, ["fairuse.ad_contact"]),
    (AD.replace("무료수신거부", "수신거부"), 1, ["fairuse.ad_opt_out"]),
    (AD + " 끝", 1, ["fairuse.ad_opt_out"]),
]


@pytest.mark.parametrize(("body", "messages", "codes"), FAULTY)
def test_what_an_advertisement_has_to_say(body: str, messages: int, codes: list[str]) -> None:
    found = rules.ad_faults(FAIR, PROFILE.district.office, body, messages)
    assert [fault.code for fault in found] == codes


@pytest.mark.parametrize(
    ("body", "is_one"),
    [(AD, True), ("(광 고) 장터", True), ("［광고］장터", True), ("광고판을 고쳤습니다", False)],
)
def test_which_texts_call_themselves_one(body: str, is_one: bool) -> None:
    assert rules.claims_to_be_an_ad(body) is is_one


def test_the_district_s_numbers_are_known_however_written() -> None:
    ordinance.use("yeongdeungpo")
    assert is_the_district_s("0226703114")
    assert is_the_district_s("+82 2-2670-3600")
    assert not is_the_district_s("02-2670-3115")
