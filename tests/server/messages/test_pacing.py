"""Turns of several providers: order, failover, rests, and a rate that all workers share.

The providers come from a package installed beside ours, by its entry points.
"""

import asyncio
import sys
import textwrap
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateways.contract import Accepted, Answer, Rejected, Unknown
from server.core import clock, db
from server.core.db import transactional
from server.messages import service
from server.messages.carriers import pacing
from server.messages.carriers.pacing import resting
from server.messages.carriers.pacing_models import Pace
from server.messages.models import Delivery
from tests.conftest import make_settings
from tests.server.messages.conftest import Resident

BIRDS = """
    from gateways.contract import Accepted, Capabilities, NotFound, Offer

    class Bird:
        capabilities = Capabilities(receipts=False, look_up=False)
        def __init__(self, surroundings): self.flown, self.answers = [], []
        async def send(self, order):
            self.flown.append(order.order_id)
            if self.answers: return self.answers.pop(0)
            return Accepted(f"{self.name}-{len(self.flown)}")
        async def look_up(self, order, reference, since): return NotFound()
        def parse_callback(self, headers, body, url): return []
        async def wake(self): pass
        async def close(self): pass

    class Crow(Bird): name = "crow"
    class Dove(Bird): name = "dove"
    CROW, DOVE = Offer(sms=Crow), Offer(sms=Dove)
"""


@pytest.fixture
def birds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A third party's package with two providers: nothing of it is known to the server."""
    (tmp_path / "bird_post.py").write_text(textwrap.dedent(BIRDS))
    dist = tmp_path / "bird_post-1.0.dist-info"
    dist.mkdir()
    (dist / "METADATA").write_text("Metadata-Version: 2.1\nName: bird-post\nVersion: 1.0\n")
    (dist / "entry_points.txt").write_text(
        "[madang.providers]\ncrow = bird_post:CROW\ndove = bird_post:DOVE\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("bird_post", None)


@pytest.fixture
def settings(birds: None, database: str, tmp_path: Path, keys: Path) -> Any:
    """An office that has chosen them, the crow first."""
    from server import config

    made = make_settings(tmp_path, keys, database, sms_providers=("crow", "dove"))
    config.use(made)
    return made


@pytest.mark.parametrize(
    ("answer", "troubles", "seconds"),
    [
        (Rejected("unreachable_X", permanent=False), 1, 5),
        (Rejected("unreachable_X", permanent=False), 2, 10),
        (Rejected("unreachable_X", permanent=False), 40, 300),
        (Rejected("rate_limited", permanent=False, retry_after=timedelta(seconds=60)), 1, 60),
        (Rejected("rate_limited", permanent=False, retry_after=timedelta(hours=1)), 9, 3600),
        (Rejected("rate_limited", permanent=False, retry_after=timedelta(days=1)), 1, 3600),
        (Unknown("TimeoutError"), 1, 0),
        (Unknown("TimeoutError"), 2, 0),
        (Unknown("TimeoutError"), 3, 5),
        (Unknown("TimeoutError"), 4, 10),
        (Rejected("rate_limited", permanent=False, retry_after=timedelta(seconds=9)), 0, 9),
        (Rejected("unreachable_X", permanent=False), 0, 0),
        (Unknown("TimeoutError"), 0, 0),
    ],
)
def test_how_long_a_provider_rests(answer: Answer, troubles: int, seconds: int) -> None:
    assert resting(answer, troubles) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (Accepted("x"), False),
        (Unknown("x"), True),
        (Rejected("bad_number", permanent=True), False),
        (Rejected("kannel_403", permanent=False), False),
        (Rejected("busy_kannel", permanent=False), True),
        (Rejected("auth_sinch_500", permanent=False), True),
        (Rejected("x", permanent=False, retry_after=timedelta(seconds=1)), True),
    ],
)
def test_whose_trouble_it_is(answer: Answer, trouble: bool) -> None:
    assert pacing.is_trouble(answer) is trouble


async def birds_of(app: Any) -> tuple[Any, Any]:
    from server.messages import handlers

    crow, dove = (await handlers.roster()).sms
    return crow, dove


async def pass_time(seconds: float, worker: Any) -> None:
    with clock.use(clock.now() + timedelta(seconds=seconds)):
        await worker.drain()


async def test_a_providers_package_needs_no_change_here(
    app: Any, resident: Callable[..., Awaitable[Resident]], worker: Any
) -> None:
    crow, dove = await birds_of(app)
    kim = await resident("kim")
    await kim.send("010-1234-5678\n010-1234-5679")
    await worker.drain()
    assert (len(crow.flown), dove.flown) == (2, [])
    assert await Delivery.filter(state="accepted", provider="crow", charged=1).count() == 2


