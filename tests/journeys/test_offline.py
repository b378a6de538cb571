"""Without a network: a complaint with a large photo is written in a basement, waits, and is sent
once; what was refused says why; own cases are read; logging out empties the phone (Y16, Y10-1)."""

import asyncio
import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser

from tests.journeys.line import Line
from tests.journeys.screen import Screen
from tests.journeys.tasks import case_that_leads_to
from tests.office import DEMO_PASSWORD, Office

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

SECONDS_MAX = 90
DRAFTS = """async () => {
  const opened = indexedDB.open('madang', 1);
  await new Promise((done) => { opened.onsuccess = done; });
  const asked = opened.result.transaction('drafts').objectStore('drafts').getAll();
  await new Promise((done) => { asked.onsuccess = done; });
  opened.result.close();
  return asked.result.map(({key, state, status, link, files}) =>
    ({key, state, status, link, files: files.length}));
}"""
SETTLED = f"async () => (await ({DRAFTS})()).every(({{state}}) => state === 'sent')"
PHOTO = """async () => {
  const opened = indexedDB.open('madang', 1);
  await new Promise((done) => { opened.onsuccess = done; });
  const asked = opened.result.transaction('drafts').objectStore('drafts').getAll();
  await new Promise((done) => { asked.onsuccess = done; });
  opened.result.close();
  const reader = new FileReader();
  reader.readAsDataURL(new Blob([asked.result[0].files[0].bytes]));
  await new Promise((done) => { reader.onload = done; });
  return reader.result.split(',')[1];
}"""
LEFT = """async () => ({
  caches: (await caches.keys()).filter((name) => name.startsWith('own-')),
  reader: localStorage.getItem('reader'),
  kept: Object.keys(sessionStorage).filter((name) => name.startsWith('kept:')),
})"""
SHARE = """() => {
  const form = document.createElement('form');
  Object.assign(form, {method: 'post', action: '/complaints/share', id: 'share'});
  form.enctype = 'multipart/form-data';
  for (const [field, value] of [['title', '공원 의자'], ['body', '다리가 부러졌어요']]) {
    form.append(Object.assign(document.createElement('input'), {name: field, value}));
  }
  form.append(Object.assign(document.createElement('input'), {type: 'file', name: 'photos'}));
  document.body.append(form);
}"""


