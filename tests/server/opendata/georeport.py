"""GeoReport v2 as schemas of our own, written from the specification's tables.

https://wiki.open311.org/GeoReport_v2 and /Service_Discovery: every field of each answer, in XML and
by the Spark convention in JSON. A field that 'may not be returned' may be empty.
"""

from typing import Any

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+\-]\d\d:\d\d)"

XSD = f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="moment">
    <xs:restriction base="xs:string"><xs:pattern value="{MOMENT}"/></xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="nothing"><xs:restriction base="xs:string"><xs:length value="0"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="maybeMoment"><xs:union memberTypes="moment nothing"/></xs:simpleType>
  <xs:simpleType name="maybeNumber"><xs:union memberTypes="xs:decimal nothing"/></xs:simpleType>
  <xs:simpleType name="description">
    <xs:restriction base="xs:string"><xs:maxLength value="4000"/></xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="filled"><xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="truth">
    <xs:restriction base="xs:string"><xs:enumeration value="true"/><xs:enumeration value="false"/></xs:restriction>
  </xs:simpleType>

  <xs:element name="discovery"><xs:complexType><xs:all>
    <xs:element name="changeset" type="filled"/>
    <xs:element name="contact" type="filled"/>
    <xs:element name="key_service" type="filled"/>
    <xs:element name="endpoints"><xs:complexType><xs:sequence>
      <xs:element name="endpoint" maxOccurs="unbounded"><xs:complexType><xs:all>
        <xs:element name="specification" type="xs:anyURI"/>
        <xs:element name="url" type="xs:anyURI"/>
        <xs:element name="changeset" type="filled"/>
        <xs:element name="type"><xs:simpleType><xs:restriction base="xs:string">
          <xs:enumeration value="production"/><xs:enumeration value="test"/>
        </xs:restriction></xs:simpleType></xs:element>
        <xs:element name="formats"><xs:complexType><xs:sequence>
          <xs:element name="format" type="filled" maxOccurs="unbounded"/>
        </xs:sequence></xs:complexType></xs:element>
      </xs:all></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
  </xs:all></xs:complexType></xs:element>

  <xs:element name="services"><xs:complexType><xs:sequence>
    <xs:element name="service" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:all>
      <xs:element name="service_code" type="filled"/>
      <xs:element name="service_name" type="filled"/>
      <xs:element name="description" type="xs:string"/>
      <xs:element name="metadata" type="truth"/>
      <xs:element name="type"><xs:simpleType><xs:restriction base="xs:string">
        <xs:enumeration value="realtime"/><xs:enumeration value="batch"/><xs:enumeration value="blackbox"/>
      </xs:restriction></xs:simpleType></xs:element>
      <xs:element name="keywords" type="xs:string"/>
      <xs:element name="group" type="xs:string"/>
    </xs:all></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>

  <xs:element name="service_definition"><xs:complexType><xs:all>
    <xs:element name="service_code" type="filled"/>
    <xs:element name="attributes"><xs:complexType><xs:sequence>
      <xs:element name="attribute" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:all>
        <xs:element name="variable" type="truth"/>
        <xs:element name="code" type="filled"/>
        <xs:element name="datatype"><xs:simpleType><xs:restriction base="xs:string">
          <xs:enumeration value="string"/><xs:enumeration value="number"/><xs:enumeration value="datetime"/>
          <xs:enumeration value="text"/><xs:enumeration value="singlevaluelist"/><xs:enumeration value="multivaluelist"/>
        </xs:restriction></xs:simpleType></xs:element>
        <xs:element name="required" type="truth"/>
        <xs:element name="datatype_description" type="xs:string"/>
        <xs:element name="order" type="xs:positiveInteger"/>
        <xs:element name="description" type="xs:string"/>
        <xs:element name="values" minOccurs="0"><xs:complexType><xs:sequence>
          <xs:element name="value" maxOccurs="unbounded"><xs:complexType><xs:all>
            <xs:element name="key" type="filled"/><xs:element name="name" type="filled"/>
          </xs:all></xs:complexType></xs:element>
        </xs:sequence></xs:complexType></xs:element>
      </xs:all></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
  </xs:all></xs:complexType></xs:element>

  <xs:element name="service_requests"><xs:complexType><xs:sequence>
    <xs:element name="request" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:choice>
      <xs:sequence>
        <xs:element name="service_request_id" type="filled"/>
        <xs:choice>
          <xs:element name="token" type="filled"/>
          <xs:sequence>
            <xs:element name="service_notice" type="xs:string"/>
            <xs:element name="account_id" type="xs:string"/>
          </xs:sequence>
          <xs:sequence>
            <xs:element name="status"><xs:simpleType><xs:restriction base="xs:string">
              <xs:enumeration value="open"/><xs:enumeration value="closed"/>
            </xs:restriction></xs:simpleType></xs:element>
            <xs:element name="status_notes" type="xs:string"/>
            <xs:element name="service_name" type="filled"/>
            <xs:element name="service_code" type="filled"/>
            <xs:element name="description" type="description"/>
            <xs:element name="agency_responsible" type="xs:string"/>
            <xs:element name="service_notice" type="xs:string"/>
            <xs:element name="requested_datetime" type="moment"/>
            <xs:element name="updated_datetime" type="moment"/>
            <xs:element name="expected_datetime" type="maybeMoment"/>
            <xs:element name="address" type="xs:string"/>
            <xs:element name="address_id" type="xs:string"/>
            <xs:element name="zipcode" type="xs:string"/>
            <xs:element name="lat" type="maybeNumber"/>
            <xs:element name="long" type="maybeNumber"/>
            <xs:element name="media_url" type="xs:anyURI"/>
          </xs:sequence>
        </xs:choice>
      </xs:sequence>
    </xs:choice></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>

  <xs:element name="errors"><xs:complexType><xs:sequence>
    <xs:element name="error" maxOccurs="unbounded"><xs:complexType><xs:all>
      <xs:element name="code" type="xs:integer"/>
      <xs:element name="description" type="filled"/>
    </xs:all></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""

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
