"""News of a case that reached its applicant neither by push nor by text: it waits at the desk as a
letter, or as a fax where its reader has chosen one (Y16, D29)."""

from collections.abc import Sequence
from datetime import datetime

from server.accounts import service as accounts
from server.complaints import rules
from server.complaints.answers import envelope
from server.complaints.answers.models import Letter
from server.complaints.handling import paying
from server.complaints.models import Complaint
from server.core.db import transactional
from server.core.web import NotFound
from server.notifications import service as notifications

BY_ITSELF = ("app", "sms")
"""Cases of which letters tell only what does not reach otherwise."""


def complaint_of(about: str) -> int:
    """The id in a subject (`complaint:12`)."""
    return int(about.removeprefix("complaint:"))


@transactional
async def put_in(reach_id: int, complaint_id: int, kind: str, told_at: datetime) -> None:
    """Put it into the case's envelope, once; nowhere where there is neither address nor fax, or
    where later news, or a fee's payment, has made it needless. `told_at` is when the push went."""
    complaint = await Complaint.filter(id=complaint_id).select_for_update().get()
    possible = bool(await address_of(complaint) or await _fax_of(complaint))
    settled = kind in paying.ASKING and await paying.due(complaint) is None
    needed = not settled and not await envelope.is_overtaken(complaint, kind, told_at)
    if await notifications.take_to_desk(reach_id, possible=possible, needed=needed):
        await envelope.put_in(complaint_id, kind, told_at)


@transactional
async def paid(complaint_id: int) -> None:
    """The fee has been paid in full: what asked for it goes neither by text nor by letter."""
    complaint = await Complaint.filter(id=complaint_id).select_for_update().get()
    if await paying.due(complaint) is not None:  # undone meanwhile
        return
    kinds = sorted(paying.ASKING)
    letters = Letter.filter(complaint_id=complaint_id, printed_at=None, kind__in=kinds)
    unposted = {each.at for each in await letters}
    await letters.delete()
    if complaint.applicant_id is not None:
        about = paying.subject(complaint)
        await notifications.take_off(complaint.applicant_id, about, kinds, unposted=unposted)


async def address_of(complaint: Complaint) -> str | None:
    """Where a letter about a case goes: as it was given for the case, else for the account."""
    if complaint.address or complaint.applicant_id is None:
        return complaint.address
    try:
        return (await accounts.own_account(complaint.applicant_id)).address
    except NotFound:
        return None


async def by_fax(numbers: Sequence[str]) -> dict[str, str]:
    """The fax numbers chosen by the applicants of those cases of which letters tell only what does
    not reach otherwise."""
    cases = await Complaint.filter(number__in=list(numbers), reply_by__in=BY_ITSELF)
    chosen = await notifications.fax_numbers(
        [each.applicant_id for each in cases if each.applicant_id is not None]
    )
    return {
        each.number: rules.pretty_phone(chosen[each.applicant_id])
        for each in cases
        if each.applicant_id in chosen
    }


async def _fax_of(complaint: Complaint) -> str | None:
    if complaint.applicant_id is None:
        return None
    return (await notifications.fax_numbers([complaint.applicant_id])).get(complaint.applicant_id)
