"""Twelve complaints of one cause, closed on a phone in at most six taps and one approval."""

import io
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.gateways.push_service import PushService
from tests.journeys.screen import Screen
from tests.journeys.test_main_journey import photo_with_gps, show_push, subscribe
from tests.office import DEMO_PASSWORD, Office, Phone
from tests.people import hidden_fields

APPLICANTS = 12
TAPS_MAX = 6
PLACE = "양평로 22길 7"
LAWFUL = ("신청하신 내용: 밤길이 어두워요", "근거:", "30일 안에", "민원여권과")
PHRASE = "안정기를 새것으로 바꾸어 다시 켜지는 것을 확인했습니다."


class Tapping(Screen):
    """A screen that counts what a thumb does: pressing, choosing, taking a photo."""

    taps = 0

    async def press(self, name: str, *, role: str = "button") -> None:
        self.taps += 1
        await super().press(name, role=role)

    async def take(self, selector: str, file: Path) -> None:
        """Takes a photo with the phone's camera."""
        self.taps += 1
        await self.page.locator(selector).set_input_files(file)


async def neighbours(office: Office) -> list[tuple[Phone, str]]:
    """Twelve residents who each file about the same lamp; their phones and receipt numbers."""
    filed = []
    for place in range(APPLICANTS):
        phone = await Phone(office.url).__aenter__()
        joined = await phone.post(
            "/join",
            {
                "login_id": f"neighbour{place}",
                "password": "gaeul-hangang-baram-7",
                "name": "이웃" + "가나다라마바사아자차카타"[place],
                "birth_date": "1990-01-05",
                "phone": f"010-7000-{place:04}",
                "accept_terms": "y",
                "accept_privacy": "y",
            },
        )
        assert joined.status == 200, joined.words
        page = await phone.post(
            "/complaints/new",
            {
                "topic": "street-lamp",
                "title": f"밤길이 어두워요 {place + 1}",
                "body": "양평로 가로등이 꺼져 있습니다.",
                "place": PLACE,
                "lat": f"{37.53 + place * 2e-5:.6f}",
                "lon": "126.89",
                "public": "y",
                "reply_by": "app",
            },
        )
        number = page.url.rpartition("/")[2]
        assert number.count("-") == 2, page.words
        filed.append((phone, number))
    return filed


async def take_in_hand(office: Office, numbers: list[str]) -> None:
    """Civil affairs accepts them as inquiries, whose answers a head approves, and keeps them."""
    async with Phone(office.url) as phone:
        await phone.sign_in("official")
        for number in numbers:
            at = f"/desk/complaints/{number}"
            for act, fields in (("accept", {"kind": "procedure-inquiry"}), ("assign", {})):
                page = await phone.get(at)
                form = page.text.partition(f'id="{act}"')[2].partition("</form>")[0]
                version = re.findall(r'name="version"[^>]*value="(\d+)"', form)[0]
                hidden = hidden_fields(form) | {"version": version}
                if act == "assign":
                    mine = form.partition('<option value="')[2].partition('"')[0]
                    fields = {"to": mine}
                page = await phone.post(f"{at}/{act}", fields, hidden=hidden)
                assert page.status == 200, page.words


@pytest.mark.prove
@pytest.mark.journey
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_one_fix_answers_twelve(
    office: Office, push_service: PushService, browser: Browser, tmp_path: Path
):
    filed = await neighbours(office)
    await take_in_hand(office, [number for _, number in filed])
    async with Tapping(browser, office.url) as handler, Tapping(browser, office.url) as head:
        for screen, login in ((handler, "official"), (head, "head")):
            await screen.go("/login")
            await screen.fill("아이디", login)
            await screen.fill("비밀번호", DEMO_PASSWORD)
            await screen.press("로그인")
            screen.taps = 0
        phone_of_head = push_service.subscription()
        await subscribe(head, phone_of_head)

        await handler.go("/desk")
        await handler.press("함께 처리", role="link")
        await handler.press(PLACE, role="link")
        await handler.take("input[name=photo]", photo_with_gps(tmp_path))
        await handler.page.get_by_role("button", name="street-lamp.jpg 빼기").wait_for()
        if await handler.page.locator("textarea[name=phrase]").is_hidden():
            await handler.press("직접 적기", role="group")
        await handler.write("textarea[name=phrase]", PHRASE)
        handler.taps += 1
        # The photo leaves first, and the page when that has come.
        async with handler.page.expect_navigation(timeout=60_000):
            await handler.page.get_by_role("button", name="모두에게 답하기").first.click()
        await handler.look()
        assert "결재를 기다립니다" in await handler.text()
        assert handler.taps <= TAPS_MAX, handler.taps

        (told,) = await push_service.wait_for(phone_of_head)
        shown = await show_push(head, office, told)
        assert shown[0]["title"] == "함께 결재할 답변이 있습니다"
        await head.go("/me/notifications")
        await head.press("함께 결재할 답변이 있습니다", role="link")
        head.taps = 0
        await head.press("12건 모두 결재")
        assert head.taps == 1
        assert "12명에게 처리 결과를 알렸습니다" in await head.text()

        for phone, number in filed:
            inbox = await phone.get("/me/notifications")
            assert number in inbox.words
            page = await phone.get(f"/complaints/{number}")
            for lawful in (
                PHRASE,
                "신청하신 내용: 밤길이 어두워요",
                "근거:",
                "30일 안에",
                "민원여권과",
            ):
                assert lawful in page.words, (number, lawful)
            photo = await head.context.request.get(f"/complaints/{number}/photos/1")
            assert photo.ok
            assert io.BytesIO(await photo.body()).getbuffer().nbytes > 1000
    for phone, _ in filed:
        await phone.__aexit__()
    office.stop()
