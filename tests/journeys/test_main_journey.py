"""The main journey: join, verify, complain with a photo, be handled, be told, spend the mileage.

Once with JavaScript and real pushes on a 360-pixel phone, once without JavaScript on a 240-pixel
PDA, where the inbox tells instead.
"""

import asyncio
import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Browser

from tests.conftest import POSTGRES_PROVED
from tests.gateways.push_service import Device, PushService
from tests.journeys.keyboard import Keyboard
from tests.journeys.screen import Screen
from tests.office import DEMO_PASSWORD, Office

MYSELF = "나 (이정민)"
PASSWORD = "gaeul-hangang-baram-7"
LETTER = "주차장 이용 신청서\n\n" + "\n".join(
    f"{line}. 당산동 공영주차장 정기권을 다음과 같이 신청합니다." for line in range(1, 60)
)


def photo_with_gps(folder: Path) -> Path:
    """A JPEG that lies on its side and says where it was taken, as a phone's camera makes it."""
    picture = Image.new("RGB", (2400, 1800), "#1e2a44")
    ImageDraw.Draw(picture).ellipse((300, 200, 900, 800), fill="#ffd479")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Yard"
    place = exif.get_ifd(0x8825)
    place |= {1: "N", 2: (37.0, 31.0, 35.1), 3: "E", 4: (126.0, 53.0, 47.9)}
    file = folder / "street-lamp.jpg"
    picture.save(file, "JPEG", quality=88, exif=exif)
    return file


