"""The cover page of a fax: to whom, from whom, how many pages, and what to do if it went astray.

It is drawn like any other page and counts as one (Y15-4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image

from gateways.encode import fax_file, fax_font, fax_text
from gateways.encode.fax_file import WIDTH
from gateways.encode.fax_font import GRID, Typeface

TITLE = "팩스 표지"
TITLE_EM, LABEL_EM, BODY_EM = 88, 38, 46
LEFT = fax_text.LEFT
RIGHT = WIDTH - LEFT
VALUE_LEFT = LEFT + 30 * GRID
TITLE_TOP, TABLE_TOP = 240, 440
ROW_GAP, LINE_GAP = 36, 14
LINES_MAX = 3
RULE, THIN_RULE = 6, 2
ASTRAY_TITLE = "잘못 받으셨을 때"
ASTRAY = (
    "이 팩스는 위에 적힌 받는 분께만 보내는 것입니다. 받은 종이는 보거나 나누지 말고 없애 주세요."
)
ASTRAY_TELL = "위 연락처로 알려 주시면 고맙겠습니다."
OPT_OUT_TITLE = "이런 팩스를 받지 않으시려면"


@dataclass(frozen=True, slots=True)
class Cover:
    """What a cover says beside the header's names: `contact` is where an answer finds the sender,
    `note` a sentence of the office that lets him send, `opt_out` how to get no more of them."""

    addressee: str
    contact: str
    note: str
    opt_out: str = ""


def draw(
    cover: Cover, sender: str, recipient: str, at: datetime, pages: int, font: Path
) -> Image.Image:
    """The sheet (`fax_file.blank_sheet`); `pages` counts the cover too."""
    title, label, body = (fax_font.typeface(font, em) for em in (TITLE_EM, LABEL_EM, BODY_EM))
    sheet = fax_file.blank_sheet()
    fax_text.set_line(sheet, TITLE, title, LEFT, TITLE_TOP)
    _rule(sheet, TABLE_TOP - ROW_GAP, RULE)
    top = TABLE_TOP
    rows = (
        ("수신", (cover.addressee, recipient)),
        ("발신", (sender,)),
        ("연락처", (cover.contact,)),
        ("매수", (f"표지를 합해 {pages}장",)),
        ("보낸 때", (f"{at:%Y-%m-%d %H:%M}",)),
    )
    for name, values in rows:
        lines = [line for value in values for line in _lines(value, body, RIGHT - VALUE_LEFT)]
        if not lines:
            continue
        fax_text.set_line(sheet, name, label, LEFT, top + body.height - label.height)
        top = _set(sheet, lines, body, VALUE_LEFT, top) + ROW_GAP
        _rule(sheet, top - ROW_GAP // 2, THIN_RULE)
    _rule(sheet, top - ROW_GAP // 2, RULE)
    astray = f"{ASTRAY} {ASTRAY_TELL}" if fax_text.tidy(cover.contact) else ASTRAY
    top = _set(sheet, [ASTRAY_TITLE], body, LEFT, top + 2 * ROW_GAP)
    top = _notices(sheet, (astray, cover.note), label, top)
    if cover.opt_out:
        top = _set(sheet, [OPT_OUT_TITLE], body, LEFT, top + ROW_GAP)
        _notices(sheet, (cover.opt_out,), label, top)
    return sheet


def words(cover: Cover) -> str:
    """All that somebody typed for the cover."""
    return f"{cover.addressee}\n{cover.contact}"


def _lines(text: str, face: Typeface, width: int) -> list[str]:
    """At most LINES_MAX lines of a value; of a cover more would be a letter."""
    tidy = fax_text.tidy(text).replace("\n", " ")
    return fax_text.wrap(tidy, face, width)[:LINES_MAX] if tidy else []


def _notices(sheet: Image.Image, notices: Iterable[str], face: Typeface, top: int) -> int:
    """Set notices below each other; the row below the last."""
    for notice in notices:
        top = _set(sheet, _lines(notice, face, RIGHT - LEFT), face, LEFT, top) + ROW_GAP
    return top


def _set(sheet: Image.Image, lines: Iterable[str], face: Typeface, left: int, top: int) -> int:
    """Set lines below each other; the row below the last."""
    for line in lines:
        fax_text.set_line(sheet, line, face, left, top)
        top += face.height + LINE_GAP
    return top


def _rule(sheet: Image.Image, row: int, thick: int) -> None:
    sheet.paste(0xFF, (LEFT // GRID, row, RIGHT // GRID, row + thick))
