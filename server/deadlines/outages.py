"""Failures of the system: entered and ended at the desk, told on every page, out of the clock.

D6의2 (notice of the failure, the other ways to file), D20 (the time is not counted).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from tortoise.expressions import Q

from server.core import audit, clock, db, forms, i18n, outbox
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, Invalid, NotFound, health
from server.deadlines import outage_rules
from server.deadlines.clock_rules import NotCounted
from server.deadlines.models import Outage
from server.deadlines.outage_rules import Failure, System
from server.ordinance import service as ordinance

ENDED = "outage.ended"
TEXT_LETTERS_MAX = 500
NOTICE_SECONDS = 1.0
"""How long a process may show the notices it has read: a page more costs nothing."""


@dataclass(frozen=True, slots=True)
class Report:
    """A failure as it is entered. `ends` None: it lasts. Words left out are the standard ones."""

    system: System
    begins: datetime
    ends: datetime | None = None
    words: str = ""
    words_en: str = ""
    ways: str = ""
    ways_en: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """A failure as the desk and the notices show it."""

    id: int
    failure: Failure
    words: str
    words_en: str
    ways: str
    ways_en: str

    @property
    def said(self) -> str:
        """What does not work, in the reader's language."""
        return self.words_en if i18n.locale() == "en" else self.words

    @property
    def otherwise(self) -> str:
        """How else to file, in the reader's language."""
        return self.ways_en if i18n.locale() == "en" else self.ways


class _Shown:
    client: object = None
    until = 0.0
    notices: tuple[Entered, ...] = ()


async def enter(report: Report, *, actor_id: int, claim: FormClaim | None = None) -> int:
    """Enter a failure, under way or over; its id. Raises Invalid, or Conflict where one of the
    same system is open."""
    entered = await _enter(report, actor_id, claim)
    _Shown.until = 0.0
    return entered


async def end(
    outage_id: int, ends: datetime, *, actor_id: int, claim: FormClaim | None = None
) -> None:
    """Say that a failure is over since `ends`: clocks are reckoned anew (`outage.ended`).

    Raises NotFound, Conflict where it has ended already, Invalid for an impossible time.
    """
    await _end(outage_id, ends, actor_id, claim)
    _Shown.until = 0.0


async def take_back(outage_id: int, *, actor_id: int, claim: FormClaim | None = None) -> None:
    """Strike out a failure that was entered by mistake: its time counts again. Raises NotFound."""
    await _take_back(outage_id, actor_id, claim)
    _Shown.until = 0.0


async def notices() -> tuple[Entered, ...]:
    """The failures that last, for every page: at most NOTICE_SECONDS old.

    While the database cannot be asked, those it last told of: such pages have to appear too.
    """
    client = db.connection()
    if _Shown.client is not client:
        _Shown.client, _Shown.until, _Shown.notices = client, 0.0, ()
    if monotonic() >= _Shown.until:
        try:
            rows = await Outage.filter(ended_at=None).order_by("began_at")
        except health.DOWN:
            return _Shown.notices
        _Shown.notices = tuple(map(_entered, rows))
        _Shown.until = monotonic() + NOTICE_SECONDS
    return _Shown.notices


async def latest(limit: int = 50) -> list[Entered]:
    """The failures for the desk, the newest first."""
    return [_entered(row) for row in await Outage.all().order_by("-began_at").limit(limit)]


async def outage(outage_id: int) -> Entered:
    """One failure. Raises NotFound."""
    row = await Outage.get_or_none(id=outage_id)
    if row is None:
        raise NotFound
    return _entered(row)


async def failures_between(begins: datetime, ends: datetime) -> tuple[NotCounted, ...]:
    """What failures of the system take out of a clock that runs from `begins` to `ends`."""
    rows = await _touching(begins, ends)
    return outage_rules.not_counted(rows, clock.now())


async def filed_during_failure(arrived: datetime) -> bool:
    """Whether filing was impossible at that moment, so that what came on paper may be registered
    later with its true time (D6의2)."""
    return outage_rules.filed_during(arrived, await _touching(arrived, arrived), clock.now())


