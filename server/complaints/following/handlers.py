"""What the worker does for those who follow complaints, topics and places (Y12-1, Y16)."""

from datetime import timedelta

from server.complaints.disclosure import publishing
from server.complaints.following import follows
from server.core.outbox import Handler, Job, Timer


async def published(job: Job) -> None:
    """A complaint became public."""
    await follows.spread(job.payload["complaint"])


async def moved_on(job: Job) -> None:
    """A public complaint stands at another stage."""
    await follows.moved_on(job.payload["complaint"], job.payload["stage"])


async def withdrawn(job: Job) -> None:
    """An account was closed by its resident: it follows nothing."""
    await follows.forget(job.payload["account_id"])


TOPICS: dict[str, list[Handler]] = {
    publishing.PUBLISHED: [published],
    publishing.MOVED_ON: [moved_on],
    "accounts.withdrawn": [withdrawn],
}
TIMERS = (
    Timer("complaints.follow_digest", timedelta(minutes=10), follows.tell_the_day),
    Timer("complaints.follow_forget", timedelta(hours=6), follows.forget_old),
)