def large_photo(folder: Path) -> Path:
    """More than 3 MB, lying on its side, saying where and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Yard"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 31.0, 35.1), 3: "E", 4: (126.0, 53.0, 47.9)})
    file = folder / "basement.jpg"
    picture = Image.effect_noise((3200, 2400), 90).convert("RGB")
    picture.save(file, "JPEG", quality=60, exif=exif)
    assert file.stat().st_size > 3_000_000
    return file


async def sign_in(screen: Screen, login_id: str = "resident") -> None:
    """Signs in, and waits until the worker has taken the phone over."""
    await screen.go("/login")
    await screen.fill("아이디", login_id)
    await screen.fill("비밀번호", DEMO_PASSWORD)
    await screen.press("로그인")
    await screen.page.wait_for_function(
        "() => navigator.serviceWorker.controller && localStorage.getItem('reader')"
    )


async def drafts(screen: Screen) -> list[Any]:
    """What the phone keeps."""
    return list(await screen.page.evaluate(DRAFTS))


async def comes_true(screen: Screen, script: str) -> None:
    """Until an asynchronous script returns something true (Playwright itself takes its promise for
    that)."""
    for _ in range(5 * SECONDS_MAX):
        if await screen.page.evaluate(script):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"never came true: {script}")


async def until(screen: Screen, words: str) -> None:
    """Until the page says so."""
    await screen.page.get_by_text(words).first.wait_for()


async def write_offline(screen: Screen, title: str, body: str, photo: Path | None = None) -> None:
    """Writes a complaint where there is no network, and lets it wait."""
    page = screen.page
    await screen.go("/complaints/new")
    await page.wait_for_selector("form[data-tended]")
    await screen.choose("[name=topic]", "street-lamp")
    if photo is not None:
        await page.locator("[data-draft] [name=photos]").set_input_files(photo)
        await page.get_by_role("button", name="basement.jpg 빼기").wait_for()
    await screen.fill("제목", title)
    await screen.fill("내용", body)
    await page.get_by_role("button", name="보관하고 연결되면 보내기").click()
    await page.wait_for_url("**/me/drafts")
    await page.get_by_role("link", name=title).wait_for()


@pytest.mark.clause("Y16", 2)
@pytest.mark.clause("Y10-1", 3)
async def test_in_a_basement(office: Office, browser: Browser, tmp_path: Path):
    async with Line(office.port) as line, Screen(browser, line.url) as screen:
        await sign_in(screen)
        await screen.go("/me/complaints")
        await screen.page.locator("main li a").first.click()
        await screen.page.wait_for_load_state()
        case = screen.page.url
        seen = await screen.page.locator("main h1").inner_text()
        line.cut()

        await screen.go("/")
        assert "지금은 연결되지 않았습니다" in await screen.text()
        await screen.go(case)
        assert seen in await screen.text()
        assert "본 것을 보여 드립니다" in await screen.text()

        await write_offline(
            screen, "지하 주차장 등이 나갔습니다", "지하 2층이 어둡습니다.", large_photo(tmp_path)
        )
        await screen.look()
        kept = base64.b64decode(await screen.page.evaluate(PHOTO))
        with Image.open(io.BytesIO(kept)) as picture:
            assert picture.size == (1200, 1600), "neither shrunk nor upright"
            assert not picture.getexif()
        assert b"Yard" not in kept
        await write_offline(screen, "번호가 든 글", "900105-1234567 님이 신청했습니다.")

        line.mend()
        await screen.page.get_by_role("button", name="지금 보내기").first.click()
        await until(screen, "고칠 곳이 있습니다")
        await until(screen, "보냄")
        assert "주민등록번호" in await screen.text()
        await screen.look()
        refused, sent = sorted(await drafts(screen), key=lambda one: str(one["state"]))
        assert (refused["state"], refused["status"]) == ("refused", 422)
        assert sent["files"] == 0

        await screen.page.get_by_role("link", name="지하 주차장 등이 나갔습니다").click()
        await screen.page.wait_for_url("**" + sent["link"])
        answer = await screen.context.request.get(sent["link"] + "/photos/1")
        with Image.open(io.BytesIO(await answer.body())) as picture:
            assert picture.height > picture.width

        await _shared_while_logged_out_by_time(screen, line, tmp_path)
        await _leaves_nothing(screen, case)
    office.stop()


async def _shared_while_logged_out_by_time(screen: Screen, line: Line, folder: Path) -> None:
    """A photo from the gallery begins a complaint; it waits for its owner to log in again."""
    page = screen.page
    line.cut()
    await page.evaluate(SHARE)
    await page.locator("#share [type=file]").set_input_files(folder / "basement.jpg")
    await page.evaluate("() => document.getElementById('share').submit()")
    await page.wait_for_url("**/complaints/new?draft=*")
    await page.wait_for_selector("form[data-tended]")
    await page.get_by_role("button", name="basement.jpg 빼기").wait_for()
    assert await page.locator("[name=title]").input_value() == "공원 의자"
    await screen.choose("[name=topic]", "street-lamp")
    await page.get_by_role("button", name="보관하고 연결되면 보내기").click()
    await page.wait_for_url("**/me/drafts")
    session: Any = [one for one in await screen.context.cookies() if one["name"] == "madang"]
    await screen.context.clear_cookies(name="madang")
    line.mend()
    await page.get_by_role("button", name="지금 보내기: 공원 의자").click()
    await until(screen, "로그인이 끝났습니다")
    await screen.context.add_cookies(session)
    await sync(screen, line.url)
    gone = "every(({state}) => state !== 'waiting')"
    await comes_true(screen, f"async () => (await ({DRAFTS})()).{gone}")


async def _leaves_nothing(screen: Screen, case: str) -> None:
    """Logging out asks about what is unsent, then empties the phone; nobody reads it any more."""
    page = screen.page
    await screen.go("/me")
    await page.wait_for_load_state("networkidle")
    await page.get_by_role("button", name="로그아웃", exact=True).click()
    await page.get_by_role("button", name="지우고 로그아웃").click()
    await page.wait_for_url("**/")
    await page.wait_for_function("() => localStorage.getItem('reader') === ''")
    assert await drafts(screen) == []
    assert await page.evaluate(LEFT) == {"caches": [], "reader": "", "kept": []}


async def sync(screen: Screen, url: str) -> None:
    """Lets Background Sync come, as the browser does when there is a network again."""
    developer = await screen.context.new_cdp_session(screen.page)
    registered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def seen(event: dict[str, list[dict[str, str]]]) -> None:
        for registration in event["registrations"]:
            if not registered.done():
                registered.set_result(registration["registrationId"])

    developer.on("ServiceWorker.workerRegistrationUpdated", seen)
    await developer.send("ServiceWorker.enable")
    await developer.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": url,
            "registrationId": await asyncio.wait_for(registered, 10),
            "tag": "drafts",
            "lastChance": True,
        },
    )


async def test_the_network_goes_while_a_form_is_sent(
    office: Office, browser: Browser, tmp_path: Path
):
    async with Line(office.port) as line, Screen(browser, line.url) as screen:
        await sign_in(screen)
        await _fills_in(screen, "육교 난간이 흔들립니다", large_photo(tmp_path))
        line.cut_after(300_000)  # in the middle of the photo
        await screen.page.get_by_role("button", name="신청하기", exact=True).click()
        await screen.page.wait_for_url("**/me/drafts")
        await until(screen, "보냈지만 답을 듣지 못했습니다")
        await screen.look()
        line.mend()
        await screen.page.reload()
        await until(screen, "보냄")

        await _fills_in(screen, "맨홀 뚜껑이 덜컹거립니다")
        line.answers = False  # it arrives, and nobody hears of it
        await screen.page.get_by_role("button", name="신청하기", exact=True).click()
        await screen.page.wait_for_url("**/me/drafts")
        line.mend()
        await screen.page.reload()
        await comes_true(screen, SETTLED)
        await screen.go("/me/complaints")
        own = await screen.text()
        assert (own.count("육교 난간이 흔들립니다"), own.count("맨홀 뚜껑이 덜컹거립니다")) == (
            1,
            1,
        )

        await _refused_by_the_office(screen)
        await _somebody_else_logs_in(screen, line)
    office.stop()


async def _fills_in(screen: Screen, title: str, photo: Path | None = None) -> None:
    """The office's own form, as far as the button."""
    await screen.go("/complaints/new")
    await screen.page.wait_for_selector("form[data-tended]")
    await screen.choose("[name=topic]", "street-lamp")
    if photo is not None:
        await screen.page.locator("[name=photos]").set_input_files(photo)
        await screen.page.get_by_role("button", name="basement.jpg 빼기").wait_for()
    await screen.fill("제목", title)
    await screen.fill("내용", f"{title}. 살펴봐 주세요.")


