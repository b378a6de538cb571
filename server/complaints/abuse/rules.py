"""Insults, threats and filing by machine: what may be covered, and how use may be limited (D4,
D11-2). Receipt is never refused for good: a limit ends by itself and is told with its appeal.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from server.complaints import rules
from server.core.i18n import N_
from server.core.phrases import Phrase

COVER: Final = "●"
WORD_LETTERS_MIN: Final = 1
WORD_LETTERS_MAX: Final = 200
WORDS_MAX: Final = 50
LIMIT_DAYS: Final = (3, 7, 14, 30)


def read_words(text: str) -> list[str]:
    """The words an official marks, one a line, each once, the longest first."""
    lines = (rules.tidy_line(line) for line in text.replace("\r", "\n").split("\n"))
    return sorted(dict.fromkeys(line for line in lines if line), key=len, reverse=True)


def words_fault(words: Collection[str], texts: Iterable[str]) -> Phrase | None:
    """Why these words cannot be marked in these texts, or None: nothing else may be covered."""
    if not words:
        return Phrase(N_("가릴 말을 적어 주세요."))
    if len(words) > WORDS_MAX or any(len(word) > WORD_LETTERS_MAX for word in words):
        return Phrase(
            N_("가릴 말은 %(max)s개까지, 하나에 %(letters)s자까지 적을 수 있습니다."),
            {"max": WORDS_MAX, "letters": WORD_LETTERS_MAX},
        )
    searched = [_folded(text) for text in texts]
    for word in words:
        if not any(_folded(word) in text for text in searched):
            return Phrase(N_("제목과 내용에 없는 말입니다: %(word)s"), {"word": word})
    return None


def cover(text: str, words: Iterable[str]) -> str:
    """The text with the words covered letter by letter, however they are capitalised; the rest,
    and its length, stay."""
    covered, folded = list(text), _folded(text)
    for word in words:
        for match in re.finditer(re.escape(_folded(word)), folded):
            for place in range(match.start(), match.end()):
                if not covered[place].isspace():
                    covered[place] = COVER
    return "".join(covered)


def limit_fault(days: int, warnings: int) -> Phrase | None:
    """Why filing cannot be limited for so long, or None: after a warning, for days that end."""
    if days not in LIMIT_DAYS:
        return Phrase(N_("제한할 기간을 골라 주세요."))
    if not warnings:
        return Phrase(N_("먼저 경고를 보내야 합니다. 경고한 뒤에도 계속되면 제한할 수 있습니다."))
    return None


def limited_until(now: datetime, days: int) -> datetime:
    """When a limit ends by itself."""
    return now + timedelta(days=days)


def is_by_machine(filed_last_hour: int, per_hour_max: int) -> bool:
    """Whether so many complaints in an hour are more than a hand writes (D11의2)."""
    return filed_last_hour >= per_hour_max


def _folded(text: str) -> str:
    """Letters as they are compared, place by place: the length stays."""
    return "".join(
        plain if len(plain := unicodedata.normalize("NFKC", letter).casefold()) == 1 else letter
        for letter in text
    )
