"""Pure decisions about accounts: login ids, passwords, dates of birth, throttles, identities.

Passwords of officials follow Y24; consent of a guardian under 14 the Personal Information
Protection Act, article 22-2.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Final

from gateways.encode import numbers
from server.core.i18n import N_
from server.ordinance.service import Profile

RESIDENT: Final = "resident"
OFFICIAL: Final = "official"

ROLES: Final = {
    "complaints": N_("민원 접수·분류"),
    "handler": N_("담당자"),
    "team_head": N_("팀장"),
    "head": N_("부서장"),
    "examiner": N_("민원심사관"),
    "cashier": N_("수납"),
    "audit": N_("감사"),
    "informatics": N_("정보화"),
    "privacy": N_("개인정보 보호"),
    "admin": N_("계정 관리"),
}
"""Every role, with what the desk calls it."""

SUBSTITUTED_ROLES: Final = frozenset(
    {"complaints", "handler", "team_head", "head", "examiner", "cashier"}
)
"""What a substitute (대직자) may do for the absent one: the daily work, never oversight or keys."""

NAME_LENGTH_MAX: Final = 60
ADDRESS_LENGTH_MAX: Final = 200

LOGIN_ID = re.compile(r"[a-z][a-z0-9_.-]{2,19}")
SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
EMAIL = re.compile(r"[^@\s<>,;]{1,64}@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}")
DAY = re.compile(r"(\d{4})[-./\s]*(\d{1,2})[-./\s]*(\d{1,2})\.?")


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """How long a session lives without use, and at most."""

    idle: timedelta
    absolute: timedelta


def session_policy(kind: str, rule: Profile) -> SessionPolicy:
    """The district's rule on sessions: officials' end soon, residents' phones stay signed in."""
    if kind == OFFICIAL:
        return SessionPolicy(
            timedelta(minutes=rule.officials.session_idle_minutes),
            timedelta(hours=rule.officials.session_hours_max),
        )
    return SessionPolicy(
        timedelta(days=rule.residents.session_idle_days),
        timedelta(days=rule.residents.session_days_max),
    )


def plain(text: str) -> str:
    """Text as people mean it: full-width forms folded, blanks at the ends and doubled ones gone."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def normal_login_id(text: str) -> str:
    """The login id as it is compared: folded to small letters."""
    return plain(text).casefold()


def normal_name(text: str) -> str:
    """A name as it is compared: composed syllables, single blanks."""
    return plain(text)


def normal_email(text: str) -> str:
    """An e-mail address as it is compared."""
    return plain(text).casefold()


def login_id_fault(login_id: str) -> str | None:
    """Why this cannot be a login id (already normalised), or None."""
    if LOGIN_ID.fullmatch(login_id):
        return None
    return N_("아이디는 영문 소문자로 시작하는 3~20자입니다. 소문자, 숫자, . _ - 만 씁니다.")


def name_fault(name: str) -> str | None:
    """Why this cannot be a name, or None."""
    if not name:
        return N_("이름을 적어 주세요.")
    if len(name) > NAME_LENGTH_MAX or any(unicodedata.category(c)[0] in "CNS" for c in name):
        return N_("이름을 다시 확인해 주세요. 숫자와 기호 없이 60자까지 쓸 수 있습니다.")
    return None


def email_fault(email: str) -> str | None:
    """Why this cannot be an e-mail address, or None."""
    if len(email) <= 254 and EMAIL.fullmatch(email):
        return None
    return N_("전자우편 주소를 다시 확인해 주세요. 예: hong@example.kr")


def pretty_phone(text: str) -> str:
    """A telephone number as it is printed: 02-2670-3114. Raises BadNumber."""
    return numbers.parse(text).pretty


def roles_fault(roles: Collection[str]) -> str | None:
    """Why these are no roles, or None."""
    return None if ROLES.keys() >= set(roles) else N_("목록에서 골라 주세요.")


def department_fault(roles: Collection[str], department_id: int | None) -> str | None:
    """Who handles complaints does so for a department."""
    if department_id is None and not {"handler", "team_head", "head"}.isdisjoint(roles):
        return N_("담당자와 팀장, 부서장은 부서가 있어야 합니다. 부서를 골라 주세요.")
    return None


def slug_fault(slug: str) -> str | None:
    """Why this cannot name a department in addresses, or None."""
    if SLUG.fullmatch(slug):
        return None
    return N_("주소 이름은 영문 소문자와 숫자, - 로 2~40자입니다.")


def department_name_fault(name: str) -> str | None:
    """Why this cannot be a department's name, or None."""
    return None if 0 < len(plain(name)) <= NAME_LENGTH_MAX else N_("부서 이름을 적어 주세요.")


def address_fault(address: str) -> str | None:
    """Why this cannot be an address, or None; none at all is fine."""
    if len(plain(address)) <= ADDRESS_LENGTH_MAX:
        return None
    return N_("주소는 200자까지 쓸 수 있습니다.")


def parse_day(text: str) -> date | None:
    """A day as people type it (1990-01-05, 1990.1.5, 19900105), or None."""
    found = DAY.fullmatch(plain(text))
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def birth_date_fault(born: date | None, today: date) -> str | None:
    """Why this cannot be a date of birth, or None."""
    if born is None:
        return N_("생년월일을 1990-01-05처럼 적어 주세요.")
    if born > today or age(born, today) > 130:
        return N_("생년월일을 다시 확인해 주세요.")
    return None


