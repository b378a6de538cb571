"""The life of a delivery, as a table and as a property: final states never change (Y15-4)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.contract import (
    Accepted,
    CannotTell,
    Found,
    NotFound,
    Rejected,
    Status,
    Unknown,
)
from server.messages.delivery import workflow
from server.messages.delivery.workflow import FINAL, Standing, State, Step

S = State
TAKEN, NEVER, BUSY, LOST = (
    Accepted("ref"),
    Rejected("no_such_number", permanent=True),
    Rejected("rate_limited", permanent=False, retry_after=timedelta(seconds=90)),
    Unknown("timeout"),
)


def standing(state: State, units: int = 1, attempts: int = 1, *, settled: bool = False) -> Standing:
    return Standing(state, units, attempts, settled)


@pytest.mark.parametrize(
    ("state", "answer", "expected"),
    [
        (S.SENDING, TAKEN, Step(S.ACCEPTED)),
        (S.UNKNOWN, TAKEN, Step(S.ACCEPTED)),
        (S.QUEUED, TAKEN, Step(S.ACCEPTED)),
        (S.ACCEPTED, TAKEN, None),
        (S.SENDING, NEVER, Step(S.FAILED, charged=0, reason="no_such_number")),
        (
            S.SENDING,
            BUSY,
            Step(S.QUEUED, reason="rate_limited", again=timedelta(seconds=90)),
        ),
        (S.SENDING, LOST, Step(S.UNKNOWN, look_up=True)),
        (S.ACCEPTED, LOST, None),
        (S.ACCEPTED, NEVER, None),
        (S.DELIVERED, TAKEN, None),
        (S.EXPIRED, TAKEN, None),
    ],
)
def test_the_providers_answer(state: State, answer: workflow.Answer, expected: Step | None) -> None:
    assert workflow.answered(standing(state), answer, receipts=True) == expected


def test_without_receipts_acceptance_is_paid_for() -> None:
    step = workflow.answered(standing(S.SENDING, units=3), TAKEN, receipts=False)
    assert step == Step(S.ACCEPTED, charged=3)
    paid = standing(S.ACCEPTED, units=3, settled=True)
    assert workflow.told(paid, Status.FAILED, 0) is None
    assert workflow.told(paid, Status.DELIVERED, 3) is None
    assert workflow.overdue(paid) is None


def test_refusals_end_after_a_while() -> None:
    waits = []
    for attempts in range(1, workflow.ATTEMPTS_MAX + 1):
        refused = Rejected("unreachable", permanent=False)
        step = workflow.answered(standing(S.SENDING, attempts=attempts), refused, receipts=True)
        assert step is not None
        waits.append(step.again)
    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert waits[-1] is None
    assert step == Step(S.FAILED, charged=0, reason="unreachable")
    assert workflow.backoff(10_000) == workflow.BACKOFF_LAST


@pytest.mark.parametrize(
    ("state", "status", "arrived", "expected"),
    [
        (S.ACCEPTED, Status.DELIVERED, 2, Step(S.DELIVERED, charged=2)),
        (S.SENDING, Status.DELIVERED, 2, Step(S.DELIVERED, charged=2)),
        (S.UNKNOWN, Status.DELIVERED, 2, Step(S.DELIVERED, charged=2)),
        (S.QUEUED, Status.DELIVERED, 2, Step(S.DELIVERED, charged=2)),
        (S.ACCEPTED, Status.DELIVERED, 1, Step(S.FAILED, charged=1)),
        (S.ACCEPTED, Status.FAILED, 0, Step(S.FAILED, charged=0)),
        (S.ACCEPTED, Status.FAILED, 1, Step(S.FAILED, charged=1)),
        (S.ACCEPTED, Status.EXPIRED, 0, Step(S.EXPIRED, charged=0)),
        (S.UNKNOWN, Status.ACCEPTED, 0, Step(S.ACCEPTED)),
        (S.ACCEPTED, Status.ACCEPTED, 0, None),
        (S.QUEUED, Status.FAILED, 0, None),
        (S.DELIVERED, Status.FAILED, 0, None),
        (S.DELIVERED, Status.DELIVERED, 2, None),
        (S.FAILED, Status.DELIVERED, 2, Step(S.FAILED, late=True)),
        (S.EXPIRED, Status.DELIVERED, 2, Step(S.EXPIRED, late=True)),
        (S.EXPIRED, Status.FAILED, 0, None),
        (S.EXPIRED, Status.FAILED, 1, Step(S.EXPIRED, late=True)),
        (S.EXPIRED, Status.ACCEPTED, 1, None),
        (S.DRAFT, Status.DELIVERED, 2, None),
    ],
)
def test_a_receipt(state: State, status: Status, arrived: int, expected: Step | None) -> None:
    assert workflow.told(standing(state, units=2), status, arrived) == expected


def test_pages_that_were_paid_for_are_not_late_when_they_are_told_of_again() -> None:
    paid_in_part = Standing(S.FAILED, 3, 1, settled=True, charged=2)
    assert workflow.told(paid_in_part, Status.FAILED, 2) is None
    assert workflow.told(paid_in_part, Status.FAILED, 3) == Step(S.FAILED, late=True)
    assert workflow.told(paid_in_part, Status.DELIVERED, 3) == Step(S.FAILED, late=True)


@pytest.mark.parametrize(
    ("state", "found", "overdue", "expected"),
    [
        (S.UNKNOWN, Found(Status.ACCEPTED, "r"), False, Step(S.ACCEPTED)),
        (S.UNKNOWN, Found(Status.DELIVERED, "r"), False, Step(S.DELIVERED, charged=1)),
        (S.UNKNOWN, Found(Status.FAILED, "r"), False, Step(S.FAILED, charged=0)),
        (S.UNKNOWN, NotFound(), False, Step(S.QUEUED, again=timedelta(0))),
        (S.UNKNOWN, NotFound(), True, Step(S.FAILED, charged=0, reason="not_taken")),
        (S.UNKNOWN, CannotTell("?"), False, None),
        (S.UNKNOWN, CannotTell("?"), True, Step(S.EXPIRED, charged=0, reason="no_receipt")),
        (S.ACCEPTED, Found(Status.DELIVERED, "r"), True, Step(S.DELIVERED, charged=1)),
        (
            S.ACCEPTED,
            Found(Status.ACCEPTED, "r"),
            True,
            Step(S.EXPIRED, charged=0, reason="no_receipt"),
        ),
        (S.ACCEPTED, NotFound(), True, Step(S.EXPIRED, charged=0, reason="no_receipt")),
        (S.SENDING, NotFound(), False, None),
        (S.DELIVERED, Found(Status.FAILED, "r"), True, None),
    ],
)
def test_what_the_provider_says_when_asked(
    state: State, found: workflow.LookUp, overdue: bool, expected: Step | None
) -> None:
    step = workflow.looked_up(standing(state), found, receipts=True, overdue=overdue)
    assert step == expected


@pytest.mark.parametrize(
    ("state", "interrupted", "overdue", "cancelled"),
    [
        (S.QUEUED, None, Step(S.EXPIRED, 0, "not_sent"), Step(S.CANCELLED, 0, "cancelled")),
        (S.SENDING, Step(S.UNKNOWN, look_up=True), Step(S.UNKNOWN, look_up=True), None),
        (S.UNKNOWN, None, Step(S.UNKNOWN, look_up=True), None),
        (S.ACCEPTED, None, Step(S.ACCEPTED, look_up=True), None),
        (S.DELIVERED, None, None, None),
        (S.FAILED, None, None, None),
        (S.EXPIRED, None, None, None),
        (S.CANCELLED, None, None, None),
        (S.DRAFT, None, Step(S.EXPIRED, 0, "not_sent"), Step(S.CANCELLED, 0, "cancelled")),
    ],
)
def test_what_time_and_people_do(
    state: State, interrupted: Step | None, overdue: Step | None, cancelled: Step | None
) -> None:
    now = standing(state)
    assert workflow.interrupted(now) == interrupted
    assert workflow.overdue(now) == overdue
    assert workflow.cancelled(now) == cancelled


statuses = st.sampled_from(Status)
counts = st.integers(0, 4)
news = st.one_of(
    st.tuples(st.just("begin")),
    st.tuples(st.just("answer"), st.sampled_from([TAKEN, NEVER, BUSY, LOST])),
    st.tuples(st.just("receipt"), statuses, counts),
    st.tuples(
        st.just("look up"),
        st.one_of(
            st.builds(Found, statuses, st.just("r"), counts),
            st.just(NotFound()),
            st.just(CannotTell("?")),
        ),
        st.booleans(),
    ),
    st.tuples(st.just("interrupted")),
    st.tuples(st.just("overdue")),
    st.tuples(st.just("cancelled")),
)


def heard(now: Standing, what: str, words: Sequence[Any], *, receipts: bool) -> Step | None:
    """What one piece of a story does."""
    match what:
        case "answer":
            return workflow.answered(now, words[0], receipts=receipts)
        case "receipt":
            return workflow.told(now, words[0], words[1])
        case "look up":
            return workflow.looked_up(now, words[0], receipts=receipts, overdue=words[1])
        case "interrupted":
            return workflow.interrupted(now)
        case "overdue":
            return workflow.overdue(now)
        case "cancelled":
            return workflow.cancelled(now)
        case _:
            begins = Step(S.SENDING) if now.state is S.QUEUED else None
            return begins if what == "begin" else None


@given(st.lists(news, max_size=30), st.integers(1, 4), st.booleans())
def test_no_order_of_news_charges_twice_or_moves_what_is_final(
    story: list[tuple[Any, ...]], units: int, receipts: bool
) -> None:
    now = Standing(S.QUEUED, units)
    settled: list[int] = []
    for what, *words in story:
        step = heard(now, what, words, receipts=receipts)
        if step is None:
            continue
        if step.charged is not None:
            settled.append(step.charged)
        before, now = (
            now,
            Standing(
                step.state,
                units,
                now.attempts + (what == "begin"),
                now.settled or step.charged is not None,
            ),
        )
        if before.state in FINAL:
            assert now.state is before.state
        if before.state in workflow.HANDED and now.state is S.QUEUED:
            # Handed over again only on the provider's word that it has not taken it.
            refused = what == "answer" and words[0] is BUSY
            assert refused or (what == "look up" and isinstance(words[0], NotFound))
    assert len(settled) <= 1
    assert all(0 <= charged <= units for charged in settled)
    assert now.settled or now.state not in FINAL
