"""Complaints without an account: opened again by number and password, for a short while (Y12-2),
and the password changed at the desk once identity was checked (Y12-3)."""

import hmac
import unicodedata
from datetime import UTC, datetime, timedelta

from server.accounts import service as accounts
from server.complaints.acts import standing
from server.complaints.arrival.filing import Stranger
from server.complaints.arrival.guest_models import Guest
from server.complaints.models import Complaint
from server.complaints.workflow import Hat
from server.core import audit, clock, crypto, forms, ids
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, Forbidden, Invalid, NotFound

OPEN_FOR = timedelta(minutes=30)


async def stranger(name: str, phone: str, address: str, password: str, *, owner: str) -> Stranger:
    """Who files without an account, the password hashed. Raises Invalid on `password`."""
    own = [word for word in (name.strip(), phone.strip()) if word]
    kept = await accounts.hashed_case_password(password, own)
    return Stranger(name, phone, address, password_hash=kept, owner=owner)


async def unlock(number: str, password: str, *, client: str) -> str:
    """Open a case with its password; returns what its cookie holds, for `OPEN_FOR`.

    Raises Invalid (422) alike for a wrong number and a wrong password, Locked (429).
    """
    known = ids.parse_receipt(number) or number[:40]
    guest = await Guest.get_or_none(complaint__number=known)
    kept = guest.password_hash if guest is not None else None
    await accounts.check_case_password(known, kept, password, client=client)
    assert guest is not None
    return _cookie(known, guest.generation)


async def cookie_of(number: str) -> str:
    """What opens a case that has just been filed with a password."""
    guest = await Guest.get(complaint__number=number)
    return _cookie(number, guest.generation)


async def opened_by(cookie: str) -> str | None:
    """The number of the case that a cookie opens; None where it is not ours, its time is over, or
    the password has been changed since."""
    number, generation, until, signature = (cookie.split("~") + [""] * 4)[:4]
    ours = _signature(number, generation, until)
    if not hmac.compare_digest(signature.encode(), ours.encode()):
        return None
    if datetime.fromtimestamp(int(until), UTC) <= clock.now():
        return None
    standing_still = Guest.filter(complaint__number=number, generation=int(generation))
    return number if await standing_still.exists() else None


async def change_password(
    number: str, actor: Actor, name: str, *, claim: FormClaim | None = None, password_hash: str
) -> None:
    """Set another password at the desk, for whoever has shown who they are (Y12-3).

    `name` is as on the identity card, and must be the applicant's. Whoever had opened the case is
    out. Raises NotFound, Forbidden, Invalid, Conflict where it was filed with an account or this
    form has changed it already.
    """
    complaint = await _case(number, actor)
    if not _same_name(name, complaint.name):
        await _differs(complaint, actor)
        raise Invalid("complaint.identity", N_("신청한 사람의 이름과 다릅니다."), "name")
    await _change(complaint, actor, claim, password_hash)


@transactional
async def _differs(complaint: Complaint, actor: Actor) -> None:
    await audit.record("complaint.identity_differs", complaint.number, actor.account_id)


@transactional
async def _change(
    complaint: Complaint, actor: Actor, claim: FormClaim | None, password_hash: str
) -> None:
    if await forms.claimed(claim) is not None:
        sentence = N_("이 화면에서 이미 바꾸었습니다. 앞 화면의 비밀번호가 맞습니다.")
        raise Conflict("complaint.password_given", sentence)
    guest = await Guest.get_or_none(complaint_id=complaint.id)
    if guest is None:
        sentence = N_("계정으로 신청한 민원입니다. 비밀번호는 계정에서 바꿉니다.")
        raise Conflict("complaint.not_a_guest", sentence)
    guest.password_hash, guest.generation = password_hash, guest.generation + 1
    guest.changed_at = clock.now()
    await guest.save()
    await accounts.forgive_case(complaint.number)
    await audit.record("complaint.password_changed", complaint.number, actor.account_id)
    await forms.settle(claim, complaint.number)


async def is_guest(number: str) -> bool:
    """Whether a case is opened by a password of its own."""
    return await Guest.exists(complaint__number=number)


async def _case(number: str, actor: Actor) -> Complaint:
    complaint = await Complaint.get_or_none(number=number)
    hats = standing.hats_of(actor, complaint) if complaint is not None else frozenset()
    if complaint is None or not hats:
        raise NotFound
    if Hat.COMPLAINTS not in hats:
        raise Forbidden
    return complaint


def _same_name(left: str, right: str) -> bool:
    folded = [
        "".join(unicodedata.normalize("NFKC", each).casefold().split()) for each in (left, right)
    ]
    return folded[0] == folded[1] != ""


def _cookie(number: str, generation: int) -> str:
    until = str(int((clock.now() + OPEN_FOR).timestamp()))
    return "~".join((number, str(generation), until, _signature(number, str(generation), until)))


def _signature(number: str, generation: str, until: str) -> str:
    return crypto.keyed_hash("case-cookie", f"{number}~{generation}~{until}").hex()
