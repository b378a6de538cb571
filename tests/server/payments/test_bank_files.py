"""Bank files in the shapes that Korean banks write, and what comes of odd lines."""

from datetime import UTC, datetime

import pytest

from server.core.web import Invalid
from server.payments import bank_rules

WHEN = datetime(2026, 11, 23, 1, 5, 11, tzinfo=UTC)  # 10:05:11 in Seoul

KOOKMIN = """거래내역조회
계좌번호 : 123456-78-901234

거래일시,적요,보낸분/받는분,송금메모,출금액,입금액,잔액,거래점
2026.11.23 10:05:11,전자금융,김영희,ABCDEFG,0,"1,000","51,000",당산
2026.11.23 11:00:00,체크카드,편의점,,"5,000",0,"46,000",문래
합계,,,,"5,000","1,000",,
"""
SHINHAN = """No,거래일자,거래시간,적요,출금(원),입금(원),내용,잔액(원),거래점
1,2026-11-23,10:05:11,타행IB,0,1000,김영희 ABCDEFG,51000,본점
2,2026-11-23,11:00:00,이자,,,,,
"""
WOORI = """거래일\t구분\t거래금액\t기재내용
20261123100511\t입금\t1,000원\t김영희
20261123110000\t출금\t5,000원\t관리비
"""
NONGHYUP = """"거래일시";"입금금액";"거래기록사항";"메모"
"2026년 11월 23일 10:05:11";"₩1,000";"김영희";"ABCDEFG"
"""
HANA = """'거래일시','의뢰인/수취인','입금액'
2026/11/23 10:05:11,'김영희,1000.00
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("text", [KOOKMIN, SHINHAN, WOORI, NONGHYUP, HANA])
def test_every_shape_is_understood_without_being_told(text: str, encoding: str) -> None:
    data = text.replace("₩", "").encode(encoding)
    read = bank_rules.sheet(bank_rules.decoded(data))
    columns = bank_rules.guess(read.header)
    assert bank_rules.whole(columns)
    rows, faults = bank_rules.deposits(read, columns)
    assert faults == []
    assert [(row.at, row.won) for row in rows] == [(WHEN, 1000)]
    assert "김영희" in rows[0].payer


def test_the_columns_of_a_strange_file_are_chosen() -> None:
    read = bank_rules.sheet("갑,을,병\n2026-11-23,김영희,1000\n")
    assert not bank_rules.whole(bank_rules.guess(read.header))
    columns = bank_rules.chosen(read.header, {"when": "0", "payer": "1", "won": "2"})
    (row,), _ = bank_rules.deposits(read, columns)
    assert (row.won, row.payer, row.at) == (1000, "김영희", datetime(2026, 11, 22, 15, tzinfo=UTC))
    with pytest.raises(Invalid):
        bank_rules.chosen(read.header, {"when": "0", "payer": "9", "won": "2"})


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2026-11-23,김영희,천원", "금액을"),
        ("2026-11-23,김영희,1000.50", "금액을"),
        ("어제,김영희,1000", "날짜를"),
        ("2026-02-30,김영희,1000", "날짜를"),
        ("2026-11-23 25:99,김영희,1000", "날짜를"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, why: str) -> None:
    read = bank_rules.sheet(f"거래일시,보낸분,입금액\n{line}\n2026-11-23,박철수,2000\n")
    rows, faults = bank_rules.deposits(read, bank_rules.guess(read.header))
    assert [row.won for row in rows] == [2000]
    assert [(fault.line, fault.why.text[:3]) for fault in faults] == [(2, why)]


def test_rows_that_say_the_same_are_told_apart_by_their_count() -> None:
    line = "2026-11-23,김영희,1000\n"
    read = bank_rules.sheet("거래일시,보낸분,입금액\n" + line * 3)
    rows, _ = bank_rules.deposits(read, bank_rules.guess(read.header))
    assert [row.copy for row in rows] == [1, 2, 3]
    words = {bank_rules.row_words("1005-201-456789", row) for row in rows}
    assert len(words) == 3


def test_withdrawals_and_empty_lines_are_passed_over() -> None:
    read = bank_rules.sheet("거래일시,보낸분,입금액\n2026-11-23,편의점,-5000\n2026-11-23,이자,0\n")
    assert bank_rules.deposits(read, bank_rules.guess(read.header)) == ([], [])


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04\x00\x00", b"\xff\xfe\x00\x00", "한 줄".encode(), b"x" * (1024 * 1024 + 1)],
)
def test_what_is_no_statement_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        bank_rules.sheet(bank_rules.decoded(data))
