"""How a bank's file is read (Y11-3): its letters, its columns, its rows, and which rows are new.

Banks write the same thing in many shapes: cp949 or UTF-8, lines before the header, date and time
in one column or two, deposits in a column of their own or marked by a word. Pure.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from server.core.clock import SEOUL
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.core.web import Invalid

BYTES_MAX: Final = 1024 * 1024
ROWS_MAX: Final = 3_000
HEADER_WITHIN: Final = 15
COLUMNS_MAX: Final = 40
TEXT_LETTERS_MAX: Final = 100

COLUMNS: Final = {
    "when": N_("거래일시"),
    "hour": N_("거래시각 (따로 있으면)"),
    "won": N_("입금액"),
    "way": N_("입금·출금 구분 (있으면)"),
    "payer": N_("보낸 사람·통장 표시"),
    "memo": N_("메모 (있으면)"),
}
"""What the desk is asked to point at; the first, the third and the fifth are needed."""

NEEDED: Final = ("when", "won", "payer")

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "when": ("거래일시", "거래일자", "거래날짜", "거래일", "일시", "일자", "날짜", "date"),
    "hour": ("거래시간", "거래시각", "시간", "시각", "time"),
    "won": ("입금액", "입금금액", "맡기신금액", "받은금액", "입금", "거래금액", "금액", "deposit"),
    "way": ("입출금구분", "거래구분", "입지구분", "구분"),
    "payer": ("보낸분", "의뢰인", "입금자", "입금인", "기재내용", "거래기록사항", "통장표시",
              "내통장표시", "거래내용", "내용", "적요", "payer"),
    "memo": ("송금메모", "메모", "통장메모", "비고", "적요", "memo"),
}  # fmt: skip
_DAY = re.compile(r"(\d{4}|\d{2})\D{0,2}(\d{2})\D{0,2}(\d{2})\D*")
_DAY_SHORT = re.compile(r"(\d{4})[-./] ?(\d{1,2})[-./] ?(\d{1,2})\D*")
_HOUR = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_HOUR_PLAIN = re.compile(r"(\d{2})(\d{2})(\d{2})?")
_WON = re.compile(r"[+₩\\]?(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?원?")
_TOTALS = ("합계", "총계", "소계", "total")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as rows of cells: the header, and the rows after it with their line numbers."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class BankRow:
    """A deposit of a bank's file: when it came in (UTC), how much, and the words beside it.

    `copy` counts rows that say exactly the same: 1 for the first of them.
    """

    line: int
    at: datetime
    won: int
    payer: str
    memo: str
    copy: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that could not be read, and why."""

    line: int
    why: Phrase


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 or cp949. Raises Invalid for what is neither, or too long."""
    if len(data) > BYTES_MAX:
        raise Invalid("payments.file", N_("파일이 너무 큽니다. 1MB까지 올릴 수 있습니다."), "file")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    sentence = N_("CSV 파일이 아닙니다. 은행에서 엑셀로 받았다면 CSV로 저장해 올려 주세요.")
    raise Invalid("payments.file", sentence, "file")


def sheet(text: str) -> Sheet:
    """The rows of a file and its header, wherever the bank begins it. Raises Invalid."""
    cells = _cells(text)
    filled = [(line, row) for line, row in cells if any(row)]
    place = next(
        (n for n, (_, row) in enumerate(filled[:HEADER_WITHIN]) if _is_header(row)),
        next(
            (n for n, (_, row) in enumerate(filled[:HEADER_WITHIN]) if sum(map(bool, row)) > 2),
            None,
        ),
    )
    if place is None:
        sentence = N_("입금 내역을 찾지 못했습니다. 은행에서 받은 CSV 파일인지 확인해 주세요.")
        raise Invalid("payments.file", sentence, "file")
    header, rows = filled[place][1], filled[place + 1 :]
    if len(rows) > ROWS_MAX:
        raise Invalid(
            "payments.rows", N_("한 번에 %(max)s줄까지 올릴 수 있습니다."), "file", max=ROWS_MAX
        )
    return Sheet(header, tuple(rows))


def _cells(text: str) -> list[tuple[int, tuple[str, ...]]]:
    sample = text[:4000]
    delimiter = max(",\t;|", key=sample.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [
            (reader.line_num, tuple(_tidy(cell) for cell in row[:COLUMNS_MAX])) for row in reader
        ]
    except csv.Error:
        raise Invalid("payments.file", N_("CSV 파일을 읽지 못했습니다."), "file") from None


def _tidy(cell: str) -> str:
    composed = unicodedata.normalize("NFKC", cell)
    plain = " ".join("".join(c if c.isprintable() else " " for c in composed).split())
    return plain.removeprefix("'").removeprefix('="').removesuffix('"').strip()


def _is_header(row: Sequence[str]) -> bool:
    found = guess(row)
    return "when" in found and "won" in found


def guess(header: Sequence[str]) -> dict[str, int]:
    """Which columns mean what, by the words that Korean banks use: the plainest name wins."""
    plain = [re.sub(r"[\W_]|원$", "", name.replace("(원)", "")).casefold() for name in header]
    found: dict[str, int] = {}
    for meaning, names in _NAMES.items():
        place = _place_of(names, plain, set(found.values()))
        if place is not None:
            found[meaning] = place
    return found


def _place_of(names: Sequence[str], cells: Sequence[str], taken: set[int]) -> int | None:
    for name in names:
        for alike in (str.__eq__, str.startswith):
            for place, cell in enumerate(cells):
                if place not in taken and alike(cell, name):
                    return place
    return None


def deposits(read: Sheet, columns: Mapping[str, int]) -> tuple[list[BankRow], list[Fault]]:
    """The deposits of a file, and the lines that could not be read. Withdrawals are passed over."""
    rows: list[BankRow] = []
    faults: list[Fault] = []
    seen: Counter[tuple[datetime, int, str]] = Counter()
    for line, cells in read.rows:
        cell = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
        try:
            found = _deposit(cell)
        except _Unreadable as unreadable:
            faults.append(Fault(line, unreadable.why))
            continue
        if found is not None:
            at, won = found
            payer = cell["payer"][:TEXT_LETTERS_MAX]
            seen[at, won, payer] += 1
            memo = cell.get("memo", "")[:TEXT_LETTERS_MAX]
            rows.append(BankRow(line, at, won, payer, memo, seen[at, won, payer]))
    return rows, faults


class _Unreadable(Exception):  # noqa: N818
    def __init__(self, text: str, value: str) -> None:
        super().__init__(text)
        self.why = Phrase(text, {"value": value[:40]})


def _deposit(cell: Mapping[str, str]) -> tuple[datetime, int] | None:
    """(when, won) of a deposit; None for withdrawals, sums and empty lines."""
    if any(word in cell["when"].casefold() for word in _TOTALS) or not any(cell.values()):
        return None
    way = cell.get("way", "")
    if "출금" in way or "지급" in way:
        return None
    won = _won(cell["won"])
    if won is None:
        return None
    return _instant(cell["when"], cell.get("hour", "")), won


def _won(text: str) -> int | None:
    if not text.strip("-0., 원") or text.startswith("-"):
        return None
    found = _WON.fullmatch(text.replace(" ", ""))
    if found is None:
        raise _Unreadable(N_("금액을 읽지 못했습니다: %(value)s"), text)
    return int(found[1].replace(",", ""))


def _instant(day_text: str, hour_text: str) -> datetime:
    found = _DAY.match(day_text) or _DAY_SHORT.match(day_text)
    if found is None:
        raise _Unreadable(N_("날짜를 읽지 못했습니다: %(value)s"), day_text)
    year, month, day = (int(part) for part in found.groups())
    rest = hour_text or day_text[found.end() :]
    hour = _HOUR.search(rest) or _HOUR_PLAIN.fullmatch(rest.strip())
    clock_time = [int(part or 0) for part in hour.groups()] if hour else [0, 0, 0]
    try:
        moment = datetime.combine(
            date(year + 2000 if year < 100 else year, month, day),
            time(clock_time[0], clock_time[1], clock_time[2]),
            SEOUL,
        )
    except ValueError:
        raise _Unreadable(N_("날짜를 읽지 못했습니다: %(value)s"), day_text) from None
    return moment.astimezone(UTC)


def row_words(account: str, row: BankRow) -> str:
    """What tells a row of the statement from every other; its keyed hash lets it in once."""
    return "|".join((account, row.at.isoformat(), str(row.won), row.payer, str(row.copy)))


def chosen(header: Sequence[str], given: Mapping[str, str]) -> dict[str, int]:
    """The columns an official has pointed at. Raises Invalid where one that is needed lacks."""
    found: dict[str, int] = {}
    for name in COLUMNS:
        text = given.get(name, "")
        if text.isascii() and text.isdigit() and int(text) < len(header):
            found[name] = int(text)
        elif name in NEEDED:
            raise Invalid("payments.columns", N_("어느 칸인지 골라 주세요."), name)
    return found


def whole(columns: Mapping[str, int]) -> bool:
    """Whether every column that is needed is known."""
    return all(name in columns for name in NEEDED)


def sample(read: Sheet, count: int = 3) -> Iterator[tuple[str, ...]]:
    """The first rows, to recognise the columns by."""
    return (cells for _, cells in read.rows[:count])
