"""The steps of a complaint as sentences, for the public, the applicant and the office (Y12-1, D23).

The public reads what was done and by which department; texts of the office are masked, texts of
the applicant are not shown. The applicant also reads who it was.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.complaints import rules
from server.complaints.models import Step
from server.complaints.workflow import Action, Outcome
from server.core.i18n import N_
from server.core.phrases import Phrase


class Reader(StrEnum):
    """For whom the steps are told."""

    PUBLIC = "public"
    APPLICANT = "applicant"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Names:
    """Names the sentences need, in the reader's language."""

    departments: Mapping[int, str]
    kinds: Mapping[int, str]
    officials: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One step as it is told. `who` are words in order: department, official; or the applicant."""

    version: int
    at: datetime
    action: str
    phrase: Phrase
    who: Sequence[Phrase | str]
    text: str | None


NOT_FOR_THE_PUBLIC = frozenset(
    {Action.CONCEAL, Action.REVEAL, Action.HIDE, Action.SHOW, Action.COVER}
)
TEXT_FOR_THE_PUBLIC = frozenset({Action.NOTE})

_SENTENCES = {
    "file": N_("신청했습니다"),
    Action.ACCEPT: N_("접수했습니다"),
    Action.ASSIGN: N_("%(department)s에 배정했습니다"),
    Action.REASSIGN: N_("%(department)s에 다시 배정했습니다"),
    Action.RECLASSIFY: N_("민원 종류를 바꾸었습니다: %(kind)s"),
    Action.ASK_SUPPLEMENT: N_("보완을 요청했습니다. %(until)s까지 알려 주세요"),
    Action.GIVE_SUPPLEMENT: N_("보완한 내용을 받았습니다"),
    Action.WITHDRAW: N_("민원인이 취하했습니다"),
    Action.CONCEAL: N_("공개하지 않기로 했습니다"),
    Action.REVEAL: N_("공개하기로 했습니다"),
    Action.ADD: N_("민원인이 내용을 더했습니다"),
    Action.HIDE: N_("구청이 공개하지 않기로 했습니다"),
    Action.SHOW: N_("구청이 다시 공개했습니다"),
    Action.COVER: N_("구청이 공개 글의 일부를 가렸습니다"),
}
_NEW_HANDLER = N_("담당자가 바뀌었습니다")


def tell(
    steps: Sequence[Step],
    reader: Reader,
    names: Names,
    applicant_id: int | None,
    mask: Callable[[str], str],
) -> list[Told]:
    """The steps in order, as this reader may read them. `mask` covers texts for the public."""
    public = reader is Reader.PUBLIC
    told = []
    for step in steps:
        if public and step.action in NOT_FOR_THE_PUBLIC:
            continue
        text = step.text
        if public and text is not None:
            text = mask(text) if step.action in TEXT_FOR_THE_PUBLIC else None
        who = _who(step, reader, names, applicant_id)
        told.append(Told(step.version, step.at, step.action, sentence(step, names), who, text))
    return told


def sentence(step: Step, names: Names) -> Phrase:
    """What was done, as a sentence."""
    facts = json.loads(step.facts)
    if step.action == Action.NOTE:
        return Phrase(rules.STEPS[facts["step"]])
    if step.action == Action.COMPLETE:
        return Phrase(rules.OUTCOMES[Outcome(facts["outcome"])])
    if step.action == Action.REASSIGN and not facts["moved"]:
        return Phrase(_NEW_HANDLER)
    values: dict[str, object] = {}
    if "department" in facts:
        values["department"] = names.departments.get(facts["department"], "")
    if "kind" in facts:
        values["kind"] = names.kinds.get(facts["kind"], "")
    if "until" in facts:
        values["until"] = date.fromisoformat(facts["until"])
    return Phrase(_SENTENCES[step.action], values)


def _who(
    step: Step, reader: Reader, names: Names, applicant_id: int | None
) -> Sequence[Phrase | str]:
    if step.department_id is None:
        mine = reader is Reader.APPLICANT and step.actor_id == applicant_id
        return (Phrase(N_("나")) if mine else Phrase(N_("민원인")),)
    who: list[Phrase | str] = [names.departments.get(step.department_id, "")]
    official = names.officials.get(step.actor_id or 0)
    if official is not None and reader is not Reader.PUBLIC:
        who.append(official)
    return who
