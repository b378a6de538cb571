"""What an order said and to whom is gone after its days, wherever it was kept; its money stays."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gateways.encode import numbers
from server.core import clock, db
from server.messages import handlers, office, service
from server.messages.models import Delivery, Message
from server.mileage import service as mileage

NUMBER, FAX = "010-9876-5432", "02-9876-5432"
SECRET = "아무도 몰라야 할 말"


@pytest.fixture
def engine() -> str:
    """Nothing here is about the database."""
    return "sqlite"


def kept(folder: Path) -> dict[str, bytes]:
    """Every file of the office but the databases, by its path."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in files
        if "sqlite3" not in file.name
    }


def told(files: dict[str, bytes]) -> list[str]:
    """Which of them say the number or the words."""
    words = [NUMBER.encode(), NUMBER.replace("-", "").encode(), FAX.encode(), SECRET.encode()]
    return [name for name, data in files.items() if any(word in data for word in words)]


async def test_all_is_erased_but_the_money(
    resident: Any, carrier: Any, worker: Any, settings: Any
) -> None:
    kim = await resident("kim", points=1_000)
    await kim.send(NUMBER, SECRET)
    fax = await kim.post("/messages/fax/new", {"to": FAX, "body": SECRET})
    await kim.confirm(fax.headers["Location"])
    await office.send_for_office(uuid4(), numbers.parse(NUMBER), SECRET, "complaint:1", "x")
    await worker.drain()
    for channel in ("sms", "fax"):
        await carrier.call_back(channel)
    await worker.drain()
    sent = await Message.filter(ended_at__isnull=False).count()
    assert sent == 3
    # What has its hour still to come, or waits for somebody's eyes, keeps what it will say.
    later = await service.draft_sms(kim.account_id, kim.person_id, [numbers.parse(NUMBER)], SECRET)
    await service.confirm(later, kim.account_id, kim.person_id, at=clock.now() + timedelta(days=7))
    held = await kim.draft(NUMBER, SECRET)
    held_id = held.rsplit("/", 1)[1]
    await Message.filter(id=held_id).update(stage="held", held_for="link")
    before = kept(settings.data)
    assert [name for name in told(before) if "providers" in name]
    assert any("fax.tiff" in name or name.endswith(".tiff") for name in before)
    transfers = await db.fetch("SELECT * FROM mileage_transfer ORDER BY id")
    costs = await db.fetch("SELECT id, charged, units FROM message_delivery ORDER BY id")

    with clock.use(clock.now() + timedelta(days=31)):
        await handlers.erase()
        await handlers.erase()
        assert await handlers.sent(100) == []
    assert told(kept(settings.data)) == []
    assert not [name for name in kept(settings.data) if name.endswith((".tiff", ".pdf", ".txt"))]
    assert not [name for name in kept(settings.data) if name.startswith("storage/messages/")]
    ended = Message.filter(ended_at__isnull=False)
    assert await ended.filter(erased_at=None).count() == 0
    names = "body, parts, sender, sender_index"
    rows = await db.fetch(f"SELECT {names} FROM message WHERE ended_at IS NOT NULL")
    assert len(rows) == sent
    assert all(value is None for row in rows for value in row.values())
    open_ones = {str(later), held_id}
    for delivery in await Delivery.all():
        assert (delivery.number is not None) == (str(delivery.message_id) in open_ones)
        assert delivery.text is None
    for message_id in open_ones:
        assert (await Message.get(id=message_id)).body == SECRET
    assert await db.fetch("SELECT * FROM mileage_transfer ORDER BY id") == transfers
    assert await db.fetch("SELECT id, charged, units FROM message_delivery ORDER BY id") == costs
    await Message.filter(id=held_id).update(stage="draft", held_for=None)
    assert (await mileage.check()).ok
