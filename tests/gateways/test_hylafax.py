"""HylaFAX's protocol against a server that speaks it as measured, or breaks off where it hurts."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateways.contract import (
    Accepted,
    CannotTell,
    Forged,
    Found,
    Malformed,
    Misconfigured,
    NotFound,
    Receipt,
    Rejected,
    Status,
    Surroundings,
    Unknown,
)
from gateways.providers import hylafax_notify
from gateways.providers.hylafax import HylaFax
from tests.gateways.hylafax_server import SECRET, HylaFaxServer
from tests.gateways.simulated import Office, an_office, fax_order

NOW = datetime(2026, 11, 28, 1, 12, tzinfo=UTC)
A_WHILE_AGO, LONG_AGO = NOW - timedelta(minutes=2), NOW - timedelta(hours=1)
ORDER = fax_order("order-1.a")


@pytest.fixture
async def server() -> AsyncIterator[HylaFaxServer]:
    async with HylaFaxServer() as running:
        yield running


@pytest.fixture
def surroundings(server: HylaFaxServer, tmp_path: Path) -> Surroundings:
    secrets = {
        "HYLAFAX_HOST": "127.0.0.1",
        "HYLAFAX_PORT": str(server.port),
        "HYLAFAX_WEBHOOK_SECRET": SECRET,
    }
    nobody: Any = None
    return Surroundings("https://unused", tmp_path, secrets, nobody, lambda: NOW)


@pytest.fixture
def hylafax(surroundings: Surroundings) -> HylaFax:
    return HylaFax(surroundings)


async def test_a_job_as_it_is_submitted(server: HylaFaxServer, hylafax: HylaFax) -> None:
    order = replace(ORDER, valid_for=timedelta(hours=26, minutes=5))
    assert await hylafax.send(order) == Accepted("1:order-1.a")
    (job,) = server.jobs
    assert job.document == ORDER.tiff
    expected = {
        "JOBINFO": "order-1.a",
        "DIALSTRING": "0226703501",
        "TSI": "0226703500",
        "LASTTIME": "010205",
        "VRES": "196",
        "PAGEWIDTH": "215",
        "PAGELENGTH": "297",
        "USETAGLINE": "NO",
        "DOCUMENT": "/tmp/doc1.ps",
        "MODEM": "any",
    }
    assert {name: job.parameters[name] for name in expected} == expected


async def test_a_password_is_given_where_it_is_asked(
    server: HylaFaxServer, surroundings: Surroundings
) -> None:
    server.password = "open sesame"
    secrets = {**surroundings.secrets, "HYLAFAX_PASSWORD": "open sesame"}
    answer = await HylaFax(replace(surroundings, secrets=secrets)).send(ORDER)
    assert isinstance(answer, Accepted)
    answer = await HylaFax(surroundings).send(ORDER)
    assert answer == Rejected("busy_hylafax_530", permanent=False)


@pytest.mark.parametrize("fault", ["drop", "lose", "slow", "garble"])
@pytest.mark.parametrize("command", ["USER", "PASV", "STOT", "JNEW", "JPARM"])
@pytest.mark.usefixtures("impatient")
async def test_before_it_is_submitted_nothing_is_taken(
    server: HylaFaxServer, hylafax: HylaFax, command: str, fault: str
) -> None:
    server.faults = {command: fault}
    answer = await hylafax.send(ORDER)
    assert isinstance(answer, Rejected)
    assert not answer.permanent
    assert answer.of_provider
    assert server.jobs == []


@pytest.mark.parametrize("fault", ["drop", "lose", "slow", "garble", "504 Cannot submit job."])
@pytest.mark.usefixtures("impatient")
async def test_when_the_last_word_is_lost_nobody_knows(
    server: HylaFaxServer, hylafax: HylaFax, fault: str
) -> None:
    server.faults = {"JSUBM": fault}
    assert isinstance(await hylafax.send(ORDER), Unknown)
    taken = fault in {"lose", "slow", "garble"}
    found = await hylafax.look_up(ORDER, None, A_WHILE_AGO)
    assert found == (Found(Status.ACCEPTED, "1:order-1.a") if taken else NotFound())


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ({"HELLO": "421 Too many connections."}, "busy_hylafax_421"),
        ({"JNEW": "550 Permission denied."}, "busy_hylafax_550"),
        (
            {"JSUBM": "460 Failed to submit job 1: Unable to open scheduler FIFO."},
            "busy_hylafax_460",
        ),
    ],
)
async def test_a_certain_no(
    server: HylaFaxServer, hylafax: HylaFax, faults: dict[str, str], code: str
) -> None:
    server.faults = faults
    assert await hylafax.send(ORDER) == Rejected(code, permanent=False)


async def test_a_number_that_cannot_be(server: HylaFaxServer, hylafax: HylaFax) -> None:
    assert await hylafax.send(replace(ORDER, recipient="119")) == Rejected("bad_number", True)
    assert server.said == []


async def test_nobody_there_is_certain(server: HylaFaxServer, hylafax: HylaFax) -> None:
    await server.__aexit__()
    answer = await hylafax.send(ORDER)
    assert answer == Rejected("unreachable_ConnectionRefusedError", permanent=False)
    assert isinstance(await hylafax.look_up(ORDER, None, A_WHILE_AGO), CannotTell)


@pytest.mark.parametrize("missing", ["HYLAFAX_HOST", "HYLAFAX_WEBHOOK_SECRET"])
def test_a_missing_setting_is_named(surroundings: Surroundings, missing: str) -> None:
    with pytest.raises(Misconfigured, match=missing):
        HylaFax(replace(surroundings, secrets={**surroundings.secrets, missing: ""}))


@pytest.mark.parametrize(
    ("state", "pages", "status", "found"),
    [
        ("S", "0:2", "", Found(Status.ACCEPTED, "1:order-1.a")),
        ("R", "1:2", "", Found(Status.ACCEPTED, "1:order-1.a")),
        ("D", "2:2", "", Found(Status.DELIVERED, "1:order-1.a", 2)),
        ("F", "1:2", "No carrier detected", Found(Status.FAILED, "1:order-1.a", 1, "no_carrier")),
        ("F", "0:2", "something new", Found(Status.FAILED, "1:order-1.a", 0, "failed")),
    ],
)
async def test_look_up_by_our_id(
    server: HylaFaxServer, hylafax: HylaFax, state: str, pages: str, status: str, found: Found
) -> None:
    await hylafax.send(replace(ORDER, order_id="another"))
    await hylafax.send(ORDER)
    job = server.jobs.pop()
    server.jobs = [job]
    job.number, job.state, job.pages, job.status = 1, state, pages, status
    for reference in (None, "1:order-1.a"):
        assert await hylafax.look_up(ORDER, reference, LONG_AGO) == found


@pytest.mark.parametrize(
    ("reference", "since", "found"),
    [
        (None, NOW, CannotTell("no longer listed")),
        (None, A_WHILE_AGO, NotFound()),
        (None, LONG_AGO, CannotTell("no longer listed")),
        ("1:order-1.a", A_WHILE_AGO, CannotTell("no longer listed")),
    ],
)
async def test_what_is_not_listed(
    hylafax: HylaFax, reference: str | None, since: datetime, found: object
) -> None:
    assert await hylafax.look_up(ORDER, reference, since) == found


@pytest.mark.parametrize("fault", ["drop", "lose", "garble", "550 No."])
@pytest.mark.usefixtures("impatient")
async def test_what_cannot_be_looked_up(
    server: HylaFaxServer, hylafax: HylaFax, fault: str
) -> None:
    server.faults = {"LIST": fault}
    assert isinstance(await hylafax.look_up(ORDER, None, A_WHILE_AGO), CannotTell)


@pytest.mark.parametrize(
    ("why", "more", "status", "pages", "reason"),
    [
        ("done", {}, Status.DELIVERED, 2, None),
        ("failed", {"pages": 1, "status": "Busy signal detected"}, Status.FAILED, 1, "busy"),
        ("failed", {"pages": 0, "status": "No answer from remote"}, Status.FAILED, 0, "no_answer"),
        ("rejected", {"pages": 0}, Status.FAILED, 0, "rejected"),
        ("timedout", {"pages": 0}, Status.EXPIRED, 0, "timedout"),
    ],
)
def test_what_the_hook_tells_is_a_receipt(
    hylafax: HylaFax,
    server: HylaFaxServer,
    why: str,
    more: dict[str, Any],
    status: Status,
    pages: int,
    reason: str | None,
) -> None:
    told = hylafax.parse_callback(*server.hook("order-1.a", why, **more))
    assert list(told) == [
        Receipt(
            provider="hylafax",
            event_id=f"order-1.a:1:{why}",
            status=status,
            at=NOW + timedelta(minutes=2),
            order_id="order-1.a",
            reference="1:order-1.a",
            delivered_units=pages,
            reason=reason,
        )
    ]


def test_news_on_the_way_and_jobs_of_others(hylafax: HylaFax, server: HylaFaxServer) -> None:
    for order, why in (("order-1.a", "requeued"), ("order-1.a", "blocked"), ("", "done")):
        assert list(hylafax.parse_callback(*server.hook(order, why))) == []


def test_forged_and_unreadable_news(hylafax: HylaFax, server: HylaFaxServer) -> None:
    headers, body, url = server.hook("order-1.a", "done")
    for forged in ((headers, body.replace(b"2", b"9"), url), ({}, body, url)):
        with pytest.raises(Forged):
            hylafax.parse_callback(*forged)
    for more in ({"pages": "x"}, {"at": "soon"}, {"at": None}):
        with pytest.raises(Malformed):
            hylafax.parse_callback(*server.hook("order-1.a", "done", **more))


QFILE = "state:8\nnpages:1\ntotpages:2\njobid:7\njobtag:order-1.a\nstatus:Busy signal detected\n"


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fax server's spool, where the hook runs; nothing pauses."""
    for name in ("etc", "client", "doneq"):
        (tmp_path / name).mkdir()
    (tmp_path / "doneq/q7").write_text(QFILE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hylafax_notify, "PAUSES", (0, 0))
    return tmp_path


