"""Money on both databases: matched or confirmed, too little, too much, twice, too late."""

from datetime import timedelta
from itertools import count

import pytest
from tortoise.exceptions import IntegrityError

from server.core import clock, db
from server.core.web import Conflict, Invalid, NotFound
from server.payments import (
    charging,
    matching,
    proof,
    reading,
    refunding,
    service,
    statements,
    undoing,
)
from server.payments.models import Deposit
from server.payments.rules import State
from tests.server.payments.conftest import MONDAY, Till

HEADER = "거래일시,입금액,보낸분,메모\n"
GIVEN = {"when": "0", "won": "1", "payer": "2", "memo": "3"}
numbers = count(1)


async def bring(till: Till, *lines: str, encoding: str = "cp949") -> statements.Booked:
    """Uploads and books a bank's file with these lines."""
    data = (HEADER + "".join(f"{line}\n" for line in lines)).encode(encoding)
    return await statements.book(await statements.upload(data, till.cashier), GIVEN, till.cashier)


async def charged(till: Till, won: int = 1000) -> service.Charge:
    number = next(numbers)
    return await service.charge(
        f"complaint:{number}", till.resident, won, label=f"2611-{number:06}-0", page="/complaints/x"
    )


async def now(charge: service.Charge) -> service.Charge:
    found = await service.charge_of(charge.subject)
    assert found is not None
    assert await proof.check() == []
    return found


async def test_a_deposit_with_the_reference_confirms(till: Till) -> None:
    charge = await charged(till)
    assert await service.charge(charge.subject, till.resident, 1000) == charge
    with pytest.raises(ValueError, match="already"):
        await service.charge(charge.subject, till.resident, 900)
    done = await bring(till, f"2026-11-23 10:05,1000,김영희 {charge.shown.lower()},")
    assert (done.new, done.matched, done.known) == (1, 1, 0)
    paid = await now(charge)
    assert (paid.state, paid.to_pay, paid.ended_at) == (State.CONFIRMED, 0, MONDAY)
    assert await till.news() == [
        ("payment.confirmed", {"subject": charge.subject, "charge": charge.id})
    ]


async def test_the_same_rows_count_once_in_whatever_file_they_come(till: Till) -> None:
    charge = await charged(till)
    row = f"2026-11-23 10:05,500,{charge.reference},"
    assert (await bring(till, row)).new == 1
    assert (await bring(till, row, encoding="utf-8")).known == 1
    again = await bring(till, "2026-11-23 09:00,700,박철수,", row, row)
    assert (again.new, again.known) == (2, 1)
    assert (await now(charge)).state is State.CONFIRMED
    assert await Deposit.all().count() == 3


async def test_too_little_is_asked_for_and_too_much_is_due_back(till: Till) -> None:
    charge = await charged(till)
    await bring(till, f"2026-11-23 10:05,400,{charge.reference},")
    short = ("payment.short", {"subject": charge.subject, "charge": charge.id})
    assert ((await now(charge)).to_pay, await till.news()) == (600, [short])
    await bring(till, f"2026-11-23 10:06,900,{charge.reference},")
    assert (await now(charge)).state is State.CONFIRMED
    (left,) = (await reading.desk(till.clerk)).left
    assert (left.left_won, left.matched) == (300, True)
    await refunding.ask(left.id, "우리은행 1002-123-456789 김영희", till.cashier)
    assert (await reading.desk(till.clerk)).left == []
    (back,) = (await reading.desk(till.clerk)).refunds
    with pytest.raises(Conflict, match="two_persons"):
        await refunding.decide(back.id, True, till.cashier)
    await refunding.decide(back.id, False, till.clerk)
    await refunding.ask(left.id, "우리은행 1002-123-456789 김영희", till.clerk)
    (back,) = (await reading.desk(till.clerk)).refunds
    assert back.mine
    await refunding.decide(back.id, True, till.cashier)
    with pytest.raises(Conflict, match="decided"):
        await refunding.decide(back.id, True, till.cashier)
    assert await proof.check() == []


async def test_money_that_names_nothing_waits_for_somebody(till: Till) -> None:
    charge, other = await charged(till), await charged(till, 700)
    both = f"{charge.reference} {other.reference}"
    await bring(till, "2026-11-23 10:05,1000,김영희,", f"2026-11-23 10:06,700,박철수,{both}")
    first, second = (await reading.desk(till.clerk)).left
    assert ([one.id for one in first.same_sum], first.matched) == ([charge.id], False)
    with pytest.raises(Invalid):
        await matching.assign(first.id, "ABCDEFG", till.clerk)
    await matching.assign(first.id, charge.shown, till.clerk)
    with pytest.raises(Conflict):
        await matching.assign(second.id, charge.shown, till.clerk)
    await matching.assign(second.id, other.shown, till.clerk)
    assert [(await now(one)).state for one in (charge, other)] == [State.CONFIRMED] * 2
    with pytest.raises(NotFound):
        await matching.assign(9999, other.shown, till.clerk)


