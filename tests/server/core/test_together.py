"""Acts that wait at the same time: one transaction for all, and to each caller one of his own."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from server.core import db, together
from server.core.together import Together

REFUSED = "refused"


class Acts:
    """Inserts a counter for each name; remembers who shared a transaction."""

    def __init__(self, most: int = 128) -> None:
        self.groups: list[list[str]] = []
        self.begins = asyncio.Event()
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.together = Together(self._inserted, most)

    @db.transactional
    async def _inserted(self, names: Sequence[str]) -> list[str | Exception]:
        self.groups.append(list(names))
        self.begins.set()
        await self.goes_on.wait()
        for name in names:
            if name != REFUSED:
                await db.execute("INSERT INTO counter (series, given) VALUES (?, 1)", [name])
        return [ValueError(name) if name == REFUSED else name.upper() for name in names]

    async def all(self, names: Sequence[str]) -> list[Any]:
        return await asyncio.gather(*map(self.together, names), return_exceptions=True)


async def written() -> set[str]:
    return {row["series"] for row in await db.fetch("SELECT series FROM counter")}


async def test_those_who_ask_at_once_share_a_transaction(opened: Any) -> None:
    acts = Acts()
    assert await acts.all(["a", "b", "c"]) == ["A", "B", "C"]
    assert acts.groups == [["a", "b", "c"]]
    assert await acts.together("d") == "D"
    assert await written() == {"a", "b", "c", "d"}


async def test_who_comes_during_a_commit_is_in_the_next_group(opened: Any) -> None:
    acts = Acts()
    acts.goes_on.clear()
    first = asyncio.create_task(acts.together("a"))
    await acts.begins.wait()
    later = asyncio.create_task(acts.all(["b", "c"]))
    await asyncio.sleep(0)
    acts.goes_on.set()
    assert [await first, await later] == ["A", ["B", "C"]]
    assert acts.groups == [["a"], ["b", "c"]]


async def test_a_group_has_a_size(opened: Any) -> None:
    acts = Acts(most=2)
    assert await acts.all(["a", "b", "c"]) == ["A", "B", "C"]
    assert acts.groups == [["a", "b"], ["c"]]


async def test_one_is_told_no_and_the_others_stand(opened: Any) -> None:
    acts = Acts()
    one, no, other = await acts.all(["a", REFUSED, "b"])
    assert (one, other) == ("A", "B")
    assert isinstance(no, ValueError)
    assert len(acts.groups) == 1
    assert await written() == {"a", "b"}


async def test_who_spoils_the_transaction_spoils_it_for_nobody_else(opened: Any) -> None:
    acts = Acts()
    await db.execute("INSERT INTO counter (series, given) VALUES ('b', 7)")
    one, bad, other = await acts.all(["a", "b", "c"])
    assert (one, other) == ("A", "C")
    assert isinstance(bad, IntegrityError)
    assert acts.groups == [["a", "b", "c"], ["a"], ["b"], ["c"]]
    assert await written() == {"a", "b", "c"}


async def test_one_that_waits_for_somebody_else_holds_up_nobody(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = asyncio.Event()

    async def done(names: Sequence[str]) -> list[str | Exception]:
        if len(names) > 1:
            raise ValueError("not together")
        if names == ["stuck"]:
            await goes_on.wait()
        return list(names)

    monkeypatch.setattr(together, "ALONE_SECONDS", 0.01)
    acts = Together(done)
    stuck, *others = (asyncio.ensure_future(acts(name)) for name in ("stuck", "a", "b"))
    async with asyncio.timeout(60):
        assert await asyncio.gather(*others) == ["a", "b"]
        assert await acts("later") == "later"
        assert not stuck.done()
        goes_on.set()
        assert await stuck == "stuck"


async def test_it_runs_in_nobodys_context(opened: Any) -> None:
    asked_by: ContextVar[str] = ContextVar("asked_by", default="nobody")

    async def done(names: Sequence[str]) -> list[str | Exception]:
        return [asked_by.get() for _ in names]

    asked_by.set("me")
    assert await Together(done).each(["a", "b"]) == ["nobody", "nobody"]


async def test_who_has_gone_before_his_turn_is_not_begun(opened: Any) -> None:
    acts = Acts()
    acts.goes_on.clear()
    first = asyncio.create_task(acts.together("a"))
    await acts.begins.wait()
    gone, stays = (asyncio.create_task(acts.together(name)) for name in "bc")
    await asyncio.sleep(0)
    gone.cancel()
    acts.goes_on.set()
    assert [await first, await stays] == ["A", "C"]
    assert await written() == {"a", "c"}


async def test_who_goes_away_in_the_middle_undoes_nothing(opened: Any) -> None:
    acts = Acts()
    acts.goes_on.clear()
    gone, stays = (asyncio.create_task(acts.together(name)) for name in "ab")
    await acts.begins.wait()
    gone.cancel()
    acts.goes_on.set()
    assert await stays == "B"
    assert await written() == {"a", "b"}


async def test_it_is_no_part_of_another_transaction(opened: Any) -> None:
    acts = Acts()
    with pytest.raises(RuntimeError, match="inside a transaction"):
        await db.transactional(lambda: acts.together("a"))()
