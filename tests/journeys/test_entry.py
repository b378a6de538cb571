"""Other ways in than a password: a passkey in a real browser, and an official's second factor on a
phone of 240 pixels without a script (Y24)."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.async_api import Browser, CDPSession, expect

from tests.journeys.screen import Screen
from tests.office import DEMO_PASSWORD, Office

pytestmark = [
    pytest.mark.journey,
    pytest.mark.prove,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

LIST = "/me/settings/passkeys"
PATIENCE_MS = 60_000


@pytest.fixture
def office(engine: str, district_on_sqlite: Path, tmp_path: Path, keys: Path) -> Iterator[Office]:
    """An open office at a name: browsers have no passkeys for an IP address."""
    folder = tmp_path / "office"
    shutil.copytree(district_on_sqlite, folder)
    office = Office(folder, f"sqlite://{folder / 'data' / 'madang.sqlite3'}", keys)
    office.environment |= {
        "MADANG_PUBLIC_URL": address(office),
        "MADANG_SECOND_FACTOR": "required",
    }
    yield office.open()
    office.close()


def address(office: Office) -> str:
    return f"http://localhost:{office.port}"


async def authenticator(screen: Screen) -> tuple[CDPSession, str]:
    """A virtual authenticator in the browser, as a phone has one inside."""
    developer = await screen.context.new_cdp_session(screen.page)
    await developer.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = await developer.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return developer, str(made["authenticatorId"])


async def touches(developer: CDPSession, device: str, willing: bool) -> None:
    """Whether somebody touches the device when it asks."""
    await developer.send(
        "WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": willing}
    )


async def log_in(screen: Screen, login_id: str) -> None:
    await screen.page.goto("/login")
    await screen.fill("아이디", login_id)
    await screen.write("[name=password]", DEMO_PASSWORD)
    await screen.page.get_by_role("button", name="로그인", exact=True).click()
    await screen.page.wait_for_url(re.compile(r"/(login/second|me/settings/second|desk)?$"))


async def log_out(screen: Screen) -> None:
    await screen.page.goto("/me/settings")
    async with screen.page.expect_navigation():
        await screen.page.locator('form[action="/logout"] button').click()


async def test_a_passkey_from_the_first_touch_to_its_end(office: Office, browser: Browser) -> None:
    async with Screen(browser, address(office)) as screen:
        page = screen.page
        page.set_default_timeout(PATIENCE_MS)
        developer, device = await authenticator(screen)
        await log_in(screen, "resident")

        # Added.
        await screen.go(LIST)
        await screen.fill("이름", "시험 전화기")
        async with page.expect_navigation():
            await page.get_by_role("button", name="패스키 등록하기").click()
        await expect(page.get_by_role("heading", name="시험 전화기")).to_be_visible()
        await screen.look()
        await screen.go(f"/me/confirm?next={LIST}")

        # Entered by the button, while nobody touches what the field suggests.
        await touches(developer, device, False)
        await log_out(screen)
        await screen.go("/login")
        await page.get_by_role("button", name="패스키로 로그인").wait_for()
        await touches(developer, device, True)
        await page.get_by_role("button", name="패스키로 로그인").click()
        await page.wait_for_url(address(office) + "/")

        # Entered out of the field's suggestions: nothing is pressed on the page.
        await log_out(screen)
        await page.goto("/login")
        await page.wait_for_url(address(office) + "/")

        # A copy whose counter is behind.
        await touches(developer, device, False)
        await log_out(screen)
        await page.goto("/login")
        await page.get_by_role("button", name="패스키로 로그인").wait_for()
        await turn_back(developer, device)
        await touches(developer, device, True)
        await page.get_by_role("button", name="패스키로 로그인").click()
        await expect(page.locator("#errors")).to_contain_text("패스키를 확인하지 못했습니다")

        # Removed: the device still offers it, the office knows it no longer.
        await touches(developer, device, False)
        await log_in(screen, "resident")
        await page.goto(LIST)
        async with page.expect_navigation():
            await page.get_by_role("button", name="시험 전화기 지우기").click()
        await expect(page.get_by_text("아직 등록한 패스키가 없습니다")).to_be_visible()
        await log_out(screen)
        await page.goto("/login")
        await page.get_by_role("button", name="패스키로 로그인").wait_for()
        await touches(developer, device, True)
        await page.get_by_role("button", name="패스키로 로그인").click()
        await expect(page.locator("#errors")).to_contain_text("패스키를 확인하지 못했습니다")
        # A device that touches of itself would enter, and be refused, again and again.
        await touches(developer, device, False)
        await page.wait_for_load_state("networkidle")
        await screen.look()
    office.stop()


async def turn_back(developer: CDPSession, device: str) -> None:
    """The device forgets how often it has signed, as a copy made earlier would."""
    here: dict[str, Any] = {"authenticatorId": device}
    (kept,) = (await developer.send("WebAuthn.getCredentials", here))["credentials"]
    gone = here | {"credentialId": kept["credentialId"]}
    await developer.send("WebAuthn.removeCredential", gone)
    await developer.send("WebAuthn.addCredential", here | {"credential": kept | {"signCount": 0}})


def step_after(used: int) -> int:
    """The step of now; the next one where that is used: a code is good once, and a step early."""
    return max(int(time.time()) // 30, used + 1)


async def test_an_official_s_codes_on_a_small_phone_without_a_script(
    office: Office, browser: Browser
) -> None:
    async with Screen(browser, address(office), width=240, javascript=False) as screen:
        page = screen.page
        page.set_default_timeout(PATIENCE_MS)
        await log_in(screen, "official")
        assert page.url.endswith("/me/settings/second")  # nothing else is open yet
        await screen.look()
        await screen.press("인증 앱 등록하기")
        secret = (await page.locator("#secret").inner_text()).replace(" ", "")
        first = step_after(0)
        await screen.fill("인증 앱의 6자리 번호", pyotp.TOTP(secret).generate_otp(first))
        await screen.press("등록 마치기")
        codes = [one.strip() for one in await page.locator("#codes li").all_inner_texts()]
        assert len(codes) == 10
        async with page.expect_download() as download:
            await page.get_by_role("button", name="글 파일로 받기").click()
        file = await (await download.value).path()
        assert all(code in file.read_text("utf-8-sig") for code in codes)
        await page.get_by_role("link", name="적어 두었어요").click()
        await page.wait_for_url(f"{address(office)}/desk")

        await log_out(screen)
        await log_in(screen, "official")
        await screen.look()
        code = pyotp.TOTP(secret).generate_otp(step_after(first))
        await screen.fill("인증 앱의 6자리 번호", code)
        await page.get_by_role("button", name="로그인").first.click()
        await page.wait_for_url(f"{address(office)}/desk")

        await log_out(screen)
        await log_in(screen, "official")
        await page.get_by_text("휴대전화가 없어요").click()
        await screen.fill("복구 코드", codes[4])
        await page.get_by_role("button", name="복구 코드로 로그인").click()
        await page.wait_for_url(f"{address(office)}/desk")
    office.stop()
