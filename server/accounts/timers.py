"""What accounts do by the clock: forget sessions, tries and codes that have ended."""

from datetime import timedelta

from server.accounts import existing, factors, identity, sessions, throttles
from server.core.outbox import Timer


async def sweep() -> int:
    """Delete what has ended; how many rows."""
    ended = await sessions.sweep() + await throttles.sweep() + await identity.sweep()
    return ended + await factors.sweep() + await existing.forget_unconfirmed()


TIMERS = (Timer("accounts.sweep", timedelta(hours=1), sweep),)
