"""The table as a spreadsheet: written so that no cell is a formula, read back to the same values.

A cell that a spreadsheet would take for a formula is led by an apostrophe, and so is one that
begins with an apostrophe itself: reading takes one off, so that nothing changes on the way.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from server.catalogue import rules
from server.catalogue.rules import (
    CATEGORIES,
    FIELDS,
    LABELS,
    MANDATES,
    Enclosure,
    Question,
    Terms,
)
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.core.web import Invalid

BYTES_MAX: Final = 512 * 1024
ROWS_MAX: Final = 1_000
BOM: Final = "\ufeff"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'", "＝", "＋", "－", "＠")
YES: Final = "예"
NO: Final = "아니요"
REQUIRED: Final = "필수"
OPTIONAL: Final = "선택"
BOOLEANS: Final = ("online", "identity", "public", "active")
_YES = frozenset({YES, "y", "yes", "true", "1", "o"})
_NO = frozenset({NO, "아니오", "n", "no", "false", "0", "x"})
_CATEGORY_CODES = {words: code for code, words in CATEGORIES.items()}
_MANDATE_CODES = {words: code for code, words in MANDATES.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file as it was read: its terms, or why not, by field."""

    number: int
    slug: str
    terms: Terms | None
    faults: tuple[tuple[str, Phrase], ...]


class _Misread(Exception):  # noqa: N818
    def __init__(self, field: str, text: str, value: str) -> None:
        super().__init__(text)
        self.field, self.why = field, Phrase(text, {"value": value[:40]})


