"""Many people in one matter: the desk merges complaints, representatives are named, signatures
enclosed, the mediation committee recorded (D6(7), D8, D26)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.complaints.acts import acting
from server.complaints.acts.acting import Act
from server.complaints.acts.refusing import refused
from server.complaints.models import Complaint
from server.complaints.rules import tidy
from server.complaints.together import companions, repeats
from server.complaints.together import rules as together_rules
from server.complaints.together.models import Gathering, Merged, Representative, Signature
from server.complaints.together.repeats_models import Sketch
from server.complaints.together.rules import Candidate, Signer
from server.complaints.workflow import OPEN, Action, State
from server.core import clock, crypto, forms, ids
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.core.web import Actor, Invalid

CANDIDATES_LOOKED_AT = 300
CANDIDATES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Alike:
    """A complaint that may be of the same matter. `likeness` of the texts, 0 to 1."""

    number: str
    title: str
    place: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Gathered:
    """How many stand behind a complaint, and what that makes it. Names only for the office."""

    people: int
    signatures: int
    of_many: bool
    mediated_on: date | None
    mediation: str | None
    representatives: Sequence[Signer]
    led: Sequence[str]
    leader: str | None


@transactional
async def merge(
    number: str,
    actor: Actor,
    others: Sequence[str],
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Receive `others` (numbers) as one with this complaint, from five applicants on.

    Raises Refused (422) naming what stands against it; nothing is merged then. Each applicant is
    told and gets the result as their own.
    """
    act = await acting.begin(number, actor, Action.LEAD, {}, version=version, claim=claim)
    if act is None:
        return
    leader = act.complaint
    acts = [await _begin_merge(each, actor, leader) for each in sorted(set(others))]
    led = await companions.of(leader.id)
    fault = together_rules.merge_fault(
        await _candidate(leader),
        [await _candidate(each.complaint) for each in acts],
        len({repeats.applicant_key(each) for each in led}),
    )
    if fault is not None:
        raise refused("merge", fault, 422, "others")
    act.facts["count"] = len(acts)
    await act.finish(None)
    for each in acts:
        await _follow(each, leader)
        await each.finish(None)
    await _recount(leader)
    await forms.settle(claim, number)


@transactional
async def sign(
    number: str,
    actor: Actor,
    text: str,
    *,
    version: int | None = None,
    claim: FormClaim | None = None,
) -> int:
    """Add an enclosure of signatures, one `name, contact` a line; how many were new.

    Names and contacts are sealed; the count may be known. Raises Invalid naming the lines that
    cannot be read.
    """
    signers = signers_of(text)
    act = await acting.begin(
        number, actor, Action.SIGN, {"signers": signers}, version=version, claim=claim
    )
    if act is None:
        return 0
    act.facts["count"] = count = await enclose(act.complaint, signers)
    await act.finish(claim)
    return count


def signers_of(text: str) -> list[Signer]:
    """The people of an enclosure of signatures. Raises Invalid naming the lines that cannot be
    read."""
    signers, faults = together_rules.read_signers(text)
    if faults:
        raise Invalid(
            "complaint.signers",
            N_(
                "%(lines)s번째 줄을 읽을 수 없습니다. 한 줄에 한 사람씩 이름, 연락처로 적어 주세요."
            ),
            "signers",
            lines=", ".join(str(line) for line in faults[:10]),
        )
    return signers


async def enclose(complaint: Complaint, signers: Sequence[Signer]) -> int:
    """Inside a transaction: enclose those who had not signed yet; how many they are."""
    signed = Signature.filter(complaint_id=complaint.id)
    if await signed.count() + len(signers) > together_rules.SIGNATURES_MAX:
        raise Invalid(
            "complaint.signers",
            N_("연명부에는 %(max)s명까지 올릴 수 있습니다."),
            "signers",
            max=together_rules.SIGNATURES_MAX,
        )
    known = {bytes(who) for who in await signed.values_list("who", flat=True)}
    known.add(_who(Signer(complaint.name, complaint.phone or complaint.email or "")))
    new = {_who(each): each for each in signers if _who(each) not in known}
    for who, each in new.items():
        await Signature.create(
            complaint_id=complaint.id, who=who, name=each.name, contact=each.contact
        )
    await _recount(complaint)
    return len(new)


@transactional
async def represent(
    number: str,
    actor: Actor,
    representatives: Sequence[Signer],
    *,
    version: int | None = None,
    claim: FormClaim | None = None,
) -> None:
    """Name up to three who speak for all, from three people on (D8); they replace earlier ones."""
    act = await acting.begin(
        number,
        actor,
        Action.REPRESENT,
        {"signers": representatives},
        version=version,
        claim=claim,
    )
    if act is None:
        return
    complaint = act.complaint
    fault = together_rules.representatives_fault(
        len(representatives), await people_behind(complaint)
    )
    if fault is not None:
        raise refused("representatives", fault, 422, "signers")
    await Representative.filter(complaint_id=complaint.id).delete()
    for place, each in enumerate(representatives, 1):
        await Representative.create(
            complaint_id=complaint.id, number=place, name=each.name, contact=each.contact
        )
    act.facts["count"] = len(representatives)
    await act.finish(claim)


