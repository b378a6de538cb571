"""The till against a plain model: random transfers, files, hands and time; every won is found."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from server.core import clock, db
from server.core.web import Problem
from server.payments import charging, matching, proof, reading, refunding, service, statements
from server.payments.rules import State
from tests.server.payments.conftest import MONDAY, Till, furnished

RUNS = 6
STEPS = 30
amounts = st.integers(1, 12).map(lambda number: number * 100)
GIVEN = {"when": "0", "won": "1", "payer": "2"}


class Ground:
    """The database under all runs of one test, its people and how much has ever come in."""

    loop: asyncio.AbstractEventLoop
    till: Till
    made = 0
    came = 0


class TillMachine(RuleBasedStateMachine):
    """Payers pay what they like; officials match, refund and refuse; some never pay."""

    charges = Bundle("charges")
    lines = Bundle("lines")

    def do[T](self, act: Coroutine[Any, Any, T]) -> T:
        return Ground.loop.run_until_complete(act)

    def attempt(self, act: Coroutine[Any, Any, Any]) -> None:
        """An act that may be refused with a word for the reader, never otherwise."""
        with suppress(Problem):
            self.do(act)

    @initialize()
    def begin(self) -> None:
        self.file: list[str] = []
        self.booked: set[str] = set()

    @rule(target=charges, won=amounts)
    def is_charged(self, won: int) -> service.Charge:
        Ground.made += 1
        return self.do(service.charge(f"complaint:{Ground.made}", Ground.till.resident, won))

    @rule(target=lines, charge=charges, won=amounts, named=st.booleans())
    def transfers(self, charge: service.Charge, won: int, named: bool) -> str:
        Ground.made += 1
        minute, second = divmod(Ground.made % 3600, 60)
        words = charge.shown if named else f"김{Ground.made}"
        line = f"2026-11-23 10:{minute:02}:{second:02},{won},{words} {Ground.made}"
        self.file.append(line)
        return line

    @rule(line=lines)
    def stands_in_the_next_file_again(self, line: str) -> None:
        if line not in self.file:
            self.file.append(line)

    @rule()
    def brings_the_banks_file(self) -> None:
        if self.file:
            text = "거래일시,입금액,보낸분\n" + "\n".join(self.file)
            number = self.do(statements.upload(text.encode(), Ground.till.cashier))
            done = self.do(statements.book(number, GIVEN, Ground.till.cashier))
            fresh = [line for line in self.file if line not in self.booked]
            assert (done.new, done.known) == (len(fresh), len(self.file) - len(fresh))
            Ground.came += sum(int(line.split(",")[1]) for line in fresh)
            self.booked.update(fresh)
            self.file = []

    @rule(charge=charges, won=amounts)
    def pays_at_the_counter(self, charge: service.Charge, won: int) -> None:
        async def take() -> None:
            await matching.take(charge.reference, won, "김영희", Ground.till.clerk)
            Ground.came += won

        self.attempt(take())

    @rule(charge=charges, at=st.integers(0, 5))
    def is_matched_by_hand(self, charge: service.Charge, at: int) -> None:
        left = self.do(reading.desk(Ground.till.clerk)).left
        if left:
            deposit = left[at % len(left)].id
            self.attempt(matching.assign(deposit, charge.reference, Ground.till.clerk))

    @rule(at=st.integers(0, 5))
    def a_refund_is_asked(self, at: int) -> None:
        left = self.do(reading.desk(Ground.till.clerk)).left
        if left:
            self.attempt(refunding.ask(left[at % len(left)].id, "우리은행 1", Ground.till.clerk))

    @rule(at=st.integers(0, 5), paid=st.booleans(), same=st.booleans())
    def a_refund_is_decided(self, at: int, paid: bool, same: bool) -> None:
        refunds = self.do(reading.desk(Ground.till.clerk)).refunds
        if refunds:
            who = Ground.till.clerk if same else Ground.till.cashier
            self.attempt(refunding.decide(refunds[at % len(refunds)].id, paid, who))

    @rule(charge=consumes(charges), withdrawn=st.booleans())
    def ends_unpaid(self, charge: service.Charge, withdrawn: bool) -> None:
        before = self.do(service.charge_of(charge.subject))
        assert before is not None
        if withdrawn:
            self.do(service.cancel(charge.subject))
        else:
            with clock.use(charge.lapse_at + timedelta(seconds=1)):
                self.do(charging.lapse_unpaid())
        after = self.do(service.charge_of(charge.subject))
        assert after is not None
        if before.state is State.AWAITING or (withdrawn and before.state is State.CONFIRMED):
            assert (after.state is State.CANCELLED) is withdrawn
            assert after.paid_won == 0
        else:
            assert after == before

    @invariant()
    def every_won_is_accounted_for(self) -> None:
        assert self.do(proof.check()) == []
        sums = "SELECT COALESCE(SUM(won), 0) AS came FROM payment_deposit"
        (row,) = self.do(db.fetch(sums, []))
        assert int(row["came"]) == Ground.came


@pytest.fixture
def ground(request: pytest.FixtureRequest, database: str) -> Iterator[type[Ground]]:
    """One database and one loop for all runs."""
    from server import config
    from server.ordinance import service as ordinance

    made = request.getfixturevalue("settings")
    with asyncio.Runner() as runner:
        Ground.loop, Ground.made, Ground.came = runner.get_loop(), 0, 0
        stack = AsyncExitStack()
        with clock.use(MONDAY):
            config.use(made)
            ordinance.use(made.profile)
            runner.run(db.init(made))
            stack.push_async_callback(db.close)
            Ground.till = runner.run(furnished())
            yield Ground
            runner.run(stack.aclose())


@pytest.mark.parametrize("engine", ["sqlite"])
def test_no_order_of_acts_loses_a_won(ground: type[Ground]) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        TillMachine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert ground.made
    assert ground.came
