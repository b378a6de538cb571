"""Objects are sealed, whole, and bound to their key."""

from pathlib import Path
from typing import Any

import pytest

from server import config
from server.core import crypto, storage


@pytest.fixture
def place(tmp_path: Path, keys: Path) -> Path:
    """The directory of an empty storage."""
    made = config.Settings(data=tmp_path / "data", keys=keys)
    config.use(made)
    return made.data / "storage"


def written(place: Path) -> list[bytes]:
    return [each.read_bytes() for each in place.rglob("*") if each.is_file()]


def mode(place: Path) -> int:
    return place.stat().st_mode


def swap(place: Path) -> None:
    (place / "a").write_bytes((place / "b").read_bytes())


async def test_there_and_back(place: Path) -> None:
    data = bytes(range(256)) * 5000
    assert not await storage.exists("photos/1a.jpg")
    await storage.put("photos/1a.jpg", data)
    assert await storage.exists("photos/1a.jpg")
    assert await storage.get("photos/1a.jpg") == data
    await storage.put("photos/1a.jpg", b"new")
    assert await storage.get("photos/1a.jpg") == b"new"
    await storage.delete("photos/1a.jpg")
    await storage.delete("photos/1a.jpg")
    with pytest.raises(storage.Missing):
        await storage.get("photos/1a.jpg")


async def test_nothing_can_be_read_on_disk(place: Path) -> None:
    await storage.put("sent/sms.txt", "김하나 010-1234-5678".encode())
    (sealed,) = written(place)
    assert b"1234" not in sealed
    assert mode(place) & 0o077 == 0


async def test_an_object_cannot_take_anothers_place(place: Path) -> None:
    await storage.put("a", b"of a")
    await storage.put("b", b"of b")
    swap(place)
    with pytest.raises(crypto.UnsealError):
        await storage.get("a")


@pytest.mark.parametrize("key", ["", "/a", "a/", "../a", "a/../b", "A", "a b", "가", "a//b", "."])
async def test_keys_are_plain(place: Path, key: str) -> None:
    with pytest.raises(ValueError, match="a storage key"):
        await storage.put(key, b"")


async def test_ready_says_whether_it_answers(place: Path, monkeypatch: Any) -> None:
    assert await storage.ready()

    async def down(_key: str) -> bool:
        raise storage.Unavailable("gone")

    monkeypatch.setattr(storage, "exists", down)
    assert not await storage.ready()
