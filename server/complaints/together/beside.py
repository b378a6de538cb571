"""What the desk sees beside a case: who else stands behind it, what was the same before, abuse."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.complaints.abuse import marked, restraining
from server.complaints.abuse import rules as abuse_rules
from server.complaints.abuse.restraining import Limit, Warned
from server.complaints.acts import standing
from server.complaints.models import Complaint
from server.complaints.redress import contesting
from server.complaints.redress import reading as redress_reading
from server.complaints.showing.reading import Reading
from server.complaints.together import merging, repeats, repeats_rules
from server.complaints.together.merging import Alike, Gathered
from server.complaints.together.repeats_rules import Earlier, Repeat
from server.complaints.together.rules import Signer
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


@dataclass(frozen=True, slots=True)
class Glance:
    """In numbers: people behind it, complaints it leads, the same before; insults are covered;
    something of redress waits for a decision."""

    people: int
    of_many: bool
    led: int
    leader: str | None
    earlier: int
    covered: bool
    redress_waits: bool


async def together_at_desk(number: str, actor: Actor) -> Together:
    """For officials in charge, and examiner and audit. Raises NotFound for all others."""
    complaint, hats = await _case(number, actor)
    gathered = await merging.gathered(complaint, names=True)
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
        await merging.signers(complaint),
        await merging.candidates(complaint) if complaint.open else (),
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
        await restraining.warnings_of(complaint),
        await restraining.running_limit(repeats.applicant_key(complaint)),
        hats,
        contesting.subject_of(complaint),
    )


async def insults_covered(found: Reading) -> Reading:
    """A case for the desk with its insults covered, until somebody asks to see them."""
    row = await Complaint.get(number=found.number).only("id")
    words = await marked.words_of(row.id)
    if not words:
        return found
    return replace(
        found,
        title=abuse_rules.cover(found.title, words),
        body=abuse_rules.cover(found.body, words),
    )


async def at_a_glance(number: str) -> Glance:
    """What the page of a case says of all that stands beside it."""
    complaint = await Complaint.get(number=number)
    gathered = await merging.gathered(complaint, names=False)
    return Glance(
        gathered.people,
        gathered.of_many,
        len(gathered.led),
        gathered.leader,
        len(await repeats.earlier_same(complaint)),
        bool(await marked.words_of(complaint.id)),
        await redress_reading.is_waiting(complaint.id),
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
