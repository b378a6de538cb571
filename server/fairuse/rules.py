"""How much a resident may send, under which number, and when advertisements may go out. Pure.

Y15-4; Telecommunications Business Act 84-2 (nobody sends under a number that is not theirs);
Information and Communications Network Act 50 and its Decree 61 and 62 (advertisements).
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from gateways.encode import numbers
from gateways.encode.numbers import BadNumber, Number
from server.core import clock
from server.core.i18n import N_
from server.core.web.problems import Closed, Invalid, Problem
from server.ordinance.service import FairUse, Profile

type Kind = Literal["sms", "fax"]

CODE_DIGITS: Final = 6
AD_LABEL: Final = "(광고)"

DAY_FULL: Final[dict[Kind, str]] = {
    "sms": N_("문자는 하루에 %(most)s건까지 보낼 수 있습니다. 남은 것은 %(left)s건입니다."),
    "fax": N_("팩스는 하루에 %(most)s장까지 보낼 수 있습니다. 남은 것은 %(left)s장입니다."),
}
MONTH_FULL: Final[dict[Kind, str]] = {
    "sms": N_("문자는 한 달에 %(most)s건까지 보낼 수 있습니다. 남은 것은 %(left)s건입니다."),
    "fax": N_("팩스는 한 달에 %(most)s장까지 보낼 수 있습니다. 남은 것은 %(left)s장입니다."),
}


@dataclass(frozen=True, slots=True)
class Cap:
    """What a person may order of a kind in a period; `code` and `sentence` say when it is full."""

    period: str
    most: int
    code: str
    sentence: str

    def full(self, used: int) -> Problem:
        """The refusal, with what is left."""
        return Problem(self.code, self.sentence, 409, most=self.most, left=max(0, self.most - used))


def caps(profile: Profile, kind: Kind, on: date) -> tuple[Cap, Cap]:
    """The month's cap and the day's, for orders that leave on a Seoul day."""
    limits, fair = profile.messages, fair_use(profile)
    if limits is None:
        raise closed()
    sms = kind == "sms"
    month = fair.sms_units_per_month_max if sms else fair.fax_pages_per_month_max
    day = limits.sms_units_per_day_max if sms else limits.fax_pages_per_day_max
    return (
        Cap(f"{on:%Y-%m}", month, "fairuse.month", MONTH_FULL[kind]),
        Cap(on.isoformat(), day, "fairuse.day", DAY_FULL[kind]),
    )


def fair_use(profile: Profile) -> FairUse:
    """The profile's rule of fair use. Raises Closed where nobody sends SMS and fax here."""
    if profile.messages is None:
        raise closed()
    return profile.messages.fair_use


def closed() -> Closed:
    """The word where a municipality's ordinance knows no SMS and fax (Osan)."""
    return Closed("messages.closed", N_("이 누리집에서는 문자와 팩스를 보내지 않습니다."))


# --- numbers ------------------------------------------------------------------------------------


def normal_number(text: str) -> str:
    """A number as it is compared: national digits, or + and E.164; what is none, as it stands."""
    try:
        return numbers.parse(text).digits
    except BadNumber:
        return text.strip()


NUMBER: Final = N_("전화번호를 다시 확인해 주세요. 예: 010-1234-5678")


def own_number(text: str, field: str = "number") -> Number:
    """A number that could be somebody's own to send under: in Korea, no toll-free or personal one
    (those lead elsewhere). Raises Invalid."""
    number = _number(text, field)
    kinds = {
        numbers.Kind.MOBILE,
        numbers.Kind.LANDLINE,
        numbers.Kind.INTERNET,
        numbers.Kind.REPRESENTATIVE,
    }
    if number.kind not in kinds:
        raise Invalid("fairuse.number", N_("보내는 번호로 쓸 수 없는 번호입니다."), field)
    return number


def reachable_number(text: str, by: Kind = "sms", field: str = "number") -> Number:
    """A number to which a code can be sent by SMS or fax; on paper only to a line of somebody's
    own, for others cost more or lead elsewhere. Raises Invalid."""
    number = _number(text, field)
    if by == "fax":
        if not number.takes_fax:
            raise Invalid(
                "fairuse.no_fax", N_("팩스를 받을 수 있는 국내 번호를 적어 주세요."), field
            )
        if number.kind not in {numbers.Kind.LANDLINE, numbers.Kind.INTERNET}:
            raise Invalid("fairuse.no_fax_code", NO_FAX_CODE, field)
    elif not (number.domestic and number.takes_sms):
        raise Invalid(
            "fairuse.no_sms", N_("문자를 받을 수 있는 휴대전화 번호를 적어 주세요."), field
        )
    return number


