"""Insults covered, warnings sent, filing limited for a time, filing by machine slowed (D4, D11-2).

Each is recorded. What an official marks is covered at the desk until it is asked for, and in the
public copy for good; the applicant reads their own text as they wrote it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server import config
from server.accounts import service as accounts
from server.complaints.abuse import rules as abuse_rules
from server.complaints.abuse.models import Admonition, FilingLimit, Insult
from server.complaints.acts import acting, noticing
from server.complaints.acts.refusing import refused
from server.complaints.models import Complaint
from server.complaints.rules import tidy
from server.complaints.together import repeats
from server.complaints.workflow import Action
from server.core import audit, clock, forms, i18n
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Forbidden, NotFound, Problem
from server.ordinance import service as ordinance

LIMITERS = frozenset({"complaints"})
HOUR = timedelta(hours=1)
LISTED_MAX = 200


@dataclass(frozen=True, slots=True)
class Limit:
    """Filing limited, for those who decide on it and whom it concerns."""

    id: int
    number: str
    reason: str
    begins: datetime
    until: datetime
    set_by: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning as it was sent."""

    number: str
    text: str
    at: datetime


@transactional
async def mark(
    number: str, actor: Actor, text: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """Mark insults, one a line, as they stand in title and text; an empty list takes all back.

    Raises Refused (422) for words that do not stand there: nothing else may be covered.
    """
    words = abuse_rules.read_words(text)
    act = await acting.begin(number, actor, Action.MARK, {}, version=version, claim=claim)
    if act is None:
        return
    complaint = act.complaint
    if words:
        fault = abuse_rules.words_fault(words, (complaint.title, complaint.body))
        if fault is not None:
            raise refused("insults", fault, 422, "text")
    await Insult.filter(complaint_id=complaint.id).delete()
    for word in words:
        await Insult.create(complaint_id=complaint.id, word=word)
    act.facts["count"] = len(words)
    await act.finish(claim)


@transactional
async def admonish(
    number: str, actor: Actor, text: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """Send the applicant a warning; only they and the office read it."""
    kept = tidy(text)
    act = await acting.begin(
        number, actor, Action.ADMONISH, {"text": kept}, version=version, claim=claim
    )
    if act is None:
        return
    await Admonition.create(
        complaint_id=act.complaint.id,
        applicant=repeats.applicant_key(act.complaint),
        text=kept,
        at=act.now,
        sent_by_id=actor.account_id,
    )
    await act.finish(claim)


@transactional
async def limit(
    number: str, actor: Actor, days: int, reason: str, *, claim: FormClaim | None = None
) -> None:
    """Limit new filing by the applicant of this complaint for `days`, after a warning.

    What was filed stays and is handled; the limit ends by itself. Raises Forbidden without the
    role, Refused (422) without a warning.
    """
    if LIMITERS.isdisjoint(actor.roles):
        sentence = N_("신청을 제한하는 일은 민원 담당 부서에서 합니다.")
        raise Forbidden("filing.limit", sentence)
    if await forms.claimed(claim) is not None:
        return
    complaint = await Complaint.filter(number=number).select_for_update().first()
    if complaint is None:
        raise NotFound
    missing = N_("이유를 적어 주세요. 민원인에게 반드시 알려야 합니다.")
    kept = tidy(reason, "reason", missing=missing)
    applicant = repeats.applicant_key(complaint)
    warnings = await Admonition.filter(applicant=applicant).count()
    fault = abuse_rules.limit_fault(days, warnings)
    if fault is not None:
        raise refused("limit", fault, 422, "days")
    now = clock.now()
    until = abuse_rules.limited_until(now, days)
    row = await FilingLimit.create(
        complaint_id=complaint.id,
        applicant=applicant,
        reason=kept,
        begins=now,
        until=until,
        set_by_id=actor.account_id,
    )
    await audit.record("filing.limit", complaint.number, actor.account_id, days=days, limit=row.id)
    day = clock.seoul(until).date()
    await noticing.tell_applicant(complaint, "filing.limited", day, link="/complaints/limited")
    await forms.settle(claim, number)


@transactional
async def lift(limit_id: int, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """End a limit before its time."""
    if LIMITERS.isdisjoint(actor.roles):
        raise Forbidden
    if await forms.claimed(claim) is not None:
        return
    row = await FilingLimit.get_or_none(id=limit_id)
    if row is None:
        raise NotFound
    running = FilingLimit.filter(id=limit_id, lifted_at=None, until__gt=clock.now())
    if await running.update(lifted_at=clock.now(), lifted_by_id=actor.account_id):
        complaint = await Complaint.get(id=row.complaint_id)
        await audit.record("filing.lift", complaint.number, actor.account_id, limit=limit_id)
        await noticing.tell_applicant(complaint, "filing.lifted", link="/complaints/new")
    await forms.settle(claim, str(limit_id))


async def check_filing(complaint: Complaint) -> None:
    """Refuse a filing that is limited (403) or comes as from a machine (429). In the filing's
    transaction, when the complaint is written: nothing of it stays."""
    running = await running_limit(repeats.applicant_key(complaint))
    if running is not None:
        raise Problem(
            "filing.limited",
            N_(
                "%(until)s까지 새 민원을 신청할 수 없습니다. 이유와 이의를 내는 방법은 "
                "‘신청 제한 안내’에서 볼 수 있습니다. 급한 일은 전화나 창구로 알려 주세요."
            ),
            403,
            until=i18n.datetime_text(running.until),
        )
    most = ordinance.profile().complaints.filings_per_hour_max
    if config.settings().limits_url == "off":  # never in production
        return
    before = await _filed_last_hour(complaint, most) - 1  # itself is written already
    if abuse_rules.is_by_machine(before, most):
        raise Problem(
            "filing.too_many",
            N_("한 시간에 %(max)s건까지 신청할 수 있습니다. 잠시 뒤에 다시 보내 주세요."),
            429,
            max=most,
        )


async def _filed_last_hour(complaint: Complaint, most: int) -> int:
    """How many the same applicant has filed within the hour, as far as it matters: by account, or
    without one by telephone."""
    if complaint.applicant_id is not None:
        theirs = Complaint.filter(applicant_id=complaint.applicant_id)
    elif complaint.phone:
        theirs = Complaint.filter(applicant_id=None, phone_blind=complaint.phone)
    else:
        return 0
    newest = await theirs.order_by("-id").limit(most + 1).values("filed_at")
    return sum(row["filed_at"] > complaint.filed_at - HOUR for row in newest)


async def running_limit(applicant: bytes) -> Limit | None:
    """The limit under which the applicant is now, the longest of them; None as a rule."""
    rows = FilingLimit.filter(applicant=applicant, until__gt=clock.now(), lifted_at=None)
    row = await rows.order_by("-until").first()
    return None if row is None else (await _limits([row]))[0]


async def limit_of_account(account_id: int) -> Limit | None:
    """The limit under which an account's filing is now."""
    return await running_limit(account_key(account_id))


def account_key(account_id: int) -> bytes:
    """The keyed hash under which an account's complaints stand."""
    return repeats.key_of(f"account {account_id}")


async def running_limits() -> Sequence[Limit]:
    """Every limit that runs, the one that ends first before."""
    rows = FilingLimit.filter(until__gt=clock.now(), lifted_at=None)
    return await _limits(await rows.order_by("until").limit(LISTED_MAX))


async def warnings_of(complaint: Complaint) -> list[Warned]:
    """The warnings that the applicant of a complaint has been sent, the newest first."""
    key = repeats.applicant_key(complaint)
    rows = await Admonition.filter(applicant=key).order_by("-id").prefetch_related("complaint")
    return [Warned(row.complaint.number, row.text, row.at) for row in rows]


async def _limits(rows: Sequence[FilingLimit]) -> list[Limit]:
    complaints = await Complaint.filter(id__in=[row.complaint_id for row in rows])
    numbers = {each.id: each.number for each in complaints}
    names = await accounts.display_names(row.set_by_id for row in rows)
    return [
        Limit(
            row.id,
            numbers[row.complaint_id],
            row.reason,
            row.begins,
            row.until,
            names[row.set_by_id],
        )
        for row in rows
    ]
