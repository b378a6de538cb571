"""What happens between the office and Kim in the tests of reaching people: browsers that take
pushes, steps at the desk, and how it stands with what was told."""

from datetime import UTC, datetime, timedelta
from typing import Any

from server.accounts import service as accounts
from server.complaints import service as complaints
from server.complaints.service import Filing, Place
from server.core import db
from server.core.web import Actor
from server.notifications import service
from server.notifications.models import Reach
from tests.gateways.push_service import Device
from tests.server.home.town import Town

MORNING = datetime.fromisoformat("2026-11-23T10:00+09:00").astimezone(UTC)
RECEIPT = {"receipt": "2611-000427-8"}
OTHERWISE = "/me/notifications/otherwise"


class Time:
    """The test's clock: it ticks on, and can be put on."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def on(self, hours: float) -> None:
        self.now += timedelta(hours=hours)


async def token(browser: Any) -> dict[str, str]:
    """The header that a script of ours sends."""
    answer = await (await browser.get("/csrf")).get_json()
    return {"X-CSRF-Token": answer["csrf_token"]}


async def subscribe(browser: Any, device: Device | dict[str, Any]) -> Any:
    """As the page's script does: JSON, with the token in a header."""
    body = device if isinstance(device, dict) else device.to_json()
    return await browser.post("/push/subscriptions", json=body, headers=await token(browser))


async def tell(town: Town, who: str = "kim", kind: str = "complaint.noted") -> None:
    await service.tell([town.accounts[who]], kind, "/complaints/2611-000427-8", RECEIPT)


async def choose(town: Town, way: str, fax: str = "", status: int = 303) -> str:
    """Kim chooses on the page, as without a script."""
    kim = await town.browser("kim")
    answer = await town.people.post(kim, OTHERWISE, {"way": way, "fax": fax})
    assert answer.status_code == status
    return str(await answer.get_data(as_text=True))


async def lives_at(town: Town, address: str, phone: str = "010-0000-1204") -> None:
    kim = town.accounts["kim"]
    await accounts.change_contact(kim, phone=phone, email="", address=address)


async def step(town: Town, reply_by: str = "app") -> str:
    """Kim's complaint is accepted; its number."""
    filing = Filing(
        "street-lamp", "가로등이 꺼졌습니다", "어둡습니다.", Place("당산로 12길"), (), True
    )
    number = await complaints.file(town.accounts["kim"], filing)
    if reply_by != "app":
        await db.execute("UPDATE complaint SET reply_by = ?", [reply_by])
    await complaints.accept(number, clerk_of(town), "street-lamp", version=1)
    return number


def clerk_of(town: Town) -> Actor:
    """The official who accepts."""
    return Actor(
        account_id=town.accounts["clerk"],
        kind="official",
        roles=frozenset({"complaints", "handler"}),
        department_id=town.departments["civil-affairs"],
    )


async def told(town: Town, number: str) -> str:
    answer = await (await town.browser("clerk")).get(f"/desk/told?number={number}")
    return str(await answer.get_data(as_text=True))


async def stands() -> list[tuple[str, str, str]]:
    return [(row.rung, row.why, row.why_desk) for row in await Reach.all().order_by("id")]
