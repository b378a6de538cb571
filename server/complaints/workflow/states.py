"""Where a complaint stands, how it ends, and which states go together."""

from enum import StrEnum


class State(StrEnum):
    """Where a complaint stands."""

    ARRIVED = "arrived"  # filed; the 8 working hours for acceptance run
    AWAITING_PAYMENT = "awaiting_payment"  # a fee is due first (Y11-3); nothing runs yet
    ACCEPTED = "accepted"  # classified; the statutory clock runs
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    COOPERATION = "cooperation"  # asked of another department, with a reply-by date; the clock runs
    SUPPLEMENT = "supplement"  # asked of the applicant; the clock stands still
    INQUIRY = "inquiry"  # a grievance is looked into on the spot; the clock stands still
    AWAITING_APPROVAL = "awaiting_approval"  # the answer is drafted and goes from hand to hand
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    DEEMED_WITHDRAWN = "deemed_withdrawn"  # what was asked could twice not be delivered (D25(2))
    TRANSFERRED = "transferred"  # to another agency (Act 16)
    LAPSED = "lapsed"  # the fee was not paid in time (Y11-3)
    MERGED = "merged"  # received as one with another (D6(7))

    @property
    def is_open(self) -> bool:
        """Whether something can still be done about it."""
        return self in OPEN


ENDED = frozenset(
    {
        State.COMPLETED,
        State.WITHDRAWN,
        State.DEEMED_WITHDRAWN,
        State.TRANSFERRED,
        State.LAPSED,
        State.MERGED,
    }
)
OPEN = frozenset(State) - ENDED
BEFORE_ACCEPTANCE = frozenset({State.ARRIVED, State.AWAITING_PAYMENT})
RUNNING = OPEN - BEFORE_ACCEPTANCE
AT_HAND = frozenset({State.ACCEPTED, State.ASSIGNED, State.IN_PROGRESS})
"""Nothing is awaited from anybody: the office can go on."""
ANSWERED = frozenset({State.COMPLETED, State.MERGED})
"""Where a result can have been told: a merged complaint has its leader's."""
STANDING_STILL = frozenset({State.SUPPLEMENT, State.INQUIRY})
"""The clock does not run."""


class Outcome(StrEnum):
    """How a complaint is answered, each a different thing in law."""

    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"  # 거부, of a statutory application (Act 27(3))
    NOT_ACCEPTED = "not_accepted"  # 불수용, of anything else (Act 27(3))
    RETURNED = "returned"  # D25(1)
    NOT_HANDLED = "not_handled"  # Act 21
    REPEATED = "repeated"  # answered twice already (Act 23)
