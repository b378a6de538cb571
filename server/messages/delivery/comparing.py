"""What of orders, deliveries, jobs and holds does not agree: found, and mended by rule (Y15-4).

Whatever looks wrong at a glance is looked at again in a transaction of its own that locks the order
first: who settles one of its deliveries at this moment has finished, or waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from gateways.contract import CannotTell, Found, LookUp, NotFound, Status
from server.core import clock, db, requeue
from server.core.db import transactional
from server.messages.delivery import carrying, in_hand, reconciling_rules, workflow
from server.messages.delivery import receipts as receiving
from server.messages.delivery.carrying import Parcel
from server.messages.delivery.reconciling_rules import Held, Order
from server.messages.delivery.workflow import State
from server.messages.models import Delivery, Message, Receipt
from server.messages.orders import ending, ordering
from server.mileage import service as mileage

BATCH: Final = 500
CROSSING: Final = timedelta(minutes=1)
"""A receipt younger than this may be on its way to being applied."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` what is wrong with `about`; `mend` is what the rule does, empty where none helps.

    A `note` is no fault: it will end by itself.
    """

    about: str
    says: str
    mend: str = ""
    mended: bool = False
    note: bool = False


@dataclass(frozen=True, slots=True)
class Books:
    """An order in figures: what its own row says, and what its deliveries do."""

    id: UUID
    stage: str
    paid: bool
    open_count: int
    ended: bool
    open_deliveries: int
    order: Order

    @property
    def miscounted(self) -> bool:
        """Whether its row says otherwise than its deliveries how many are open."""
        return self.open_count != self.open_deliveries or self.ended != (self.open_deliveries == 0)


# --- orders and the ledger ------------------------------------------------------------------------


async def books(*, mend: bool) -> list[Finding]:
    """Compare every order that was ever confirmed with its hold in the ledger, and every open hold
    with its order."""
    found: list[Finding] = []
    after = UUID(int=0)
    while orders := await _orders("m.id > ?", after):
        held = await mileage.holds([ending.hold_key(each.id) for each in orders])
        for each in orders:
            if each.miscounted or _repair(each, held) is not None:
                found += await _order(each.id, mend=mend)
        after = orders[-1].id
    return found + await _holds_of_nobody(mend=mend)


async def _orders(where: str, value: UUID) -> list[Books]:
    rows = await db.fetch(
        "SELECT m.id, m.stage, m.paid_by, m.open_count, m.ended_at, m.unit_points, m.unit_won,"  # noqa: S608
        " COALESCE(SUM(CASE WHEN d.charged IS NULL THEN 1 ELSE 0 END), 0) AS open_deliveries,"
        " COALESCE(SUM(CASE WHEN d.charged IS NULL THEN d.units ELSE 0 END), 0) AS open_units,"
        " COALESCE(SUM(d.charged), 0) AS charged_units"
        " FROM message m JOIN message_delivery d ON d.message_id = m.id"
        f" WHERE m.stage <> 'draft' AND {where} GROUP BY m.id ORDER BY m.id LIMIT ?",
        [value, BATCH],
    )
    return [
        Books(
            UUID(str(row["id"])),
            row["stage"],
            row["paid_by"] == "person",
            row["open_count"],
            row["ended_at"] is not None,
            int(row["open_deliveries"]),
            Order(
                row["unit_points"],
                row["unit_won"],
                int(row["open_units"]),
                int(row["charged_units"]),
            ),
        )
        for row in rows
    ]


def _repair(found: Books, held: dict[str, mileage.HoldStanding]) -> reconciling_rules.Repair | None:
    if not found.paid:
        return None
    hold = held.get(ending.hold_key(found.id))
    if hold is None:
        return reconciling_rules.repair(found.order, None)
    amounts = Held(hold.open_points, hold.open_won, hold.spent_points)
    return reconciling_rules.repair(found.order, amounts)


@transactional
async def _order(message_id: UUID, *, mend: bool) -> list[Finding]:
    """One order, with nobody else at it."""
    await _locked(message_id)
    (now,) = await _orders("m.id = ?", message_id)
    held = await mileage.holds([ending.hold_key(message_id)])
    repair = _repair(now, held)
    found = []
    if repair is not None and repair.fault == reconciling_rules.NO_HOLD:
        found += await _unpaid(now, mend=mend)
    elif repair is not None and repair.fault:
        found.append(Finding(_named(message_id), reconciling_rules.WORDS[repair.fault]))
    elif repair is not None:
        found += await _repaired(now, repair, mend=mend)
    (now,) = await _orders("m.id = ?", message_id)
    return found + (await _recounted(now, mend=mend) if now.miscounted else [])


async def _locked(message_id: UUID) -> None:
    await db.execute("UPDATE message SET open_count = open_count WHERE id = ?", [message_id])


async def _repaired(found: Books, repair: reconciling_rules.Repair, *, mend: bool) -> list[Finding]:
    """Charge what arrived and was not charged; give back what nothing is open for."""
    key, about, order = ending.hold_key(found.id), _named(found.id), found.order
    says = []
    if repair.charge:
        units = repair.charge
        says.append(Finding(about, f"{units} units arrived uncharged", "charge them", mend))
        if mend:
            await mileage.capture(
                key,
                units * order.unit_points,
                units * order.unit_won,
                part=f"reconciled-{order.charged_units}",
                units=units,
            )
    if repair.give_back:
        units = repair.give_back
        says.append(
            Finding(about, f"{units} units held for no open delivery", "give them back", mend)
        )
        if mend:
            await mileage.release(
                key,
                units * order.unit_points,
                units * order.unit_won,
                part=f"reconciled-{order.charged_units}-{order.open_units}",
                units=units,
            )
    return says


async def _unpaid(found: Books, *, mend: bool) -> list[Finding]:
    """Stop what nobody has paid for, as far as no provider has it."""
    waiting = Delivery.filter(message_id=found.id, state__in=[State.DRAFT, State.QUEUED])
    count = await waiting.count()
    says = []
    if count:
        sentence = f"{count} deliveries wait, and {reconciling_rules.WORDS['no_hold']}"
        says.append(Finding(_named(found.id), sentence, "stop them", mend))
    if count and mend:
        stopped = await db.fetch(
            "UPDATE message_delivery SET state = 'failed', charged = 0, reason = 'no_hold',"
            " version = version + 1, ended_at = ? WHERE message_id = ?"
            " AND state IN ('draft', 'queued') RETURNING id",
            [clock.now(), found.id],
        )
        await ending.count_down({found.id: len(stopped)})
    if found.open_deliveries > count or found.order.charged_units:
        says.append(Finding(_named(found.id), reconciling_rules.WORDS["no_hold"]))
    return says


async def _recounted(found: Books, *, mend: bool) -> list[Finding]:
    """Have the order's own row say what its deliveries do."""
    if mend and found.open_deliveries and found.ended:
        await Message.filter(id=found.id).update(ended_at=None)
    if mend:
        await ending.count_down({found.id: found.open_count - found.open_deliveries})
    says = f"counted {found.open_count} open deliveries, there are {found.open_deliveries}"
    if found.open_count == found.open_deliveries:
        says = "has no open delivery and has not ended" if not found.ended else "ended too early"
    return [Finding(_named(found.id), says, "count anew", mend)]


