"""Many people, one matter: merging (D6(7)), representatives (D8), enclosed signatures, and when a
petition is one of many (다수인관련민원, Act 2). Pure.
"""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from server.complaints import rules
from server.complaints.workflow import OPEN, State
from server.core.i18n import N_
from server.core.phrases import Phrase

MERGED_FROM: Final = 5  # applicants of the same matter (D6(7))
REPRESENTATIVES_FROM: Final = 3  # people behind one petition (D8)
REPRESENTATIVES_MAX: Final = 3
MANY_FROM: Final = 5  # people with one interest (Act 2)
SIGNATURES_MAX: Final = 1000
SIGNERS_LETTERS_MAX: Final = 200_000  # of an enclosure of signatures as it is typed
NAME_LETTERS_MAX: Final = 50
CONTACT_LETTERS_MAX: Final = 100

NOT_MERGED: Final = frozenset({State.AWAITING_PAYMENT, State.AWAITING_APPROVAL})
"""Open, but with a fee unpaid or an answer half approved: nothing to merge into another."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A complaint that may be merged. `applicant` is the same for one person's complaints."""

    number: str
    state: State
    category: str | None
    applicant: Hashable
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Signer:
    """One line of an enclosure of signatures (연명부)."""

    name: str
    contact: str


def merge_fault(leader: Candidate, others: Sequence[Candidate], known: int = 0) -> Phrase | None:
    """Why these cannot be received as one, or None. `known` applicants are merged already.

    Five different people, not five papers: two complaints of one person count once.
    """
    if leader.state not in OPEN - NOT_MERGED or leader.state is State.ARRIVED:
        return Phrase(N_("대표가 될 민원은 접수해 처리하고 있는 민원이어야 합니다."))
    for each in others:
        if each.number == leader.number:
            return Phrase(N_("대표 민원 자신은 고르지 않습니다."))
        if each.state not in OPEN - NOT_MERGED:
            return Phrase(
                N_("%(number)s: 이미 끝났거나 지금은 묶을 수 없는 민원입니다."), _of(each)
            )
        if each.leads:
            return Phrase(N_("%(number)s: 다른 민원을 묶은 대표 민원입니다."), _of(each))
        if each.category is not None and each.category != leader.category:
            return Phrase(N_("%(number)s: 대표 민원과 종류가 다릅니다."), _of(each))
    if not others:
        return Phrase(N_("묶을 민원을 골라 주세요."))
    people = len({leader.applicant, *(each.applicant for each in others)}) + known
    if people < MERGED_FROM:
        return Phrase(
            N_("병합은 민원인이 5명 이상일 때 할 수 있습니다. 지금은 %(count)s명입니다."),
            {"count": people},
        )
    return None


def representatives_fault(count: int, people: int) -> Phrase | None:
    """Why so many representatives cannot be named for so many people, or None (D8)."""
    if people < REPRESENTATIVES_FROM:
        return Phrase(
            N_("대표자는 민원인이 3명 이상일 때 정할 수 있습니다. 지금은 %(count)s명입니다."),
            {"count": people},
        )
    if count > REPRESENTATIVES_MAX:
        return Phrase(N_("대표자는 3명까지 정할 수 있습니다."))
    if not count:
        return Phrase(N_("대표자의 이름과 연락처를 적어 주세요."))
    return None


def is_of_many(people: int) -> bool:
    """Whether it is a petition of many (다수인관련민원). Households cannot be seen from here, so
    people are counted; the mark protects (D26), so a doubt falls to its side."""
    return people >= MANY_FROM


def read_signers(text: str) -> tuple[list[Signer], list[int]]:
    """The lines `name, contact` of an enclosure, each person once, and the numbers of the lines
    that cannot be read (counted from 1; empty lines do not matter)."""
    signers: dict[tuple[str, str], Signer] = {}
    faults = []
    for number, line in enumerate(rules.tidy_text(text).split("\n"), 1):
        if not line.strip():
            continue
        signer = _signer(line)
        if signer is None:
            faults.append(number)
        else:
            signers.setdefault(identity(signer), signer)
    return list(signers.values()), faults


def identity(signer: Signer) -> tuple[str, str]:
    """What makes two lines the same person's: name and contact, however they are written."""
    name = "".join(signer.name.split()).casefold()
    if "@" in signer.contact:
        return name, rules.normal_email(signer.contact)
    digits = rules.normal_phone(signer.contact)
    return name, digits if len(digits) >= _PHONE_DIGITS_MIN else signer.contact.casefold()


def count_people(applicants: Iterable[Hashable], signatures: int) -> int:
    """How many stand behind a petition: its applicants, and those who signed."""
    return len(set(applicants)) + signatures


_PHONE_DIGITS_MIN = 9
_SEPARATOR = re.compile(r"\s*[,;，\t]\s*")


def _signer(line: str) -> Signer | None:
    name, *rest = _SEPARATOR.split(rules.tidy_line(line.replace("\t", ",")), maxsplit=1)
    contact = rest[0].strip() if rest else ""
    if not name or not contact:
        return None
    if len(name) > NAME_LETTERS_MAX or len(contact) > CONTACT_LETTERS_MAX:
        return None
    return Signer(name, contact)


def _of(candidate: Candidate) -> dict[str, object]:
    return {"number": candidate.number}
