"""The office's own texts about one thing: which notice, when, what became of it; not its words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from server.core import db
from server.core.i18n import N_
from server.messages import rules
from server.messages.models import Message
from server.messages.rules import Fate

RECALLED: Final = Fate(N_("다른 길로 알려 보내지 않음"), {}, "grey")


@dataclass(frozen=True, slots=True)
class Texted:
    """One text. `notice` is the kind of notice it tells; `provider` who carried it."""

    notice: str
    at: datetime
    ended_at: datetime | None
    provider: str
    fate: Fate


async def texted(about: str) -> list[Texted]:
    """The texts about a subject (`complaint:12`), newest first."""
    messages = await Message.filter(about=about, paid_by="office").order_by("-created_at")
    found = []
    for message in messages:
        rows = await db.fetch(
            "SELECT provider, charged FROM message_delivery WHERE message_id = ? ORDER BY part",
            [message.id],
        )
        charged = sum(row["charged"] or 0 for row in rows)
        ended, stage = message.ended_at is not None, message.stage
        found.append(
            Texted(
                message.notice or "",
                message.confirmed_at or message.created_at,
                message.ended_at,
                next((row["provider"] for row in rows if row["provider"]), ""),
                RECALLED
                if stage == "cancelled"
                else rules.fate_of_message(stage, message.units, charged, ended=ended),
            )
        )
    return found