async def _refused_by_the_office(screen: Screen) -> None:
    """Refused on the page itself, it is mended there; half written, it is found again."""
    page = screen.page
    await _fills_in(screen, "전화 주세요 010-1234-5678")
    await page.get_by_role("button", name="신청하기", exact=True).click()
    await until(screen, "개인을 알아볼 수 있는 번호")
    await page.wait_for_selector("form[data-tended]")
    await screen.fill("제목", "벤치가 부서졌습니다")
    await screen.fill("내용", "공원 벤치입니다.")
    await page.get_by_role("button", name="신청하기", exact=True).click()
    await page.wait_for_url("**/complaints/*-*-*")
    await _invited_once(screen)
    await _fills_in(screen, "쓰다 만 이야기")
    await page.wait_for_timeout(1000)
    await screen.go("/me/drafts")
    await until(screen, "쓰는 중")
    assert "벤치가" not in await screen.text()
    await page.get_by_role("button", name="고치기: 쓰다 만 이야기").click()
    await page.wait_for_selector("form[data-tended]")
    assert await page.locator("[name=body]").input_value() == "쓰다 만 이야기. 살펴봐 주세요."


async def _invited_once(screen: Screen) -> None:
    """Who has just filed a complaint is offered the home screen, and never again."""
    page = screen.page
    invite = "() => { dispatchEvent(new Event('beforeinstallprompt', {cancelable: true})); }"
    await page.evaluate(invite)
    await page.get_by_role("button", name="나중에").click()
    await page.reload()
    await page.wait_for_load_state("networkidle")
    await page.evaluate(invite)
    assert await page.get_by_role("button", name="홈 화면에 두기").count() == 0


