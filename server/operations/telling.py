"""Who was told what about a complaint: by which way, when, and whether it reached them (D29, D31).

The words themselves are not shown, nor who follows a complaint: that is nobody's business.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from server.accounts import service as accounts
from server.complaints import service as complaints
from server.complaints.service import Addressed
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.core.web import Actor
from server.messages import service as messages
from server.notifications import service as notifications
from server.notifications.service import Climbed, Heard

Way = Literal["app", "sms", "letter"]
WAYS: Final = {"app": N_("앱 알림"), "sms": N_("문자"), "letter": N_("우편")}

APPLICANT: Final = N_("민원인")
PRINCIPAL: Final = N_("본인(부탁한 분)")
TO_PRINCIPAL: Final = "complaint.filed_for_you"
"""The one notice that is told by text to whoever was applied for, not to the applicant (Y18)."""
FOLLOWERS: Final = N_("받아 보는 주민 %(count)s명")
READ, UNREAD = N_("열어 봄"), N_("아직 열지 않음")
POSTED, WAITS = N_("부침"), N_("부치기 전")


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing told to one party: its `fate` in a word with its tone, and since when."""

    whom: Phrase
    kind: str
    way: Way
    at: datetime
    fate: Phrase
    tone: str
    fate_at: datetime | None = None
    then: tuple[Phrase, ...] = ()
    """How it went on, where its reader has chosen to hear otherwise what does not reach."""


@dataclass(frozen=True, slots=True)
class Told:
    """Everything told about a case, newest first; `subject` is whose data it is (for the audit)."""

    number: str
    subject: str
    tellings: list[Telling]


async def told(number: str, actor: Actor) -> Told:
    """What the parties of a case were told. Raises NotFound for all who may not see the case."""
    case = await complaints.addressed(number, actor)
    found = [
        *await _by_app(case),
        *await _by_sms(case),
        *(_by_letter(each) for each in case.letters),
    ]
    subject = f"account:{case.applicant_id}" if case.applicant_id else f"complaint:{case.number}"
    return Told(case.number, subject, sorted(found, key=lambda each: each.at, reverse=True))


async def _by_app(case: Addressed) -> list[Telling]:
    own, office = f"/complaints/{case.number}", f"/desk/complaints/{case.number}"
    rows = await notifications.heard([own, office], case.number, case.applicant_id)
    names = await accounts.display_names({each.account_id for each in rows if each.link == office})
    found: list[Telling] = []
    followed: dict[str, list[Heard]] = {}
    for each in rows:
        if each.account_id == case.applicant_id:
            found.append(_in_the_inbox(each, Phrase(APPLICANT)))
        elif each.link == office:
            found.append(_in_the_inbox(each, Phrase("%(name)s", {"name": names[each.account_id]})))
        else:
            followed.setdefault(each.kind, []).append(each)
    for kind, several in followed.items():
        opened = sum(each.read_at is not None for each in several)
        found.append(
            Telling(
                Phrase(FOLLOWERS, {"count": len(several)}),
                notifications.named(kind),
                "app",
                max(each.at for each in several),
                Phrase(N_("%(count)s명이 열어 봄"), {"count": opened}),
                "grey",
            )
        )
    return found


def _in_the_inbox(each: Heard, whom: Phrase) -> Telling:
    read = each.read_at is not None
    return Telling(
        whom,
        notifications.named(each.kind),
        "app",
        each.at,
        Phrase(READ if read else UNREAD),
        "green" if read else "grey",
        each.read_at,
        () if read or each.climbed is None else _then(each.climbed),
    )


def _then(climbed: Climbed) -> tuple[Phrase, ...]:
    """Where it stands on its ladder, and why it did not stay lower."""
    why = [Phrase(notifications.WHY[each]) for each in climbed.why]
    return (*why, Phrase(notifications.STANDS[climbed.rung]))


async def _by_sms(case: Addressed) -> list[Telling]:
    return [
        Telling(
            Phrase(PRINCIPAL if each.notice == TO_PRINCIPAL else APPLICANT),
            notifications.named(each.notice),
            "sms",
            each.at,
            Phrase(each.fate.sentence, each.fate.words),
            each.fate.tone,
            each.ended_at,
        )
        for each in await messages.texted(f"complaint:{case.id}")
    ]


def _by_letter(letter: complaints.Posting) -> Telling:
    posted = letter.posted_at is not None
    return Telling(
        Phrase(APPLICANT),
        notifications.named(letter.kind),
        "letter",
        letter.at,
        Phrase(POSTED if posted else WAITS),
        "green" if posted else "amber",
        letter.posted_at,
    )
