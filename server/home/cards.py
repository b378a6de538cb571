"""How a resident's own complaint stands, as the front page says it: a word, steps, until when."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from server.accounts.service import Dept
from server.complaints.service import Own
from server.core import i18n
from server.core.i18n import N_

STEPS: Final = 4  # filed, accepted, being handled, done

STATES: Final = {
    "arrived": (1, N_("접수 전"), "grey"),
    "awaiting_payment": (1, N_("수수료 기다림"), "amber"),
    "accepted": (2, N_("접수함"), "blue"),
    "assigned": (2, N_("접수함"), "blue"),
    "in_progress": (3, N_("처리 중"), "blue"),
    "cooperation": (3, N_("처리 중"), "blue"),
    "supplement": (3, N_("보완 요청"), "amber"),
    "inquiry": (3, N_("현장 조사"), "blue"),
    "awaiting_approval": (3, N_("결재 중"), "blue"),
    "completed": (4, N_("처리 완료"), "green"),
    "withdrawn": (0, N_("취하함"), "grey"),
    "deemed_withdrawn": (0, N_("취하로 봄"), "grey"),
    "transferred": (4, N_("다른 기관으로 이송"), "grey"),
    "lapsed": (0, N_("수수료를 내지 않음"), "grey"),
    "merged": (0, N_("다른 민원과 병합"), "grey"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One complaint as a card. `done` of STEPS; 0 for one that was withdrawn."""

    href: str
    title: str
    number: str
    word: str
    tone: str
    done: int
    department: str
    until: str


def card(own: Own, departments: dict[int, Dept]) -> Card:
    """The card of a resident's own complaint, in the reader's language."""
    done, word, tone = STATES[own.state]
    department = departments.get(own.department_id or 0)
    name = ""
    if department is not None:
        name = department.name if i18n.locale() == "ko" else department.name_en
    return Card(
        f"/complaints/{own.number}",
        own.title,
        own.number,
        i18n.gettext(word),
        tone,
        done,
        name,
        _until(own),
    )


def _until(own: Own) -> str:
    """The last day while it is being handled; nothing before acceptance or after the end."""
    if own.due_at is None or not own.state.is_open:
        return ""
    if own.due_by_hour:
        day = i18n.datetime_text(own.due_at)
    else:
        # A period of days lapses at midnight: the day before is its last.
        day = i18n.date_text(own.due_at - timedelta(microseconds=1))
    return i18n.gettext(N_("%(date)s까지"), date=day)
