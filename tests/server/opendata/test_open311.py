"""Open311 GeoReport v2, field by field against the specification."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
import xmlschema

from tests.server.complaints.conftest import Handled, Office
from tests.server.opendata.conftest import asked, asked_json
from tests.server.opendata.georeport import JSON_SHAPES, XSD

BASE = "/open311/v2"
ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
FIELDS = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]


@pytest.fixture(scope="module")
def schema() -> Any:
    """The specification's XML as a schema."""
    return xmlschema.XMLSchema(XSD)


async def test_every_answer_is_as_the_specification_says(
    office: Office, handled: Handled, schema: Any
) -> None:
    done = await handled("complete", lat="37.5265", lon="126.8960")
    await office.file(title="<b>가로등</b> & 신호등", body="첫째 줄\n둘째 줄 ]]> </request>")
    for path, shape in (
        ("discovery", "discovery"),
        ("services", "services"),
        ("services/street-lamp", "service_definition"),
        ("requests", "service_requests"),
        (f"requests/{done}", "service_requests"),
        (f"tokens/{done}", "tokens"),
    ):
        xml = await office.get(None, f"{BASE}/{path}.xml")
        text = await xml.get_data(as_text=True)
        assert xml.status_code == 200, text
        assert xml.headers["Content-Type"] == "text/xml; charset=utf-8"
        assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
        schema.validate(text)
        answer = await office.get(None, f"{BASE}/{path}.json")
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        value = json.loads(await answer.get_data(as_text=True))
        jsonschema_rs.validate(JSON_SHAPES[shape], value)
        assert spark(ET.fromstring(text)) == flat(value), path


async def test_a_request_says_all_fields_in_order(office: Office, handled: Handled) -> None:
    number = await handled("complete", lat="37.5265", lon="126.8960")
    [told] = await asked_json(office, f"{BASE}/requests/{number}.json")
    assert list(told) == FIELDS
    assert told["service_request_id"] == number
    assert told["status"] == "closed"
    assert told["service_code"] == "street-lamp"
    assert told["description"].startswith("당산로 가로등이 꺼졌습니다\n당산로 12길")
    assert told["agency_responsible"] == "도로과"
    assert "02-2670-3804" in told["service_notice"]
    assert told["requested_datetime"].endswith("+09:00")
    assert told["updated_datetime"] > told["requested_datetime"]
    assert told["expected_datetime"] > told["updated_datetime"]
    assert (told["lat"], told["long"]) == (37.5265, 126.896)
    assert told["address"] == "당산로 12길 모퉁이"
    assert told["address_id"] is told["zipcode"] is told["media_url"] is None


async def test_requests_are_chosen(office: Office, handled: Handled, time: Any) -> None:
    time.set("2026-08-01T10:00+09:00")
    old = await office.file()
    time.set("2026-11-20T10:00+09:00")
    new = await office.file(topic="parking")
    time.set("2026-11-23T10:00+09:00")
    done = await handled("complete")

    async def numbers(query: str) -> list[str]:
        found = await asked_json(office, f"{BASE}/requests.json?{query}")
        return [each["service_request_id"] for each in found]

    assert await numbers("") == [done, new]  # the last 90 days
    assert await numbers("status=open") == [new]
    assert await numbers("status=closed") == [done]
    assert await numbers("status=open,closed") == [done, new]
    assert await numbers("service_code=parking") == [new]
    assert await numbers("service_code=parking,street-lamp") == [done, new]
    assert await numbers("service_code=nobody") == []
    assert await numbers("start_date=2026-07-31T00:00:00Z") == [old]
    assert await numbers("end_date=2026-11-21T00:00:00%2B09:00") == [new]
    assert await numbers("end_date=2026-11-21T00:00:00+09:00") == [new]  # nobody escaped the plus
    span = "start_date=2026-11-22T00:00:00Z&end_date=2026-11-24T00:00:00Z"
    assert await numbers(span) == [done]
    assert await numbers(f"service_request_id={old},{done}&status=open") == [done, old]
    assert await numbers(f"service_request_id={old}&service_code=") == [old]
    assert await numbers("page_size=1") == [done]
    assert await numbers("page_size=1&page=2") == [new]
    assert await numbers("page_size=1&page=3") == []


WRONG = (
    ("requests/2611-999999-9", 404),
    ("requests/nothing", 404),
    ("services/nothing", 404),
    ("tokens/nothing", 404),
    ("services.xml?jurisdiction_id=elsewhere.example", 404),
    ("requests?start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z", 400),
    ("requests?start_date=yesterday", 400),
    ("requests?start_date=2026-01-01", 400),
    ("requests?status=lost", 400),
    ("requests?page_size=1001", 400),
    ("requests?page=0", 400),
    ("requests?page=50000&page_size=1000", 400),
    ("no-such-thing", 404),
    ("requests?status=%ff", 400),
)


@ONE_ENGINE
async def test_errors_are_the_specification_s(office: Office, schema: Any) -> None:
    client = office.app.test_client()
    for path, status in WRONG:
        for ending in ("xml", "json"):
            name, _, query = path.partition("?")
            answer = await client.get(f"{BASE}/{name.removesuffix('.xml')}.{ending}?{query}")
            text = await answer.get_data(as_text=True)
            assert answer.status_code == status, (path, text)
            if ending == "xml":
                assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
                schema.validate(text)
                assert ET.fromstring(text).findtext("error/code") == str(status)
            else:
                errors = json.loads(text)
                jsonschema_rs.validate(JSON_SHAPES["errors"], errors)
                assert errors[0]["code"] == status


@ONE_ENGINE
async def test_other_methods_are_refused_in_the_format(office: Office, schema: Any) -> None:
    client = office.app.test_client()
    answer = await client.delete(f"{BASE}/services.xml")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    schema.validate(await answer.get_data(as_text=True))


async def test_what_is_not_public_does_not_exist(office: Office) -> None:
    number = await office.file(public="n")
    for path in (f"requests/{number}", f"tokens/{number}"):
        assert (await office.get(None, f"{BASE}/{path}.xml")).status_code == 404
        assert (await office.get("kim", f"{BASE}/{path}.xml")).status_code == 404
    assert await asked_json(office, f"{BASE}/requests.json") == []
    assert await asked_json(office, f"{BASE}/requests.json?service_request_id={number}") == []


@ONE_ENGINE
async def test_words_follow_the_reader(office: Office) -> None:
    services = await asked(office, f"{BASE}/services.json", **{"Accept-Language": "en"})
    assert "Street" in services


def spark(element: Any) -> Any:
    """An XML answer by the Spark convention: what its JSON must say, numbers and truth as text."""
    items = {"services", "attributes", "values", "service_requests", "errors", "endpoints"}
    if element.tag in items | {"formats"}:
        return [spark(each) for each in element]
    if len(element):
        return {each.tag: spark(each) for each in element}
    return element.text


def flat(value: Any) -> Any:
    """JSON with numbers and truth as XML writes them."""
    match value:
        case list():
            return [flat(each) for each in value]
        case dict():
            return {name: flat(each) for name, each in value.items()}
        case bool():
            return "true" if value else "false"
        case None:
            return None
    return str(value)
