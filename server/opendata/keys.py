"""Keys of partners: issued and revoked by the informatics department, known by a keyed hash only.

Who files by a key answers for it; every issue, revocation and use is recorded (Y12-2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tortoise.expressions import F

from server.core import audit, clock, crypto, forms, ids
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, Invalid, NotFound
from server.opendata.models import ApiKey

FILE: Final = "file"
SCOPES: Final = {FILE: N_("민원 신청 (Open311 POST)")}
BEGINNING: Final = "madang_"
SHOWN_LETTERS: Final = 12
NAME_LETTERS_MAX: Final = 80
PER_HOUR_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the desk sees it; of its secret only the beginning."""

    id: int
    name: str
    beginning: str
    scopes: tuple[str, ...]
    per_hour: int
    created_at: datetime
    revoked_at: datetime | None
    used_count: int
    last_used_at: datetime | None


@transactional
async def issue(
    actor_id: int, name: str, scopes: Sequence[str], per_hour: int, claim: FormClaim | None = None
) -> str | None:
    """A new key: its secret, to be shown this once. None where this form issued one already:
    a secret is never told twice.

    Raises Invalid (422) naming the field.
    """
    if await forms.claimed(claim) is not None:
        return None
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LETTERS_MAX:
        raise Invalid("api_key.name", N_("어디에 주는 키인지 80자 안으로 적어 주세요."), "name")
    if not scopes or not set(scopes) <= SCOPES.keys():
        raise Invalid("api_key.scopes", N_("무엇을 할 수 있는지 골라 주세요."), "scopes")
    if not 1 <= per_hour <= PER_HOUR_MAX:
        sentence = N_("한 시간에 1번에서 %(most)s번까지로 적어 주세요.")
        raise Invalid("api_key.per_hour", sentence, "per_hour", most=PER_HOUR_MAX)
    secret = BEGINNING + ids.token()
    row = await ApiKey.create(
        name=name,
        beginning=secret[:SHOWN_LETTERS],
        hash=_hash(secret),
        scopes=" ".join(sorted(set(scopes))),
        per_hour=per_hour,
        created_at=clock.now(),
        created_by_id=actor_id,
        used_count=0,
    )
    await audit.record(
        "api_key.issue", f"api_key:{row.id}", actor_id, scopes=row.scopes, per_hour=per_hour
    )
    await forms.settle(claim, str(row.id))
    return secret


@transactional
async def revoke(actor_id: int, key_id: int, claim: FormClaim | None = None) -> None:
    """End a key at once. Raises NotFound, Conflict where it has ended already."""
    if await forms.claimed(claim) is not None:
        return
    row = await ApiKey.get_or_none(id=key_id)
    if row is None:
        raise NotFound
    standing = ApiKey.filter(id=key_id, revoked_at=None)
    if not await standing.update(revoked_at=clock.now(), revoked_by_id=actor_id):
        raise Conflict("api_key.revoked", N_("이미 막은 키입니다."))
    await audit.record("api_key.revoke", f"api_key:{key_id}", actor_id)
    await forms.settle(claim, str(key_id))


async def every() -> list[Key]:
    """All keys, those in force first, the newest first."""
    rows = await ApiKey.all().order_by("-id")
    return sorted(map(_key, rows), key=lambda key: key.revoked_at is not None)


async def known(secret: str) -> Key | None:
    """The key in force of a secret; None where there is none."""
    if not secret:
        return None
    row = await ApiKey.get_or_none(hash=_hash(secret), revoked_at=None)
    return _key(row) if row is not None else None


async def used(key_id: int, number: str) -> None:
    """Record that a key filed a complaint. In the filing's transaction."""
    standing = ApiKey.filter(id=key_id)
    await standing.update(used_count=F("used_count") + 1, last_used_at=clock.now())
    await audit.record("api_key.file", f"api_key:{key_id}", None, number=number)


def _hash(secret: str) -> str:
    return crypto.keyed_hash("api key", secret).hex()


def _key(row: ApiKey) -> Key:
    return Key(
        row.id,
        row.name,
        row.beginning,
        tuple(row.scopes.split()),
        row.per_hour,
        row.created_at,
        row.revoked_at,
        row.used_count,
        row.last_used_at,
    )
