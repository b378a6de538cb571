"""Cases and what comes with an act, for the tests of the workflow's rules."""

from dataclasses import replace
from datetime import date

from server.complaints.workflow import (
    Action,
    Case,
    Hat,
    Refused,
    State,
    decide,
)
from server.core.i18n import gettext

GIVEN = {
    "kind": "street-lamp",
    "department": 1,
    "agency": "서울특별시",
    "step": "on_site",
    "text": "내용",
    "days": 5,
    "until": date(2026, 12, 8),
    "more": 3,
    "cause": "facts",
    "field": "title",
    "outcome": "done",
    "reasons": "이유",
    "reason": "까닭",
    "covered": "말",
    "ground": "trial",
    "decision": "granted",
    "day": date(2026, 12, 8),
    "signers": "김영희",
    "remedies": "행정심판",
}


def check_words(refused: Refused) -> None:
    """A refusal is said in both languages, and names the field that it is about."""
    assert gettext(refused.sentence, "en") != refused.sentence
    assert refused.code.startswith("complaint.")
    assert refused.field in (GIVEN if refused.status == 422 else {None, "department"})
    refused.text()


def refusal(action: Action, case: Case, hat: Hat = Hat.HANDLER, **more: object) -> str | None:
    """The code of the refusal without its prefix and its status, or None where it is done."""
    try:
        decide(action, case, {hat}, {**GIVEN, **more})
    except Refused as refused:
        check_words(refused)
        return f"{refused.code.partition('.')[2]} {refused.status}"
    return None


AT_WORK = Case(State.IN_PROGRESS)
GRIEVANCE = replace(AT_WORK, category="grievance")
ASKED = Case(State.SUPPLEMENT, supplements_asked=1, supplement_until=date(2026, 11, 30))
MISSED = replace(ASKED, supplements_missed=1)
MISSED_TWICE = replace(ASKED, supplements_asked=2, supplements_missed=2)
LOST = replace(ASKED, supplements_undelivered=1, undelivered_last=True)
LOST_TWICE = replace(ASKED, supplements_asked=2, supplements_undelivered=2, undelivered_last=True)
INQUIRING = replace(GRIEVANCE, state=State.INQUIRY, inquired=True)
APPROVING = Case(State.AWAITING_APPROVAL, approvers=(Hat.TEAM_HEAD, Hat.HEAD))
