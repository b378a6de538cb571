"""The mandate brought in after the filing: an answer to the supplement that waits for it (D24),
something that the office merely hears of while it waits for something else, or something more of
the applicant."""

from uuid import UUID

from server.complaints.acts import noticing, standing
from server.complaints.behalf import principals
from server.complaints.handling import adding, supplementing
from server.complaints.handling.accepting import MANDATE_MISSING
from server.complaints.handling.adding import More
from server.complaints.models import Complaint, Supplement
from server.complaints.workflow import Hat, State
from server.core import forms, i18n
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_, gettext
from server.core.web import Actor, Invalid, NotFound

GIVEN = N_("서명한 위임장을 냈습니다.")
ADDED = "complaint.added"


@transactional
async def give(
    number: str, actor: Actor, key: UUID | None, owner: str, *, claim: FormClaim | None = None
) -> bool:
    """Take a staged photo as the mandate of a case; whether all that was asked for has come now.
    Raises Invalid where there is none."""
    if key is None:
        raise Invalid("complaint.mandate", N_("서명한 위임장의 사진을 골라 주세요."), "mandate")
    complaint = await Complaint.get_or_none(number=number)
    if complaint is None:
        raise NotFound
    more = More(gettext(GIVEN))
    waits = complaint.state == State.SUPPLEMENT
    wanted = waits and await _is_asked_for(complaint)
    if wanted:
        await supplementing.give_supplement(number, actor, more, claim=claim)
    elif waits:
        await _tell_of_it(complaint, actor, claim)
    else:
        await adding.add(number, actor, more, claim=claim)
    await principals.adopt_mandate(number, key, owner)
    return wanted or not waits


async def _is_asked_for(complaint: Complaint) -> bool:
    """Whether the supplement that waits is the one for the mandate, in whichever language."""
    last = await Supplement.filter(complaint_id=complaint.id).order_by("-id").first()
    asked = {gettext(MANDATE_MISSING, locale) for locale in i18n.LOCALES}
    return last is not None and last.asked in asked


async def _tell_of_it(complaint: Complaint, actor: Actor, claim: FormClaim | None) -> None:
    """The supplement asked for something else, and the clock still stands: the office only hears
    that there is a mandate now."""
    if Hat.APPLICANT not in await standing.hats(actor, complaint):
        raise NotFound
    if await forms.claimed(claim) is not None:
        return
    told = await noticing.in_charge(complaint)
    await noticing.tell(told, ADDED, f"/desk/complaints/{complaint.number}", complaint)
    await forms.settle(claim, complaint.number)