async def hooked(why: str) -> None:
    await asyncio.to_thread(hylafax_notify.main, "doneq/q7", why)


async def told_to(office: Office, spool: Path) -> None:
    (spool / "etc/madang").write_text(f"{office.url}\n{SECRET}\n")


async def test_the_hook_tells_what_the_provider_reads(hylafax: HylaFax, spool: Path) -> None:
    async with an_office() as office:
        await told_to(office, spool)
        await hooked("failed")
    ((headers, body),) = office.calls
    (told,) = hylafax.parse_callback(headers, body, office.url)
    assert (told.order_id, told.status, told.delivered_units) == ("order-1.a", Status.FAILED, 1)
    assert (told.reason, told.reference) == ("busy", "7:order-1.a")
    assert list((spool / "client/madang").iterdir()) == []


async def test_the_hook_keeps_what_nobody_took_and_tells_it_first(
    hylafax: HylaFax, spool: Path
) -> None:
    (spool / "etc/madang").write_text(f"http://127.0.0.1:9/\n{SECRET}\n")
    await hooked("failed")
    assert len(list((spool / "client/madang").iterdir())) == 1
    async with an_office() as office:
        await told_to(office, spool)
        office.answers = [503, 403]
        await hooked("requeued")
        assert len(list((spool / "client/madang").iterdir())) == 2
        await hooked("done")
        told = [each for call in office.calls[2:] for each in hylafax.parse_callback(*call, "")]
    assert [each.event_id for each in told] == ["order-1.a:7:failed", "order-1.a:7:done"]
    assert list((spool / "client/madang").iterdir()) == []
