"""Photos on their way to the office on a slow line: seen, announced, stopped, and sent at last;
nothing is lost that was written or chosen (Y10-1, Y18)."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, CDPSession, Route, expect

from tests.journeys.line import Line
from tests.journeys.screen import Screen
from tests.journeys.test_offline import large_photo, sign_in
from tests.office import Office, Phone

pytestmark = [
    pytest.mark.journey,
    pytest.mark.prove,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

MINUTE = 60_000
TITLE = "육교 난간이 흔들려요"
UNDER_WAY = """() => {
  const bar = document.querySelector('form progress');
  return bar !== null && bar.value > 0 && bar.value < 1;
}"""


async def slow(developer: CDPSession, upload: int) -> None:
    """So many bytes a second leave the phone; -1: as many as can."""
    line = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload}
    await developer.send("Network.emulateNetworkConditions", line)


async def written(screen: Screen, photo: Path) -> None:
    """A complaint as it is before it leaves."""
    await screen.go("/complaints/new")
    await screen.choose("[name=topic]", "street-lamp")
    await screen.page.locator("[name=photos]").set_input_files(photo)
    await screen.page.get_by_role("button", name="basement.jpg 빼기").wait_for()
    await screen.fill("제목", TITLE)
    await screen.fill("내용", "손으로 밀면 움직입니다.")


async def still_there(screen: Screen) -> None:
    """What was written and chosen."""
    page = screen.page
    assert await page.locator("[name=title]").input_value() == TITLE
    assert await page.locator("[name=photos]").evaluate("input => input.files.length") == 1
    await screen.look()


@pytest.mark.clause("Y10-1", 2)
async def test_a_photo_is_seen_on_its_way(office: Office, browser: Browser, tmp_path: Path) -> None:
    async with Line(office.port) as line, Screen(browser, line.url, width=240) as screen:
        page = screen.page
        await sign_in(screen)
        await written(screen, large_photo(tmp_path))
        developer = await screen.context.new_cdp_session(page)
        await developer.send("Network.enable")
        await slow(developer, 20_000)
        send = page.get_by_role("button", name="신청하기")
        await send.click()
        bar = page.get_by_role("progressbar", name="파일을 올리는 중입니다")
        await expect(bar).to_be_visible(timeout=MINUTE)
        await page.wait_for_function(UNDER_WAY, timeout=MINUTE)
        await screen.look()
        # Pressed again nothing leaves twice; stopped, all of it is still there.
        await send.click()
        await expect(bar).to_have_count(1)
        await page.get_by_role("button", name="올리기 멈추기").click()
        said = page.get_by_role("status").filter(has_text="올리기를 멈추었습니다")
        await expect(said).to_be_visible(timeout=MINUTE)
        await expect(bar).to_have_count(0)
        await still_there(screen)
        # What the office does not take is said on the page.
        await page.route(
            "**/complaints/photos",
            lambda route: route.fulfill(status=422, json={"kept": [], "faults": ["깨진 사진"]}),
        )
        await slow(developer, -1)
        await send.click()
        said = page.get_by_role("status").filter(has_text="깨진 사진")
        await expect(said).to_be_visible(timeout=MINUTE)
        await still_there(screen)
        await page.unroute("**/complaints/photos")
        async with page.expect_navigation(timeout=MINUTE):
            await send.click()
        await page.wait_for_load_state()
        if page.url.endswith("/complaints/new"):  # is it one like another?
            await expect(page.get_by_role("checkbox", name="사진 1")).to_be_checked()
            await page.get_by_role("button", name="그래도 신청하기").click()
        await page.wait_for_url("**/complaints/2*", timeout=MINUTE)
        await expect(page.locator("main").get_by_role("img").first).to_be_visible()
        assert TITLE in await screen.text()
    office.stop()


@pytest.mark.clause("Y10-1", 2)
async def test_what_was_taken_leaves_once(office: Office, browser: Browser, tmp_path: Path) -> None:
    """Of two photos one is refused: the other is kept, shown, and not sent again."""
    good, bad = large_photo(tmp_path), tmp_path / "broken.jpg"
    bad.write_bytes(good.read_bytes())
    async with Line(office.port) as line, Screen(browser, line.url, width=240) as screen:
        page = screen.page
        await sign_in(screen)
        await written(screen, good)
        await page.locator("[name=photos]").set_input_files(bad)
        await page.get_by_role("button", name="broken.jpg 빼기").wait_for()
        uploads: list[int] = []

        async def partly(route: Route) -> None:
            """The office as it is, but that it refuses the second of two."""
            body = route.request.post_data_buffer or b""
            uploads.append(body.count(b"filename="))
            answer = await route.fetch(timeout=MINUTE)
            told = await answer.json()
            if uploads[-1] == 2:
                told = {"kept": told["kept"][:1], "faults": ["깨진 사진"], "left": [1]}
                await route.fulfill(status=422, json=told)
            else:
                await route.fulfill(response=answer)

        await page.route("**/complaints/photos", partly)
        send = page.get_by_role("button", name="신청하기")
        await send.click()
        said = page.get_by_role("status").filter(has_text="깨진 사진")
        await expect(said).to_be_visible(timeout=MINUTE)
        await still_there(screen)  # the one that was refused
        await expect(page.locator("input[type=hidden][name=kept]")).to_have_count(1)
        await expect(page.get_by_role("button", name="basement.jpg 빼기")).to_be_visible()
        await page.get_by_role("button", name="broken.jpg 빼기").click()
        await page.locator("[name=photos]").set_input_files(bad)
        await page.get_by_role("button", name="broken.jpg 빼기").wait_for()
        # Too many asked that way: the form goes as it would without it, with both.
        await page.unroute("**/complaints/photos")
        await page.route(
            "**/complaints/photos",
            lambda route: route.fulfill(status=429, json={"title": "너무 잦습니다"}),
        )
        async with page.expect_navigation(timeout=MINUTE):
            await send.click()
        await page.wait_for_load_state()
        if page.url.endswith("/complaints/new"):  # is it one like another?
            await expect(page.get_by_role("checkbox", name="사진 2")).to_be_checked()
            await page.get_by_role("button", name="그래도 신청하기").click()
        await page.wait_for_url("**/complaints/2*", timeout=MINUTE)
        await expect(page.locator("main img[src*='/photos/']")).to_have_count(2, timeout=MINUTE)
        assert uploads == [2]
    office.stop()


FOR_ANOTHER = {
    "topic": "street-lamp",
    "title": "골목 가로등이 깜박여요",
    "body": "밤마다 깜박입니다.",
    "place": "당산로 12길",
    "reply_by": "app",
    "for_name": "박순자",
    "for_relation": "family",
    "for_phone": "010-2222-3333",
    "for_consent": "by_phone",
    "for_consented_on": "2026-03-02",
    "for_tell_by": "sms",
    "for_declared": "y",
    "look": "",
}


async def test_a_mandate_is_seen_on_its_way(office: Office, browser: Browser, tmp_path: Path):
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        filed = await phone.post("/complaints/new", FOR_ANOTHER)
        case = re.search(r"/complaints/\d{4}-\d{6}-\d", filed.url + filed.text)
        assert case, filed.text
    async with Line(office.port) as line, Screen(browser, line.url, width=240) as screen:
        page = screen.page
        await sign_in(screen)
        await screen.go(f"{case[0]}/mandate")
        await page.locator("[name=mandate]").set_input_files(large_photo(tmp_path))
        await page.get_by_role("button", name="basement.jpg 빼기").wait_for()
        developer = await screen.context.new_cdp_session(page)
        await developer.send("Network.enable")
        await slow(developer, 20_000)
        send = page.get_by_role("button", name="위임장 내기")
        await send.click()
        await page.wait_for_function(UNDER_WAY, timeout=MINUTE)
        await screen.look()
        await page.get_by_role("button", name="올리기 멈추기").click()
        said = page.get_by_role("status").filter(has_text="올리기를 멈추었습니다")
        await expect(said).to_be_visible(timeout=MINUTE)
        await slow(developer, -1)
        async with page.expect_navigation(timeout=MINUTE):
            await send.click()
        await page.wait_for_url(f"**{case[0]}", timeout=MINUTE)
        assert "위임장을 담당자에게 전했습니다" in await screen.text()
    office.stop()
