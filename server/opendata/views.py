"""/statistics, the figures with plots and tables, and /open, what is open to others and how."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from server.catalogue import service as catalogue
from server.core import i18n, plots
from server.core.i18n import N_
from server.core.plots import Point
from server.core.web import PUBLIC, Door, Limit, render
from server.opendata import figure_rules, figures, georeport_rules
from server.opendata.catalogue_names import site
from server.opendata.exports import LICENCE_ADDRESS, ROWS_MAX
from server.opendata.figures import Named, Statistics
from server.opendata.operations import SHARED_SECONDS
from server.opendata.rows import COLUMNS

door = Door("opendata")

READ: Final = Limit(240, "minute")
UNTOLD: Final = N_("가림")
NOTHING: Final = "-"


@door.get("/statistics", who=PUBLIC, limit=READ, cache=SHARED_SECONDS)
async def statistics() -> str:
    """How many complaints came, how many were handled in time, and how long they took."""
    told = await figures.told()
    return await render(
        "opendata/statistics.html",
        told=told,
        fewest=figure_rules.FEWEST,
        whole=_row(Named("", told.whole)) if told.whole else None,
        sections=_sections(told) if told.whole and told.whole.filed else [],
    )


@door.get("/open", who=PUBLIC, limit=READ, cache=SHARED_SECONDS)
async def open_data() -> str:
    """Addresses, columns, licence and keys for those who build on our data."""
    return await render(
        "opendata/open.html",
        columns=COLUMNS,
        topics=await catalogue.topics(),
        licence=LICENCE_ADDRESS,
        rows_max=ROWS_MAX,
        requests_max=georeport_rules.REQUESTS_MAX,
        site=site(),
    )


def _sections(told: Statistics) -> list[dict[str, Any]]:
    return [
        _section("month", N_("달마다"), N_("달"), [_month(each) for each in told.months]),
        _section("department", N_("부서마다"), N_("부서"), told.departments),
        _section("kind", N_("민원 종류마다"), N_("민원 종류"), told.kinds),
    ]


def _section(name: str, title: str, head: str, lines: Sequence[Named]) -> dict[str, Any]:
    return {
        "name": name,
        "title": i18n.gettext(title),
        "head": i18n.gettext(head),
        "standing": name == "month",
        "plots": [_plot(name, which, lines) for which in ("filed", "in_time", "days")],
        "rows": [_row(each) for each in lines],
    }


TITLES: Final = {
    "filed": N_("접수 건수"),
    "in_time": N_("기한 안에 처리한 비율"),
    "days": N_("처리에 걸린 날의 중앙값"),
}


def _plot(section: str, which: str, lines: Sequence[Named]) -> dict[str, Any]:
    rows = [_row(each) for each in lines]
    points = [
        Point(row["short"] if section == "month" else row["name"], row[which], row[f"{which}_said"])
        for row in rows
    ]
    most = 100.0 if which == "in_time" else None
    unit = "%" if which == "in_time" else ""
    drawn = plots.columns(points, most, unit) if section == "month" else plots.bars(points, most)
    told = [row for row in rows if row[which] is not None]
    greatest = max(told, key=lambda row: row[which], default=None)
    plain = bool(told) if which == "in_time" else any(row[which] for row in told)
    return {
        "id": f"{section}-{which}",
        "title": i18n.gettext(TITLES[which]),
        "drawn": drawn if plain else None,  # axes alone say nothing
        "gaps": any(row[which] is None and row["filed"] != 0 for row in rows),
        "summary": ""
        if greatest is None
        else i18n.gettext(
            N_("가장 높은 것은 %(name)s, %(value)s입니다. 값은 모두 아래 표에 있습니다."),
            name=greatest["name"],
            value=greatest[f"{which}_said"],
        ),
    }


def _row(named: Named) -> dict[str, Any]:
    """A line as it is read: a number, NOTHING where there is none, UNTOLD where it is withheld."""
    line = named.line
    untold = i18n.gettext(UNTOLD) if line.filed != 0 else NOTHING
    days = None if line.halves is None else line.halves / 2
    return {
        "name": named.name,
        "short": line.key.rpartition("-")[2].lstrip("0"),
        "filed": line.filed,
        "filed_said": untold if line.filed is None else i18n.number_text(line.filed),
        "in_time": line.in_time,
        "in_time_said": untold if line.in_time is None else f"{line.in_time}%",
        "days": days,
        "days_said": untold if days is None else _days(days),
    }


def _days(days: float) -> str:
    if days < 1:
        return i18n.gettext(N_("하루 안"))
    return i18n.gettext(N_("%(days)s일"), days=i18n.number_text(days))


def _month(named: Named) -> Named:
    """`2026-11` as people say it."""
    year, _, month = named.line.key.partition("-")
    return Named(i18n.month_text(date(int(year), int(month), 1)), named.line)
