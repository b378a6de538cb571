"""Notices on their ladder: what a resident has chosen, and one transaction a rung (Y16).

The row of a notice says where it stands; it is changed under its lock together with what it
causes, so a worker that dies in between repeats nothing and leaves nothing out.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gateways.encode.numbers import BadNumber, parse
from server.accounts import service as accounts
from server.core import audit, clock, forms, outbox
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Invalid
from server.fairuse import service as fairuse
from server.mileage import service as mileage
from server.notifications import ladder_rules
from server.notifications.ladder_rules import (
    Desk,
    Fate,
    Over,
    Patience,
    Push,
    Rung,
    Standing,
    Text,
    Wait,
    Way,
)
from server.notifications.models import Ladder, Notification, Reach
from server.notifications.texting import recall, tell_by_sms
from server.ordinance import service as ordinance

PUSH: Final = "notifications.push"
CLIMB: Final = "notifications.climb"
ON_THE_LADDER: Final = frozenset({Rung.PUSH, Rung.SMS, Rung.TO_DESK, Rung.AT_DESK})
TO_DESK: Final = "notifications.to_desk"
"""Carries `reach`, `about`, `kind` and when it was first told (`at`, ISO 8601): the desk is to
tell it by letter or fax."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice in an inbox, and the devices (ids) that it is pushed to."""

    notification_id: int
    devices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a resident has chosen: `none`, `sms` or `desk`, and a fax number instead of post."""

    way: str = "none"
    fax: str = ""


@dataclass(frozen=True, slots=True)
class Climbed:
    """Where a notice stands on its ladder, and why it is not lower: keys of ladder_rules.WHY."""

    rung: Rung
    why: tuple[str, ...]
    since: datetime


# --- what is chosen -----------------------------------------------------------------------------


async def choice(account_id: int) -> Choice:
    """What the account has chosen."""
    row = await Ladder.get_or_none(account_id=account_id)
    return Choice() if row is None else Choice(row.way, row.fax or "")


@transactional
async def choose_ladder(
    account_id: int, way: str, fax: str, *, claim: FormClaim | None = None
) -> None:
    """Choose how a step is told whose push did not reach. Raises Invalid naming the field."""
    if await forms.claimed(claim) is not None:
        return
    if way not in ladder_rules.WAYS:
        raise Invalid("ladder.way", N_("목록에서 골라 주세요."), "way")
    own = await accounts.own_account(account_id)
    number = _fax(fax) if way != "none" and fax.strip() else None
    if way == "sms" and ladder_rules.why_no_text(own.phone):
        sentence = N_("문자를 받을 수 있는 국내 휴대전화 번호를 먼저 연락처에 적어 주세요.")
        raise Invalid("ladder.phone", sentence, "way")
    if way == "desk" and not own.address and number is None:
        sentence = N_("우편을 받을 주소를 연락처에 적거나, 아래에 팩스번호를 적어 주세요.")
        raise Invalid("ladder.address", sentence, "way")
    if way == "none":
        await Ladder.filter(account_id=account_id).delete()
    else:
        chosen = Ladder(account_id=account_id, way=way, fax=number, chosen_at=clock.now())
        # In one statement: two tabs may choose at once.
        await Ladder.bulk_create(
            [chosen], on_conflict=["account_id"], update_fields=["way", "fax", "chosen_at"]
        )
    await audit.record("notifications.ladder", f"account:{account_id}", account_id, way=way)
    await forms.settle(claim, "done")


def _fax(text: str) -> str:
    """A number at which a fax machine in the country may stand. Raises Invalid on `fax`."""
    try:
        number = parse(text)
    except BadNumber:
        number = None
    if number is None or not number.domestic or not number.takes_fax:
        raise Invalid("ladder.fax", N_("국내 팩스번호를 확인해 주세요. 예: 02-1234-5678"), "fax")
    return number.digits


async def fax_numbers(account_ids: Collection[int]) -> dict[int, str]:
    """The fax numbers of those accounts that have chosen one instead of post."""
    rows = await Ladder.filter(account_id__in=sorted(account_ids))
    return {row.account_id: row.fax for row in rows if row.fax}


# --- up the ladder ------------------------------------------------------------------------------


@transactional
async def follow_up(sent: Sent, account_id: int, about: str, *, texted: UUID | None = None) -> None:
    """Watch over a notice in the caller's transaction, if its reader has chosen a ladder; a text
    that has been ordered for it anyway (`texted`) is its second rung already."""
    if not await Ladder.exists(account_id=account_id):
        return
    now = clock.now()
    row = await Reach.create(
        notification_id=sent.notification_id,
        account_id=account_id,
        about=about,
        devices=json.dumps(sent.devices),
        rung=Rung.PUSH if texted is None else Rung.SMS,
        sms_order=texted,
        texted_at=None if texted is None else now,
        since=now,
    )
    await outbox.emit(CLIMB, {"reach": row.id}, key=str(row.id))


@transactional
async def climb(reach_id: int) -> timedelta | None:
    """Look after one notice: take its next rung if its time has come. How long until it is to be
    looked at again; None where it has come to an end."""
    row = await Reach.filter(id=reach_id).select_for_update().first()
    if row is None or row.rung not in {Rung.PUSH, Rung.SMS}:
        return None
    notice = await Notification.get(id=row.notification_id)
    chosen = await Ladder.get_or_none(account_id=row.account_id)
    way: Way | None = None if chosen is None else "sms" if chosen.way == "sms" else "desk"
    phone = (await accounts.contact_of(row.account_id)).phone
    now = clock.now()
    standing = await _standing(row, notice, way, phone, now)
    following = ladder_rules.next_rung(standing, patience(), now)
    if following == Over(Rung.REACHED):
        await _take_back_text(row, notice.kind)
    match following:
        case Wait(after=after):
            return after
        case Text(why=why):
            assert phone is not None
            locale = (await accounts.locale_of([row.account_id])).get(row.account_id, "ko")
            params = json.loads(notice.params)
            row.sms_order = await tell_by_sms(phone, locale, notice.kind, params, about=row.about)
            row.texted_at = now
            row.rung, row.why = Rung.SMS, why
        case Desk(why=why, why_desk=why_desk):
            row.rung, row.why, row.why_desk = Rung.TO_DESK, row.why or why, why_desk
            told_at = notice.created_at.isoformat()
            letter = {"reach": row.id, "about": row.about, "kind": notice.kind, "at": told_at}
            await outbox.emit(TO_DESK, letter, key=str(row.id))
        case Over(rung=rung):
            row.rung = rung
    row.since = now
    await row.save()
    return patience().silent if row.rung == Rung.SMS else None


async def _take_back_text(row: Reach, kind: str) -> None:
    """Have the text stopped of whose fate nothing is known: what it tells is told otherwise. It
    stays as long as nobody knows that a letter can go: it may be the last that is heard."""
    if row.sms_order is not None and not row.text:
        await recall(row.sms_order, kind, about=row.about)


def patience() -> Patience:
    """The profile's."""
    rule = ordinance.profile(clock.today()).complaints
    return Patience(timedelta(hours=rule.unopened_hours), timedelta(hours=rule.silent_hours))


