"""Sender numbers, one-time codes, opting out and the switch, in the database itself."""

import asyncio
import json
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from gateways.encode import numbers
from server.core import crypto, db, rekey
from server.core.web import Conflict, Invalid, Problem
from server.fairuse import codes, leaving, senders, stopping, suppressing
from server.fairuse import service as fairuse
from server.fairuse.models import Code, SenderNumber, Stop, Suppression

# What has no SQL of its own need not be asked of both databases.
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

NUMBER = "010-1234-5678"
DISTRICT = "02-2670-3114"


async def code_of(code_id: Any) -> tuple[str, str]:
    """The number that a code goes to, and the code itself."""
    rows = await db.fetch("SELECT payload FROM outbox_job WHERE topic = 'fairuse.code'")
    (payload,) = [
        found for found in (json.loads(row["payload"]) for row in rows)
        if found["order"] == str(code_id)
    ]  # fmt: skip
    letter = json.loads(crypto.unseal(bytes.fromhex(payload["letter"]), codes.CODE))
    digits = "".join(each for each in letter["text"].split("번호 ")[-1][:6] if each.isdigit())
    return letter["to"], digits


async def why_not(account_id: int | None, sender: str, number: str, **more: bool) -> str | None:
    """What keeps a message back in the moment it is to leave."""
    (why,) = await leaving.hindrances([leaving.Leaving(account_id, sender, number, **more)])
    return why


async def proven(account_id: int, number: str = NUMBER) -> None:
    code_id = await senders.ask(account_id, number)
    _, code = await code_of(code_id)
    await senders.prove(account_id, code)


async def test_a_number_is_proven_registered_and_then_the_sender(office: list[int]) -> None:
    kim, clerk, *_ = office
    await proven(kim)
    assert (await senders.sender_of(kim, "sms")).number == DISTRICT  # not registered yet
    (waiting,) = await senders.waiting()
    await senders.register(waiting.id, clerk)
    own = await senders.sender_of(kim, "sms")
    assert (own.number, own.own) == (NUMBER, True)
    assert (await senders.sender_of(kim, "fax")).number == "02-2670-3600"
    await senders.choose(kim, own=False)
    assert (await senders.sender_of(kim, "sms")).number == DISTRICT
    with pytest.raises(Conflict):
        await senders.register(waiting.id, clerk)


@on_sqlite
async def test_whoever_proves_a_number_last_has_it(office: list[int]) -> None:
    kim, lee, clerk, *_ = office
    await proven(kim)
    await senders.register((await senders.waiting())[0].id, clerk)
    await proven(lee)
    assert await senders.of_account(kim) is None
    assert (await senders.sender_of(kim, "sms")).number == DISTRICT
    assert await why_not(kim, NUMBER, "01099998888") == "sender_gone"
    assert await SenderNumber.filter(number=None).count() == 1


@on_sqlite
async def test_nobody_takes_the_district_s_number_or_one_that_gets_no_code(
    office: list[int],
) -> None:
    kim, clerk, *_ = office
    for number in ("02-2670-3114", "080-123-4567"):
        with pytest.raises(Invalid):
            await senders.ask(kim, number)
    with pytest.raises(Invalid):
        await senders._proven_at_desk(clerk, kim, "0226703114", None)


@on_sqlite
async def test_a_refused_number_is_forgotten_and_its_owner_reads_why(office: list[int]) -> None:
    kim, clerk, *_ = office
    await proven(kim)
    (waiting,) = await senders.waiting()
    with pytest.raises(Invalid):
        await senders.refuse(waiting.id, "  ", clerk)
    await senders.refuse(waiting.id, "명의가 다릅니다.", clerk)
    found = await senders.of_account(kim)
    assert found is not None
    assert (found.state, found.number, found.reason) == ("refused", "", "명의가 다릅니다.")
    rows = await db.fetch("SELECT payload FROM outbox_job WHERE topic = 'fairuse.sender_decided'")
    assert [json.loads(row["payload"])["state"] for row in rows] == ["refused"]
    await proven(kim)  # and tries again
    await senders.forget_account(kim)
    assert await SenderNumber.filter(number__isnull=False).count() == 0


async def test_codes_have_few_tries_and_are_used_once(office: list[int]) -> None:
    kim, lee, *_ = office
    code_id = await senders.ask(kim, NUMBER)
    to, code = await code_of(code_id)
    assert to == "01012345678"
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for left in (4, 3, 2, 1):
        with pytest.raises(Invalid) as refused:
            await senders.prove(kim, wrong)
        assert refused.value.params == {"left": left}
    with pytest.raises(Problem):
        await codes.matched(code_id, code, lee)  # somebody else's
    with pytest.raises(Invalid) as refused:
        await senders.prove(kim, wrong)
    assert refused.value.code == "fairuse.code_over"
    with pytest.raises(Invalid):
        await senders.prove(kim, code)
    raw = await db.fetch("SELECT * FROM fairuse_code")
    assert b"12345678" not in bytes(raw[0]["number"])
    assert code.encode() not in bytes(raw[0]["code_hash"])