async def test_what_one_refuses_the_next_carries(
    app: Any, resident: Callable[..., Awaitable[Resident]], worker: Any
) -> None:
    crow, dove = await birds_of(app)
    crow.answers = [Rejected("no_route", permanent=False)]
    kim = await resident("kim")
    await kim.send("010-1234-5678")
    await worker.drain()
    assert (len(crow.flown), dove.flown) == (1, [])
    await pass_time(6, worker)
    assert dove.flown == crow.flown
    # It was about that order: the crow is first still.
    await kim.send("010-1234-5679")
    await worker.drain()
    assert len(crow.flown) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_sender_that_one_does_not_know_may_be_known_to_the_next(
    app: Any, resident: Callable[..., Awaitable[Resident]], worker: Any
) -> None:
    crow, dove = await birds_of(app)
    unknown_sender = Rejected("sender", permanent=True, elsewhere=True)
    wrong_number = Rejected("no_such_number", permanent=True)
    kim = await resident("kim")
    for crows, doves, state, hand_overs in (
        (unknown_sender, Accepted("D"), "accepted", 2),
        (unknown_sender, unknown_sender, "failed", 2),
        (wrong_number, Accepted("D"), "failed", 1),
    ):
        crow.answers, dove.answers = [crows], [doves]
        crow.flown.clear()
        dove.flown.clear()
        await kim.send("010-1234-5678")
        await worker.drain()
        await pass_time(60, worker)
        last = await Delivery.all().order_by("-id").first()
        assert last is not None
        assert (last.state, len(crow.flown) + len(dove.flown)) == (state, hand_overs)


async def test_what_one_may_have_taken_no_other_is_given(
    app: Any, resident: Callable[..., Awaitable[Resident]], worker: Any
) -> None:
    crow, dove = await birds_of(app)
    crow.answers = [Unknown("TimeoutError")]
    kim = await resident("kim", points=530)
    await kim.send("010-1234-5678")
    await worker.drain()
    for seconds in (60, 600, 86_400):
        await pass_time(seconds, worker)
    assert (len(crow.flown), dove.flown) == (1, [])
    assert await Delivery.filter(state="unknown", provider="crow", charged=None).count() == 1
    with clock.use(clock.now() + timedelta(hours=74)):
        for _ in range(2):
            await service.overdue()
            await worker.drain()
    assert (len(crow.flown), dove.flown) == (1, [])
    assert await Delivery.filter(state="expired", charged=0).count() == 1


async def test_one_who_cannot_be_reached_rests(
    app: Any, resident: Callable[..., Awaitable[Resident]], worker: Any
) -> None:
    crow, dove = await birds_of(app)
    crow.answers = [Rejected("unreachable_X", permanent=False)]
    kim = await resident("kim")
    await kim.send("010-1234-5678")
    await worker.drain()
    await kim.send("010-1234-5679\n010-1234-5680")
    await worker.drain()
    assert (len(crow.flown), len(dove.flown)) == (1, 2)
    await pass_time(6, worker)  # the crow is awake, and the first order is the dove's
    assert (len(crow.flown), len(dove.flown)) == (1, 3)
    with clock.use(clock.now() + timedelta(seconds=7)):
        await kim.send("010-1234-5681")
        await worker.drain()
    assert len(crow.flown) == 2
    assert (await Pace.get(provider="crow")).troubles == 0


async def test_one_who_asks_for_time_gets_it_and_the_other_waits_for_nothing(
    app: Any, resident: Callable[..., Awaitable[Resident]], worker: Any
) -> None:
    crow, dove = await birds_of(app)
    later = timedelta(minutes=10)
    crow.answers = [Rejected("rate_limited", permanent=False, retry_after=later)]
    kim = await resident("kim")
    await kim.send("010-1234-5678")
    await worker.drain()
    await pass_time(6, worker)
    assert (len(crow.flown), len(dove.flown)) == (1, 1)
    with clock.use(clock.now() + timedelta(minutes=9)):
        await kim.send("010-1234-5679")
        await worker.drain()
    assert (len(crow.flown), len(dove.flown)) == (1, 2)


async def test_when_all_rest_the_order_waits(
    app: Any, resident: Callable[..., Awaitable[Resident]], worker: Any
) -> None:
    crow, dove = await birds_of(app)
    for name in ("crow", "dove"):
        await _troubled(name)
    kim = await resident("kim")
    await kim.send("010-1234-5678")
    await worker.drain()
    assert (crow.flown, dove.flown) == ([], [])
    assert await Delivery.filter(state="queued", attempts=0).count() == 1
    await pass_time(7, worker)
    assert (len(crow.flown), dove.flown) == (1, [])
    assert await Delivery.filter(state="accepted", charged=1).count() == 1


