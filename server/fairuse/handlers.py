"""What the worker does for fair use, and which topics fair use announces to others."""

from typing import Final

from server.core.jobs import Handler, Job
from server.fairuse import codes, senders


async def account_withdrawn(job: Job) -> None:
    """Whoever has left sends no more: the number of theirs is forgotten."""
    await senders.forget_account(job.payload["account_id"])


TOPICS: Final[dict[str, list[Handler]]] = {
    "accounts.withdrawn": [account_withdrawn],
    codes.CODE: [],
    senders.TOLD: [],
}
"""Codes are sent, and owners told, by slices that stand further on."""
