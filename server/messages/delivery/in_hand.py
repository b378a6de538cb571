"""Deliveries in the hand of one transaction: locked in order, decided on, written together (Y15-4).

Whoever brings news of deliveries, of one or of a hundred, takes them in hand, applies the steps
that the workflow decides on, and writes all that follows from them: new attempts, questions to the
provider, points, the sender's notice. Locks are taken in one order everywhere: deliveries, orders,
counts of fair use, balances, the budget line; among themselves by number.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from server.core import clock, db, many, outbox
from server.messages.delivery.workflow import Standing, State, Step
from server.messages.models import Message
from server.messages.orders import ending
from server.messages.orders.ending import Ended
from server.messages.orders.ordering import SEND, profile

LOOK_UP: Final = {"sms": "messages.look_up_sms", "fax": "messages.look_up_fax"}
REASON_MAX: Final = 60

_COLUMNS: Final = (
    "id, message_id, kind, order_id, state, units, charged, attempts, version, provider, reference,"
    " deadline_at"
)
_CHANGES: Final = {
    "id": "bigint",
    "before": "integer",
    "version": "integer",
    "state": "text",
    "reason": "text",
    "charged": "integer",
    "provider": "text",
    "reference": "text",
    "accepted_at": "timestamptz",
    "ended_at": "timestamptz",
    "late_at": "timestamptz",
}


@dataclass(slots=True)
class Carried:
    """A delivery as its transaction sees it; `standing` is what the workflow asks."""

    id: int
    message_id: UUID
    kind: str
    order_id: str
    state: State
    units: int
    charged: int | None
    attempts: int
    version: int
    provider: str | None
    reference: str | None
    deadline_at: datetime | None

    @property
    def standing(self) -> Standing:
        settled = self.charged is not None
        return Standing(self.state, self.units, self.attempts, settled, self.charged or 0)


@dataclass(slots=True)
class Hand:
    """Deliveries by their ids, and what is to be written of them."""

    deliveries: dict[int, Carried]
    _changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    _jobs: dict[tuple[str, datetime], list[tuple[dict[str, Any], str]]] = field(
        default_factory=dict
    )
    _ended: list[Ended] = field(default_factory=list)
    _unsent: list[tuple[Message, int]] = field(default_factory=list)

    def __getitem__(self, delivery_id: int) -> Carried:
        return self.deliveries[delivery_id]

    def __iter__(self) -> Iterator[Carried]:
        return iter(self.deliveries.values())

    def take(
        self, delivery: Carried, step: Step | None, *, late_at: datetime | None = None
    ) -> None:
        """Carry a decision out, from which more may follow; nothing is written yet."""
        if step is None:
            return
        now = clock.now()
        changes = self._change(delivery)
        delivery.version += 1
        delivery.state = step.state
        if step.reason:
            changes["reason"] = step.reason[:REASON_MAX]
        if step.state == State.ACCEPTED:
            changes.setdefault("accepted_at", now)
        if step.late:
            changes.setdefault("late_at", late_at or now)
        if step.again is not None:
            self._later(SEND, delivery, now + step.again)
        if step.look_up:
            overdue = delivery.deadline_at is not None and delivery.deadline_at <= now
            wait = timedelta(0) if overdue else lookup_after()
            self._later(LOOK_UP, delivery, now + wait, ":last" if overdue else "")
        if step.charged is not None:
            delivery.charged, changes["ended_at"] = step.charged, now
            self._ended.append(
                Ended(delivery.id, delivery.message_id, delivery.units, step.charged)
            )

    def give_to(self, delivery: Carried, provider: str) -> None:
        """Keep that this provider has a delivery after all, which another was to have since."""
        if delivery.provider != provider:
            self._change(delivery)["provider"] = provider
            delivery.provider, delivery.reference = provider, None

    def know_as(self, delivery: Carried, provider: str, reference: str) -> None:
        """Keep what its provider calls a delivery, where he has not said it before; what another
        calls it who had it earlier would name nothing with him."""
        if delivery.provider == provider and delivery.reference is None:
            self._change(delivery)
            delivery.reference = reference

    def never_sent(self, message: Message, units: int) -> None:
        """So much of an order will not be sent: it does not count against its sender any more."""
        self._unsent.append((message, units))

    def _change(self, delivery: Carried) -> dict[str, Any]:
        return self._changes.setdefault(delivery.id, {"before": delivery.version})

    def _later(
        self, topics: dict[str, str], delivery: Carried, at: datetime, which: str = ""
    ) -> None:
        payload = {"delivery": delivery.id, "message": str(delivery.message_id)}
        key = f"{delivery.id}:{delivery.attempts}{which}"
        self._jobs.setdefault((topics[delivery.kind], at), []).append((payload, key))

    async def write(self) -> None:
        """Write everything that was taken, with all that follows from it."""
        if not self._changes:
            return
        written = await db.execute(
            "UPDATE message_delivery AS d SET state = given.state, version = given.version,"  # noqa: S608
            " reason = COALESCE(given.reason, d.reason),"
            " charged = COALESCE(given.charged, d.charged),"
            " provider = COALESCE(given.provider, d.provider), reference = given.reference,"
            " accepted_at = COALESCE(d.accepted_at, given.accepted_at),"
            " ended_at = COALESCE(given.ended_at, d.ended_at),"
            " delivered_late_at = COALESCE(d.delivered_late_at, given.late_at)"
            f" FROM {many.given(**_CHANGES)} WHERE d.id = given.id AND d.version = given.before",
            [many.rows(self._row(number, each) for number, each in self._changes.items())],
        )
        if written != len(self._changes):
            raise RuntimeError("a delivery changed in another's hand although it was locked")
        for (topic, at), jobs in self._jobs.items():
            await outbox.emit_many(topic, jobs, not_before=at)
        await ending.settle(self._ended, self._unsent)

    def _row(self, number: int, changes: dict[str, Any]) -> dict[str, Any]:
        delivery = self.deliveries[number]
        return changes | {
            "id": number,
            "version": delivery.version,
            "state": delivery.state.value,
            "charged": delivery.charged,
            "reference": delivery.reference,
        }


async def take_in_hand(delivery_ids: Collection[int]) -> Hand:
    """Inside a transaction: the deliveries as they stand, nobody else's until it ends."""
    listed, args = many.among("id", delivery_ids, "bigint")
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM message_delivery WHERE {listed} ORDER BY id{many.locked()}",  # noqa: S608
        args,
    )
    return Hand({row["id"]: _carried(row) for row in rows})


def lookup_after() -> timedelta:
    """How long an unknown outcome is left alone before the provider is asked."""
    limits = profile().messages
    return timedelta(minutes=limits.lookup_minutes if limits is not None else 2)


def _carried(row: dict[str, Any]) -> Carried:
    deadline_at = row["deadline_at"]
    return Carried(
        **row
        | {
            "message_id": UUID(str(row["message_id"])),
            "state": State(row["state"]),
            "deadline_at": None if deadline_at is None else db.instant(deadline_at),
        }
    )
