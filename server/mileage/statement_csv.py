"""A statement for a spreadsheet: one line a movement, no cell of it a formula (Y15-3)."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from server.core import clock
from server.core.i18n import N_, gettext
from server.mileage import rules
from server.mileage.rules import Entry

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it a spreadsheet takes Korean for another encoding."""

COLUMNS: Final = (N_("일시"), N_("내역"), N_("비고"), N_("점수"), N_("남은 점수"))
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def head(locale: str) -> str:
    """The first line: what each column is."""
    return BYTE_ORDER_MARK + _written([[gettext(name, locale) for name in COLUMNS]])


def lines(entries: Iterable[Entry], locale: str) -> str:
    """A line for each movement: when on Seoul's clock, what, what became of it, points, balance."""
    return _written(_line(entry, locale) for entry in entries)


def _line(entry: Entry, locale: str) -> Sequence[str | int]:
    line = rules.line_of(entry)
    note = line.words or (gettext(line.note, locale) if line.note else "")
    return (
        f"{clock.seoul(entry.at):%Y-%m-%d %H:%M:%S}",
        _text(gettext(line.title, locale, **line.title_words)),
        _text(note),
        entry.points,
        entry.after,
    )


def _text(words: str) -> str:
    return f"'{words}" if words.startswith(_FORMULA) else words


def _written(rows: Iterable[Sequence[str | int]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
