"""The shapes of what the operations answer, as JSON Schema for the OpenAPI document."""

from typing import Any, Final

from server.opendata.georeport_rules import DESCRIPTION_LETTERS_MAX
from server.opendata.rows import COLUMNS

type Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
MAYBE_MOMENT: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
MAYBE_NUMBER: Final[Schema] = {"type": ["number", "null"]}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
MAYBE_COUNT: Final[Schema] = {"type": ["integer", "null"], "minimum": 0}


def shape(**properties: Schema) -> Schema:
    """An object that has exactly these members."""
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def listed(items: Schema) -> Schema:
    """A list of such things."""
    return {"type": "array", "items": items}


def named(schema: str) -> Schema:
    """A schema by its name in the document."""
    return {"$ref": f"#/components/schemas/{schema}"}


def _empty_too(schema: Any) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


COMPLAINT: Final = shape(
    **{
        column.name: _empty_too(column.schema) if column.may_be_empty else dict(column.schema)
        for column in COLUMNS
    }
)
DEPARTMENT: Final[Schema] = {
    **shape(slug=TEXT, name=TEXT, phone=TEXT),
    "type": ["object", "null"],
}
FIGURE: Final = shape(
    name=MAYBE_TEXT,
    filed=MAYBE_COUNT,
    in_time_percent={"type": ["integer", "null"], "minimum": 0, "maximum": 100},
    median_days={"type": ["number", "null"], "minimum": 0},
)
MAYBE_FIGURE: Final[Schema] = {**FIGURE, "type": ["object", "null"]}
REQUEST: Final = shape(
    service_request_id=TEXT,
    status={"type": "string", "enum": ["open", "closed"]},
    status_notes=MAYBE_TEXT,
    service_name=TEXT,
    service_code=TEXT,
    description={"type": "string", "maxLength": DESCRIPTION_LETTERS_MAX},
    agency_responsible=MAYBE_TEXT,
    service_notice=MAYBE_TEXT,
    requested_datetime=MOMENT,
    updated_datetime=MOMENT,
    expected_datetime=MAYBE_MOMENT,
    address=MAYBE_TEXT,
    address_id={"type": "null"},
    zipcode={"type": "null"},
    lat=MAYBE_NUMBER,
    long=MAYBE_NUMBER,
    media_url={"type": ["string", "null"], "format": "uri"},
)
VALUE: Final = shape(key=TEXT, name=TEXT)
ATTRIBUTE: Final[Schema] = {
    **shape(
        variable={"type": "boolean"},
        code=TEXT,
        datatype={
            "type": "string",
            "enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"],
        },
        required={"type": "boolean"},
        datatype_description=MAYBE_TEXT,
        order={"type": "integer", "minimum": 1},
        description=TEXT,
        values=listed(VALUE),
    ),
    "required": [
        "variable",
        "code",
        "datatype",
        "required",
        "datatype_description",
        "order",
        "description",
    ],
}

COMPONENTS: Final[dict[str, Schema]] = {
    "Complaint": COMPLAINT,
    "ComplaintPage": shape(
        items=listed(named("Complaint")), next={"type": ["string", "null"], "format": "uri"}
    ),
    "ComplaintList": listed(named("Complaint")),
    "Topics": shape(items=listed(shape(slug=TEXT, name=TEXT, hint=TEXT, department=DEPARTMENT))),
    "ServiceTable": shape(
        items=listed(
            shape(
                slug=TEXT,
                name=TEXT,
                category=TEXT,
                category_name=TEXT,
                period=TEXT,
                law=TEXT,
                fee_won=COUNT,
                online={"type": "boolean"},
                department=DEPARTMENT,
            )
        )
    ),
    "Statistics": shape(
        counted_at=MAYBE_MOMENT,
        fewest=COUNT,
        whole=MAYBE_FIGURE,
        months=listed(FIGURE),
        departments=listed(FIGURE),
        kinds=listed(FIGURE),
    ),
    "Problem": {
        **shape(
            type=TEXT,
            title=TEXT,
            status={"type": "integer", "minimum": 400, "maximum": 599},
            detail=TEXT,
            code=TEXT,
            field=TEXT,
        ),
        "required": ["type", "title", "status", "detail", "code"],
    },
    "Discovery": shape(
        changeset=TEXT,
        contact=TEXT,
        key_service=TEXT,
        endpoints=listed(
            shape(
                specification=TEXT,
                url={"type": "string", "format": "uri"},
                changeset=TEXT,
                type={"type": "string", "enum": ["production", "test"]},
                formats=listed(TEXT),
            )
        ),
    ),
    "Open311Services": listed(
        shape(
            service_code=TEXT,
            service_name=TEXT,
            description=TEXT,
            metadata={"type": "boolean"},
            type={"type": "string", "enum": ["realtime", "batch", "blackbox"]},
            keywords=MAYBE_TEXT,
            group=MAYBE_TEXT,
        )
    ),
    "Open311ServiceDefinition": shape(service_code=TEXT, attributes=listed(ATTRIBUTE)),
    "Open311Requests": listed(REQUEST),
    "Open311Filed": listed(
        shape(service_request_id=TEXT, service_notice=MAYBE_TEXT, account_id={"type": "null"})
    ),
    "Open311Tokens": listed(shape(service_request_id=TEXT, token=TEXT)),
    "Open311Errors": listed(shape(code={"type": "integer"}, description=TEXT)),
}
