"""A kind of notice: its sentences, and the buttons that it shows (Y16, Y22-1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from server.core.i18n import N_

PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Act:
    """A button of a notice: its word, and what follows the notice's link to do it."""

    words: str
    after: str


OPEN: Final = "open"
ACTS: Final[Mapping[str, Act]] = {
    OPEN: Act(N_("열어 보기"), ""),
    "rate": Act(N_("만족도 평가하기"), "/satisfaction"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A sentence for the title and one for the body, in Korean with `%(receipt)s` and the like."""

    title: str
    body: str
    urgent: bool = False  # wakes a sleeping phone
    acts: tuple[str, ...] = (OPEN,)  # of ACTS

    @property
    def fields(self) -> frozenset[str]:
        """What `params` must hold, no more and no less."""
        return frozenset(PLACEHOLDER.findall(self.title + self.body))
