"""An official in a basement: the day's cases lie locked on the phone, are read there, answered with
a note and a large photo, and go with the session, with the day and at log-out (Y16, Y10-2)."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.journeys.line import Line
from tests.journeys.screen import Screen
from tests.journeys.test_offline import comes_true, drafts, large_photo, sign_in, until
from tests.office import Office

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

NOTE = "지하 2층 배선이 끊어졌습니다."
APPROVAL = "결재 중"
LIES = """async ([name, store]) => {
  const opened = indexedDB.open(name);
  await new Promise((done) => { opened.onsuccess = done; });
  const asked = opened.result.transaction(store).objectStore(store).getAll();
  await new Promise((done) => { asked.onsuccess = done; });
  opened.result.close();
  const text = (buffer) => new TextDecoder().decode(buffer);
  return asked.result.map((one) => [
    (one.key.extractable ?? one.lock?.key.extractable) === false,
    text(one.locked ?? one.lock.words) + JSON.stringify(one)
      + (one.files ?? []).map(({bytes}) => text(bytes)).join(),
  ]);
}"""
DAYS = """async () => (await indexedDB.databases()).filter(({name}) => name === 'madang-day').length
  + Number(localStorage.getItem('day-ends') !== null)"""
TOMORROW = "() => { const now = Date.now; Date.now = () => now() + 25 * 3600_000; }"


async def take_along(screen: Screen) -> None:
    """Downloads the day's cases."""
    await screen.go("/desk/field")
    await screen.page.get_by_role("button", name="오늘 사건 내려받기").click()
    await until(screen, "내려받은 것은 기록됩니다")
    await screen.page.locator("[data-field-list] li").first.wait_for()


async def goes(screen: Screen) -> None:
    """Nothing of the cases is left on the phone."""
    await comes_true(screen, f"async () => (await ({DAYS})()) === 0")


@pytest.mark.prove
@pytest.mark.clause("Y16", 2)
async def test_an_official_in_a_basement(office: Office, browser: Browser, tmp_path: Path) -> None:
    async with Line(office.port) as line, Screen(browser, line.url) as screen:
        screen.context.set_default_timeout(60_000)
        page = screen.page
        await sign_in(screen, "official")
        await take_along(screen)
        await screen.look()
        # While its answer waits for approval a case takes no photos.
        cases = page.locator("[data-field-list] li")
        case = cases.filter(has_not=page.get_by_text(APPROVAL)).first
        title = await case.locator("[data-field-title]").inner_text()
        number = await case.locator("[data-field-number]").inner_text()
        [(closed, lies)] = await page.evaluate(LIES, ["madang-day", "day"])
        assert closed
        assert title not in lies
        assert number not in lies

        line.cut()
        await screen.go("/desk/field")
        await page.locator("[data-field-title]", has_text=title).first.wait_for()
        await screen.look()
        await page.get_by_role("link", name=f"현장 기록 {title}").first.click()
        await page.wait_for_selector("form[data-visit][data-tended]")
        await page.locator("[data-visit] [name=photos]").set_input_files(large_photo(tmp_path))
        await page.get_by_role("button", name="basement.jpg 빼기").wait_for()
        await screen.fill("현장 메모", NOTE)
        await screen.look()
        await page.locator("[data-visit] [type=submit]").click()
        await page.wait_for_url("**/me/drafts")
        await page.get_by_role("link", name=f"현장 기록 {number}").wait_for()
        await until(screen, "연결되면 저절로 보냅니다")
        [(closed, lies)] = await page.evaluate(LIES, ["madang", "drafts"])
        assert closed
        assert "배선" not in lies
        assert "JFIF" not in lies

        line.mend()
        await page.reload()
        await until(screen, "보냄")
        await page.get_by_role("link", name=f"현장 기록 {number}").click()
        await page.wait_for_url(f"**/desk/complaints/{number}/memos")
        assert (await screen.text()).count(NOTE) == 1
        assert await page.locator("main img.thumb").count() == 1
        await _refused(screen, number)
        await _goes_with_the_session(screen)
    office.stop()


async def _refused(screen: Screen, number: str) -> None:
    """What the office refuses stays with its reason, and is mended where it was written."""
    page: Any = screen.page
    await page.goto(f"/desk/field?case={number}")
    await page.wait_for_selector("form[data-visit][data-tended]")
    await page.locator("[data-visit] [type=submit]").click()
    await until(screen, "메모를 적거나 사진을 골라 주세요")
    await screen.fill("현장 메모", "가" * 2001)
    await page.locator("[data-visit] [type=submit]").click()
    await page.wait_for_url("**/me/drafts")
    await until(screen, "고칠 곳이 있습니다")
    await page.get_by_role("button", name=f"고치기: 현장 기록 {number}").click()
    await page.wait_for_selector("form[data-visit][data-tended]")
    assert await page.locator("[data-visit] [name=text]").input_value() == "가" * 2001
    await screen.fill("현장 메모", "짧게 적습니다.")
    await page.locator("[data-visit] [type=submit]").click()
    await page.wait_for_url("**/me/drafts")
    await page.wait_for_function(
        "() => document.querySelectorAll('[data-draft-state].green').length === 2"
    )
    assert [draft["state"] for draft in await drafts(screen)] == ["sent", "sent"]


async def _goes_with_the_session(screen: Screen) -> None:
    """The cases go after a day, when the session has ended, and at log-out."""
    page = screen.page
    other = await screen.context.new_page()
    await other.add_init_script(f"({TOMORROW})()")
    await other.goto("/me/drafts")
    await goes(screen)
    await other.close()

    await take_along(screen)
    session: Any = [one for one in await screen.context.cookies() if one["name"] == "madang"]
    await screen.context.clear_cookies(name="madang")
    await page.goto("/complaints")
    await goes(screen)
    await screen.context.add_cookies(session)

    await take_along(screen)
    await page.get_by_role("button", name="휴대전화에서 지우기").click()
    await goes(screen)
    await take_along(screen)
    await screen.go("/me")
    await page.get_by_role("button", name="로그아웃", exact=True).click()
    await page.wait_for_url("**/")
    await page.wait_for_function("() => localStorage.getItem('reader') === ''")
    await goes(screen)
    assert await drafts(screen) == []
