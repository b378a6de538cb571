"""A list of recipients as spreadsheets save it: read as it was meant, or said what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.web import Invalid
from server.messages.sms import sheet_rules
from server.messages.sms.sheet_rules import Row

HEAD = "번호,이름,날짜\n"
ONE = "010-1234-5678,김영희,12월 1일\n"


def rows(text: str, encoding: str = "utf-8") -> list[Row | str]:
    """The lines of a list; a fault as its sentence."""
    table = sheet_rules.table(text.encode(encoding))
    return [row if isinstance(row, Row) else row.text("ko") for row in table.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_save(encoding: str, mark: str, end: str) -> None:
    text = (HEAD + ONE).replace(",", mark).replace("\n", end)
    (row,) = rows(text, encoding)
    assert row == Row(2, "010-1234-5678", {"이름": "김영희", "날짜": "12월 1일"})


@pytest.mark.parametrize(
    "name",
    [
        "번호",
        "휴대전화",
        "휴대폰 번호",
        "전화번호",
        "연락처",
        "Phone",
        "MOBILE ",
        "ＴＥＬ",
        "받는 사람 번호",
    ],
)
def test_the_column_of_numbers_has_many_names(name: str) -> None:
    table = sheet_rules.table(f"이름,{name}\n김영희,010-1234-5678\n".encode())
    assert table.columns == ("이름",)
    (row,) = table.rows()
    assert isinstance(row, Row)
    assert row.number == "010-1234-5678"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1012345678", "01012345678"),
        ("10-1234-5678", "01012345678"),
        ("162345678", "0162345678"),
        ("'01012345678", "01012345678"),
        ("1588-1234", "1588-1234"),
        ("+82 10 1234 5678", "+82 10 1234 5678"),
        ("1.01235E+09", "1.01235E+09"),
    ],
)
def test_a_number_that_a_spreadsheet_took_for_a_figure(cell: str, number: str) -> None:
    (row,) = rows(f"번호\n{cell}\n")
    assert isinstance(row, Row)
    assert row.number == number


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "messages.sheet.empty"),
        (b"  \n", "messages.sheet.empty"),
        (b"010-1234-5678\n", "messages.sheet.header"),
        ("이름,주소\n".encode(), "messages.sheet.header"),
        (b'"unclosed\n1\n', "messages.sheet.header"),
        ("번호,이름,이름\n".encode(), "messages.sheet.twice"),
        ("번호,이 름,이름\n".encode(), "messages.sheet.twice"),
        ("번호,{이름}\n".encode(), "messages.sheet.columns"),
        (("번호," + "가" * 31 + "\n").encode(), "messages.sheet.columns"),
        (
            ("번호," + ",".join(f"c{n}" for n in range(30)) + "\n").encode(),
            "messages.sheet.columns",
        ),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xfe\x9d", "messages.sheet.encoding"),
        (b"\xff\xfe\x00", "messages.sheet.encoding"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(128, 256)), "messages.sheet.encoding"),
        (b"a" * (sheet_rules.BYTES_MAX + 1), "messages.sheet.large"),
    ],
)
def test_what_is_no_list_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        sheet_rules.table(data)
    assert refused.value.code == code
    assert refused.value.field == "sheet"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + ONE + "010,a,b,c\n", "3번째 줄에 첫 줄보다 많은 칸이 있습니다."),
        (
            HEAD + ONE + "1," + "가" * 301,
            "3번째 줄에 너무 긴 칸이 있습니다. 300자까지 쓸 수 있습니다.",
        ),
        (HEAD + ONE + '010,"가"나\n', "3번째 줄의 따옴표가 맞지 않습니다."),
        (HEAD + ONE + '010,"가\n010,나\n', "3번째 줄의 따옴표가 맞지 않습니다."),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_the_others_are_read(text: str, sentence: str) -> None:
    first, second = rows(text)
    assert isinstance(first, Row)
    assert second == sentence


def test_after_a_bad_line_the_next_is_read() -> None:
    found = rows(HEAD + '1,"가"나\n' + ONE)
    assert [type(one) for one in found] == [str, Row]
    assert isinstance(found[1], Row)
    assert found[1].line == 3


def test_empty_lines_short_lines_and_lines_within_a_cell() -> None:
    first, second = rows(HEAD + '\n,,\n010-1,"두\n줄",\n010-2\n')
    assert first == Row(4, "010-1", {"이름": "두\n줄", "날짜": ""})
    assert second == Row(6, "010-2", {"이름": "", "날짜": ""})


def test_columns_without_a_name_are_passed_over() -> None:
    (row,) = rows("이름,,번호,,\n김영희,x,010-1,,\n")
    assert row == Row(2, "010-1", {"이름": "김영희"})


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_refused(data: bytes) -> None:
    for head in (b"", "번호,이름\n".encode()):
        try:
            table = sheet_rules.table(head + data)
        except Invalid:
            continue
        once = [row if isinstance(row, Row) else row.text("ko") for row in table.rows()]
        again = [row if isinstance(row, Row) else row.text("ko") for row in table.rows()]
        assert once == again
