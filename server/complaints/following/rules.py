"""Who is told of a new public complaint: near what they follow, or of a topic, at once or once a
day. Distances are along the earth's surface, in metres (Y12-1, Y16). Pure."""

import math
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final

from server.complaints.rules import Place, place_words
from server.core.i18n import N_
from server.deadlines.service import in_seoul

FOLLOWS_MAX: Final = 20
RADII_M: Final = (300, 500, 1000, 2000)
DIGEST_AT: Final = time(18, 0)
NEARBY_M: Final = 300.0
EARTH_M: Final = 6_371_000.0
SQUARE_DEGREES: Final = 0.01  # about 1.1 km by 0.9 km in Korea

HOW_OFTEN: Final = {
    "daily": N_("하루 한 번 모아서"),
    "at_once": N_("올라올 때마다 바로"),
}


def metres(north: float, east: float, to_north: float, to_east: float) -> float:
    """The distance between two positions (degrees, WGS 84)."""
    here, there = math.radians(north), math.radians(to_north)
    half = (
        math.sin((there - here) / 2) ** 2
        + math.cos(here) * math.cos(there) * math.sin(math.radians(to_east - east) / 2) ** 2
    )
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, half)))


def box(north: float, east: float, radius_m: float) -> tuple[float, float, float, float]:
    """(south, north, west, east) of the square that holds the circle, in degrees."""
    up = math.degrees(radius_m / EARTH_M)
    side = up / max(math.cos(math.radians(north)), 0.01)
    return north - up, north + up, east - side, east + side


def square(north: float, east: float) -> str:
    """The square of the map that a position lies in."""
    return f"{math.floor(north / SQUARE_DEGREES)},{math.floor(east / SQUARE_DEGREES)}"


def squares(north: float, east: float, radius_m: float) -> Iterator[str]:
    """Every square of the map that a circle may touch."""
    bottom, top, left, right = box(north, east, radius_m)
    for row in range(math.floor(bottom / SQUARE_DEGREES), math.floor(top / SQUARE_DEGREES) + 1):
        for column in range(
            math.floor(left / SQUARE_DEGREES), math.floor(right / SQUARE_DEGREES) + 1
        ):
            yield f"{row},{column}"


def lies_in(place: Place, followed: Place, radius_m: int | None) -> bool:
    """Whether a complaint's place lies in what somebody follows: in the circle, or, where there is
    none, with every word of it."""
    if radius_m is None or followed.latitude is None or followed.longitude is None:
        words = place_words(place.words)
        wanted = place_words(followed.words)
        return bool(wanted) and all(any(w.startswith(each) for w in words) for each in wanted)
    if place.latitude is None or place.longitude is None:
        return False
    away = metres(place.latitude, place.longitude, followed.latitude, followed.longitude)
    return away <= radius_m


def last_digest(now: datetime) -> datetime:
    """The last hour at which the day's news was put together; what is older is told."""
    today = in_seoul(now)
    at = today.replace(hour=DIGEST_AT.hour, minute=DIGEST_AT.minute, second=0, microsecond=0)
    return at if at <= today else at - timedelta(days=1)