@transactional
async def record_mediation(
    number: str,
    actor: Actor,
    day: date | None,
    text: str,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Record that the mediation committee dealt with a petition of many, and what it said (D26)."""
    given = {"day": day, "text": tidy(text)}
    act = await acting.begin(number, actor, Action.MEDIATE, given, version=version, claim=claim)
    if act is None:
        return
    gathered = Gathering.filter(complaint_id=act.complaint.id, of_many=True)
    if not await gathered.exists():
        raise refused("mediation", Phrase(N_("다수인관련민원이 아닙니다.")))
    assert day is not None
    if day > clock.seoul(act.now).date():
        raise Invalid("complaint.day", N_("오늘이나 그 전의 날짜를 적어 주세요."), "day")
    await gathered.update(mediated_on=day, mediation=given["text"])
    act.facts["on"] = day.isoformat()
    await act.finish(claim)


async def gathered(complaint: Complaint, *, names: bool) -> Gathered:
    """Who stands behind a complaint; `names` (of representatives) not for the public."""
    row = await Gathering.get_or_none(complaint_id=complaint.id)
    leader = await companions.leader_of(complaint.id)
    led = await companions.of(complaint.id)
    speakers = []
    if names:
        chosen = await Representative.filter(complaint_id=complaint.id).order_by("number")
        speakers = [Signer(each.name, each.contact) for each in chosen]
    return Gathered(
        row.people if row else 1,
        row.signatures if row else 0,
        bool(row and row.of_many),
        row.mediated_on if row else None,
        row.mediation if row else None,
        speakers,
        [each.number for each in led],
        leader.number if leader else None,
    )


async def signers(complaint: Complaint) -> list[Signer]:
    """Who signed; personal data, so the page that shows it records the access."""
    rows = await Signature.filter(complaint_id=complaint.id).order_by("id")
    return [Signer(each.name, each.contact) for each in rows]


async def candidates(complaint: Complaint) -> list[Alike]:
    """Open complaints of the same topic that may be merged with it, the likest texts first."""
    own = await Sketch.get_or_none(complaint_id=complaint.id)
    mergeable = OPEN - together_rules.NOT_MERGED
    near = Complaint.filter(topic_id=complaint.topic_id, state__in=[str(s) for s in mergeable])
    rows = await near.exclude(id=complaint.id).order_by("-id").limit(CANDIDATES_LOOKED_AT)
    leading = set(await Merged.all().distinct().values_list("leader_id", flat=True))
    sketches = {
        each.complaint_id: bytes(each.sketch)
        for each in await Sketch.filter(complaint_id__in=[row.id for row in rows])
    }
    found = [
        Alike(
            row.number,
            row.title,
            row.place,
            repeats.likeness(bytes(own.sketch), sketches.get(row.id, b"")) if own else 0.0,
        )
        for row in rows
        if row.id not in leading
    ]
    return sorted(found, key=lambda each: -each.likeness)[:CANDIDATES_SHOWN]


async def people_behind(complaint: Complaint) -> int:
    """How many people: the applicants of it and of those it leads, and who signed."""
    led = await companions.of(complaint.id)
    applicants = [repeats.applicant_key(each) for each in (complaint, *led)]
    signatures = await Signature.filter(
        complaint_id__in=[complaint.id, *(each.id for each in led)]
    ).count()
    return together_rules.count_people(applicants, signatures)


async def _recount(complaint: Complaint) -> None:
    people = await people_behind(complaint)
    signatures = await Signature.filter(complaint_id=complaint.id).count()
    many, kept = together_rules.is_of_many(people), Gathering.filter(complaint_id=complaint.id)
    if not await kept.update(signatures=signatures, people=people, of_many=many):
        await Gathering.create(
            complaint_id=complaint.id, signatures=signatures, people=people, of_many=many
        )


async def _begin_merge(typed: str, actor: Actor, leader: Complaint) -> Act:
    number = ids.parse_receipt(typed)
    exists = number is not None and await Complaint.exists(number=number)
    if number is None or not exists or number == leader.number:
        sentence = N_("접수번호를 다시 확인해 주세요: %(number)s")
        raise Invalid("complaint.merge.number", sentence, "others", number=typed[:20])
    given = {"into": leader.number}
    act = await acting.begin(number, actor, Action.MERGE, given, version=None, claim=None)
    assert act is not None
    return act


async def _follow(act: Act, leader: Complaint) -> None:
    """A merged complaint takes the leader's kind, department, handler and clock."""
    act.changes |= {name: getattr(leader, name) for name in companions.FOLLOWED}
    if act.complaint.accepted_at is None:
        act.changes["accepted_at"] = act.now
    act.facts["into"] = leader.number
    await Merged.create(
        complaint_id=act.complaint.id,
        leader_id=leader.id,
        leader_version=leader.version,
        at=act.now,
    )


async def _candidate(complaint: Complaint) -> Candidate:
    kind = await acting.kind_of(complaint)
    return Candidate(
        complaint.number,
        State(complaint.state),
        kind.category if kind else None,
        repeats.applicant_key(complaint),
        await Merged.exists(leader_id=complaint.id),
    )


def _who(signer: Signer) -> bytes:
    name, contact = together_rules.identity(signer)
    return crypto.keyed_hash("complaint signature", f"{name}\n{contact}")[:16]