def age(born: date, on: date) -> int:
    """Full years (만 나이); born on 29 February, one ages on 1 March of a common year.

    Civil Act 158 and 160(3): the year then ends with the last day of February.
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def needs_guardian(born: date, today: date, under_age: int) -> bool:
    """Whether a guardian has to consent; `under_age` is the district's, at least 14."""
    return age(born, today) < under_age


def normal_phone(text: str) -> str:
    """A telephone number as it is kept and compared: digits with 0, or + and E.164 abroad.

    What is no number stays as typed, so that looking it up finds nobody.
    """
    try:
        return numbers.parse(text).digits
    except numbers.BadNumber:
        return plain(text)


def phone_fault(text: str) -> str | None:
    """Why this cannot be a resident's telephone number, or None."""
    try:
        numbers.parse(text)
    except numbers.BadNumber as bad:
        return PHONE_FAULTS.get(bad.fault, PHONE_FAULT)
    return None


PHONE_FAULT: Final = N_("전화번호를 다시 확인해 주세요. 예: 010-1234-5678")
PHONE_FAULTS: Final = {
    numbers.NumberFault.EMPTY: N_("전화번호를 적어 주세요."),
    numbers.NumberFault.AREA_CODE_MISSING: N_("지역번호까지 적어 주세요. 예: 02-1234-5678"),
    numbers.NumberFault.TOO_SHORT: N_("전화번호가 너무 짧습니다. 예: 010-1234-5678"),
    numbers.NumberFault.TOO_LONG: N_("전화번호가 너무 깁니다. 예: 010-1234-5678"),
}


# Log-in throttle. A try is counted before the password is looked at, so that guesses sent at
# once are counted as well; a success clears the count of its login.
NETWORK_TRIES: Final = 50
"""An office, a school or a carrier's gateway shares one address."""

DESK_TRIES: Final = 15

LOCK_DOUBLINGS_MAX: Final = 4
THROTTLE_FORGET: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class ThrottleRule:
    """`tries` are free, then each next one waits: `lock`, doubled each time up to 16 times."""

    tries: int
    lock: timedelta

    def wait_after(self, tries: int) -> timedelta:
        """How long after this many tries the next one is refused."""
        if tries < self.tries:
            return timedelta(0)
        return self.lock * (1 << min(tries - self.tries, LOCK_DOUBLINGS_MAX))


def login_throttle(rule: Profile) -> ThrottleRule:
    """The stricter rule for every login id: two rules would tell officials' ids from others."""
    return ThrottleRule(
        min(rule.officials.failures_max, rule.residents.failures_max),
        timedelta(minutes=min(rule.officials.lock_minutes, rule.residents.lock_minutes)),
    )


def network_throttle(rule: Profile) -> ThrottleRule:
    """For one client network, whatever login ids it tries."""
    return ThrottleRule(NETWORK_TRIES, timedelta(minutes=rule.residents.lock_minutes))


def code_throttle(rule: Profile) -> ThrottleRule:
    """For one account typing the desk's code, over all its codes."""
    return ThrottleRule(
        rule.residents.code_tries * 2, timedelta(minutes=rule.residents.lock_minutes)
    )


def desk_throttle(rule: Profile) -> ThrottleRule:
    """For one official whose look-ups at the desk find nobody: no account is guessed from there."""
    return ThrottleRule(DESK_TRIES, timedelta(minutes=rule.officials.lock_minutes))


# The desk's one-time code: no letter or digit that looks or sounds like another.
CODE_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 8


def normal_code(text: str) -> str:
    """A code as it is compared: capitals without blanks and hyphens."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).upper()


def code_from(number: int, length: int = CODE_LENGTH) -> str:
    """A code of `length` letters out of a large random number (256 bits leave no letter likelier
    than another)."""
    letters = []
    for _ in range(length):
        number, letter = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[letter])
    return "".join(letters)


def code_shown(code: str) -> str:
    """A code as it is read aloud: two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def card_name(name: str) -> str:
    """A name as it is compared with an identity card: blanks and capitals do not count."""
    return normal_name(name).replace(" ", "").casefold()


def identities(name: str, born: date) -> Iterator[str]:
    """What identities are hashed from: name, date of birth, and which of several namesakes."""
    return (f"{card_name(name)}|{born.isoformat()}|{ordinal}" for ordinal in count(1))


DEVICES: Final = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS: Final = (
    ("SamsungBrowser/", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("NAVER(", "NAVER"),
    ("KAKAOTALK", "KakaoTalk"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def device(user_agent: str | None) -> str:
    """A browser in two words for its owner's list (`Android · Chrome`); nothing finer is kept."""
    text = user_agent or ""
    words = [
        next((name for mark, name in known if mark in text), None) for known in (DEVICES, BROWSERS)
    ]
    return " · ".join(word for word in words if word) or "?"


def present(official: int, standing_in: Mapping[int, int]) -> int:
    """Who acts for an official today, over any number of substitutes who are absent themselves.

    Where the chain closes on itself nobody is present, and the official stays who is told.
    """
    seen = {official}
    found = official
    while found in standing_in:
        found = standing_in[found]
        if found in seen:
            return official
        seen.add(found)
    return found
