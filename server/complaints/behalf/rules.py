"""Who may apply in another's place, with what, and how that person hears of it (Y18). Pure.

Everyday trouble anybody may tell; a service of the table says itself whether a mandate (위임장) is
needed. Whoever is applied for hears of it, unless the law itself speaks for them.
"""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from gateways.encode import numbers
from server.complaints import rules
from server.core.i18n import N_
from server.core.web import Invalid

RELATIONS: Final = {
    "family": N_("가족"),
    "carer": N_("돌보는 사람(요양보호사, 활동지원사, 복지사)"),
    "neighbour": N_("이웃이나 아는 사람"),
    "agent": N_("일을 맡은 사람(행정사, 변호사, 회사 직원)"),
    "guardian": N_("법정대리인(부모, 후견인)"),
}
"""What the one who applies is to the other."""

CONSENTS: Final = {
    "in_person": N_("만나서 말로 동의했습니다"),
    "by_phone": N_("전화로 동의했습니다"),
    "in_writing": N_("글로 동의했습니다(위임장, 편지, 문자)"),
    "by_law": N_("법정대리인이라 동의가 따로 필요 없습니다"),
}
"""How they consented, as it is declared."""

TELL_BY: Final = {
    "sms": N_("문자메시지로"),
    "letter": N_("편지로"),
    "none": N_("알리지 않기(법정대리인만)"),
}
"""How they hear that somebody has applied for them."""

GUARDIAN: Final = "guardian"
CONSENT_DAYS_MAX: Final = 365
SUPPLEMENT_DAYS: Final = 7
"""How long a mandate that was missing may take (D24)."""
TEXTS_A_DAY: Final = 3
"""How many times a day the office texts one number for whoever applies: it pays for each."""

SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
CODE_SIGNS: Final = 10
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


@dataclass(frozen=True, slots=True)
class ForWhom:
    """For whom somebody applies, as it was typed. `mandate` is a staged photo of the mandate."""

    name: str
    phone: str = ""
    address: str = ""
    relation: str = ""
    consent: str = ""
    consented_on: date | None = None
    declared: bool = False
    tell_by: str = ""
    mandate: UUID | None = None


def checked(given: ForWhom, today: date) -> ForWhom:
    """The same, tidied. Raises Invalid naming the field."""
    name, address = rules.tidy_line(given.name), rules.tidy_line(given.address)
    phone, guardian = given.phone.strip(), given.relation == GUARDIAN
    if not name:
        raise _invalid("for_name", N_("누구를 대신하는지 이름을 적어 주세요."))
    if given.relation not in RELATIONS:
        raise _invalid("for_relation", N_("그분과 어떤 사이인지 골라 주세요."))
    if phone and not rules.is_phone(phone):
        raise _invalid("for_phone", N_("전화번호를 확인해 주세요."))
    if not phone and not address:
        raise _invalid("for_phone", N_("그분의 전화번호나 주소를 적어 주세요."))
    if given.consent not in CONSENTS or (given.consent == "by_law" and not guardian):
        raise _invalid("for_consent", N_("그분이 어떻게 동의했는지 골라 주세요."))
    _check_day(given.consented_on, today)
    if not given.declared:
        raise _invalid("for_declared", N_("동의를 받았다는 데 표시해 주세요."))
    _check_telling(given.tell_by, phone, address, guardian=guardian)
    return replace(given, name=name, phone=phone, address=address)


def person(name: str, phone: str, address: str) -> str:
    """What tells one person from another: the name, and where they are reached."""
    reached = rules.normal_phone(phone) if phone else address
    parts = (unicodedata.normalize("NFKC", text).casefold().split() for text in (name, reached))
    return "|".join("".join(words) for words in parts)


def read_code(text: str) -> str | None:
    """The code somebody typed, look-alikes forgiven; None where it cannot be one."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum()).translate(_MISREAD)
    return plain if len(plain) == CODE_SIGNS and all(sign in SIGNS for sign in plain) else None


def shown(code: str) -> str:
    """A code as it is read: `7K2M9-QRT04`."""
    return f"{code[:5]}-{code[5:]}"


def texted_enough() -> Invalid:
    """The refusal where a number has been texted as often as it may be in a day."""
    sentence = N_("오늘은 이 번호로 문자를 더 보낼 수 없습니다. 편지로 알리기를 골라 주세요.")
    return _invalid("for_phone", sentence)


def _takes_texts(phone: str) -> bool:
    """Whether the office's text arrives: not on a landline, and nobody's money goes abroad."""
    number = numbers.parse(phone)
    return number.domestic and number.takes_sms


def _check_day(day: date | None, today: date) -> None:
    if day is None:
        raise _invalid("for_consented_on", N_("언제 동의했는지 적어 주세요."))
    if day > today:
        raise _invalid("for_consented_on", N_("아직 오지 않은 날입니다."))
    if day < today - timedelta(days=CONSENT_DAYS_MAX):
        sentence = N_("한 해가 지난 동의입니다. 그분께 다시 여쭤 보고 그날을 적어 주세요.")
        raise _invalid("for_consented_on", sentence)


def _check_telling(tell_by: str, phone: str, address: str, *, guardian: bool) -> None:
    if tell_by not in TELL_BY:
        raise _invalid("for_tell_by", N_("그분께 어떻게 알릴지 골라 주세요."))
    if tell_by == "none" and not guardian:
        sentence = N_("법정대리인이 아니면 그분께 꼭 알려 드려야 합니다. 알릴 방법을 골라 주세요.")
        raise _invalid("for_tell_by", sentence)
    if tell_by == "sms" and not phone:
        raise _invalid("for_phone", N_("문자메시지를 받을 전화번호를 적어 주세요."))
    if tell_by == "sms" and not _takes_texts(phone):
        raise _invalid("for_phone", N_("문자를 받을 수 있는 국내 휴대전화 번호를 적어 주세요."))
    if tell_by == "letter" and not address:
        raise _invalid("for_address", N_("편지를 받을 주소를 적어 주세요."))


def _invalid(field: str, sentence: str) -> Invalid:
    return Invalid(f"complaint.{field}", sentence, field)
