"""Complaints received as one (병합, D6(7)): what happens to the leader happens to all of them.

The others have no steps of their own any more; each keeps its number, reads the leader's steps,
and gets the lawful notice of the result as its own.
"""

from collections.abc import Sequence

from server.complaints.acts.refusing import refused
from server.complaints.disclosure import publishing
from server.complaints.models import Answer, Complaint, Step
from server.complaints.together.models import Gathering, Merged
from server.complaints.together.rules import is_of_many
from server.complaints.workflow import Action, State
from server.core.i18n import N_
from server.core.phrases import Phrase

FOLLOWED = ("kind_id", "department_id", "handler_id", "due_at", "due_by_hour")
GONE = frozenset({State.WITHDRAWN, State.DEEMED_WITHDRAWN})
FOR_ALL = frozenset(
    {
        Action.ASSIGN,
        Action.REASSIGN,
        Action.NOTE,
        Action.RECLASSIFY,
        Action.EXTEND,
        Action.CONSENT,
        Action.TRANSFER,
        Action.MOVE_DUE,
        Action.APPROVE,
        Action.COMPLETE,
    }
)
"""What all are told of; the rest concerns the leader's applicant alone."""


async def of(leader_id: int) -> list[Complaint]:
    """The complaints that this one leads, in the order of their numbers."""
    ids = await Merged.filter(leader_id=leader_id).values_list("complaint_id", flat=True)
    return await Complaint.filter(id__in=list(ids)).order_by("id") if ids else []


async def leader_of(complaint_id: int) -> Complaint | None:
    """The complaint that leads this one, or None."""
    row = await Merged.get_or_none(complaint_id=complaint_id)
    return None if row is None else await Complaint.get(id=row.leader_id)


async def steps_of(complaint: Complaint) -> Sequence[Step]:
    """The leader's steps since it leads, for whoever reads a merged complaint."""
    row = await Merged.get_or_none(complaint_id=complaint.id)
    if row is None:
        return ()
    later = Step.filter(complaint_id=row.leader_id, version__gt=row.leader_version)
    return await later.order_by("version")


async def follow(leader: Complaint) -> list[Complaint]:
    """Let those led follow what just happened to their leader; who they are, to be told.

    In the act's transaction. A result becomes each one's own. Where the leader is taken back by
    its applicant, the next of them leads: nobody loses a complaint by another's withdrawal.
    """
    led = await of(leader.id)
    if not led:
        return []
    if State(leader.state) in GONE:
        await _succeed(leader, led)
        return []
    changes = {name: getattr(leader, name) for name in FOLLOWED}
    done = leader.state == State.COMPLETED
    if done:
        changes["ended_at"] = leader.ended_at
        await _share_result(leader, led)
    for complaint in led:
        await Complaint.filter(id=complaint.id).update(**changes)
        complaint.update_from_dict(changes)
        await publishing.keep_in_step(complaint)
    return led


async def leave(complaint: Complaint) -> None:
    """One that was merged is taken back by its applicant: the others go on without it."""
    row = await Merged.get_or_none(complaint_id=complaint.id)
    if row is None:
        return
    leader = await Complaint.get(id=row.leader_id)
    if not leader.open:
        raise refused("merged.ended", Phrase(N_("함께 처리한 결과가 이미 나온 민원입니다.")))
    await row.delete()
    await _count_down(row.leader_id)


async def _share_result(leader: Complaint, led: Sequence[Complaint]) -> None:
    result = await Answer.get_or_none(complaint_id=leader.id)
    if result is None:
        return
    for complaint in led:
        if not await Answer.exists(complaint_id=complaint.id):
            await Answer.create(
                complaint_id=complaint.id,
                outcome=result.outcome,
                text=result.text,
                reasons=result.reasons,
                remedies=result.remedies,
                ground=result.ground,
            )


async def _succeed(leader: Complaint, led: Sequence[Complaint]) -> None:
    """The first of those led takes the leader's place, with its kind, handler and clock."""
    heir, others = led[0], led[1:]
    state = State.ASSIGNED if leader.department_id is not None else State.ACCEPTED
    changes = {name: getattr(leader, name) for name in FOLLOWED}
    changes |= {"state": state, "open": True, "ended_at": None, "version": heir.version + 1}
    await Merged.filter(complaint_id=heir.id).delete()
    await Complaint.filter(id=heir.id).update(**changes)
    heir.update_from_dict(changes)
    await Step.create(
        complaint_id=heir.id,
        version=heir.version,
        at=leader.ended_at,
        action="lead",
        actor_id=None,
        department_id=heir.department_id,
        facts=f'{{"count": {len(others)}}}',
    )
    for complaint in others:
        row = Merged.filter(complaint_id=complaint.id)
        await row.update(leader_id=heir.id, leader_version=heir.version)
    gathered = await Gathering.get_or_none(complaint_id=leader.id)
    people = (gathered.people if gathered else len(led) + 1) - 1
    signatures = gathered.signatures if gathered else 0
    await Gathering.create(
        complaint_id=heir.id,
        signatures=signatures,
        people=max(people, signatures),
        of_many=is_of_many(max(people, signatures)),
    )
    await publishing.keep_in_step(heir)


async def _count_down(leader_id: int) -> None:
    gathered = await Gathering.get_or_none(complaint_id=leader_id)
    if gathered is not None:
        people = max(gathered.people - 1, gathered.signatures)
        await Gathering.filter(complaint_id=leader_id).update(
            people=people, of_many=is_of_many(people)
        )