async def test_what_was_seen_on_the_account_is_not_counted_again_from_the_file(till: Till) -> None:
    charge, other = await charged(till), await charged(till)
    await matching.take(charge.shown, 1000, "김 영희", till.clerk, on_account=True)
    await matching.take(other.shown, 1000, "김영희", till.clerk)
    done = await bring(till, "2026-11-23 09:55,1000,김영희,")
    assert (done.new, done.known) == (0, 1)
    assert (await bring(till, "2026-11-23 09:55,1000,김영희,")).known == 1
    # The second one was paid at the counter: another transfer is other money.
    assert (await bring(till, "2026-11-23 09:57,1000,김영희,")).new == 1
    assert (await now(charge)).state is (await now(other)).state is State.CONFIRMED


async def test_who_does_not_pay_in_time_lapses_and_gets_back_what_came(till: Till) -> None:
    charge, kept = await charged(till), await charged(till)
    assert charge.pay_by.isoformat() == "2026-11-30"
    await bring(till, f"2026-11-23 10:05,400,{charge.reference},")
    await bring(till, f"2026-11-23 10:06,1000,{kept.reference},")
    with clock.use(charge.lapse_at - timedelta(seconds=1)):
        assert await charging.lapse_unpaid() == 0
    with clock.use(charge.lapse_at):
        assert await charging.lapse_unpaid() == 1
        assert await charging.lapse_unpaid() == 0
        assert ((await now(charge)).state, (await now(charge)).paid_won) == (State.LAPSED, 0)
        assert (await till.news())[-1] == (
            "payment.lapsed",
            {"subject": charge.subject, "charge": charge.id},
        )
        await bring(till, f"2026-12-02 10:05,1000,{charge.reference},")
    lefts = (await reading.desk(till.clerk)).left
    assert [(one.left_won, one.matched) for one in lefts] == [(400, True), (1000, False)]
    assert (await now(kept)).state is State.CONFIRMED


async def test_a_wrong_match_is_undone_and_matched_anew(till: Till) -> None:
    wrong, right = await charged(till), await charged(till)
    await bring(till, f"2026-11-23 10:05,1000,{wrong.reference},")
    (part,) = (await undoing.parts(wrong.reference))[1]
    with pytest.raises(Invalid):
        await undoing.undo(wrong.reference, part.deposit_id, " ", till.cashier)
    with pytest.raises(Conflict):
        await undoing.undo(right.reference, part.deposit_id, "남의 돈", till.cashier)
    await undoing.undo(wrong.reference, part.deposit_id, "남의 돈", till.cashier)
    again = await now(wrong)
    assert (again.state, again.to_pay, again.ended_at) == (State.AWAITING, 1000, None)
    assert ("payment.undone", {"subject": wrong.subject, "charge": wrong.id}) in await till.news()
    assert (await undoing.parts(wrong.reference))[1] == []
    with pytest.raises(Conflict):
        await undoing.undo(wrong.reference, part.deposit_id, "남의 돈", till.cashier)
    await matching.assign(part.deposit_id, right.shown, till.cashier)
    assert (await now(right)).state is State.CONFIRMED
    with clock.use(MONDAY + timedelta(hours=1)):
        await matching.take(wrong.reference, 1000, "김영희", till.cashier)
    assert (await now(wrong)).state is State.CONFIRMED


async def test_what_is_withdrawn_need_not_be_paid(till: Till) -> None:
    charge = await charged(till)
    await service.cancel(charge.subject)
    await service.cancel("complaint:0")
    assert (await now(charge)).state is State.CANCELLED
    with pytest.raises(Conflict):
        await matching.take(charge.shown, 1000, "김영희", till.clerk)
    assert await Deposit.all().count() == 0
    paid = await charged(till)
    await bring(till, f"2026-11-23 10:05,1000,{paid.reference},")
    await service.cancel(paid.subject)
    assert ((await now(paid)).state, (await now(paid)).paid_won) == (State.CANCELLED, 0)
    assert [one.left_won for one in (await reading.desk(till.clerk)).left] == [1000]


FALSE = (
    "UPDATE payment_movement SET won = won + 1",
    "DELETE FROM payment_movement",
    "UPDATE payment_deposit SET won = won + 1",
    "DELETE FROM payment_deposit",
    "UPDATE payment_deposit SET left_won = -1",
    "UPDATE payment_charge SET paid_won = won + 1",
    "UPDATE payment_charge SET state = 'confirmed', ended_at = made_at",
    "UPDATE payment_refund SET state = 'paid', decided_by_id = asked_by_id, decided_at = asked_at",
)


async def test_the_database_itself_refuses_false_sums(till: Till) -> None:
    charge = await charged(till)
    await bring(till, f"2026-11-23 10:05,400,{charge.reference},", "2026-11-23 10:06,5,박철수,")
    left = (await reading.desk(till.clerk)).left
    await refunding.ask(left[0].id, "우리은행 1", till.clerk)
    for statement in FALSE:
        with pytest.raises(IntegrityError):
            await db.execute(statement, [])
    assert await proof.check() == []


async def test_who_paid_is_sealed(till: Till) -> None:
    await bring(till, "2026-11-23 10:05,400,김영희,고맙습니다")
    (row,) = await db.fetch("SELECT payer, memo FROM payment_deposit", [])
    for value in row.values():
        assert "김영희".encode() not in bytes(value)
        assert "고맙".encode() not in bytes(value)