async def _standing(
    row: Reach, notice: Notification, way: Way | None, phone: str | None, now: datetime
) -> Standing:
    held = Standing(
        Rung(row.rung),
        way,
        notice.created_at,
        read=notice.read_at is not None,
        texted_at=row.texted_at,
        text=Fate(row.text),
    )
    if held.read or way is None or held.rung is Rung.SMS:
        return held
    messages = ordinance.profile(clock.today()).messages
    quiet = None if messages is None else fairuse.quiet_until(messages.fair_use, now)
    return Standing(
        held.rung,
        way,
        held.told_at,
        push=await _push(row),
        no_text=await _why_no_text(phone) if way == "sms" else "",
        stopped=await fairuse.sending_stopped(),
        day_at=quiet,
    )


async def _push(row: Reach) -> Push:
    """What became of the pushes: a push service has taken one, or their jobs tell."""
    if row.handed_at is not None:
        return Push.HANDED
    keys = [f"{row.notification_id}:{device}" for device in json.loads(row.devices)]
    if not keys:
        return Push.NONE
    waiting = await outbox.waiting(PUSH, keys)
    return Push.PENDING if waiting else Push.LOST


async def _why_no_text(phone: str | None) -> str:
    """Why the office sends no text to this number now; nothing where it does."""
    why = ladder_rules.why_no_text(phone)
    if why:
        return why
    if ordinance.profile(clock.today()).messages is None:
        return "closed"
    if await fairuse.suppressed([parse(phone or "").digits]):
        return "opted_out"
    return "budget" if await mileage.used_up() else ""


