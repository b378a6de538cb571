"""One-time codes by SMS or fax, so that nobody claims or opts out a number that is not in his hand.

The office pays for them: `messages` sends what is emitted here. A number gets so many a day,
however many ask for it; a code has few tries. Paper is dearer and wakes people: of faxes the whole
office sends so many a day, none at night, and none once the year's budget is used up.
"""

import hmac
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from gateways.encode.numbers import Number
from server import config
from server.core import audit, clock, crypto, db, forms, i18n, ids, outbox
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid, NotFound, Problem
from server.fairuse import counting, rules, stopping
from server.fairuse.models import Code
from server.mileage import service as mileage
from server.ordinance import service as ordinance
from server.ordinance.service import Profile

type Purpose = Literal["sender", "opt_out", "opt_in"]
type By = Literal["sms", "fax"]

CODE: Final = "fairuse.code"
"""The topic of a code to be sent, and the context under which number and text are sealed."""

FAX_MINUTES: Final = 60
"""So long a code by fax can be typed: a machine may be busy, and its paper is fetched."""

TEXTS: Final[dict[Purpose, str]] = {
    "sender": N_("[%(office)s] 보내는 번호 확인번호 %(code)s. %(minutes)s분 안에 적어 주세요."),
    "opt_out": N_("[%(office)s] 수신거부 확인번호 %(code)s. %(minutes)s분 안에 적어 주세요."),
    "opt_in": N_("[%(office)s] 다시 받기 확인번호 %(code)s. %(minutes)s분 안에 적어 주세요."),
}

UNASKED: Final = N_("신청하지 않으셨다면 버려 주세요. 번호를 적지 않으면 아무것도 바뀌지 않습니다.")
"""On paper, which anybody may find in the machine."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A code that has been sent and not been typed yet."""

    id: UUID
    purpose: Purpose
    expires_at: datetime


@transactional
async def issue(
    purpose: Purpose,
    number: Number,
    account_id: int | None = None,
    claim: FormClaim | None = None,
    *,
    by: By = "sms",
) -> UUID:
    """Have a code sent to a number; its id, an earlier one's where the same form asked before.

    Raises Problem 503 while nothing is sent, 429 where the number or the office has had its codes
    of the day, 409 at an hour when none is faxed.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return UUID(earlier)
    await stopping.must_be_sending()
    _somebody_must_carry_it(by)
    profile = ordinance.profile(clock.today())
    if by == "fax":
        await _must_be_worth_paper(profile)
    most = rules.fair_use(profile).codes_per_day_max
    to = f"code:{crypto.keyed_hash('fairuse.code.count', number.digits).hex()}"
    if not await counting.add(to, clock.today().isoformat(), 1, most):
        raise Problem(
            "fairuse.code_day",
            N_("한 번호로는 하루에 %(most)s번까지 확인번호를 보냅니다. 내일 다시 해 주세요."),
            429,
            "number",
            most=most,
        )
    if by == "fax":
        await _one_more_on_paper(profile)
    now = clock.now()
    minutes = profile.residents.code_minutes if by == "sms" else FAX_MINUTES
    digits = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    code = Code(
        id=ids.new_uuid(),
        purpose=purpose,
        account_id=account_id,
        number=number.digits,
        issued_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    code.code_hash = _hash(code.id, digits)
    await code.save(force_create=True)
    text = i18n.gettext(TEXTS[purpose], office=_office(), code=digits, minutes=minutes)
    if by == "fax":
        text += f"\n\n{i18n.gettext(UNASKED)}"
    letter = json.dumps({"to": number.digits, "text": text, "by": by}, ensure_ascii=False)
    sealed = crypto.seal(letter.encode(), CODE).hex()
    await outbox.emit(CODE, {"order": str(code.id), "letter": sealed}, key=str(code.id))
    await audit.record("fairuse.code_sent", f"code:{code.id}", account_id, purpose=purpose)
    await forms.settle(claim, str(code.id))
    return code.id


async def waiting(code_id: UUID, account_id: int | None = None) -> Waiting:
    """The code under that id, as its page shows it. Raises NotFound, also for somebody else's."""
    found = await Code.get_or_none(id=code_id, account_id=account_id)
    if found is None:
        raise NotFound
    return _waiting(found)


async def waiting_of(account_id: int, *, or_used: bool = False) -> Waiting | None:
    """The newest code of an account that can still be typed; with `or_used` it may have been."""
    states = ("open", "used") if or_used else ("open",)
    found = Code.filter(account_id=account_id, state__in=states, expires_at__gt=clock.now())
    newest = await found.order_by("-issued_at").first()
    return _waiting(newest) if newest is not None else None


def _waiting(code: Code) -> Waiting:
    purpose: Purpose = "sender"
    if code.purpose != "sender":
        purpose = "opt_out" if code.purpose == "opt_out" else "opt_in"
    return Waiting(code.id, purpose, code.expires_at)


