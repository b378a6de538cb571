"""The words of the outbox: a job, what its handler may answer, a timer, and who handles what."""

from __future__ import annotations

import random
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ROOT = f"{Path(__file__).resolve().parents[2]}/"
FAILURES_MAX = 12
BACKOFF_FIRST_SECONDS = 2.0
BACKOFF_LAST_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Job:
    """One delivery. `attempt` counts from 1; `token` names this worker's lease on it."""

    id: int
    topic: str
    payload: dict[str, Any]
    attempt: int
    token: str
    handler: str = field(default="", repr=False)
    failures: int = field(default=0, repr=False)
    keyed: bool = field(default=False, repr=False)


class Retry(Exception):  # noqa: N818 - a request, not an error
    """Asks for another delivery: after a given time, or (None) with back-off as after an error."""

    def __init__(self, after: timedelta | None = None) -> None:
        super().__init__(f"again after {after}")
        self.after = after


class Dead(Exception):  # noqa: N818 - a verdict, not an error
    """There is no use in trying again; the reason (no personal data) is shown at the desk."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LeaseLostError(Exception):
    """Another worker has taken the job over: stop without acting."""


type Handler = Callable[[Job], Awaitable[None]]


@dataclass(frozen=True)
class Timer:
    """Something that one worker of all does every so often."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[object]]


class Wiring:
    """Who handles what, as app.py said at start."""

    topics: Mapping[str, tuple[str, ...]] = {}
    handlers: Mapping[str, Handler] = {}
    timers: tuple[Timer, ...] = ()


def wire(topics: Mapping[str, Sequence[Handler]]) -> None:
    """Say which handlers take each topic; called once by app.py, replaces what was wired."""
    named = {
        topic: {handler_name(handler): handler for handler in handlers}
        for topic, handlers in topics.items()
    }
    Wiring.topics = {topic: tuple(handlers) for topic, handlers in named.items()}
    Wiring.handlers = {
        name: handler for handlers in named.values() for name, handler in handlers.items()
    }


def wire_timers(timers: Sequence[Timer]) -> None:
    """Say which timers the worker runs; replaces what was wired."""
    if len({timer.name for timer in timers}) < len(timers):
        raise ValueError("two timers have the same name")
    Wiring.timers = tuple(timers)


def handler_name(handler: Handler) -> str:
    """What a handler is called in the rows: slice and function, as in `messages.send_sms`."""
    module = getattr(handler, "__module__", "").removeprefix("server.")
    return f"{module.partition('.')[0]}.{getattr(handler, '__name__', type(handler).__name__)}"


def backoff(failures: int) -> timedelta:
    """How long to wait after the n-th failure: doubled each time, spread by half either way."""
    seconds = min(BACKOFF_FIRST_SECONDS * 2 ** max(0, failures - 1), BACKOFF_LAST_SECONDS)
    return timedelta(seconds=seconds * random.uniform(0.5, 1.5))  # noqa: S311 - jitter


def describe(error: BaseException) -> str:
    """An error's kind and place in our own code; its words may hold personal data and stay out."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(_ROOT)]
    place = f" at {ours[-1].filename.removeprefix(_ROOT)}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}"[:300]
