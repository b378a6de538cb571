"""Merging, representatives, signatures, petitions of many: what is refused, and why."""

import pytest

from server.complaints.together import rules as together_rules
from server.complaints.together.rules import Candidate, Signer
from server.complaints.workflow import State

LEADER = Candidate("2611-000001-1", State.ASSIGNED, "other", 1)


def cases(count: int, **changes: object) -> list[Candidate]:
    made = []
    for place in range(2, 2 + count):
        values = {"state": State.ARRIVED, "category": None, "applicant": place} | changes
        made.append(Candidate(f"2611-00000{place}-0", **values))  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize(
    ("leader", "others", "known", "why_not"),
    [
        (LEADER, cases(4), 0, None),
        (LEADER, cases(3), 0, "5명 이상"),
        (LEADER, cases(1), 5, None),  # one more joins those merged already
        (LEADER, cases(6, applicant=7), 0, "5명 이상"),  # six papers of one person
        (LEADER, [], 9, "묶을 민원"),
        (LEADER, [*cases(4), LEADER], 0, "자신"),
        (LEADER, cases(4, state=State.COMPLETED), 0, "이미 끝났거나"),
        (LEADER, cases(4, state=State.MERGED), 0, "이미 끝났거나"),
        (LEADER, cases(4, state=State.AWAITING_PAYMENT), 0, "지금은 묶을 수 없는"),
        (LEADER, cases(4, leads=True), 0, "대표 민원입니다"),
        (LEADER, cases(4, state=State.ACCEPTED, category="proposal"), 0, "종류가 다릅니다"),
        (LEADER, cases(4, state=State.ACCEPTED, category="other"), 0, None),
        (Candidate("x", State.ARRIVED, None, 1), cases(4), 0, "접수해"),
        (Candidate("x", State.COMPLETED, "other", 1), cases(4), 0, "접수해"),
        (Candidate("x", State.MERGED, "other", 1), cases(4), 0, "접수해"),
    ],
)
def test_from_five_applicants_on(
    leader: Candidate, others: list[Candidate], known: int, why_not: str | None
) -> None:
    fault = together_rules.merge_fault(leader, others, known)
    assert (fault is None) if why_not is None else (fault is not None and why_not in fault.text)


@pytest.mark.parametrize(
    ("count", "people", "possible"),
    [(1, 3, True), (3, 3, True), (4, 9, False), (1, 2, False), (0, 9, False)],
)
def test_up_to_three_representatives_of_three_and_more(
    count: int, people: int, possible: bool
) -> None:
    assert (together_rules.representatives_fault(count, people) is None) is possible


@pytest.mark.parametrize(("people", "many"), [(1, False), (4, False), (5, True), (80, True)])
def test_a_petition_of_many(people: int, many: bool) -> None:
    assert together_rules.is_of_many(people) is many


def test_each_person_signs_once() -> None:
    text = "김영희, 010-1234-5678\n\n김 영희\t01012345678\n이철수; lee@example.kr\n전화없음\n, 02"
    signers, faults = together_rules.read_signers(text)
    assert signers == [Signer("김영희", "010-1234-5678"), Signer("이철수", "lee@example.kr")]
    assert faults == [5, 6]


def test_a_contact_may_be_an_address() -> None:
    signers, faults = together_rules.read_signers("박민수, 당산로 12길 3, 2층")
    assert signers == [Signer("박민수", "당산로 12길 3, 2층")]
    assert not faults


def test_lines_that_are_too_long_are_named() -> None:
    assert together_rules.read_signers(f"{'가' * 51}, 010-1\n나, {'1' * 101}") == ([], [1, 2])


def test_people_are_counted_once() -> None:
    assert together_rules.count_people([1, 1, 2], 3) == 5
