"""How many messages a text is, byte for byte (Y15-4: 30 points a message of at most 90 bytes).

Domestic messages are cp949 with room for the carrier's `[Web발신]` line; longer text is split into
numbered messages. International ones are GSM-7 or UCS-2 parts that the network joins again.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

WEB_PREFIX = "[Web발신]\n"
BYTES_MAX = 90
MESSAGES_MAX = 99

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = frozenset("\f^{}\\[~]|€")

# What phones and word processors put in by themselves, and what can be sent in its place.
_PLAIN = {
    "–": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-", "•": "·", "‣": "·", "◦": "·", "‹": "<",
    "›": ">", "«": "<", "»": ">", "„": '"', "‟": '"', "‚": "'", "‛": "'", "⁄": "/",
}  # fmt: skip
_DROPPED = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad\u200e\u200f"))

_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3🏻🏼🏽🏾🏿")


class CannotSend(ValueError):  # noqa: N818
    """The text holds characters that no Korean phone shows, or needs more messages than allowed."""

    def __init__(
        self, code: Literal["characters", "too_long", "empty"], characters: str = ""
    ) -> None:
        super().__init__(code)
        self.code = code
        self.characters = characters


@dataclass(frozen=True, slots=True)
class Fault:
    """A character that cannot be sent. `at` counts code points; `instead` could be, if anything."""

    character: str
    at: int
    instead: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """What a text comes to.

    `messages` are the bodies to hand over, in order; without their numbers they join to the text.
    `used` and `capacity` are in `unit`s and count the carrier's line; of a split text, they are
    those of the last message, and `whole` is the length before it was split. `rare` characters
    (outside KS X 1001) may show as a box on old phones.
    """

    text: str
    messages: tuple[str, ...]
    used: int
    capacity: int
    unit: Literal["bytes", "septets", "code units"]
    unsendable: tuple[Fault, ...] = ()
    rare: str = ""
    whole: int = 0

    @property
    def sendable(self) -> bool:
        return bool(self.messages) and not self.unsendable


def tidy(text: str) -> str:
    """The text as counted and sent: composed syllables, `\\n` line ends, nothing invisible."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.translate(_DROPPED).replace("\u00a0", " ").replace("\t", " ").strip("\n ")


@lru_cache(maxsize=16_384)
def _bytes_of(character: str) -> int:
    """cp949 bytes of one character, 0 where it cannot be sent."""
    if (character < " " and character != "\n") or character == "\x7f":
        return 0
    try:
        return len(character.encode("cp949"))
    except UnicodeEncodeError:
        return 0


@lru_cache(maxsize=16_384)
def _outside_ks_x_1001(character: str) -> bool:
    """Whether only cp949 knows it: euc_kr spells such a syllable in eight bytes, or not at all."""
    try:
        return len(character.encode("euc_kr")) > 2
    except UnicodeEncodeError:
        return True


def unsendable(text: str) -> tuple[Fault, ...]:
    """Every character of a tidy text that a domestic message cannot carry, in order.

    A joined emoji is one character to its writer, and so is listed whole.
    """
    faults: list[Fault] = []
    for at, character in enumerate(text):
        if _bytes_of(character):
            continue
        last = faults[-1] if faults else None
        joins = character in _JOINERS or (last is not None and last.character[-1] == "\u200d")
        if last is not None and joins and last.at + len(last.character) == at:
            faults[-1] = Fault(last.character + character, last.at, None)
        else:
            faults.append(Fault(character, at, _PLAIN.get(character)))
    return tuple(faults)


def fits(message: str, *, bytes_max: int = BYTES_MAX, prefix: str = WEB_PREFIX) -> bool:
    """Whether one message, as it stands, can be handed over: every character, within the bytes."""
    sizes = [_bytes_of(character) for character in message]
    return bool(sizes) and all(sizes) and len(prefix.encode("cp949")) + sum(sizes) <= bytes_max


def mend(text: str) -> str:
    """The tidy text with what has a plain counterpart replaced; the rest is left to the writer."""
    return "".join(
        character if _bytes_of(character) else _PLAIN.get(character, character)
        for character in tidy(text)
    )


