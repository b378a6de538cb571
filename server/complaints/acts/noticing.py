"""Who is told of an act, and how: in the app, by a text that points there, or by letter (D29, D31).

Nothing that is told names anybody: a receipt number and a date at most.
"""

from datetime import date, datetime

from server.accounts import service as accounts
from server.complaints import rules
from server.complaints.answers import envelope
from server.complaints.answers.models import Draft
from server.complaints.models import Complaint
from server.complaints.workflow import Move, Party
from server.notifications import service as notifications
from server.notifications.service import Sent


def applicant_hears(move: Move) -> bool:
    """Whether the applicant is told of it."""
    return any(party is Party.APPLICANT for party, _ in move.tells)


async def tell_of(
    move: Move,
    complaint: Complaint,
    actor_id: int | None,
    day: date | None,
    departments: tuple[int, ...],
) -> None:
    """Tell everybody whom the move names, but not who made it."""
    for party, kind in move.tells:
        if party is Party.APPLICANT:
            await tell_applicant(complaint, kind, day, but=actor_id)
        else:
            told = await _officials(party, complaint, departments) - {actor_id}
            await tell(told, kind, f"/desk/complaints/{complaint.number}", complaint, day)


async def tell_applicants(move: Move, complaint: Complaint, day: date | None) -> None:
    """Tell the applicant of a merged complaint what those of its leader are told."""
    for party, kind in move.tells:
        if party is Party.APPLICANT:
            await tell_applicant(complaint, kind, day)


async def tell_applicant(
    complaint: Complaint,
    kind: str,
    day: date | None = None,
    *,
    but: int | None = None,
    link: str | None = None,
) -> None:
    """Tell the applicant: by push and inbox, and as chosen for the case by a text message or a
    letter. What does not reach an account goes on by the ways that it has chosen."""
    sent: dict[int, Sent] = {}
    texted = None
    about = f"complaint:{complaint.id}"
    if complaint.applicant_id is not None and complaint.applicant_id != but:
        link = link or f"/complaints/{complaint.number}"
        sent = await tell({complaint.applicant_id}, kind, link, complaint, day)
    if complaint.reply_by == "sms" and complaint.phone:
        locale = await _locale(complaint)
        params = _params(complaint, kind, day)
        phone = complaint.phone
        texted = await notifications.tell_by_sms(phone, locale, kind, params, about=about)
    if complaint.reply_by in {"letter", "fax"}:
        await envelope.put_in(complaint.id, kind)
    else:
        for account_id, notice in sent.items():
            await notifications.follow_up(notice, account_id, about, texted=texted)


async def tell(
    account_ids: set[int],
    kind: str,
    link: str,
    complaint: Complaint,
    day: date | None = None,
) -> dict[int, Sent]:
    """Tell accounts, with the date `day`, or when it is due. What each was sent."""
    return await notifications.tell(account_ids, kind, link, _params(complaint, kind, day))


def due(complaint: Complaint) -> date | datetime:
    """The last day, or the hour where the period is counted in hours."""
    assert complaint.due_at is not None
    return complaint.due_at if complaint.due_by_hour else rules.last_day_of(complaint.due_at)


async def in_charge(complaint: Complaint) -> set[int]:
    """The handler or who stands in, else the department's officials, else 민원여권과."""
    if complaint.handler_id is not None:
        absent = await accounts.standing_in()
        return {absent.get(complaint.handler_id, complaint.handler_id)}
    if complaint.department_id is not None:
        found = set(await accounts.officials_of(complaint.department_id))
        if found:
            return found
    return set(await accounts.officials_with("complaints"))


async def next_approvers(complaint: Complaint) -> set[int]:
    """Who may approve its answer next, substitutes for the absent."""
    draft = await Draft.get_or_none(complaint_id=complaint.id, state="open")
    if draft is None or complaint.department_id is None:
        return set()
    role = draft.left.partition(",")[0]
    return set(await accounts.officials_of(complaint.department_id, role))


def _params(complaint: Complaint, kind: str, day: date | None) -> dict[str, str | date]:
    params: dict[str, str | date] = {}
    wanted = notifications.fields_of(kind)
    if "receipt" in wanted:
        params["receipt"] = complaint.number
    if "date" in wanted:
        params["date"] = day or due(complaint)
    return params


async def _locale(complaint: Complaint) -> str:
    if complaint.applicant_id is None:
        return "ko"
    return (await accounts.locale_of({complaint.applicant_id})).get(complaint.applicant_id, "ko")


async def _officials(party: Party, complaint: Complaint, departments: tuple[int, ...]) -> set[int]:
    match party:
        case Party.COMPLAINTS:
            return set(await accounts.officials_with("complaints"))
        case Party.COOPERATORS:
            found: set[int] = set()
            for department_id in departments:
                found |= set(await accounts.officials_of(department_id))
            return found
        case Party.APPROVER:
            return await next_approvers(complaint)
    return await in_charge(complaint)
