"""One act on a complaint: loaded, decided, written, recorded, told, in one transaction (Act 9-27).

Every act grows the version by one and adds one step of the timeline under that number, so two
officials who act at once cannot both succeed: the second is told that something changed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from server.catalogue import service as catalogue
from server.catalogue.service import KindView
from server.complaints import workflow
from server.complaints.acts import gathering, noticing, reckoning, standing
from server.complaints.acts.noticing import tell
from server.complaints.disclosure import publishing
from server.complaints.models import Complaint, Supplement
from server.complaints.models import Step as StepRow
from server.complaints.rules import AskedSupplement
from server.complaints.together import companions, repeats
from server.complaints.workflow import Action, Case, Hat, Move, Outcome, Party, State
from server.core import audit, clock, forms, live
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, NotFound

__all__ = [
    "Act",
    "Changed",
    "begin",
    "kind_of",
    "supplements_of",
    "tell",
]


class Changed(Conflict):
    """Somebody else acted since this page was shown; nothing of what was typed is lost."""

    def __init__(self) -> None:
        super().__init__(
            "complaint.changed",
            N_("그 사이 이 민원에 새 소식이 있습니다. 바뀐 내용을 확인하고 다시 보내 주세요."),
        )


@dataclass(slots=True)
class Act:
    """An act that has been decided and is being written. `facts` go to timeline and audit.

    `day` is the date that those told of it read, where it is not the one the complaint is due;
    `told_departments` are those asked to co-operate, as far as the act concerns them.
    """

    complaint: Complaint
    actor: Actor
    move: Move
    now: datetime
    supplements: list[AskedSupplement]
    case: Case
    hats: frozenset[Hat]
    facts: dict[str, str | int] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    day: date | None = None
    told_departments: tuple[int, ...] = ()

    async def reckon(self) -> None:
        """When it is due now, with everything that does not count."""
        kind = await kind_of(self.complaint)
        assert kind is not None
        run = await reckoning.course_of(self.complaint, kind, self.supplements, self.now)
        self.facts["due"] = str(run.due)
        self.changes |= reckoning.due_of(run)

    def take_on(self) -> None:
        """Whoever works a complaint that nobody has is its handler from then on, so that every
        notice can name one (D31). A complaint given to another department stays there."""
        complaint, actor = self.complaint, self.actor
        unassigned = complaint.state == State.ACCEPTED and actor.department_id is not None
        if complaint.handler_id is None and (
            unassigned or complaint.department_id == actor.department_id
        ):
            self.changes |= {"handler_id": actor.account_id, "department_id": actor.department_id}

    def spare(self, party: Party) -> None:
        """Tell that party nothing of this act by itself: whoever does several tells them once."""
        tells = tuple(told for told in self.move.tells if told[0] is not party)
        self.move = replace(self.move, tells=tells)

    async def finish(self, claim: FormClaim | None, text: str | None = None) -> None:
        """Write the act: the complaint, its step, the public copy, the audit, who is told."""
        complaint, before = self.complaint, self.complaint.version
        desks = {complaint.department_id, *self.told_departments}
        state = workflow.after(self.move, self.case)
        self.changes |= {"state": state, "version": before + 1}
        if state in workflow.ENDED and complaint.open:
            self.changes |= {"open": False, "ended_at": self.now}
            await gathering.close_all(complaint, self.now)
        if noticing.applicant_hears(self.move):
            self.changes["told_at"] = self.now
        if Hat.SYSTEM in self.hats:
            self.facts["by_itself"] = 1
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
        desks.add(complaint.department_id)
        live.tell(f"complaint:{complaint.number}", "desk", *(f"desk:{one}" for one in desks if one))
        await noticing.tell_of(
            self.move, complaint, self.actor.account_id, self.day, self.told_departments
        )
        await self._take_companions_along()
        await forms.settle(claim, complaint.number)

    async def _take_companions_along(self) -> None:
        """What happens to a complaint happens to those merged with it (D6(7))."""
        if self.move.action == Action.LEAD:
            return
        for companion in await companions.follow(self.complaint):
            if self.move.action in companions.FOR_ALL:
                await noticing.tell_applicants(self.move, companion, self.day)


async def begin(
    number: str,
    actor: Actor,
    action: Action,
    given: Mapping[str, object],
    *,
    version: int | None,
    claim: FormClaim | None,
    hats: frozenset[Hat] | None = None,
) -> Act | None:
    """Load the complaint and decide; None where this very form has acted already.

    `version` is what the actor's page showed (None: it does not matter). `hats` are given where
    nobody acts but time, money or the calendar. Raises NotFound for whoever may not know of it,
    Changed (409), workflow.Refused (403, 409, 422).
    """
    if await forms.claimed(claim) is not None:
        return None
    complaint = await Complaint.filter(number=number).select_for_update().first()
    if complaint is None:
        raise NotFound
    hats = await standing.hats(actor, complaint) if hats is None else hats
    if not hats:
        raise NotFound
    if version is not None and version != complaint.version:
        raise Changed
    now = clock.now()
    supplements = await supplements_of(complaint.id)
    kind = await kind_of(complaint)
    case = await gathering.case_of(complaint, kind, supplements, now, hats)
    elsewhere = complaint.department_id is not None and bool(
        given.get("department") and given["department"] != complaint.department_id
    )
    if given.get("outcome") == Outcome.REPEATED:
        case = workflow.replaced(case, answered_before=await repeats.answered_before(complaint))
    move = workflow.decide(action, case, hats, {**given, "elsewhere": elsewhere})
    await repeats.check_closing(complaint, str(given.get("outcome")))
    return Act(complaint, actor, move, now, supplements, case, hats)


async def kind_of(complaint: Complaint) -> KindView | None:
    """What it is classified as, in the version under which it was accepted."""
    if complaint.kind_id is None:
        return None
    return await catalogue.kind(complaint.kind_id, complaint.accepted_at)


async def supplements_of(complaint_id: int) -> list[AskedSupplement]:
    """The supplements asked, in order."""
    rows = await Supplement.filter(complaint_id=complaint_id).order_by("id")
    return [
        AskedSupplement(
            row.asked_at,
            row.until,
            row.given_at,
            row.undelivered_at is not None,
            row.more_time,
        )
        for row in rows
    ]