async def _holds_of_nobody(*, mend: bool) -> list[Finding]:
    """Open holds of orders that were never confirmed, or are not there at all."""
    found: list[Finding] = []
    after = 0
    while holds := await mileage.open_holds(after, BATCH):
        named = {each.key: _message_of(each.key) for each in holds}
        ids = [each for each in named.values() if each is not None]
        sent = await Message.filter(id__in=ids).exclude(stage="draft").values_list("id", flat=True)
        known = {str(each) for each in sent}
        for each in holds:
            message_id = named[each.key]
            if message_id is not None and str(message_id) not in known:
                found += await _hold_of_nobody(each.key, message_id, mend=mend)
        after = holds[-1].id
    return found


@transactional
async def _hold_of_nobody(key: str, message_id: UUID, *, mend: bool) -> list[Finding]:
    await _locked(message_id)
    if await Message.filter(id=message_id).exclude(stage="draft").exists():
        return []  # confirmed this very moment
    held = (await mileage.holds([key])).get(key)
    if held is None or not held.open_points:
        return []
    if mend:
        await mileage.release(key, part="reconciled")
    says = f"{held.open_points} points held for an order that was never sent"
    return [Finding(f"hold {key}", says, "give them back", mend)]


def _message_of(key: str) -> UUID | None:
    name, _, number = key.partition(":")
    try:
        return UUID(number) if name == "message" else None
    except ValueError:
        return None


