"""The ledger against a plain model: thousands of random acts, on each database (Y15-3, Y15-4)."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from server.core import clock
from server.mileage import service as mileage
from tests.conftest import POSTGRES_PROVED
from tests.server.mileage.ground import new_account, new_person, opened

STEPS = 100
RUNS = 25
START = datetime.fromisoformat("2026-11-23T09:00+09:00")

amounts = st.integers(1, 40).map(lambda units: units * 30)
names = st.sampled_from("abcdefgh")


class Ground:
    """The database under all runs of one test, and how many steps were taken on it."""

    loop: asyncio.AbstractEventLoop
    day = 0
    steps = 0


class Model:
    """What the ledger should say, in the plainest words."""

    def __init__(self) -> None:
        self.available: dict[int, int] = {}
        self.given: set[tuple[int, str]] = set()
        self.holds: dict[str, tuple[int, int]] = {}  # key -> person, points
        self.open: dict[str, int] = {}
        self.parts: dict[str, int] = {}

    def held(self, person: int) -> int:
        return sum(left for key, left in self.open.items() if self.holds[key][0] == person)


class LedgerMachine(RuleBasedStateMachine):
    """Residents earn, order, get and lose messages, and say everything more than once."""

    persons = Bundle("persons")
    holds = Bundle("holds")

    def do[T](self, act: Coroutine[Any, Any, T]) -> T:
        return Ground.loop.run_until_complete(act)

    @initialize(target=persons, points=st.lists(amounts, min_size=3, max_size=3))
    def begin(self, points: list[int]) -> Any:
        self.model = Model()
        self.orders = 0
        Ground.day += 1
        persons = []
        for amount in points:
            person = self.do(new_person(amount))
            self.model.available[person] = amount
            persons.append(person)
        return multiple(*persons)

    @rule(person=persons, award=st.sampled_from(["join", "existing"]))
    def becomes_a_member(self, person: int, award: str) -> None:
        given = self.do(mileage.award(person, award))
        assert given == self.expected(person, "member", 500)

    @rule(person=persons, survey=names)
    def answers_a_survey(self, person: int, survey: str) -> None:
        given = self.do(mileage.award(person, "survey", survey))
        assert given == self.expected(person, f"survey {survey}", 200)

    @rule(person=persons, hours=st.integers(0, 30))
    def opens_a_page(self, person: int, hours: int) -> None:
        moment = START + timedelta(hours=hours)
        with clock.use(moment):
            given = self.do(mileage.first_page_of_day(person))
        assert given == self.expected(person, f"day {moment.date()}", 30)

    @rule(person=persons, times=st.integers(1, 2))
    def leaves_and_joins_anew(self, person: int, times: int) -> None:
        account = self.do(new_account())
        for _ in range(times):
            self.do(mileage.award_waiting(account, "join"))
        given = self.do(mileage.verified(account, person))
        assert given == self.expected(person, "member", 500)
        assert self.do(mileage.waiting(account)) == []

    def expected(self, person: int, award: str, points: int) -> int:
        if (person, award) in self.model.given:
            return 0
        self.model.given.add((person, award))
        self.model.available[person] += points
        return points

    @rule(target=holds, person=persons, points=amounts)
    def orders_something(self, person: int, points: int) -> Any:
        self.orders += 1
        key = f"{person}:{self.orders}"
        free = self.model.available[person]
        order = mileage.hold(person, points, points // 30 * 20, key, units=points // 30)
        if points > free:
            with pytest.raises(mileage.TooFewPoints) as refused:
                self.do(order)
            assert refused.value.missing == points - free
            return multiple()
        self.do(order)
        self.model.available[person] -= points
        self.model.holds[key] = (person, points)
        self.model.open[key] = points
        return key

    @rule(key=holds)
    def says_the_order_again(self, key: str) -> None:
        person, points = self.model.holds[key]
        self.do(mileage.hold(person, points, points // 30 * 20, key, units=points // 30))

    @rule(key=holds, person=persons, more=amounts)
    def uses_the_key_for_something_else(self, key: str, person: int, more: int) -> None:
        points = self.model.holds[key][1] + more
        with pytest.raises(mileage.LedgerError):
            self.do(mileage.hold(person, points, 0, key))

    @rule(key=holds, part=names, points=amounts, act=st.sampled_from(["capture", "release"]))
    def hears_of_a_part(self, key: str, part: str, points: int, act: str) -> None:
        said = self.model.parts.get(f"{key}:{act}:{part}")
        news = self.part_of(act, key, points, part)
        if said is None and points <= self.model.open[key]:
            self.do(news)
            self.model.parts[f"{key}:{act}:{part}"] = points
            self.moved(key, points, back=act == "release")
        elif said == points:
            self.do(news)
        else:
            with pytest.raises(mileage.LedgerError):
                self.do(news)

    def part_of(self, act: str, key: str, points: int, part: str) -> Coroutine[Any, Any, Any]:
        tell = mileage.capture if act == "capture" else mileage.release
        return tell(key, points, points // 30 * 20, part=part)

    @rule(key=holds)
    def hears_that_the_rest_failed(self, key: str) -> None:
        rest = self.model.open[key]
        self.model.parts.setdefault(f"{key}:release:rest", rest)
        if rest and self.model.parts[f"{key}:release:rest"] == rest:
            assert self.do(mileage.release(key, part="rest")) == rest
            self.moved(key, rest, back=True)
        assert self.model.open[key] or self.do(mileage.release(key, part="rest")) == 0

    def moved(self, key: str, points: int, *, back: bool) -> None:
        self.model.open[key] -= points
        if back:
            self.model.available[self.model.holds[key][0]] += points

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        Ground.steps += 1
        for person, available in self.model.available.items():
            balance = self.do(mileage.balance(person))
            assert balance == mileage.Balance(available, self.model.held(person))
            assert available >= 0

    def teardown(self) -> None:
        for person, available in getattr(self, "model", Model()).available.items():
            newest = self.do(mileage.statement(person, limit=1))
            assert not newest or newest[0].after == available


@pytest.fixture
def ground(request: pytest.FixtureRequest, database: str) -> Iterator[type[Ground]]:
    """One database and one loop for all runs."""
    made = request.getfixturevalue("settings")
    with asyncio.Runner() as runner:
        Ground.loop, Ground.steps = runner.get_loop(), 0
        stack = AsyncExitStack()
        with clock.use(START):
            runner.run(stack.enter_async_context(opened(made)))
            yield Ground
            runner.run(stack.aclose())


@POSTGRES_PROVED
def test_no_order_of_acts_breaks_the_ledger(ground: type[Ground]) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        LedgerMachine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    report = ground.loop.run_until_complete(mileage.check())
    assert report.ok, str(report)
    assert report.totals["points held"] >= 0
    assert ground.steps >= 2_000, ground.steps
