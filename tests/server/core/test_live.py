"""Live updates: what changed is heard after its commit, in order, whoever committed it (Y16)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from server.core import clock, db, live

GENEROUS_SECONDS = 60
SOON_SECONDS = 0.4
BEGAN = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


@pytest.fixture
async def house(opened: Any) -> AsyncIterator[Any]:
    """An open database, and nobody listening any more at the end. Versions count from 1: it is the
    first second of 1970."""
    with clock.use(BEGAN):
        yield opened
        await live.close()


@db.transactional
async def change(*topics: str, fail: bool = False) -> None:
    live.tell(*topics)
    if fail:
        raise ValueError("undone")


async def stood(follower: live.Follower, topic: str, version: int) -> None:
    """Until the follower has heard of that version."""
    async with asyncio.timeout(GENEROUS_SECONDS):
        while follower.known[topic] != version:
            await follower.changed(GENEROUS_SECONDS)


async def test_a_change_is_told_with_its_commit_only(house: Any) -> None:
    await change("complaint:1", "desk")
    await change("desk", "desk")
    with pytest.raises(ValueError, match="undone"):
        await change("desk", fail=True)
    told = await live.versions(["complaint:1", "desk", "account:9"])
    assert told == {"complaint:1": 1, "desk": 2, "account:9": 0}
    with pytest.raises(RuntimeError, match="open transaction"):
        live.tell("desk")


async def test_whoever_follows_hears_of_it(house: Any) -> None:
    async with live.following({"complaint:1": 0}) as one, live.following({"desk": 0}) as other:
        await change("complaint:1")
        await stood(one, "complaint:1", 1)
        await change("desk")
        await stood(other, "desk", 1)
        assert one.known == {"complaint:1": 1}
        assert live.followers() == 2
    assert live.followers() == 0


async def test_what_changed_before_the_page_listened_is_heard_at_once(house: Any) -> None:
    await change("complaint:1")
    async with live.following({"complaint:1": 0}) as follower:
        assert await follower.changed(GENEROUS_SECONDS)
        assert follower.known == {"complaint:1": 1}


async def test_who_began_first_and_commits_last_is_not_lost(house: Any) -> None:
    """PostgreSQL lets transactions commit in another order than they began: nobody hears of the
    later version before the earlier one stands."""
    holding, goes_on = asyncio.Event(), asyncio.Event()

    async def hold(_: set[str]) -> None:
        holding.set()
        await goes_on.wait()

    @db.transactional
    async def slow() -> None:
        live.tell("complaint:1")
        db.at_the_end(hold)

    async with live.following({"complaint:1": 0, "desk": 0}) as follower:
        first = asyncio.create_task(slow())
        await holding.wait()  # its version is written, and not committed
        second = asyncio.create_task(change("complaint:1", "desk"))
        assert not await follower.changed(SOON_SECONDS)
        assert not second.done()
        goes_on.set()
        await asyncio.gather(first, second)
        await stood(follower, "complaint:1", 2)
        await stood(follower, "desk", 1)


async def test_many_things_in_any_order_stand_in_nobody_s_way(house: Any) -> None:
    """Two that change the same things in opposite order never wait for each other in a circle."""
    topics = [f"account:{number}" for number in range(live.BATCH + 20)]
    await asyncio.gather(*(change(*topics[:: 1 if even % 2 else -1]) for even in range(6)))
    assert set((await live.versions(topics)).values()) == {6}


async def test_what_has_not_changed_for_long_is_forgotten_and_still_grows(house: Any) -> None:
    await change("complaint:1", "desk")
    async with live.following({"complaint:1": 1, "desk": 1}) as follower:
        with clock.use(BEGAN + live.KEPT):
            await change("desk")
            assert await live.purge() == 0
        with clock.use(later := BEGAN + live.KEPT + timedelta(seconds=1)):
            assert await live.purge() == 1
            rows = await db.fetch("SELECT topic FROM live_topic")
            assert rows == [{"topic": "desk"}]
            assert follower.known["complaint:1"] == 1
            await change("complaint:1")
            await stood(follower, "complaint:1", int(later.timestamp()))


async def _by_another_process(url: str) -> None:
    """What a transaction of another process leaves, without anything of ours."""
    if url.startswith("sqlite"):

        def write() -> None:
            with sqlite3.connect(urlsplit(url).path, timeout=20) as other:
                other.execute("INSERT INTO live_topic (topic, version) VALUES ('desk', 7)")
            other.close()

        await asyncio.to_thread(write)
        return
    other = await asyncpg.connect(url.replace("asyncpg://", "postgresql://", 1))
    async with other.transaction():
        await other.execute("INSERT INTO live_topic (topic, version) VALUES ('desk', 7)")
        await other.execute(f"SELECT pg_notify('{live.CHANNEL}', '')")
    await other.close()


async def test_what_another_process_changed_is_heard(house: Any) -> None:
    async with live.following({"desk": 0}) as follower:
        await _by_another_process(house.database_url)
        await stood(follower, "desk", 7)


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_a_lost_line_is_made_anew(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AGAIN_SECONDS", 0.05)
    lines = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND query LIKE 'LISTEN%'"
    )

    async def line(*, but: int = 0) -> int:
        """The number of the connection that listens, when there is one but that."""
        while True:
            for row in await db.fetch(lines):
                if row["pid"] != but:
                    return int(row["pid"])
            await asyncio.sleep(0.02)

    async with live.following({"desk": 0}) as follower, asyncio.timeout(GENEROUS_SECONDS):
        known = await line()
        await db.fetch("SELECT pg_terminate_backend(?)", [known])
        await change("desk")
        await stood(follower, "desk", 1)
        await line(but=known)
        await change("desk")
        await stood(follower, "desk", 2)


async def test_a_process_that_stops_lets_everybody_go(house: Any) -> None:
    async with live.following({"desk": 0}) as follower:
        live.end()
        assert await follower.changed(GENEROUS_SECONDS)
        assert live.ended()
    await live.close()
    assert not live.ended()
