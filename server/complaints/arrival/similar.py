"""Complaints like the one that is being filed, for whoever would rather follow one (Y12-1).

Near by (within 300 m) of the same topic, or with the same words in the title; only what is public
and not long done.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.catalogue import service as catalogue
from server.complaints.arrival import similar_rules
from server.complaints.disclosure.publishing import SEARCH_KIND
from server.complaints.following import follows
from server.complaints.following.rules import NEARBY_M, box, metres
from server.complaints.models import Publication
from server.complaints.rules import Place
from server.core import clock, search

SHOWN_MAX = 3
NEAR_AT_MOST = 50
FOUND_AT_MOST = 100
DONE_FOR = timedelta(days=30)  # what was mended longer ago is no answer to trouble of today


@dataclass(frozen=True, slots=True)
class Similar:
    """A public complaint like it. `away_m` is the distance, where both positions are known."""

    number: str
    title: str
    place: str
    stage: str
    photos_count: int
    filed_at: datetime
    away_m: int | None
    people: int


async def similar_to(topic: str, title: str, place: Place) -> list[Similar]:
    """At most three, the likeliest first."""
    chosen = await catalogue.topic_by_slug(topic)
    if chosen is None:
        return []
    near = await _near(chosen.id, place)
    rows = {row.complaint_id: row for row in (*near, *await _worded_alike(chosen.id, title))}
    recent = clock.now() - DONE_FOR
    fit = [row for row in rows.values() if row.stage != "completed" or row.updated_at > recent]
    fit.sort(key=lambda row: (_away(row, place) or NEARBY_M, -row.complaint_id))
    people = await follows.counts([row.complaint_id for row in fit[:SHOWN_MAX]])
    return [
        Similar(
            row.number,
            row.title,
            row.place,
            row.stage,
            row.photos_count,
            row.filed_at,
            None if (away := _away(row, place)) is None else round(away / 10) * 10,
            people.get(row.complaint_id, 0),
        )
        for row in fit[:SHOWN_MAX]
    ]


async def _near(topic_id: int, place: Place) -> list[Publication]:
    if place.latitude is None or place.longitude is None:
        return []
    south, north, west, east = box(place.latitude, place.longitude, NEARBY_M)
    rows = (
        await Publication.filter(
            latitude__gte=south,
            latitude__lte=north,
            longitude__gte=west,
            longitude__lte=east,
            topic_id=topic_id,
        )
        .order_by("-complaint_id")
        .limit(NEAR_AT_MOST)
    )
    return [row for row in rows if (_away(row, place) or 0) <= NEARBY_M]


async def _worded_alike(topic_id: int, title: str) -> list[Publication]:
    """Of the topic, with at least two of the title's telling words; or the only one it has."""
    stems = similar_rules.stems(title)
    hits: Counter[int] = Counter()
    for stem in stems:
        hits.update(await search.find(SEARCH_KIND, stem, limit=FOUND_AT_MOST))
    wanted = min(2, len(stems))
    likely = [ref for ref, count in hits.most_common(FOUND_AT_MOST) if stems and count >= wanted]
    if not likely:
        return []
    rows = Publication.filter(complaint_id__in=likely, topic_id=topic_id)
    return await rows.order_by("-complaint_id").limit(NEAR_AT_MOST)


def _away(row: Publication, place: Place) -> float | None:
    if row.latitude is None or row.longitude is None:
        return None
    if place.latitude is None or place.longitude is None:
        return None
    return metres(row.latitude, row.longitude, place.latitude, place.longitude)