def count(
    text: str,
    *,
    longer: Literal["split", "refuse"] = "split",
    bytes_max: int = BYTES_MAX,
    prefix: str = WEB_PREFIX,
) -> Count:
    """Count a domestic text and split it. Never raises: see `unsendable`, and `messages` empty.

    `messages` is empty where nothing can be sent: no text, unsendable characters, more than
    `bytes_max` with `longer="refuse"`, or more than MESSAGES_MAX messages.
    """
    body = tidy(text)
    faults = unsendable(body)
    reserved = len(prefix.encode("cp949"))
    room = bytes_max - reserved
    sizes = [_bytes_of(character) for character in body]
    whole = sum(sizes)
    rare = "".join(dict.fromkeys(c for c in body if _bytes_of(c) and _outside_ks_x_1001(c)))
    messages: tuple[str, ...] = ()
    if body and not faults:
        if whole <= room:
            messages = (body,)
        elif longer == "split":
            messages = _split(body, sizes, room)
    used = len(messages[-1].encode("cp949")) if messages else whole
    return Count(
        body, messages, reserved + used, bytes_max, "bytes", faults, rare, reserved + whole
    )


def messages_of(text: str, *, longer: Literal["split", "refuse"] = "split") -> tuple[str, ...]:
    """The bodies to hand over, at least one; raises CannotSend where `count` has none."""
    counted = count(text, longer=longer)
    if counted.messages:
        return counted.messages
    if counted.unsendable:
        seen = "".join(dict.fromkeys(fault.character for fault in counted.unsendable))
        raise CannotSend("characters", seen)
    raise CannotSend("too_long" if counted.text else "empty")


def _number(index: int, total: int) -> str:
    return f"({index}/{total}) "


def _split(body: str, sizes: list[int], room: int) -> tuple[str, ...]:
    """The fewest numbered messages, cut at a space or line end where that costs no message more."""
    for width in range(1, len(str(MESSAGES_MAX)) + 1):

        def space(index: int, width: int = width) -> int:
            return room - len(str(index)) - width - len("(/) ")

        total = _messages_from(0, 1, sizes, space)
        if total > MESSAGES_MAX:
            return ()
        if len(str(total)) == width:
            cuts = list(_cuts(body, sizes, space, total))
            pieces = (body[start:end] for start, end in zip([0, *cuts], cuts, strict=False))
            return tuple(_number(i, total) + piece for i, piece in enumerate(pieces, start=1))
    return ()


def _reach(start: int, sizes: list[int], room: int) -> int:
    """The furthest cut after `start` whose characters fit into `room` bytes."""
    end = start
    while end < len(sizes) and sizes[end] <= room:
        room -= sizes[end]
        end += 1
    return end


def _messages_from(start: int, index: int, sizes: list[int], space: Callable[[int], int]) -> int:
    """The fewest messages in all, where message `index` begins at `start`; stops above the most."""
    while index <= MESSAGES_MAX:
        start = _reach(start, sizes, space(index))
        if start == len(sizes):
            return index
        index += 1
    return index


def _cuts(body: str, sizes: list[int], space: Callable[[int], int], total: int) -> Iterator[int]:
    start = 0
    for index in range(1, total):
        furthest = _reach(start, sizes, space(index))
        start = next(
            (
                cut
                for cut in range(furthest, start, -1)
                if body[cut - 1] in " \n" and _messages_from(cut, index + 1, sizes, space) <= total
            ),
            furthest,
        )
        yield start
    yield len(body)


def _controls(character: str) -> bool:
    """Whether it is half of something, or a word to a machine: no phone shows it."""
    return character != "\n" and unicodedata.category(character) in {"Cc", "Cs"}


def count_international(text: str) -> Count:
    """Count a text to a number abroad: GSM-7 (160, 153 a part) or UCS-2 (70, 67 a part).

    The network numbers and joins the parts itself; `messages` are the parts as it cuts them, so
    neither an escaped character nor a surrogate pair is torn.
    """
    body = tidy(text)
    faults = tuple(Fault(c, at, None) for at, c in enumerate(body) if _controls(c))
    if all(c in _GSM_BASIC or c in _GSM_ESCAPED for c in body):
        sizes = [2 if c in _GSM_ESCAPED else 1 for c in body]
        single, part = 160, 153
        unit: Literal["septets", "code units"] = "septets"
    else:
        sizes = [2 if c > "\uffff" else 1 for c in body]
        single, part = 70, 67
        unit = "code units"
    whole = sum(sizes)
    if not body or faults:
        return Count(body, (), whole, single, unit, faults, whole=whole)
    if whole <= single:
        return Count(body, (body,), whole, single, unit, whole=whole)
    parts: list[str] = []
    start = used = 0
    while start < len(body):
        end = _reach(start, sizes, part)
        parts.append(body[start:end])
        used = sum(sizes[start:end])
        start = end
    return Count(body, tuple(parts), used, part, unit, whole=whole)