class Journey:
    """A resident's and an official's screens, and what each does on them."""

    def __init__(self, resident: Screen, official: Screen, folder: Path) -> None:
        self.resident = resident
        self.official = official
        self.folder = folder
        self.receipt = ""
        self.login_id = "hangang7"
        self.name = "한가람"
        self.phone = "010-2345-6789"

    async def join(self) -> None:
        screen = self.resident
        await screen.go("/")
        await screen.go("/join")
        await screen.fill("아이디", self.login_id)
        await screen.fill("비밀번호", PASSWORD)
        await screen.write("[name=name]", self.name)
        await screen.fill("생년월일", "1990-01-05")
        await screen.fill("휴대전화", self.phone)
        await screen.tick("[name=accept_terms]")
        await screen.tick("[name=accept_privacy]")
        await screen.press("가입하기")
        await screen.go("/me/mileage")
        assert "500점" in await screen.text()

    async def verify(self) -> None:
        await self.official.go("/login")
        await self.official.fill("아이디", "official")
        await self.official.fill("비밀번호", DEMO_PASSWORD)
        await self.official.press("로그인")
        await self.official.go("/desk/verify")
        await self.official.fill("아이디 또는 전화번호", self.login_id)
        await self.official.fill("신분증의 이름", self.name)
        await self.official.fill("신분증의 생년월일", "1990-01-05")
        await self.official.press("확인번호 발급")
        found = re.search(r"\b([0-9A-Z]{4}-[0-9A-Z]{4})\b", await self.official.text())
        assert found, await self.official.text()
        await self.resident.go("/me/verify")
        await self.resident.write("[name=code]", found[1].lower())
        await self.resident.press("확인번호 보내기")
        assert "본인확인을 마쳤습니다" in await self.resident.text()
        await self.resident.go("/me/mileage")
        assert "530점" in await self.resident.text(), await self.resident.text()

    async def complain(self) -> None:
        screen = self.resident
        await screen.go("/complaints/new")
        await screen.choose("[name=topic]", "street-lamp")
        await screen.page.locator("[name=photos]").set_input_files(photo_with_gps(self.folder))
        if screen.javascript:
            await screen.page.get_by_role("button", name="street-lamp.jpg 빼기").wait_for()
        await screen.fill("어디인가요", "당산로 12길 모퉁이")
        await screen.fill("제목", "당산로 가로등이 꺼졌습니다")
        await screen.fill("내용", "당산로 12길 모퉁이 가로등이 사흘째 꺼져 있어 밤길이 어둡습니다.")
        # With a script the photo leaves first, and the page when that has come.
        async with screen.page.expect_navigation(timeout=60_000):
            await screen.page.get_by_role("button", name="신청하기").first.click()
        await screen.look()
        assert "비슷한 민원이 이미 있어요" in await screen.text()  # the sample district has one
        await screen.press("그래도 신청하기")
        found = re.search(r"\d{4}-\d{6}-\d", await screen.text())
        assert found, await screen.text()
        self.receipt = found[0]
        await screen.go(f"/complaints/{self.receipt}")
        assert "당산로 가로등이 꺼졌습니다" in await screen.text()
        await self._photo_is_clean()

    async def _photo_is_clean(self) -> None:
        """Upright, small, and without a word of where it was taken."""
        for address, longest, most_bytes in (
            (f"/complaints/{self.receipt}/photos/1", 1600, 2_000_000),
            (f"/complaints/{self.receipt}/photos/1/thumb", 400, 12_000),
        ):
            answer = await self.resident.context.request.get(address)
            assert answer.ok, address
            body = await answer.body()
            with Image.open(io.BytesIO(body)) as picture:
                assert picture.height > picture.width, "not turned upright"
                assert max(picture.size) <= longest
                assert not picture.getexif()
            assert b"Yard" not in body
            assert len(body) <= most_bytes

    async def handle(self) -> None:
        """Accepts, takes the case, says what is being done, answers and completes."""
        screen = self.official
        case = f"/desk/complaints/{self.receipt}"
        await screen.go("/desk")
        await screen.go(case)
        await self._act("accept", "접수하기")
        assert "당산로 가로등이 꺼졌습니다" in await screen.text()
        await self._open("assign")
        await screen.choose("#assign select[name=to]", label=MYSELF)
        await self._submit("assign")
        await self._open("note")
        await screen.write("#note textarea", "안정기가 고장 나 부품을 주문했습니다.")
        await self._submit("note")
        await self._open("complete")
        await screen.choose("#complete select[name=outcome]", "done")
        await screen.write(
            "#complete textarea[name=text]", "가로등 안정기를 바꾸어 다시 켜지게 했습니다."
        )
        await self._submit("complete")
        assert "처리 완료" in await screen.text()

    async def _act(self, form: str, name: str) -> None:
        await self._open(form)
        await self.official.click(f"#{form} button:has-text('{name}')")
        await self.official.page.wait_for_load_state()
        await self.official.look()

    async def _open(self, form: str) -> None:
        """Opens the folds that hold a form, from the outermost on, as far as they are closed."""
        closed = f"details:not([open]):has(#{form})"
        while await self.official.page.locator(closed).count():
            await self.official.click(f"{closed} > summary")

    async def _submit(self, form: str) -> None:
        await self.official.click(f"#{form} button[type=submit]")
        await self.official.page.wait_for_load_state()
        await self.official.look()

    async def learn(self) -> None:
        """The resident reads each step on the page and in the inbox."""
        await self.resident.go(f"/complaints/{self.receipt}")
        text = await self.resident.text()
        assert "가로등 안정기를 바꾸어 다시 켜지게 했습니다." in text
        assert "안정기가 고장 나 부품을 주문했습니다." in text
        await self.resident.go("/me/notifications")
        assert self.receipt in await self.resident.text()

    async def send_sms(self, office: Office) -> None:
        screen = self.resident
        await screen.go("/messages/sms/new")
        await screen.fill("받는 사람", "010-1234-5678")
        await screen.write("textarea[name=body]", "가로등이 다시 켜졌어요.")
        await screen.press("값 확인하기")
        await screen.tick("#declared")
        await screen.press("30점으로 보내기")
        await self._wait_for("도착했습니다")
        await screen.go("/me/mileage")
        assert "500점" in await screen.text()
        kept = [file.read_text() for file in office.data.rglob("*.txt")]
        assert any("가로등이 다시 켜졌어요." in text for text in kept), "the simulator kept nothing"

    async def send_fax(self, office: Office) -> None:
        screen = self.resident
        await screen.go("/messages/fax/new")
        await screen.write("textarea[name=to]", "02-2670-3500")
        await screen.write("textarea[name=body]", LETTER)
        await screen.press("미리 보기")
        pages = screen.page.locator(".sheets img")
        assert await pages.count() == 2, await screen.text()
        address = await pages.nth(1).get_attribute("src")
        shown = await (await screen.context.request.get(str(address))).body()
        await screen.tick("#declared")
        await screen.press("100점으로 보내기")
        await self._wait_for("도착했습니다")
        await screen.go("/me/mileage")
        assert "400점" in await screen.text()
        tiff = max(office.data.rglob("*.tif*"), key=lambda file: file.stat().st_mtime)
        with Image.open(tiff) as sent, Image.open(io.BytesIO(shown)) as preview:
            sent.seek(1)
            assert sent.convert("1").tobytes() == preview.convert("1").tobytes()

    async def _wait_for(self, words: str) -> None:
        """Looks again, as a person does, until the page says it."""
        for _ in range(60):
            if words in await self.resident.text():
                await self.resident.look()
                return
            await asyncio.sleep(0.5)
            await self.resident.page.reload()
        raise AssertionError(f"never said {words!r}: {await self.resident.text()}")


