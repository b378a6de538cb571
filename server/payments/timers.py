"""What time brings: a charge that nobody paid lapses (Y11-3)."""

from datetime import timedelta
from typing import Final

from server.core.jobs import Timer
from server.payments import charging

TIMERS: Final = (Timer("payments.lapse", timedelta(minutes=5), charging.lapse_unpaid),)
