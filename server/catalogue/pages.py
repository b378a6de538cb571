"""Puts the catalogue into the shape the templates' macros want."""

from collections.abc import Sequence
from typing import Any, Final

from server.accounts import service as accounts
from server.catalogue import keeping, reading, rules, table_csv
from server.catalogue.forms import KindForm
from server.catalogue.reading import KindView
from server.core import clock, i18n
from server.core.i18n import N_
from server.core.phrases import say
from server.core.web import render
from server.deadlines import service as deadlines
from server.deadlines.service import Period, period_words
from server.ordinance import service as ordinance

GROUPS: Final = (
    (N_("생활 불편"), ("other",)),
    (N_("증명·신고·허가"), ("application",)),
    (N_("질의·건의·고충"), ("statute_inquiry", "procedure_inquiry", "proposal", "grievance")),
)
"""The categories as residents look for them."""


async def services(query: str) -> str:
    """The table of services, or what of it the query finds."""
    topics = [] if query else await reading.topics()
    kinds = await reading.services(query)
    return await render(
        "catalogue/services.html",
        query=query,
        groups=[
            (words, [_line(kind) for kind in kinds if kind.category in categories])
            for words, categories in GROUPS
        ],
        found=len(kinds),
        tiles=[
            {"href": f"/complaints/new?topic={each.slug}", "icon": each.icon, "label": each.name}
            for each in topics
        ],
    )


async def service(kind: KindView) -> str:
    """One service, with what will change soon."""
    kept = await keeping.kept(kind.slug)
    coming = kept.coming
    return await render(
        "catalogue/service.html",
        kind=kind,
        period=say(period_words(kind.period)),
        category=i18n.gettext(rules.CATEGORIES[kind.category]),
        department=_name(kind),
        where=where(kind),
        mandate=i18n.gettext(rules.MANDATES[kind.mandate]),
        approvals=[i18n.gettext(rules.APPROVERS[one]) for one in kind.approvals],
        since=kind.since if kind.since > keeping.BEGINNING else None,
        coming=coming,
        coming_words=[i18n.gettext(rules.LABELS[name]) for name in coming.changed]
        if coming
        else [],
    )


async def public_kinds() -> str:
    """The kinds whose handling is public, by category, and those that no longer are."""
    histories = await keeping.histories()
    rows = [(kind, public_since(histories[kind.slug])) for kind in await reading.kinds()]
    return await render(
        "catalogue/public.html",
        groups=[
            (
                i18n.gettext(rules.CATEGORIES[code]),
                [(kind, since) for kind, since in rows if kind.category == code and kind.public],
            )
            for code in rules.CATEGORIES
        ],
        closed=[kind for kind, _ in rows if not kind.public],
        beginning=keeping.BEGINNING,
    )


async def desk_table(query: str) -> str:
    """The table as the desk keeps it: every kind, with what comes next."""
    rows = []
    wanted = query.casefold()
    for version in await reading.versions_at(clock.now()):
        words = f"{version.kind.slug} {version.name} {version.name_en} {version.law}".casefold()
        if wanted in words:
            code = deadlines.period_code(version.period, ordinance.profile())
            rows.append((version, say(period_words(Period.parse(code)))))
    rows.sort(key=lambda row: not row[0].active)
    coming = await keeping.coming_days()
    return await render("catalogue/desk/table.html", rows=rows, coming=coming, query=query)


async def desk_kind(form: KindForm, kept: keeping.Kept | None) -> str:
    """A row's form, and under it the history of the row."""
    now = clock.now()
    history = (
        [
            {
                "version": version,
                "changes": version_changes(kept.versions, place),
                "future": version.since > now and not version.taken_back,
                "beginning": version.since <= keeping.BEGINNING,
            }
            for place, version in enumerate(kept.versions)
        ]
        if kept
        else []
    )
    writers = (
        [version.written_by for version in kept.versions if version.written_by] if kept else []
    )
    return await render(
        "catalogue/desk/kind.html",
        form=form,
        kept=kept,
        history=history,
        names=await accounts.display_names(writers) if writers else {},
        kinds=rules.QUESTION_KINDS,
    )


def version_changes(
    versions: Sequence[keeping.VersionView], place: int
) -> list[tuple[str, str, str]]:
    """(label, before, after) of what a version changed; versions are newest first."""
    version = versions[place]
    before = next((one for one in versions[place + 1 :] if not one.taken_back), None)
    if before is None:
        return []
    was, now = table_csv.cells(before.terms), table_csv.cells(version.terms)
    return [(i18n.gettext(rules.LABELS[name]), was[name], now[name]) for name in version.changed]


def public_since(versions: Sequence[keeping.VersionView]) -> Any:
    """Since when a kind has been public without a break, out of its versions, oldest first."""
    profile, now, since = ordinance.profile(), clock.now(), None
    for version in versions:
        if version.taken_back or version.since > now:
            continue
        if not rules.is_public(version.terms, profile):
            since = None
        elif since is None:
            since = version.since
    return since


def where(kind: KindView) -> str:
    """Where it is filed when it is not filed here."""
    if kind.online:
        return ""
    district = ordinance.profile().district
    office = district.office_en if i18n.locale() == "en" else district.office
    return kind.place or i18n.gettext(N_("%(office)s 민원실"), office=office)


def _line(kind: KindView) -> dict[str, Any]:
    fee = N_("수수료 %(won)s원")
    words = [
        say(period_words(kind.period)),
        i18n.gettext(fee, won=i18n.number_text(kind.fee_won)) if kind.fee_won else kind.fee_note,
        _name(kind),
    ]
    return {
        "href": f"/services/{kind.slug}",
        "title": kind.name,
        "meta": " · ".join(word for word in words if word),
        "chip": i18n.gettext(N_("온라인") if kind.online else N_("방문")),
        "tone": "blue" if kind.online else "grey",
    }


def _name(kind: KindView) -> str:
    if kind.department is None:
        return ""
    return reading.spoken(kind.department.name, kind.department.name_en)
