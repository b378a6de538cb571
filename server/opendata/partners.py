"""Complaints that a partner's program files for somebody, by its key (Open311 POST; Act 8).

The applicant's name and telephone are required: the office must be able to answer them.
"""

import hashlib
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from server.complaints import service as complaints
from server.complaints.service import Filing, Place, Stranger
from server.core import crypto
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_, gettext
from server.core.web import Problem
from server.opendata import keys
from server.opendata.keys import Key

ROUTE: Final = "open311.file"
THEIR_NAMES: Final = {
    "topic": "service_code",
    "title": "attribute[title]",
    "body": "description",
    "place": "address_string",
    "name": "last_name",
    "phone": "phone",
    "email": "email",
}
"""What GeoReport calls the fields of our form."""


class BadKey(Problem):
    """The key is missing, unknown, revoked, or not for filing."""

    def __init__(self) -> None:
        sentence = N_("api_key가 없거나 쓸 수 없습니다. 정보화부서에 문의해 주세요.")
        super().__init__("open311.api_key", sentence, 403)


async def key_for_filing(secret: str) -> Key:
    """The key that a secret opens. Raises BadKey (403)."""
    key = await keys.known(secret)
    if key is None or keys.FILE not in key.scopes:
        raise BadKey
    return key


@transactional
async def file(key: Key, stranger: Stranger, filing: Filing, claim: FormClaim | None) -> str:
    """File it and count it to the key; returns its number. Raises what complaints.file raises."""
    number = await complaints.file(stranger, filing, claim)
    await keys.used(key.id, number)
    return number


def place(address: str, latitude: float | None, longitude: float | None) -> Place:
    """Where it is. Raises Problem (400) where nothing says so, or only half a position does."""
    if (latitude is None) != (longitude is None) or (latitude is None and not address.strip()):
        sentence = N_("lat과 long을 함께, 또는 address_string을 보내 주세요.")
        raise Problem("open311.location", sentence, 400)
    if latitude is None:
        return Place(address)
    return Place.read(address, str(latitude), str(longitude))


def full_name(last: str, first: str) -> str:
    """A name as it is said: Korean ones with the family name first and no blank."""
    if not first.strip():
        return last
    return f"{first} {last}" if (first + last).isascii() else f"{last}{first}"


def claim(key: Key, given: str | None, fields: Mapping[str, str]) -> FormClaim | None:
    """What makes a request that is sent twice file once: its Idempotency-Key, a UUID.

    Raises Problem (400) for anything else in that header.
    """
    if given is None:
        return None
    try:
        identity = UUID(given)
    except ValueError:
        sentence = N_("Idempotency-Key에는 UUID를 적어 주세요.")
        raise Problem("open311.idempotency", sentence, 400) from None
    digest = hashlib.sha256()
    for name, value in sorted(fields.items()):
        for part in (name.encode(), value.encode()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return FormClaim(
        f"key:{key.id}", ROUTE, identity, crypto.keyed_hash("form", digest.hexdigest())
    )


def in_their_words(refused: Problem, *, titled: bool) -> Problem:
    """A refusal of our form with the field called as GeoReport calls it, and its status: 400.

    `titled`: the title came with the request; else it is the description's first line.
    """
    field = THEIR_NAMES.get(refused.field or "")
    if refused.field == "title" and not titled:
        field = THEIR_NAMES["body"]
    if field is None:
        return Problem(refused.code, refused.sentence, 400, None, **refused.params)
    told = f"{field}: {gettext(refused.sentence, **refused.params)}"
    return Problem(refused.code, "%(told)s", 400, field, told=told)
