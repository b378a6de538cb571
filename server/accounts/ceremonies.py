"""What is asked of a browser that makes or uses a passkey, and whether its answer is right.

WebAuthn Level 3: a discoverable credential, the user verified, no attestation. Name and origin are
those of MADANG_PUBLIC_URL, whatever a request calls the host. A challenge is good once.
"""

from __future__ import annotations

import asyncio
import binascii
import json
import secrets
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from server import config
from server.accounts import factor_rules
from server.accounts.factor_models import PasskeyChallenge
from server.core import clock, crypto, db
from server.core.web.problems import Closed
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    from server.accounts.factor_models import Passkey
    from server.accounts.factor_rules import Site

__all__ = [
    "ADD",
    "CONFIRM",
    "LOG_IN",
    "Answer",
    "Made",
    "Unproven",
    "answer_in",
    "ask",
    "asked_to_add",
    "asked_to_use",
    "here",
    "made",
    "origin",
    "signed",
    "take",
]

ADD, LOG_IN, CONFIRM = "add", "log_in", "confirm"
TIMEOUT_MS: Final = int(factor_rules.CHALLENGE_LIFE.total_seconds() * 1000)
TRANSPORTS_MAX: Final = 80
CREDENTIAL_ID_MAX: Final = 1023


class Unproven(Exception):  # noqa: N818 - an answer of a browser, no fault of ours
    """What a browser sent proves nothing; the reason is for the audit."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """A browser's answer, of which nothing has been checked yet."""

    challenge: bytes
    credential_id: bytes
    user_handle: bytes | None
    transports: str
    whole: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey just made: what is kept of it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def origin() -> str | None:
    """The only address at which passkeys of this office work; None where there can be none."""
    site = factor_rules.site_of(config.settings().public_url)
    return site.origin if site else None


def here() -> Site:
    """The site that passkeys are made for. Raises Closed where there can be none (404)."""
    site = factor_rules.site_of(config.settings().public_url)
    if site is None:
        raise Closed("accounts.no_passkeys")
    return site


def answer_in(credential: str) -> Answer:
    """Read what the page's script sent. Raises Unproven."""
    try:
        whole = json.loads(credential)
        response = whole["response"]
        client = json.loads(_bytes(response["clientDataJSON"]))
        handle = response.get("userHandle")
        return Answer(
            challenge=_bytes(client["challenge"]),
            credential_id=_bytes(whole["id"]),
            user_handle=None if handle is None else _bytes(handle),
            transports=" ".join(map(str, response.get("transports") or ()))[:TRANSPORTS_MAX],
            whole=whole,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Unproven("unreadable") from None


def _bytes(base64url: str) -> bytes:
    try:
        return urlsafe_b64decode(base64url + "=" * (-len(base64url) % 4))
    except binascii.Error as error:
        raise ValueError(base64url) from error


@db.transactional
async def ask(purpose: str, browser: str) -> bytes:
    """A new challenge for this browser (its session or visit) and this purpose."""
    challenge = secrets.token_bytes(32)
    await PasskeyChallenge.create(
        challenge_hash=_challenge_hash(challenge),
        purpose=purpose,
        bound_to=_bound(browser),
        expires_at=clock.now() + factor_rules.CHALLENGE_LIFE,
    )
    return challenge


@db.transactional
async def take(challenge: bytes, purpose: str, browser: str) -> bool:
    """Use a challenge up; False where this browser was never asked it, or long ago."""
    taken = await db.fetch(
        "DELETE FROM passkey_challenge WHERE challenge_hash = ? AND purpose = ? AND bound_to = ?"
        " RETURNING expires_at",
        (_challenge_hash(challenge), purpose, _bound(browser)),
    )
    return bool(taken) and db.instant(taken[0]["expires_at"]) > clock.now()


def _challenge_hash(challenge: bytes) -> bytes:
    return crypto.keyed_hash("passkey-challenge", challenge.hex())


def _bound(browser: str) -> bytes:
    return crypto.keyed_hash("passkey-browser", browser)


# The library and what it stands on cost a process 17 MiB and a moment: whoever never meets a
# passkey goes without, and the first one is looked at beside the event loop.


async def asked_to_add(
    challenge: bytes, handle: bytes, login_id: str, name: str, others: Iterable[Passkey]
) -> str:
    """The options of navigator.credentials.create, as JSON."""
    site, title = here(), ordinance.profile().title

    def write() -> str:
        import webauthn
        from webauthn.helpers import structs

        return webauthn.options_to_json(
            webauthn.generate_registration_options(
                rp_id=site.rp_id,
                rp_name=title,
                user_id=handle,
                user_name=login_id,
                user_display_name=name,
                challenge=challenge,
                timeout=TIMEOUT_MS,
                attestation=structs.AttestationConveyancePreference.NONE,
                authenticator_selection=structs.AuthenticatorSelectionCriteria(
                    resident_key=structs.ResidentKeyRequirement.REQUIRED,
                    require_resident_key=True,
                    user_verification=structs.UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=_described(others),
            )
        )

    return await asyncio.to_thread(write)


async def asked_to_use(challenge: bytes, own: Iterable[Passkey] = ()) -> str:
    """The options of navigator.credentials.get, as JSON; without `own` any passkey will do."""
    site = here()

    def write() -> str:
        import webauthn
        from webauthn.helpers import structs

        return webauthn.options_to_json(
            webauthn.generate_authentication_options(
                rp_id=site.rp_id,
                challenge=challenge,
                timeout=TIMEOUT_MS,
                allow_credentials=_described(own),
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            )
        )

    return await asyncio.to_thread(write)


def _described(passkeys: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers import structs

    def ways(text: str) -> list[AuthenticatorTransport]:
        known = {one.value: one for one in structs.AuthenticatorTransport}
        return [known[word] for word in text.split() if word in known]

    return [
        structs.PublicKeyCredentialDescriptor(
            id=one.credential_id, transports=ways(one.transports) or None
        )
        for one in passkeys
    ]


async def made(answer: Answer) -> Made:
    """Check the answer to `asked_to_add`. Raises Unproven."""
    site = here()

    def check() -> Made:
        import webauthn

        found = webauthn.verify_registration_response(
            credential=answer.whole,
            expected_challenge=answer.challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
        return Made(found.credential_id, found.credential_public_key, found.sign_count)

    result = await asyncio.to_thread(_proven, check)
    if len(result.credential_id) > CREDENTIAL_ID_MAX:
        raise Unproven("unreadable")
    return result


async def signed(answer: Answer, public_key: bytes) -> int:
    """Check the answer to `asked_to_use` by the key that is kept: the signature counter.

    Whether the counter is right is for the caller. Raises Unproven.
    """
    site = here()

    def check() -> int:
        import webauthn

        return webauthn.verify_authentication_response(
            credential=answer.whole,
            expected_challenge=answer.challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        ).new_sign_count

    return await asyncio.to_thread(_proven, check)


def _proven[R](check: Callable[[], R]) -> R:
    """What a check found. What hostile bytes raise in a parser is as good as a wrong signature."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return check()
    except (
        WebAuthnException,
        InvalidSignature,
        UnsupportedAlgorithm,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ):
        raise Unproven("signature") from None
