"""What notifications do by the clock: forget what is past its days (profile, [privacy])."""

from datetime import timedelta

from server.core.outbox import Timer
from server.notifications import service

TIMERS = (Timer("notifications.purge", timedelta(hours=6), service.purge),)
