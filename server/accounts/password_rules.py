"""What a password must be, and for how long it may be used (Y24). Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from server.accounts.rules import OFFICIAL, plain
from server.core.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from server.ordinance.service import Profile

PASSWORD_LENGTH_MAX: Final = 128

# The words and runs that guessing programs try first, as they are typed in Korea.
COMMON_PASSWORD_PARTS: Final = (
    "password", "passw0rd", "qwerty", "asdfgh", "zxcvbn", "1q2w3e4r", "q1w2e3r4", "iloveyou",
    "welcome", "letmein", "dragon", "monkey", "baseball", "football", "sunshine", "princess",
    "admin", "korea", "seoul", "yeongdeungpo", "madang", "dkssud", "tkfkd", "qlalfqjsgh",
    "비밀번호", "안녕하세요", "사랑해",
)  # fmt: skip
RUNS: Final = ("01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop")


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What a password must be. `kinds_min`: of small letters, capitals, digits, signs and others.

    Expiry and history bind officials only (Y24).
    """

    length_min: int
    kinds_min: int = 1
    expires_after: timedelta | None = None
    history: int = 0


def params(policy: PasswordPolicy) -> dict[str, str | int]:
    """What the sentences of `fault` and the hints take."""
    return {"length_min": policy.length_min, "kinds_min": policy.kinds_min}


def policy_of(kind: str, rule: Profile) -> PasswordPolicy:
    """The district's rule on passwords of residents or officials."""
    if kind == OFFICIAL:
        return PasswordPolicy(
            rule.officials.password_length_min,
            rule.officials.password_kinds_min,
            timedelta(days=rule.officials.password_days_max),
            rule.officials.password_history,
        )
    return PasswordPolicy(rule.residents.password_length_min)


def fault(password: str, policy: PasswordPolicy, own: Iterable[str]) -> str | None:
    """Why this password is refused, or None. `own`: login id, telephone, name: not to be in it.

    The sentence takes `length_min` and `kinds_min`.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    if len(password) < policy.length_min:
        return N_("비밀번호는 %(length_min)s자 이상이어야 합니다.")
    if len(password) > PASSWORD_LENGTH_MAX:
        return N_("비밀번호는 128자까지 쓸 수 있습니다.")
    if _kinds(password) < policy.kinds_min:
        return N_("영문 소문자·대문자·숫자·기호 가운데 %(kinds_min)s가지 이상을 섞어 주세요.")
    if any(_holds(folded, word) for word in own):
        return N_("비밀번호에 아이디, 이름, 전화번호를 넣을 수 없습니다.")
    if len(set(folded)) < 5 or _leftover(folded) < 4:
        return N_("짐작하기 쉬운 비밀번호입니다. 뜻이 이어지지 않는 낱말 서너 개를 이어 써 보세요.")
    return None


def _kinds(password: str) -> int:
    """How many kinds of characters; Korean and other letters count as signs do."""
    tests = (str.islower, str.isupper, str.isdigit)
    plain_kinds = sum(any(c.isascii() and test(c) for c in password) for test in tests)
    return plain_kinds + any(not (c.isascii() and c.isalnum()) for c in password)


def _holds(folded: str, word: str) -> bool:
    """Whether a password contains this word of its owner, or the last eight digits of a number."""
    number = "".join(c for c in word if c.isdigit())
    if len(number) >= 8:
        return number[-8:] in "".join(c for c in folded if c.isdigit())
    word = plain(word).casefold()
    return len(word) >= 3 and word in folded


def _leftover(folded: str) -> int:
    """How many characters remain without the words and runs that everyone tries first."""
    for word in COMMON_PASSWORD_PARTS:
        folded = folded.replace(word, "")
    for run in RUNS:
        for size in range(len(run), 3, -1):
            for start in range(len(run) - size + 1):
                folded = folded.replace(run[start : start + size], "")
    return len(folded)


def expired(changed_at: datetime, now: datetime, policy: PasswordPolicy) -> bool:
    """Whether a password is too old to go on with; residents' never is."""
    return policy.expires_after is not None and changed_at + policy.expires_after <= now
