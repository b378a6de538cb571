"""Which words of a title tell what it is about."""

import pytest

from server.complaints.arrival.similar_rules import stems

TITLES = [
    ("당산로 가로등이 꺼졌습니다", ["당산로", "가로등"]),
    ("가로등이 깜빡여요", ["가로등"]),
    ("문래동에서 밤마다 소음이 납니다", ["문래동", "소음"]),
    ("불편 신고합니다 부탁해요", []),
    ("12길 34-5 앞 보도블록 파손", ["보도블록", "12길", "파손"]),
    ("Street lamp is out, please", ["street", "lamp", "out", "is"]),
    ("", []),
]


@pytest.mark.parametrize(("title", "telling"), TITLES)
def test_telling_words(title: str, telling: list[str]) -> None:
    assert stems(title) == telling
