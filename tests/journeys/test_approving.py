"""Approval (결재) from a push: one tap on the notice leads to the answer, one more approves it.

With JavaScript and a real push on a phone, and without JavaScript on a phone and on a PDA.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Locator

from tests.filing import filled, topic_of
from tests.gateways.push_service import Device, PushService
from tests.journeys.screen import Screen
from tests.journeys.test_main_journey import show_push, subscribe
from tests.office import DEMO_PASSWORD, Office, Phone
from tests.people import hidden_fields

ASKED = "결재할 답변이 있습니다"
ANSWER = "현장을 확인하고 안정기를 새것으로 바꾸었습니다. 밤에 다시 켜지는 것도 보았습니다."
LAST_WORDS = "이 답변은 여기에서 끝납니다."
LONG = "\n\n".join([ANSWER] * 12 + [LAST_WORDS])


async def drafted(office: Office, text: str) -> str:
    """The number of a case whose drafted answer waits for the head of the department."""
    async with Phone(office.url) as resident:
        await resident.sign_in("resident")
        form = await resident.get("/complaints/new")
        sent = await resident.post("/complaints/new", filled(topic=topic_of(form.text)))
        number = sent.url.rpartition("/")[2]
        assert number.count("-") == 2, sent.words
    async with Phone(office.url) as phone:
        await phone.sign_in("official")
        at = f"/desk/complaints/{number}"
        for act, fields in (
            ("accept", {"kind": "procedure-inquiry"}),
            ("assign", {}),
            ("complete", {"outcome": "done", "text": text}),
        ):
            form = (await phone.get(at)).text.partition(f'id="{act}"')[2].partition("</form>")[0]
            version = re.findall(r'name="version"[^>]*value="(\d+)"', form)[0]
            hidden = hidden_fields(form) | {"version": version}
            if act == "assign":
                fields = {"to": form.partition('<option value="')[2].partition('"')[0]}
            page = await phone.post(f"{at}/{act}", fields, hidden=hidden)
            assert page.status == 200, page.words
    return number


async def sign_in(screen: Screen) -> None:
    await screen.go("/login")
    await screen.fill("아이디", "head")
    await screen.fill("비밀번호", DEMO_PASSWORD)
    await screen.press("로그인")


async def asked_to_approve(
    push_service: PushService, phone: Device, numbers: list[str]
) -> dict[str, Any]:
    """What was pushed about each case's approval; a head is told of other things as well."""
    for count in range(len(numbers), len(numbers) * 9):
        found = {}
        for push in await push_service.wait_for(phone, count, seconds=60):
            notice = json.loads(push)["notification"]
            if notice["title"] == ASKED:
                found[notice["body"].partition(" ")[0]] = notice
        if found.keys() >= set(numbers):
            return found
    raise AssertionError("not every approval was asked for by push")


async def in_sight(screen: Screen, found: Locator) -> bool:
    """Whether the whole of it is on the screen as it stands, without scrolling."""
    box = await found.bounding_box()
    size = screen.page.viewport_size
    assert box is not None
    assert size is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


async def decide(screen: Screen, number: str, last_words: str) -> None:
    """Read the answer where the notice has led, to its end, and approve it with one tap."""
    assert urlsplit(screen.page.url).path == f"/desk/complaints/{number}"
    words = screen.page.get_by_text(last_words)
    button = screen.page.get_by_role("button", name="결재하기")
    assert await button.count() == 1
    assert await words.is_visible()
    box, end = await button.bounding_box(), await words.bounding_box()
    assert box is not None
    assert end is not None
    assert end["y"] < box["y"], "it is read before it is approved"
    size = screen.page.viewport_size
    assert box["height"] >= 48
    assert size is not None
    assert box["width"] >= size["width"] * 0.7
    await screen.press("결재하기")
    assert "결재했습니다" in await screen.text()
    assert await screen.page.get_by_role("button", name="결재하기").count() == 0


@pytest.mark.prove
@pytest.mark.journey
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_push_leads_to_the_answer_and_one_tap_approves_it(
    office: Office, push_service: PushService, browser: Browser
) -> None:
    async with Screen(browser, office.url) as head:
        await sign_in(head)
        phone_of_head = push_service.subscription()
        await subscribe(head, phone_of_head)
        numbers = [await drafted(office, text) for text in (ANSWER, ANSWER, LONG)]
        pushes = await asked_to_approve(push_service, phone_of_head, numbers)
        told = [urlsplit(pushes[number]["navigate"]).path for number in numbers]
        for number in numbers:
            assert [each["action"] for each in pushes[number]["actions"]] == ["open"]
        whole = {"web_push": 8030, "notification": pushes[numbers[0]]}
        shown = await show_push(head, office, json.dumps(whole).encode())
        assert shown[0]["title"] == ASKED
        await head.go(told[0])
        assert await in_sight(head, head.page.get_by_text(ANSWER))
        assert await in_sight(head, head.page.get_by_role("button", name="결재하기"))
        await decide(head, numbers[0], ANSWER)
    for address, number, width, last_words in (
        (told[1], numbers[1], 360, ANSWER),
        (told[2], numbers[2], 240, LAST_WORDS),
    ):
        async with Screen(browser, office.url, width=width, javascript=False) as head:
            await sign_in(head)
            await head.go(address)
            if last_words == ANSWER:
                assert await in_sight(head, head.page.get_by_role("button", name="결재하기"))
            await decide(head, number, last_words)
    async with Phone(office.url) as resident:
        await resident.sign_in("resident")
        for number in numbers:
            assert ANSWER in (await resident.get(f"/complaints/{number}")).words
    office.stop()
