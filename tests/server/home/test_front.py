"""The front page leads everybody to everything: without a script, at one address (Y3-1)."""

import re
from datetime import timedelta
from typing import Any

import pytest

from server.complaints import service as complaints
from server.complaints.workflow import State
from server.core import clock
from server.home import cards, rooms
from server.ordinance import service as ordinance
from tests.people import hidden_fields
from tests.server.home.town import Town

LINK = re.compile(r'href="(/[^"#?]*)')


async def text(answer: Any) -> str:
    found: str = await answer.get_data(as_text=True)
    return found


async def page(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return await text(answer)


async def filed(town: Town, title: str, *, public: bool = True) -> str:
    place = complaints.Place("당산로 12길 모퉁이")
    filing = complaints.Filing("street-lamp", title, "어둡습니다.", place, (), public)
    return await complaints.file(town.accounts["kim"], filing)


@pytest.mark.parametrize("engine", ["sqlite"])
class TestSignedOut:
    @pytest.mark.clause("Y3-1", 1)
    async def test_one_address_leads_to_every_service_and_to_the_app(
        self, app: Any, client: Any, town: Town
    ) -> None:
        """Every link of the front page stands, and what needs a log-in says so and comes back."""
        front = await page(client, "/")
        assert '<link rel="manifest" href="/manifest.webmanifest">' in front
        manifest = await (await client.get("/manifest.webmanifest")).get_json(force=True)
        assert manifest["start_url"].startswith("/")
        assert manifest["display"] == "standalone"
        wanted = {"/complaints", "/complaints/new", "/services", "/messages/sms/new"}
        wanted |= {"/messages/fax/new", "/me/mileage", "/join", "/login", "/ordinance", "/status"}
        links = set(LINK.findall(front))
        assert wanted <= links
        for link in sorted(links):
            if link.startswith("/assets/"):
                continue
            answer = await app.test_client().get(link)
            assert answer.status_code in {200, 303}, link
            if answer.status_code == 303 and not link.startswith("/display"):
                assert answer.headers["Location"] == f"/login?next={link}"

    async def test_neighbours_see_what_is_public_and_nothing_else(
        self, client: Any, town: Town
    ) -> None:
        await filed(town, "가로등이 꺼졌습니다")
        await filed(town, "이웃이 시끄럽습니다", public=False)
        front = await page(client, "/")
        assert "가로등이 꺼졌습니다" in front
        assert "시끄럽" not in front
        assert "도로과" in front

    async def test_an_empty_office_says_so(self, client: Any) -> None:
        assert "아직 공개된 민원이 없습니다" in await page(client, "/")

    @pytest.mark.parametrize("path", ["/me", "/me/complaints", "/desk"])
    async def test_what_is_one_s_own_needs_a_log_in(self, client: Any, path: str) -> None:
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/login?next={path}")


class TestResident:
    async def test_greeting_points_and_own_complaints(self, town: Town) -> None:
        await town.verify()
        number = await filed(town, "당산로 가로등이 꺼졌습니다", public=False)
        kim = await town.browser("kim")
        answer = await kim.get("/", headers={"Sec-Fetch-Dest": "document"})
        front = await text(answer)
        assert "김영희 님" in front
        assert "530점" in front  # 500 for joining, 30 for the first page of the day
        assert f'href="/complaints/{number}"' in front
        assert "4단계 가운데 1단계" in front

    async def test_before_verification_the_points_wait(self, town: Town) -> None:
        front = await page(await town.browser("kim"), "/")
        assert "500점이 기다리고 있어요" in front
        assert 'href="/me/verify"' in front

    async def test_all_own_complaints_page_by_page(self, town: Town) -> None:
        for count in range(22):
            with clock.use(clock.now() - timedelta(days=22 - count)):
                await filed(town, f"민원 {count:02}", public=False)
        kim = await town.browser("kim")
        first = await page(kim, "/me/complaints")
        assert "민원 21" in first
        assert "민원 01" not in first
        (older,) = re.findall(r'rel="next" href="([^"]+)"', first)
        assert "민원 01" in await page(kim, older)

    async def test_somebody_else_s_complaints_are_not_mine(self, town: Town) -> None:
        await filed(town, "이웃이 시끄럽습니다", public=False)
        await town.people.post(town.app.test_client(), "/logout", {}, form_at="/login")
        clerk = await town.browser("clerk")
        assert "시끄럽" not in await page(clerk, "/me/complaints")

    async def test_the_menu_logs_out(self, town: Town) -> None:
        kim = await town.browser("kim")
        menu = await page(kim, "/me")
        assert 'href="/me/settings"' in menu
        answer = await kim.post("/logout", form=hidden_fields(menu))
        assert answer.status_code == 303
        assert (await kim.get("/me")).status_code == 303

    async def test_the_desk_is_not_for_residents(self, town: Town) -> None:
        assert (await (await town.browser("kim")).get("/desk")).status_code == 403

    async def test_a_number_that_is_none_is_refused(self, town: Town) -> None:
        kim = await town.browser("kim")
        assert (await kim.get("/me/complaints?before=x")).status_code == 400


@pytest.mark.parametrize("engine", ["sqlite"])
class TestOfficial:
    async def test_the_desk_begins_with_what_is_new(self, town: Town) -> None:
        number = await filed(town, "가로등이 꺼졌습니다")
        desk = await page(await town.browser("clerk"), "/desk")
        assert number in desk
        assert 'href="/desk/verify"' in desk
        assert 'href="/desk/officials"' not in desk

    async def test_an_official_without_cases_still_finds_their_rooms(self, town: Town) -> None:
        await town.official("chief", "civil-affairs", "admin")
        desk = await page(await town.browser("chief"), "/desk")
        assert "민원을 맡는 역할이 없습니다" in desk
        assert 'href="/desk/officials"' in desk

    async def test_the_front_page_leads_officials_to_the_desk(self, town: Town) -> None:
        front = await page(await town.browser("road"), "/")
        assert 'href="/desk"' in front

    @pytest.mark.parametrize(("login_id", "writes"), [("road", False), ("clerk", True)])
    async def test_nothing_is_offered_that_is_only_for_residents(
        self, town: Town, login_id: str, writes: bool
    ) -> None:
        """Whatever the front page and the services lead an official to lets them in."""
        browser = await town.browser(login_id)
        links = set(LINK.findall(await page(browser, "/")))
        links |= set(LINK.findall(await page(browser, "/services")))
        assert ("/messages/sms/new" in links) is writes
        assert not links & {"/messages/fax/new", "/me/mileage", "/complaints/new"}
        for link in sorted(links):
            if not link.startswith(("/assets/", "/display")):
                assert (await browser.get(link)).status_code == 200, link
        service = await page(browser, "/services/street-lamp")
        assert "/complaints/new" not in service

    async def test_to_follow_a_place_is_not_offered(self, town: Town) -> None:
        number = await filed(town, "가로등이 꺼졌습니다")
        assert "/me/follows" not in await page(await town.browser("road"), f"/complaints/{number}")
        assert "/me/follows" in await page(town.app.test_client(), f"/complaints/{number}")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_rooms_that_do_not_stand_are_not_linked(app: Any) -> None:
    from server.core.web.permissions import ANONYMOUS

    nowhere = rooms.Room("/nowhere", "info", "없는 방")
    assert rooms.open_to(app, ANONYMOUS, ordinance.profile(), [nowhere]) == []


@pytest.mark.parametrize(
    ("state", "due", "by_hour", "until"),
    [
        ("in_progress", "2026-12-02T00:00+09:00", False, "12월 1일(화)까지"),
        ("assigned", "2026-11-24T10:30+09:00", True, "11월 24일(화) 10:30까지"),
        ("completed", "2026-12-02T00:00+09:00", False, ""),
        ("arrived", None, False, ""),
    ],
)
def test_a_card_says_until_when(state: str, due: str | None, by_hour: bool, until: str) -> None:
    from datetime import datetime

    now = datetime.fromisoformat("2026-11-23T10:00+09:00")
    with clock.use(now):
        at = datetime.fromisoformat(due) if due else None
        own = complaints.Own(1, "2611-000427-8", "가로등", State(state), None, 0, now, at, by_hour)
        assert cards.card(own, {}).until == until
