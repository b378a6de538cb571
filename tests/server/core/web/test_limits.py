"""How often one client may ask, and who a client is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.config import ConfigError
from server.core.web.clients import Proxies
from server.core.web.limits import Limit, RateLimits, Windows
from server.core.web.problems import TooMany


class Clock:
    """Seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_one_too_many_waits_until_it_fits() -> None:
    clock = Clock()
    clock.now = 30.0
    windows, limit = Windows(clock), Limit(3, "minute")
    assert [await windows.spend(limit, "r", "c") for _ in range(3)] == [0, 0, 0]
    wait = await windows.spend(limit, "r", "c")
    assert wait > 0
    clock.now += wait + 0.001
    assert await windows.spend(limit, "r", "c") == 0


async def test_routes_and_clients_count_apart() -> None:
    windows, limit = Windows(Clock()), Limit(1, "day")
    assert await windows.spend(limit, "r", "a") == 0
    assert await windows.spend(limit, "r", "b") == 0
    assert await windows.spend(limit, "s", "a") == 0
    assert await windows.spend(limit, "r", "a") > 0


@given(st.lists(st.floats(0.01, 40), min_size=5, max_size=60), st.integers(1, 6))
async def test_never_twice_the_limit_in_any_span(steps: list[float], times: int) -> None:
    clock = Clock()
    windows, limit = Windows(clock), Limit(times, "minute")
    taken: list[float] = []
    for step in steps:
        clock.now += step
        wait = await windows.spend(limit, "r", "c")
        if wait == 0:
            taken.append(clock.now)
        else:
            clock.now += wait + 1e-6
            assert await windows.spend(limit, "r", "c") == 0, "the wait that was told is enough"
            taken.append(clock.now)
    for moment in taken:
        assert sum(moment <= other < moment + 60 for other in taken) <= 2 * times


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.core.web.limits.CLIENTS_MAX", 10)
    clock = Clock()
    windows = Windows(clock)
    for number in range(10):
        await windows.spend(Limit(1, "second"), "r", str(number))
    clock.now += 10
    await windows.spend(Limit(1, "second"), "r", "late")
    assert len(windows._windows) == 1


async def test_off_counts_nothing_and_memory_raises() -> None:
    off, memory = RateLimits("off"), RateLimits(None)
    for _ in range(5):
        await off.spend(Limit(1, "day"), "r", "c")
    await memory.spend(Limit(1, "day"), "r", "c")
    with pytest.raises(TooMany) as refused:
        await memory.spend(Limit(1, "day"), "r", "c")
    assert 0 < refused.value.wait <= 2 * 86_401


class Shared:
    """Valkey as `limits` sees it: counts that two processes share, or nobody there."""

    def __init__(self) -> None:
        from limits.aio.storage import MemoryStorage

        self.asked = 0
        self.down = False
        self.memory = MemoryStorage()

    def __call__(self, *_: object, **__: object) -> Any:
        from limits.errors import StorageError

        real = self.memory.acquire_sliding_window_entry

        async def acquire(*args: Any, **more: Any) -> bool:
            self.asked += 1
            if self.down:
                raise StorageError(OSError("connection refused"))
            return await real(*args, **more)

        self.memory.acquire_sliding_window_entry = acquire  # type: ignore[method-assign]
        return self.memory


async def test_several_processes_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limits.storage.storage_from_string", Shared())
    one, other = RateLimits("valkey://here"), RateLimits("valkey://here")
    await one.spend(Limit(2, "minute"), "r", "c")
    await other.spend(Limit(2, "minute"), "r", "c")
    with pytest.raises(TooMany):
        await one.spend(Limit(2, "minute"), "r", "c")


async def test_without_valkey_each_counts_alone_and_nobody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = Shared()
    shared.down = True
    monkeypatch.setattr("limits.storage.storage_from_string", shared)
    alone = RateLimits("valkey://here")
    for _ in range(2):
        await alone.spend(Limit(2, "hour"), "r", "c")
    with pytest.raises(TooMany):
        await alone.spend(Limit(2, "hour"), "r", "c")
    assert shared.asked == 1


def test_an_address_that_cannot_be_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="MADANG_LIMITS_URL"):
        RateLimits("nonsense://here")


@pytest.mark.parametrize("bad", [(0, "minute"), (1, "week")])
def test_not_a_limit(bad: tuple[int, str]) -> None:
    with pytest.raises(ValueError, match="not a limit"):
        Limit(*bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("trusted", "address", "forwarded", "client"),
    [
        ((), "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (("10.0.0.0/8",), "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (("10.0.0.0/8",), "10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        (("10.0.0.0/8",), "10.0.0.1", "198.51.100.1, 10.9.9.9", "198.51.100.1"),
        (("10.0.0.0/8",), "10.0.0.1", "", "10.0.0.1"),
        (("10.0.0.0/8",), "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (("10.0.0.0/8",), "10.0.0.1", "<script>", "10.0.0.1"),
        ((), "2001:db8:1:2:3::1", "", "2001:db8:1:2::/64"),
        ((), "::ffff:203.0.113.9", "", "203.0.113.9"),
    ],
)
def test_who_a_client_is(
    trusted: tuple[str, ...], address: str, forwarded: str, client: str
) -> None:
    scope = {"client": (address, 1), "headers": [(b"X-Forwarded-For", forwarded.encode())]}
    assert Proxies(trusted).of_scope(scope) == client
