"""The catalogue as others read it: kinds as they stand at a moment, topics, the table (Y9, O8-3).

Everything that leaves this room is a plain value in the reader's language, never a row.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.accounts import service as accounts
from server.accounts.service import Dept
from server.catalogue import rules
from server.catalogue.models import TopicVersion, Version
from server.catalogue.rules import Enclosure, Question, Terms
from server.core import clock, i18n
from server.core.remembered import remembered
from server.core.search import normalised
from server.deadlines import service as deadlines
from server.deadlines.service import Period
from server.ordinance import service as ordinance


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic as a resident chooses it, in the reader's language; `kind_id` is what it suggests."""

    id: int
    slug: str
    name: str
    hint: str
    icon: str
    department: Dept | None
    kind_id: int

    @property
    def department_id(self) -> int | None:
        return self.department.id if self.department else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a service's form in the reader's language. `choices`: value -> words."""

    slug: str
    label: str
    kind: str
    required: bool
    choices: dict[str, str]


@dataclass(frozen=True, slots=True)
class Paper:
    """An enclosure of a service in the reader's language."""

    name: str
    required: bool


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind as it stands at a moment, in the reader's language.

    `code` is its period as the clock reads it. `online`: filed here, as the profile allows
    (O9-1); if not, `place` says where. `identity`: only for verified residents (Y11-7). `public`:
    whether its handling is disclosed (O10-1). `approvals`: who approves its answers, in order.
    `mandate`: whether another may apply in a person's place (none, allowed, required).
    """

    id: int
    slug: str
    version: int
    since: datetime
    name: str
    about: str
    category: str
    code: str
    law: str
    fee_won: int
    fee_note: str
    department: Dept | None
    online: bool
    identity: bool
    papers: Sequence[Paper]
    questions: Sequence[Asked]
    approvals: tuple[str, ...]
    public: bool
    place: str
    active: bool
    mandate: str

    @property
    def period(self) -> Period:
        """Within what time it is handled."""
        return Period.parse(self.code)

    @property
    def department_id(self) -> int | None:
        """The department that handles it, if one is named."""
        return self.department.id if self.department else None


async def kind(kind_id: int, at: datetime | None = None) -> KindView:
    """The kind as it stood at `at` (UTC; default now): a complaint keeps the version under which
    it was accepted. A kind younger than `at` is read in its first version. LookupError if none."""
    row = await Version.filter(
        kind_id=kind_id, taken_back=False, since__lte=at or clock.now()
    ).order_by("-since", "-number").select_related("kind").first()  # fmt: skip
    if row is None:
        row = await first_version(kind_id)
    department = await accounts.department(row.department_id) if row.department_id else None
    return seen(row, department)


async def first_version(kind_id: int) -> Version:
    """The version a kind began with. LookupError where there is no such kind."""
    versions = Version.filter(kind_id=kind_id, taken_back=False).order_by("since", "number")
    row = await versions.select_related("kind").first()
    if row is None:
        raise LookupError(f"no kind {kind_id}")
    return row


async def kind_by_slug(slug: str, at: datetime | None = None) -> KindView | None:
    """The kind with that slug as it stands at a moment, in use or not; None where there is none
    or none yet."""
    at = at or clock.now()
    row = (
        await Version.filter(kind__slug=slug, taken_back=False, since__lte=at)
        .order_by("-since", "-number")
        .select_related("kind")
        .first()
    )
    if row is None:
        return None
    department = await accounts.department(row.department_id) if row.department_id else None
    return seen(row, department)


async def kind_names(ids: Iterable[int]) -> dict[int, str]:
    """What kinds are called now, in the reader's language."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = Version.filter(kind_id__in=wanted, taken_back=False).order_by("since", "number")
    now, found = clock.now(), dict[int, str]()
    async for row in rows:
        if row.since <= now or row.kind_id not in found:
            found[row.kind_id] = spoken(row.name, row.name_en)
    return found


async def kinds(locale: str | None = None, at: datetime | None = None) -> list[KindView]:
    """The table of services in use at a moment (default now), in order."""
    found = {dept.id: dept for dept in await accounts.departments(every=True)}
    return [
        seen(row, found.get(row.department_id or 0), locale)
        for row in await versions_at(at or clock.now())
        if row.active
    ]


async def versions_at(at: datetime) -> list[Version]:
    """Every kind's version in force at a moment, in the order of the table."""
    rows = Version.filter(since__lte=at, taken_back=False).order_by("since", "number")
    latest = {row.kind_id: row for row in await rows.select_related("kind")}
    return sorted(latest.values(), key=lambda row: (row.kind.position, row.kind_id))


async def kinds_to_choose(wanted_id: int | None = None) -> list[KindView]:
    """The kinds an official may set: filed here, and without a fee unless the applicant asked for
    that very kind, whose payment then came first (Y11-3)."""
    return [kind for kind in await kinds() if choosable(kind, wanted_id)]


async def kind_to_choose(slug: str, wanted_id: int | None = None) -> KindView | None:
    """The kind with that slug, if an official may set it now."""
    found = await kind_by_slug(slug)
    return found if found and found.active and choosable(found, wanted_id) else None


