"""Many complaints given at once: to whom they are assigned, and from whom to whom handed over.

Each is an act of its own in the timeline; whoever gets them is told once (Y10-2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.accounts import service as accounts
from server.complaints.acts import standing
from server.complaints.handling import assigning
from server.complaints.models import Complaint
from server.complaints.workflow import AT_HAND, OPEN, State
from server.core import audit, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Forbidden, Invalid
from server.notifications import service as notifications

AT_ONCE_MAX = 50
HANDED_OVER_MAX = 200


@dataclass(frozen=True, slots=True)
class Unassigned:
    """An accepted complaint that nobody has yet. `version` is what was seen of it."""

    number: str
    title: str
    topic_id: int
    department_id: int | None
    version: int
    due_at: datetime | None


async def unassigned(actor: Actor) -> list[Unassigned]:
    """What waits for a handler, by due date: all of it for the complaints department, to a head
    what the department has. Raises Forbidden for everybody else."""
    waiting = Complaint.filter(
        open=True,
        state__in=[State.ACCEPTED, State.ASSIGNED, State.IN_PROGRESS],
        handler_id__isnull=True,
    )
    if "complaints" not in actor.roles:
        if "head" not in actor.roles or actor.department_id is None:
            raise Forbidden
        waiting = waiting.filter(department_id=actor.department_id)
    rows = await waiting.order_by("due_at", "id").limit(AT_ONCE_MAX)
    return [
        Unassigned(row.number, row.title, row.topic_id, row.department_id, row.version, row.due_at)
        for row in rows
    ]


@transactional
async def assign_many(
    actor: Actor,
    versions: Mapping[str, int],
    department_id: int,
    handler_id: int | None,
    *,
    claim: FormClaim | None = None,
) -> int:
    """Assign complaints (number -> the version seen), all of them or none; how many.

    Raises as `assigning.assign` does, Invalid where none or too many are chosen.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    if not versions:
        raise Invalid("share.none", N_("배정할 민원을 골라 주세요."), "cases")
    if len(versions) > AT_ONCE_MAX:
        sentence = N_("한 번에 %(max)s건까지 배정할 수 있습니다.")
        raise Invalid("share.many", sentence, "cases", max=AT_ONCE_MAX)
    for number, version in sorted(versions.items()):
        await assigning.assign(
            number, actor, department_id, handler_id, version=version, tell_handler=False
        )
    await _tell(department_id, handler_id, len(versions), actor)
    await forms.settle(claim, str(len(versions)))
    return len(versions)


async def open_of(handler_id: int) -> int:
    """How many open complaints an official has."""
    return await Complaint.filter(handler_id=handler_id, state__in=list(OPEN)).count()


@transactional
async def hand_over(
    actor: Actor, from_id: int, to_id: int, *, claim: FormClaim | None = None
) -> int:
    """Hand every complaint that an official has in hand to another of the department (인계).

    Oneself, or as head of the department for anybody in it. Returns how many; those that wait for
    somebody go along when they are at hand again. Raises Forbidden, Invalid on the field.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    department_id = actor.department_id
    if department_id is None or standing.WORKING_ROLES.isdisjoint(actor.roles):
        raise Forbidden
    if from_id != actor.account_id and "head" not in actor.roles:
        raise Forbidden
    officials = {one.id for one in await accounts.officials(department_id)}
    takers = {one.id for one in await assigning.handlers_of(department_id)}
    if from_id not in officials:
        raise Invalid("share.from", N_("우리 부서의 담당자를 골라 주세요."), "giver")
    if to_id not in takers or to_id == from_id:
        raise Invalid("share.to", N_("이어서 맡을 다른 담당자를 골라 주세요."), "taker")
    own = Complaint.filter(handler_id=from_id, department_id=department_id, open=True)
    rows = await own.exclude(state__in=list(BEFORE)).order_by("id").limit(HANDED_OVER_MAX)
    for row in rows:
        await assigning.assign(
            row.number, actor, department_id, to_id, version=row.version, tell_handler=False
        )
    if rows:
        await _tell(department_id, to_id, len(rows), actor)
    await audit.record(
        "complaint.handed_over", f"account:{from_id}", actor.account_id, to=to_id, cases=len(rows)
    )
    await forms.settle(claim, str(len(rows)))
    return len(rows)


BEFORE = OPEN - AT_HAND - {State.SUPPLEMENT, State.COOPERATION, State.INQUIRY}
"""What has no handler yet, or lies with those who approve."""


async def _tell(department_id: int, handler_id: int | None, count: int, actor: Actor) -> None:
    told = {handler_id} if handler_id else set(await accounts.officials_of(department_id))
    heard = {one for one in told if one is not None and one != actor.account_id}
    if heard:
        await notifications.tell(heard, "complaint.many_assigned", "/desk", {"count": count})
