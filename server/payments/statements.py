"""A bank's file at the desk (Y11-3): uploaded, looked at, booked once however often it comes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.core import audit, clock, crypto, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, Invalid, NotFound
from server.ordinance import service as ordinance
from server.payments import bank_rules, matching, rules
from server.payments.bank_rules import BankRow, Fault
from server.payments.models import Charge, Deposit, Shape, Statement
from server.payments.rules import State

DRAFTS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Preview:
    """What booking a file would do. `columns` are those chosen, remembered or guessed."""

    id: int
    header: Sequence[str]
    sample: Sequence[Sequence[str]]
    columns: Mapping[str, int]
    whole: bool
    new: int
    known: int
    won: int
    matched: int
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class Booked:
    """What booking a file has done."""

    new: int
    known: int
    matched: int


@transactional
async def upload(data: bytes, actor_id: int, *, claim: FormClaim | None = None) -> int:
    """Keep a file, sealed, until it is booked; its id. Raises Invalid (422) naming the field."""
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    text = bank_rules.decoded(data)
    bank_rules.sheet(text)
    row = await Statement.create(
        uploaded_by_id=actor_id,
        uploaded_at=clock.now(),
        text=text,
        deposits_count=0,
        known_count=0,
    )
    await forms.settle(claim, str(row.id))
    return int(row.id)


async def preview(statement_id: int, given: Mapping[str, str] | None = None) -> Preview:
    """What booking would do. Raises NotFound for a file that is gone or booked, Invalid for
    columns that are not enough."""
    row = await Statement.get_or_none(id=statement_id)
    if row is None or row.text is None:
        raise NotFound
    read = bank_rules.sheet(row.text)
    columns = bank_rules.chosen(read.header, given) if given else await _columns(read.header)
    whole = bank_rules.whole(columns)
    rows, faults = bank_rules.deposits(read, columns) if whole else ([], [])
    digests = {_digest(one): one for one in rows}
    known = await _known(list(digests))
    new = [one for digest, one in digests.items() if digest not in known]
    return Preview(
        row.id,
        read.header,
        list(bank_rules.sample(read)),
        columns,
        whole,
        len(new),
        len(known),
        sum(one.won for one in new),
        await _would_match(new),
        faults,
    )


@transactional
async def book(
    statement_id: int,
    given: Mapping[str, str],
    actor_id: int,
    *,
    claim: FormClaim | None = None,
) -> Booked:
    """Write the file's new deposits and match them; rows that came before are passed over.

    Raises NotFound, Conflict (409) for a file that is booked, Invalid (422) for its columns.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return Booked(**json.loads(earlier))
    row = await Statement.filter(id=statement_id).select_for_update().first()
    if row is None:
        raise NotFound
    if row.text is None:
        raise Conflict("payments.booked", N_("이 파일은 이미 반영했습니다."))
    read = bank_rules.sheet(row.text)
    columns = bank_rules.chosen(read.header, given)
    rows, _ = bank_rules.deposits(read, columns)
    if not rows:
        raise Invalid("payments.empty", N_("입금이 한 줄도 없습니다. 칸을 확인해 주세요."), "won")
    new = matched = 0
    for one in rows:
        deposit = await matching.book(
            "bank", _digest(one), one.at, one.won, one.payer, one.memo, actor_id
        )
        if deposit is not None:
            new += 1
            matched += (await matching.match(deposit)).charge_id is not None
    await _remember(read.header, columns)
    await Statement.filter(id=row.id).update(
        text=None, booked_at=clock.now(), deposits_count=new, known_count=len(rows) - new
    )
    await audit.record(
        "payment.statement", f"statement:{row.id}", actor_id, new=new, matched=matched
    )
    done = Booked(new, len(rows) - new, matched)
    await forms.settle(claim, json.dumps({"new": new, "known": done.known, "matched": matched}))
    return done


async def last_booked() -> datetime | None:
    """When a bank's file was booked last."""
    row = await Statement.filter(booked_at__isnull=False).order_by("-booked_at").first()
    return row.booked_at if row else None


async def forget_drafts() -> int:
    """Files that were never booked go after a day; how many."""
    old = Statement.filter(booked_at=None, uploaded_at__lt=clock.now() - DRAFTS_KEPT)
    return await old.delete()


def _digest(row: BankRow) -> bytes:
    account = ordinance.profile().payments.account
    return crypto.keyed_hash("bank row", bank_rules.row_words(account, row))


async def _known(digests: list[bytes]) -> set[bytes]:
    found: set[bytes] = set()
    for start in range(0, len(digests), 500):
        rows = Deposit.filter(digest__in=digests[start : start + 500])
        found |= {bytes(row["digest"]) for row in await rows.values("digest")}
    return found


async def _would_match(rows: Sequence[BankRow]) -> int:
    """How many of these rows name exactly one charge that waits."""
    named = [rules.references_in(f"{row.payer} {row.memo}") for row in rows]
    every = sorted({one for each in named for one in each})
    waiting: set[str] = set()
    for start in range(0, len(every), 500):
        those = Charge.filter(reference__in=every[start : start + 500], state=State.AWAITING)
        waiting |= {str(row["reference"]) for row in await those.values("reference")}
    return sum(len(waiting.intersection(each)) == 1 for each in named)


async def _columns(header: Sequence[str]) -> dict[str, int]:
    """As chosen for a file with these column names before, else as they read."""
    row = await Shape.get_or_none(header=_shape(header))
    if row is not None:
        kept: dict[str, int] = json.loads(row.columns)
        return kept
    return bank_rules.guess(header)


async def _remember(header: Sequence[str], columns: Mapping[str, int]) -> None:
    await Shape.update_or_create(
        header=_shape(header), defaults={"columns": json.dumps(dict(columns))}
    )


def _shape(header: Sequence[str]) -> bytes:
    return crypto.keyed_hash("bank file", "\n".join(header))
