"""The telling words of a title, without the endings that Korean hangs on them. Pure."""

import re
from typing import Final

from server.core.search import words

STEMS_MAX: Final = 4
_ENDINGS: Final = re.compile(
    r"(?:에서는|에서|으로|까지|부터|에게|처럼|이나|라도|은|는|이|가|을|를|의|에|와|과|만)$"
)
_SAYS_NOTHING: Final = frozenset(
    [
        "민원",
        "신고",
        "요청",
        "부탁",
        "불편",
        "문의",
        "해주세요",
        "해요",
        "합니다",
        "있습니다",
        "없습니다",
        "주세요",
        "너무",
        "계속",
        "자꾸",
        "앞",
        "옆",
        "근처",
        "지역",
        "고장",
        "관련",
        "대한",
        "please",
        "the",
        "and",
        "for",
    ]
)
_SAYS_HOW: Final = re.compile(r"..[요다]$")


def stems(title: str) -> list[str]:
    """The words by which a title is likely found again, the longest first, at most four."""
    found = []
    for word in words(title):
        stem = _ENDINGS.sub("", word) if len(word) > 2 else word
        if len(stem) >= 2 and not _SAYS_HOW.search(word) and not stem.isdigit():
            found.append(stem)
    telling = [stem for stem in dict.fromkeys(found) if stem not in _SAYS_NOTHING]
    return sorted(telling, key=len, reverse=True)[:STEMS_MAX]
