"""Periods beside the handling itself: information disclosure, objections, site inquiries.

Official Information Disclosure Act 11, 18, 20 and 29 (first day included, working days; but the
objection is the applicant's own period, by the Civil Act), Civil Petitions Treatment Act 35, D17.
"""

from datetime import date, datetime

from server.deadlines.calendar_rules import ORDINARY, WorkCalendar
from server.deadlines.clock_rules import Due, due, own_deadline

DISCLOSURE_DAYS = 10  # Disclosure Act 11(1)
DISCLOSURE_EXTENSION_DAYS_MAX = 10  # 11(2), once, from the day after the first end
SILENCE_DAYS = 20  # 18(1), 20(1): no decision by then is a refusal
DISCLOSURE_OBJECTION_DAYS = 30  # 18(1), calendar
DISCLOSURE_REVIEW_DAYS = 7  # 18(3)
DISCLOSURE_REVIEW_EXTENSION_DAYS_MAX = 7
OBJECTION_DAYS = 60  # Act 35(1), calendar
REVIEW_DAYS = 10  # Act 35(2)
REVIEW_EXTENSION_DAYS_MAX = 10
INQUIRY_DAYS = 14  # D17(4): a site inquiry of a grievance
INQUIRY_EXTENSION_DAYS_MAX = 7  # D17(5), once


def disclosure_due(requested: datetime, more: int = 0, calendar: WorkCalendar = ORDINARY) -> Due:
    """Until when to decide whether information is disclosed; `more` days if extended."""
    _at_most(more, DISCLOSURE_EXTENSION_DAYS_MAX)
    return due(requested, f"{DISCLOSURE_DAYS}d", (), calendar, (more,))


def silence_refuses_after(requested: datetime, calendar: WorkCalendar = ORDINARY) -> Due:
    """The day with whose end a request without a decision counts as refused."""
    return due(requested, f"{SILENCE_DAYS}d", (), calendar)


def disclosure_objection_until(notified: date, calendar: WorkCalendar = ORDINARY) -> date:
    """Last day of an objection against a refusal to disclose, or against silence."""
    return own_deadline(notified, DISCLOSURE_OBJECTION_DAYS, calendar)


def disclosure_review_due(
    objected: datetime, more: int = 0, calendar: WorkCalendar = ORDINARY
) -> Due:
    """Until when to decide on an objection about disclosure; `more` days if extended."""
    _at_most(more, DISCLOSURE_REVIEW_EXTENSION_DAYS_MAX)
    return due(objected, f"{DISCLOSURE_REVIEW_DAYS}d", (), calendar, (more,))


def objection_until(notified: date, calendar: WorkCalendar = ORDINARY) -> date:
    """Last day of an objection against the refusal of a statutory application."""
    return own_deadline(notified, OBJECTION_DAYS, calendar)


def review_due(objected: datetime, more: int = 0, calendar: WorkCalendar = ORDINARY) -> Due:
    """Until when to decide on an objection; `more` days if extended."""
    _at_most(more, REVIEW_EXTENSION_DAYS_MAX)
    return due(objected, f"{REVIEW_DAYS}d", (), calendar, (more,))


def inquiry_until(begun: date, more: int = 0, calendar: WorkCalendar = ORDINARY) -> date:
    """Last day of a site inquiry of a grievance, which is not counted; `more` days if extended."""
    _at_most(more, INQUIRY_EXTENSION_DAYS_MAX)
    return own_deadline(begun, INQUIRY_DAYS + more, calendar)


def _at_most(more: int, longest: int) -> None:
    if not 0 <= more <= longest:
        raise ValueError(f"an extension of at most {longest} days, not {more}")
