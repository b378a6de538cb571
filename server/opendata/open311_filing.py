"""Open311's POST requests: a partner's program files a complaint for somebody (Act 8, Y10-1).

What it takes of the standard's fields, what it needs beyond them, and what it does not use.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from quart import current_app, request
from werkzeug.datastructures import MultiDict

from server.catalogue import service as catalogue
from server.complaints.service import Filing, Stranger
from server.core import i18n
from server.core.i18n import N_
from server.core.web import Limit, Problem
from server.opendata import georeport_rules, operations, partners
from server.opendata.open311 import (
    ADDRESS,
    FORMATS,
    JURISDICTION,
    Told,
    check_jurisdiction,
    door,
    no_service,
    spoken,
)
from server.opendata.operations import posts
from server.opendata.parameter_rules import Param, line

if TYPE_CHECKING:
    from server.core.web.application import Application

FORM: Final = (
    Param("api_key", line(200), N_("등록 키"), "form", required=True),
    replace(JURISDICTION, where="form"),
    Param("service_code", line(40), N_("분야"), "form", required=True),
    Param("lat", {"type": "number", "minimum": -90, "maximum": 90}, N_("위도(WGS 84)"), "form"),
    Param("long", {"type": "number", "minimum": -180, "maximum": 180}, N_("경도(WGS 84)"), "form"),
    Param("address_string", line(200), N_("장소"), "form"),
    Param(
        "address_id",
        line(100),
        N_("쓰지 않습니다. address_string이나 lat, long을 보내 주세요."),
        "form",
    ),
    Param(
        "description",
        line(georeport_rules.DESCRIPTION_LETTERS_MAX),
        N_("내용"),
        "form",
        required=True,
    ),
    Param("first_name", line(40), N_("민원인의 이름"), "form"),
    Param("last_name", line(40), N_("민원인의 성"), "form", required=True),
    Param(
        "phone",
        line(40),
        N_("민원인의 전화번호. 답변을 알립니다."),
        "form",
        required=True,
    ),
    Param("email", line(200), N_("민원인의 전자우편"), "form"),
    Param("device_id", line(200), N_("쓰지 않습니다."), "form"),
    Param("account_id", line(200), N_("쓰지 않습니다."), "form"),
    Param(
        "media_url",
        line(2000),
        N_("받지 않습니다. 바깥 주소에서 사진을 가져오지 않습니다."),
        "form",
    ),
    Param(
        "attribute[title]",
        line(100),
        N_("제목. 없으면 내용의 첫 줄을 씁니다."),
        "form",
        attribute="title",
    ),
    Param(
        "attribute[public]",
        {"type": "string", "enum": ["yes", "no"]},
        N_("공개할지. 없으면 yes"),
        "form",
        attribute="public",
    ),
)


async def file_request(form: MultiDict[str, str]) -> Told:
    """File a complaint for somebody; the answer is its number."""
    key = await partners.key_for_filing(form.get("api_key", ""))
    app = cast("Application", current_app)
    await app.limits.spend(Limit(key.per_hour, "hour"), partners.ROUTE, f"key:{key.id}")
    given = operations.values(FORM, form)
    check_jurisdiction(given["jurisdiction_id"])
    if given["service_code"] not in {topic.slug for topic in await catalogue.topics()}:
        raise no_service()
    place = partners.place(given["address_string"] or "", given["lat"], given["long"])
    filing = Filing(
        given["service_code"],
        given["title"] or georeport_rules.title_of(given["description"]),
        given["description"],
        place,
        public=given["public"] != "no",
        reply_by="sms",
    )
    name = partners.full_name(given["last_name"], given["first_name"] or "")
    stranger = Stranger(name, given["phone"], email=given["email"] or "")
    claim = partners.claim(key, request.headers.get("Idempotency-Key"), form.to_dict())
    try:
        number = await partners.file(key, stranger, filing, claim)
    except Problem as refused:
        raise partners.in_their_words(refused, titled=bool(given["title"])) from refused
    notice = N_("접수번호로 처리 과정을 볼 수 있습니다. 결과는 문자메시지로 알립니다.")
    photo = N_("사진은 받지 않았습니다. 접수번호로 처리 과정을 볼 수 있습니다.")
    return "service_requests", [
        {
            "service_request_id": number,
            "service_notice": i18n.gettext(photo if given["media_url"] else notice),
            "account_id": None,
        }
    ]


for _ending, _media in FORMATS.items():
    posts(
        door,
        f"{ADDRESS}/requests.{_ending}",
        name=f"file_{_ending}",
        summary=N_("민원 신청"),
        media=_media,
        schema="Open311Filed",
        params=FORM,
        errors=(403, 404, 413),
        limit=Limit(120, "minute"),
        csrf="a partner's key stands in for the form's token",
    )(spoken(file_request, _ending))
