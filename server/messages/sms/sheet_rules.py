"""A list of recipients as a spreadsheet saves it (CSV): who, and each one's own words (Y15-4).

UTF-8, UTF-16 or cp949; commas, semicolons or tabs. The first line names the columns, one of which
holds the numbers. Whatever is wrong is said with its line, and the other lines are read. Pure.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from server.core.i18n import N_
from server.core.web.problems import Invalid

if TYPE_CHECKING:
    from _csv import Reader

BYTES_MAX: Final = 4 * 1024 * 1024
COLUMNS_MAX: Final = 30
NAME_MAX: Final = 30
CELL_MAX: Final = 300
FIELD: Final = "sheet"

NUMBER_COLUMNS: Final = frozenset(
    {"번호", "전화", "전화번호", "휴대전화", "휴대전화번호", "휴대폰", "휴대폰번호", "핸드폰"}
    | {"핸드폰번호", "연락처", "받는번호", "받는사람번호", "수신번호", "phone", "phonenumber"}
    | {"mobile", "mobilenumber", "number", "tel", "cell", "to"}
)
_MARKS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_INVISIBLE: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: the number as it is written, and the other cells by column."""

    line: int
    number: str
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A list whose first line could be read. `columns` are the names that a text may use."""

    data: bytes
    encoding: str
    delimiter: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    number_at: int

    def rows(self) -> Iterator[Row | Invalid]:
        """Every line that is not empty, or what is wrong with it; as often as is asked for."""
        reader = _reader(self.data, self.encoding, self.delimiter)
        next(reader)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield _fault(
                    "messages.sheet.quotes", N_("%(line)s번째 줄의 따옴표가 맞지 않습니다."), line
                )
                continue
            if any(cell.strip() for cell in cells):
                yield self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> Row | Invalid:
        if any(cell.strip() for cell in cells[len(self.keys) :]):
            sentence = N_("%(line)s번째 줄에 첫 줄보다 많은 칸이 있습니다.")
            return _fault("messages.sheet.cells", sentence, line)
        if any(len(cell) > CELL_MAX for cell in cells):
            sentence = N_("%(line)s번째 줄에 너무 긴 칸이 있습니다. %(most)s자까지 쓸 수 있습니다.")
            return _fault("messages.sheet.cell", sentence, line, most=CELL_MAX)
        cells = [_unguarded(cell) for cell in cells]
        cells += [""] * (len(self.keys) - len(cells))
        words = {
            key: cell
            for at, (key, cell) in enumerate(zip(self.keys, cells, strict=False))
            if key and at != self.number_at
        }
        return Row(line, _with_its_zero(cells[self.number_at]), words)


def table(data: bytes) -> Table:
    """Read the first line of a list. Raises Invalid, which says what a list has to look like."""
    if not data.strip():
        raise Invalid("messages.sheet.empty", N_("빈 파일입니다."), FIELD)
    if len(data) > BYTES_MAX:
        raise Invalid(
            "messages.sheet.large",
            N_("파일이 너무 큽니다. %(most)sMB까지 올릴 수 있습니다."),
            FIELD,
            most=BYTES_MAX // (1024 * 1024),
        )
    encoding = _encoding(data)
    delimiter = _delimiter(data, encoding)
    try:
        names = next(_reader(data, encoding, delimiter))
    except (csv.Error, StopIteration):
        raise _no_header() from None
    columns = tuple(_INVISIBLE.sub("", name).strip() for name in names)
    while columns and not columns[-1]:
        columns = columns[:-1]
    keys = tuple(key_of(name) for name in columns)
    number_at = next((at for at, key in enumerate(keys) if key in NUMBER_COLUMNS), None)
    if number_at is None:
        raise _no_header()
    _refuse_odd_columns(keys)
    others = tuple(name for at, name in enumerate(columns) if name and at != number_at)
    return Table(data, encoding, delimiter, keys, others, number_at)


def key_of(name: str) -> str:
    """What a column is known by: `{ 이름 }` and `이름` are one."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _refuse_odd_columns(keys: tuple[str, ...]) -> None:
    named = [key for key in keys if key]
    if len(keys) > COLUMNS_MAX or any(len(key) > NAME_MAX or set(key) & set("{}") for key in named):
        raise Invalid(
            "messages.sheet.columns",
            N_("첫 줄의 칸 이름은 %(letters)s자까지, 칸은 %(most)s개까지 쓸 수 있습니다."),
            FIELD,
            letters=NAME_MAX,
            most=COLUMNS_MAX,
        )
    twice = next((key for key in named if named.count(key) > 1), None)
    if twice is not None:
        raise Invalid(
            "messages.sheet.twice",
            N_("첫 줄에 같은 칸 이름이 두 번 있습니다: %(name)s"),
            FIELD,
            name=twice,
        )


def _no_header() -> Invalid:
    return Invalid(
        "messages.sheet.header",
        N_("첫 줄에 칸 이름을 적어 주세요. 번호가 든 칸의 이름은 ‘번호’나 ‘휴대전화’입니다."),
        FIELD,
    )


def _fault(code: str, sentence: str, line: int, **words: int) -> Invalid:
    return Invalid(code, sentence, FIELD, line=line, **words)


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _readable(data, encoding)
    try:
        return _readable(data, "utf-8")
    except Invalid:
        return _readable(data, "cp949")


def _readable(data: bytes, encoding: str) -> str:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        raise Invalid(
            "messages.sheet.encoding",
            N_("글자를 읽을 수 없습니다. CSV(UTF-8)로 저장한 파일을 골라 주세요."),
            FIELD,
        ) from None
    return encoding


def _delimiter(data: bytes, encoding: str) -> str:
    """What parts the names of the first line."""
    first = data[:8192].decode(encoding, "ignore").partition("\n")[0]
    return max(",;\t", key=first.count)


def _reader(data: bytes, encoding: str, delimiter: str) -> "Reader":
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    return csv.reader(text, delimiter=delimiter, strict=True)


def _unguarded(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from changing it."""
    cell = cell.strip()
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "0123456789+=-@'" else cell


def _with_its_zero(number: str) -> str:
    """A mobile number that a spreadsheet took for a figure has lost its first 0."""
    digits = re.sub(r"[\s.-]", "", number)
    return "0" + digits if re.fullmatch(r"10\d{8}|1[16789]\d{7,8}", digits) else number
