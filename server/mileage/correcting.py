"""Corrections of a balance: one official proposes, another approves, and only then points move.

The database keeps the rest (triggers.py): no movement without an approved correction of exactly
these points, two different officials, and nothing that was decided is changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core import audit, clock, db
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid, NotFound, Problem
from server.mileage import ledger, models, reading, rules


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as the desk reads it; `state` is proposed, approved, refused or dropped."""

    id: int
    person_id: int
    account_id: int
    points: int
    reason: str
    state: str
    proposed_by: int
    proposed_at: datetime
    decided_by: int | None
    decided_at: datetime | None


class TooMuch(Problem):
    """The person has fewer points than a correction takes away: a balance is never below zero."""

    def __init__(self, available: int) -> None:
        super().__init__(
            "mileage.correction_too_much",
            N_("지금 쓸 수 있는 마일리지가 %(available)s점이라 그만큼만 뺄 수 있습니다."),
            409,
            "points",
            available=available,
        )


@db.transactional
async def propose_correction(
    official_id: int, person_id: int, account_id: int, points: int, reason: str
) -> int:
    """Propose to add `points` to a person's balance or, below zero, to take them away; its id.

    Nothing moves yet. Raises Invalid naming the field (422), TooMuch (409).
    """
    reason = " ".join(reason.split())
    if not 0 < abs(points) <= rules.CORRECTION_POINTS_MAX:
        sentence = N_("점수는 1점부터 %(most)s점까지 적을 수 있습니다.")
        most = rules.CORRECTION_POINTS_MAX
        raise Invalid("mileage.correction_points", sentence, "points", most=most)
    if not 0 < len(reason) <= rules.CORRECTION_REASON_MAX:
        sentence = N_("까닭을 %(most)s자 안에서 적어 주세요.")
        most = rules.CORRECTION_REASON_MAX
        raise Invalid("mileage.correction_reason", sentence, "reason", most=most)
    await _enough(person_id, points)
    row = await models.BalanceCorrection.create(
        person_id=person_id,
        account_id=account_id,
        points=points,
        reason=reason,
        state="proposed",
        proposed_by_id=official_id,
        proposed_at=clock.now(),
    )
    await _recorded("proposed", row.id, official_id, points)
    return int(row.id)


@db.transactional
async def decide_correction(correction_id: int, official_id: int, *, approved: bool) -> Correction:
    """Another official approves, and the points move at once; or refuses, and nothing does.

    Raises NotFound; Conflict (409) for whoever proposed it and for one that is decided; TooMuch
    (409) where the balance has fallen below it since: it stays proposed then.
    """
    state = "approved" if approved else "refused"
    decided = await _decided(correction_id, official_id, state)
    if decided is None:
        raise await _undecidable(correction_id)
    if approved:
        await _move(decided)
    await _recorded(state, correction_id, official_id, decided.points)
    return decided


@db.transactional
async def drop_correction(correction_id: int, official_id: int) -> Correction:
    """Whoever proposed a correction takes it back. Raises NotFound, Conflict (409)."""
    decided = await _decided(correction_id, official_id, "dropped")
    if decided is None:
        found = await correction(correction_id)
        if found.state != "proposed":
            raise _over()
        raise Conflict("mileage.not_yours", N_("올린 사람만 거둘 수 있습니다."))
    await _recorded("dropped", correction_id, official_id, decided.points)
    return decided


async def correction(correction_id: int) -> Correction:
    """One correction. Raises NotFound."""
    row = await models.BalanceCorrection.get_or_none(id=correction_id)
    if row is None:
        raise NotFound
    return _told(row)


async def corrections(
    *, open_only: bool = False, before: int | None = None, limit: int = 20
) -> Sequence[Correction]:
    """Those that wait for a second official, or those decided, the newest first."""
    query = models.BalanceCorrection.filter(state="proposed")
    if not open_only:
        query = models.BalanceCorrection.exclude(state="proposed")
    if before is not None:
        query = query.filter(id__lt=before)
    return [_told(row) for row in await query.order_by("-id").limit(limit)]


async def _decided(correction_id: int, official_id: int, state: str) -> Correction | None:
    """The correction, now in that state; None where it may not be by this official."""
    own = "=" if state == "dropped" else "<>"
    rows: list[dict[str, Any]] = await db.fetch(
        "UPDATE mileage_correction SET state = ?, decided_by_id = ?, decided_at = ?"  # noqa: S608
        f" WHERE id = ? AND state = 'proposed' AND proposed_by_id {own} ? RETURNING id",
        [state, official_id, clock.now(), correction_id, official_id],
    )
    return await correction(correction_id) if rows else None


async def _undecidable(correction_id: int) -> Conflict:
    if (await correction(correction_id)).state != "proposed":
        return _over()
    sentence = N_("올린 사람이 아닌 다른 담당자가 확인해야 합니다.")
    return Conflict("mileage.two_officials", sentence)


def _over() -> Conflict:
    return Conflict("mileage.correction_over", N_("이미 처리한 바로잡기입니다."))


async def _move(decided: Correction) -> None:
    key, ref = rules.correction_key(decided.id), str(decided.id)
    await ledger.open_balance(decided.person_id)
    if decided.points > 0:
        await ledger.award(key, decided.person_id, decided.points, "correction", ref)
    elif not await ledger.take_back(key, decided.person_id, -decided.points, "correction", ref):
        raise TooMuch((await reading.balance(decided.person_id)).available)


async def _enough(person_id: int, points: int) -> None:
    available = (await reading.balance(person_id)).available
    if available + points < 0:
        raise TooMuch(available)


async def _recorded(what: str, correction_id: int, official_id: int, points: int) -> None:
    subject = f"correction:{correction_id}"
    await audit.record(f"mileage.correction_{what}", subject, official_id, points=points)


def _told(row: models.BalanceCorrection) -> Correction:
    return Correction(
        row.id,
        row.person_id,
        row.account_id,
        row.points,
        row.reason,
        row.state,
        row.proposed_by_id,
        row.proposed_at,
        row.decided_by_id,
        row.decided_at,
    )
