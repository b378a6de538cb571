"""What time brings: handlers are warned before and at the end of a period, inquiries end, those
who have heard nothing for long are told how it stands, who decides on objections is reminded,
unclaimed photos go."""

from datetime import timedelta

from server.complaints.arrival import photos
from server.complaints.handling import cooperating, pausing, progress, warning
from server.complaints.redress import objecting
from server.core.outbox import Timer

TIMERS = (
    Timer("complaints.warn", timedelta(minutes=10), warning.warn_handlers),
    Timer("complaints.cooperation", timedelta(minutes=30), cooperating.warn_of_overdue),
    Timer("complaints.inquiries", timedelta(minutes=30), pausing.end_spent_inquiries),
    Timer("complaints.progress", timedelta(hours=1), progress.tell_progress),
    Timer("complaints.objections", timedelta(hours=1), objecting.tell_due),
    Timer("complaints.purge_photos", timedelta(hours=1), photos.purge_staged),
)
