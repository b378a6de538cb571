"""Open311 GeoReport v2: what can be asked of the office, and how public complaints stand (Y12-1).

https://wiki.open311.org/GeoReport_v2 field by field; XML and JSON by the ending of the address.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from server import config
from server.catalogue import service as catalogue
from server.complaints import service as complaints
from server.complaints.service import Published, Wanted
from server.core import clock, i18n, ids
from server.core.i18n import N_
from server.core.web import Door, Limit, NotFound, Problem
from server.opendata import answers, georeport_rules, spark
from server.opendata.catalogue_names import Names, named, photo_of, site
from server.opendata.georeport_rules import Shown
from server.opendata.operations import READ, reads
from server.opendata.parameter_rules import Misread, Param, line
from server.ordinance import service as ordinance

door = Door("open311", tells={"/open311": answers.open311_errors})

ADDRESS: Final = "/open311/v2"
SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
PAGES_DEEP: Final = 50_000
MANY_AT_ONCE: Final = Limit(60, "minute")  # an answer may hold a thousand complaints
CHANGESET: Final = "2026-11-22 09:00"

STAGES: Final = {
    "received": N_("접수 전입니다."),
    "handling": N_("처리하고 있습니다."),
    "completed": N_("처리를 마쳤습니다."),
}

JURISDICTION: Final = Param(
    "jurisdiction_id",
    line(200),
    N_("관할. 이 누리집은 하나뿐이라 비워도 됩니다."),
)
NUMBER: Final = Param(
    "service_request_id",
    {"type": "string", "maxLength": 40, "pattern": r"^[^/.]+$"},
    N_("접수번호 또는 신청번호"),
    where="path",
    required=True,
)
CODE: Final = Param(
    "service_code",
    {"type": "string", "maxLength": 40, "pattern": r"^[^/.]+$"},
    N_("분야"),
    where="path",
    required=True,
)
TOKEN: Final = Param(
    "token",
    {"type": "string", "maxLength": 40, "pattern": r"^[^/.]+$"},
    N_("받은 표. 곧바로 번호를 드리므로 번호가 그대로 표입니다."),
    where="path",
    required=True,
)
MANY: Final = {"type": "array", "items": line(40)}
MOMENT: Final = {"type": "string", "format": "date-time"}
QUERY: Final = (
    JURISDICTION,
    Param("service_request_id", MANY, N_("접수번호들, 쉼표로. 다른 조건은 보지 않습니다.")),
    Param("service_code", MANY, N_("분야들, 쉼표로")),
    Param("start_date", MOMENT, N_("이때부터 신청한 것. 없으면 최근 90일입니다.")),
    Param("end_date", MOMENT, N_("이때까지 신청한 것. 시작부터 90일을 넘을 수 없습니다.")),
    Param(
        "status",
        {"type": "array", "items": {"type": "string", "enum": ["open", "closed"]}},
        N_("open, closed 또는 둘 다"),
    ),
    Param("page", {"type": "integer", "minimum": 1, "maximum": 50_000}, N_("몇 번째 쪽. 1부터")),
    Param(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": georeport_rules.REQUESTS_MAX},
        N_("한 쪽의 수. 없으면 1000"),
    ),
)

FORMATS: Final = {"xml": answers.XML, "json": answers.JSON}

type Told = tuple[str, spark.Spark]
"""The name of the root, and what is in it."""


def both(
    path: str,
    name: str,
    summary: str,
    schema: str,
    params: tuple[Param, ...] = (),
    errors: tuple[int, ...] = (),
    limit: Limit = READ,
) -> Callable[[Callable[..., Awaitable[Told]]], None]:
    """A GET at `path` in both formats; its view tells root and value."""

    def decorate(view: Callable[..., Awaitable[Told]]) -> None:
        for ending, media in FORMATS.items():
            operation = reads(
                door,
                f"{ADDRESS}{path}.{ending}",
                name=f"{name}_{ending}",
                summary=summary,
                media=media,
                schema=schema,
                params=params,
                errors=errors,
                limit=limit,
            )
            operation(spoken(view, ending))

    return decorate


def spoken(view: Callable[..., Awaitable[Told]], ending: str) -> Callable[..., Awaitable[str]]:
    """A view whose answer is said in a format."""

    async def speak(*form: object, **given: object) -> str:
        root, value = await view(*form, **given)
        return spark.as_json(value) if ending == "json" else spark.as_xml(root, value)

    return speak


@both("/discovery", "discovery", N_("Open311 안내"), "Discovery")
async def discovery() -> Told:
    """Where the service is, what it speaks, how to get a key."""
    district = ordinance.profile().district
    office = district.office_en if i18n.locale() == "en" else district.office
    demo = config.settings().mode == "demo"
    sentence = N_("등록 키는 %(office)s 정보화부서에 신청합니다. %(address)s")
    return "discovery", {
        "changeset": CHANGESET,
        "contact": f"{office} {district.phone}",
        "key_service": i18n.gettext(sentence, office=office, address=site("/open")),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": site(ADDRESS),
                "changeset": CHANGESET,
                "type": "test" if demo else "production",
                "formats": list(FORMATS.values()),
            }
        ],
    }


@both(
    "/services", "services", N_("신청할 수 있는 분야"), "Open311Services", (JURISDICTION,), (404,)
)
async def services(jurisdiction_id: str | None) -> Told:
    """The topics that residents may choose."""
    check_jurisdiction(jurisdiction_id)
    return "services", [
        {
            "service_code": topic.slug,
            "service_name": topic.name,
            "description": topic.hint,
            "metadata": True,
            "type": "realtime",
            "keywords": topic.name,
            "group": named(topic.department) if topic.department else None,
        }
        for topic in await catalogue.topics()
    ]


@both(
    "/services/<service_code>",
    "service",
    N_("한 분야에서 더 물어보는 것"),
    "Open311ServiceDefinition",
    (CODE, JURISDICTION),
    (404,),
)
async def definition(service_code: str, jurisdiction_id: str | None) -> Told:
    """What may be said beyond the standard's fields: a title, and whether it is public."""
    check_jurisdiction(jurisdiction_id)
    if service_code not in {topic.slug for topic in await catalogue.topics()}:
        raise no_service()
    attributes: list[spark.Spark] = [_attribute(each) for each in georeport_rules.ATTRIBUTES]
    return "service_definition", {"service_code": service_code, "attributes": attributes}