async def subscribe(screen: Screen, device: Device) -> None:
    """Gives the office a subscription of the test's, as the page's own script would."""
    status = await screen.page.evaluate(
        """async (subscription) => {
          const {csrf_token: token} = await (await fetch('/csrf')).json();
          const answer = await fetch('/push/subscriptions', {
            method: 'POST',
            headers: {'Content-Type': 'application/json', 'X-CSRF-Token': token},
            body: JSON.stringify(subscription),
          });
          return answer.status;
        }""",
        device.to_json(),
    )
    assert status == 201


async def show_push(screen: Screen, office: Office, payload: bytes) -> list[dict[str, str]]:
    """Delivers exactly these bytes to the service worker; the notifications that it shows."""
    await screen.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    developer = await screen.context.new_cdp_session(screen.page)
    registrations: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def seen(event: dict[str, list[dict[str, str]]]) -> None:
        for registration in event["registrations"]:
            if not registrations.done():
                registrations.set_result(registration["registrationId"])

    developer.on("ServiceWorker.workerRegistrationUpdated", seen)
    await developer.send("ServiceWorker.enable")
    registration = await asyncio.wait_for(registrations, 10)
    await developer.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": office.url, "registrationId": registration, "data": payload.decode()},
    )
    for _ in range(50):
        shown = await screen.page.evaluate(
            """async () => {
              const worker = await navigator.serviceWorker.ready;
              return (await worker.getNotifications()).map(
                ({title, body, tag}) => ({title, body, tag}));
            }"""
        )
        if shown:
            return list(shown)
        await asyncio.sleep(0.1)
    raise AssertionError("the service worker showed nothing")


@pytest.mark.journey
@pytest.mark.clause("Y16", 1)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_with_javascript_and_pushes(
    office: Office, push_service: PushService, browser: Browser, tmp_path: Path
):
    async with Screen(browser, office.url) as resident, Screen(browser, office.url) as official:
        journey = Journey(resident, official, tmp_path)
        await journey.join()
        await journey.verify()
        at_desk, at_home = push_service.subscription(), push_service.subscription()
        await subscribe(official, at_desk)
        await subscribe(resident, at_home)
        await journey.complain()
        (arrival, *_) = await push_service.wait_for(at_desk)
        assert journey.receipt in arrival.decode()
        for personal in ("한가람", "hangang7", "당산로", "가로등이", "2345"):
            assert personal not in arrival.decode()
        (shown, *_) = await show_push(official, office, arrival)
        assert shown["title"] == json.loads(arrival)["notification"]["title"]
        await journey.handle()
        told = await push_service.wait_for(at_home, 4)
        assert all(journey.receipt in payload.decode() for payload in told)
        notifications = await show_push(resident, office, told[-1])
        assert notifications[0]["body"] == json.loads(told[-1])["notification"]["body"]
        assert not push_service.faults
        await journey.learn()
        await journey.send_sms(office)
        await journey.send_fax(office)
    office.stop()


@pytest.mark.journey
@pytest.mark.clause("Y3-1", 2)
@pytest.mark.clause("Y22-1", 2)
@pytest.mark.clause("Y16", 3)
@POSTGRES_PROVED
async def test_without_javascript_at_240_pixels(office: Office, browser: Browser, tmp_path: Path):
    narrow = {"javascript": False, "width": 240, "height": 320}
    async with (
        Screen(browser, office.url, **narrow) as resident,
        Screen(browser, office.url, **narrow) as official,
    ):
        journey = Journey(resident, official, tmp_path)
        await journey.join()
        await journey.verify()
        await journey.complain()
        await official.go("/me/notifications")
        assert journey.receipt in await official.text()
        await journey.handle()
        await journey.learn()
        await journey.send_sms(office)
        await journey.send_fax(office)
    office.stop()


@pytest.mark.prove
@pytest.mark.journey
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_by_keyboard_alone(office: Office, browser: Browser, tmp_path: Path):
    async with Keyboard(browser, office.url) as resident, Keyboard(browser, office.url) as official:
        journey = Journey(resident, official, tmp_path)
        await journey.join()
        await journey.verify()
        await journey.complain()
        await journey.handle()
        await journey.learn()
        await journey.send_sms(office)
        await journey.send_fax(office)
    office.stop()
