"""What goes between a server and the children of its workbench: JSON and blobs, never pickles."""

import json
import struct
from abc import abstractmethod
from collections.abc import Sequence

from gateways.encode.fax_file import Page

type Facts = dict[str, str | int | list[int] | list[str] | None]
type Parcel = tuple[Facts, list[bytes]]

BLOBS_MAX = 256
PARCEL_MAX = 400_000_000


class Refused(ValueError):  # noqa: N818
    """What a child was given cannot be drawn; it says so and goes on."""

    @property
    @abstractmethod
    def refusal(self) -> Facts:
        """How it is told: why, as `refused`, and what else is known."""


def pieces(parcel: Parcel) -> list[bytes]:
    """A parcel on the wire: sizes, facts, blobs."""
    facts, blobs = parcel
    text = json.dumps(facts).encode()
    head = struct.pack(f"!II{len(blobs)}I", len(text), len(blobs), *map(len, blobs))
    return [head + text, *blobs]


def whole(value: object) -> int:
    """A fact that is a number. Raises TypeError."""
    if not isinstance(value, int):
        raise TypeError("a number was promised")
    return value


def listed(value: object) -> list[str]:
    """A fact that is some texts. Raises TypeError."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError("texts were promised")
    return value


def pages_of(facts: Facts, strips: Sequence[bytes]) -> tuple[Page, ...]:
    """Fax pages: their `rows`, and a blob each. Raises TypeError or ValueError."""
    rows = facts["rows"]
    if not isinstance(rows, list):
        raise TypeError("rows were promised")
    return tuple(Page(whole(r), strip) for r, strip in zip(rows, strips, strict=True))
