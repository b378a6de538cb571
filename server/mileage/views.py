"""/me/mileage: what one can spend, what it buys, every movement as a sentence (Y15-3)."""

from collections.abc import AsyncIterator
from datetime import date
from typing import TYPE_CHECKING, cast

from quart import Response, current_app
from quart.typing import ResponseReturnValue

from server.core import clock, i18n
from server.core.i18n import N_
from server.core.web import SIGNED_IN, VERIFIED, Closed, Door, Limit, actor, render
from server.core.web.pages import number
from server.mileage import rules, service, statement_csv
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from server.core.web.application import Application

door = Door("mileage")

PAGE_ROWS = 20


@door.get("/me/mileage", who=SIGNED_IN, limit=Limit(240, "minute"))
async def statement() -> ResponseReturnValue:
    """Balance and statement; `?before=` shows older movements."""
    profile = _open()
    reader, before = actor(), number("before")
    if reader.person_id is None:
        waiting = await service.waiting(reader.account_id or 0)
        return await render("mileage/waiting.html", waiting=waiting)
    # This page may be the day's first: then its award stands on it already.
    await cast("Application", current_app).greet()
    balance = await service.balance(reader.person_id)
    entries = await service.statement(reader.person_id, before, PAGE_ROWS + 1)
    mileage = profile.mileage
    return await render(
        "mileage/statement.html",
        balance=balance,
        buys=rules.buys(profile, balance.available),
        lines=[(entry, rules.line_of(entry)) for entry in entries[:PAGE_ROWS]],
        newest=before is None,
        older=entries[PAGE_ROWS - 1].id if len(entries) > PAGE_ROWS else None,
        awards=mileage.award if mileage else None,
        spend=mileage.spend if mileage else None,
        opening=mileage.opening if mileage and mileage.opening > clock.today() else None,
        used_up=await service.used_up(),
        changes_on=_changes_on(),
    )


@door.get("/me/mileage/statement.csv", who=VERIFIED, limit=Limit(10, "minute"))
async def statement_for_a_spreadsheet() -> ResponseReturnValue:
    """Every movement of one's own, the newest first, for a spreadsheet."""
    _open()
    reader, locale = actor(), i18n.locale()

    async def written() -> AsyncIterator[bytes]:
        yield statement_csv.head(locale).encode()
        async for entries in service.whole_statement(reader.person_id or 0):
            yield statement_csv.lines(entries, locale).encode()

    name = f'attachment; filename="mileage-{clock.today():%Y%m%d}.csv"'
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
    return Response(written(), content_type="text/csv; charset=utf-8", headers=headers)


def _changes_on() -> date | None:
    """The next day on which an award or a price of mileage changes (Y25); None where none does."""
    today = clock.today()
    days = (
        edition.since
        for edition in ordinance.editions()
        if edition.since and any(key.startswith("mileage.") for key in edition.changed)
    )
    return next((day for day in days if day > today), None)


def _open() -> ordinance.Profile:
    """The rule in force today. Raises Closed where it gives no mileage."""
    profile = ordinance.profile(clock.today())
    if not profile.has_mileage:
        raise Closed("mileage.closed", N_("이 누리집에는 마일리지가 없습니다."))
    return profile
