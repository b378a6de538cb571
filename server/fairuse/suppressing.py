"""Who wants nothing from residents and no advertisements: kept as keyed hashes of numbers.

Network Act 50(2) and (4): opting out is free, needs no account, and counts at once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from server.core import audit, clock, crypto, db, forms, many
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid, NotFound
from server.fairuse import codes, rules
from server.fairuse.models import Suppression

type Way = Literal["page", "keyword", "desk"]

AT_ONCE: Final = 500
REASON_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Refusal:
    """That a number wants nothing, since when, and how it said so."""

    id: int
    way: str
    since: datetime


def key_of(number: str) -> bytes:
    """What the list knows a number by."""
    return crypto.keyed_hash("fairuse.suppression", rules.normal_number(number))


async def suppressed(numbers: Iterable[str]) -> set[str]:
    """Those of the numbers (digits) that want nothing."""
    keys = {key_of(number): number for number in numbers}
    found: set[str] = set()
    every = list(keys)
    for begin in range(0, len(every), AT_ONCE):
        some = every[begin : begin + AT_ONCE]
        found |= {keys[key] for key in await refusing(some)}
    return found


async def refusing(keys: Collection[bytes]) -> set[bytes]:
    """Those of at most AT_ONCE keys whose numbers want nothing."""
    listed, args = many.among("number_hash", keys, "bytea")
    rows = await db.fetch(
        "SELECT number_hash FROM fairuse_suppression"  # noqa: S608 - only question marks are put in
        f" WHERE removed_at IS NULL AND {listed}",
        args,
    )
    return {bytes(row["number_hash"]) for row in rows}


@transactional
async def opted_out(number: str, way: Way, actor_id: int | None = None) -> bool:
    """A number wants nothing any more, from this moment on; False where that was known."""
    rows = await db.fetch(
        "INSERT INTO fairuse_suppression (number_hash, way, at, added_by_id) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (number_hash) WHERE removed_at IS NULL DO NOTHING RETURNING id",
        [key_of(number), way, clock.now(), actor_id if way == "desk" else None],
    )
    for row in rows:
        await audit.record("fairuse.opted_out", f"suppression:{row['id']}", actor_id, way=way)
    return bool(rows)


async def decide_by_code(code_id: UUID, typed: str, claim: FormClaim | None = None) -> str:
    """Opt the number out, or in again, to which the code was sent; its purpose.

    Raises Invalid on `code` (422), NotFound.
    """
    await codes.matched(code_id, typed)
    return await _decided(code_id, claim)


@transactional
async def _decided(code_id: UUID, claim: FormClaim | None) -> str:
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return earlier
    code = await codes.use(code_id)
    if code.purpose == "opt_out":
        await opted_out(code.number, "page")
    elif code.purpose == "opt_in":
        await _opted_in(code.number)
    else:
        raise NotFound
    await forms.settle(claim, code.purpose)
    return code.purpose


async def _opted_in(number: str) -> None:
    standing = Suppression.filter(number_hash=key_of(number), removed_at=None)
    for refusal_id in await standing.values_list("id", flat=True):
        await Suppression.filter(id=refusal_id).update(removed_at=clock.now())
        await audit.record("fairuse.opted_in", f"suppression:{refusal_id}", None, way="page")


@transactional
async def looked_up(number: str, actor_id: int) -> Refusal | None:
    """What the list knows of a number; the look-up is written down. Raises Invalid."""
    digits = _number(number)
    found = await Suppression.get_or_none(number_hash=key_of(digits), removed_at=None)
    subject = f"suppression:{found.id}" if found is not None else "suppression:none"
    await audit.accessed(actor_id, subject, "/desk/opt-outs")
    return Refusal(found.id, found.way, found.at) if found is not None else None


async def refusal(refusal_id: int) -> Refusal:
    """One entry of the list that stands. Raises NotFound."""
    found = await Suppression.get_or_none(id=refusal_id, removed_at=None)
    if found is None:
        raise NotFound
    return Refusal(found.id, found.way, found.at)


@transactional
async def add(number: str, actor_id: int, claim: FormClaim | None = None) -> None:
    """Enter a number whose holder told the desk so. Raises Invalid."""
    if await forms.claimed(claim) is not None:
        return
    await opted_out(_number(number), "desk", actor_id)
    await forms.settle(claim, "done")


@transactional
async def remove(
    refusal_id: int, reason: str, actor_id: int, claim: FormClaim | None = None
) -> None:
    """Strike a number off, saying why. Raises Invalid on `reason`, NotFound, Conflict."""
    if await forms.claimed(claim) is not None:
        return
    if not reason.strip():
        raise Invalid("fairuse.reason", N_("왜 그렇게 하는지 적어 주세요."), "reason")
    found = await Suppression.filter(id=refusal_id).select_for_update().first()
    if found is None:
        raise NotFound
    if found.removed_at is not None:
        raise Conflict("fairuse.removed", N_("이미 목록에서 뺀 번호입니다."))
    found.removed_at, found.removed_by_id = clock.now(), actor_id
    found.reason = reason.strip()[:REASON_MAX]
    await found.save(update_fields=["removed_at", "removed_by_id", "reason"])
    await audit.record("fairuse.removed", f"suppression:{refusal_id}", actor_id)
    await forms.settle(claim, "done")


def _number(text: str) -> str:
    digits = rules.normal_number(text)
    if not digits.lstrip("+").isdigit():
        raise Invalid("fairuse.number", rules.NUMBER, "number")
    return digits
