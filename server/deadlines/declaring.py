"""The office's calendar: its profile, and the days off that were declared later (Act 19).

Every use asks for one small stamp; the days are read again only where it has moved, so a day that
another process declares counts at once.
"""

from dataclasses import dataclass
from datetime import date, datetime

from server.core import audit, clock, db, forms, ids, outbox
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, Invalid, NotFound
from server.deadlines import rules
from server.deadlines.calendar_rules import ORDINARY, DayOff, WorkCalendar
from server.deadlines.models import DeclaredHoliday
from server.ordinance import service as ordinance
from server.ordinance.service import Profile

CHANGED = "calendar.changed"
SERIES = "calendar"
NAME_LETTERS_MAX, REASON_LETTERS_MAX = 60, 300


@dataclass(frozen=True, slots=True)
class Declared:
    """A day off that was declared: by whom is in the audit."""

    day: date
    name: str
    name_en: str
    reason: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    """A calendar as it was read: of which database and profile, and at which stamp."""

    client: object
    profile: Profile
    stamp: int
    calendar: WorkCalendar


class _Kept:
    known: _Known | None = None


async def calendar() -> WorkCalendar:
    """The office's working time as of now: the profile's, with the days declared off later."""
    stamp = await _stamp()
    client, profile, known = db.connection(), ordinance.profile(), _Kept.known
    fresh = known is not None and known.client is client and known.profile is profile
    if known is not None and fresh and known.stamp == stamp:
        return known.calendar
    # Read after the stamp: days may be newer than it, never older.
    days = [DayOff(each.day, each.name, each.name_en, each.reason) for each in await declared()]
    made = rules.work_calendar(profile, days)
    if not db.transaction_open():  # what a transaction has written may yet be taken back
        _Kept.known = _Known(client, profile, stamp, made)
    return made


async def declared() -> list[Declared]:
    """Every day declared off, in order."""
    return [
        Declared(row.day, row.name, row.name_en, row.reason, row.declared_at)
        for row in await DeclaredHoliday.all().order_by("day")
    ]


@transactional
async def declare(off: DayOff, *, actor_id: int, claim: FormClaim | None = None) -> None:
    """Declare a day off: open deadlines move, and those concerned are told (`calendar.changed`).

    Raises Invalid on the field, Conflict where the day is off already.
    """
    if await forms.claimed(claim) is not None:
        return
    _check(off)
    if await DeclaredHoliday.exists(day=off.day):
        raise _already_off()
    await DeclaredHoliday.create(
        day=off.day,
        name=off.name,
        name_en=off.name_en,
        reason=off.reason,
        declared_at=clock.now(),
        declared_by_id=actor_id,
    )
    await _changed("calendar.declared", off.day, actor_id)
    await forms.settle(claim, off.day.isoformat())


@transactional
async def take_back(day: date, *, actor_id: int, claim: FormClaim | None = None) -> None:
    """Take a declared day back: it counts again. Raises NotFound."""
    if await forms.claimed(claim) is not None:
        return
    if not await DeclaredHoliday.filter(day=day).delete():
        raise NotFound
    await _changed("calendar.taken_back", day, actor_id)
    await forms.settle(claim, day.isoformat())


def _check(off: DayOff) -> None:
    for field, text, longest in (
        ("name", off.name, NAME_LETTERS_MAX),
        ("name_en", off.name_en, NAME_LETTERS_MAX),
        ("reason", off.reason, REASON_LETTERS_MAX),
    ):
        if not 0 < len(text) <= longest:
            raise Invalid(f"calendar.{field}", N_("적으신 것을 확인해 주세요."), field)
    if abs((off.day - clock.today()).days) > rules.DECLARED_DAYS_MAX:
        raise Invalid("calendar.far", N_("앞뒤로 2년 안의 날만 정할 수 있습니다."), "day")
    if ORDINARY.is_off(off.day):
        raise _already_off()


def _already_off() -> Conflict:
    return Conflict("calendar.already_off", N_("그날은 이미 쉬는 날입니다."), "day")


async def _changed(action: str, day: date, actor_id: int) -> None:
    await ids.next_number(SERIES)
    await audit.record(action, f"day:{day.isoformat()}", actor_id)
    await outbox.emit(CHANGED, {"day": day.isoformat()})


async def _stamp() -> int:
    rows = await db.fetch("SELECT given FROM counter WHERE series = ?", [SERIES])
    return int(rows[0]["given"]) if rows else 0
