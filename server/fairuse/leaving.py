"""What may keep a message back in the moment it is to leave: asked before each, so in one read."""

from typing import Literal

from server.core import db
from server.fairuse import rules, senders, suppressing
from server.fairuse.models import SenderNumber

type Hindrance = Literal["stopped", "opted_out", "sender_gone"]


async def hindrance(
    account_id: int | None, sender: str, number: str, *, heeds_opt_out: bool = True
) -> Hindrance | None:
    """Why a message may not leave now, or None.

    `stopped`: nothing leaves. `opted_out`: its recipient wants none any more (not asked of notices
    that somebody wanted). `sender_gone`: its sender's number is registered for its account no
    longer; under another it may not go out (Telecommunications Business Act 84-2).
    """
    own = account_id is not None and not senders.is_the_district_s(sender)
    index = SenderNumber._meta.fields_map["number_index"]
    (row,) = await db.fetch(
        "SELECT EXISTS(SELECT 1 FROM fairuse_stop WHERE resumed_at IS NULL) AS stopped,"
        " EXISTS(SELECT 1 FROM fairuse_suppression WHERE number_hash = ? AND removed_at IS NULL)"
        " AS opted_out, EXISTS(SELECT 1 FROM fairuse_sender WHERE account_id = ?"
        " AND number_index = ? AND state = 'registered') AS registered",
        [suppressing.key_of(number), account_id or 0, index.to_db_value(sender, SenderNumber)],
    )
    if row["stopped"]:
        return "stopped"
    if heeds_opt_out and row["opted_out"]:
        return "opted_out"
    return "sender_gone" if own and not row["registered"] else None


def same_number(one: str, other: str) -> bool:
    """Whether two ways of writing a number mean the same."""
    return rules.normal_number(one) == rules.normal_number(other)
