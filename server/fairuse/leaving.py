"""What may keep messages back in the moment they are to leave: asked before each of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from server.core import db, many
from server.fairuse import codes, rules, senders, suppressing
from server.fairuse.models import SenderNumber

type Hindrance = Literal["stopped", "opted_out", "sender_gone", "code_over"]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A message about to leave: whose it is (None: the office's), its sender's number and its
    recipient's, whether who wants no more is heeded (not of notices that somebody wanted), and
    which one-time code it brings."""

    account_id: int | None
    sender: str
    number: str
    heeds_opt_out: bool = True
    code: UUID | None = None


async def hindrances(leaving: Sequence[Leaving]) -> list[Hindrance | None]:
    """Why each of these messages may not leave now, or None.

    `stopped`: nothing leaves. `opted_out`: its recipient wants none any more. `sender_gone`: its
    sender's number is registered for its account no longer; under another it may not go out
    (Telecommunications Business Act 84-2). `code_over`: nobody can type its code any more.
    """
    (stop,) = await db.fetch(
        "SELECT EXISTS(SELECT 1 FROM fairuse_stop WHERE resumed_at IS NULL) AS stopped"
    )
    if stop["stopped"]:
        return ["stopped"] * len(leaving)
    keys = [suppressing.key_of(each.number) if each.heeds_opt_out else None for each in leaving]
    refusing = await suppressing.refusing({key for key in keys if key is not None})
    over = await codes.over({each.code for each in leaving if each.code is not None})
    own = {(each.account_id, each.sender) for each in leaving if each.account_id is not None}
    gone = await _gone({pair for pair in own if not senders.is_the_district_s(pair[1])})
    return [
        "opted_out"
        if key in refusing
        else "code_over"
        if each.code in over
        else "sender_gone"
        if (each.account_id, each.sender) in gone
        else None
        for each, key in zip(leaving, keys, strict=True)
    ]


async def _gone(own: Collection[tuple[int | None, str]]) -> set[tuple[int | None, str]]:
    """Those of the accounts and numbers of which the number is not (any more) the account's."""
    if not own:
        return set()
    index = SenderNumber._meta.fields_map["number_index"]
    listed, args = many.among("account_id", {account_id for account_id, _ in own}, "bigint")
    rows = await db.fetch(
        f"SELECT account_id, number_index FROM fairuse_sender WHERE {listed}"  # noqa: S608
        " AND state = 'registered'",
        args,
    )
    registered = {(row["account_id"], bytes(row["number_index"])) for row in rows}
    return {
        (account_id, sender)
        for account_id, sender in own
        if (account_id, index.to_db_value(sender, SenderNumber)) not in registered
    }


def same_number(one: str, other: str) -> bool:
    """Whether two ways of writing a number mean the same."""
    return rules.normal_number(one) == rules.normal_number(other)
