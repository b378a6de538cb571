"""A true push in Firefox: the office encrypts, the push service passes on what it cannot read, the
browser decrypts, the service worker shows the notice (Y16)."""

import json
from pathlib import Path

import pytest

from tests.districts import Opened
from tests.journeys.autopush import Autopush
from tests.journeys.firefox import Firefox
from tests.office import DEMO_PASSWORD, Office, Phone

pytestmark = [
    pytest.mark.journey,
    pytest.mark.prove,
    pytest.mark.timeout(900),
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

# Firefox takes a notice away again after some seconds: the page itself remembers what there was.
WATCH = """
const worker = await navigator.serviceWorker.ready;
window.noticesSeen = new Map();
setInterval(async () => {
  for (const {title, body, tag, data} of await worker.getNotifications())
    window.noticesSeen.set(tag + title + body, {title, body, tag, data});
}, 100);
"""
SHOWN = """
const seen = [...window.noticesSeen.values()];
const found = seen.filter(({title, body}) => (title + body).includes('%s'));
return found.length ? found : null;
"""
SWITCH_ON = """
const button = document.querySelector('[data-push-on]');
if (!button || button.closest('[hidden]')) return false;
button.click();
return true;
"""
IS_ON = """
const worker = await navigator.serviceWorker.ready;
const subscription = await worker.pushManager.getSubscription();
const off = document.querySelector('[data-push-off]');
return subscription && off && !off.closest('[hidden]') ? subscription.endpoint : '';
"""


async def log_in(firefox: Firefox, office: Office, login_id: str) -> None:
    """Through the form, as a person does."""
    await firefox.go(f"{office.url}/login")
    words = json.dumps([login_id, DEMO_PASSWORD])
    await firefox.run(
        f"""
        const form = document.querySelector('main form');
        [form.elements.login_id.value, form.elements.password.value] = {words};
        form.requestSubmit();
        """
    )
    await firefox.until("return !!document.body?.dataset.signedIn;")


async def test_from_a_complaint_to_the_notice_that_firefox_shows(opened: Opened, tmp_path: Path):
    async with Autopush() as service:
        office = opened(MADANG_PUSH_HOSTS=service.origin)
        async with (
            Firefox(tmp_path / "firefox", service.socket) as firefox,
            Phone(office.url) as resident,
        ):
            await log_in(firefox, office, "official")
            await firefox.go(f"{office.url}/me/notifications")
            await firefox.until(SWITCH_ON)
            endpoint = await firefox.until(IS_ON)
            assert endpoint.startswith(f"{service.origin}/wpush/"), endpoint

            await firefox.run(WATCH)
            await resident.sign_in("resident")
            filed = await resident.post(
                "/complaints/new",
                {
                    "topic": "street-lamp",
                    "title": "문래로 가로등이 꺼졌습니다",
                    "body": "어젯밤부터 문래로 가로등이 꺼져 있습니다.",
                    "place": "문래로 94",
                    "public": "y",
                    "reply_by": "app",
                },
            )
            number = filed.url.rpartition("/")[2]
            assert number.count("-") == 2, filed.words

            shown = await firefox.until(SHOWN % number)
            said = json.dumps(shown, ensure_ascii=False)
            for personal in ("문래로", "가로등", "이민정", "resident"):
                assert personal not in said
                assert all(personal.encode() not in body for body in service.passed)
            assert not service.faults
            assert service.passed
        office.stop()
