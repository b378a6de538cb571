"""Keeping the table (O8-3): every change is a new version with its day of effect and its ground.

A version whose day has come stands for ever; one still to come may be taken back. Nothing needs
to run when its day comes: whoever reads asks for the version of a moment.
"""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from server.accounts import service as accounts
from server.accounts.service import Dept
from server.catalogue import reading, rules, topics, versions
from server.catalogue.models import Kind, Version
from server.catalogue.rules import Enclosure, Terms
from server.core import audit, clock, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.phrases import say
from server.core.web import Invalid, NotFound

FILE = Path(__file__).with_name("catalogue.toml")
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""From when on the table that comes with the program holds."""


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version for the desk: what it says, from when, why, by whom, and what it changed."""

    number: int
    since: datetime
    basis: str
    written_at: datetime
    written_by: int | None
    taken_back: bool
    terms: Terms
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind at the desk: the version in force (None: none yet), the next one, and all of them."""

    id: int
    slug: str
    newest: int
    current: VersionView | None
    coming: VersionView | None
    versions: Sequence[VersionView]


@cache
def written() -> dict[str, list[dict[str, Any]]]:
    """The catalogue that comes with the program. Raises ValueError naming a bad row."""
    found = tomllib.loads(FILE.read_text("utf-8"))
    departments = {row.get("department", "") for row in found["kind"]}
    for row in found["kind"]:
        for field, why in rules.faults(terms_written(row), departments):
            raise ValueError(f"{FILE.name}: kind {row['slug']}: {field}: {why.text}")
    slugs = {row["slug"] for row in found["kind"]}
    for row in found["topic"]:
        if row["kind"] not in slugs:
            raise ValueError(f"{FILE.name}: topic {row['slug']}: no kind {row['kind']!r}")
    return found


def terms_written(row: dict[str, Any]) -> Terms:
    """A row of catalogue.toml."""
    rest = {name: value for name, value in row.items() if name not in ("enclosures", "questions")}
    return Terms(
        **rest,
        enclosures=tuple(Enclosure(**one) for one in row.get("enclosures", ())),
        questions=tuple(reading.question_of(one) for one in row.get("questions", ())),
    )


def departments_named() -> frozenset[str]:
    """The slugs of departments that the catalogue hands work to."""
    rows = written()
    named = {row.get("department") for row in rows["kind"] + rows["topic"]}
    return frozenset(slug for slug in named if slug)


@transactional
async def seed_catalogue() -> None:
    """Write the program's catalogue: new slugs are added, known ones stay as the office keeps
    them.

    A department that the office does not have leaves its topics to the complaints department.
    """
    known = {dept.slug: dept for dept in await accounts.departments()}
    rows = written()
    kinds = {row["slug"]: row["id"] for row in await Kind.all().values("slug", "id")}
    for position, row in enumerate(rows["kind"]):
        if row["slug"] in kinds:
            continue
        made = await Kind.create(slug=row["slug"], position=position)
        kinds[made.slug] = made.id
        await _write(
            made.id, 1, terms_written(row), known, since=BEGINNING, basis="", actor_id=None
        )
    await topics.seed(rows["topic"], known, BEGINNING)


async def kept(slug: str) -> Kept:
    """A kind with all its versions, newest first. Raises NotFound."""
    row = await Kind.get_or_none(slug=slug)
    if row is None:
        raise NotFound
    departments = await _departments()
    rows = await Version.filter(kind_id=row.id).order_by("since", "number").select_related("kind")
    views = _views(rows, departments)
    now = clock.now()
    standing = [view for view in views if not view.taken_back]
    current = [view for view in standing if view.since <= now]
    coming = [view for view in standing if view.since > now]
    return Kept(
        row.id,
        row.slug,
        max(view.number for view in views),
        current[-1] if current else None,
        coming[0] if coming else None,
        views[::-1],
    )


async def histories() -> dict[str, Sequence[VersionView]]:
    """Every kind's versions, oldest first, by slug."""
    departments = await _departments()
    by_slug: dict[str, list[Version]] = {}
    async for row in Version.all().order_by("since", "number").select_related("kind"):
        by_slug.setdefault(row.kind.slug, []).append(row)
    return {slug: _views(rows, departments) for slug, rows in by_slug.items()}


