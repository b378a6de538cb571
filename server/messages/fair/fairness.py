"""Where orders meet the rules of fair use: whom they leave out, what is looked at, what counts."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from gateways.encode import numbers
from server.core import clock
from server.core.db import transactional
from server.core.i18n import N_
from server.core.web import Conflict, Invalid, Problem
from server.fairuse import service as fairuse
from server.fairuse.service import Ground, Verdict
from server.messages.fair.models import LeftOut
from server.messages.models import Delivery, Message
from server.messages.sms.letter_rules import Letters
from server.ordinance import service as ordinance

DECLARE = N_("광고와 선거운동이 아니라는 데 표시해 주세요.")
NO_AD = N_("광고처럼 보입니다. 광고가 아니라면 표시하고, 광고라면 (광고)로 시작해 주세요.")
AD_CONSENT = N_("받는 사람이 모두 광고를 받겠다고 미리 동의했는지 표시해 주세요.")
QUIET = N_("광고는 %(begins)s부터 %(ends)s까지 보내지 않습니다. 보낼 때를 낮으로 정해 주세요.")
OPTED_OUT = N_(
    "그사이 팩스를 받지 않겠다고 한 번호가 있습니다: %(numbers)s. 고쳐 쓰면 빼고 보냅니다."
)
NOBODY = N_("적으신 번호는 모두 문자와 팩스를 받지 않겠다고 한 번호입니다.")


# --- while a draft is written -------------------------------------------------------------------


async def unwilling(digits: Iterable[str]) -> set[str]:
    """Those of the numbers that want nothing. Raises Invalid on `to` where nobody is left."""
    every = list(digits)
    found = await fairuse.suppressed(every)
    if found and found == set(every):
        raise Invalid("messages.nobody", NOBODY, "to")
    return found


def heeds_opt_out(person_id: int | None, body: str) -> bool:
    """Whether an order leaves out who wants nothing: a resident's, and an advertisement."""
    return person_id is not None or fairuse.claims_to_be_an_ad(body)


def must_be_lawful(body: str, messages: int) -> None:
    """An advertisement of the office says what it has to. Raises Invalid on `body`."""
    if fairuse.claims_to_be_an_ad(body):
        profile = ordinance.profile(clock.today())
        fair = fairuse.fair_use(profile)
        for fault in fairuse.ad_faults(fair, profile.district.office, body, messages):
            raise fault


async def without_unwilling(letters: Letters) -> tuple[Letters, tuple[str, ...]]:
    """The letters to those who take them, and the numbers left out. Raises Invalid."""
    numbers = await asyncio.to_thread(lambda: [letter.number.digits for letter in letters])
    refusing = await unwilling(numbers)
    if not refusing:
        return letters, ()
    left_out = tuple(dict.fromkeys(each for each in numbers if each in refusing))
    return await asyncio.to_thread(letters.but, refusing), left_out


async def keep_left_out(message_id: UUID, numbers: Iterable[str]) -> None:
    """Inside the draft's transaction: remember whom it leaves out, to be shown."""
    rows = [LeftOut(message_id=message_id, number=number) for number in numbers]
    if rows:
        await LeftOut.bulk_create(rows)


async def left_out_of(message_id: UUID) -> tuple[str, ...]:
    """The numbers (digits) that an order leaves out; those erased are not among them."""
    rows = await LeftOut.filter(message_id=message_id).order_by("id")
    return tuple(row.number for row in rows if row.number is not None)


# --- at the confirmation ------------------------------------------------------------------------


async def texts_of(message: Message) -> tuple[str, ...]:
    """What an order says: its text, and the texts of those who get one of their own."""
    own: list[str] = []
    if message.kind == "sms" and message.parts is None:
        rows = await Delivery.filter(message_id=message.id).order_by("id")
        own = [row.text for row in rows if row.text]
    return tuple(dict.fromkeys([message.body or "", *own]))


async def judged(message: Message) -> Verdict:
    """What of a resident's order an official is to look at; of the office's own nothing."""
    if message.paid_by == "office":
        return Verdict()
    return fairuse.judged(await texts_of(message))


async def may_go(message: Message, *, sender: str | None, declared: bool) -> None:
    """What its writer has to have declared, and the number it was shown with, are as they must be.

    Raises Invalid on `declared`, Conflict where the number is another by now: the draft is then to
    be shown anew (`renumber`), Problem 409 where a recipient of a fax has opted out meanwhile. What
    the office advertises is told as in `must_be_lawful`.
    """
    if message.paid_by == "office":
        _may_be_advertised(message, declared=declared)
        return
    if not declared:
        raise Invalid("messages.declared", DECLARE, "declared")
    await _same_sender(message, sender)
    if message.kind == "fax":
        await _still_willing(message)


async def _still_willing(message: Message) -> None:
    """Of a fax: its pages are drawn and priced, so that nobody is merely left out of it now."""
    rows = await Delivery.filter(message_id=message.id)
    refusing = await fairuse.suppressed(row.number for row in rows if row.number)
    if refusing:
        written = ", ".join(sorted(numbers.parse(each).pretty for each in refusing))
        raise Problem("messages.opted_out", OPTED_OUT, 409, numbers=written)


