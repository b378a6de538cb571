"""What each change of the rule set, and what had stood there before: the record of Y25. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from server.core.i18n import N_
from server.ordinance.loading import Edition
from server.ordinance.section import Section

NAMES: Final = {
    "mileage.award.join.points": N_("회원가입 점수"),
    "mileage.award.existing.points": N_("기존회원 점수"),
    "mileage.award.login.points": N_("하루의 첫 로그인 점수"),
    "mileage.award.proposer.points": N_("정책 제안자 점수"),
    "mileage.award.participant.tiers": N_("정책 참여자 점수 (추천수, 점수)"),
    "mileage.award.survey.points": N_("설문조사 참여자 점수"),
    "mileage.spend.sms.points": N_("문자메시지 1건 점수"),
    "mileage.spend.sms.won": N_("문자메시지 1건에 구청이 내는 돈"),
    "mileage.spend.fax.points": N_("팩스 1장 점수"),
    "mileage.spend.fax.won": N_("팩스 1장에 구청이 내는 돈"),
    "mileage.budget": N_("해마다의 예산"),
    "removal.grounds": N_("게시물 삭제 사유"),
}
"""What residents call a key; any other is shown as it stands in the file."""


@dataclass(frozen=True, slots=True)
class Change:
    """One key that a change set: its name (a msgid or the key itself), what stood, what stands."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A change with its day and its ground."""

    since: date
    basis: str
    changes: Sequence[Change]


def record(editions: Sequence[Edition]) -> list[Dated]:
    """Every change of the rule, the newest first."""
    found = []
    for before, after in pairwise(editions):
        if after.since is not None:
            changes = list(_changes(before, after))
            found.append(Dated(after.since, after.basis or "", changes))
    return found[::-1]


def _changes(before: Edition, after: Edition) -> Iterator[Change]:
    for key in after.changed:
        yield Change(NAMES.get(key, key), _said(before, key), _said(after, key))


def _said(edition: Edition, key: str) -> str:
    value: Any = edition.profile
    for part in key.split("."):
        value = getattr(value, part, None)
    return _text(value)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case Section():
            return " ".join(_text(each) for _, each in value)
        case tuple():
            return ", ".join(map(_text, value))
        case int() if not isinstance(value, bool) and value >= 10_000:
            return f"{value:,}"
    return str(value)
