"""/me/mileage: what one can spend, what it buys, every movement as a sentence (Y15-3)."""

from typing import TYPE_CHECKING, cast

from quart import current_app
from quart.typing import ResponseReturnValue

from server.core import clock
from server.core.i18n import N_
from server.core.web import SIGNED_IN, Closed, Door, Limit, actor, render
from server.core.web.pages import number
from server.mileage import rules, service
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from server.core.web.application import Application

door = Door("mileage")

PAGE_ROWS = 20


@door.get("/me/mileage", who=SIGNED_IN, limit=Limit(240, "minute"))
async def statement() -> ResponseReturnValue:
    """Balance and statement; `?before=` shows older movements."""
    profile = ordinance.profile(clock.today())
    if not profile.has_mileage:
        raise Closed("mileage.closed", N_("이 누리집에는 마일리지가 없습니다."))
    reader, before = actor(), number("before")
    if reader.person_id is None:
        waiting = await service.waiting(reader.account_id or 0)
        return await render("mileage/waiting.html", waiting=waiting)
    # This page may be the day's first: then its award stands on it already.
    await cast("Application", current_app).greet()
    balance = await service.balance(reader.person_id)
    entries = await service.statement(reader.person_id, before, PAGE_ROWS + 1)
    return await render(
        "mileage/statement.html",
        balance=balance,
        buys=rules.buys(profile, balance.available),
        lines=[(entry, rules.line_of(entry)) for entry in entries[:PAGE_ROWS]],
        newest=before is None,
        older=entries[PAGE_ROWS - 1].id if len(entries) > PAGE_ROWS else None,
        awards=profile.mileage.award if profile.mileage else None,
        spend=profile.mileage.spend if profile.mileage else None,
    )