def _may_be_advertised(message: Message, *, declared: bool) -> None:
    """An official's text: an advertisement says what it has to, goes to those who agreed to it and
    not at night; what only looks like one is declared to be none (Network Act 50)."""
    body = message.body or ""
    profile = ordinance.profile(clock.today())
    if not fairuse.claims_to_be_an_ad(body):
        if looks_like_an_ad(body) and not declared:
            raise Invalid("messages.no_ad", NO_AD, "declared")
        return
    texts = json.loads(message.parts) if message.parts else ()
    must_be_lawful(body, len(texts))
    fair = fairuse.fair_use(profile)
    if not declared:
        raise Invalid("messages.ad_consent", AD_CONSENT, "declared")
    if fairuse.is_quiet(fair, message.scheduled_at or clock.now()):
        raise Problem("messages.quiet", QUIET, 409, **fairuse.quiet_words(fair))


def looks_like_an_ad(body: str) -> bool:
    """Whether a text that does not call itself an advertisement may be taken for one."""
    return Ground.AD in fairuse.judged([body]).grounds


async def _same_sender(message: Message, seen: str | None) -> None:
    if message.account_id is None:
        return
    kind: fairuse.Kind = "sms" if message.kind == "sms" else "fax"
    today = await fairuse.sender_of(message.account_id, kind)
    shown = seen is None or fairuse.same_number(seen, message.sender or "")
    if not shown or not fairuse.same_number(today.number, message.sender or ""):
        raise Conflict(
            "messages.sender_changed",
            N_("그사이 보내는 번호가 바뀌었습니다. 새 번호를 확인하고 다시 보내 주세요."),
        )


@transactional
async def renumber(message_id: UUID, account_id: int) -> None:
    """Give a draft the number under which it would go out now."""
    message = await Message.get_or_none(id=message_id, account_id=account_id, stage="draft")
    if message is not None and message.paid_by == "person":
        kind: fairuse.Kind = "sms" if message.kind == "sms" else "fax"
        message.sender = (await fairuse.sender_of(account_id, kind)).number
        await message.save(update_fields=["sender"])


def day_of(message: Message) -> date:
    """The Seoul day against which an order counts: that of its hour, else of its confirmation."""
    return clock.seoul(message.scheduled_at or message.confirmed_at or clock.now()).date()


async def spend(message: Message) -> None:
    """Count an order against its person's day and month. Raises Problem where one is full."""
    if message.person_id is not None:
        kind: fairuse.Kind = "sms" if message.kind == "sms" else "fax"
        await fairuse.spend(message.person_id, kind, message.units, day_of(message))


async def give_back(unsent: Iterable[tuple[Message, int]]) -> None:
    """So many units of orders were never sent: they do not count any more.

    Locks counts: the orders' own locks come before, balances after.
    """
    units: Counter[tuple[int, fairuse.Kind, date]] = Counter()
    for message, count in unsent:
        if message.person_id is not None:
            kind: fairuse.Kind = "sms" if message.kind == "sms" else "fax"
            units[message.person_id, kind, day_of(message)] += count
    for person_id, kind, day in sorted(units):
        await fairuse.give_back(person_id, kind, units[person_id, kind, day], day)


# --- in the moment it leaves --------------------------------------------------------------------

STOPPED_AGAIN: Final = timedelta(minutes=1)
WAITS_MAX: Final = 5


async def hindrances(
    leaving: Sequence[tuple[Message, str | None, int]],
) -> list[str | timedelta | None]:
    """Why deliveries may not leave: for good (`opted_out`, `sender_gone`, `code_over`), or for
    so long; the oftener one has asked, the later it asks again. Each with its order, its number,
    and how often it has asked."""
    ads = {
        message.id: message.paid_by != "person" and fairuse.claims_to_be_an_ad(message.body or "")
        for message in {message.id: message for message, _, _ in leaving}.values()
    }
    found = await fairuse.hindrances(
        [
            fairuse.Leaving(
                message.account_id if message.paid_by == "person" else None,
                message.sender or "",
                number or "",
                heeds_opt_out=message.paid_by == "person" or ads[message.id],
                code=_code_of(message.about),
            )
            for message, number, _ in leaving
        ]
    )
    night = _until_morning() if any(ads.values()) else None
    return [
        STOPPED_AGAIN * min(attempt, WAITS_MAX)
        if why == "stopped"
        else why or (night if ads[message.id] else None)
        for (message, _, attempt), why in zip(leaving, found, strict=True)
    ]


def _code_of(about: str | None) -> UUID | None:
    """The one-time code that an order of the office brings."""
    kind, _, key = (about or "").partition(":")
    return UUID(key) if kind == "code" else None


def _until_morning() -> timedelta | None:
    """How long advertisements have to wait; None while they may go."""
    now = clock.now()
    fair = fairuse.fair_use(ordinance.profile(clock.today()))
    return fairuse.quiet_until(fair, now) - now or None
