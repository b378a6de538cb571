"""Orders that an official looks at before they go: let go, refused, or given back (Y15-4).

Their points are on hold meanwhile; a refusal and the end of the profile's days give them back.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from server.core import audit, clock, db, forms, live
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, Invalid, NotFound
from server.fairuse import service as fairuse
from server.fairuse.service import Finding, Ground
from server.messages.delivery.workflow import State
from server.messages.fair import fairness
from server.messages.fair.models import OrderReview
from server.messages.models import Message
from server.messages.orders import ending, ordering
from server.messages.orders.holding import DESK
from server.mileage import service as mileage
from server.notifications import service as notifications

REASON_MAX: Final = 200
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A review as its order's sender sees it."""

    grounds: tuple[Ground, ...]
    until: datetime
    decision: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """A held order as the desk sees it: its text and what stands out there; nobody's name."""

    message_id: UUID
    kind: str
    recipients: int
    grounds: tuple[Ground, ...]
    held_at: datetime
    until: datetime
    texts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def address(self) -> str:
        return f"{DESK}/{self.message_id}"


async def of(message_id: UUID) -> Shown | None:
    """The review of an order, where it was held."""
    found = await OrderReview.get_or_none(message_id=message_id)
    if found is None:
        return None
    grounds = fairuse.grounds_of(found.grounds)
    return Shown(grounds, found.until, found.decision, found.reason or "")


async def waiting(limit: int, before: datetime | None = None) -> list[Case]:
    """The orders to be looked at, the oldest first."""
    query = OrderReview.filter(decision=None)
    if before is not None:
        query = query.filter(held_at__gt=before)
    rows = await query.order_by("held_at", "id").limit(limit)
    messages = await Message.filter(id__in=[row.message_id for row in rows])
    known = {message.id: message for message in messages}
    return [_case(row, known[row.message_id]) for row in rows]


async def case(message_id: UUID, actor_id: int) -> Case:
    """One of them with its text; who has read it is written down.

    Raises NotFound, Conflict once it is decided: nobody need read it any more.
    """
    row = await OrderReview.get_or_none(message_id=message_id)
    if row is None:
        raise NotFound
    message = await Message.get(id=message_id)
    if row.decision is not None or message.stage != "held":
        raise _over()
    await audit.accessed(actor_id, message.account_id or "nobody", DESK)
    return _case(row, message, await fairness.texts_of(message))


def _case(row: OrderReview, message: Message, texts: tuple[str, ...] = ()) -> Case:
    return Case(
        message.id,
        message.kind,
        message.recipients,
        fairuse.grounds_of(row.grounds),
        row.held_at,
        row.until,
        texts,
        fairuse.judged(texts).findings,
    )


@transactional
async def release(message_id: UUID, actor_id: int, claim: FormClaim | None = None) -> None:
    """Let it go, now or at its hour. Raises Conflict where it is held no longer."""
    if await forms.claimed(claim) is not None:
        return
    if not await ordering.go_ahead(message_id):
        raise _over()
    await _decided(message_id, "released", actor_id)
    await _tell(await Message.get(id=message_id), "message.released", {})
    await forms.settle(claim, "done")


@transactional
async def refuse(
    message_id: UUID, reason: str, actor_id: int, claim: FormClaim | None = None
) -> None:
    """Do not send it: its points go back, and its sender reads why.

    Raises Invalid on `reason`, Conflict where it is held no longer, NotFound.
    """
    if await forms.claimed(claim) is not None:
        return
    if not reason.strip():
        raise Invalid("messages.reason", N_("왜 보내지 않는지 적어 주세요."), "reason")
    await _given_back(message_id, "refused", actor_id, reason.strip()[:REASON_MAX])
    await forms.settle(claim, "done")


async def expire() -> int:
    """Give back what nobody has decided within the profile's days; how many."""
    late = OrderReview.filter(decision=None, until__lte=clock.now())
    rows = await late.order_by("until").limit(BATCH).values_list("message_id", flat=True)
    return sum([await _expired(UUID(str(one))) for one in rows])


@transactional
async def _expired(message_id: UUID) -> int:
    if not await Message.exists(id=message_id, stage="held"):
        return 0
    await _given_back(message_id, "expired", None, None)
    return 1


async def _given_back(
    message_id: UUID, decision: str, actor_id: int | None, reason: str | None
) -> None:
    now = clock.now()
    # Deliveries before their order, as everywhere: who lets it go at this moment waits, or we do.
    await db.execute(
        "UPDATE message_delivery SET state = ?, charged = 0, reason = ?, ended_at = ?,"
        " version = version + 1 WHERE message_id = ? AND state = ?",
        [State.CANCELLED, decision, now, message_id, State.DRAFT],
    )
    if not await Message.filter(id=message_id, stage="held").update(
        stage="cancelled", open_count=0, ended_at=now
    ):
        raise _over()
    await _decided(message_id, decision, actor_id, reason)
    message = await Message.get(id=message_id)
    if message.person_id is not None:
        await fairness.give_back([(message, message.units)])
        await mileage.release(ending.hold_key(message_id), reason="refused", units=message.units)
    params = {"points": message.units * message.unit_points}
    await _tell(message, f"message.{decision}", params)


async def _decided(
    message_id: UUID, decision: str, actor_id: int | None, reason: str | None = None
) -> None:
    row = await OrderReview.get_or_none(message_id=message_id, decision=None)
    if row is None:
        raise _over()
    row.decision, row.decided_at = decision, clock.now()
    row.decided_by_id, row.reason = actor_id, reason
    await row.save(update_fields=["decision", "decided_at", "decided_by_id", "reason"])
    live.tell(ending.topic(message_id))
    await audit.record(f"message.{decision}", f"message:{message_id}", actor_id)


async def _tell(message: Message, kind: str, params: dict[str, int]) -> None:
    if message.account_id is not None:
        link = f"/messages/{message.id}"
        await notifications.tell([message.account_id], kind, link, params)


def _over() -> Conflict:
    return Conflict("messages.not_held", N_("이미 결정했거나 보낸 사람이 취소한 메시지입니다."))
