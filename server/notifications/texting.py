"""A notice as a text message at the office's cost: what a lock screen would say, no more (D29)."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from server.core import crypto, ids, outbox
from server.core.db import transactional
from server.notifications import rules, wording
from server.notifications.wording import Filling
from server.ordinance import service as ordinance

BY_SMS: Final = "notifications.sms"
RECALLED: Final = "notifications.sms_recalled"
"""Carries the `order` of a text, and its `about` and `kind`: it is to be stopped where it still
can be."""


@transactional
async def tell_by_sms(
    number: str, locale: str, kind: str, params: Mapping[str, Filling], *, about: str
) -> UUID:
    """Have a text message sent at the office's cost, in the caller's transaction (D29); its order.

    It says what a lock screen would say, no more: a pointer to the notice. The number and
    the words, which may hold a code, travel sealed; `about` names the subject (`complaint:12`).
    Raises rules.UnknownKindError.
    """
    rules.checked(kind, params)
    title, body = wording.sentence(kind, wording.kept(params), locale)
    district = ordinance.profile().district
    office = district.office_en if locale == "en" else district.office
    order = ids.new_uuid()
    await outbox.emit(
        BY_SMS,
        {
            "order": str(order),
            "to": crypto.seal(number.encode(), BY_SMS).hex(),
            "text": crypto.seal(f"[{office}] {title} {body}".encode(), BY_SMS).hex(),
            "about": about,
            "kind": kind,
        },
    )
    return order


@transactional
async def recall(order: UUID, kind: str, *, about: str) -> None:
    """Have a text stopped that has not left yet, in the caller's transaction: it is told another
    way now, and nobody is to be told twice."""
    carried = {"order": str(order), "about": about, "kind": kind}
    await outbox.emit(RECALLED, carried, key=str(order))
