"""The OpenAPI 3.1 document of everything that programs may ask: made from the table itself."""

from collections.abc import Mapping
from typing import Any, Final

from server.core import i18n
from server.core.i18n import N_
from server.opendata import answers
from server.opendata.catalogue_names import site
from server.opendata.operations import TABLE, Operation
from server.opendata.parameter_rules import Param
from server.opendata.schemas import COMPONENTS, named
from server.ordinance import service as ordinance

VERSION: Final = "1.0.0"
ANY: Final = (400, 405, 429, 500)
"""Statuses that every operation may refuse with."""

REFUSALS: Final = {
    400: N_("읽을 수 없거나 틀린 값이 있습니다."),
    403: N_("등록 키가 없거나 쓸 수 없습니다."),
    404: N_("그런 것이 없거나 공개되지 않았습니다."),
    405: N_("이 주소에서 할 수 없는 방법입니다."),
    406: N_("JSON을 받지 않는 읽는 이입니다."),
    413: N_("보내신 내용이 너무 큽니다."),
    429: N_("요청이 너무 많습니다. Retry-After 초 뒤에 다시 하세요."),
    500: N_("저희 쪽의 고장입니다."),
}
TAGS: Final = {
    "api": N_("JSON API"),
    "open311": N_("Open311 GeoReport v2"),
    "feeds": N_("Atom 구독"),
    "exports": N_("열린 자료"),
}


def document() -> dict[str, Any]:
    """The document in the reader's language."""
    district = ordinance.profile().district
    english = i18n.locale() == "en"
    paths: dict[str, dict[str, Any]] = {}
    for operation in TABLE:
        address = operation.rule.replace("<", "{").replace(">", "}")
        paths.setdefault(address, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": district.app_name_en if english else district.app_name,
            "version": VERSION,
            "description": i18n.gettext(
                N_("공개된 민원과 통계를 누구나, 등록 키를 받은 곳은 민원 신청까지 할 수 있습니다.")
            ),
            "contact": {
                "name": district.office_en if english else district.office,
                "url": site("/open"),
            },
            "license": {
                "name": i18n.gettext(N_("공공누리 제1유형(출처표시)")),
                "url": "https://www.kogl.or.kr/info/licenseType1.do",
            },
        },
        "servers": [{"url": site()}],
        "tags": [
            {"name": name, "description": i18n.gettext(words)} for name, words in TAGS.items()
        ],
        "paths": paths,
        "components": {"schemas": COMPONENTS},
    }


def _described(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": i18n.gettext(operation.summary),
        "parameters": [_parameter(each) for each in operation.params if each.where != "form"],
        "responses": _responses(operation),
    }
    fields = [each for each in operation.params if each.where == "form"]
    if fields:
        told["requestBody"] = _form(fields)
    return told


def _parameter(param: Param) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": param.name,
        "in": param.where,
        "required": param.required,
        "description": i18n.gettext(param.words),
        "schema": dict(param.schema) if param.required else _or_empty(param.schema),
    }
    if param.schema["type"] == "array":
        told |= {"style": "form", "explode": False}
    return told


def _or_empty(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What is not required may as well be given empty."""
    if schema["type"] == "array":
        return {**schema, "items": _or_empty(schema["items"])}
    return {"anyOf": [dict(schema), {"type": "string", "maxLength": 0}]}


def _form(fields: list[Param]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": [each.name for each in fields if each.required],
        "properties": {
            each.name: {
                **(each.schema if each.required else _or_empty(each.schema)),
                "description": i18n.gettext(each.words),
            }
            for each in fields
        },
    }
    return {
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": schema}},
    }


def _responses(operation: Operation) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if operation.schema is not None and operation.media == answers.JSON:
        content = {"schema": named(operation.schema)}
    found: dict[str, Any] = {
        "200": {
            "description": i18n.gettext(operation.summary),
            "content": {operation.media: content},
        }
    }
    if operation.method == "GET":
        found["304"] = {"description": i18n.gettext(N_("읽는 이가 이미 가진 그대로입니다."))}
    for status in sorted({*ANY, *operation.errors}):
        found[str(status)] = {
            "description": i18n.gettext(REFUSALS[status]),
            "content": _refusal(operation),
        }
    return found


def _refusal(operation: Operation) -> Mapping[str, Any]:
    """In what format the operation's door tells what went wrong."""
    if operation.tag == "api":
        return {answers.PROBLEM: {"schema": named("Problem")}}
    if operation.tag == "open311":
        json = {answers.JSON: {"schema": named("Open311Errors")}}
        return json if operation.media == answers.JSON else {answers.XML: {}}
    return {answers.PROBLEM: {"schema": named("Problem")}}
