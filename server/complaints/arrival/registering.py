"""What the office types in for somebody: paper that came while the system had failed, registered
later with its true time (D6의2), and what somebody said at the counter and signed (D10(4)).

Paper is received when it was handed in: the clock starts then, less the time of the failure (D20).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from server.complaints import rules
from server.complaints.arrival import filing, guests
from server.complaints.arrival.filing import Filing, OnPaper, Stranger
from server.complaints.handling import accepting
from server.core import audit, clock, forms, ids
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid
from server.deadlines import service as deadlines


@dataclass(frozen=True, slots=True)
class Paper:
    """A complaint that was handed in (when, and how), or is spoken now (`arrived_at` None): by
    whom, and what it says. `kind` is a slug; `fax` the number to answer by fax."""

    arrived_at: datetime | None
    reason: str
    name: str
    phone: str
    address: str
    kind: str
    filing: Filing
    fax: str = ""


async def register(paper: Paper, actor: Actor, *, claim: FormClaim | None = None) -> str:
    """Write it down and accept it; its number. Raises Invalid (422) naming the field.

    It has a password nobody knows yet: the desk gives one to whoever asks for it (Y12-3).
    """
    return await _register(paper, await sender_of(paper), actor, claim)


async def sender_of(paper: Paper) -> Stranger:
    """Whose paper it is, as one who files without an account."""
    who = await guests.stranger(paper.name, paper.phone, paper.address, ids.token(), owner="")
    return replace(who, fax=paper.fax)


@transactional
async def register_fax(paper: Paper, who: Stranger, actor: Actor) -> str:
    """Write down and accept what a fax says, received when it arrived; its number."""
    assert paper.arrived_at is not None
    filed = replace(paper.filing, on_paper=OnPaper(paper.arrived_at, "", by_fax=True))
    number = await filing.file(who, filed)
    await accepting.accept(number, actor, paper.kind, version=1, received_at=paper.arrived_at)
    await audit.record("complaint.fax_registered", number, actor.account_id)
    return number


@transactional
async def _register(paper: Paper, who: Stranger, actor: Actor, claim: FormClaim | None) -> str:
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return earlier
    filed = replace(paper.filing, spoken=True)
    if paper.arrived_at is not None:
        filed = replace(paper.filing, on_paper=await _handed_in(paper.arrived_at, paper.reason))
    number = await filing.file(who, filed)
    await accepting.accept(number, actor, paper.kind, version=1, received_at=paper.arrived_at)
    how = "complaint.written_down" if filed.spoken else "complaint.registered_later"
    await audit.record(how, number, actor.account_id)
    await forms.settle(claim, number)
    return number


async def _handed_in(arrived_at: datetime, typed: str) -> OnPaper:
    """That it came while nothing could be filed here. Raises Invalid (422)."""
    reason = rules.tidy(typed, "reason", missing=N_("어떻게 받았는지 적어 주세요."))
    if arrived_at > clock.now():
        raise Invalid("complaint.arrived", N_("아직 오지 않은 시각입니다."), "arrived_at")
    if not await deadlines.filed_during_failure(arrived_at):
        sentence = N_(
            "그때는 인터넷으로 신청할 수 있었습니다. 시스템 장애로 적힌 시간 안에 종이로 받은 것만 "
            "나중에 등록할 수 있습니다."
        )
        raise Invalid("complaint.no_failure", sentence, "arrived_at")
    return OnPaper(arrived_at, reason)