@transactional
async def handed(notification_id: int) -> None:
    """A push service has taken a push of this notice."""
    watched = Reach.filter(notification_id=notification_id, handed_at__isnull=True)
    await watched.update(handed_at=clock.now())


async def is_watched(notification_id: int) -> bool:
    """Whether somebody has chosen to hear otherwise of a notice that no push service has taken."""
    return await Reach.exists(notification_id=notification_id, handed_at__isnull=True)


@transactional
async def text_ended(order: UUID, *, arrived: bool) -> None:
    """A text of the office's own has come to its end: if it was a rung, the next is looked at."""
    row = await Reach.filter(sms_order=order).select_for_update().first()
    if row is None or row.text:
        return
    row.text = Fate.ARRIVED if arrived else Fate.LOST
    await row.save(update_fields=["text"])
    await outbox.emit(CLIMB, {"reach": row.id}, key=f"{row.id}:ended")


@transactional
async def take_to_desk(reach_id: int, *, possible: bool, needed: bool) -> bool:
    """In the transaction of whoever puts it into the desk's list: once only, and the end of the
    ladder where neither address nor fax number is known (`possible`), where later news says it
    all (not `needed`), or where it has been read, or its text has arrived, after all. A text that
    has not left is taken back now that it is needless, and never where no letter can go."""
    row = await Reach.filter(id=reach_id, rung=Rung.TO_DESK).select_for_update().first()
    if row is None:
        return False
    notice = await Notification.get(id=row.notification_id)
    if notice.read_at is not None or row.text == Fate.ARRIVED:
        row.rung = Rung.REACHED
    else:
        row.rung = Rung.NEEDLESS if not needed else Rung.AT_DESK if possible else Rung.NOWHERE
    if row.rung != Rung.NOWHERE:
        await _take_back_text(row, notice.kind)
    row.since = clock.now()
    await row.save(update_fields=["rung", "since"])
    return row.rung == Rung.AT_DESK


@transactional
async def take_off(
    account_id: int, about: str, kinds: Collection[str], *, unposted: Collection[datetime]
) -> None:
    """What the account was told of these kinds about a subject is of no use any more: it goes no
    further, and a text that has not left is taken back. At the desk already, it is so where its
    letter was not posted: `unposted` are the moments at which such news was first told."""
    ladders = Reach.filter(account_id=account_id, about=about, rung__in=sorted(ON_THE_LADDER))
    rows = await ladders.select_for_update().order_by("id")
    known = Notification.filter(
        id__in=[row.notification_id for row in rows], kind__in=sorted(kinds)
    )
    notices = {notice.id: notice for notice in await known}
    for row in rows:
        notice = notices.get(row.notification_id)
        if notice is None or (row.rung == Rung.AT_DESK and notice.created_at not in unposted):
            continue
        row.rung, row.since = Rung.NEEDLESS, clock.now()
        await row.save(update_fields=["rung", "since"])
        await _take_back_text(row, notice.kind)


async def climbed(notification_ids: Collection[int]) -> dict[int, Climbed]:
    """Where notices stand that are watched over, by their ids."""
    rows = await Reach.filter(notification_id__in=list(notification_ids))
    return {
        row.notification_id: Climbed(
            Rung(row.rung), tuple(why for why in (row.why, row.why_desk) if why), row.since
        )
        for row in rows
    }


async def forget(account_id: int) -> None:
    """The account was closed: what it chose goes; its notices go with the inbox."""
    await Ladder.filter(account_id=account_id).delete()
    await Reach.filter(account_id=account_id).delete()
