"""The public statistics: counted anew by a timer, kept as lines, told on the page and the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import service as complaints
from server.complaints.service import Cohort
from server.core import clock, i18n
from server.core.db import transactional
from server.core.i18n import N_
from server.opendata import figure_rules
from server.opendata.catalogue_names import named
from server.opendata.figure_rules import NOBODY, OTHERS, Line, Tally
from server.opendata.models import Figure

SCOPES: Final = ("all", "month", "department", "kind")
ALL: Final = "all"
KINDS_MAX: Final = 15

WITHOUT: Final = {
    ("department", NOBODY): N_("아직 정하지 않음"),
    ("kind", NOBODY): N_("접수 전"),
    ("department", OTHERS): N_("그 밖의 부서"),
    ("kind", OTHERS): N_("그 밖의 종류"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """A line with the name of what it counts, in the reader's language."""

    name: str
    line: Line


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of twelve months. `counted_at` is None while nothing has been counted."""

    counted_at: datetime | None
    whole: Line | None
    months: Sequence[Named]
    departments: Sequence[Named]
    kinds: Sequence[Named]


async def count_anew() -> int:
    """Count the last twelve months and put the lines in place of the old; how many."""
    first = figure_rules.first_month(clock.today())
    since = datetime.combine(first, time(), clock.SEOUL)
    found = await complaints.cohorts(since)
    keys = figure_rules.months_from(first)
    whole = Tally()
    for cohort in found:
        whole.add(cohort)
    lines = {
        "all": [figure_rules.line(ALL, whole)],
        "month": figure_rules.months(figure_rules.tallied(found, lambda each: each.month), keys),
        "department": figure_rules.parts(figure_rules.tallied(found, _department)),
        "kind": figure_rules.parts(figure_rules.tallied(found, _kind), KINDS_MAX),
    }
    return await _replace(lines)


def _department(cohort: Cohort) -> str:
    return NOBODY if cohort.department_id is None else str(cohort.department_id)


def _kind(cohort: Cohort) -> str:
    return NOBODY if cohort.kind_id is None else str(cohort.kind_id)


@transactional
async def _replace(lines: dict[str, list[Line]]) -> int:
    now = clock.now()
    await Figure.all().delete()
    rows = [
        Figure(
            scope=scope,
            position=position,
            key=line.key,
            filed=line.filed,
            in_time=line.in_time,
            halves=line.halves,
            counted_at=now,
        )
        for scope in SCOPES
        for position, line in enumerate(lines[scope])
    ]
    await Figure.bulk_create(rows)
    return len(rows)


async def told() -> Statistics:
    """The figures with their names in the reader's language."""
    rows = await Figure.all().order_by("scope", "position")
    lines: dict[str, list[Line]] = {scope: [] for scope in SCOPES}
    for row in rows:
        lines[row.scope].append(Line(row.key, row.filed, row.in_time, row.halves))
    departments = {str(dept.id): named(dept) for dept in await accounts.departments(every=True)}
    kinds = await catalogue.kind_names(
        int(line.key) for line in lines["kind"] if line.key.isdigit()
    )
    kind_names = {str(key): name for key, name in kinds.items()}
    return Statistics(
        rows[0].counted_at if rows else None,
        lines["all"][0] if lines["all"] else None,
        [Named(each.key, each) for each in lines["month"]],
        [_named("department", each, departments) for each in lines["department"]],
        [_named("kind", each, kind_names) for each in lines["kind"]],
    )


def _named(scope: str, line: Line, names: dict[str, str]) -> Named:
    without = WITHOUT.get((scope, line.key))
    return Named(i18n.gettext(without) if without else names.get(line.key, line.key), line)


def as_data(statistics: Statistics) -> dict[str, Any]:
    """The figures as the API tells them; null where a number is too small to be told."""
    return {
        "counted_at": clock.seoul(statistics.counted_at).isoformat(timespec="seconds")
        if statistics.counted_at
        else None,
        "fewest": figure_rules.FEWEST,
        "whole": _data("", statistics.whole) if statistics.whole else None,
        "months": [_data(each.name, each.line) for each in statistics.months],
        "departments": [_data(each.name, each.line) for each in statistics.departments],
        "kinds": [_data(each.name, each.line) for each in statistics.kinds],
    }


def _data(name: str, line: Line) -> dict[str, Any]:
    return {
        "name": name or None,
        "filed": line.filed,
        "in_time_percent": line.in_time,
        "median_days": None if line.halves is None else line.halves / 2,
    }
