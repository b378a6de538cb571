"""The steps of a complaint as sentences, for the public, the applicant and the office (Y12-1, D23).

The public reads what was done and by which department; texts of the office are masked, texts of
the applicant are not shown. The applicant also reads who it was.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from server.complaints import rules
from server.complaints.models import Step
from server.complaints.redress import words as redress_words
from server.complaints.workflow import EXTENSION_CAUSES, MENDABLE, Action, Outcome
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
    | redress_words.NOT_FOR_THE_PUBLIC
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
    Action.CHARGE: N_("수수료를 안내했습니다. %(until)s까지 내면 접수합니다"),
    Action.CONFIRM_PAYMENT: N_("수수료를 확인했습니다"),
    Action.REASK_PAYMENT: N_(
        "확인한 입금이 다른 신청의 것이었습니다. %(until)s까지 내면 접수합니다"
    ),
    Action.MISS_PAYMENT: N_(
        "확인한 입금이 다른 신청의 것이었습니다. 처리는 이어지며, 수수료는 %(until)s까지 받습니다"
    ),
    Action.LAPSE: N_("수수료를 내지 않아 끝났습니다"),
    Action.TRANSFER: N_("%(agency)s에 이송했습니다"),
    Action.ASK_COOPERATION: N_("%(department)s에 협조를 요청했습니다. %(until)s까지 답합니다"),
    Action.ANSWER_COOPERATION: N_("협조 요청에 답했습니다"),
    Action.END_COOPERATION: N_("협조 요청을 거두었습니다"),
    Action.AWAIT_DOCUMENTS: N_("%(agency)s에 서류를 요청했습니다"),
    Action.RECEIVE_DOCUMENTS: N_("요청한 서류를 받았습니다"),
    Action.ASK_MORE_TIME: N_("보완할 기간을 %(until)s까지 늘렸습니다"),
    Action.RECORD_UNDELIVERED: N_("보완 요청이 전해지지 않고 되돌아왔습니다"),
    Action.DEEM_WITHDRAWN: N_("보완 요청이 두 번 되돌아와 취하한 것으로 보았습니다"),
    Action.BEGIN_INQUIRY: N_("현장을 조사합니다. 늦어도 %(until)s까지 마칩니다"),
    Action.PROLONG_INQUIRY: N_("조사 기간을 %(until)s까지 늘렸습니다"),
    Action.END_INQUIRY: N_("현장 조사를 마쳤습니다"),
    Action.EXTEND: N_("처리 기한을 %(until)s까지 연장했습니다: %(cause)s"),
    Action.ASK_CONSENT: N_("%(until)s까지 한 번 더 연장해도 되는지 민원인에게 물었습니다"),
    Action.CONSENT: N_("민원인이 연장에 동의했습니다"),
    Action.DECLINE: N_("민원인이 연장에 동의하지 않았습니다"),
    Action.PROPOSE_MEND: N_("%(field)s의 잘못된 곳을 고쳐도 되는지 물었습니다"),
    Action.AGREE_MEND: N_("%(field)s의 잘못된 곳을 고쳤습니다"),
    Action.REJECT_MEND: N_("%(field)s은(는) 그대로 두기로 했습니다"),
    Action.DRAFT: N_("답변을 써서 결재를 올렸습니다"),
    Action.APPROVE: N_("답변을 결재했습니다"),
    Action.SEND_BACK: N_("답변을 고쳐 쓰라고 되돌렸습니다"),
    Action.TAKE_BACK: N_("올린 답변을 거두었습니다"),
    Action.MOVE_DUE: N_("처리 기한이 다시 계산되었습니다"),
    Action.ADD: N_("민원인이 내용을 더했습니다"),
    Action.HIDE: N_("구청이 공개하지 않기로 했습니다"),
    Action.SHOW: N_("구청이 다시 공개했습니다"),
    Action.COVER: N_("구청이 공개 글의 일부를 가렸습니다"),
}
_SPOKEN = N_("구청에서 말씀하신 것을 담당자가 적고 서명을 받았습니다")
_FILED_TOGETHER = N_("신청했습니다. 연명부로 %(count)s명이 함께했습니다")
_ON_PAPER = N_("시스템 장애 동안 종이로 내신 것을 등록했습니다")
_BY_FAX = N_("팩스로 보내신 것을 받은 때로 등록했습니다")
_NEW_HANDLER = N_("담당자가 바뀌었습니다")
_MENDED_BY_PHONE = N_("전화로 동의를 받아 %(field)s의 잘못된 곳을 고쳤습니다")
INSIDE = frozenset({Action.SEND_BACK, Action.TAKE_BACK, Action.RECORD_UNDELIVERED})
"""Steps of the office among itself: neither the applicant nor the public reads them."""
TEXT_FOR_THE_OFFICE = frozenset(
    {Action.ASK_COOPERATION, Action.ANSWER_COOPERATION, Action.AWAIT_DOCUMENTS}
)
"""Steps whose words are between offices: who reads the step does not read them."""


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
    # What is handled anew was begun by the office: nobody filed it a second time.
    begun_by_office = any(step.action == redress_words.AGAIN for step in steps)
    for step in steps:
        if public and step.action in NOT_FOR_THE_PUBLIC:
            continue
        if begun_by_office and step.action == "file":
            continue
        if reader is not Reader.OFFICE and step.action in INSIDE:
            continue
        text = step.text
        if reader is not Reader.OFFICE and step.action in TEXT_FOR_THE_OFFICE:
            text = None
        if public and text is not None:
            text = mask(text) if step.action in TEXT_FOR_THE_PUBLIC else None
        who = _who(step, reader, names, applicant_id)
        told.append(Told(step.version, step.at, step.action, sentence(step, names), who, text))
    return told


def for_applicant(steps: Iterable[Told]) -> list[Told]:
    """Of the steps as the office reads them, what is the applicant's to read."""
    return [
        replace(step, text=None) if step.action in TEXT_FOR_THE_OFFICE else step
        for step in steps
        if step.action not in INSIDE
    ]


