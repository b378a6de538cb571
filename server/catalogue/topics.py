"""Keeping the topics that residents choose (O8-3): as with kinds, every change is a new version
with its day of effect and its ground, and stands for ever once that day has come."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from server.accounts import service as accounts
from server.accounts.service import Dept
from server.catalogue import reading, rules, versions
from server.catalogue.models import Kind, Topic, TopicVersion
from server.core import audit, clock, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.phrases import Phrase, say
from server.core.web import Invalid, NotFound

POSITION_MAX: Final = 999
LETTERS_MAX: Final = {"name": 60, "name_en": 100, "hint": 120, "hint_en": 200}

LABELS: Final[Mapping[str, str]] = {
    "slug": N_("관리번호"),
    "name": N_("이름"),
    "name_en": N_("영문 이름"),
    "hint": N_("도움말"),
    "hint_en": N_("영문 도움말"),
    "icon": N_("그림"),
    "department": N_("담당 부서"),
    "kind": N_("접수할 때 권하는 종류"),
    "position": N_("차례"),
    "active": N_("사용"),
}
"""What the desk calls the fields."""

ICONS: Final[Mapping[str, str]] = {
    "lamp": N_("가로등"),
    "road": N_("도로"),
    "drain": N_("하수"),
    "car": N_("차"),
    "bus": N_("버스"),
    "trash": N_("쓰레기"),
    "noise": N_("소음"),
    "wind": N_("공기"),
    "tree": N_("나무"),
    "sign": N_("간판"),
    "food": N_("음식"),
    "smoke": N_("담배"),
    "paw": N_("동물"),
    "site": N_("공사장"),
    "heart": N_("돌봄"),
    "map": N_("지도"),
    "help": N_("물음표"),
    "bulb": N_("전구"),
    "scale": N_("저울"),
    "plus": N_("더하기"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a topic says. `department` and `kind` are slugs; no department is 민원여권과's."""

    slug: str
    name: str
    name_en: str
    hint: str
    hint_en: str
    icon: str
    department: str
    kind: str
    position: int
    active: bool


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version for the desk: what it says, from when, why, by whom, and what it changed."""

    number: int
    since: datetime
    basis: str
    written_by: int | None
    taken_back: bool
    terms: Terms
    changed: tuple[str, ...]


async def kept(slug: str) -> Sequence[VersionView]:
    """A topic's versions, newest first. Raises NotFound."""
    rows = TopicVersion.filter(topic__slug=slug).order_by("since", "number")
    found = await rows.select_related("topic", "kind", "department")
    if not found:
        raise NotFound
    views: list[VersionView] = []
    before: Terms | None = None
    for row in found:
        terms = terms_of(row)
        changed = tuple(_changed(before, terms)) if before else ()
        views.append(
            VersionView(
                row.number,
                row.since,
                row.basis,
                row.written_by_id,
                row.taken_back,
                terms,
                changed,
            )
        )
        before = before if row.taken_back else terms
    return views[::-1]


async def table() -> list[TopicVersion]:
    """Every topic as it stands now, and those that are still to come; those in use first."""
    standing = {row.topic_id: row for row in await reading.topic_versions_at(clock.now())}
    coming = TopicVersion.filter(taken_back=False, since__gt=clock.now()).order_by("-since")
    for row in await coming.select_related("topic"):
        if row.topic_id not in standing:
            standing[row.topic_id] = row
    return sorted(standing.values(), key=lambda row: (not row.active, row.position, row.topic_id))


def terms_of(row: TopicVersion) -> Terms:
    """What a version says; its topic, kind and department are loaded."""
    return Terms(
        row.topic.slug,
        row.name,
        row.name_en,
        row.hint,
        row.hint_en,
        row.icon,
        row.department.slug if row.department else "",
        row.kind.slug,
        row.position,
        row.active,
    )