def choosable(kind: KindView, wanted_id: int | None) -> bool:
    """Whether a complaint may be classified as it; `wanted_id` is the kind that was applied for."""
    return kind.online and (not kind.fee_won or kind.id == wanted_id)


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
    text = normalised(" ".join((kind.name, kind.law, kind.about, *names)))
    return all(word in text for word in wanted)


async def topics(locale: str | None = None) -> list[TopicView]:
    """What residents may choose, in order."""
    departments = {dept.id: dept for dept in await accounts.departments(every=True)}
    return [
        _topic(row, departments.get(row.department_id or 0), locale or i18n.locale())
        for row in await topic_versions_at(clock.now())
        if row.active
    ]


async def topic_versions_at(at: datetime) -> list[TopicVersion]:
    """Every topic's version in force at a moment, in the order that residents see."""
    latest = {row.topic_id: row for row in await _standing_topics() if row.since <= at}
    return sorted(latest.values(), key=lambda row: (row.position, row.topic_id))


@remembered
async def _standing_topics() -> tuple[TopicVersion, ...]:
    rows = TopicVersion.filter(taken_back=False).order_by("since", "number")
    return tuple(await rows.select_related("topic"))


async def topic(topic_id: int) -> TopicView:
    """A topic, in use or not. LookupError where there is none."""
    row = await _topic_version(topic_id=topic_id)
    if row is None:
        raise LookupError(f"no topic {topic_id}")
    return await _seen_topic(row)


async def topic_by_slug(slug: str) -> TopicView | None:
    """The topic with that slug, if residents may choose it."""
    row = await _topic_version(topic__slug=slug)
    return await _seen_topic(row) if row is not None and row.active else None


async def _topic_version(**which: int | str) -> TopicVersion | None:
    """The version in force of one topic. It is read alone: inside a transaction nothing of the
    whole table is remembered, and a filing asks three times."""
    rows = TopicVersion.filter(taken_back=False, since__lte=clock.now(), **which)
    return await rows.order_by("-since", "-number").select_related("topic").first()


async def _seen_topic(row: TopicVersion) -> TopicView:
    department = await accounts.department(row.department_id) if row.department_id else None
    return _topic(row, department)


def _topic(row: TopicVersion, department: Dept | None, locale: str | None = None) -> TopicView:
    return TopicView(
        row.topic_id,
        row.topic.slug,
        spoken(row.name, row.name_en, locale),
        spoken(row.hint, row.hint_en, locale),
        row.icon,
        department,
        row.kind_id,
    )


def spoken(korean: str, english: str, locale: str | None = None) -> str:
    """The words of the office's own tables in the reader's language."""
    return english if (locale or i18n.locale()) == "en" and english else korean


def seen(row: Version, department: Dept | None, locale: str | None = None) -> KindView:
    """A version with its kind as others get it."""
    terms, profile = terms_of(row, department), ordinance.profile()
    return KindView(
        row.kind_id,
        row.kind.slug,
        row.number,
        row.since,
        spoken(row.name, row.name_en, locale),
        spoken(row.about, row.about_en, locale),
        row.category,
        deadlines.period_code(row.period, profile),
        row.law,
        row.fee_won,
        spoken(row.fee_note, row.fee_note_en, locale),
        department,
        rules.filed_here(terms, profile),
        row.identity,
        [Paper(spoken(one.name, one.name_en, locale), one.required) for one in terms.enclosures],
        [_asked(one, locale) for one in terms.questions],
        rules.approvals(terms, profile),
        rules.is_public(terms, profile),
        spoken(row.place, row.place_en, locale),
        row.active,
        row.mandate,
    )


def _asked(question: Question, locale: str | None) -> Asked:
    words = zip(question.choices, question.choices_en, strict=True)
    return Asked(
        question.slug,
        spoken(question.label, question.label_en, locale),
        question.kind,
        question.required,
        {korean: spoken(korean, english, locale) for korean, english in words},
    )


def terms_of(row: Version, department: Dept | None) -> Terms:
    """What a version says."""
    return Terms(
        slug=row.kind.slug,
        name=row.name,
        name_en=row.name_en,
        category=row.category,
        law=row.law,
        about=row.about,
        about_en=row.about_en,
        period=row.period,
        fee_won=row.fee_won,
        fee_note=row.fee_note,
        fee_note_en=row.fee_note_en,
        department=department.slug if department else "",
        online=row.online,
        identity=row.identity,
        enclosures=tuple(Enclosure(**one) for one in json.loads(row.enclosures)),
        questions=tuple(question_of(one) for one in json.loads(row.questions)),
        approvals=tuple(json.loads(row.approvals)) if row.approvals is not None else None,
        public=row.public,
        place=row.place,
        place_en=row.place_en,
        active=row.active,
        mandate=row.mandate,
    )


def question_of(written: dict[str, Any]) -> Question:
    """A question as JSON or TOML has it: lists instead of tuples."""
    lists = {name: tuple(written.get(name, ())) for name in ("choices", "choices_en")}
    return Question(**{**written, **lists})
