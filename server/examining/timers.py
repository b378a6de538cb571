"""What the worker does by the clock for the examiner."""

from datetime import timedelta

from server.core.outbox import Timer
from server.examining import service

TIMERS = (Timer("examining.late", timedelta(minutes=15), service.tell_examiners),)
