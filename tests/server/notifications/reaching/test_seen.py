"""Who opens the page that a notice leads to has read it, and its ladder ends there (Y16)."""

from typing import Any

import pytest

from server.core import db
from server.messages.models import Message
from server.notifications import rules, service
from server.notifications.kinds.accounts import ACCOUNTS
from server.notifications.models import Notification, Reach
from tests.conftest import POSTGRES_PROVED
from tests.server.home.town import Town
from tests.server.notifications.reaching.cases import (
    RECEIPT,
    Time,
    choose,
    lives_at,
    stands,
    step,
)

pytestmark = pytest.mark.usefixtures("time")

OPENED = {"Sec-Fetch-Dest": "document"}
PASSED_ON = {"Sec-Fetch-Dest": "empty", "Accept": "text/html,*/*"}
AHEAD = {**OPENED, "Sec-Purpose": "prefetch"}
BY_ITSELF = {"Sec-Fetch-Dest": "empty", "Madang-Unattended": "1"}
TOO_EARLY = 425


async def unread(town: Town, who: str = "kim") -> int:
    return await service.unread(town.accounts[who])


async def unread_kinds(town: Town) -> list[str]:
    rows = await Notification.filter(account_id=town.accounts["kim"], read_at=None)
    return [row.kind for row in rows]


@POSTGRES_PROVED
async def test_who_has_seen_the_case_is_told_no_further(
    town: Town, worker: Any, time: Time
) -> None:
    await lives_at(town, "당산로 12길 3")
    await choose(town, "sms")
    time.on(12)  # 22:00: no text before the morning
    number = await step(town)
    await worker.drain()
    assert await stands() == [("push", "", "")]
    kim = await town.browser("kim")
    page = await kim.get(f"/complaints/{number}", headers=OPENED)
    assert "새 알림" not in await page.get_data(as_text=True)
    assert await unread(town) == 0
    time.on(11)
    await worker.drain()
    assert await stands() == [("reached", "", "")]
    assert await Message.all().count() == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_read_on_its_way_to_the_desk_it_stays_away_from_it(town: Town, worker: Any) -> None:
    await lives_at(town, "당산로 12길 3")
    await choose(town, "desk")
    number = await step(town)
    row = await Reach.get()
    await service.climb(row.id)
    assert await stands() == [("to_desk", "no_device", "")]
    await (await town.browser("kim")).get(f"/complaints/{number}", headers=OPENED)
    await worker.drain()
    assert await stands() == [("reached", "no_device", "")]
    assert await db.fetch("SELECT id FROM complaint_letter") == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_only_who_was_told_and_really_opens_it_has_seen_it(town: Town) -> None:
    number = await step(town)
    address = f"/complaints/{number}"
    assert await unread(town) == 1
    for browser in (await town.browser("clerk"), town.app.test_client()):
        await browser.get(address, headers=OPENED)
        await browser.get(f"/desk{address}", headers=OPENED)
    kim = await town.browser("kim")
    assert (await kim.get(address, headers=BY_ITSELF)).status_code == 200
    assert (await kim.get(f"{address}/receipt", headers=OPENED)).status_code == 200
    assert (await kim.get(f"{address}?before=3", headers=OPENED)).status_code == 200
    assert (await kim.get(f"{address}/photos/9", headers=OPENED)).status_code == 404
    assert await unread(town) == 1
    # A browser that fetched it ahead would show it without asking anew, and nobody would know.
    assert (await kim.get(address, headers=AHEAD)).status_code == TOO_EARLY
    assert await unread(town) == 1
    assert (await kim.get(f"{address}?lang=en", headers=PASSED_ON)).status_code == 200
    assert await unread(town) == 0
    assert (await kim.get(address, headers=AHEAD)).status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_an_old_browser_that_says_nothing_of_its_wish(town: Town) -> None:
    number = await step(town)
    kim = await town.browser("kim")
    await kim.get(f"/complaints/{number}", headers={"Madang-Unattended": "1"})
    assert await unread(town) == 1
    await kim.get(f"/complaints/{number}")
    assert await unread(town) == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_what_is_told_while_the_page_is_made_is_not_on_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await step(town)
    kim, address = town.accounts["kim"], f"/complaints/{number}"
    seen = service.seen

    async def told_meanwhile(account_id: int, notification_ids: Any) -> None:
        await service.tell([kim], "complaint.noted", address, RECEIPT)
        await seen(account_id, notification_ids)

    monkeypatch.setattr(service, "seen", told_meanwhile)
    await (await town.browser("kim")).get(address, headers=OPENED)
    assert await unread_kinds(town) == ["complaint.noted"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_other_things_have_pages_too_but_a_warning_is_read_by_itself(town: Town) -> None:
    kim = town.accounts["kim"]
    await service.tell([kim], "follow.digest", "/me/follows", {"count": 2})
    await service.tell([kim], "account.passkey_added", "/me/settings/passkeys", {})
    browser = await town.browser("kim")
    assert (await browser.get("/me/follows", headers=OPENED)).status_code == 200
    assert (await browser.get("/me/settings/passkeys", headers=OPENED)).status_code == 200
    assert await unread_kinds(town) == ["account.passkey_added"]


def test_only_an_account_s_own_affairs_are_no_matter_of_opening_a_page() -> None:
    kept = {kind for kind in rules.KINDS if not rules.seen_on_its_page(kind)}
    assert kept == set(ACCOUNTS)
    assert not rules.seen_on_its_page("complaint.eaten")
