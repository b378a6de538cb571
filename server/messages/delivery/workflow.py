"""The life of one delivery (one message to one number, or one fax): what each piece of news does.

Y15-4: charged at most once and only for what arrived. Final states never change; what arrives after
the points went back is noted as late, and the office bears it. Pure: no clock, no database.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from gateways.contract import (
    Accepted,
    Answer,
    CannotTell,
    Found,
    LookUp,
    NotFound,
    Rejected,
    Status,
    Unknown,
)


class State(StrEnum):
    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


FINAL: Final = frozenset({State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELLED})
HANDED: Final = frozenset({State.SENDING, State.UNKNOWN, State.ACCEPTED})
ATTEMPTS_MAX: Final = 8
BACKOFF_FIRST: Final = timedelta(seconds=5)
BACKOFF_LAST: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a delivery stands. `settled`: its points are captured or given back already; `charged`
    units were captured."""

    state: State
    units: int
    attempts: int = 0
    settled: bool = False
    charged: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What a piece of news does to a delivery.

    `charged` units are captured and the others given back; None leaves the points where they are.
    `again` hands it over once more after that time; `look_up` asks the provider; `late` notes that
    more of it arrived after all than was paid for.
    """

    state: State
    charged: int | None = None
    reason: str = ""
    again: timedelta | None = None
    look_up: bool = False
    late: bool = False


def answered(now: Standing, answer: Answer, *, receipts: bool) -> Step | None:
    """The provider's answer to handing it over; `receipts` says whether it will tell of the end."""
    if isinstance(answer, Accepted):
        return _taken(now, receipts=receipts)
    if now.state not in {State.SENDING, State.UNKNOWN}:
        # A receipt has told more than this answer does: it stays.
        return None
    if isinstance(answer, Unknown):
        return interrupted(now)
    if answer.permanent:
        return _end(now, State.FAILED, 0, answer.code)
    return _retry(now, answer)


def told(now: Standing, status: Status, arrived: int, reason: str = "") -> Step | None:
    """A receipt: `arrived` of the units came through. In any order, any number of times."""
    if now.state in FINAL:
        more = status.final and arrived > now.charged
        return Step(now.state, late=True) if more and now.state is not State.DELIVERED else None
    if now.settled or now.state is State.DRAFT:
        return None
    if status is Status.ACCEPTED:
        return Step(State.ACCEPTED) if now.state is not State.ACCEPTED else None
    if status is Status.DELIVERED:
        whole = arrived >= now.units
        return _end(now, State.DELIVERED if whole else State.FAILED, arrived, reason)
    if now.state is State.QUEUED:
        # It is about an earlier attempt that the provider had refused: the next one counts.
        return None
    return _end(now, State.FAILED if status is Status.FAILED else State.EXPIRED, arrived, reason)


def looked_up(now: Standing, found: LookUp, *, receipts: bool, overdue: bool) -> Step | None:
    """What the provider says when asked; `overdue` means that nobody waits any longer."""
    if now.settled or now.state not in {State.UNKNOWN, State.ACCEPTED}:
        return None
    if isinstance(found, Found):
        step = _found(now, found, receipts=receipts)
        if step is not None and (step.state in FINAL or step.charged is not None):
            return step
        return _end(now, State.EXPIRED, 0, "no_receipt") if overdue else step
    if isinstance(found, CannotTell) or now.state is State.ACCEPTED:
        return _end(now, State.EXPIRED, 0, "no_receipt") if overdue else None
    if overdue or now.attempts >= ATTEMPTS_MAX:
        return _end(now, State.FAILED, 0, "not_taken")
    return Step(State.QUEUED, again=timedelta(0))


def interrupted(now: Standing) -> Step | None:
    """Nobody knows whether it was handed over: it is looked up, and never blindly sent again."""
    return Step(State.UNKNOWN, look_up=True) if now.state is State.SENDING else None


def overdue(now: Standing) -> Step | None:
    """Its deadline has passed: what was never handed over ends, the rest is looked up once more."""
    if now.state in {State.DRAFT, State.QUEUED}:
        return _end(now, State.EXPIRED, 0, "not_sent")
    if now.state in HANDED and not now.settled:
        return Step(State.UNKNOWN if now.state is State.SENDING else now.state, look_up=True)
    return None


def cancelled(now: Standing) -> Step | None:
    """The resident's wish not to send it: heard until it is being handed over."""
    waiting = now.state in {State.DRAFT, State.QUEUED}
    return _end(now, State.CANCELLED, 0, "cancelled") if waiting else None


def kept_back(now: Standing, reason: str) -> Step | None:
    """It may not leave any more: whoever was to get it wants nothing, or the sender's number is
    the sender's no longer."""
    return _end(now, State.FAILED, 0, reason) if now.state is State.QUEUED else None


def backoff(attempts: int) -> timedelta:
    """How long to wait after the n-th refusal: 5, 10, 20 seconds and so on."""
    doublings = max(0, attempts - 1)
    return min(BACKOFF_LAST, BACKOFF_FIRST * (1 << min(doublings, 20)))


def _taken(now: Standing, *, receipts: bool) -> Step | None:
    if now.settled or now.state not in {State.QUEUED, *HANDED}:
        return None
    if not receipts:
        return Step(State.ACCEPTED, charged=now.units)
    return Step(State.ACCEPTED) if now.state is not State.ACCEPTED else None


def _retry(now: Standing, answer: Rejected) -> Step:
    if now.attempts >= ATTEMPTS_MAX:
        return _end(now, State.FAILED, 0, answer.code)
    wait = max(answer.retry_after or timedelta(0), backoff(now.attempts))
    return Step(State.QUEUED, reason=answer.code, again=wait)


def _found(now: Standing, found: Found, *, receipts: bool) -> Step | None:
    if found.status is Status.ACCEPTED:
        return _taken(now, receipts=receipts)
    return told(now, found.status, found.units_of(now.units), found.reason or "")


def _end(now: Standing, state: State, arrived: int, reason: str) -> Step:
    """The end of a delivery whose points are still held: paid for what arrived, no more."""
    return Step(state, charged=max(0, min(now.units, arrived)), reason=reason)


__all__ = [
    "ATTEMPTS_MAX",
    "FINAL",
    "HANDED",
    "NotFound",
    "Standing",
    "State",
    "Step",
    "answered",
    "backoff",
    "cancelled",
    "interrupted",
    "looked_up",
    "overdue",
    "told",
]