async def test_one_number_gets_so_many_codes_a_day_whoever_asks(office: list[int]) -> None:
    number = numbers.parse(NUMBER)
    asked = [codes.issue("opt_out", number) for _ in range(8)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Problem)]
    assert [each.status for each in refused] == [429] * 3
    assert await Code.all().count() == 5


async def test_who_opts_out_is_known_by_a_keyed_hash_only(office: list[int]) -> None:
    clerk = office[0]
    many = [f"0101234{number:04}" for number in range(1_100)]
    assert await fairuse.suppressed(many) == set()
    answers = await asyncio.gather(*(suppressing.opted_out(NUMBER, "page") for _ in range(4)))
    assert sorted(answers) == [False, False, False, True]
    await suppressing.opted_out("+82 10-1234-0007", "keyword")
    assert await fairuse.suppressed(many) == {"01012340007"}
    assert await fairuse.suppressed(["01012345678"]) == {"01012345678"}
    for row in await db.fetch("SELECT * FROM fairuse_suppression"):
        assert "1234" not in str({**row, "number_hash": "", "at": ""})
    assert await why_not(clerk, DISTRICT, "01012345678") == "opted_out"
    notice = await why_not(None, DISTRICT, "01012345678", heeds_opt_out=False)
    assert notice is None

    found = await suppressing.looked_up("010 1234 5678", clerk)
    assert found is not None
    with pytest.raises(Invalid):
        await suppressing.remove(found.id, "", clerk)
    await suppressing.remove(found.id, "본인이 전화로 원함", clerk)
    with pytest.raises(Conflict):
        await suppressing.remove(found.id, "다시", clerk)
    assert await fairuse.suppressed(["01012345678"]) == set()
    assert await suppressing.opted_out(NUMBER, "desk", clerk)
    assert await Suppression.all().count() == 3


@on_sqlite
async def test_only_a_code_opts_out_and_in_again(office: list[int]) -> None:
    for purpose, refuses in (("opt_out", True), ("opt_in", False)):
        code_id = await codes.issue(purpose, numbers.parse(NUMBER))
        _, code = await code_of(code_id)
        with pytest.raises(Invalid):
            await suppressing.decide_by_code(code_id, "000000" if code != "000000" else "1")
        assert await suppressing.decide_by_code(code_id, f" {code[:3]} {code[3:]}") == purpose
        assert bool(await fairuse.suppressed(["01012345678"])) is refuses
        with pytest.raises(Conflict):
            await suppressing.decide_by_code(code_id, code)


@on_sqlite
async def test_a_code_for_a_sender_opts_nobody_out(office: list[int]) -> None:
    code_id = await senders.ask(office[0], NUMBER)
    _, code = await code_of(code_id)
    with pytest.raises(Problem):
        await suppressing.decide_by_code(code_id, code)
    assert await Suppression.all().count() == 0


async def test_one_switch_stops_and_starts_and_is_thrown_once(office: list[int]) -> None:
    clerk = office[0]
    answers = await asyncio.gather(
        *(stopping.stop("통신사 장애", clerk) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    assert await why_not(None, DISTRICT, "01012345678") == "stopped"
    with pytest.raises(Problem) as refused:
        await fairuse.must_be_sending()
    assert refused.value.status == 503
    with pytest.raises(Problem):
        await codes.issue("opt_out", numbers.parse(NUMBER))
    assert (await stopping.notice()) is not None
    assert await stopping.resume(clerk)
    assert not await stopping.resume(clerk)
    assert await stopping.notice() is None
    await fairuse.must_be_sending()
    with pytest.raises(Invalid):
        await stopping.stop("  ", clerk)
    acts = await db.fetch("SELECT action FROM audit_entry WHERE action LIKE 'fairuse.%'")
    assert [row["action"] for row in acts] == ["fairuse.stopped", "fairuse.resumed"]
    assert await Stop.all().count() == 1


async def test_the_database_keeps_the_rules_itself(office: list[int]) -> None:
    kim, lee, *_ = office
    await proven(kim)
    broken = (
        "INSERT INTO fairuse_count (subject, period, units, most) VALUES ('x', 'y', 3, 2)",
        "UPDATE fairuse_sender SET state = 'registered'",
        "UPDATE fairuse_sender SET number = NULL",
        "UPDATE fairuse_sender SET proof = 'desk'",
        "UPDATE fairuse_code SET purpose = 'opt_out'",
        "INSERT INTO fairuse_stop (what, reason, stopped_at) VALUES ('all', '', '2026-11-23')",
    )
    for statement in broken:
        with pytest.raises(IntegrityError):
            await db.execute(statement)
    with pytest.raises(IntegrityError):
        await SenderNumber.create(
            account_id=lee, number=NUMBER, proof="code", state="proven",
            proven_at="2026-11-23T00:00:00+00:00",
        )  # fmt: skip
    assert {field.context for _, field in rekey.sealed_columns()} >= {
        "fairuse_sender.number",
        "fairuse_code.number",
    }
