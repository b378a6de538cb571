"""Numbers and names that nobody can guess, and numbers that everybody can read aloud.

A receipt number is year and month, six digits of a gapless series, and a Luhn check digit.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from uuid import UUID, uuid4

from server.core import db

_RECEIPT = re.compile(r"([0-9]{4})([0-9]{6})([0-9])")
_IGNORED = re.compile(r"[\s\u2010-\u2015\u2212\uff0d\u30fc.,_/]+")
SEQUENCE_MAX = 999_999


def new_uuid() -> UUID:
    """A random UUID."""
    return uuid4()


def token(size: int = 32) -> str:
    """A secret of `size` random bytes, URL-safe."""
    return secrets.token_urlsafe(size)


def receipt_number(year: int, month: int, sequence: int) -> str:
    """The number read over the telephone: `2611-000427-7`. Raises ValueError out of range."""
    if not (2000 <= year <= 2099 and 1 <= month <= 12 and 1 <= sequence <= SEQUENCE_MAX):
        raise ValueError(f"no receipt number for {year}-{month}, sequence {sequence}")
    stem, rest = f"{year % 100:02}{month:02}", f"{sequence:06}"
    return f"{stem}-{rest}-{_luhn(stem + rest)}"


def parse_receipt(text: str) -> str | None:
    """The number as we write it, however it was typed; None unless its check digit is right."""
    found = _receipt(text)
    if found is None:
        return None
    stem, sequence, check = found.groups()
    if not 1 <= int(stem[2:]) <= 12 or str(_luhn(stem + sequence)) != check:
        return None
    return f"{stem}-{sequence}-{check}"


def looks_like_receipt(text: str) -> bool:
    """Whether somebody means a receipt number, be its check digit right or wrong."""
    return _receipt(text) is not None


def _receipt(text: str) -> re.Match[str] | None:
    plain = _IGNORED.sub("-", unicodedata.normalize("NFKC", text).strip())
    return _RECEIPT.fullmatch(plain.replace("-", ""))


def _luhn(digits: str) -> int:
    """The check digit that catches every wrong digit and nearly every swapped pair."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


async def next_number(series: str) -> int:
    """The next number of a series, without gaps: call it inside the transaction that uses it."""
    if not db.transaction_open():
        raise RuntimeError("a gapless number is taken inside the transaction that uses it")
    rows = await db.fetch(
        "INSERT INTO counter (series, given) VALUES (?, 1)"
        " ON CONFLICT (series) DO UPDATE SET given = counter.given + 1 RETURNING given",
        [series],
    )
    return int(rows[0]["given"])
