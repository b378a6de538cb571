"""What the office types in for somebody: paper that came while the system had failed, registered
later with its true time (D6의2), and what somebody said at the counter and signed (D10(4)).

Paper is received when it was handed in: the clock starts then, less the time of the failure (D20).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from server.complaints import rules
from server.complaints.arrival import filing, guests
from server.complaints.arrival.filing import Filing, OnPaper
from server.complaints.handling import accepting
from server.core import audit, clock, forms, ids
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid
from server.deadlines import service as deadlines


@dataclass(frozen=True, slots=True)
class Paper:
    """A complaint that was handed in or spoken: by whom, when, and what it says. `kind` is a
    slug."""

    arrived_at: datetime
    reason: str
    name: str
    phone: str
    address: str
    kind: str
    filing: Filing


async def register(paper: Paper, actor: Actor, *, claim: FormClaim | None = None) -> str:
    """Register and accept it; its number. Raises Invalid (422) naming the field.

    It has a password nobody knows yet: the desk gives one to whoever asks for it (Y12-3).
    """
    who = await guests.stranger(paper.name, paper.phone, paper.address, ids.token(), owner="")
    return await _register(paper, who, actor, claim)


async def write_down(paper: Paper, actor: Actor, *, claim: FormClaim | None = None) -> str:
    """Write down and accept what somebody says, who has signed it (D10(4)); its number. Raises as
    `register` does."""
    who = await guests.stranger(paper.name, paper.phone, paper.address, ids.token(), owner="")
    return await _write_down(paper, who, actor, claim)


@transactional
async def _write_down(
    paper: Paper, who: filing.Stranger, actor: Actor, claim: FormClaim | None
) -> str:
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return earlier
    number = await filing.file(who, replace(paper.filing, spoken=True))
    await accepting.accept(number, actor, paper.kind, version=1)
    await audit.record("complaint.written_down", number, actor.account_id)
    await forms.settle(claim, number)
    return number


@transactional
async def _register(
    paper: Paper, who: filing.Stranger, actor: Actor, claim: FormClaim | None
) -> str:
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return earlier
    reason = rules.tidy(paper.reason, "reason", missing=N_("어떻게 받았는지 적어 주세요."))
    if paper.arrived_at > clock.now():
        raise Invalid("complaint.arrived", N_("아직 오지 않은 시각입니다."), "arrived_at")
    if not await deadlines.filed_during_failure(paper.arrived_at):
        sentence = N_(
            "그때는 인터넷으로 신청할 수 있었습니다. 시스템 장애로 적힌 시간 안에 종이로 받은 것만 "
            "나중에 등록할 수 있습니다."
        )
        raise Invalid("complaint.no_failure", sentence, "arrived_at")
    filed = replace(paper.filing, on_paper=OnPaper(paper.arrived_at, reason))
    number = await filing.file(who, filed)
    await accepting.accept(number, actor, paper.kind, version=1, received_at=paper.arrived_at)
    await audit.record("complaint.registered_later", number, actor.account_id)
    await forms.settle(claim, number)
    return number