def sentence(step: Step, names: Names) -> Phrase:
    """What was done, as a sentence."""
    facts = json.loads(step.facts)
    if step.action == Action.NOTE:
        return Phrase(rules.STEPS[facts["step"]])
    if "outcome" in facts:
        return Phrase(rules.OUTCOMES[Outcome(facts["outcome"])])
    if "on_paper" in facts:
        return Phrase(_ON_PAPER)
    if "by_fax" in facts:
        return Phrase(_BY_FAX)
    if "spoken" in facts:
        return Phrase(_SPOKEN)
    if "signatures" in facts:
        return Phrase(_FILED_TOGETHER, {"count": facts["signatures"]})
    if step.action == Action.REASSIGN and not facts["moved"]:
        return Phrase(_NEW_HANDLER)
    if step.action == Action.PROPOSE_MEND and "by" in facts:
        return Phrase(_MENDED_BY_PHONE, {"field": Phrase(MENDABLE[facts["field"]])})
    beyond = redress_words.sentence(step.action, facts)
    if beyond is not None:
        return beyond
    return Phrase(_SENTENCES[step.action], _values(facts, names))


def _values(facts: Mapping[str, Any], names: Names) -> dict[str, object]:
    """What a step's facts fill its sentence with."""
    values: dict[str, object] = {}
    if "department" in facts:
        values["department"] = names.departments.get(facts["department"], "")
    if "agency" in facts:
        values["agency"] = facts["agency"]
    if "cause" in facts:
        values["cause"] = Phrase(EXTENSION_CAUSES[facts["cause"]])
    if "field" in facts:
        values["field"] = Phrase(MENDABLE[facts["field"]])
    if "kind" in facts:
        values["kind"] = names.kinds.get(facts["kind"], "")
    if "until" in facts:
        values["until"] = date.fromisoformat(facts["until"])
    return values


def _who(
    step: Step, reader: Reader, names: Names, applicant_id: int | None
) -> Sequence[Phrase | str]:
    if json.loads(step.facts).get("by_itself"):
        return ()
    if step.department_id is None:
        mine = reader is Reader.APPLICANT and step.actor_id == applicant_id
        return (Phrase(N_("나")) if mine else Phrase(N_("민원인")),)
    who: list[Phrase | str] = [names.departments.get(step.department_id, "")]
    official = names.officials.get(step.actor_id or 0)
    if official is not None and reader is not Reader.PUBLIC:
        who.append(official)
    return who
