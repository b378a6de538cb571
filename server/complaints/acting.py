"""One act on a complaint: loaded, decided, written, recorded, told, in one transaction (Act 9-27).

Every act grows the version by one and adds one step of the timeline under that number, so two
officials who act at once cannot both succeed: the second is told that something changed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.catalogue.service import KindView
from server.complaints import publishing, rules, standing, workflow
from server.complaints.models import Complaint, Supplement
from server.complaints.models import Step as StepRow
from server.complaints.rules import AskedSupplement
from server.complaints.workflow import Action, Case, Move, Party, State
from server.core import audit, clock, forms, i18n
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, NotFound
from server.notifications import service as notifications


class Changed(Conflict):
    """Somebody else acted since this page was shown; nothing of what was typed is lost."""

    def __init__(self) -> None:
        super().__init__(
            "complaint.changed",
            N_("그 사이 이 민원에 새 소식이 있습니다. 바뀐 내용을 확인하고 다시 보내 주세요."),
        )


@dataclass(slots=True)
class Act:
    """An act that has been decided and is being written. `facts` go to timeline and audit."""

    complaint: Complaint
    actor: Actor
    move: Move
    now: datetime
    supplements: list[AskedSupplement]
    facts: dict[str, str | int] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)

    async def finish(self, claim: FormClaim | None, text: str | None = None) -> None:
        """Write the act: the complaint, its step, the public copy, the audit, who is told."""
        complaint, before = self.complaint, self.complaint.version
        state = self.move.target_from(State(complaint.state))
        self.changes |= {"state": state, "version": before + 1}
        if state in workflow.ENDED and complaint.open:
            self.changes |= {"open": False, "ended_at": self.now}
        standing_row = Complaint.filter(id=complaint.id, version=before)
        if not await standing_row.update(**self.changes):
            raise Changed
        complaint.update_from_dict(self.changes)
        await StepRow.create(
            complaint_id=complaint.id,
            version=complaint.version,
            at=self.now,
            action=self.move.action,
            actor_id=self.actor.account_id,
            department_id=self.actor.department_id,
            facts=json.dumps(self.facts, ensure_ascii=False, sort_keys=True),
            text=text,
        )
        await publishing.keep_in_step(complaint)
        await audit.record(
            f"complaint.{self.move.action}",
            complaint.number,
            self.actor.account_id,
            state=state,
            **self.facts,
        )
        await self._tell()
        await forms.settle(claim, complaint.number)

    async def _tell(self) -> None:
        for party, kind in self.move.tells:
            told = await _accounts_of(party, self.complaint) - {self.actor.account_id}
            link = "/complaints/" if party is Party.APPLICANT else "/desk/complaints/"
            await tell(told, kind, f"{link}{self.complaint.number}", self.complaint)


async def begin(
    number: str,
    actor: Actor,
    action: Action,
    given: Mapping[str, object],
    *,
    version: int | None,
    claim: FormClaim | None,
) -> Act | None:
    """Load the complaint and decide; None where this very form has acted already.

    `version` is what the actor's page showed (None: it does not matter). Raises NotFound for
    whoever may not know of it, Changed (409), workflow.Refused (403, 409, 422).
    """
    if await forms.claimed(claim) is not None:
        return None
    complaint = await Complaint.filter(number=number).select_for_update().first()
    if complaint is None:
        raise NotFound
    hats = standing.hats_of(actor, complaint)
    if not hats:
        raise NotFound
    if version is not None and version != complaint.version:
        raise Changed
    now = clock.now()
    supplements = await supplements_of(complaint.id)
    kind = await kind_of(complaint)
    case = case_of(complaint, kind, supplements, now)
    elsewhere = complaint.department_id is not None and bool(
        given.get("department") and given["department"] != complaint.department_id
    )
    move = workflow.decide(action, case, hats, {**given, "elsewhere": elsewhere})
    return Act(complaint, actor, move, now, supplements)


async def kind_of(complaint: Complaint) -> KindView | None:
    """What it is classified as, in the version under which it was accepted."""
    if complaint.kind_id is None:
        return None
    return await catalogue.kind(complaint.kind_id, complaint.accepted_at)


def case_of(
    complaint: Complaint, kind: KindView | None, supplements: list[AskedSupplement], now: datetime
) -> Case:
    """The complaint as the workflow sees it."""
    asked, missed = rules.unanswered(supplements, clock.seoul(now).date())
    return Case(
        State(complaint.state),
        complaint.public,
        kind is None or kind.public,
        asked,
        missed,
        supplements[-1].until if asked else None,
    )


async def supplements_of(complaint_id: int) -> list[AskedSupplement]:
    """The supplements asked, in order."""
    rows = await Supplement.filter(complaint_id=complaint_id).order_by("id")
    return [AskedSupplement(row.asked_at, row.until, row.given_at) for row in rows]


async def tell(
    account_ids: set[int],
    kind: str,
    link: str,
    complaint: Complaint,
    day: date | None = None,
) -> None:
    """Tell accounts, each with the date in its own language. `day` instead of the due date."""
    locales = await accounts.locale_of(account_ids)
    for locale in sorted(set(locales.values())):
        params: dict[str, str | int] = {"receipt": complaint.number}
        if kind in DATED:
            params["date"] = i18n.date_text(day, locale) if day else due_text(complaint, locale)
        those = [account_id for account_id in account_ids if locales.get(account_id) == locale]
        await notifications.tell(those, kind, link, params)


DATED = frozenset(
    {
        "complaint.accepted",
        "complaint.assigned_to_you",
        "complaint.reclassified",
        "complaint.supplement_asked",
        "complaint.due_soon",
        "complaint.overdue",
    }
)
"""Notifications that say until when."""


def due_text(complaint: Complaint, locale: str) -> str:
    """The last day, or the hour where the period is counted in hours."""
    assert complaint.due_at is not None
    if complaint.due_by_hour:
        return i18n.datetime_text(complaint.due_at, locale)
    return i18n.date_text(rules.last_day_of(complaint.due_at), locale)


async def _accounts_of(party: Party, complaint: Complaint) -> set[int]:
    if party is Party.APPLICANT:
        return {complaint.applicant_id}
    if complaint.handler_id is not None and party is Party.HANDLER:
        absent = await accounts.standing_in()
        return {absent.get(complaint.handler_id, complaint.handler_id)}
    found: set[int] = set()
    if complaint.department_id is not None and party is not Party.COMPLAINTS:
        found = set(await accounts.officials_of(complaint.department_id))
    return found or set(await accounts.officials_with("complaints"))
