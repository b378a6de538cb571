"""Which public complaints a program asks for: the filter that feeds, open data and API share."""

from typing import Final

from server.complaints.service import Wanted
from server.core.i18n import N_
from server.opendata.catalogue_names import Names
from server.opendata.parameter_rules import Misread, Param

SLUG: Final = {"type": "string", "maxLength": 40, "pattern": "^[a-z0-9-]+$"}
BIGINT: Final = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}

TOPIC: Final = Param("topic", SLUG, N_("분야의 이름표 (/api/topics)"))
DEPARTMENT: Final = Param("department", SLUG, N_("부서의 이름표"))
STAGE: Final = Param(
    "stage", {"type": "string", "enum": ["received", "handling", "completed"]}, N_("상태")
)
BEFORE: Final = Param("before", BIGINT, N_("이어서 볼 자리. 앞 답의 next가 알려 줍니다."))
FILTER: Final = (TOPIC, DEPARTMENT, STAGE, BEFORE)


def wanted(
    names: Names,
    *,
    topic: str | None,
    department: str | None,
    stage: str | None = None,
    before: int | None = None,
    query: str = "",
) -> Wanted:
    """The filter by ids. Raises Misread (404) for a topic or department that nobody knows."""
    topic_found = names.topic_with(topic) if topic else None
    if topic and topic_found is None:
        raise Misread("topic", N_("그런 분야가 없습니다."), 404)
    department_found = names.department_with(department) if department else None
    if department and department_found is None:
        raise Misread("department", N_("그런 부서가 없습니다."), 404)
    return Wanted(
        topics=[topic_found.id] if topic_found else None,
        department=department_found.id if department_found else None,
        stages=[stage] if stage else None,
        before=before,
        query=query,
    )
