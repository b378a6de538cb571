"""How each clause is met, for residents to read: its text, what it means, what is proven of it.

Met is a number that has a passing test (proven.toml, written by `python -m tests.clauses`); nothing
else in the house can say so.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from server.ordinance import texts

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Number:
    """One thing that somebody sees when a clause works. `where` leads to it where it is met."""

    words: str
    met: bool
    where: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """One place of the ordinance that says the duty: its heading (제15조제4항) and words."""

    heading: str
    text: texts.Paragraph


@dataclass(frozen=True, slots=True)
class Duty:
    """One clause of the table in the numbering of the district's ordinance.

    `place` is where it stands: 제15조제4항, Article 15(4).
    """

    id: str
    place: str
    says: str
    passages: tuple[Passage, ...]
    numbers: tuple[Number, ...]

    @property
    def met(self) -> int:
        """How many of its numbers are proven."""
        return sum(number.met for number in self.numbers)

    @property
    def state(self) -> Literal["met", "partly", "not_yet"]:
        if self.met == len(self.numbers):
            return "met"
        return "partly" if self.met else "not_yet"


@dataclass(frozen=True, slots=True)
class DutiesOfChapter:
    """The duties of one chapter, in the order of its articles."""

    title: str
    duties: tuple[Duty, ...]


@cache
def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def table() -> list[dict[str, Any]]:
    """The clause table as it is kept: id, twins, duty, and what somebody sees, in English."""
    clauses: list[dict[str, Any]] = _toml("clauses.toml")["clause"]
    return clauses


def meanings() -> dict[str, dict[str, Any]]:
    """The same for residents, in Korean, with the pages where it is seen."""
    return _toml("meanings.toml")


@cache
def chapters_of(text_file: str) -> tuple[texts.Chapter, ...]:
    """The ordinance of that text file, read once."""
    return texts.chapters((HERE / "texts" / text_file).read_text(encoding="utf-8"))


@cache
def duties(numbering: str, text_file: str, mayor: str, locale: str) -> tuple[DutiesOfChapter, ...]:
    """Every duty of the ordinance with that numbering ("Y" or "O"), by chapter.

    `mayor` is what residents call the head of the office; the words are Korean for "ko", else
    English.
    """
    read = chapters_of(text_file)
    found: dict[str, Duty] = {}
    for clause in table():
        ids = [one for one in (clause["id"], *clause.get("with", ())) if one[0] == numbering]
        if ids:
            found[ids[0]] = _duty(clause, ids, read, mayor, locale)
    places = sorted((texts.place(read, first), duty) for first, duty in found.items())
    return tuple(
        DutiesOfChapter(
            chapter.title if locale == "ko" else f"Chapter {number + 1}",
            tuple(duty for place, duty in places if place[0] == number),
        )
        for number, chapter in enumerate(read)
        if any(place[0] == number for place, _ in places)
    )


def _duty(
    clause: dict[str, Any], ids: list[str], read: tuple[texts.Chapter, ...], mayor: str, locale: str
) -> Duty:
    meaning = meanings()[clause["id"]]
    proven = _toml("proven.toml")["proven"].get(clause["id"], [])
    words = meaning if locale == "ko" else clause
    return Duty(
        id=ids[0],
        place=_place(read, ids[0], locale),
        says=words["says"].replace("{mayor}", mayor),
        passages=tuple(_passage(read, one) for one in ids),
        numbers=tuple(
            Number(
                shown.replace("{mayor}", mayor),
                met=number in proven,
                where=where if where and number in proven else None,
            )
            for number, (shown, where) in enumerate(
                zip(words["shows"], meaning["where"], strict=True), start=1
            )
        ),
    )


def _place(read: tuple[texts.Chapter, ...], clause_id: str, locale: str) -> str:
    article, paragraph = texts.passage(read, clause_id)
    number = texts.MARKS.index(paragraph.mark) + 1 if paragraph.mark else 0
    if locale == "ko":
        return article.heading.partition(" (")[0] + (f"제{number}항" if number else "")
    written = article.number.replace("bis", "-2")
    return f"Article {written}" + (f"({number})" if number else "")


def _passage(read: tuple[texts.Chapter, ...], clause_id: str) -> Passage:
    article, paragraph = texts.passage(read, clause_id)
    return Passage(f"{_place(read, clause_id, 'ko')} ({article.title})", paragraph)