async def _somebody_else_logs_in(screen: Screen, line: Line) -> None:
    """On a shared phone the next account finds nothing of the one before."""
    assert [draft["state"] for draft in await drafts(screen)].count("writing") == 1
    await screen.context.clear_cookies(name="madang")
    await screen.go("/me/drafts")
    await until(screen, "로그인해야 보이는 것이 더 있습니다")
    assert "쓰다 만 이야기" not in await screen.text()
    await screen.go("/login")
    await screen.fill("아이디", "official")
    await screen.fill("비밀번호", DEMO_PASSWORD)
    await screen.press("로그인")
    await screen.page.wait_for_function("() => localStorage.getItem('reader') > ''")
    assert await drafts(screen) == []
    assert (await screen.page.evaluate(LEFT))["caches"] == []
    assert line.is_up


@pytest.mark.prove
async def test_without_an_account(office: Office, browser: Browser):
    """What somebody wrote without an account waits for their name and password; what is refused
    on its own page leaves nothing on a phone that others use."""
    async with Line(office.port) as line, Screen(browser, line.url) as screen:
        page = screen.page
        await screen.go("/")
        await page.wait_for_function("() => navigator.serviceWorker.controller")
        line.cut()
        await write_offline(screen, "놀이터 그네 줄이 끊겼습니다", "아이들이 다칠 수 있습니다.")
        await until(screen, "로그인하지 않고 쓴 것입니다")
        line.mend()
        await page.get_by_role("button", name="고치기").click()
        await page.wait_for_selector("form[data-tended]")
        await screen.write("[name=name]", "이보람")
        await screen.write("[name=phone]", "010-2222-3333")
        await screen.write("[name=password]", "geune-2026-julkkeun")
        await page.get_by_role("button", name="신청하기", exact=True).click()
        await page.wait_for_url("**/complaints/*-*-*")
        assert await drafts(screen) == []
        await _fills_in(screen, "전화 주세요 010-1234-5678")
        await screen.write("[name=name]", "이보람")
        await screen.write("[name=phone]", "010-2222-3333")
        await screen.write("[name=password]", "geune-2026-julkkeun")
        await page.get_by_role("button", name="신청하기", exact=True).click()
        await until(screen, "개인을 알아볼 수 있는 번호")
        assert await drafts(screen) == []
    office.stop()


@pytest.mark.prove
@pytest.mark.clause("Y16", 2)
async def test_what_is_written_on_an_own_case_waits_as_well(office: Office, browser: Browser):
    """Begun without a network, or cut off on its way: a rating and a request to handle it again."""
    rated = await case_that_leads_to(office, "satisfaction")
    again = await case_that_leads_to(office, "reopen")
    async with Line(office.port) as line, Screen(browser, line.url) as screen:
        page = screen.page
        await sign_in(screen)
        await screen.go(f"{again}/reopen")
        await page.wait_for_selector("form[data-tended]")
        line.cut()
        await screen.fill("다시 처리해 달라는 이유", "블록이 다시 솟았습니다.")
        await page.locator("main form.form button[type=submit]").click()
        await page.wait_for_url("**/me/drafts")
        await page.get_by_role("link", name=f"재처리 요청 {again.rpartition('/')[2]}").wait_for()

        await screen.go(f"{rated}/satisfaction")
        await page.wait_for_selector("form[data-tended]")
        assert await page.locator("h1").inner_text() == "만족도"
        assert not await page.locator("[name=title], [name=photos]").filter(visible=True).count()
        word = page.locator("[name=word]")
        await until(screen, "500자 더 쓸 수 있어요")
        assert await word.get_attribute("maxlength") == "500"
        await word.fill("늦었지만 고쳐졌습니다.")
        await comes_true(screen, f"async () => (await ({DRAFTS})()).length === 2")
        assert await page.get_by_role("radio", checked=True).count() == 0
        await page.get_by_role("radio", name="보통").check()
        await page.get_by_role("button", name="보관하고 연결되면 보내기").click()
        await page.wait_for_url("**/me/drafts")
        await page.get_by_role("link", name=f"만족도 {rated.rpartition('/')[2]}").wait_for()
        await screen.look()

        line.mend()
        await page.get_by_role("button", name="지금 보내기").first.click()
        await comes_true(screen, SETTLED)
        assert {draft["link"] for draft in await drafts(screen)} == {again, rated}
        await screen.go(f"{again}/reopen")
        await until(screen, "블록이 다시 솟았습니다.")
        await screen.go(f"{rated}/satisfaction")
        assert await page.get_by_role("radio", name="보통").is_checked()
        assert await page.locator("[name=word]").input_value() == "늦었지만 고쳐졌습니다."
    office.stop()
