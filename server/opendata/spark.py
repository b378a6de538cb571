"""One answer of Open311 as XML and as JSON, by the Spark convention that GeoReport v2 names.

A list becomes an element that holds one element an item; nothing becomes an empty element or null.
"""

import json
from typing import Final
from xml.sax.saxutils import escape

type Spark = str | int | float | bool | list[Spark] | dict[str, Spark] | None

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
ITEMS: Final = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
"""What an item of each list is called."""


def as_json(value: Spark) -> str:
    """The JSON text: the root's name is not said."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def as_xml(root: str, value: Spark) -> str:
    """The XML text, with its declaration."""
    return f"{DECLARATION}{_element(root, value)}\n"


def _element(name: str, value: Spark) -> str:
    match value:
        case list():
            inside = "".join(_element(ITEMS[name], item) for item in value)
        case dict():
            inside = "".join(_element(field, item) for field, item in value.items())
        case bool():
            inside = "true" if value else "false"
        case None:
            inside = ""
        case _:
            inside = escape(legal(str(value)))
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"


def legal(text: str) -> str:
    """The text without characters that no XML document can hold."""
    return "".join(c for c in text if c in "\t\n\r" or _is_char(ord(c)))


def _is_char(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
