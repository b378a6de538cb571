"""The one switch that stops all sending, and what every page says while it is off.

Nothing is lost by it: orders wait, receipts are taken, points stay where they are.
"""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from tortoise.exceptions import IntegrityError

from server.core import audit, clock, db, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import health
from server.core.web.problems import Conflict, Invalid, Problem
from server.fairuse.models import Stop

NOTICE_SECONDS: Final = 1.0
"""How long a process may show what it has read: a page more costs nothing."""

REASON_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop: since when, why, until when."""

    id: int
    reason: str
    since: datetime
    until: datetime | None = None


class _Shown:
    client: object = None
    until = 0.0
    stopped: Stopped | None = None


async def stopped() -> Stopped | None:
    """The stop that lasts, as the database knows it now."""
    found = await Stop.get_or_none(resumed_at=None)
    return _told(found) if found is not None else None


async def sending_stopped() -> bool:
    """Whether nothing may be sent just now."""
    return await Stop.exists(resumed_at=None)


async def must_be_sending() -> None:
    """Raise Problem 503 while sending is stopped; nothing is charged or lost then."""
    if await sending_stopped():
        raise Problem("fairuse.stopped", STOPPED, 503)


STOPPED: Final = N_(
    "지금은 문자와 팩스 보내기를 멈추었습니다. 쓰신 내용과 마일리지는 그대로 있습니다."
    " 다시 시작하면 보낼 수 있습니다."
)


async def notice() -> Stopped | None:
    """The stop that lasts, for every page: at most NOTICE_SECONDS old.

    While the database cannot be asked, what it last said: such pages have to appear too.
    """
    client = db.connection()
    if _Shown.client is not client:
        _Shown.client, _Shown.until, _Shown.stopped = client, 0.0, None
    if monotonic() >= _Shown.until:
        try:
            _Shown.stopped = await stopped()
        except health.DOWN:
            return _Shown.stopped
        _Shown.until = monotonic() + NOTICE_SECONDS
    return _Shown.stopped


async def latest(limit: int = 20) -> list[Stopped]:
    """The stops, the newest first."""
    return [_told(row) for row in await Stop.all().order_by("-id").limit(limit)]


async def stop(reason: str, actor_id: int | None, claim: FormClaim | None = None) -> None:
    """Stop all sending: what is not in a provider's hand stays here.

    Raises Invalid on `reason`, Conflict where it is stopped already.
    """
    if not reason.strip():
        raise Invalid("fairuse.reason", N_("왜 그렇게 하는지 적어 주세요."), "reason")
    try:
        await _stop(reason.strip()[:REASON_MAX], actor_id, claim)
    except IntegrityError:
        raise Conflict("fairuse.stopped_already", N_("이미 보내기를 멈추었습니다.")) from None
    _Shown.until = 0.0


@transactional
async def _stop(reason: str, actor_id: int | None, claim: FormClaim | None) -> None:
    if await forms.claimed(claim) is not None:
        return
    row = await Stop.create(reason=reason, stopped_at=clock.now(), stopped_by_id=actor_id)
    await audit.record("fairuse.stopped", f"stop:{row.id}", actor_id)
    await forms.settle(claim, "done")


@transactional
async def resume(actor_id: int | None) -> bool:
    """Let everything be sent again; False where nothing was stopped.

    For `messages`, which joins this to what the time of the stop means for orders that waited.
    """
    rows = await db.fetch(
        "UPDATE fairuse_stop SET resumed_at = ?, resumed_by_id = ? WHERE resumed_at IS NULL"
        " RETURNING id",
        [clock.now(), actor_id],
    )
    for row in rows:
        await audit.record("fairuse.resumed", f"stop:{row['id']}", actor_id)
    db.after_commit(_forget_notice)
    return bool(rows)


def _forget_notice() -> None:
    _Shown.until = 0.0


def _told(row: Stop) -> Stopped:
    return Stopped(row.id, row.reason, row.stopped_at, row.resumed_at)