def _number(text: str, field: str) -> Number:
    try:
        return numbers.parse(text)
    except BadNumber:
        raise Invalid("fairuse.number", NUMBER, field) from None


NO_FAX_CODE: Final = N_(
    "대표번호와 080, 030, 050 번호에는 팩스로 확인번호를 보내지 않습니다."
    " 지역번호가 있는 번호를 적어 주세요."
)


def normal_code(typed: str) -> str:
    """A code as it is compared: its digits, however they were typed."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(letter for letter in plain if letter.isascii() and letter.isdigit())


def wants_out(text: str, words: Collection[str]) -> bool:
    """Whether an inbound message says nothing but that its writer wants no more: one of the
    profile's words, however spaced."""
    return _bare(text) in {_bare(word) for word in words}


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", folded)


# --- advertisements of the office ---------------------------------------------------------------

NOT_EARLY: Final = timedelta()


def is_quiet(fair: FairUse, at: datetime, early: timedelta = NOT_EARLY) -> bool:
    """Whether advertisements wait, but for whoever agreed to the night as well: 21:00 to 08:00.

    What may arrive only `early` after it was asked for waits from so much sooner.
    """
    now = clock.seoul(at).time()
    begins, ends = _quiet_from(fair, early), fair.ad_quiet_until
    if begins <= ends:
        return begins <= now < ends
    return now >= begins or now < ends


def quiet_until(fair: FairUse, at: datetime) -> datetime:
    """When an advertisement may go out: at once, or when the quiet hours are over."""
    if not is_quiet(fair, at):
        return at
    here = clock.seoul(at)
    day = here.date() if here.time() < fair.ad_quiet_until else here.date() + timedelta(days=1)
    return datetime.combine(day, fair.ad_quiet_until, clock.SEOUL)


def quiet_words(fair: FairUse, early: timedelta = NOT_EARLY) -> dict[str, str]:
    """The quiet hours as they are written; of what waits `early` before them as well."""
    return {"begins": _hour(_quiet_from(fair, early)), "ends": _hour(fair.ad_quiet_until)}


def _quiet_from(fair: FairUse, early: timedelta) -> time:
    midnight = datetime.combine(date.min, time.min)
    since = datetime.combine(date.min, fair.ad_quiet_from) - midnight - early
    return (midnight + since % timedelta(days=1)).time()


def _hour(at: time) -> str:
    return f"{at:%H:%M}"


def ad_faults(
    fair: FairUse, office: str, body: str, messages: int, field: str = "body"
) -> list[Problem]:
    """What an advertisement lacks (Decree 61, table 6): `(광고)` and nothing before it, who sends
    it, their number, and at the end how to opt out free of charge.

    `messages` is how many the text is split into: a number before the label is not allowed either,
    so an advertisement is one.
    """
    found: list[Problem] = []
    text = body.strip()
    if messages > 1:
        found.append(
            Invalid("fairuse.ad_parts", N_("광고는 나누지 않고 문자 한 건으로 보냅니다."), field)
        )
    if not text.startswith(AD_LABEL):
        found.append(Invalid("fairuse.ad_label", LABEL, field))
    if not re.match(rf"[\[<]?{re.escape(office)}", text.removeprefix(AD_LABEL).lstrip()):
        found.append(Invalid("fairuse.ad_sender", SENDER, field, office=office))
    if not re.search(_spaced(fair.ad_contact), text):
        found.append(Invalid("fairuse.ad_contact", CONTACT, field, number=fair.ad_contact))
    if not re.search(rf"무료\s*(수신)?\s*거부\D{{0,3}}{_spaced(fair.ad_opt_out)}$", text):
        found.append(Invalid("fairuse.ad_opt_out", OPT_OUT, field, number=fair.ad_opt_out))
    return found


LABEL: Final = N_("광고는 맨 앞에 (광고)라고 적습니다. 띄어 쓰거나 다른 글자를 쓰지 않습니다.")
SENDER: Final = N_("(광고) 바로 뒤에 보내는 곳의 이름을 적습니다: %(office)s")
CONTACT: Final = N_("보내는 곳의 연락처를 적습니다: %(number)s")
OPT_OUT: Final = N_("맨 끝에 돈을 내지 않고 거부하는 방법을 적습니다: 무료수신거부 %(number)s")


def _spaced(number: str) -> str:
    return r"[-\s]?".join(re.escape(part) for part in number.split("-"))


def claims_to_be_an_ad(body: str) -> bool:
    """Whether a text calls itself an advertisement, however it writes the label."""
    return re.match(r"\W*광\W*고(\W|$)", unicodedata.normalize("NFKC", body)) is not None
