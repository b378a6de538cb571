"""A case as the workflow's rules see it, and how they refuse. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from server.complaints.workflow.parts import Hat
from server.complaints.workflow.states import State
from server.core.web import Problem

APPLICATION: Final = "application"  # statutory application (법정민원)
GRIEVANCE: Final = "grievance"
SUPPLEMENTS_MAX: Final = 2  # asked, missed, asked once more (D24, D25)


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules must know of a complaint.

    Of supplements those since the applicant last answered count: `missed` ones came to nothing,
    `undelivered` ones never reached the applicant.
    `approvers` must still approve its answer, in that order.
    """

    state: State
    public: bool = True
    may_be_public: bool = True
    hidden: bool = False  # the office has closed it to the public
    supplements_asked: int = 0
    supplements_missed: int = 0
    supplement_until: date | None = None
    supplements_undelivered: int = 0
    undelivered_last: bool = False
    more_time_asked: int = 0
    category: str | None = None  # of the kind, as the catalogue names it
    overdue: bool = False
    extensions: int = 0
    consent_asked: bool = False
    cooperations_open: int = 0
    documents_awaited: bool = False
    inquired: bool = False
    inquiry_prolonged: bool = False
    mend_proposed: bool = False
    approvers: tuple[Hat, ...] = ()
    answered_before: int = 0
    fee_missing: bool = False  # the payment under which it was received was none

    @property
    def supplement_running(self) -> bool:
        """Whether the last request still waits for its answer, in time."""
        settled = self.supplements_missed + self.supplements_undelivered
        return settled < self.supplements_asked


class Refused(Problem):
    """The act is not possible; the sentence says why."""


type Given = Mapping[str, object]
type Hats = Collection[Hat]
type Bar = Callable[[Case, Hats], Refused | None]
type Check = Callable[[Case, Given], Refused | None]


def not_now(code: str, sentence: str) -> Refused:
    """The case as it stands is against it (409)."""
    return Refused(f"complaint.{code}", sentence, 409)


def wrong(code: str, sentence: str, field: str, **params: str | int) -> Refused:
    """What was given in the field is against it (422)."""
    return Refused(f"complaint.{code}", sentence, 422, field, **params)
