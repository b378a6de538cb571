"""The same content again: what counts as the same, and what the law then allows."""

from datetime import UTC, datetime, timedelta

import pytest

from server.complaints.together import repeats_rules
from server.complaints.together.repeats_rules import Earlier, Repeat

KEY = b"k" * 32
LAMP = "당산로 12길 모퉁이 가로등이 사흘째 꺼져 있어 밤길이 어둡습니다. 빨리 고쳐 주세요."
LONG = " ".join(f"{place}번째 문장은 서로 다른 이야기를 합니다" for place in range(200))


def sketched(title: str, body: str) -> bytes:
    return repeats_rules.sketch(repeats_rules.normal_content(title, body), KEY)


@pytest.mark.parametrize(
    ("title", "body", "same"),
    [
        ("가로등", LAMP, True),
        ("가로등!!", LAMP.replace(" ", "  ").replace(".", "…"), True),  # spaces and signs
        ("가로등", LAMP.replace("12", "１２"), True),  # full-width digits
        ("가로등", f"{LAMP} 부탁", True),
        ("가로등", "당산로 12길에 쓰레기가 쌓여 냄새가 납니다. 치워 주세요.", False),
        ("", "", False),
    ],
)
def test_the_same_content(title: str, body: str, same: bool) -> None:
    assert repeats_rules.is_same(sketched("가로등", LAMP), sketched(title, body)) is same


def test_long_texts_are_compared_by_a_sample() -> None:
    long = sketched("긴 글", LONG)
    assert len(long) == repeats_rules.SKETCH_MAX * repeats_rules.SHINGLE_BYTES
    assert repeats_rules.is_same(long, sketched("긴 글", LONG + " 끝."))
    assert not repeats_rules.is_same(long, sketched("가로등", LAMP))


def test_nothing_can_be_read_or_recomputed_without_the_key() -> None:
    ours = sketched("가로등", LAMP)
    theirs = repeats_rules.sketch(repeats_rules.normal_content("가로등", LAMP), b"j" * 32)
    assert repeats_rules.likeness(ours, theirs) == 0
    assert "가로등".encode() not in ours


def test_a_text_shorter_than_a_shingle() -> None:
    assert repeats_rules.is_same(sketched("", "가로"), sketched("", "가 로"))


FILED = datetime(2026, 12, 1, tzinfo=UTC)


def earlier(count: int, answered: int, category: str = "other") -> list[Earlier]:
    told = FILED - timedelta(days=1)
    return [
        Earlier(f"2611-00000{place}-0", category, told if place < answered else None)
        for place in range(count)
    ]


@pytest.mark.parametrize(
    ("repeat", "why_not"),
    [
        (Repeat("other", FILED, earlier(2, 2)), None),
        (Repeat("grievance", FILED, earlier(5, 3)), None),
        (Repeat("application", FILED, earlier(9, 9)), "법정민원"),
        (Repeat("other", FILED, earlier(2, 1)), "두 번 답한 뒤"),
        (Repeat("other", FILED, earlier(1, 1)), "두 번 답한 뒤"),
        (Repeat("other", FILED, []), "두 번 답한 뒤"),
        # Filed before the second result was told: it did not come in after it.
        (Repeat("other", FILED - timedelta(days=2), earlier(2, 2)), "두 번 답한 뒤"),
        (Repeat("other", FILED, earlier(2, 2), of_many=True), "민원조정위원회"),
        (Repeat("other", FILED, earlier(2, 2), of_many=True, mediated=True), None),
        (Repeat("application", FILED, earlier(2, 2), of_many=True, mediated=True), "법정민원"),
    ],
)
def test_closing_as_repeated(repeat: Repeat, why_not: str | None) -> None:
    fault = repeats_rules.closing_fault(repeat)
    assert (fault is None) if why_not is None else (fault is not None and why_not in fault.text)


@pytest.mark.parametrize(
    ("category", "before", "goes"),
    [
        ("grievance", earlier(1, 1, "grievance"), True),
        ("grievance", earlier(1, 0, "grievance"), False),  # withdrawn, or not answered yet
        ("grievance", earlier(1, 1, "other"), False),
        ("other", earlier(1, 1, "grievance"), False),
        ("grievance", [], False),
    ],
)
def test_the_second_grievance_goes_to_the_audit_department(
    category: str, before: list[Earlier], goes: bool
) -> None:
    assert repeats_rules.goes_to_audit(category, before) is goes
