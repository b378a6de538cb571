"""What proves who enters besides a password, and when it has to (Y24). Pure.

A passkey is two factors at once: the device, and the finger, face or PIN that opens it (WebAuthn
Level 3). One-time codes follow RFC 6238 with a step of 30 seconds.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pyotp

from server.accounts.rules import OFFICIAL, ThrottleRule, code_from, plain
from server.core.i18n import N_

if TYPE_CHECKING:
    from datetime import datetime

    from server.ordinance.service import Profile

CHALLENGE_LIFE: Final = timedelta(minutes=5)
SECOND_STEP_LIFE: Final = timedelta(minutes=10)
CONFIRMED_FOR: Final = timedelta(minutes=10)
"""How long after a log-in, or a password typed again, passkeys and codes may be changed."""

PENDING_LIFE: Final = timedelta(days=1)
"""A secret that no app has confirmed by then is forgotten."""

PASSKEYS_MAX: Final = 20
PASSKEY_NAME_MAX: Final = 40

STEP_SECONDS: Final = 30
STEPS_OFF_MAX: Final = 1
"""Clocks of phones go wrong by some seconds, and people type slowly."""

RECOVERY_CODES: Final = 10
RECOVERY_LENGTH: Final = 10


@dataclass(frozen=True, slots=True)
class Site:
    """For whom passkeys are made and where they may be used; both of the public address."""

    rp_id: str
    origin: str


def site_of(public_url: str) -> Site | None:
    """The site of an address; None where browsers know no passkeys.

    They want a name (no IP address) and TLS, save on this very machine (Secure Contexts).
    """
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        secure = parts.scheme == "https" or host == "localhost"
        return Site(host, f"{parts.scheme}://{parts.netloc.lower()}") if secure else None
    return None


def passkey_name(text: str) -> str:
    """A passkey's name as it is kept."""
    return plain(text)


def passkey_name_fault(name: str) -> str | None:
    """Why this cannot name a passkey, or None; without a name the device's own is taken."""
    if len(name) > PASSKEY_NAME_MAX or any(unicodedata.category(c)[0] == "C" for c in name):
        return N_("이름은 40자까지 쓸 수 있습니다.")
    return None


def normal_digits(text: str) -> str:
    """A one-time code as it is compared: full-width digits folded, blanks and hyphens gone."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))


def matching_step(secret: str, typed: str, at: datetime) -> int | None:
    """Which step of RFC 6238 a code belongs to, now or one step off; None where it is wrong.

    A code is good once: the caller refuses a step that is not later than the last one used.
    """
    code = normal_digits(typed)
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return None
    app = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(at.timestamp()) // STEP_SECONDS
    for step in range(now + STEPS_OFF_MAX, now - STEPS_OFF_MAX - 1, -1):
        if hmac.compare_digest(app.generate_otp(step), code):
            return step
    return None


def otpauth(secret: str, login_id: str, issuer: str) -> str:
    """The address that an authenticator app reads from its QR code."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(
        name=login_id, issuer_name=issuer
    )


def secret_shown(secret: str) -> str:
    """A secret to be typed by hand: groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def recovery_code(number: int) -> str:
    """A recovery code out of a random number of 256 bits."""
    return code_from(number, RECOVERY_LENGTH)


def recovery_shown(code: str) -> str:
    """A recovery code as it is printed: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def factor_throttle(rule: Profile) -> ThrottleRule:
    """For one account typing one-time or recovery codes."""
    return ThrottleRule(rule.officials.failures_max, timedelta(minutes=rule.officials.lock_minutes))


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has besides its password; `codes_left`: recovery codes not yet used."""

    passkeys: int = 0
    authenticator: bool = False
    codes_left: int = 0

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all; recovery codes alone are none."""
        return self.passkeys > 0 or self.authenticator


def owes_second_step(kind: str, factors: Factors) -> bool:
    """Whether a password alone does not open the door.

    An official who has a second factor always owes it; residents' passkeys stand beside their
    password.
    """
    return kind == OFFICIAL and factors.any


def must_enrol(kind: str, factors: Factors, *, required: bool) -> bool:
    """Whether a second factor has to be set up before anything else."""
    return required and kind == OFFICIAL and not factors.any


def last_one(kind: str, after: Factors, *, required: bool) -> bool:
    """Whether what would be removed is the last factor of somebody who must have one."""
    return must_enrol(kind, after, required=required)


def ends_other_sessions(kind: str, *, removed: bool) -> bool:
    """Whether the other browsers are signed out when a factor changes.

    Officials' always. A resident who adds a passkey to the second phone stays signed in on the
    first; who removes one may have lost the device.
    """
    return kind == OFFICIAL or removed