@both("/requests", "requests", N_("공개된 민원들"), "Open311Requests", QUERY, (404,), MANY_AT_ONCE)
async def requests(page: int | None, page_size: int | None, **asked: Any) -> Told:
    """Public complaints of at most 90 days, at most 1,000 at once, the newest first."""
    check_jurisdiction(asked["jurisdiction_id"])
    size = page_size or georeport_rules.REQUESTS_MAX
    passed = ((page or 1) - 1) * size
    if passed > PAGES_DEEP:
        raise Misread("page", N_("너무 먼 쪽입니다. 기간을 좁혀 주세요."))
    found = await complaints.published(await _wanted(**asked), size, passed)
    return await _told(found)


@both(
    "/requests/<service_request_id>",
    "request",
    N_("공개된 민원 하나"),
    "Open311Requests",
    (NUMBER, JURISDICTION),
    (404,),
)
async def request_one(service_request_id: str, jurisdiction_id: str | None) -> Told:
    """One public complaint; those that are not public do not exist here."""
    check_jurisdiction(jurisdiction_id)
    return await _told([await _public(service_request_id)])


@both(
    "/tokens/<token>",
    "token",
    N_("표로 번호 찾기"),
    "Open311Tokens",
    (TOKEN, JURISDICTION),
    (404,),
)
async def token_one(token: str, jurisdiction_id: str | None) -> Told:
    """Numbers are given at once, so a token is its number."""
    check_jurisdiction(jurisdiction_id)
    found = await _public(token)
    return "service_requests", [{"service_request_id": found.number, "token": token}]


def check_jurisdiction(given: object) -> None:
    """This office serves one jurisdiction, named by its host. Raises Problem 404 for another."""
    if given and given != urlsplit(config.settings().public_url).hostname:
        raise Problem("open311.jurisdiction", N_("jurisdiction_id를 찾을 수 없습니다."), 404)


def no_service() -> Problem:
    """No topic is called so."""
    return Problem("open311.service", N_("service_code를 찾을 수 없습니다."), 404)


async def _wanted(
    service_request_id: list[str] | None,
    service_code: list[str] | None,
    start_date: datetime | None,
    end_date: datetime | None,
    status: list[str] | None,
    **_: object,
) -> Wanted:
    if service_request_id:
        known = map(ids.parse_receipt, service_request_id[: georeport_rules.REQUESTS_MAX])
        return Wanted(numbers=[number for number in known if number is not None])
    topics = None
    if service_code:
        topics = [each.id for each in await catalogue.topics() if each.slug in service_code]
    return Wanted(
        topics=topics,
        stages=georeport_rules.stages(status),
        filed=georeport_rules.span(start_date, end_date, clock.now()),
    )


async def _public(number: str) -> Published:
    known = ids.parse_receipt(number)
    found = await complaints.published_one(known) if known else None
    if found is None:
        raise NotFound("open311.request", N_("service_request_id를 찾을 수 없습니다."))
    return found


async def _told(found: Sequence[Published]) -> Told:
    names = await Names.load(found)
    told = [georeport_rules.request_fields(_shown(each, names)) for each in found]
    return "service_requests", [*told]


def _shown(complaint: Published, names: Names) -> Shown:
    topic, department = names.topics[complaint.topic_id], names.department_of(complaint)
    notice = None
    if department is not None:
        notice = i18n.gettext(
            N_("문의: %(department)s %(phone)s"),
            department=named(department),
            phone=department.phone,
        )
    return Shown(
        complaint.number,
        topic.slug,
        topic.name,
        f"{complaint.title}\n{complaint.body}",
        complaint.stage,
        i18n.gettext(STAGES[complaint.stage]),
        named(department) if department else None,
        notice,
        complaint.filed_at,
        complaint.updated_at,
        complaint.due_at,
        complaint.place,
        complaint.latitude,
        complaint.longitude,
        photo_of(complaint),
    )


def _attribute(attribute: georeport_rules.Attribute) -> dict[str, spark.Spark]:
    told: dict[str, spark.Spark] = {
        "variable": attribute.variable,
        "code": attribute.code,
        "datatype": attribute.datatype,
        "required": attribute.required,
        "datatype_description": i18n.gettext(attribute.hint),
        "order": attribute.order,
        "description": i18n.gettext(attribute.words),
    }
    if attribute.values:
        told["values"] = [
            {"key": key, "name": i18n.gettext(words)} for key, words in attribute.values.items()
        ]
    return told
