"""/desk/messages: how the providers fare and where deliveries stand; what messages cost by day
(Y15-4: within the budget)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from quart import request
from quart.typing import ResponseReturnValue

from server.core import clock, i18n, plots
from server.core.i18n import N_
from server.core.plots import Point
from server.core.web import Door, Limit, Unreadable, actor, render, role
from server.messages import service
from server.messages.carriers import costs, health, health_rules
from server.messages.carriers.costs import Cost, Sum
from server.messages.delivery.standing import open_orders
from server.messages.orders.holding import DESK, REVIEWERS

door = Door("messages_carriers")

READ = Limit(240, "minute")
YEARS: Final = range(2020, 2100)
LABELLED_EVERY: Final = 5
"""So many days apart the plot names a day: more would run into each other on a phone."""

KINDS: Final = {"sms": N_("문자"), "fax": N_("팩스")}


@door.get("/desk/messages", who=role("informatics", "admin"), limit=READ)
async def standing() -> ResponseReturnValue:
    """How well each provider is, and how many deliveries stand where."""
    service.profile()
    carriers = {"sms": service.carriers("sms"), "fax": service.carriers("fax")}
    names = list(dict.fromkeys([*carriers["sms"], *carriers["fax"]]))
    return await render(
        "messages/desk/standing.html",
        orders=await open_orders(),
        carriers=carriers,
        kinds=KINDS,
        providers=await health.of_providers(names),
        levels=health_rules.WORDS,
        held_at=DESK if not actor().roles.isdisjoint(REVIEWERS) else None,
    )


@door.get("/desk/messages/costs", who=role("informatics", "audit", "admin"), limit=READ)
async def spent() -> ResponseReturnValue:
    """A month by day, and by kind, provider and payer: in units, points and won."""
    service.profile()
    month = _asked(request.args.get("month", ""))
    found = await costs.of_month(month)
    whole = Sum()
    for cost in found:
        whole += cost
    by_carrier = costs.added(found, lambda cost: (cost.kind, cost.provider, cost.office))
    return await render(
        "messages/desk/costs.html",
        month=month,
        month_said=_said(month),
        before=f"{month - timedelta(days=1):%Y-%m}",
        after=f"{_next(month):%Y-%m}" if _next(month) <= clock.today() else None,
        whole=whole,
        days=costs.added(found, lambda cost: cost.day),
        carriers=by_carrier,
        kinds=KINDS,
        by_day=_by_day(month, found),
        by_carrier=_by_carrier(by_carrier),
    )


def _asked(text: str) -> date:
    """The first day of the month asked for (`2026-11`), this month where none is."""
    if not text:
        return clock.today().replace(day=1)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Unreadable("month") from None
    if month.year not in YEARS:
        raise Unreadable("month")
    return month


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _said(month: date) -> str:
    if i18n.locale() == "en":
        return f"{i18n.MONTHS[month.month - 1]} {month.year}"
    return f"{month.year}년 {month.month}월"


def _by_day(month: date, found: Sequence[Cost]) -> dict[str, Any]:
    """The won of every day of the month as columns."""
    sums = costs.added(found, lambda cost: cost.day)
    points = [
        Point(
            str(day.day) if day.day == 1 or day.day % LABELLED_EVERY == 0 else "",
            sums.get(day, Sum()).won,
            _won(sums.get(day, Sum()).won),
        )
        for day in costs.days_of(month)
    ]
    dearest = max(sums, key=lambda day: sums[day].won, default=None)
    return {
        "id": "by-day",
        "title": i18n.gettext(N_("날마다 쓴 예산")),
        "drawn": plots.columns(points, unit=i18n.gettext(N_("원"))),
        "summary": ""
        if dearest is None
        else i18n.gettext(
            N_("가장 많이 쓴 날은 %(day)s, %(won)s입니다. 값은 모두 아래 표에 있습니다."),
            day=i18n.date_text(dearest),
            won=_won(sums[dearest].won),
        ),
    }


def _by_carrier(sums: dict[tuple[str, str, bool], Sum]) -> dict[str, Any]:
    """The won of every kind and provider as bars."""
    totals: dict[str, int] = {}
    for (kind, provider, _), total in sums.items():
        name = f"{i18n.gettext(KINDS[kind])} · {provider}"
        totals[name] = totals.get(name, 0) + total.won
    points = [Point(name, won, _won(won)) for name, won in totals.items()]
    return {
        "id": "by-carrier",
        "title": i18n.gettext(N_("종류와 통신사마다 쓴 예산")),
        "drawn": plots.bars(points),
        "summary": ", ".join(f"{point.name} {point.words}" for point in points),
    }


def _won(won: int) -> str:
    return i18n.gettext(N_("%(won)s원"), won=i18n.number_text(won))
