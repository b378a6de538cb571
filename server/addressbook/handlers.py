"""What the worker does for the address book: it goes with its account."""

from typing import Final

from server.addressbook import service
from server.core.jobs import Handler, Job


async def withdrawn(job: Job) -> None:
    """An account was closed by its resident: whom it knew is forgotten."""
    await service.forget(job.payload["account_id"])


TOPICS: Final[dict[str, list[Handler]]] = {"accounts.withdrawn": [withdrawn]}
