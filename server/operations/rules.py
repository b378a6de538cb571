"""What the figures of the running office mean in words (Y3-4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from server.core.i18n import N_

Level = Literal["up", "slow", "down"]

TOPICS: Final = {
    "notifications": N_("알림"),
    "messages": N_("문자·팩스"),
    "accounts": N_("계정"),
    "complaints": N_("민원"),
    "mileage": N_("마일리지"),
}
"""The slices that queue work, as the desk calls them; by the first word of a topic."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the service as residents know it, and how it is."""

    name: str
    level: Level


def parts(checks: Mapping[str, bool], late: int) -> tuple[Part, ...]:
    """The parts of the service. `checks` as health.check gives them; `late`: jobs behind time."""
    database = checks["database"] and checks["migrations"]
    news: Level = "slow" if late else "up"
    return (
        Part(N_("신청과 조회"), "up" if database else "down"),
        Part(N_("사진"), "up" if database and checks["storage"] else "down"),
        Part(N_("알림과 문자, 팩스"), news if database else "down"),
    )


def overall(found: tuple[Part, ...]) -> Level:
    """The worst of the parts."""
    levels = {part.level for part in found}
    return "down" if "down" in levels else "slow" if "slow" in levels else "up"