async def test_the_rate_holds_for_all_workers_together(
    app: Any, resident: Callable[..., Awaitable[Resident]], worker: Any
) -> None:
    """Forty ask at once, each in a transaction of its own: no moment is given twice, the near ones
    are given, and whoever comes too late is told when."""
    kim = await resident("kim", points=2_000)
    await kim.send("010-1234-5678")
    (delivery,) = await Delivery.all().values_list("id", flat=True)
    with clock.use(clock.now()):
        turns = await asyncio.gather(
            *(pacing.turn(delivery, ("crow",), {"crow": 10.0}) for _ in range(40))
        )
    given = sorted(turn.wait for turn in turns if turn.provider == "crow")
    assert given == [timedelta(milliseconds=100 * n) for n in range(21)]
    refused = [turn.wait for turn in turns if turn.provider is None]
    assert len(refused) == 19
    assert all(timedelta(seconds=2) < wait <= timedelta(seconds=2.2) for wait in refused)


async def test_a_rate_is_kept_while_sending(
    app: Any, resident: Callable[..., Awaitable[Resident]], worker: Any
) -> None:
    from server.messages import handlers

    roster = await handlers.roster()
    object.__setattr__(roster, "paces", {"crow": 20.0})
    crow, dove = roster.sms
    kim = await resident("kim")
    await kim.send("\n".join(f"010-1234-{5000 + n}" for n in range(10)))
    began = asyncio.get_running_loop().time()
    await worker.drain()
    took = asyncio.get_running_loop().time() - began
    assert (len(crow.flown), dove.flown) == (10, [])
    assert took >= 0.45
    assert await _rows() == 1


@pytest.mark.parametrize(
    ("answer", "troubled", "news"),
    [
        (Accepted("x"), False, False),
        (Accepted("x"), True, True),
        (Unknown("x"), False, True),
        (Rejected("rate_limited", permanent=False), False, True),
        (Rejected("bad_number", permanent=True), False, False),
        (Rejected("bad_number", permanent=True), True, False),
    ],
)
def test_which_answers_say_something_of_the_provider(
    answer: Answer, troubled: bool, news: bool
) -> None:
    assert pacing.is_news(answer, troubled=troubled) is news


class Alone:
    """An office that has chosen the crow alone."""

    @pytest.fixture
    def settings(self, birds: None, database: str, tmp_path: Path, keys: Path) -> Any:
        from server import config

        made = make_settings(tmp_path, keys, database, sms_providers=("crow",))
        config.use(made)
        return made


class TestAlone(Alone):
    """Nobody else could carry it: all orders wait together for the one who rests."""

    @pytest.mark.parametrize(
        ("answers", "asked", "later"),
        [
            ([Rejected("rate_limited", permanent=False, retry_after=timedelta(minutes=5))], 1, 310),
            ([Rejected("unreachable_X", permanent=False)], 1, 20),
            ([Unknown("TimeoutError")] * pacing.SILENCES_BORNE, pacing.SILENCES_BORNE, 20),
        ],
    )
    async def test_one_who_rests_is_given_nothing_until_then(
        self,
        app: Any,
        resident: Callable[..., Awaitable[Resident]],
        worker: Any,
        answers: list[Answer],
        asked: int,
        later: int,
    ) -> None:
        from server.messages import handlers

        (crow,) = (await handlers.roster()).sms
        crow.answers = list(answers)
        kim = await resident("kim")
        with clock.use(clock.now()):
            for number in range(asked):
                await kim.send(f"010-1234-{5000 + number}")
                await worker.drain()
            await kim.send("010-1234-6000\n010-1234-6001")
            await worker.drain()
        assert len(crow.flown) == asked
        assert await Delivery.filter(state="queued", attempts=0).count() == 2
        await pass_time(later, worker)
        refused = sum(isinstance(answer, Rejected) for answer in answers)
        assert len(crow.flown) == asked + 2 + refused
        pace = await Pace.get(provider="crow")
        assert (pace.troubles, pace.rests_until) == (0, 0)

    async def test_orders_under_way_together_make_one_trouble(
        self, app: Any, resident: Callable[..., Awaitable[Resident]], worker: Any
    ) -> None:
        from server.messages import handlers

        (crow,) = (await handlers.roster()).sms
        crow.answers = [Rejected("unreachable_X", permanent=False)] * 6
        kim = await resident("kim")
        await kim.send("\n".join(f"010-1234-{5000 + n}" for n in range(6)))
        await worker.drain()
        assert len(crow.flown) == 6
        assert (await Pace.get(provider="crow")).troubles == 1


@transactional
async def _troubled(name: str) -> None:
    await pacing.heed(name, Rejected("unreachable_X", permanent=False))


@transactional
async def _rows() -> int:
    (row,) = await db.fetch("SELECT COUNT(*) AS times FROM message_pace", [])
    return int(row["times"])