def faults(
    terms: Terms, departments: Collection[str], kinds: Collection[str]
) -> Iterator[tuple[str, Phrase]]:
    """(field, why) of everything that a topic may not say."""
    if not rules.SLUG.fullmatch(terms.slug) or terms.slug in rules.RESERVED:
        yield "slug", Phrase(N_("관리번호는 영문 소문자와 숫자, - 로 2~40자입니다."))
    for name, longest in LETTERS_MAX.items():
        value = getattr(terms, name)
        if not value:
            yield name, Phrase(N_("꼭 적어 주세요."))
        if len(value) > longest:
            yield name, Phrase(N_("%(max)s자까지 적을 수 있습니다."), {"max": longest})
    if terms.icon not in ICONS:
        yield "icon", Phrase(N_("그림을 골라 주세요."))
    if terms.department and terms.department not in departments:
        yield "department", Phrase(N_("그런 부서가 없습니다."))
    if terms.kind not in kinds:
        yield "kind", Phrase(N_("민원 종류를 골라 주세요."))
    if not 0 <= terms.position <= POSITION_MAX:
        yield "position", Phrase(N_("0부터 999까지 적어 주세요."))


@transactional
async def change(
    terms: Terms,
    since: datetime,
    basis: str,
    actor_id: int | None,
    *,
    newest: int,
    claim: FormClaim | None = None,
) -> None:
    """Write a new version of a topic, or its first (`newest` 0), in effect from `since`.

    `newest` is the version the official had before them. Raises Conflict (409) where somebody has
    written one since, Invalid (422) naming the field.
    """
    if await forms.claimed(claim) is not None:
        return
    versions.check(since, basis)
    known = {dept.slug: dept for dept in await accounts.departments()}
    kinds = {kind.slug: kind.id for kind in await reading.kinds() if kind.online}
    for field, why in faults(terms, known, kinds):
        raise Invalid(f"catalogue.topic.{field}", say(why), field)
    row = await Topic.filter(slug=terms.slug).select_for_update().first()
    if row is None:
        row = await Topic.create(slug=terms.slug)
    last = await TopicVersion.filter(topic_id=row.id).order_by("-number").first()
    number = last.number if last else 0
    versions.check_newest(newest, number)
    since = max(since, clock.now())
    department = known.get(terms.department)
    await _write(
        row.id,
        number + 1,
        terms,
        department,
        kinds[terms.kind],
        since=since,
        basis=basis,
        actor_id=actor_id,
    )
    await audit.record(
        "catalogue.topic",
        f"topic:{terms.slug}",
        actor_id,
        version=number + 1,
        since=since.isoformat(),
    )
    await forms.settle(claim, terms.slug)


@transactional
async def take_back(slug: str, number: int, actor_id: int | None) -> None:
    """Take a version back before its day. Raises NotFound, Conflict once its day has come."""
    found = TopicVersion.filter(topic__slug=slug, number=number)
    row = await found.select_for_update().first()
    if row is None:
        raise NotFound
    versions.check_to_come(row.since)
    if not row.taken_back:
        await TopicVersion.filter(id=row.id).update(taken_back=True)
        await audit.record("catalogue.topic_back", f"topic:{slug}", actor_id, version=number)


async def seed(
    rows: Iterable[Mapping[str, Any]], departments: Mapping[str, Dept], since: datetime
) -> None:
    """Inside a transaction: add the program's own topics that are not known yet."""
    known = set(await Topic.all().values_list("slug", flat=True))
    kinds = {row["slug"]: row["id"] for row in await Kind.all().values("slug", "id")}
    for position, row in enumerate(rows):
        if row["slug"] in known:
            continue
        terms = Terms(**row, position=position, active=True)
        made = await Topic.create(slug=terms.slug)
        department = departments.get(terms.department)
        await _write(
            made.id,
            1,
            terms,
            department,
            kinds[terms.kind],
            since=since,
            basis="",
            actor_id=None,
        )


async def _write(
    topic_id: int,
    number: int,
    terms: Terms,
    department: Dept | None,
    kind_id: int,
    *,
    since: datetime,
    basis: str,
    actor_id: int | None,
) -> None:
    await TopicVersion.create(
        topic_id=topic_id,
        number=number,
        since=since,
        name=terms.name,
        name_en=terms.name_en,
        hint=terms.hint,
        hint_en=terms.hint_en,
        icon=terms.icon,
        department_id=department.id if department else None,
        kind_id=kind_id,
        position=terms.position,
        active=terms.active,
        basis=basis,
        written_at=clock.now(),
        written_by_id=actor_id,
        taken_back=False,
    )


def _changed(before: Terms, terms: Terms) -> list[str]:
    names = [one.name for one in fields(Terms)]
    return [name for name in names if getattr(before, name) != getattr(terms, name)]
