"""What time brings: the public statistics are counted anew every hour."""

from datetime import timedelta

from server.core.outbox import Timer
from server.opendata import figures

TIMERS = (Timer("opendata.count", timedelta(hours=1), figures.count_anew),)
