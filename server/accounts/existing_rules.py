"""How a list of the old system's members is read: its columns, its rows, and what is refused.

A list with resident registration numbers is not taken at all (Personal Information Protection Act
24-2). What stands in a line is never repeated: a fault names the line and the column. Pure.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from server.accounts import rules
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.core.web.problems import Invalid

BYTES_MAX: Final = 8 * 1024 * 1024
ROWS_MAX: Final = 50_000
COLUMNS_MAX: Final = 60
LOGIN_LENGTH_MAX: Final = 60
FAULTS_KEPT: Final = 50
NAMESAKES_MAX: Final = 9

COLUMNS: Final = {
    "login": N_("아이디"),
    "name": N_("이름"),
    "born": N_("생년월일"),
    "joined": N_("가입일"),
}
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "login": ("아이디", "회원아이디", "회원id", "사용자id", "id", "userid", "loginid"),
    "name": ("이름", "성명", "회원명", "사용자명", "name", "username"),
    "born": ("생년월일", "생일", "birth", "birthdate", "birthday", "dateofbirth"),
    "joined": ("가입일", "가입일자", "가입일시", "가입날짜", "등록일", "joined", "joindate",
               "joinedat", "regdate"),
}  # fmt: skip
_RESIDENT_NUMBER: Final = re.compile(r"(?<!\d)\d{6}[-\s]?[1-8]\d{6}(?!\d)")
_RESIDENT_NUMBER_NAMES: Final = ("주민등록", "주민번호", "주민no", "jumin", "rrn", "ssn")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the old system as a line of the list names them."""

    line: int
    login: str
    name: str
    born: date


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot be taken, and why: the column that cannot be read, or `late`."""

    line: int
    why: str


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 or cp949. Raises Invalid for what is neither, or too long."""
    if len(data) > BYTES_MAX:
        sentence = N_("파일이 너무 큽니다. %(size)sMB까지 올릴 수 있습니다.")
        raise Invalid("existing.file", sentence, "file", size=BYTES_MAX // 2**20)
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.strip() and "\0" not in text:
            return text
    raise Invalid("existing.file", N_("CSV 파일이 아닙니다. CSV로 저장해 올려 주세요."), "file")


def members(text: str, today: date, opening: date) -> tuple[list[Member], list[Fault]]:
    """The members of a list who joined before the opening, and the lines that cannot be taken.

    Raises Invalid where it is no list, or holds resident registration numbers.
    """
    (_, header), *rows = _rows(text)
    places = _places(header)
    found: list[Member] = []
    faults: list[Fault] = []
    for line, cells in rows:
        given = {
            name: rules.plain(cells[place]) if place < len(cells) else ""
            for name, place in places.items()
        }
        why = _fault(given, today, opening)
        if why is not None:
            faults.append(Fault(line, why))
            continue
        born = rules.parse_day(given["born"])
        assert born is not None, "a line without fault has a date of birth"
        login = rules.normal_login_id(given["login"])
        found.append(Member(line, login, rules.normal_name(given["name"]), born))
    return found, faults


def _rows(text: str) -> list[tuple[int, Sequence[str]]]:
    delimiter = max(",\t;", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, Sequence[str]]] = []
    try:
        for row in reader:
            _refuse_resident_numbers(row)
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row[:COLUMNS_MAX]))
            if len(rows) > ROWS_MAX + 1:
                break
    except csv.Error:
        sentence = N_("CSV 파일을 읽지 못했습니다. 따옴표를 확인해 주세요.")
        raise Invalid("existing.file", sentence, "file") from None
    if not 1 < len(rows) <= ROWS_MAX + 1:
        sentence = N_("표에는 제목 줄과 1~%(max)s줄이 있어야 합니다.")
        raise Invalid("existing.rows", sentence, "file", max=ROWS_MAX)
    return rows


def _refuse_resident_numbers(cells: Iterable[str]) -> None:
    if any(_RESIDENT_NUMBER.search(cell) for cell in cells):
        raise Invalid(
            "existing.resident_number",
            N_("주민등록번호가 든 파일은 받지 않습니다. 그 칸을 지우고 다시 올려 주세요."),
            "file",
        )


def _places(header: Sequence[str]) -> dict[str, int]:
    plain = [re.sub(r"[\W_]", "", rules.plain(cell)).casefold() for cell in header]
    if any(name in cell for cell in plain for name in _RESIDENT_NUMBER_NAMES):
        _refuse_resident_numbers(["000000-1000000"])
    places = {
        meaning: plain.index(name)
        for meaning, names in _NAMES.items()
        for name in reversed(names)
        if name in plain
    }
    missing = [COLUMNS[meaning] for meaning in COLUMNS if meaning not in places]
    if missing:
        sentence = N_("없는 칸이 있습니다: %(columns)s")
        raise Invalid("existing.columns", sentence, "file", columns=", ".join(missing))
    return places


def _fault(given: Mapping[str, str], today: date, opening: date) -> str | None:
    """Which column of a line cannot be read, or `late`; None where nothing is wrong."""
    if not 0 < len(given["login"]) <= LOGIN_LENGTH_MAX:
        return "login"
    if rules.name_fault(rules.normal_name(given["name"])):
        return "name"
    born = rules.parse_day(given["born"])
    if born is None or rules.birth_date_fault(born, today):
        return "born"
    joined = rules.parse_day(given["joined"]) or rules.parse_day(given["joined"].split(" ")[0])
    if joined is None or joined < born:
        return "joined"
    return "late" if joined >= opening else None


def words_of(fault: Fault) -> Phrase:
    """A fault as an official reads it."""
    if fault.why == "late":
        return Phrase(N_("개시일보다 늦게 가입한 회원입니다."))
    column = Phrase(COLUMNS[fault.why])
    return Phrase(N_("%(column)s 칸을 읽지 못했습니다."), {"column": column})
