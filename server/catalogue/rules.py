"""What a row of the processing-standards table may say, and what follows from it (Y9, O9-1, O10-1).

Categories, periods and powers as the Act and its Decree name them (Act 2, 13, 19; D14 to D17).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final

from server.core.i18n import N_
from server.core.phrases import Phrase
from server.deadlines.service import Period
from server.ordinance.service import Profile

CATEGORIES: Final = {
    "application": N_("법정민원"),
    "statute_inquiry": N_("법령질의"),
    "procedure_inquiry": N_("절차질의"),
    "proposal": N_("건의민원"),
    "grievance": N_("고충민원"),
    "other": N_("기타민원"),
}
"""The categories of the Act and its Decree, as the profile names them."""

APPROVERS: Final = {
    "handler": N_("담당자"),
    "team_head": N_("팀장"),
    "department_head": N_("부서장"),
}
"""Who approves an answer, in the order of their desks."""

QUESTION_KINDS: Final = {
    "text": N_("글"),
    "number": N_("숫자"),
    "date": N_("날짜"),
    "choice": N_("고르기"),
}

MANDATES: Final = {
    "none": N_("본인만 신청합니다"),
    "allowed": N_("본인의 동의를 받아 대신 신청할 수 있습니다"),
    "required": N_("본인의 위임장을 받아 대신 신청할 수 있습니다"),
}
"""Whether somebody else may apply in a person's place, and with what (Y18)."""