def _named(message_id: UUID) -> str:
    return f"message {message_id}"


# --- deliveries and their jobs --------------------------------------------------------------------


async def stuck(*, mend: bool) -> list[Finding]:
    """Deliveries that wait for a job which is not there: its worker died, or it was given up."""
    found: list[Finding] = []
    for state in (State.QUEUED, State.SENDING, State.UNKNOWN):
        after = 0
        while rows := await _open(state, after):
            lost = await _without_job(state, rows)
            for row in lost:
                found += await _stuck(row["id"], row["version"], mend=mend)
            after = rows[-1]["id"]
    return found + await _undispatched(mend=mend)


async def _open(state: State, after: int) -> list[dict[str, Any]]:
    query = Delivery.filter(state=state, charged=None, id__gt=after).order_by("id").limit(BATCH)
    return list(await query.values("id", "kind", "attempts", "version"))


async def _without_job(state: State, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the rows for which no job waits. The jobs are read after the rows: a row that is
    still the same afterwards had none."""
    found: list[dict[str, Any]] = []
    for kind in ("sms", "fax"):
        mine = [row for row in rows if row["kind"] == kind]
        topic, keys = _jobs(state, kind, mine)
        waiting = await requeue.waiting(topic, [key for each in keys for key in each])
        found += [row for row, each in zip(mine, keys, strict=True) if not waiting & set(each)]
    return found


def _jobs(
    state: State, kind: str, rows: Iterable[dict[str, Any]]
) -> tuple[str, list[tuple[str, ...]]]:
    """The topic of the job that each row waits for, and the keys that it may have."""
    if state is State.UNKNOWN:
        names = [f"{row['id']}:{row['attempts']}" for row in rows]
        return in_hand.LOOK_UP[kind], [(name, f"{name}:last") for name in names]
    # What is in somebody's hand is so under the job of the attempt before.
    back = 1 if state is State.SENDING else 0
    return ordering.SEND[kind], [(f"{row['id']}:{row['attempts'] - back}",) for row in rows]


@transactional
async def _stuck(delivery_id: int, version: int, *, mend: bool) -> list[Finding]:
    delivery = await Delivery.get(id=delivery_id)
    if delivery.version != version:
        return []
    state = State(delivery.state)
    if mend:
        if state is State.SENDING:
            await carrying.take(delivery_id, lambda found: workflow.interrupted(found.standing))
        topic = (ordering.SEND if state is State.QUEUED else in_hand.LOOK_UP)[delivery.kind]
        payload = {"delivery": delivery_id, "message": str(delivery.message_id)}
        await requeue.ensure(topic, payload, f"{delivery_id}:{delivery.attempts}")
    how = "hand it to a worker" if state is State.QUEUED else "ask the provider"
    return [Finding(f"delivery {delivery_id}", f"{state} with no job for it", how, mend)]


async def _undispatched(*, mend: bool) -> list[Finding]:
    """Orders with deliveries that nobody will ever queue."""
    suspects = await _with_drafts()
    prefixes = {key.partition(":")[0] for key in await requeue.waiting_keys(ordering.DISPATCH)}
    lost = {each for each in suspects if each not in prefixes} & await _with_drafts()
    if mend:
        for each in sorted(lost):
            await _dispatched(each)
    return [
        Finding(f"message {each}", "its deliveries are in no queue", "queue them", mend)
        for each in sorted(lost)
    ]


async def _with_drafts() -> set[str]:
    rows = await db.fetch(
        "SELECT DISTINCT m.id FROM message m JOIN message_delivery d ON d.message_id = m.id"
        " WHERE m.stage IN ('sent', 'scheduled') AND d.state = 'draft'"
    )
    return {str(UUID(str(row["id"]))) for row in rows}


@transactional
async def _dispatched(message_id: str) -> None:
    message = await Message.get(id=message_id)
    payload = {"message": message_id, "after": 0}
    at = message.scheduled_at
    await requeue.ensure(ordering.DISPATCH, payload, f"{message_id}:0", not_before=at)


# --- what providers and receipts say --------------------------------------------------------------


async def handed_over(after: int) -> list[int]:
    """The next deliveries behind the id `after` that a provider has or may have, for so long that
    he may be asked."""
    since = clock.now() - in_hand.lookup_after()
    query = Delivery.filter(
        state__in=[State.UNKNOWN, State.ACCEPTED], charged=None, id__gt=after, sending_at__lt=since
    )
    rows = await query.order_by("id").limit(BATCH).values_list("id", flat=True)
    return [int(str(row)) for row in rows]


async def compared(parcel: Parcel, found: LookUp, *, receipts: bool, mend: bool) -> Finding | None:
    """What a provider says of a delivery beside what we believe; None where they agree."""
    delivery = await Delivery.get(id=parcel.delivery_id)
    overdue = parcel.deadline_at <= clock.now()
    step = workflow.looked_up(
        carrying.standing_of(delivery), found, receipts=receipts, overdue=overdue
    )
    about = f"delivery {parcel.delivery_id} ({parcel.provider})"
    if step is not None:
        says = f"{delivery.state} here, {_said(found)} there"
        if mend:
            await carrying.looked_up(parcel, found, receipts=receipts)
        return Finding(about, says, f"take it as {step.state}", mend)
    if isinstance(found, Found) and found.status is Status.ACCEPTED:
        return None
    until = _until(parcel.deadline_at)
    if isinstance(found, CannotTell):
        return Finding(about, f"{delivery.state}, and nobody can tell; it ends {until}", note=True)
    return Finding(about, f"{delivery.state} here, unknown there; it ends {until}")


def _said(found: LookUp) -> str:
    match found:
        case Found(status=status):
            return str(status)
        case NotFound():
            return "never taken"
        case _:
            return "not told by its deadline"


def _until(deadline: datetime) -> str:
    return f"{clock.seoul(deadline):%Y-%m-%d %H:%M} by itself"


async def receipts(*, mend: bool) -> list[Finding]:
    """Receipts that were stored and never applied; those that fit no order are only counted."""
    found: list[Finding] = []
    strange, after = 0, 0
    old = Receipt.filter(applied_at=None, received_at__lt=clock.now() - CROSSING)
    while rows := await old.filter(id__gt=after).order_by("id").limit(BATCH):
        fitting = await receiving.deliveries_of(rows)
        for row in rows:
            if row.id not in fitting:
                strange += 1
                continue
            if mend:
                await receiving.apply_receipt(row.id)
            found.append(
                Finding(f"receipt {row.id} ({row.provider})", "never applied", "apply it", mend)
            )
        after = rows[-1].id
    if strange:
        found.append(Finding("receipts", f"{strange} fit no order", note=True))
    return found
