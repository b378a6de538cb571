"""When a complaint is the same as an earlier one, and what the law then allows.

Closing what was answered twice (Act 23), the second grievance to the audit department (D17(2)),
petitions of many only after the mediation committee (D26). Pure: a sketch is bytes.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from server.core.i18n import N_
from server.core.phrases import Phrase

SHINGLE_LETTERS: Final = 4
SHINGLE_BYTES: Final = 8
SKETCH_MAX: Final = 64  # shingles kept: the smallest hashes, a fair sample of all
SAME_FROM: Final = 0.7  # of the sample in common: a word changed here or there
ALIKE_FROM: Final = 0.2  # enough to show side by side when the desk looks for the same matter
ANSWERED_TWICE: Final = 2
NOT_CLOSED: Final = "application"

_WORDLESS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier complaint of the same applicant with the same content. `answered_at`: when its
    result was told, None where it was withdrawn or is still open."""

    number: str
    category: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """What the rules must know of a complaint that may be a repetition."""

    category: str | None
    filed_at: datetime
    earlier: Sequence[Earlier]
    of_many: bool = False
    mediated: bool = False  # the mediation committee has dealt with it


def normal_content(title: str, body: str) -> str:
    """The text as contents are compared: letters and digits only, folded. Spaces, signs, full-width
    letters, capitals and line breaks make no other content."""
    folded = unicodedata.normalize("NFKC", f"{title} {body}").casefold()
    return _WORDLESS.sub("", folded)


def sketch(text: str, key: bytes) -> bytes:
    """A keyed sample of the text's shingles: nothing of it can be read, two can be compared."""
    pieces = {
        text[place : place + SHINGLE_LETTERS]
        for place in range(max(1, len(text) - SHINGLE_LETTERS + 1))
    }
    hashes = sorted(
        hashlib.blake2b(piece.encode(), digest_size=SHINGLE_BYTES, key=key).digest()
        for piece in pieces
        if piece
    )
    return b"".join(hashes[:SKETCH_MAX])


def likeness(one: bytes, other: bytes) -> float:
    """How much two texts have in common, 0 to 1, from their sketches (bottom-k estimate of the
    shingles that both have among all that either has)."""
    ours, theirs = _hashes(one), _hashes(other)
    if not ours or not theirs:
        return 0.0
    sample = set(sorted(ours | theirs)[:SKETCH_MAX])
    return len(sample & ours & theirs) / len(sample)


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two contents are the same for Act 23."""
    return likeness(one, other) >= SAME_FROM


def closing_fault(repeat: Repeat) -> Phrase | None:
    """Why a complaint cannot be closed as repeated, or None (Act 23, D26).

    Two results must have been told before it was filed: only what comes in after them may be
    closed. That the applicant has no just cause is the official's to reason, in writing.
    """
    if repeat.category == NOT_CLOSED:
        return Phrase(N_("법정민원은 반복되어도 끝낼 수 없습니다. 처리해 주세요."))
    answered = [
        each
        for each in repeat.earlier
        if each.answered_at is not None and each.answered_at <= repeat.filed_at
    ]
    if len(answered) < ANSWERED_TWICE:
        return Phrase(
            N_(
                "같은 내용에 두 번 답한 뒤 다시 들어온 민원만 반복으로 끝낼 수 있습니다. "
                "지금까지 답한 것은 %(count)s번입니다."
            ),
            {"count": len(answered)},
        )
    if repeat.of_many and not repeat.mediated:
        return Phrase(
            N_(
                "다수인관련민원은 민원조정위원회의 심의를 거친 뒤에만 반복으로 끝낼 수 있습니다. "
                "심의 결과를 먼저 기록해 주세요."
            )
        )
    return None


def goes_to_audit(category: str | None, earlier: Sequence[Earlier]) -> bool:
    """Whether it is the same grievance a second time, its first result told (D17(2))."""
    return category == "grievance" and any(
        each.category == "grievance" and each.answered_at is not None for each in earlier
    )


def _hashes(sampled: bytes) -> set[bytes]:
    return {
        sampled[place : place + SHINGLE_BYTES] for place in range(0, len(sampled), SHINGLE_BYTES)
    }
