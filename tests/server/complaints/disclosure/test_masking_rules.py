"""What a public text must not show, and what it must go on showing (Y12-2, Y22-1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.complaints.disclosure.masking_rules import find, mask
from server.core.ids import receipt_number

COVERED = [
    ("주민번호 900101-1234567 입니다", "주민번호 ******-******* 입니다"),
    ("9001011234567", "*************"),
    ("900101 - 1234567", "****** - *******"),
    ("900101-1******", "******-*******"),
    ("전화 010-1234-5678로 주세요", "전화 ***-****-****로 주세요"),
    ("01012345678", "***********"),
    ("010.1234.5678", "***.****.****"),
    ("010 1234 5678", "*** **** ****"),
    ("(02)2670-1234", "(**)****-****"),
    ("02)2670-1234", "**)****-****"),
    ("02-123-4567", "**-***-****"),
    ("031-123-4567", "***-***-****"),
    ("070-1234-5678", "***-****-****"),
    ("+82 10-1234-5678", "+** **-****-****"),
    ("+82-2-2670-1234", "+**-*-****-****"),
    ("010-1234-5678", "***-****-****"),
    ("HP010-1234-5678", "HP***-****-****"),
    ("tel02-2670-1234", "tel**-****-****"),
    ("ID900101-1234567", "ID******-*******"),
    ("No5412-7512-3412-3456", "No****-****-****-****"),
    ("010/1234/5678, 010_1234_5678", "***/****/****, ***_****_****"),
    ("공일공 말고 ０１０-１２３４-５６７８", "공일공 말고 ***-****-****"),
    ("카드 5412-7512-3412-3456", "카드 ****-****-****-****"),
    ("5412751234123456", "****************"),
    ("3712 345678 12345", "**** ****** *****"),
    ("메일은 hong.gildong+x@naver.com 으로", "메일은 ****.*******+*@*****.*** 으로"),
    ("a_b@mail.go.kr.", "*_*@****.**.**."),
    ("농협 302-1234-5678-91", "농협 ***-****-****-**"),
    ("신한 110-123-456789", "신한 ***-***-******"),
    ("국민 123456-01-123456", "국민 ******-**-******"),
    ("우리 1002-123-456789 홍길동", "우리 ****-***-****** 홍길동"),
    ("계좌 11012345678901", "계좌 **************"),
    ("번호010-1234-5678끝", "번호***-****-****끝"),
]

READABLE = [
    "당산로 12길 34-5 앞",
    "2026-11-23 10:00부터 계속됩니다",
    "2026.11.23. 밤 10시",
    f"접수번호 {receipt_number(2026, 11, 427)}에 이어서",
    "1,234,567원을 냈습니다",
    "여의도동 12-34, 101동 1203호",
    "버스 5615번, 노선 10-1",
    "2026-11-23-10-30 사진",
    "위도 37.5263, 경도 126.8962",
    "112에 신고했습니다",
    "사진 3장, 2026년 11월",
]


@pytest.mark.parametrize(("text", "shown"), COVERED)
def test_covered(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize("text", READABLE)
def test_stays_readable(text: str) -> None:
    assert mask(text) == text


def test_the_applicants_own_particulars_are_covered_wherever_they_stand() -> None:
    text = "김영희입니다. 당산로 7길 3, 302호에 삽니다. KIM@x.kr"
    assert (
        mask(text, known=("김영희", "302호", ""))
        == "***입니다. 당산로 7길 3, ****에 삽니다. ***@*.**"
    )


def test_a_single_letter_is_no_particular() -> None:
    assert mask("이 길이 어둡다", known=("이",)) == "이 길이 어둡다"


def test_the_offices_own_telephone_stays() -> None:
    text = "도로과 02-2670-3114, 신고자 02-2670-9999"
    assert mask(text, keep=("02-2670-3114",)) == "도로과 02-2670-3114, 신고자 **-****-****"


def test_what_was_found_is_named() -> None:
    found = find("010-1234-5678, x@y.kr, 900101-1234567")
    assert [what for what, _, _ in found] == ["phone", "email", "resident_number"]


@given(st.text(max_size=200))
def test_any_text_keeps_its_length_and_is_masked_once(text: str) -> None:
    once = mask(text)
    assert len(once) == len(text)
    assert mask(once) == once


digits = st.text("0123456789", min_size=4, max_size=4)


@given(
    st.sampled_from(["010", "011", "02", "031"]), digits, digits, st.sampled_from("- ."), st.text()
)
def test_no_telephone_survives(area: str, middle: str, last: str, gap: str, around: str) -> None:
    around = "".join(letter for letter in around if not letter.isalnum())
    number = gap.join((area, middle, last))
    assert number not in mask(f"{around} {number} {around}")
