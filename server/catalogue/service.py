"""The catalogue of services: kinds with period, law, fee and department, and topics (Y9, Y11-2)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from server.accounts import service as accounts
from server.accounts.service import Dept
from server.catalogue.models import Kind, Topic
from server.catalogue.rules import CATEGORIES
from server.core import i18n
from server.core.db import transactional
from server.core.search import normalised
from server.deadlines import service as deadlines
from server.deadlines.service import Period
from server.ordinance import service as ordinance

__all__ = [
    "CATEGORIES",
    "Kind",
    "KindView",
    "Topic",
    "TopicView",
    "departments_named",
    "kinds",
    "kinds_to_choose",
    "seed_catalogue",
    "services",
    "topics",
    "written",
]

FILE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic as a resident chooses it, in the reader's language."""

    id: int
    slug: str
    name: str
    hint: str
    icon: str
    department: Dept | None
    kind_id: int


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind as the table of services shows it, in the reader's language."""

    id: int
    slug: str
    name: str
    category: str
    period: Period
    law: str
    fee_won: int
    online: bool
    department: Dept | None


@cache
def written() -> dict[str, list[dict[str, Any]]]:
    """The catalogue that comes with the program. Raises ValueError naming a bad row."""
    found = tomllib.loads(FILE.read_text("utf-8"))
    slugs = {row["slug"] for row in found["kind"]}
    for row in found["kind"]:
        if row["category"] not in CATEGORIES:
            raise ValueError(f"{FILE.name}: kind {row['slug']}: no category {row['category']!r}")
        if "period" in row:
            Period.parse(row["period"])
    for row in found["topic"]:
        if row["kind"] not in slugs:
            raise ValueError(f"{FILE.name}: topic {row['slug']}: no kind {row['kind']!r}")
    return found


def departments_named() -> frozenset[str]:
    """The slugs of departments that the catalogue hands work to."""
    rows = written()
    named = {row.get("department") for row in rows["kind"] + rows["topic"]}
    return frozenset(slug for slug in named if slug)


@transactional
async def seed_catalogue() -> None:
    """Write the program's catalogue: new slugs are added, known ones renewed.

    A department that the office does not have leaves its topics to the complaints department.
    """
    known = {dept.slug: dept.id for dept in await accounts.departments()}
    rows = written()
    kinds: dict[str, int] = {}
    for position, row in enumerate(rows["kind"]):
        kind, _ = await Kind.update_or_create(
            slug=row["slug"],
            defaults={
                "name": row["name"],
                "name_en": row["name_en"],
                "category": row["category"],
                "period": row.get("period"),
                "law": row["law"],
                "fee_won": row.get("fee_won", 0),
                "online": row.get("online", True),
                "department_id": known.get(row.get("department", "")),
                "position": position,
                "active": True,
            },
        )
        kinds[row["slug"]] = kind.id
    for position, row in enumerate(rows["topic"]):
        await Topic.update_or_create(
            slug=row["slug"],
            defaults={
                "name": row["name"],
                "name_en": row["name_en"],
                "hint": row["hint"],
                "hint_en": row["hint_en"],
                "icon": row["icon"],
                "department_id": known.get(row["department"]),
                "kind_id": kinds[row["kind"]],
                "position": position,
                "active": True,
            },
        )


async def topics(locale: str | None = None) -> list[TopicView]:
    """What residents may choose, in order."""
    spoken = locale or i18n.locale()
    found = {dept.id: dept for dept in await accounts.departments(every=True)}
    return [
        TopicView(
            row.id,
            row.slug,
            row.name_en if spoken == "en" else row.name,
            row.hint_en if spoken == "en" else row.hint,
            row.icon,
            found.get(row.department_id or 0),
            row.kind_id,
        )
        for row in await Topic.filter(active=True).order_by("position")
    ]


async def kinds(locale: str | None = None) -> list[KindView]:
    """The table of services, in order."""
    spoken = locale or i18n.locale()
    profile = ordinance.profile()
    found = {dept.id: dept for dept in await accounts.departments(every=True)}
    return [
        KindView(
            row.id,
            row.slug,
            row.name_en if spoken == "en" else row.name,
            row.category,
            Period.parse(deadlines.period_code(row.period, profile)),
            row.law,
            row.fee_won,
            row.online,
            found.get(row.department_id or 0),
        )
        for row in await Kind.filter(active=True).order_by("position")
    ]


async def kinds_to_choose() -> list[KindView]:
    """The kinds an official may set: filed here, without a fee to be paid first (Y11-3)."""
    return [kind for kind in await kinds() if kind.online and not kind.fee_won]


async def services(query: str = "") -> list[KindView]:
    """The table of services, or those in which every word of the query occurs."""
    wanted = normalised(query).split()
    table = await kinds()
    if not wanted:
        return table
    return [kind for kind in table if _says_all(kind, wanted)]


def _says_all(kind: KindView, wanted: list[str]) -> bool:
    department = kind.department
    names = (department.name, department.name_en) if department else ()
    text = normalised(" ".join((kind.name, kind.law, *names)))
    return all(word in text for word in wanted)
