"""Atom feeds of public complaints: all, of a topic, of a department (RFC 4287; Y12-1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from server import config
from server.complaints import service as complaints
from server.complaints.service import Published
from server.core import i18n
from server.core.i18n import N_
from server.core.web import Door
from server.opendata import answers, listing, spark
from server.opendata.catalogue_names import Names, named, page_of, site
from server.opendata.georeport_rules import shortened, w3
from server.opendata.operations import reads
from server.opendata.parameter_rules import Param
from server.ordinance import service as ordinance

door = Door("feeds", tells={"/feeds": answers.problem})

ATOM: Final = "application/atom+xml"
ENTRIES: Final = 50
SUMMARY_LETTERS_MAX: Final = 300
BEGAN: Final = "2026"
"""The year of the tag URIs (RFC 4151): never changed, whatever happens to addresses."""

SLUG: Final = Param("slug", listing.SLUG, N_("이름표"), where="path", required=True)


@reads(
    door,
    "/feeds/complaints.atom",
    name="feed",
    summary=N_("새로 공개된 민원"),
    media=ATOM,
)
async def everything() -> str:
    """The newest public complaints."""
    return await _feed("/feeds/complaints.atom", i18n.gettext(N_("공개된 민원")))


@reads(
    door,
    "/feeds/topics/<slug>.atom",
    name="feed_of_topic",
    summary=N_("한 분야의 새로 공개된 민원"),
    media=ATOM,
    params=(SLUG,),
    errors=(404,),
)
async def of_topic(slug: str) -> str:
    """The newest of a topic."""
    names = await Names.load()
    listing.wanted(names, topic=slug, department=None)
    topic = names.topic_with(slug)
    title = i18n.gettext(N_("공개된 민원: %(name)s"), name=topic.name if topic else slug)
    return await _feed(f"/feeds/topics/{slug}.atom", title, topic=slug)


@reads(
    door,
    "/feeds/departments/<slug>.atom",
    name="feed_of_department",
    summary=N_("한 부서가 맡은 새로 공개된 민원"),
    media=ATOM,
    params=(SLUG,),
    errors=(404,),
)
async def of_department(slug: str) -> str:
    """The newest that a department has."""
    names = await Names.load()
    listing.wanted(names, topic=None, department=slug)
    department = names.department_with(slug)
    title = i18n.gettext(
        N_("공개된 민원: %(name)s"), name=named(department) if department else slug
    )
    return await _feed(f"/feeds/departments/{slug}.atom", title, department=slug)


async def _feed(
    path: str, title: str, *, topic: str | None = None, department: str | None = None
) -> str:
    names = await Names.load()
    wanted = listing.wanted(names, topic=topic, department=department)
    found = await complaints.published(wanted, ENTRIES)
    names = await Names.load(found)
    district = ordinance.profile().district
    office = district.office_en if i18n.locale() == "en" else district.office
    return "".join(
        (
            spark.DECLARATION,
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{i18n.locale()}">',
            _text("id", _tag(path)),
            _text("title", f"{title} - {office}"),
            _text("updated", w3(_latest(found))),
            f'<link rel="self" type="{ATOM}" href={quoteattr(site(path))}/>',
            f'<link rel="alternate" type="text/html" href={quoteattr(site("/complaints"))}/>',
            f"<author>{_text('name', office)}</author>",
            _text("rights", i18n.gettext(LICENCE)),
            *(_entry(each, names) for each in found),
            "</feed>\n",
        )
    )


LICENCE: Final = N_("공공누리 제1유형(출처표시)")


def _entry(complaint: Published, names: Names) -> str:
    topic = names.topics[complaint.topic_id]
    department = names.department_of(complaint)
    category = f'<category term="{topic.slug}" label={quoteattr(spark.legal(topic.name))}/>'
    contributor = ""
    if department is not None:
        contributor = f"<contributor>{_text('name', named(department))}</contributor>"
    return "".join(
        (
            "<entry>",
            _text("id", _tag(f"/complaints/{complaint.number}")),
            _text("title", complaint.title),
            _text("published", w3(complaint.filed_at)),
            _text("updated", w3(complaint.updated_at)),
            f'<link rel="alternate" type="text/html" href={quoteattr(page_of(complaint))}/>',
            category,
            contributor,
            _text("summary", shortened(complaint.body, SUMMARY_LETTERS_MAX)),
            "</entry>",
        )
    )


def _latest(found: Sequence[Published]) -> datetime:
    """When the feed last changed: its newest change, or with nothing in it the beginning."""
    beginning = datetime.fromisoformat(f"{BEGAN}-01-01T00:00:00+09:00")
    return max((each.updated_at for each in found), default=beginning)


def _tag(path: str) -> str:
    return f"tag:{urlsplit(config.settings().public_url).hostname},{BEGAN}:{path}"


def _text(name: str, text: str) -> str:
    return f"<{name}>{escape(spark.legal(text))}</{name}>"