async def matched(code_id: UUID, typed: str, account_id: int | None = None) -> None:
    """Count a try, outside any transaction of the caller's. Raises Invalid on `code` (422)."""
    db.assert_no_transaction()
    fault = await _tried(code_id, rules.normal_code(typed), account_id)
    if fault is not None:
        raise fault


@transactional
async def _tried(code_id: UUID, typed: str, account_id: int | None) -> Problem | None:
    """A wrong code is an answer, not an exception: its count has to be committed."""
    most = ordinance.profile().residents.code_tries
    found = await Code.get_or_none(id=code_id, account_id=account_id)
    if found is None:
        return NotFound()
    if found.state == "used":
        return None
    tried = await db.fetch(
        "UPDATE fairuse_code SET tries = tries + 1"
        " WHERE id = ? AND state = 'open' AND expires_at > ? AND tries < ? RETURNING tries",
        [str(code_id), clock.now(), most],
    )
    if not tried:
        return Invalid("fairuse.code_over", OVER, "code")
    if hmac.compare_digest(found.code_hash, _hash(code_id, typed)):
        return None
    left = most - tried[0]["tries"]
    if left > 0:
        return Invalid("fairuse.code_wrong", WRONG, "code", left=left)
    await Code.filter(id=code_id).update(state="spent")
    return Invalid("fairuse.code_over", OVER, "code")


OVER: Final = N_("이 확인번호는 더 쓸 수 없습니다. 확인번호를 새로 받아 주세요.")
WRONG: Final = N_("확인번호가 맞지 않습니다. %(left)s번 더 적을 수 있습니다.")


async def use(code_id: UUID, account_id: int | None = None) -> Code:
    """Inside the transaction of what it proves: use a code up that `matched`, once.

    Raises Conflict where it was used before.
    """
    used = await Code.filter(id=code_id, account_id=account_id, state="open").update(state="used")
    if not used:
        raise Conflict("fairuse.code_over", OVER)
    return await Code.get(id=code_id)


async def over(code_ids: Collection[UUID]) -> set[UUID]:
    """Those of the codes that nobody can type any more: to send them would only cost."""
    if not code_ids:
        return set()
    typed = Code.filter(id__in=list(code_ids), state="open", expires_at__gt=clock.now())
    return set(code_ids) - {UUID(str(key)) for key in await typed.values_list("id", flat=True)}


async def forget() -> int:
    """Delete codes whose time is over; how many."""
    return await Code.filter(expires_at__lt=clock.now() - timedelta(days=1)).delete()


def _hash(code_id: UUID, code: str) -> bytes:
    return crypto.keyed_hash("fairuse.code", f"{code_id}:{code}")


def _office() -> str:
    district = ordinance.profile().district
    return district.office_en if i18n.locale() == "en" else district.office


def _somebody_must_carry_it(by: By) -> None:
    settings = config.settings()
    named = settings.sms_providers if by == "sms" else settings.fax_providers
    if not named and settings.mode != "demo":
        raise Problem("fairuse.no_carrier", N_("지금은 확인번호를 보낼 수 없습니다."), 503)


async def _must_be_worth_paper(profile: Profile) -> None:
    """Raise Problem 409 where it might be printed in the quiet hours, 503 once the budget is used
    up."""
    fair, printing = rules.fair_use(profile), timedelta(minutes=FAX_MINUTES)
    if rules.is_quiet(fair, clock.now(), printing):
        raise Problem("fairuse.code_night", NIGHT, 409, "by", **rules.quiet_words(fair, printing))
    if await mileage.used_up():
        phone = profile.district.phone
        raise Problem("fairuse.code_budget", NO_BUDGET, 503, "by", phone=phone)


async def _one_more_on_paper(profile: Profile) -> None:
    """Inside a transaction: count a fax against the day of the whole office."""
    most = rules.fair_use(profile).fax_codes_per_day_max
    if not await counting.add(FAXED, clock.today().isoformat(), 1, most):
        phone = profile.district.phone
        raise Problem("fairuse.code_office_day", OFFICE_DAY, 429, "by", phone=phone)


FAXED: Final = "codes:fax"
NIGHT: Final = N_(
    "팩스 확인번호는 %(begins)s부터 %(ends)s까지 보내지 않습니다. %(ends)s 뒤에 다시 해 주세요."
)
NO_BUDGET: Final = N_(
    "올해 예산을 다 써서 팩스로 확인번호를 보낼 수 없습니다. 전화해 주세요: %(phone)s"
)
OFFICE_DAY: Final = N_(
    "오늘은 팩스로 확인번호를 더 보낼 수 없습니다. 내일 다시 하시거나 전화해 주세요: %(phone)s"
)
