"""What the desk sees beside a case: who else stands behind it, what was the same before, abuse."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.complaints import (
    abuse,
    abuse_rules,
    contesting,
    marked,
    repeats,
    repeats_rules,
    standing,
    together,
)
from server.complaints.abuse import Limit, Warned
from server.complaints.models import Complaint
from server.complaints.repeats_rules import Earlier, Repeat
from server.complaints.together import Alike, Gathered
from server.complaints.together_rules import Signer
from server.complaints.workflow import Hat, State
from server.core.phrases import Phrase
from server.core.web import Actor, NotFound


@dataclass(frozen=True, slots=True)
class Together:
    """Many people in one matter, and the same matter before."""

    number: str
    title: str
    version: int
    state: State
    gathered: Gathered
    signers: Sequence[Signer]
    alike: Sequence[Alike]
    earlier: Sequence[Earlier]
    closing_fault: Phrase | None
    referred_after: str | None
    hats: frozenset[Hat]
    subject: str


@dataclass(frozen=True, slots=True)
class Abuse:
    """What an official marked, what the applicant was warned of, and under which limit they are."""

    number: str
    title: str
    body: str
    version: int
    words: Sequence[str]
    warnings: Sequence[Warned]
    limit: Limit | None
    hats: frozenset[Hat]
    subject: str


async def together_at_desk(number: str, actor: Actor) -> Together:
    """For officials in charge, and examiner and audit. Raises NotFound for all others."""
    complaint, hats = await _case(number, actor)
    gathered = await together.gathered(complaint, names=True)
    earlier = await repeats.earlier_same(complaint)
    referral = await repeats.referral_of(complaint.id)
    repeat = Repeat(
        await repeats.category_if(complaint.kind_id),
        complaint.filed_at,
        earlier,
        of_many=gathered.of_many,
        mediated=gathered.mediated_on is not None,
    )
    return Together(
        complaint.number,
        await _covered(complaint, complaint.title),
        complaint.version,
        State(complaint.state),
        gathered,
        await together.signers(complaint),
        await together.candidates(complaint) if complaint.open else (),
        earlier,
        repeats_rules.closing_fault(repeat),
        await _number_of(referral.earlier_id) if referral else None,
        hats,
        contesting.subject_of(complaint),
    )


async def abuse_at_desk(number: str, actor: Actor) -> Abuse:
    """For officials in charge. Raises NotFound for all others."""
    complaint, hats = await _case(number, actor)
    return Abuse(
        complaint.number,
        complaint.title,
        complaint.body,
        complaint.version,
        await marked.words_of(complaint.id),
        await abuse.warnings_of(complaint),
        await abuse.running_limit(repeats.applicant_key(complaint)),
        hats,
        contesting.subject_of(complaint),
    )


async def _case(number: str, actor: Actor) -> tuple[Complaint, frozenset[Hat]]:
    complaint = await Complaint.get_or_none(number=number)
    if complaint is None:
        raise NotFound
    hats = standing.hats_of(actor, complaint) - {Hat.APPLICANT}
    if not hats:
        raise NotFound
    return complaint, hats


async def _covered(complaint: Complaint, text: str) -> str:
    return abuse_rules.cover(text, await marked.words_of(complaint.id))


async def _number_of(complaint_id: int) -> str:
    return (await Complaint.get(id=complaint_id)).number
