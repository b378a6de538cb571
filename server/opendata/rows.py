"""A public complaint as open data has it: the columns, in an order that stays (Y12-1).

One list of columns makes CSV, JSON, the schema of the API and the data dictionary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from server.complaints.service import Published
from server.core.i18n import N_
from server.opendata.catalogue_names import Names, named, page_of
from server.opendata.georeport_rules import w3

MOMENT: Final = {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name never changes; `words` (a msgid) says what it holds."""

    name: str
    schema: Mapping[str, Any]
    words: str
    example: str
    may_be_empty: bool = False


COLUMNS: Final = (
    Column("number", {"type": "string"}, N_("신청번호. 접수하면 접수번호입니다."), "2611-000427-8"),
    Column("title", {"type": "string"}, N_("제목. 개인정보는 가렸습니다."), "가로등이 꺼졌습니다"),
    Column("body", {"type": "string"}, N_("내용. 개인정보는 가렸습니다."), "사흘째 꺼져 있습니다."),
    Column("topic", {"type": "string"}, N_("분야의 이름표"), "street-lamp"),
    Column("topic_name", {"type": "string"}, N_("분야"), "가로등·보안등"),
    Column("department", {"type": "string"}, N_("맡은 부서의 이름표"), "roads", may_be_empty=True),
    Column("department_name", {"type": "string"}, N_("맡은 부서"), "도로과", may_be_empty=True),
    Column(
        "stage",
        {"type": "string", "enum": ["received", "handling", "completed"]},
        N_("상태: received 접수 전, handling 처리 중, completed 처리 완료"),
        "handling",
    ),
    Column("filed_at", MOMENT, N_("신청한 때"), "2026-11-23T10:00:00+09:00"),
    Column("updated_at", MOMENT, N_("마지막으로 바뀐 때"), "2026-11-24T09:30:00+09:00"),
    Column("due_at", MOMENT, N_("처리 기한"), "2026-12-02T00:00:00+09:00", may_be_empty=True),
    Column("place", {"type": "string"}, N_("장소"), "당산로 12길 모퉁이"),
    Column("latitude", {"type": "number"}, N_("위도(WGS 84)"), "37.526500", may_be_empty=True),
    Column("longitude", {"type": "number"}, N_("경도(WGS 84)"), "126.896000", may_be_empty=True),
    Column("photos", {"type": "integer", "minimum": 0}, N_("사진 수"), "2"),
    Column("url", {"type": "string", "format": "uri"}, N_("사람이 읽는 화면의 주소"), "https://…"),
)


def row(complaint: Published, names: Names) -> dict[str, Any]:
    """A complaint by its columns; None where a column is empty."""
    department = names.department_of(complaint)
    topic = names.topics[complaint.topic_id]
    return {
        "number": complaint.number,
        "title": complaint.title,
        "body": complaint.body,
        "topic": topic.slug,
        "topic_name": topic.name,
        "department": department.slug if department else None,
        "department_name": named(department) if department else None,
        "stage": complaint.stage,
        "filed_at": w3(complaint.filed_at),
        "updated_at": w3(complaint.updated_at),
        "due_at": w3(complaint.due_at) if complaint.due_at else None,
        "place": complaint.place,
        "latitude": complaint.latitude,
        "longitude": complaint.longitude,
        "photos": complaint.photos_count,
        "url": page_of(complaint),
    }


FORMULA_BEGINNINGS: Final = frozenset("=+-@\t\r＝＋－＠")


def cell(value: object) -> str:
    """A value as a cell of CSV. What a spreadsheet would run as a formula gets an apostrophe;
    numbers of ours stay numbers."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, str) and text[:1] in FORMULA_BEGINNINGS:
        return "'" + text
    return text
