"""What messages need from time to time: no order is left open, nothing is kept too long."""

from datetime import timedelta
from typing import Final

from server.core.jobs import Timer
from server.messages import handlers, service
from server.messages.fair import held

TIMERS: Final = (
    Timer("messages.wake", timedelta(seconds=5), handlers.wake),
    Timer("messages.overdue", timedelta(seconds=30), service.overdue),
    Timer("messages.held", timedelta(minutes=10), held.expire),
    Timer("messages.erase", timedelta(hours=1), handlers.erase),
)
