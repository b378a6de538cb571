"""What a document says, before it is a web page or a PDF: plain words in the reader's language.

This module and drawing.py run in a child process by themselves: they import nothing of the house.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

type Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text under it; the text keeps its lines."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. `number` is the receipt number, `facts` the lines at its head, `contact` those
    at its foot (department, handler, telephone), `addressee` the lines of an envelope's window."""

    kind: str
    number: str
    language: str
    title: str
    office: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    contact: tuple[Fact, ...]
    sender: str
    department: str
    addressee: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a paper one that was issued: its day, its code, where to check it and how."""

    issued: str
    moment: str  # ISO 8601, for the file's own date: the same paper is the same file
    code: str
    address: str
    words: str


def packed(paper: Paper, stamp: Stamp) -> dict[str, Any]:
    """Both as JSON takes them."""
    return {"paper": asdict(paper), "stamp": asdict(stamp)}


def unpacked(given: Mapping[str, Any]) -> tuple[Paper, Stamp]:
    """What `packed` made."""
    return _paper(given["paper"]), Stamp(**given["stamp"])


def _paper(given: Mapping[str, Any]) -> Paper:
    facts = {name: tuple((a, b) for a, b in given[name]) for name in ("facts", "contact")}
    sections = tuple(Section(**each) for each in given["sections"])
    texts = {**given, **facts, "sections": sections, "addressee": tuple(given["addressee"])}
    return Paper(**texts)
