"""A due date for the reader's own calendar (iCalendar, RFC 5545)."""

from datetime import UTC, datetime, timedelta

from server.deadlines.clock_rules import Due

LINE_BYTES_MAX = 75


def due_date(
    number: str,
    summary: str,
    description: str,
    due: Due,
    url: str,
    now: datetime,
    *,
    sequence: int = 0,
) -> str:
    """The calendar file: an all-day event on the last day, or half an hour up to the hour due.

    `description` says why then, a line a day; a higher `sequence` replaces what was put in before.
    """
    if due.moment is None:
        when = [
            f"DTSTART;VALUE=DATE:{due.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{due.day + timedelta(days=1):%Y%m%d}",
        ]
    else:
        begins, ends = due.moment - timedelta(minutes=30), due.moment
        when = [f"DTSTART:{_utc(begins)}", f"DTEND:{_utc(ends)}"]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Madang//Complaints//KO",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{number}@madang",
        f"DTSTAMP:{_utc(now)}",
        f"SEQUENCE:{sequence}",
        *when,
        f"SUMMARY:{_escaped(summary)}",
        f"DESCRIPTION:{_escaped(description)}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 bytes a line, never cutting a character in two."""
    pieces: list[str] = []
    piece = ""
    for letter in line:
        room = LINE_BYTES_MAX - (1 if pieces else 0)
        if len((piece + letter).encode()) > room:
            pieces.append(piece)
            piece = ""
        piece += letter
    return "\r\n ".join([*pieces, piece])
