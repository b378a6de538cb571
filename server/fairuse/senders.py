"""Under which number a resident's message goes out: the district's, or one that is theirs.

Telecommunications Business Act 84-2: a number is shown as sender only where it belongs to who
sends, was registered beforehand at the provider, and stays as it is.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from gateways.encode import numbers
from server.accounts import service as accounts
from server.core import audit, clock, forms, outbox
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid, NotFound
from server.fairuse import codes, rules
from server.fairuse.models import SenderNumber
from server.fairuse.rules import Kind
from server.ordinance import service as ordinance

LIVE: Final = ("proven", "registered")
TOLD: Final = "fairuse.sender_decided"
"""Carries `account`, `state` and `sender`: the owner is told by whoever tells people things."""

REASON_MAX: Final = 200
WORDS_DISTRICT: Final = N_("구청 번호")
WORDS_OWN: Final = N_("내 번호")


@dataclass(frozen=True, slots=True)
class Sender:
    """A number as it will be shown, and whose it is (a msgid)."""

    number: str
    words: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A resident's own number as its owner and the desk see it; `number` empty once it ended."""

    id: int
    account_id: int
    number: str
    proof: str
    state: str
    chosen: bool
    proven_at: datetime
    decided_at: datetime | None
    reason: str


async def sender_of(account_id: int, kind: Kind) -> Sender:
    """Under which number an account's orders go out just now: an SMS under its own where that is
    registered and wanted, all else under the district's (whose line a fax takes). Raises Closed."""
    profile = ordinance.profile(clock.today())
    limits = profile.messages
    if limits is None:
        raise rules.closed()
    if kind == "fax":
        return Sender(limits.fax_sender, WORDS_DISTRICT)
    found = await SenderNumber.get_or_none(account_id=account_id, state="registered", chosen=True)
    if found is None or found.number is None:
        return Sender(limits.sms_sender, WORDS_DISTRICT)
    return Sender(numbers.parse(found.number).pretty, WORDS_OWN, own=True)


def is_the_district_s(number: str) -> bool:
    """Whether a number is one under which the district sends."""
    limits = ordinance.profile(clock.today()).messages
    digits = rules.normal_number(number)
    return limits is not None and digits in {
        rules.normal_number(limits.sms_sender),
        rules.normal_number(limits.fax_sender),
    }


async def of_account(account_id: int) -> OwnNumber | None:
    """An account's own number: the live one, else the one that was refused last."""
    rows = await SenderNumber.filter(account_id=account_id).order_by("-id").limit(20)
    live = [row for row in rows if row.state in LIVE]
    if live:
        return _told(live[0])
    return _told(rows[0]) if rows and rows[0].state == "refused" else None


async def ask(account_id: int, number: str, claim: FormClaim | None = None) -> UUID:
    """Send a code to a number that somebody says is theirs. Raises Invalid, and what `issue` does.

    What cannot get an SMS is checked at the desk instead.
    """
    own = rules.own_number(number)
    if not own.takes_sms:
        raise Invalid(
            "fairuse.desk_only",
            N_("문자를 받을 수 없는 번호는 신분증과 통신사 이용증명서를 가지고 창구에 오세요."),
            "number",
        )
    return await codes.issue("sender", own, account_id, claim)


async def prove(account_id: int, typed: str, claim: FormClaim | None = None) -> None:
    """The code that was sent there last: the number is theirs. Raises Invalid on `code`."""
    waiting = await codes.waiting_of(account_id, or_used=True)
    if waiting is None:
        raise Invalid("fairuse.code_over", codes.OVER, "code")
    await codes.matched(waiting.id, typed, account_id)
    await _proven_by_code(account_id, waiting.id, claim)


@transactional
async def _proven_by_code(account_id: int, code_id: UUID, claim: FormClaim | None) -> None:
    if await forms.claimed(claim) is not None:
        return
    code = await codes.use(code_id, account_id)
    await _proven(account_id, code.number, "code", None)
    await forms.settle(claim, "done")


async def prove_at_desk(
    actor_id: int, who: str, name: str, born: date, number: str, claim: FormClaim | None = None
) -> None:
    """An official has seen the identity card and the carrier's certificate for the number.

    Raises Invalid where no verified account fits the card, or the number cannot be a sender.
    """
    own = rules.own_number(number)
    account_id = await accounts.verified_at_desk(actor_id, who, name, born)
    await _proven_at_desk(actor_id, account_id, own.digits, claim)


@transactional
async def _proven_at_desk(
    actor_id: int, account_id: int, number: str, claim: FormClaim | None
) -> None:
    if await forms.claimed(claim) is not None:
        return
    await _proven(account_id, number, "desk", actor_id)
    await forms.settle(claim, "done")