def written(table: Iterable[Terms]) -> str:
    """The table as CSV with a byte order mark, so that a spreadsheet reads its Korean."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(LABELS[name] for name in FIELDS)
    for terms in table:
        writer.writerow(_guarded(text) for text in cells(terms).values())
    return BOM + out.getvalue()


def cells(terms: Terms) -> dict[str, str]:
    """A row's fields as people read and type them."""
    plain: dict[str, str] = {}
    for name in FIELDS:
        value = getattr(terms, name)
        plain[name] = YES if value is True else NO if value is False else str(value or "")
    return plain | {
        "category": CATEGORIES.get(terms.category, terms.category),
        "mandate": MANDATES.get(terms.mandate, terms.mandate),
        "fee_won": str(terms.fee_won),
        "enclosures": enclosures_text(terms.enclosures),
        "questions": questions_text(terms.questions),
        "approvals": " > ".join(terms.approvals or ()),
    }


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 or, as spreadsheets in Korea save it, cp949. Raises Invalid."""
    if len(data) > BYTES_MAX:
        sentence = N_("파일이 너무 큽니다. 500KB까지 올릴 수 있습니다.")
        raise Invalid("catalogue.file", sentence, "file")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.strip() and "\0" not in text:
            return text
    raise Invalid("catalogue.file", N_("CSV 파일이 아닙니다. CSV로 저장해 올려 주세요."), "file")


def read(text: str, departments: Iterable[str]) -> list[Line]:
    """The lines of a file with what is wrong with each. Raises Invalid where it is no table."""
    known = frozenset(departments)
    try:
        reader = csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        sentence = N_("CSV 파일을 읽지 못했습니다. 따옴표를 확인해 주세요.")
        raise Invalid("catalogue.file", sentence, "file") from None
    if not rows or len(rows) > ROWS_MAX + 1:
        sentence = N_("표에는 제목 줄과 1~%(max)s줄이 있어야 합니다.")
        raise Invalid("catalogue.rows", sentence, "file", max=ROWS_MAX)
    header = [_unguarded(cell).strip() for cell in rows[0][1]]
    missing = [label for label in LABELS.values() if label not in header]
    if missing:
        sentence = N_("없는 칸이 있습니다: %(columns)s")
        raise Invalid("catalogue.columns", sentence, "file", columns=", ".join(missing))
    places = {name: header.index(LABELS[name]) for name in FIELDS}
    lines = [_line(number, row, places, known) for number, row in rows[1:]]
    return list(_without_doubles(lines))


def _without_doubles(lines: list[Line]) -> Iterable[Line]:
    seen: set[str] = set()
    for line in lines:
        if line.slug in seen:
            why = Phrase(N_("같은 관리번호가 앞에도 있습니다."))
            yield Line(line.number, line.slug, None, (*line.faults, ("slug", why)))
        else:
            seen.add(line.slug)
            yield line


def _line(
    number: int, row: list[str], places: Mapping[str, int], departments: frozenset[str]
) -> Line:
    given = {
        name: _unguarded(row[place]) if place < len(row) else "" for name, place in places.items()
    }
    terms, faults = terms_from(given)
    if terms is not None:
        faults = list(rules.faults(terms, departments))
    return Line(number, given["slug"].strip(), None if faults else terms, tuple(faults))


def _unguarded(text: str) -> str:
    return text.removeprefix("'")


def terms_from(given: Mapping[str, str]) -> tuple[Terms | None, list[tuple[str, Phrase]]]:
    """Terms out of fields as people type them, or what cannot be understood, by field."""
    values: dict[str, Any] = {}
    faults: list[tuple[str, Phrase]] = []
    for name in FIELDS:
        try:
            values[name] = _value(name, given.get(name, ""))
        except _Misread as misread:
            faults.append((misread.field, misread.why))
    return (None, faults) if faults else (Terms(**values), [])


def _value(name: str, text: str) -> Any:
    if name == "enclosures":
        return tuple(_enclosure(line) for line in _lines(text))
    if name == "questions":
        return tuple(_question(line) for line in _lines(text))
    tidy = rules.tidy(text)
    if name in BOOLEANS:
        return _boolean(name, tidy)
    if name == "category":
        return _CATEGORY_CODES.get(tidy, tidy)
    if name == "mandate":
        return _MANDATE_CODES.get(tidy, tidy)
    if name == "period":
        return tidy or None
    if name == "fee_won":
        digits = re.sub(r"[,원\s]", "", tidy) or "0"
        if not digits.isascii() or not digits.isdigit():
            raise _Misread(name, N_("수를 읽지 못했습니다: %(value)s"), tidy)
        return int(digits[:12])
    if name == "approvals":
        return tuple(part.strip() for part in tidy.split(">")) if tidy else None
    return tidy


def _boolean(name: str, text: str) -> bool:
    plain = text.casefold()
    if plain in _YES or plain in _NO:
        return plain in _YES
    raise _Misread(name, N_("예 또는 아니요로 적어 주세요: %(value)s"), text)


def enclosures_text(enclosures: Iterable[Enclosure]) -> str:
    """Enclosures as lines: name | English name | 필수."""
    return "\n".join(
        f"{one.name} | {one.name_en} | {REQUIRED if one.required else OPTIONAL}"
        for one in enclosures
    )


def questions_text(questions: Iterable[Question]) -> str:
    """Questions as lines: slug | question | English | kind | 필수 | choices; … | English; …"""
    return "\n".join(
        " | ".join(
            (
                one.slug,
                one.label,
                one.label_en,
                one.kind,
                REQUIRED if one.required else OPTIONAL,
                *((";".join(one.choices), ";".join(one.choices_en)) if one.choices else ()),
            )
        )
        for one in questions
    )


def _lines(text: str) -> list[str]:
    return [tidy for line in text.splitlines() if (tidy := rules.tidy(line))]


def _enclosure(line: str) -> Enclosure:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3 or parts[2] not in (REQUIRED, OPTIONAL):
        sentence = N_("서류는 '이름 | 영문 이름 | 필수'처럼 한 줄에 하나씩 적어 주세요: %(value)s")
        raise _Misread("enclosures", sentence, line)
    return Enclosure(parts[0], parts[1], parts[2] == REQUIRED)


def _question(line: str) -> Question:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) not in (5, 7) or parts[4] not in (REQUIRED, OPTIONAL):
        sentence = N_(
            "물음은 '영문 이름표 | 물음 | 영문 물음 | text | 필수'처럼 적어 주세요: %(value)s"
        )
        raise _Misread("questions", sentence, line)
    slug, label, label_en, kind, required, *choices = parts
    korean, english = (tuple(c.strip() for c in one.split(";")) for one in choices or ("", ""))
    if not choices:
        korean = english = ()
    return Question(slug, label, label_en, kind, required == REQUIRED, korean, english)
