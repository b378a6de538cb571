"""What time brings: handlers are warned before and at the end of a period, unclaimed photos go."""

from datetime import timedelta

from server.complaints import photos, warning
from server.core.outbox import Timer

TIMERS = (
    Timer("complaints.warn", timedelta(minutes=10), warning.warn_handlers),
    Timer("complaints.purge_photos", timedelta(hours=1), photos.purge_staged),
)
