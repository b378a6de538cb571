"""Whom a message may go to, what it comes to, and how its fate reads (Y15-4)."""

import pytest

from server.core import i18n
from server.core.web import Problem
from server.messages import rules
from server.messages.delivery.workflow import State
from server.messages.rules import Part
from server.ordinance import loading

YEONGDEUNGPO = loading.load(loading.path_of("yeongdeungpo"))[0].profile
OSAN = loading.load(loading.path_of("osan"))[0].profile
S = State


@pytest.mark.parametrize(
    ("text", "numbers", "repeated"),
    [
        ("010-1234-5678", ["01012345678"], 0),
        ("010-1234-5678\n\n 01098765432 \n", ["01012345678", "01098765432"], 0),
        ("01012345678, 010-9876-5432;+82 10 1111 2222", None, 0),
        ("010-1234-5678\n+82-10-1234-5678", ["01012345678"], 1),
    ],
)
def test_recipients(text: str, numbers: list[str] | None, repeated: int) -> None:
    found = rules.recipients(YEONGDEUNGPO, "sms", text)
    assert not found.problems
    assert found.repeated == repeated
    assert len(found.numbers) == len(numbers or [1, 2, 3])
    if numbers is not None:
        assert [number.digits for number in found.numbers] == numbers


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("sms", "010-1234-5678\n02-2670-3500", "2번째 줄의 ‘02-2670-3500’: 문자를 받을 수 없는"),
        ("fax", "010-1234-5678", "휴대전화 번호라서 팩스를"),
        ("sms", "hello", "1번째 줄의 ‘hello’: 전화번호가 아닙니다"),
        ("sms", "010-1234-5678, 123; 0101", "1번째 줄의 ‘123’: 번호가 너무 짧"),
        ("sms", "x" * 40, "1번째 줄의 ‘" + "x" * 30 + "…’: "),
        ("fax", "2670-3500", "지역번호"),
        ("fax", "+81 3 1234 5678", "해외"),
    ],
)
def test_a_line_that_is_no_recipient_is_named(kind: rules.Kind, text: str, words: str) -> None:
    problem = rules.recipients(YEONGDEUNGPO, kind, text).problems[0]
    assert words in problem.text("ko")
    assert problem.status == 422
    assert problem.field == "to"


def test_only_a_few_faults_are_listed() -> None:
    found = rules.recipients(YEONGDEUNGPO, "sms", "\n".join("x" * 20))
    assert len(found.problems) == rules.FAULTS_SHOWN


@pytest.mark.parametrize(
    ("kind", "count", "units_each", "points", "won"),
    [
        ("sms", 1, 1, 30, 20),
        ("sms", 3, 1, 90, 60),
        ("sms", 3, 2, 180, 120),
        ("fax", 1, 2, 100, 120),
        ("fax", 5, 20, 5_000, 6_000),
    ],
)
def test_prices_of_the_ordinance(
    kind: rules.Kind, count: int, units_each: int, points: int, won: int
) -> None:
    price = rules.price(YEONGDEUNGPO, kind, count, units_each)
    assert (price.points, price.won) == (points, won)


@pytest.mark.parametrize(
    ("body", "messages"),
    [("안녕하세요", 1), ("가" * 40, 1), ("가" * 41, 2), ("a" * 80, 1), ("a" * 81, 2)],
)
def test_a_message_has_90_bytes_with_room_for_the_carriers_line(body: str, messages: int) -> None:
    assert len(rules.sms_texts(YEONGDEUNGPO, body)) == messages


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "messages.empty"), ("😀", "messages.characters"), ("가" * 1_000, "messages.too_long")],
)
def test_what_cannot_be_sent(body: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        rules.sms_texts(YEONGDEUNGPO, body)
    assert refused.value.code == code


def test_osan_sends_nothing() -> None:
    for act in (
        lambda: rules.recipients(OSAN, "sms", "010-1234-5678"),
        lambda: rules.sms_texts(OSAN, "안녕"),
        lambda: rules.price(OSAN, "sms", 1, 1),
    ):
        with pytest.raises(Problem) as refused:
            act()
        assert refused.value.status == 404


def part(state: State, charged: int | None = None, units: int = 1, *, late: bool = False) -> Part:
    return Part(state, units, charged, late)


@pytest.mark.parametrize(
    ("kind", "parts", "sentence", "tone"),
    [
        ("sms", [part(S.QUEUED)], "곧 보냅니다.", "blue"),
        ("sms", [part(S.SENDING)], "보내는 중입니다.", "blue"),
        ("sms", [part(S.ACCEPTED)], "통신사로 보냈습니다. 도착 소식을 기다립니다.", "blue"),
        (
            "sms",
            [part(S.ACCEPTED), part(S.UNKNOWN)],
            "받았는지 통신사에 확인하고 있습니다. 두 번 보내지 않습니다.",
            "amber",
        ),
        ("sms", [part(S.DELIVERED, 1)], "도착했습니다.", "green"),
        ("sms", [part(S.DELIVERED, 1), part(S.ACCEPTED)], None, "blue"),
        (
            "sms",
            [part(S.ACCEPTED, 1)],
            "통신사로 보냈습니다. 이 통신사는 도착 여부를 알려 주지 않습니다.",
            "green",
        ),
        ("sms", [part(S.FAILED, 0)], "도착하지 않았습니다. 30점을 돌려드렸습니다.", "red"),
        (
            "sms",
            [part(S.EXPIRED, 0)],
            "기다리는 동안 도착 소식이 없었습니다. 30점을 돌려드렸습니다.",
            "red",
        ),
        ("sms", [part(S.CANCELLED, 0)], "보내지 않고 취소했습니다.", "grey"),
        (
            "sms",
            [part(S.DELIVERED, 1), part(S.FAILED, 0)],
            "2건 가운데 1건이 도착했습니다. 30점을 돌려드렸습니다.",
            "amber",
        ),
        (
            "fax",
            [part(S.FAILED, 2, units=3)],
            "3장 가운데 2장이 도착했습니다. 30점을 돌려드렸습니다.",
            "amber",
        ),
        (
            "sms",
            [part(S.EXPIRED, 0, late=True)],
            "나중에 도착했습니다. 돌려드린 30점은 그대로 두었습니다.",
            "green",
        ),
    ],
)
def test_what_became_of_it_is_a_sentence(
    kind: rules.Kind, parts: list[Part], sentence: str | None, tone: str
) -> None:
    fate = rules.fate_of_recipient(kind, parts, 30)
    assert fate.tone == tone
    if sentence is not None:
        assert i18n.gettext(fate.sentence, "ko", **fate.words) == sentence
