"""Reads an ordinance's text into chapters, articles (조), paragraphs (항) and items (호).

A text file has one heading, article, paragraph or item a line, word for word as published.
"""

import re
from dataclasses import dataclass
from typing import Final

CHAPTER = re.compile(r"제(\d+)장\s*(.+)")
ARTICLE = re.compile(r"제(\d+)조(의\d+)?\s*\(([^)]+)\)\s*(.*)")
PARAGRAPH = re.compile(r"([①-⑳])\s*(.+)")
ITEM = re.compile(r"(\d+)\.\s*(.+)")
SUPPLEMENT = re.compile(r"부\s*칙")
MARKS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
ID = re.compile(r"[YO](\d+)(bis)?(?:-(\d+))?(?:-(\d+))?")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: `mark` is ① and so on, empty where the article has only one."""

    mark: str
    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One article: `number` is "15", or "13bis" for 제13조의2."""

    number: str
    title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def heading(self) -> str:
        """제15조 (참여마당 운영)"""
        plain = self.number.removesuffix("bis")
        return f"제{plain}조{'의2' if plain != self.number else ''} ({self.title})"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter with its articles."""

    title: str
    articles: tuple[Article, ...]


def chapters(text: str) -> tuple[Chapter, ...]:
    """The chapters between the title and the supplementary provisions (부칙)."""
    found: list[tuple[str, list[Article]]] = []
    for line in text.splitlines():
        if SUPPLEMENT.match(line) and found:
            break
        if heading := CHAPTER.fullmatch(line):
            found.append((f"제{heading[1]}장 {heading[2].replace('총 칙', '총칙')}", []))
        elif found:
            _read(line, found[-1][1])
    return tuple(Chapter(title, tuple(articles)) for title, articles in found)


def _read(line: str, articles: list[Article]) -> None:
    """Add one line to the last article, or begin a new one."""
    if begun := ARTICLE.fullmatch(line):
        number = begun[1] + ("bis" if begun[2] else "")
        articles.append(Article(number, begun[3], (_paragraph(begun[4]),)))
        return
    if not articles or line.startswith("["):  # [본조신설 …]: how the text came about
        return
    last = articles[-1]
    if item := ITEM.fullmatch(line):
        before = last.paragraphs[-1]
        grown = Paragraph(before.mark, before.text, (*before.items, item[2]))
        paragraphs = (*last.paragraphs[:-1], grown)
    else:
        paragraphs = (*last.paragraphs, _paragraph(line))
    articles[-1] = Article(last.number, last.title, paragraphs)


def _paragraph(text: str) -> Paragraph:
    marked = PARAGRAPH.fullmatch(text)
    return Paragraph(marked[1], marked[2]) if marked else Paragraph("", text)


def place(read: tuple[Chapter, ...], clause_id: str) -> tuple[int, ...]:
    """Where an id ("Y15-4", "O13bis-1") stands: number of chapter and article from 0, then the
    numbers of paragraph and item as far as the id has them. LookupError for no such article.
    """
    parts = ID.fullmatch(clause_id)
    if parts is not None:
        for in_order, chapter in enumerate(read):
            for number, article in enumerate(chapter.articles):
                if article.number == parts[1] + (parts[2] or ""):
                    return in_order, number, *(int(part) for part in parts.groups()[2:] if part)
    raise LookupError(clause_id)


def passage(read: tuple[Chapter, ...], clause_id: str) -> tuple[Article, Paragraph]:
    """The article and paragraph that an id names.

    Where the id names an item, the paragraph holds that item only. LookupError for no such place.
    """
    chapter, number, *numbers = place(read, clause_id)
    article = read[chapter].articles[number]
    paragraph = article.paragraphs[0]
    if numbers and paragraph.mark:
        wanted = numbers.pop(0)
        if wanted > len(article.paragraphs):
            raise LookupError(clause_id)
        paragraph = article.paragraphs[wanted - 1]
    if not numbers:
        return article, paragraph
    if numbers[0] > len(paragraph.items):
        raise LookupError(clause_id)
    return article, Paragraph(paragraph.mark, paragraph.text, (paragraph.items[numbers[0] - 1],))
