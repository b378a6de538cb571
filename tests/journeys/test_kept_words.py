"""Words typed at the desk stay until they have arrived, and no longer: nothing is told twice."""

import pytest
from playwright.async_api import Browser

from tests.journeys.line import Line
from tests.journeys.screen import Screen
from tests.journeys.test_fix_once import take_in_hand
from tests.journeys.test_offline import sign_in
from tests.office import Office, Phone

NOTE = "현장에 다녀왔습니다. 부품을 기다립니다."
BOX = "#note [name=text]"


async def filed(office: Office) -> str:
    """The number of a resident's complaint."""
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        fields = {
            "topic": "street-lamp",
            "title": "가로등",
            "body": "꺼졌습니다.",
            "place": "양평로 7",
        }
        page = await phone.post("/complaints/new", {**fields, "public": "y", "reply_by": "app"})
        return page.url.rpartition("/")[2]


@pytest.mark.journey
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_note_is_forgotten_when_it_has_arrived(office: Office, browser: Browser) -> None:
    number = await filed(office)
    await take_in_hand(office, [number])
    async with Line(office.port) as line, Screen(browser, line.url) as screen:
        page = screen.page

        async def send() -> None:
            async with page.expect_navigation():
                await page.locator(BOX).evaluate("box => box.form.requestSubmit()")

        await sign_in(screen, "official")
        await page.goto(f"/desk/complaints/{number}")
        await page.locator(BOX).evaluate("(box, text) => { box.value = text; }", NOTE)
        await page.locator(BOX).dispatch_event("input")
        line.cut()
        await send()
        assert "지금은 연결되지 않았습니다" in await screen.text()
        line.mend()
        await page.goto(f"/desk/complaints/{number}")
        assert await page.locator(BOX).input_value() == NOTE
        await send()
        assert page.url.partition("#")[0].endswith(f"/desk/complaints/{number}")
        assert NOTE in await screen.text()
        await page.goto(f"/desk/complaints/{number}")
        assert await page.locator(BOX).input_value() == ""
    office.stop()