async def _proven(account_id: int, number: str, proof: str, checked_by: int | None) -> None:
    """Take the newest proof: an account has one number, and a number one account."""
    if is_the_district_s(number):
        raise Invalid("fairuse.number", N_("구청의 번호는 내 번호로 쓸 수 없습니다."), "number")
    same = await SenderNumber.filter(number_index=number, state__in=LIVE).select_for_update()
    if any(row.account_id == account_id for row in same):
        return
    mine = await SenderNumber.filter(account_id=account_id, state__in=LIVE).select_for_update()
    for row in (*same, *mine):
        await _end(row, None)
    row = await SenderNumber.create(
        account_id=account_id,
        number=number,
        proof=proof,
        state="proven",
        checked_by_id=checked_by,
        proven_at=clock.now(),
    )
    await audit.record(
        "fairuse.sender_proven", f"sender:{row.id}", checked_by or account_id, proof=proof
    )


@transactional
async def choose(account_id: int, *, own: bool, claim: FormClaim | None = None) -> None:
    """Send under one's own number, or under the district's. Raises NotFound without one."""
    if await forms.claimed(claim) is not None:
        return
    changed = await SenderNumber.filter(account_id=account_id, state__in=LIVE).update(chosen=own)
    if not changed:
        raise NotFound
    await audit.record("fairuse.sender_chosen", f"account:{account_id}", account_id, own=int(own))
    await forms.settle(claim, "done")


@transactional
async def give_up(account_id: int, claim: FormClaim | None = None) -> None:
    """The owner's number is forgotten; what is on its way under it goes out no more."""
    if await forms.claimed(claim) is not None:
        return
    for row in await SenderNumber.filter(account_id=account_id, state__in=LIVE):
        await _end(row, account_id)
    await forms.settle(claim, "done")


@transactional
async def forget_account(account_id: int) -> None:
    """The account was closed."""
    for row in await SenderNumber.filter(account_id=account_id, state__in=LIVE):
        await _end(row, None)


async def _end(row: SenderNumber, actor_id: int | None) -> None:
    row.state, row.number, row.ended_at = "ended", None, clock.now()
    await row.save(update_fields=["state", "number", "ended_at"])
    await audit.record("fairuse.sender_ended", f"sender:{row.id}", actor_id)


# --- at the desk --------------------------------------------------------------------------------


async def waiting(limit: int = 100) -> list[OwnNumber]:
    """The numbers that are proven and not registered yet, the longest waiting first."""
    rows = await SenderNumber.filter(state="proven").order_by("proven_at", "id").limit(limit)
    return [_told(row) for row in rows]


async def registered(limit: int = 100, before: int | None = None) -> list[OwnNumber]:
    """The numbers that are registered, the newest first."""
    query = SenderNumber.filter(state="registered")
    if before is not None:
        query = query.filter(id__lt=before)
    return [_told(row) for row in await query.order_by("-id").limit(limit)]


@transactional
async def register(sender_id: int, actor_id: int, claim: FormClaim | None = None) -> None:
    """An official has registered the number at the provider: it may be shown as sender."""
    if await forms.claimed(claim) is not None:
        return
    changed = await SenderNumber.filter(id=sender_id, state="proven").update(
        state="registered", decided_at=clock.now(), decided_by_id=actor_id
    )
    await _decided(sender_id, "registered", actor_id, changed)
    await forms.settle(claim, "done")


@transactional
async def refuse(
    sender_id: int, reason: str, actor_id: int, claim: FormClaim | None = None
) -> None:
    """The number cannot be registered, or not any longer; its owner reads why.

    Raises Invalid on `reason`, NotFound, Conflict.
    """
    if await forms.claimed(claim) is not None:
        return
    if not reason.strip():
        raise Invalid("fairuse.reason", N_("왜 그렇게 하는지 적어 주세요."), "reason")
    row = await SenderNumber.filter(id=sender_id, state__in=LIVE).select_for_update().first()
    if row is not None:
        now = clock.now()
        row.state, row.number, row.ended_at = "refused", None, now
        row.decided_at, row.decided_by_id = now, actor_id
        row.reason = reason.strip()[:REASON_MAX]
        await row.save()
    await _decided(sender_id, "refused", actor_id, int(row is not None))
    await forms.settle(claim, "done")


async def _decided(sender_id: int, state: str, actor_id: int, changed: int) -> None:
    row = await SenderNumber.get_or_none(id=sender_id)
    if row is None:
        raise NotFound
    if not changed:
        raise Conflict("fairuse.sender_decided", N_("그사이 다른 담당자가 처리한 번호입니다."))
    await audit.record(f"fairuse.sender_{state}", f"sender:{sender_id}", actor_id)
    payload = {"account": row.account_id, "state": state, "sender": sender_id}
    await outbox.emit(TOLD, payload, key=f"{sender_id}:{state}")


def _told(row: SenderNumber) -> OwnNumber:
    return OwnNumber(
        row.id,
        row.account_id,
        numbers.parse(row.number).pretty if row.number else "",
        row.proof,
        row.state,
        row.chosen,
        row.proven_at,
        row.decided_at,
        row.reason or "",
    )
