"""What an official's phone may hold of the day's cases, and for how long (Y16, Y12-2, Y22-1)."""

from datetime import timedelta
from typing import Final

CASES_MAX: Final = 30
GIST_LETTERS_MAX: Final = 200
KEPT: Final = timedelta(hours=24)


def gist(text: str, longest: int = GIST_LETTERS_MAX) -> str:
    """What a complaint is about in one line: its beginning, cut at a word where there is one."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[:longest]
    whole, _, _ = cut.rpartition(" ")
    return (whole if len(whole) > longest // 2 else cut) + "…"
