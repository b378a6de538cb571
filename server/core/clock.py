"""What time it is: injected, kept in UTC, shown and reckoned in Asia/Seoul.

The statutory clock (Act 19) counts Seoul days; a test or a demo may set the clock.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from time import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from server import config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SEOUL = ZoneInfo("Asia/Seoul")


def _running() -> datetime:
    """The system's clock, or in a demo the one in MADANG_CLOCK_FILE."""
    file = config.clock_file()
    return datetime.now(UTC) if file is None else _from_file(file)


class _Source:
    read: Callable[[], datetime] = staticmethod(_running)


def now() -> datetime:
    """The instant, aware, in UTC."""
    return _Source.read()


def today() -> date:
    """The day it is in Seoul."""
    return seoul(now()).date()


def seoul(instant: datetime) -> datetime:
    """The same instant as a Seoul wall clock shows it. Refuses a naive one."""
    if instant.tzinfo is None:
        raise ValueError("a naive time says nothing: give it a zone")
    return instant.astimezone(SEOUL)


def _from_file(path: Path) -> datetime:
    """The file holds an ISO instant and ticks on from the moment it was written."""
    try:
        written = datetime.fromisoformat(path.read_text("utf-8").strip())
    except (OSError, ValueError) as error:
        raise config.ConfigError("MADANG_CLOCK_FILE", f"unreadable: {error}") from error
    if written.tzinfo is None:
        written = written.replace(tzinfo=SEOUL)
    elapsed = timedelta(seconds=max(0.0, time() - path.stat().st_mtime))
    return written.astimezone(UTC) + elapsed


@contextmanager
def use(instant: datetime | Callable[[], datetime]) -> Iterator[None]:
    """Set the clock for a while: a fixed instant, or a callable giving one."""
    before = _Source.read
    if isinstance(instant, datetime):
        fixed = seoul(instant).astimezone(UTC)
        _Source.read = staticmethod(lambda: fixed)
    else:
        _Source.read = instant
    try:
        yield
    finally:
        _Source.read = before
