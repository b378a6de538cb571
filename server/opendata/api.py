"""The JSON API: public complaints, topics, services and figures, and the document of all of it."""

from typing import Any, Final

from server.catalogue import service as catalogue
from server.complaints import service as complaints
from server.core import i18n, ids
from server.core.i18n import N_
from server.core.phrases import say
from server.core.web import Door, NotFound
from server.deadlines.service import period_words
from server.opendata import answers, figures, listing, openapi, rows
from server.opendata.catalogue_names import Names, named, site
from server.opendata.operations import reads
from server.opendata.parameter_rules import Param, line

door = Door("api", tells={"/api": answers.problem})

PAGE: Final = 50
PAGE_MAX: Final = 200
QUERY: Final = Param("q", line(100), N_("제목, 내용, 장소, 번호에 있어야 하는 낱말"))
LIMIT: Final = Param(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": PAGE_MAX},
    N_("한 번에 받을 수. 없으면 50"),
)
NUMBER: Final = Param(
    "number",
    {"type": "string", "maxLength": 40, "pattern": "^[^/]+$"},
    N_("접수번호 또는 신청번호"),
    where="path",
    required=True,
)


@reads(
    door,
    "/api/complaints",
    name="complaints",
    summary=N_("공개된 민원들, 새것부터"),
    media=answers.JSON,
    schema="ComplaintPage",
    params=(*listing.FILTER, QUERY, LIMIT),
    errors=(404, 406),
)
async def complaints_page(
    topic: str | None,
    department: str | None,
    stage: str | None,
    before: int | None,
    q: str | None,
    limit: int | None,
) -> str:
    """A page of public complaints; `next` is where the older ones go on."""
    names, size = await Names.load(), limit or PAGE
    wanted = listing.wanted(
        names, topic=topic, department=department, stage=stage, before=before, query=q or ""
    )
    found = await complaints.published(wanted, size + 1)
    names = await Names.load(found)
    older = {
        "topic": topic,
        "department": department,
        "stage": stage,
        "q": q,
        "limit": limit,
        "before": found[size - 1].id if len(found) > size else None,
    }
    return answers.as_json(
        {
            "items": [rows.row(each, names) for each in found[:size]],
            "next": answers.address(site("/api/complaints"), older) if older["before"] else None,
        }
    )


@reads(
    door,
    "/api/complaints/<number>",
    name="complaint",
    summary=N_("공개된 민원 하나"),
    media=answers.JSON,
    schema="Complaint",
    params=(NUMBER,),
    errors=(404, 406),
)
async def complaint(number: str) -> str:
    """One public complaint; those that are not public do not exist here."""
    known = ids.parse_receipt(number)
    found = await complaints.published_one(known) if known else None
    if found is None:
        raise NotFound("complaint.unknown", N_("공개된 민원 가운데 그런 번호가 없습니다."))
    return answers.as_json(rows.row(found, await Names.load([found])))


@reads(
    door,
    "/api/topics",
    name="topics",
    summary=N_("신청할 수 있는 분야"),
    media=answers.JSON,
    schema="Topics",
    errors=(406,),
)
async def topics() -> str:
    """What residents may choose, in order."""
    told = [
        {
            "slug": topic.slug,
            "name": topic.name,
            "hint": topic.hint,
            "department": _department(topic.department),
        }
        for topic in await catalogue.topics()
    ]
    return answers.as_json({"items": told})


@reads(
    door,
    "/api/services",
    name="services",
    summary=N_("민원처리기준표"),
    media=answers.JSON,
    schema="ServiceTable",
    errors=(406,),
)
async def services() -> str:
    """The processing-standards table."""
    told = [
        {
            "slug": kind.slug,
            "name": kind.name,
            "category": kind.category,
            "category_name": i18n.gettext(catalogue.CATEGORIES[kind.category]),
            "period": say(period_words(kind.period)),
            "law": kind.law,
            "fee_won": kind.fee_won,
            "online": kind.online,
            "department": _department(kind.department),
        }
        for kind in await catalogue.kinds()
    ]
    return answers.as_json({"items": told})


@reads(
    door,
    "/api/statistics",
    name="statistics",
    summary=N_("지난 열두 달의 통계"),
    media=answers.JSON,
    schema="Statistics",
    errors=(406,),
)
async def statistics() -> str:
    """Volume, share handled in time and median time; small numbers are left out."""
    return answers.as_json(figures.as_data(await figures.told()))


@reads(
    door,
    "/api/openapi.json",
    name="document",
    summary=N_("이 문서"),
    media=answers.JSON,
    errors=(406,),
)
async def document() -> str:
    """This document."""
    return answers.as_json(openapi.document())


def _department(dept: Any) -> dict[str, str] | None:
    if dept is None:
        return None
    return {"slug": dept.slug, "name": named(dept), "phone": dept.phone}
