"""What people are told: sentences that name nobody, an inbox, read and unread (Y16, Y22-1)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.core import clock, db
from server.core.db import transactional
from server.notifications import rules, service, wording
from server.notifications.models import Notification
from server.notifications.rules import UnknownKindError
from tests.people import hidden_fields
from tests.server.home.town import Town

RECEIPT = {"receipt": "2611-000427-8"}
FILLED: dict[str, str | int] = {
    "receipt": "2611-000427-8",
    "points": 30,
    "units": 2,
    "arrived": 1,
    "count": 3,
    "date": "2026-12-01",
    "code": "7KQ2-M9XD",
}


@pytest.mark.parametrize("kind", rules.KINDS)
def test_every_sentence_is_filled_by_what_names_nobody(kind: str) -> None:
    declared = rules.KINDS[kind]
    assert declared.fields <= rules.FIELDS
    params = {name: FILLED[name] for name in declared.fields}
    for locale in ("ko", "en"):
        title, body = wording.sentence(kind, params, locale)
        assert title
        assert "%(" not in title + body
        assert len(title) <= 60
        assert len(body) <= 120
        if locale == "en":
            assert not re.search("[가-힣]", title + body), kind


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("complaint.eaten", RECEIPT),
        ("complaint.new", {}),
        ("complaint.new", RECEIPT | {"name": "김영희"}),
        ("sms.delivered", RECEIPT),
    ],
)
def test_what_is_not_declared_is_not_told(kind: str, params: dict[str, str]) -> None:
    with pytest.raises(UnknownKindError):
        rules.checked(kind, params)


@pytest.mark.parametrize(
    ("kept", "korean", "english"),
    [
        ("2026-12-01", "12월 1일(화)", "Tue 1 Dec"),
        ("2026-12-01T06:30:00+00:00", "12월 1일(화) 15:30", "Tue 1 Dec 15:30"),
        ("2027-01-04", "2027년 1월 4일(월)", "Mon 4 Jan 2027"),
        # As it was kept formerly, in the language of that day.
        ("12월 1일(화)", "12월 1일(화)", "12월 1일(화)"),
        ("Tue 1 Dec 15:30", "Tue 1 Dec 15:30", "Tue 1 Dec 15:30"),
    ],
)
def test_a_date_is_said_in_the_language_in_which_it_is_read(
    kept: str, korean: str, english: str
) -> None:
    with clock.use(datetime(2026, 11, 23, 1, tzinfo=UTC)):
        params = RECEIPT | {"date": kept}
        assert korean in wording.sentence("complaint.accepted", params, "ko")[1]
        assert english in wording.sentence("complaint.accepted", params, "en")[1]


def test_a_date_is_kept_as_it_is() -> None:
    at = datetime(2026, 12, 1, 15, 30, tzinfo=clock.SEOUL)
    assert wording.kept({"date": at.date(), "count": 3}) == {"date": "2026-12-01", "count": 3}
    assert wording.kept({"date": at}) == {"date": "2026-12-01T06:30:00+00:00"}


def test_a_kind_of_former_days_keeps_a_plain_word() -> None:
    assert wording.sentence("complaint.eaten", {}, "ko") == ("새 소식이 있습니다", "")


class RolledBackError(Exception):
    """Ends a transaction badly."""


@transactional
async def tell_and_fail(account_id: int) -> None:
    await service.tell([account_id], "complaint.noted", "/complaints/2611-000427-8", RECEIPT)
    raise RolledBackError


class TestTelling:
    async def test_what_did_not_happen_is_not_told(self, town: Town) -> None:
        with pytest.raises(RolledBackError):
            await tell_and_fail(town.accounts["kim"])
        assert await service.unread(town.accounts["kim"]) == 0

    async def test_each_account_is_told_once(self, town: Town) -> None:
        kim, road = town.accounts["kim"], town.accounts["road"]
        await service.tell([kim, road, kim], "complaint.noted", "/complaints/x", RECEIPT)
        assert (await service.unread(kim), await service.unread(road)) == (1, 1)

    @pytest.mark.parametrize("engine", ["sqlite"])
    @pytest.mark.parametrize("link", ["https://evil.example", "//evil.example", "complaints"])
    async def test_a_link_stays_in_the_house(self, town: Town, link: str) -> None:
        with pytest.raises(ValueError, match="a page of ours"):
            await service.tell([town.accounts["kim"]], "complaint.noted", link, RECEIPT)

    async def test_old_ones_are_forgotten_after_the_profile_s_days(self, town: Town) -> None:
        kim = town.accounts["kim"]
        with clock.use(clock.now() - timedelta(days=366)):
            await service.tell([kim], "complaint.noted", "/complaints/x", RECEIPT)
        await service.tell([kim], "complaint.completed", "/complaints/x", RECEIPT)
        assert await service.purge() == 1
        (left,) = await service.inbox(kim, "ko", before=None, limit=9)
        assert left.title == "민원 처리가 끝났습니다"


async def page(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    found: str = await answer.get_data(as_text=True)
    return found


class TestInbox:
    async def told(self, town: Town, count: int = 1) -> list[int]:
        for _ in range(count):
            await service.tell(
                [town.accounts["kim"]], "complaint.noted", "/complaints/2611-000427-8", RECEIPT
            )
        rows = await Notification.all().order_by("id").values_list("id", flat=True)
        return [int(str(row)) for row in rows]

    async def test_opening_one_marks_it_read_and_leads_on(self, town: Town) -> None:
        number, _ = await self.told(town, 2)
        kim = await town.browser("kim")
        inbox = await page(kim, "/me/notifications")
        assert inbox.count("읽지 않음") == 2
        assert "새 알림 2건" in inbox
        answer = await kim.get(f"/me/notifications/{number}")
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/complaints/2611-000427-8"
        assert "새 알림 1건" in await page(kim, "/me/notifications")

    async def test_fetched_ahead_is_not_read(self, town: Town) -> None:
        (number,) = await self.told(town)
        kim = await town.browser("kim")
        await kim.get(f"/me/notifications/{number}", headers={"Sec-Purpose": "prefetch"})
        assert await service.unread(town.accounts["kim"]) == 1

    async def test_all_are_marked_read_at_once(self, town: Town) -> None:
        await self.told(town, 3)
        kim = await town.browser("kim")
        fields = hidden_fields(await page(kim, "/me/notifications"))
        answer = await kim.post("/me/notifications/read", form=fields)
        assert answer.status_code == 303
        assert await service.unread(town.accounts["kim"]) == 0

    async def test_others_notifications_do_not_exist(self, town: Town) -> None:
        (number,) = await self.told(town)
        road = await town.browser("road")
        assert (await road.get(f"/me/notifications/{number}")).status_code == 404
        assert await service.unread(town.accounts["kim"]) == 1

    async def test_older_ones_are_on_the_next_page(self, town: Town) -> None:
        numbers = await self.told(town, 31)
        kim = await town.browser("kim")
        first = await page(kim, "/me/notifications")
        assert f'/me/notifications/{numbers[0]}"' not in first
        (older,) = re.findall(r'rel="next" href="([^"]+)"', first)
        assert f"/me/notifications/{numbers[0]}" in await page(kim, older)

    async def test_a_reader_who_changes_language_reads_its_date_too(self, town: Town) -> None:
        kim = town.accounts["kim"]
        params = RECEIPT | {"date": clock.today().replace(month=12, day=1)}
        await service.tell([kim], "complaint.accepted", "/complaints/2611-000427-8", params)
        browser = await town.browser("kim")
        assert "12월 1일" in await page(browser, "/me/notifications")
        assert "1 Dec" in await page(browser, "/me/notifications?lang=en")

    async def test_an_english_reader_reads_english(self, town: Town) -> None:
        await self.told(town)
        kim = await town.browser("kim")
        assert "News about your complaint" in await page(kim, "/me/notifications?lang=en")

    async def test_withdrawn_with_the_account(self, town: Town, worker: Any) -> None:
        await self.told(town)
        await service.forget_account(town.accounts["kim"])
        assert await db.fetch("SELECT id FROM notification") == []