async def _touching(begins: datetime, ends: datetime) -> list[Failure]:
    lasting = Q(ended_at=None) | Q(ended_at__gte=begins)
    rows = await Outage.filter(lasting, began_at__lte=ends)
    return [_failure(row) for row in rows]


@transactional
async def _enter(report: Report, actor_id: int, claim: FormClaim | None) -> int:
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    now = clock.now()
    _check(report, now)
    said = _in_words(report)
    if report.ends is None and await Outage.exists(system=report.system, ended_at=None):
        raise Conflict("outage.open", N_("이 장애는 이미 알리고 있습니다."), "system")
    row = await Outage.create(
        system=report.system,
        began_at=report.begins,
        ended_at=report.ends,
        words=said.words,
        words_en=said.words_en,
        ways=said.ways,
        ways_en=said.ways_en,
        opened_at=now,
        opened_by_id=actor_id,
        ended_by_id=actor_id if report.ends else None,
    )
    await audit.record("outage.entered", f"outage:{row.id}", actor_id, system=str(report.system))
    if report.ends is not None:
        await outbox.emit(ENDED, {"id": row.id})
    await forms.settle(claim, str(row.id))
    return int(row.id)


@transactional
async def _end(outage_id: int, ends: datetime, actor_id: int, claim: FormClaim | None) -> None:
    if await forms.claimed(claim) is not None:
        return
    row = await Outage.filter(id=outage_id).select_for_update().first()
    if row is None:
        raise NotFound
    fault = outage_rules.time_fault(row.began_at, ends, clock.now())
    if fault is not None:
        raise Invalid("outage.time", fault, "ended_at")
    if not await Outage.filter(id=outage_id, ended_at=None).update(
        ended_at=ends, ended_by_id=actor_id
    ):
        raise Conflict("outage.over", N_("이미 끝난 장애입니다."))
    await audit.record("outage.ended", f"outage:{outage_id}", actor_id)
    await outbox.emit(ENDED, {"id": outage_id})
    await forms.settle(claim, str(outage_id))


@transactional
async def _take_back(outage_id: int, actor_id: int, claim: FormClaim | None) -> None:
    if await forms.claimed(claim) is not None:
        return
    row = await Outage.get_or_none(id=outage_id)
    if row is None:
        raise NotFound
    await row.delete()
    await audit.record(
        "outage.taken_back",
        f"outage:{outage_id}",
        actor_id,
        system=row.system,
        began=row.began_at.isoformat(),
        ended=row.ended_at.isoformat() if row.ended_at else "",
    )
    await outbox.emit(ENDED, {"id": outage_id})
    await forms.settle(claim, str(outage_id))


def _check(report: Report, now: datetime) -> None:
    fault = outage_rules.time_fault(report.begins, report.ends, now)
    if fault is not None:
        field = "ended_at" if report.begins <= now and report.ends else "began_at"
        raise Invalid("outage.time", fault, field)
    for name in ("words", "words_en", "ways", "ways_en"):
        if len(getattr(report, name)) > TEXT_LETTERS_MAX:
            sentence = N_("%(max)d자까지 적을 수 있습니다.")
            raise Invalid(f"outage.{name}", sentence, name, max=TEXT_LETTERS_MAX)


def _in_words(report: Report) -> Report:
    """What residents read, in both languages: the standard words where none were typed."""
    words, ways = outage_rules.STANDARD_WORDS[report.system], outage_rules.STANDARD_WAYS
    district = ordinance.profile().district
    here = {"phone": district.phone, "address": district.address}
    there = {"phone": district.phone, "address": district.address_en}
    return replace(
        report,
        words=report.words or i18n.gettext(words, "ko"),
        words_en=report.words_en or i18n.gettext(words, "en"),
        ways=report.ways or i18n.gettext(ways, "ko", **here),
        ways_en=report.ways_en or i18n.gettext(ways, "en", **there),
    )


def _failure(row: Outage) -> Failure:
    return Failure(System(row.system), row.began_at, row.ended_at)


def _entered(row: Outage) -> Entered:
    return Entered(row.id, _failure(row), row.words, row.words_en, row.ways, row.ways_en)
