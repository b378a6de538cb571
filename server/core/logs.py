"""Logs for machines: one JSON object a line, with no personal data in it.

What an exception says may quote what somebody typed, so only its type and the places in the code
are written; addresses are route templates, never what stood in the address bar.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

    from server.config import Settings

__all__ = ["start"]

ROOT: Final = Path(__file__).resolve().parents[2]
FRAMES_MAX: Final = 30
QUIET: Final = ("tortoise", "tortoise.db_client", "asyncio", "hypercorn", "quart.serving")


class Lines:
    """Where structlog's lines go: written whole, one at a time, under the logger's name."""

    def __init__(self, stream: TextIO, name: str = "madang") -> None:
        self.name = name
        self._stream = stream

    def write(self, line: str) -> None:
        """One line."""
        self._stream.write(line + "\n")
        self._stream.flush()

    debug = info = warning = error = critical = exception = msg = write


def start(settings: Settings, stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's logging to `stream` (stdout) in one shape."""
    target = stream or sys.stdout
    level: int = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_words_of_errors,
    ]
    written: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if settings.log_format == "console":
        written = structlog.dev.ConsoleRenderer(colors=target.isatty())
    structlog.configure(
        processors=[*shared, written],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *name: Lines(target, *name),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(target)
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[meta, written])
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_words_of_errors(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace exc_info by the error's type and where in the code it came through."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]  # a group says nothing of what happened, its first error does
    if isinstance(error, BaseException):
        event["error"] = _kinds(error)
        event["where"] = _places(error)
    return event


def _kinds(error: BaseException) -> str:
    """`IntegrityError < UniqueViolationError`: the error's type and those of its causes."""
    kinds: list[str] = []
    step: BaseException | None = error
    while step is not None and len(kinds) < 5:
        kinds.append(type(step).__name__)
        step = step.__cause__ or step.__context__
    return " < ".join(kinds)


def _places(error: BaseException) -> list[str]:
    """Innermost last: `server/core/db.py:120 fetch`."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(ROOT) and ".venv" not in path.parts:
        return str(path.relative_to(ROOT))
    return "/".join(path.parts[-2:])
