"""More for a complaint without a network: it waits like a complaint, is sent once however many tabs
send it, and stays with its reason where it came too late; a full disk and a browser that keeps
nothing say so (Y16, Y10-1)."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.journeys.line import Line
from tests.journeys.screen import Screen
from tests.journeys.test_kept_words import filed
from tests.journeys.test_offline import (
    SETTLED,
    comes_true,
    drafts,
    large_photo,
    sign_in,
    until,
)
from tests.office import Office, Phone

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

SENDS = "() => { dispatchEvent(new Event('online')); }"
FULL = """() => {
  IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };
}"""
KEEPS_NOTHING = """IDBFactory.prototype.open = () => {
  throw new DOMException('not here', 'InvalidStateError');
};"""


async def add_offline(screen: Screen, number: str, text: str, photo: Path | None = None) -> None:
    """Writes more for a complaint where there is no network, and lets it wait."""
    page = screen.page
    await page.goto(f"/complaints/{number}/add")
    await page.wait_for_selector("form[data-tended]")
    assert await page.locator("h1").first.inner_text() == "내용·사진 더하기"
    assert not await page.locator("[name=title]").is_visible()
    if photo is not None:
        await page.locator("[data-draft] [name=photos]").set_input_files(photo)
        await page.get_by_role("button", name="basement.jpg 빼기").wait_for()
    await page.locator("[name=text]").first.fill(text)
    await page.locator("[data-draft=shell] [type=submit]").click()
    await page.wait_for_url("**/me/drafts")
    await page.get_by_role("link", name=f"더한 내용 {number}").first.wait_for()


@pytest.mark.prove
async def test_more_waits_and_is_sent_once(
    office: Office, browser: Browser, tmp_path: Path
) -> None:
    number = await filed(office)
    async with Line(office.port) as line, Screen(browser, line.url) as screen:
        screen.context.set_default_timeout(60_000)
        page = screen.page
        await sign_in(screen)
        line.cut()
        await add_offline(screen, number, "등이 깜빡이기도 합니다.", large_photo(tmp_path))
        await screen.look()
        other = await screen.context.new_page()
        await other.goto("/me/drafts")
        await other.get_by_role("link", name=f"더한 내용 {number}").wait_for()
        line.mend()
        for tab in (page, other):
            await tab.evaluate(SENDS)
        await comes_true(screen, SETTLED)
        await other.close()
        await page.goto(f"/complaints/{number}")
        assert (await screen.text()).count("등이 깜빡이기도 합니다.") == 1
        assert await page.locator("main img[src*='/photos/']").count() == 1

        # The network goes while the office's own form is sent.
        await page.goto(f"/complaints/{number}/add")
        await page.wait_for_selector("form[data-tended]")
        await page.locator("[name=text]").fill("기둥도 기울었습니다.")
        line.answers = False
        await page.locator("[data-draft] [type=submit]").click()
        await page.wait_for_url("**/me/drafts")
        line.mend()
        await page.reload()
        await comes_true(screen, SETTLED)
        await page.goto(f"/complaints/{number}")
        assert (await screen.text()).count("기둥도 기울었습니다.") == 1

        await _too_late(screen, line, office, number)
        await _full(screen, line, tmp_path)
        await _keeps_nothing(screen)
    office.stop()


async def _too_late(screen: Screen, line: Line, office: Office, number: str) -> None:
    """Meanwhile the complaint has been withdrawn elsewhere: it is said, and nothing is lost."""
    line.cut()
    await add_offline(screen, number, "너무 늦은 말입니다.")
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        await phone.post(f"/complaints/{number}/withdraw", {})
    line.mend()
    await screen.page.evaluate(SENDS)
    await until(screen, "그 사이 민원의 상황이 바뀌어")
    refused = [draft for draft in await drafts(screen) if draft["state"] == "refused"]
    assert [draft["status"] for draft in refused] == [409]
    await screen.look()


async def _full(screen: Screen, line: Line, folder: Path) -> None:
    """What cannot be kept is said where it is written, and stays there."""
    page = screen.page
    line.cut()
    await page.goto("/complaints/new")
    await page.wait_for_selector("form[data-tended]")
    await page.evaluate(FULL)
    await screen.choose("[name=topic]", "street-lamp")
    await page.locator("[data-draft] [name=photos]").set_input_files(folder / "basement.jpg")
    await page.get_by_role("button", name="basement.jpg 빼기").wait_for()
    await screen.fill("제목", "꽉 찬 휴대전화")
    await screen.fill("내용", "남은 자리가 없습니다.")
    await page.get_by_role("button", name="보관하고 연결되면 보내기").click()
    await until(screen, "저장 공간이 모자라")
    await screen.look()
    assert page.url.endswith("/complaints/new")
    assert await page.locator("[name=title]").input_value() == "꽉 찬 휴대전화"
    line.mend()


async def _keeps_nothing(screen: Screen) -> None:
    """A browser that keeps nothing says so before anything is written, and still files."""
    page: Any = await screen.context.new_page()
    await page.add_init_script(KEEPS_NOTHING)
    for path in ("/me/drafts", "/complaints/new"):
        await page.goto(path)
        await page.get_by_text("이 브라우저는 쓴 것을 보관하지 못합니다").wait_for()
    await page.locator("[name=topic]").select_option("street-lamp")
    await page.locator("[name=title]").fill("보관하지 못하는 창")
    await page.locator("[name=body]").fill("그래도 신청합니다.")
    await page.locator("[data-draft] [type=submit]").last.click()
    await page.wait_for_url("**/complaints/*-*-*")
