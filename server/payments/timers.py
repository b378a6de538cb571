"""What time brings: a charge that nobody paid lapses; a bank's file left lying is forgotten."""

from datetime import timedelta
from typing import Final

from server.core.jobs import Timer
from server.payments import charging, statements

TIMERS: Final = (
    Timer("payments.lapse", timedelta(minutes=5), charging.lapse_unpaid),
    Timer("payments.forget", timedelta(hours=1), statements.forget_drafts),
)
