"""GeoReport v2 as pure decisions: the span of a query, states, and a request as its fields say.

Source: the GeoReport v2 specification (wiki.open311.org/GeoReport_v2), frozen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from server.core import clock
from server.core.i18n import N_
from server.core.web import Problem
from server.opendata.spark import Spark

SPAN_MAX: Final = timedelta(days=90)
REQUESTS_MAX: Final = 1_000
DESCRIPTION_LETTERS_MAX: Final = 4_000
TITLE_LETTERS_MAX: Final = 100
OPEN_STAGES: Final = ("received", "handling")
CLOSED_STAGES: Final = ("completed",)


class BadSpan(Problem):
    """The dates of a query do not make a span of at most 90 days."""

    def __init__(self) -> None:
        sentence = N_("기간은 시작이 끝보다 앞서고 90일을 넘지 않아야 합니다.")
        super().__init__("open311.span", sentence, 400, "start_date")


def span(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The instants between which requests are looked for: 90 days where one end is not given,
    the last 90 days where neither is. Raises BadSpan."""
    if start is None:
        end = end or now
        return end - SPAN_MAX, end
    end = end or start + SPAN_MAX
    if not timedelta(0) <= end - start <= SPAN_MAX:
        raise BadSpan
    return start, end


def stages(statuses: list[str] | None) -> tuple[str, ...] | None:
    """The stages of the public list that make these statuses; None where all do."""
    if not statuses or set(statuses) >= {"open", "closed"}:
        return None
    return OPEN_STAGES if "open" in statuses else CLOSED_STAGES


def w3(moment: datetime) -> str:
    """An instant in the w3 note's format, in Seoul's time: 2026-11-23T10:00:00+09:00."""
    return clock.seoul(moment).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Shown:
    """A public complaint with its names in the reader's language."""

    number: str
    service_code: str
    service_name: str
    description: str
    stage: str
    stage_words: str
    agency: str | None
    notice: str | None
    filed_at: datetime
    updated_at: datetime
    due_at: datetime | None
    address: str
    latitude: float | None
    longitude: float | None
    media_url: str | None


def request_fields(shown: Shown) -> dict[str, Spark]:
    """A request with all fields of the specification in its order; what is unknown is null."""
    return {
        "service_request_id": shown.number,
        "status": "closed" if shown.stage in CLOSED_STAGES else "open",
        "status_notes": shown.stage_words,
        "service_name": shown.service_name,
        "service_code": shown.service_code,
        "description": shortened(shown.description, DESCRIPTION_LETTERS_MAX),
        "agency_responsible": shown.agency,
        "service_notice": shown.notice,
        "requested_datetime": w3(shown.filed_at),
        "updated_datetime": w3(shown.updated_at),
        "expected_datetime": w3(shown.due_at) if shown.due_at else None,
        "address": shown.address or None,
        "address_id": None,
        "zipcode": None,
        "lat": shown.latitude,
        "long": shown.longitude,
        "media_url": shown.media_url,
    }


def shortened(text: str, letters: int) -> str:
    """At most so many letters; what was cut says so."""
    return text if len(text) <= letters else text[: letters - 1] + "…"


def title_of(description: str) -> str:
    """What a complaint is called whose partner gave it no title: its first line."""
    first = next((line.strip() for line in description.splitlines() if line.strip()), "")
    return shortened(first, TITLE_LETTERS_MAX)


@dataclass(frozen=True, slots=True)
class Attribute:
    """What may come with a request beyond the standard's own fields; words are msgids."""

    code: str
    datatype: str
    order: int
    words: str
    hint: str
    values: Mapping[str, str] = MappingProxyType({})
    variable: bool = True
    required: bool = False


ATTRIBUTES: Final = (
    Attribute("title", "string", 1, N_("제목. 없으면 내용의 첫 줄을 씁니다."), N_("100자까지")),
    Attribute(
        "public",
        "singlevaluelist",
        2,
        N_("개인정보를 가리고 공개할지 민원인이 고릅니다."),
        N_("없으면 yes"),
        MappingProxyType({"yes": N_("공개합니다"), "no": N_("공개하지 않습니다")}),
    ),
)
