"""The words: Korean sentences are the msgids, every other language is a catalogue (Y16).

Reads all pwa/catalogues/<language>/*.po once. A notice goes out in its recipient's language:
`with speaking("en"): ...`.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from server.core import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "CATALOGUES",
    "LOCALES",
    "N_",
    "SOURCE",
    "ago",
    "date_text",
    "dated_in_full",
    "datetime_text",
    "gettext",
    "locale",
    "ngettext",
    "number_text",
    "speaking",
    "use_locale",
]

SOURCE: Final = "ko"
LOCALES: Final = ("ko", "en")
CATALOGUES: Final = Path(__file__).resolve().parents[2] / "pwa" / "catalogues"

_locale: ContextVar[str] = ContextVar("locale", default=SOURCE)
_in_full: ContextVar[bool] = ContextVar("dates in full", default=False)


def N_(sentence: str) -> str:  # noqa: N802 (the name every gettext tool knows)
    """Mark a Korean sentence for the catalogues; it is translated when it is shown."""
    return sentence


def locale() -> str:
    """The language of this task: "ko" or "en"."""
    return _locale.get()


def use_locale(name: str) -> None:
    """Set the language for the rest of this task (one request)."""
    _locale.set(name if name in LOCALES else SOURCE)


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Say what follows in `name`, the language of whoever will read it."""
    token = _locale.set(name if name in LOCALES else SOURCE)
    try:
        yield
    finally:
        _locale.reset(token)


@contextmanager
def dated_in_full() -> Iterator[None]:
    """Say every date with its year: what is put on paper is read in other years too."""
    token = _in_full.set(True)
    try:
        yield
    finally:
        _in_full.reset(token)


@dataclass(frozen=True)
class Catalogue:
    """The sentences of one language; plural forms by msgid of the singular."""

    sentences: dict[str, str]
    plurals: dict[str, tuple[str, ...]]


@cache
def catalogue(name: str) -> Catalogue:
    """All `<name>/*.po` as one. Raises ValueError where two files disagree about a sentence."""
    sentences: dict[str, tuple[str, ...]] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for path in sorted((CATALOGUES / name).glob("*.po")):
        with path.open("rb") as file:
            messages = read_po(file, locale=name)
        for message in messages:
            if not message.id or not message.string or message.fuzzy:
                continue
            ids = (message.id,) if isinstance(message.id, str) else message.id
            said = (message.string,) if isinstance(message.string, str) else message.string
            known = (sentences if len(ids) == 1 else plurals).setdefault(ids[0], tuple(said))
            if known != tuple(said):
                raise ValueError(f"{path}: two translations of {ids[0]!r}")
    return Catalogue({msgid: said[0] for msgid, said in sentences.items()}, plurals)


def gettext(msgid: str, locale: str | None = None, /, **params: object) -> str:
    """The sentence in `locale` (default: this task's), its `%(name)s` filled from `params`."""
    spoken = locale or _locale.get()
    text = msgid if spoken == SOURCE else catalogue(spoken).sentences.get(msgid, msgid)
    return text % params if params else text


def ngettext(
    singular: str, plural: str, number: int, locale: str | None = None, /, **params: object
) -> str:
    """The sentence for `number` things; Korean knows one form only. `%(num)s` is the number."""
    spoken = locale or _locale.get()
    text = plural
    if spoken != SOURCE:
        forms = catalogue(spoken).plurals.get(singular, (singular, plural))
        text = forms[0 if number == 1 else -1]
    return text % ({"num": number} | params)


WEEKDAYS: Final = {
    "ko": ("월", "화", "수", "목", "금", "토", "일"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_text(moment: date | datetime, locale: str | None = None) -> str:
    """A Seoul day: `12월 1일(화)`, `Tue 1 Dec`; with the year where it is not this year's."""
    return _on(_day(moment), clock.today(), locale or _locale.get())


def _on(day: date, today: date, spoken: str) -> str:
    return _day_text(day, _in_full.get() or day.year != today.year, spoken)


def _day(moment: date | datetime) -> date:
    return clock.seoul(moment).date() if isinstance(moment, datetime) else moment


@lru_cache(maxsize=4096)
def _day_text(day: date, with_year: bool, spoken: str) -> str:
    weekday = WEEKDAYS[spoken][day.weekday()]
    if spoken == "en":
        text = f"{weekday} {day.day} {MONTHS[day.month - 1]}"
        return f"{text} {day.year}" if with_year else text
    text = f"{day.month}월 {day.day}일({weekday})"
    return f"{day.year}년 {text}" if with_year else text


def month_text(month: date, locale: str | None = None) -> str:
    """A month and its year: `2026년 10월`, `Oct 2026`."""
    if (locale or _locale.get()) == "en":
        return f"{MONTHS[month.month - 1]} {month.year}"
    return f"{month.year}년 {month.month}월"


def datetime_text(moment: datetime, locale: str | None = None) -> str:
    """A Seoul minute: `12월 1일(화) 15:30`, `Tue 1 Dec 15:30`."""
    return f"{date_text(moment, locale)} {_clock(clock.seoul(moment).time())}"


def _clock(at: time) -> str:
    return f"{at.hour:02}:{at.minute:02}"


def ago(moment: datetime, locale: str | None = None) -> str:
    """How long ago, in words; after a week the date."""
    spoken = locale or _locale.get()
    now = clock.now()
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return gettext(N_("방금"), spoken)
    if seconds < 3600:
        return ngettext(N_("%(num)s분 전"), N_("%(num)s분 전"), int(seconds // 60), spoken)
    if seconds < 86_400:
        return ngettext(N_("%(num)s시간 전"), N_("%(num)s시간 전"), int(seconds // 3600), spoken)
    if seconds < 7 * 86_400:
        return ngettext(N_("%(num)s일 전"), N_("%(num)s일 전"), int(seconds // 86_400), spoken)
    return _on(_day(moment), _day(now), spoken)


def number_text(number: int | float, locale: str | None = None) -> str:
    """`12,345` with the grouping of the language."""
    return format_decimal(number, locale=locale or _locale.get())
