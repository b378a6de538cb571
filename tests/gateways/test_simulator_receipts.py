"""The simulator's receipts: signed, called until answered, none lost when a process is killed."""

import asyncio
import os
import signal
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gateways import http
from gateways.contract import Accepted, Forged, Found, Malformed, Status, Surroundings
from gateways.providers import open_roster, simulator
from gateways.providers.behaviour import Behaviour
from gateways.providers.simulator import SIGNATURE, SimulatedSms
from gateways.providers.simulator_sent import sent
from tests.gateways.simulated import NOW, ORDER, Office, an_office, control, magic, read


async def test_a_forged_receipt_is_told_from_the_true_one(sms: SimulatedSms) -> None:
    await sms.send(replace(ORDER, recipient=magic(Behaviour.FORGE)))
    forged, true = sms.due_callbacks()
    with pytest.raises(Forged):
        sms.parse_callback(forged.headers, forged.body, forged.url)
    assert len(sms.parse_callback(true.headers, true.body, true.url)) == 1


async def test_signatures(sms: SimulatedSms, monkeypatch: pytest.MonkeyPatch) -> None:
    await sms.send(ORDER)
    (callback,) = sms.due_callbacks()
    good = callback.headers[SIGNATURE]
    for bad in ("", "t=1", good[:-1] + "g", good.replace("t=", "t=1"), "t=²,v1=x", f"{good},v1=가"):
        with pytest.raises(Forged):
            sms.parse_callback({SIGNATURE: bad}, callback.body, callback.url)
    with pytest.raises(Forged):
        sms.parse_callback(callback.headers, callback.body + b" ", callback.url)
    assert sms.parse_callback({SIGNATURE.lower(): good}, callback.body, callback.url)
    later = time.time() + 601
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(Forged):
        sms.parse_callback(callback.headers, callback.body, callback.url)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event": 1}', b"\xff"])
async def test_signed_nonsense_is_malformed(sms: SimulatedSms, body: bytes) -> None:
    stamp = str(int(time.time()))
    signature = simulator._sign(sms._key, stamp, body)
    with pytest.raises(Malformed):
        sms.parse_callback({SIGNATURE: f"t={stamp},v1={signature}"}, body, "")


async def test_receipts_are_called_until_somebody_answers(
    sms: SimulatedSms, office: Office
) -> None:
    office.answers = [500, 503, 429]
    await sms.send(ORDER)
    await sms.wake()
    await office.wait_for(4)
    await asyncio.sleep(0.1)
    await sms.close()
    assert len(office.calls) == 4
    assert len({body for _, body in office.calls}) == 1
    assert sms.store.waiting() == 0


@pytest.mark.parametrize("status", [204, 400, 403, 404])
async def test_an_answer_for_good_ends_the_calls(
    sms: SimulatedSms, office: Office, status: int
) -> None:
    office.answers = [status]
    await sms.send(ORDER)
    await asyncio.sleep(0.06)
    assert await sms.call_due() == 1
    assert sms.store.waiting() == 0


async def test_receipts_wait_while_the_office_is_away(tmp_path: Path) -> None:
    control(tmp_path)
    async with http.open_session() as session:
        async with an_office() as office:
            port = int(office.url.split(":")[2].split("/")[0])
            provider = SimulatedSms(Surroundings(office.url, tmp_path, {}, session, lambda: NOW))
        await provider.send(ORDER)
        await provider.wake()
        await asyncio.sleep(0.3)
        async with an_office(port) as again:
            await again.wait_for(1)
            await provider.close()
    assert provider.store.waiting() == 0


SENDER = """
    import asyncio, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from gateways import http
    from gateways.contract import SmsOrder, Surroundings
    from gateways.providers.simulator import SimulatedSms

    async def main():
        async with http.open_session() as session:
            now = lambda: datetime.now(UTC)
            provider = SimulatedSms(Surroundings(sys.argv[2], Path(sys.argv[1]), {}, session, now))
            for n in range(1000):
                await provider.send(
                    SmsOrder(f"order-{n}", "0226703500", "01012345678", "토요일에 만나요")
                )
                print(n, flush=True)

    asyncio.run(main())
"""


async def test_due_receipts_survive_a_killed_process(office: Office, tmp_path: Path) -> None:
    """kill -9 while it sends: whatever was taken gets its one receipt from the next process."""
    control(tmp_path)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        textwrap.dedent(SENDER),
        str(tmp_path),
        office.url,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    for _ in range(20):
        await process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    await process.communicate()
    async with http.open_session() as session:
        provider = SimulatedSms(Surroundings(office.url, tmp_path, {}, session, lambda: NOW))
        taken = {item.order_id for item in sent(tmp_path, limit=2000)}
        assert len(taken) >= 20
        assert taken <= provider.store.handovers().keys()
        await provider.wake()
        await office.wait_for(len(taken))
        await asyncio.sleep(0.3)
        await provider.close()
        receipts = read(provider, office)
    assert sorted(str(receipt.order_id) for receipt in receipts) == sorted(taken)


async def test_two_processes_call_each_receipt_once(
    sms: SimulatedSms, surroundings: Surroundings, office: Office
) -> None:
    other = SimulatedSms(surroundings)
    for n in range(60):
        await sms.send(replace(ORDER, order_id=f"sms-{n}"))
    await asyncio.gather(sms.wake(), other.wake())
    await office.wait_for(60)
    await asyncio.sleep(0.3)
    await asyncio.gather(sms.close(), other.close())
    assert len(office.calls) == 60
    assert len({body for _, body in office.calls}) == 60


async def test_web_and_worker_share_key_and_memory(tmp_path: Path, office: Office) -> None:
    opened = [
        await open_roster(
            sms=["simulator"],
            fax=["simulator"],
            callback_root=office.url.removesuffix("/simulator"),
            directory=tmp_path,
            secrets={},
            now=lambda: NOW,
        )
        for _ in range(2)
    ]
    web_roster, worker_roster = opened
    control(tmp_path / "simulator")
    answer = await worker_roster.sms[0].send(ORDER)
    assert isinstance(answer, Accepted)
    await worker_roster.wake()
    await office.wait_for(1)
    reader = web_roster.for_callback("simulator")
    assert reader is not None
    headers, body = office.calls[0]
    assert len(reader.parse_callback(headers, body, office.url)) == 1
    found = await web_roster.sms[0].look_up(ORDER, None, NOW)
    assert found == Found(Status.DELIVERED, answer.reference, 1)
    for roster in opened:
        await roster.close()
