"""Residents see whether the service is up; the informatics department revives what stopped."""

from datetime import timedelta
from typing import Any

import pytest

from server import app as house
from server.app import timers
from server.core import clock, db, outbox
from server.core.db import transactional
from server.core.jobs import Wiring
from server.core.outbox import Dead, Job
from server.operations import rules
from tests.people import hidden_fields
from tests.server.home.town import Town


async def text(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    found: str = await answer.get_data(as_text=True)
    return found


UP = {"database": True, "migrations": True, "storage": True}


@pytest.mark.parametrize(
    ("checks", "late", "levels"),
    [
        (UP, 0, ("up", "up", "up")),
        (UP, 3, ("up", "up", "slow")),
        (UP | {"storage": False}, 0, ("up", "down", "up")),
        (UP | {"migrations": False}, 0, ("down", "down", "down")),
        (UP | {"database": False}, 0, ("down", "down", "down")),
    ],
)
def test_what_the_figures_mean(checks: dict[str, bool], late: int, levels: tuple[str, ...]) -> None:
    parts = rules.parts(checks, late)
    assert tuple(part.level for part in parts) == levels
    worst = "down" if "down" in levels else "slow" if "slow" in levels else "up"
    assert rules.overall(parts) == worst


async def test_up_with_other_ways_to_file(client: Any) -> None:
    page = await text(client, "/status")
    assert "모두 잘 되고 있습니다" in page
    assert 'href="tel:02-2670-3114"' in page
    assert "당산로 123" in page


@transactional
async def queue(topic: str) -> None:
    await outbox.emit(topic, {"account_id": 1})


async def test_late_news_are_said_to_be_late(client: Any) -> None:
    with clock.use(clock.now() - timedelta(hours=1)):
        await queue("accounts.withdrawn")
    assert "알림이 조금 늦게 갑니다" in await text(client, "/status")


async def refuse(job: Job) -> None:
    raise Dead("nobody is there")


async def test_a_dead_letter_is_shown_and_delivered_once_more(
    town: Town, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.official("info", "civil-affairs", "informatics")
    await worker.drain()
    outbox.wire({"probe.letter": [refuse]})
    await queue("probe.letter")
    await worker.drain()
    info = await town.browser("info")
    page = await text(info, "/desk/queue")
    assert "nobody is there" in page
    ((number,),) = [
        tuple(row.values())
        for row in await db.fetch("SELECT id FROM outbox_job WHERE state = 'dead'")
    ]
    answer = await info.post(f"/desk/queue/{number}/retry", form=hidden_fields(page))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/queue")
    assert "다시 보내도록 했습니다" in await text(info, "/desk/queue")
    rows = await db.fetch("SELECT state FROM outbox_job WHERE id = ?", [number])
    assert rows[0]["state"] == "waiting"
    audited = await db.fetch("SELECT action, subject FROM audit_entry ORDER BY id DESC LIMIT 1")
    assert audited[0] == {"action": "operations.retry", "subject": f"job:{number}"}


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("login_id", ["kim", "clerk"])
async def test_the_queue_is_for_the_informatics_department(town: Town, login_id: str) -> None:
    browser = await town.browser(login_id)
    assert (await browser.get("/desk/queue")).status_code == 403


async def test_a_dead_letter_is_let_go_with_a_reason(
    town: Town, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.official("info", "civil-affairs", "informatics")
    await worker.drain()
    outbox.wire({"probe.letter": [refuse]})
    await queue("probe.letter")
    await worker.drain()
    info = await town.browser("info")
    (row,) = await db.fetch("SELECT id FROM outbox_job WHERE state = 'dead'")
    address = f"/desk/queue/{row['id']}"
    assert f'href="{address}"' in await text(info, "/desk/queue")
    page = await text(info, address)
    assert "nobody is there" in page
    hidden = hidden_fields(page)
    for wrong in ({}, {"reason": "because"}):
        answer = await info.post(f"{address}/discard", form=hidden | wrong)
        assert answer.status_code == 422
    answer = await info.post(f"{address}/discard", form=hidden | {"reason": "outdated"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/queue")
    assert "버렸습니다" in await text(info, "/desk/queue")
    (kept,) = await db.fetch(
        "SELECT state, payload, reason FROM outbox_job WHERE id = ?", [row["id"]]
    )
    assert kept == {"state": "done", "payload": "{}", "reason": "discarded: outdated"}
    (audited,) = await db.fetch("SELECT action, facts FROM audit_entry ORDER BY id DESC LIMIT 1")
    assert (audited["action"], audited["facts"]) == ("operations.discard", '{"reason":"outdated"}')
    # Gone is gone: said twice, or tried again from an old page, nothing happens.
    for act, more in (("discard", {"reason": "outdated"}), ("retry", {})):
        await info.post(f"{address}/{act}", form=hidden | more)
        assert "이미 다시 보냈거나 버린 것입니다" in await text(info, "/desk/queue")
    assert (await info.get(address)).status_code == 404
    assert (await (await town.browser("clerk")).get(address)).status_code == 403


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_queue_calls_timers_and_topics_by_their_words(town: Town, worker: Any) -> None:
    await town.official("info", "civil-affairs", "informatics")
    await worker.drain()
    await db.execute(
        "INSERT INTO timer_lease (name, next_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        ["messages.erase", clock.now()],
    )
    await queue("accounts.withdrawn")
    page = await text(await town.browser("info"), "/desk/queue")
    for name, words in (rules.TIMERS | rules.TOPICS).items():
        assert f">{name}<" not in page
        assert words in page or name not in {"messages.erase", "accounts.withdrawn"}


def test_every_timer_has_its_words() -> None:
    assert {timer.name for timer in timers()} <= rules.TIMERS.keys()


def test_every_topic_has_its_words() -> None:
    house.wire()
    assert Wiring.topics.keys() <= rules.TOPICS.keys()