def _views(rows: Sequence[Version], departments: dict[int, Dept]) -> list[VersionView]:
    views: list[VersionView] = []
    before: Terms | None = None
    for each in rows:
        terms = reading.terms_of(each, departments.get(each.department_id or 0))
        views.append(_view(each, terms, before))
        if not each.taken_back:
            before = terms
    return views


def _view(row: Version, terms: Terms, before: Terms | None) -> VersionView:
    return VersionView(
        row.number,
        row.since,
        row.basis,
        row.written_at,
        row.written_by_id,
        row.taken_back,
        terms,
        tuple(rules.changed(before, terms)) if before is not None else (),
    )


async def coming_days() -> dict[int, datetime]:
    """By kind, when its next version takes effect, where one is waiting for its day."""
    found: dict[int, datetime] = {}
    later = Version.filter(since__gt=clock.now(), taken_back=False).order_by("-since")
    for row in await later.values("kind_id", "since"):
        found[row["kind_id"]] = row["since"]
    return found


async def terms_at(at: datetime) -> dict[str, Terms]:
    """What every kind says at a moment, by slug, in the order of the table."""
    departments = await _departments()
    return {
        row.kind.slug: reading.terms_of(row, departments.get(row.department_id or 0))
        for row in await reading.versions_at(at)
    }


@transactional
async def change(
    terms: Terms,
    since: datetime,
    basis: str,
    actor_id: int,
    *,
    newest: int,
    claim: FormClaim | None = None,
) -> None:
    """Write a new version of a kind, or its first (`newest` 0), in effect from `since`.

    `newest` is the version the official had before them. Raises Conflict (409) where somebody
    has written one since, Invalid (422) naming the field.
    """
    if await forms.claimed(claim) is not None:
        return
    versions.check(since, basis)
    known = {dept.slug: dept for dept in (await _departments()).values() if dept.active}
    for field, why in rules.faults(terms, known):
        raise Invalid(f"catalogue.{field}", say(why), field)
    await write(terms, known, since=since, basis=basis, actor_id=actor_id, newest=newest)
    await forms.settle(claim, terms.slug)


async def write(
    terms: Terms,
    known: dict[str, Dept],
    *,
    since: datetime,
    basis: str,
    actor_id: int,
    newest: int | None,
) -> None:
    """Inside a transaction: the next version of a kind; `newest` None takes whatever stands."""
    since = max(since, clock.now())
    row = await Kind.filter(slug=terms.slug).select_for_update().first()
    if row is None:
        row = await Kind.create(slug=terms.slug, position=await Kind.all().count())
    last = await Version.filter(kind_id=row.id).order_by("-number").first()
    number = last.number if last else 0
    if newest is not None:
        versions.check_newest(newest, number)
    await _write(row.id, number + 1, terms, known, since=since, basis=basis, actor_id=actor_id)
    await audit.record(
        "catalogue.change",
        f"kind:{terms.slug}",
        actor_id,
        version=number + 1,
        since=since.isoformat(),
    )


@transactional
async def take_back(slug: str, number: int, actor_id: int) -> None:
    """Take a version back before its day. Raises NotFound, Conflict once its day has come."""
    row = await Version.filter(kind__slug=slug, number=number).select_for_update().first()
    if row is None:
        raise NotFound
    versions.check_to_come(row.since)
    if not row.taken_back:
        await Version.filter(id=row.id).update(taken_back=True)
        await audit.record("catalogue.take_back", f"kind:{slug}", actor_id, version=number)


async def _departments() -> dict[int, Dept]:
    return {dept.id: dept for dept in await accounts.departments(every=True)}


async def _write(
    kind_id: int,
    number: int,
    terms: Terms,
    known: dict[str, Dept],
    *,
    since: datetime,
    basis: str,
    actor_id: int | None,
) -> None:
    department = known.get(terms.department)
    plain = {
        name: getattr(terms, name)
        for name in rules.FIELDS
        if name not in ("slug", "department", "enclosures", "questions", "approvals")
    }
    await Version.create(
        kind_id=kind_id,
        number=number,
        since=since,
        **plain,
        department_id=department.id if department else None,
        enclosures=_json([asdict(one) for one in terms.enclosures]),
        questions=_json([asdict(one) for one in terms.questions]),
        approvals=None if terms.approvals is None else _json(list(terms.approvals)),
        basis=basis,
        written_at=clock.now(),
        written_by_id=actor_id,
        taken_back=False,
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
