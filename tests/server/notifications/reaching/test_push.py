"""Push to real-looking devices: a local push service checks and decrypts what is sent (Y16)."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from server import config
from server.accounts import service as accounts
from server.complaints import service as complaints
from server.core import clock
from server.notifications import rules, service
from server.notifications.kinds.accounts import ACCOUNTS
from tests.filing import filled
from tests.gateways.push_service import PushService
from tests.people import hidden_fields
from tests.server.home.town import Town
from tests.server.notifications.reaching.cases import subscribe, tell


@pytest.mark.clause("Y16", 1)
async def test_officials_hear_of_a_new_complaint_and_its_resident_of_each_step(
    town: Town, worker: Any, push_service: PushService
) -> None:
    phones = {who: push_service.subscription() for who in ("kim", "clerk", "road")}
    browsers = {who: await town.browser(who) for who in phones}
    for who, phone in phones.items():
        assert (await subscribe(browsers[who], phone)).status_code == 201
    form = await browsers["kim"].get("/complaints/new")
    fields = hidden_fields(await form.get_data(as_text=True))
    answer = await browsers["kim"].post(
        "/complaints/new", form=fields | filled(topic="street-lamp")
    )
    assert answer.status_code == 303
    number = answer.headers["Location"].rsplit("/", 1)[1]
    await worker.drain()
    for who in ("clerk", "road"):  # the complaints department, and the topic's own
        (payload,) = push_service.received(phones[who])
        told = json.loads(payload)["notification"]
        assert told["title"] == "새 민원이 들어왔습니다"
        assert told["body"].startswith(number)
    assert push_service.received(phones["kim"]) == []

    actor = await accounts.actor_of_session(_session_of(browsers["clerk"]))
    assert actor is not None
    await complaints.accept(number, actor, "street-lamp", version=1)
    await complaints.assign(
        number, actor, town.departments["roads"], town.accounts["road"], version=2
    )
    await complaints.note(number, actor, "on_site", "현장을 보았습니다.", version=3)
    await complaints.complete(number, actor, complaints.Result("done", "고쳤습니다."), version=4)
    await worker.drain()
    heard = [json.loads(one)["notification"] for one in push_service.received(phones["kim"])]
    titles = [each["title"] for each in heard]
    assert sorted(titles) == sorted(
        [
            "민원을 접수했습니다",
            "담당 부서가 정해졌습니다",
            "민원 처리 소식이 있습니다",
            "민원 처리가 끝났습니다",
        ]
    )
    assert push_service.faults == []
    # The push leads through the inbox, which marks it read, to the complaint.
    opened = await browsers["kim"].get(heard[0]["navigate"])
    assert (opened.status_code, opened.headers["Location"]) == (303, f"/complaints/{number}")
    assert await service.unread(town.accounts["kim"]) == 3
    (ended,) = [each for each in heard if each["title"] == "민원 처리가 끝났습니다"]
    assert [act["title"] for act in ended["actions"]] == ["열어 보기", "만족도 평가하기"]
    rating = await browsers["kim"].get(ended["actions"][1]["navigate"])
    assert rating.headers["Location"] == f"/complaints/{number}/satisfaction"
    page = await browsers["kim"].get(rating.headers["Location"])
    assert "만족" in await page.get_data(as_text=True)
    assert await service.unread(town.accounts["kim"]) == 2


def _session_of(browser: Any) -> str:
    for cookie in browser.cookie_jar:
        if cookie.name == "madang":
            return str(cookie.value)
    raise AssertionError("not signed in")


async def test_the_payload_says_nothing_personal_in_the_reader_s_language(
    town: Town, worker: Any, push_service: PushService
) -> None:
    await accounts.change_locale(town.accounts["kim"], "en")
    phone = push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    await tell(town)
    await worker.drain()
    (push,) = push_service.pushes(phone)
    whole = json.loads(push.payload)
    told = whole["notification"]
    assert (whole["web_push"], whole["app_badge"], told["app_badge"]) == (8030, 1, "1")
    assert told["navigate"].startswith(f"{config.settings().public_url}/me/notifications/")
    assert (told["title"], told["lang"]) == ("News about your complaint", "en")
    assert [act["title"] for act in told["actions"]] == ["Open"]
    for personal in ("김영희", "010", "1204"):
        assert personal not in push.payload.decode()
    assert push.claims["aud"] == push_service.origin
    assert int(push.headers["TTL"]) == 3 * 86_400
    assert push.headers["Topic"] == told["tag"]
    assert len(push.body) <= 4096


async def test_the_substitute_of_an_absent_official_is_told(
    town: Town, worker: Any, push_service: PushService
) -> None:
    await town.official("stand", "roads", "handler")
    today = clock.today()
    await accounts.set_substitute(
        town.accounts["road"], town.accounts["stand"], today, today, actor_id=None
    )
    phones = {who: push_service.subscription() for who in ("road", "stand")}
    for who, phone in phones.items():
        await subscribe(await town.browser(who), phone)
    filing = complaints.Filing("street-lamp", "제목", "내용", complaints.Place("당산로"))
    await complaints.file(town.accounts["kim"], filing)
    await worker.drain()
    assert push_service.received(phones["road"]) == []
    assert len(push_service.received(phones["stand"])) == 1


async def test_every_device_is_told_and_each_once(
    town: Town, worker: Any, push_service: PushService
) -> None:
    phone, tablet = push_service.subscription(), push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    browser = await town.browser("kim")
    for _ in range(2):  # renewed at every launch
        assert (await subscribe(browser, tablet)).status_code == 201
    await tell(town)
    await worker.drain()
    assert len(push_service.received(phone)) == len(push_service.received(tablet)) == 1


async def test_what_was_read_meanwhile_is_not_pushed(
    town: Town, worker: Any, push_service: PushService
) -> None:
    phone = push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    await tell(town)
    await service.read_all(town.accounts["kim"])
    await worker.drain()
    assert push_service.received(phone) == []


async def choose(client: Any, page: str, topics: list[str]) -> Any:
    """Ticks these topics on the page, and no others."""
    return await client.post(
        "/me/notifications/topics",
        data=urlencode(hidden_fields(page) | {"topic": topics}, doseq=True),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


async def test_what_somebody_does_not_want_pushed_is_in_the_inbox_only(
    town: Town, worker: Any, push_service: PushService
) -> None:
    kim = await town.browser("kim")
    phone = push_service.subscription()
    await subscribe(kim, phone)
    page = await (await kim.get("/me/notifications")).get_data(as_text=True)
    shown = re.findall(r'name="topic" value="(\w+)" checked', page)
    assert shown == list(rules.TOPICS)
    answer = await choose(kim, page, [name for name in shown if name != "complaints"])
    assert answer.status_code == 303
    await tell(town)
    await worker.drain()
    assert push_service.received(phone) == []
    assert await service.unread(town.accounts["kim"]) == 1
    page = await (await kim.get("/me/notifications")).get_data(as_text=True)
    assert 'value="complaints">' in page
    await choose(kim, page, shown)
    await tell(town)
    await worker.drain()
    assert len(push_service.received(phone)) == 1


async def test_an_official_is_asked_about_what_officials_hear(town: Town) -> None:
    clerk = await town.browser("clerk")
    page = await (await clerk.get("/me/notifications")).get_data(as_text=True)
    assert re.findall(r'name="topic" value="(\w+)"', page) == ["complaints", "messages", "mileage"]
    await service.choose(town.accounts["clerk"], ["mileage", "no-such-topic"])
    assert await service.silenced(town.accounts["clerk"]) == {"mileage"}
    await service.forget_account(town.accounts["clerk"])
    assert await service.silenced(town.accounts["clerk"]) == set()


def test_every_kind_but_an_account_s_own_is_in_one_topic() -> None:
    for kind in rules.KINDS:
        topics = [name for name, topic in rules.TOPICS.items() if kind in topic.kinds]
        assert len(topics) == (0 if kind in ACCOUNTS else 1), kind
