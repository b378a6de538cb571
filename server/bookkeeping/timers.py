"""What bookkeeping does by the clock: look whether the year's budget line runs out."""

from datetime import timedelta

from server.bookkeeping import service
from server.core.outbox import Timer

TIMERS = (Timer("bookkeeping.warn", timedelta(minutes=5), service.warn),)
