"""What is caught before it is posted, and what is not, case by case (Y22-1)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.complaints.disclosure.guard_rules import Exposed, business, checks_out, find, luhn
from server.core.ids import receipt_number

TODAY = date(2026, 11, 23)
RESIDENT, CARD = Exposed.RESIDENT_NUMBER, Exposed.CARD
PHONE, ACCOUNT = Exposed.PHONE, Exposed.ACCOUNT

CAUGHT = [
    # resident numbers: with a right check digit, however they are written
    ("제 주민번호는 900101-1234568입니다", RESIDENT, "900101-1234568"),
    ("9001011234568", RESIDENT, "9001011234568"),
    ("900101 1234568", RESIDENT, "900101 1234568"),
    ("９００１０１－１２３４５６８", RESIDENT, "９００１０１－１２３４５６８"),
    ("900101 - 1234568", RESIDENT, "900101 - 1234568"),
    ("900101–1234568 en dash", RESIDENT, "900101–1234568"),
    ("구공공일공일 다시 일이삼사오육팔", RESIDENT, "구공공일공일 다시 일이삼사오육팔"),
    ("9 0 없이 ID900101-1234568", RESIDENT, "900101-1234568"),
    ("9001\u200b01-1234568 invisible", RESIDENT, "9001\u200b01-1234568"),
    # new ones have none (since October 2020), also given anew to those born long before
    ("201105-3999999", RESIDENT, "201105-3999999"),
    ("2101013999999", RESIDENT, "2101013999999"),
    ("새 번호 900101-1999999", RESIDENT, "900101-1999999"),
    ("주민등록번호 9001011999999", RESIDENT, "9001011999999"),
    ("외국인등록번호 900101-5234567", RESIDENT, "900101-5234567"),
    ("2월 29일생 000229-3123456", RESIDENT, "000229-3123456"),
    # telephones
    ("010-1234-5678로 연락 주세요", PHONE, "010-1234-5678"),
    ("01012345678", PHONE, "01012345678"),
    ("010.1234.5678", PHONE, "010.1234.5678"),
    ("010 1234 5678", PHONE, "010 1234 5678"),
    ("０１０－１２３４－５６７８", PHONE, "０１０－１２３４－５６７８"),
    ("공일공-일이삼사-오육칠팔", PHONE, "공일공-일이삼사-오육칠팔"),
    ("공일공 일이삼사 오육칠팔이에요", PHONE, "공일공 일이삼사 오육칠팔"),
    ("공일공에 일이삼사에 오육칠팔", PHONE, "공일공에 일이삼사에 오육칠팔"),
    ("010 다시 일이삼사 다시 5678", PHONE, "010 다시 일이삼사 다시 5678"),
    ("010하이픈1234하이픈5678", PHONE, "010하이픈1234하이픈5678"),
    ("o1o-1234-5678", PHONE, "o1o-1234-5678"),
    ("OlO 1234 5678", PHONE, "OlO 1234 5678"),
    ("0️⃣1️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", PHONE, "0️⃣1️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8"),
    ("①은 빼고 010ㅡ1234ㅡ5678", PHONE, "010ㅡ1234ㅡ5678"),
    ("٠١٠-١٢٣٤-٥٦٧٨", PHONE, "٠١٠-١٢٣٤-٥٦٧٨"),
    ("02)2670-1234", PHONE, "02)2670-1234"),
    ("(02) 2670-1234", PHONE, "02) 2670-1234"),
    ("031-123-4567", PHONE, "031-123-4567"),
    ("070-1234-5678", PHONE, "070-1234-5678"),
    ("안심번호 0507-1234-5678", PHONE, "0507-1234-5678"),
    ("+82 10-1234-5678", PHONE, "+82 10-1234-5678"),
    ("+82-2-2670-1234", PHONE, "+82-2-2670-1234"),
    ("+82 (0)10 1234 5678", PHONE, "+82 (0)10 1234 5678"),
    ("HP010-1234-5678", PHONE, "010-1234-5678"),
    ("영등포구010-1234-5678", PHONE, "010-1234-5678"),
    # cards: the check digit is right
    ("카드 5412-7512-3412-3452", CARD, "5412-7512-3412-3452"),
    ("5412751234123452", CARD, "5412751234123452"),
    ("4111 1111 1111 1111", CARD, "4111 1111 1111 1111"),
    ("４１１１１１１１１１１１１１１１", CARD, "４１１１１１１１１１１１１１１１"),
    ("3782-822463-10005", CARD, "3782-822463-10005"),
    ("사일일일 일일일일 일일일일 일일일일", CARD, "사일일일 일일일일 일일일일 일일일일"),
    # accounts: as banks write them, or beside a bank's name
    ("302-1234-5678-91", ACCOUNT, "302-1234-5678-91"),
    ("신한 110-123-456789", ACCOUNT, "110-123-456789"),
    ("국민 123456-01-123456 홍길동", ACCOUNT, "123456-01-123456"),
    ("1002-123-456789", ACCOUNT, "1002-123-456789"),
    ("카카오뱅크 3333-01-1234567", ACCOUNT, "3333-01-1234567"),
    ("환불 계좌: 11012345678901", ACCOUNT, "11012345678901"),
    ("농협 ３０２ １２３４ ５６７８ ９１", ACCOUNT, "３０２ １２３４ ５６７８ ９１"),
    ("토스뱅크 1000-1234-5678로 보내 주세요", ACCOUNT, "1000-1234-5678"),
    ("1000-1234-5678 (토스)", ACCOUNT, "1000-1234-5678"),
]

FINE = [
    "당산로 12길 34-5 앞, 101동 1203호",
    "2026-11-23 10:00부터 2026.11.24. 밤 10시까지",
    "2026-11-23-10-30 사진",
    f"접수번호 {receipt_number(2026, 11, 427)}에 이어서",
    receipt_number(2026, 11, 427).replace("-", ""),
    f"신청번호 {receipt_number(2026, 11, 12345)}의 처리 결과가 궁금합니다",
    "도로교통법 제32조 제1항, 법률 제19158호(2023. 1. 3. 공포)",
    "문서번호 도로과-12345(2026. 11. 20.)",
    "영등포구 고시 제2026-123호",
    "사업자등록번호 123-45-67891",
    "사업자번호 120-81-47521",
    "법인등록번호 110111-1234567",
    "등기번호 1234-5678-9012",
    "운송장 6012-3456-7890",
    "관리번호 123-12-123456",
    "가로등 번호 12-345-6789, 전주 8123A012",
    "112와 119, 다산콜 120에 전화했습니다",
    "대표전화 1588-1234",
    "1,234,567,890원을 냈습니다",
    "위도 37.526312, 경도 126.896234",
    "버스 5615번, 노선 10-1, 정류장 19-123",
    "바코드 8801234567893",
    "900101-1****** 처럼 가렸습니다",
    "991301-1234567은 없는 날짜입니다",
    "271201-3234567은 아직 오지 않은 날입니다",
    "카드가 아닙니다 1234-5678-1234-5678",
    "카드 같지만 5412-7512-3412-3456은 끝자리가 틀립니다",
    "0000-0000-0000-0000",
    "구일이 사거리 오일장 이사 일구이언 삼사일",
    "이 일은 구의 일이 아니라 사이사이 영이네 일이라고 오늘 칠팔 번 들었습니다",
    "공사가 일이 주 늦어져 사오 일 뒤 육칠 시에 다시 오라고 합니다",
    "전주 번호 0212A345, 차량 12가3456",
    "2026년 11월 20일 오전 9시 10분 25초",
    "면적 1200.0212345678㎡",
]

OFFICE = ("02-2670-3804", "02-2670-3114")


@pytest.mark.clause("Y22-1", 1)
@pytest.mark.parametrize(("text", "what", "words"), CAUGHT)
def test_caught(text: str, what: Exposed, words: str) -> None:
    found = find(text, today=TODAY)
    assert [(f.what, text[f.begins : f.ends]) for f in found] == [(what, words)]


@pytest.mark.parametrize("text", FINE)
def test_no_finding(text: str) -> None:
    assert find(text, today=TODAY) == []


def test_the_offices_telephones_are_meant_to_be_read() -> None:
    text = "도로과 02-2670-3804, 대표 02)2670-3114, +82-2-2670-3804, 제 번호 02-2670-9999"
    found = find(text, keep=OFFICE, today=TODAY)
    assert [text[f.begins : f.ends] for f in found] == ["02-2670-9999"]


def test_several_in_one_text_are_each_named_in_order() -> None:
    text = "홍길동 900101-1234568, 010-1234-5678, 5412-7512-3412-3452, 농협 302-1234-5678-91"
    assert [f.what for f in find(text)] == [RESIDENT, PHONE, CARD, ACCOUNT]


def test_check_digits() -> None:
    assert checks_out("9001011234568")
    assert not checks_out("9001011234567")
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
    assert business("1208147521")


digits = st.text("0123456789", min_size=4, max_size=4)
gaps = st.sampled_from(["", "-", " ", ".", " - ", "－", "·"])


@given(st.sampled_from(["010", "011", "02", "031", "070"]), digits, digits, gaps, gaps)
def test_no_telephone_gets_through(
    area: str, middle: str, last: str, first_gap: str, second_gap: str
) -> None:
    number = f"{area}{first_gap}{middle}{second_gap}{last}"
    assert find(f"번호는 {number} 입니다")


@given(st.text(max_size=300))
def test_any_text_is_read_and_findings_lie_apart(text: str) -> None:
    found = find(text)
    ends = 0
    for each in found:
        assert ends <= each.begins < each.ends <= len(text)
        ends = each.ends
