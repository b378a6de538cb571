"""GeoReport v2 as schemas of our own, written from the specification's tables.

https://wiki.open311.org/GeoReport_v2 and /Service_Discovery: every field of each answer, in XML and
by the Spark convention in JSON. A field that 'may not be returned' may be empty.
"""

from pathlib import Path
from typing import Any

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+\-]\d\d:\d\d)"

XSD = Path(__file__).with_suffix(".xsd")
TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
MAYBE: dict[str, Any] = {"type": ["string", "null"]}
TRUTH = {"type": "boolean"}
TIME = {"type": "string", "pattern": f"^{MOMENT}$"}
NUMBER = {"type": ["number", "null"]}


def fields(**properties: Any) -> dict[str, Any]:
    """An object with exactly these fields."""
    return {
        "type": "object",
        "required": [*properties],
        "properties": properties,
        "additionalProperties": False,
    }


def several(item: dict[str, Any]) -> dict[str, Any]:
    """The root of a list."""
    return {"type": "array", "items": item}


REQUEST = fields(
    service_request_id=TEXT,
    status={"enum": ["open", "closed"]},
    status_notes=MAYBE,
    service_name=TEXT,
    service_code=TEXT,
    description={"type": ["string", "null"], "maxLength": 4000},
    agency_responsible=MAYBE,
    service_notice=MAYBE,
    requested_datetime=TIME,
    updated_datetime=TIME,
    expected_datetime={**TIME, "type": ["string", "null"]},
    address=MAYBE,
    address_id=MAYBE,
    zipcode=MAYBE,
    lat=NUMBER,
    long=NUMBER,
    media_url=MAYBE,
)
ATTRIBUTE = fields(
    variable=TRUTH,
    code=TEXT,
    datatype={
        "enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    },
    required=TRUTH,
    datatype_description=MAYBE,
    order={"type": "integer", "minimum": 1},
    description=MAYBE,
)
ATTRIBUTE["properties"]["values"] = several(fields(key=TEXT, name=TEXT))

JSON_SHAPES: dict[str, dict[str, Any]] = {
    "discovery": fields(
        changeset=TEXT,
        contact=TEXT,
        key_service=TEXT,
        endpoints=several(
            fields(
                specification=TEXT,
                url=TEXT,
                changeset=TEXT,
                type={"enum": ["production", "test"]},
                formats=several(TEXT),
            )
        ),
    ),
    "services": several(
        fields(
            service_code=TEXT,
            service_name=TEXT,
            description=MAYBE,
            metadata=TRUTH,
            type={"enum": ["realtime", "batch", "blackbox"]},
            keywords=MAYBE,
            group=MAYBE,
        )
    ),
    "service_definition": fields(service_code=TEXT, attributes=several(ATTRIBUTE)),
    "service_requests": several(REQUEST),
    "filed": several(fields(service_request_id=TEXT, service_notice=MAYBE, account_id=MAYBE)),
    "tokens": several(fields(service_request_id=TEXT, token=TEXT)),
    "errors": several(fields(code={"type": "integer"}, description=TEXT)),
}
