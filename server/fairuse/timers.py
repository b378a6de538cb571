"""What fair use does by the clock: forget codes and counts that are over."""

from datetime import timedelta
from typing import Final

from server.core.jobs import Timer
from server.fairuse import codes, counting


async def sweep() -> int:
    """Delete what is over; how many rows."""
    return await codes.forget() + await counting.forget()


TIMERS: Final = (Timer("fairuse.sweep", timedelta(hours=1), sweep),)
