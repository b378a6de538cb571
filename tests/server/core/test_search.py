"""Korean is found by any part of a word, exactly, on both databases."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import db, search

COMPLAINTS = {
    1: "밤마다 공사장 소음이 심합니다",
    2: "가로등이 꺼졌어요. 물이 새고 있습니다",
    3: "소방차 전용 구역에 음식물 쓰레기",
    4: "ABC마트 앞 Street-lamp 고장 3-1번지",
    5: "소 음 소",
    6: "층간소음 분쟁: 소음ㆍ진동",
    7: "ＡＢＣ 상가 １２호 ①번",
}


async def fill() -> None:
    @db.transactional
    async def write() -> None:
        for ref, text in COMPLAINTS.items():
            await search.index("complaint", ref, text)
        await search.index("service", 1, "소음 신고")

    await write()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("소음", [6, 1]),
        ("음이", [1]),
        ("물", [3, 2]),
        ("소", [6, 5, 3, 1]),
        ("소음이", [1]),
        ("소음 진동", [6]),
        ("진동 소음 층간", [6]),
        ("abc", [7, 4]),
        ("ABC마트", [4]),
        ("트", [4]),
        ("street", [4]),
        ("lamp", [4]),
        ("amp", [4]),
        ("3-1번지", [4]),
        ("12호", [7]),
        ("소음 물", []),
        ("층간 소음이", []),
        ("", []),
        ("!?", []),
        ('" OR 1', []),
        ("소음*", [6, 1]),
        ("grams:소음", []),
        ("가" * 500, []),
    ],
)
async def test_what_is_found(opened: Any, query: str, found: list[int]) -> None:
    await fill()
    assert await search.find("complaint", query, limit=10) == found


async def test_pages_follow_each_other(opened: Any) -> None:
    await fill()
    assert await search.find("complaint", "소", limit=2) == [6, 5]
    assert await search.find("complaint", "소", limit=2, before=5) == [3, 1]
    assert await search.find("complaint", "소", limit=2, before=1) == []


async def test_what_is_written_again_or_removed_is_not_found(opened: Any) -> None:
    await fill()

    @db.transactional
    async def change() -> None:
        await search.index("complaint", 1, "조용합니다")
        await search.remove("complaint", 6)
        await search.remove("complaint", 99)

    await change()
    assert await search.find("complaint", "소음", limit=10) == []
    assert await search.find("complaint", "조용", limit=10) == [1]
    assert await search.find("service", "소음", limit=10) == [1]
    rows = await db.fetch("SELECT text FROM search_entry WHERE kind = ?", ["complaint"])
    assert not any("소음" in row["text"] for row in rows)


async def test_the_index_is_written_with_the_text_or_not_at_all(opened: Any) -> None:
    @db.transactional
    async def fails() -> None:
        await search.index("complaint", 8, "되돌려질 글")
        raise KeyError

    with pytest.raises(KeyError):
        await fails()
    assert await search.find("complaint", "되돌려질", limit=10) == []
    with pytest.raises(RuntimeError, match="transaction"):
        await search.index("complaint", 8, "밖에서")


async def test_as_a_plain_search_would_find(opened: Any) -> None:
    """Against `in` over 300 random texts of few syllables, so that false neighbours abound."""
    chance = random.Random(7)
    texts = {
        ref: " ".join(
            "".join(chance.choices("소음물가a1", k=chance.randint(1, 5)))
            for _ in range(chance.randint(1, 6))
        )
        for ref in range(1, 301)
    }

    @db.transactional
    async def write() -> None:
        for ref, text in texts.items():
            await search.index("random", ref, text)

    await write()
    for _ in range(150):
        asked = " ".join(
            "".join(chance.choices("소음물가a1", k=chance.randint(1, 4)))
            for _ in range(chance.randint(1, 2))
        )
        wanted = [
            ref
            for ref, text in sorted(texts.items(), reverse=True)
            if all(word in text for word in asked.split())
        ]
        assert await search.find("random", asked, limit=300) == wanted, asked


@given(st.text(max_size=60))
def test_normalising_is_settled_and_pairs_cover_every_letter(text: str) -> None:
    plain = search.normalised(text)
    assert search.normalised(plain) == plain
    for word in plain.split():
        assert "".join(gram[0] for gram in search.grams(word)) == word


async def test_what_is_removed_is_not_left_on_a_free_page(opened: Any) -> None:
    text = "감추기로 한 말 " * 400

    @db.transactional
    async def write() -> None:
        for ref in range(1, 20):
            await search.index("complaint", ref, f"{ref} {text if ref == 7 else '남는 말'}")

    @db.transactional
    async def close_to_the_public() -> None:
        await search.remove("complaint", 7)

    await write()
    await close_to_the_public()
    assert await search.find("complaint", "감추기로", limit=9) == []
    assert len(await search.find("complaint", "남는", limit=50)) == 18
    if db.dialect() == "sqlite":
        await db.fetch("PRAGMA wal_checkpoint(TRUNCATE)")
        file = Path(opened.database_url.removeprefix("sqlite://"))
        kept = await asyncio.to_thread(file.read_bytes)
        assert "남는 말".encode() in kept
        assert "감추기로".encode() not in kept


async def test_the_newest_come_first_whatever_was_indexed_last(opened: Any) -> None:
    @db.transactional
    async def said() -> None:
        for ref in (5, 9, 2, 7, 5, 9):
            await search.index("complaint", ref, f"소음 {ref}")
            await search.index("service", ref, "소음")

    await said()
    assert await search.find("complaint", "소음", limit=9) == [9, 7, 5, 2]
    assert await search.find("complaint", "소음", limit=9, before=7) == [5, 2]


async def test_pages_go_on_over_entries_far_apart(opened: Any) -> None:
    """Whether the newest entries fill the page, or older ones or all of them have to be asked."""
    edges = [place + near for place in (2**10, 2**14, 2**15, 2**20) for near in (-1, 0, 1)]
    refs = sorted({1, 2, 700, 3000, 2**14 + 2**10, 2**20 - 2**14, 2**20 + 900, *edges})

    @db.transactional
    async def said() -> None:
        for ref in refs:
            rare = "낙타 " if ref in {2, 2**15} else ""
            await search.index("complaint", ref, f"{rare}소음 {ref}")
            await search.index("service", ref + 1, "낙타 소음")

    await said()
    for limit in (1, 2, 5, len(refs) + 1):
        left, before = refs[::-1], None
        while left:
            found = await search.find("complaint", "소음", limit=limit, before=before)
            assert found == left[:limit]
            left, before = left[limit:], found[-1]
    for before, expected in ((None, [2**15, 2]), (2**15, [2]), (2, [])):
        assert await search.find("complaint", "낙타", limit=2, before=before) == expected
    assert await search.find("complaint", "사자", limit=2) == []


async def test_a_common_word_is_not_sorted_for(opened: Any) -> None:
    """FTS5 gives its rows in the order asked for: a page costs a page."""
    if db.dialect() != "sqlite":
        return
    sql, verified, older, ordered = search.ON_SQLITE
    plan = await db.fetch(
        f"EXPLAIN QUERY PLAN {sql}{verified}{older}{ordered}", ["a", "complaint", "a", 9, 2]
    )
    assert not any("TEMP B-TREE" in row["detail"] for row in plan), plan
    assert "VIRTUAL TABLE" in plan[0]["detail"]
