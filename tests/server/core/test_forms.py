"""A form acts once, whatever is pressed; the same key with other content is refused."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest

from server.core import clock, db, forms
from server.core.forms import FormClaim
from server.core.web import Conflict

KEY = UUID("6f9f3c1e-8f4e-4d4e-9b7e-0123456789ab")


class Office:
    """A service that counts how often it acted."""

    def __init__(self) -> None:
        self.acted: Counter[bytes] = Counter()

    async def file(self, claim: FormClaim | None) -> str:
        @db.transactional
        async def act() -> str:
            earlier = await forms.claimed(claim)
            if earlier is not None:
                return earlier
            digest = claim.digest if claim else b""
            await db.fetch("SELECT 1")
            self.acted[digest] += 1
            location = f"/complaints/{sum(self.acted.values())}"
            await forms.settle(claim, location)
            return location

        return await act()


def claim(content: bytes = b"a", *, key: UUID = KEY, who: str = "account:1") -> FormClaim:
    return FormClaim(who, "complaints.create", key, content)


async def test_once(opened: Any) -> None:
    office = Office()
    assert await office.file(claim()) == "/complaints/1"
    assert await office.file(claim()) == "/complaints/1"
    assert sum(office.acted.values()) == 1


async def test_many_at_once_act_once(opened: Any) -> None:
    office = Office()
    answers = await asyncio.gather(*(office.file(claim()) for _ in range(12)))
    assert set(answers) == {"/complaints/1"}
    assert sum(office.acted.values()) == 1


async def test_other_content_is_a_conflict(opened: Any) -> None:
    office = Office()
    await office.file(claim(b"a"))
    with pytest.raises(Conflict) as refused:
        await office.file(claim(b"b"))
    assert (refused.value.code, refused.value.status) == ("form.reused", 409)


async def test_readers_routes_and_keys_are_apart(opened: Any) -> None:
    office = Office()
    for each in (claim(), claim(who="account:2"), claim(key=uuid4())):
        await office.file(each)
    await office.file(FormClaim("account:1", "messages.draft", KEY, b"a"))
    assert sum(office.acted.values()) == 4


async def test_what_failed_was_not_done(opened: Any) -> None:
    @db.transactional
    async def fails() -> None:
        assert await forms.claimed(claim()) is None
        raise KeyError

    with pytest.raises(KeyError):
        await fails()
    office = Office()
    assert await office.file(claim()) == "/complaints/1"


async def test_without_a_key_every_time(opened: Any) -> None:
    office = Office()
    await office.file(None)
    await office.file(None)
    assert sum(office.acted.values()) == 2


async def test_old_uses_are_forgotten(opened: Any) -> None:
    office = Office()
    with clock.use(clock.now() - forms.KEPT * 1.5):
        await office.file(claim())
    await office.file(claim(key=uuid4()))
    await forms.forget()
    assert len(await db.fetch("SELECT id FROM form_use")) == 1