FEE_MAX: Final = 10_000_000
ASKED_MAX: Final = 12
SLUG: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")
RESERVED: Final = frozenset({"new", "import", "public", "topics"})
"""Addresses of pages of this room."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A paper that belongs to an application (구비서류)."""

    name: str
    name_en: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """Something an application must say beyond title and text."""

    slug: str
    label: str
    label_en: str
    kind: str = "text"
    required: bool = True
    choices: tuple[str, ...] = ()
    choices_en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version says, in both languages. `department` is a slug; `approvals` None leaves
    them to the category; `place` says where it is filed when not here."""

    slug: str
    name: str
    name_en: str
    category: str
    law: str
    about: str = ""
    about_en: str = ""
    period: str | None = None
    fee_won: int = 0
    fee_note: str = ""
    fee_note_en: str = ""
    department: str = ""
    online: bool = True
    identity: bool = False
    enclosures: tuple[Enclosure, ...] = ()
    questions: tuple[Question, ...] = ()
    approvals: tuple[str, ...] | None = None
    public: bool = True
    place: str = ""
    place_en: str = ""
    active: bool = True
    mandate: str = "allowed"


LENGTHS: Final[Mapping[str, int]] = {
    "name": 80, "name_en": 120, "about": 600, "about_en": 900, "law": 200, "fee_note": 120,
    "fee_note_en": 160, "place": 120, "place_en": 160,
}  # fmt: skip
NEEDED: Final = ("name", "name_en", "law")


def faults(terms: Terms, departments: Collection[str]) -> Iterator[tuple[str, Phrase]]:
    """(field, why) of everything that such a row may not say."""
    yield from _text_faults(terms)
    if terms.category not in CATEGORIES:
        yield "category", Phrase(N_("분류를 목록에서 골라 주세요."))
    if terms.mandate not in MANDATES:
        yield "mandate", Phrase(N_("대신 신청할 수 있는지 목록에서 골라 주세요."))
    if (fault := _period_fault(terms)) is not None:
        yield "period", Phrase(fault)
    if not 0 <= terms.fee_won <= FEE_MAX:
        yield "fee_won", Phrase(N_("수수료를 다시 확인해 주세요."))
    if terms.department and terms.department not in departments:
        yield "department", Phrase(N_("그런 부서가 없습니다."))
    if not terms.online and not terms.place:
        yield "place", Phrase(N_("온라인으로 받지 않으면 어디에서 받는지 적어 주세요."))
    yield from _asked_faults(terms)
    if terms.approvals is not None and not _in_order(terms.approvals):
        yield "approvals", Phrase(N_("결재는 담당자, 팀장, 부서장 순서로 적어 주세요."))


def _text_faults(terms: Terms) -> Iterator[tuple[str, Phrase]]:
    if not SLUG.fullmatch(terms.slug) or terms.slug in RESERVED:
        yield "slug", Phrase(N_("관리번호는 영문 소문자와 숫자, - 로 2~40자입니다."))
    for name, longest in LENGTHS.items():
        value = getattr(terms, name)
        if name in NEEDED and not value:
            yield name, Phrase(N_("꼭 적어 주세요."))
        if len(value) > longest:
            yield name, Phrase(N_("%(max)s자까지 적을 수 있습니다."), {"max": longest})


def _period_fault(terms: Terms) -> str | None:
    if terms.period is None:
        if terms.category == "other":
            return None
        return N_("기타민원이 아니면 처리 기간이 있어야 합니다.")
    try:
        Period.parse(terms.period)
    except ValueError:
        return N_("처리 기간은 immediate, 7d, 2w, 1m, 1y 처럼 적어 주세요.")
    return None


def _in_order(approvals: tuple[str, ...]) -> bool:
    order = list(APPROVERS)
    if not approvals or not set(approvals) <= set(order):
        return False
    places = [order.index(one) for one in approvals]
    return places == sorted(set(places))


def _asked_faults(terms: Terms) -> Iterator[tuple[str, Phrase]]:
    for name in ("enclosures", "questions"):
        if len(getattr(terms, name)) > ASKED_MAX:
            yield name, Phrase(N_("%(max)s가지까지 적을 수 있습니다."), {"max": ASKED_MAX})
    for paper in terms.enclosures:
        if not _named(paper.name) or not _named(paper.name_en):
            yield "enclosures", Phrase(N_("서류 이름을 한국어와 영어로 적어 주세요."))
    slugs = [each.slug for each in terms.questions]
    if len(set(slugs)) != len(slugs) or not all(SLUG.fullmatch(slug) for slug in slugs):
        yield "questions", Phrase(N_("물음마다 다른 이름(영문 소문자)을 붙여 주세요."))
    for each in terms.questions:
        if (fault := _question_fault(each)) is not None:
            yield "questions", Phrase(fault)


def _question_fault(question: Question) -> str | None:
    named = _named(question.label) and _named(question.label_en)
    if not named or question.kind not in QUESTION_KINDS:
        return N_("물음을 한국어와 영어로 적고 종류를 골라 주세요.")
    choices, english = question.choices, question.choices_en
    words = all(_named(one) and ";" not in one for one in (*choices, *english))
    even = len(choices) == len(english) and len(set(choices)) == len(choices)
    if not words or not even or (question.kind == "choice") != bool(choices):
        return N_("고르는 물음에는 고를 것을 한국어와 영어로 같은 수만큼 적어 주세요.")
    return None


def _named(words: str) -> bool:
    """Whether it says something, and nothing that a line of the table cannot hold."""
    return bool(words) and tidy(words) == words and "|" not in words


def changed(before: Terms | None, after: Terms) -> list[str]:
    """The names of the fields that differ; all that say something where there was no row."""
    if before is None:
        empty = Terms("", "", "", "", "")
        return [name for name in FIELDS if getattr(after, name) != getattr(empty, name)]
    return [name for name in FIELDS if getattr(before, name) != getattr(after, name)]


FIELDS: Final = tuple(field.name for field in fields(Terms))

LABELS: Final[Mapping[str, str]] = {
    "slug": N_("관리번호"),
    "name": N_("이름"),
    "name_en": N_("영문 이름"),
    "about": N_("어떤 민원인가요"),
    "about_en": N_("영문 설명"),
    "category": N_("분류"),
    "period": N_("처리 기간"),
    "law": N_("근거 법령"),
    "fee_won": N_("수수료(원)"),
    "fee_note": N_("수수료 설명"),
    "fee_note_en": N_("수수료 영문 설명"),
    "department": N_("담당 부서"),
    "online": N_("온라인 신청"),
    "identity": N_("본인확인"),
    "enclosures": N_("구비서류"),
    "questions": N_("더 묻는 것"),
    "approvals": N_("결재"),
    "public": N_("처리 과정 공개"),
    "place": N_("신청하는 곳"),
    "place_en": N_("신청하는 곳(영문)"),
    "active": N_("사용"),
    "mandate": N_("대신 신청"),
}
"""What the desk calls the fields."""


def needs_papers(enclosures: Collection[Enclosure]) -> bool:
    """Whether it cannot be filed without enclosures."""
    return any(each.required for each in enclosures)


def filed_here(terms: Terms, profile: Profile) -> bool:
    """Whether it may be filed online. Osan takes online only what needs neither identity proof nor
    enclosures (O9-1)."""
    if not terms.online:
        return False
    return profile.complaints.identity_online or not (
        terms.identity or needs_papers(terms.enclosures)
    )


def is_public(terms: Terms, profile: Profile) -> bool:
    """Whether its handling is public: its category as the profile selects (O10-1), and not kept
    back by the row itself."""
    return terms.public and terms.category in profile.complaints.public_kinds


def approvals(terms: Terms, profile: Profile) -> tuple[str, ...]:
    """Who approves its answers, in order: its own, else those of its category."""
    if terms.approvals is not None:
        return terms.approvals
    of_category: tuple[str, ...] = getattr(profile.complaints.approvals, terms.category)
    return of_category


def tidy(value: str) -> str:
    """One line as it is kept: composed letters, single blanks, nothing invisible."""
    composed = unicodedata.normalize("NFC", value)
    return " ".join("".join(c if c.isprintable() else " " for c in composed).split())
