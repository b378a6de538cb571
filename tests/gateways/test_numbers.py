"""Numbers as Korea writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.encode import numbers
from gateways.encode.numbers import BadNumber, Kind, NumberFault

WRITTEN = [
    ("010-1234-5678", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("01012345678", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("010 1234 5678", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("010.1234.5678", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("０１０－１２３４－５６７８", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("+82 10-1234-5678", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("+82 (0)10-1234-5678", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("＋82 10 1234 5678", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("0082 10 1234 5678", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("82-10-1234-5678", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("010–1234—5678", "01012345678", Kind.MOBILE, "010-1234-5678", "+821012345678"),
    ("016-123-4567", "0161234567", Kind.MOBILE, "016-123-4567", "+82161234567"),
    ("+82 16 123 4567", "0161234567", Kind.MOBILE, "016-123-4567", "+82161234567"),
    ("02-123-4567", "021234567", Kind.LANDLINE, "02-123-4567", "+8221234567"),
    ("02)2670-3500", "0226703500", Kind.LANDLINE, "02-2670-3500", "+82226703500"),
    ("(02) 2670-3500", "0226703500", Kind.LANDLINE, "02-2670-3500", "+82226703500"),
    ("팩스 : 02-2670-3500", "0226703500", Kind.LANDLINE, "02-2670-3500", "+82226703500"),
    ("FAX. 02-2670-3500", "0226703500", Kind.LANDLINE, "02-2670-3500", "+82226703500"),
    ("031-123-4567", "0311234567", Kind.LANDLINE, "031-123-4567", "+82311234567"),
    ("064-1234-5678", "06412345678", Kind.LANDLINE, "064-1234-5678", "+826412345678"),
    ("070-1234-5678", "07012345678", Kind.INTERNET, "070-1234-5678", "+827012345678"),
    ("080-123-4567", "0801234567", Kind.TOLL_FREE, "080-123-4567", "+82801234567"),
    ("0505-123-4567", "05051234567", Kind.PERSONAL, "0505-123-4567", "+825051234567"),
    ("0504-1234-5678", "050412345678", Kind.PERSONAL, "0504-1234-5678", "+8250412345678"),
    ("0303-1234-5678", "030312345678", Kind.PERSONAL, "0303-1234-5678", "+8230312345678"),
    ("1588-1234", "15881234", Kind.REPRESENTATIVE, "1588-1234", "+8215881234"),
    ("1644 1234", "16441234", Kind.REPRESENTATIVE, "1644-1234", "+8216441234"),
    ("18001234", "18001234", Kind.REPRESENTATIVE, "1800-1234", "+8218001234"),
    ("+82-1588-1234", "15881234", Kind.REPRESENTATIVE, "1588-1234", "+8215881234"),
    ("+1 (415) 555-0100", "+14155550100", Kind.INTERNATIONAL, "+14155550100", "+14155550100"),
]


@pytest.mark.parametrize(("text", "digits", "kind", "pretty", "e164"), WRITTEN)
def test_read_and_written(text: str, digits: str, kind: Kind, pretty: str, e164: str) -> None:
    number = numbers.parse(text)
    assert (number.digits, number.kind) == (digits, kind)
    assert (number.pretty, number.e164, str(number)) == (pretty, e164, pretty)
    assert number.mobile is (kind is Kind.MOBILE)
    assert number.domestic is (kind is not Kind.INTERNATIONAL)
    for again in (number.pretty, number.e164, number.digits):
        assert numbers.parse(again) == number


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", NumberFault.EMPTY),
        (" - ", NumberFault.EMPTY),
        ("팩스:", NumberFault.EMPTY),
        ("김영희", NumberFault.NOT_A_NUMBER),
        ("010-1234-567a", NumberFault.NOT_A_NUMBER),
        ("02-2670-3500~1", NumberFault.NOT_A_NUMBER),
        ("02-2670-3500/3501", NumberFault.NOT_A_NUMBER),
        ("010-1234-५६७८", NumberFault.NOT_A_NUMBER),
        ("2670-3500", NumberFault.AREA_CODE_MISSING),
        ("123-4567", NumberFault.AREA_CODE_MISSING),
        ("010", NumberFault.TOO_SHORT),
        ("010-123-4567", NumberFault.TOO_SHORT),
        ("010-1234-56789", NumberFault.TOO_LONG),
        ("02-12345-67890", NumberFault.TOO_LONG),
        ("070-123-4567", NumberFault.TOO_SHORT),
        ("0505-12345-67890", NumberFault.TOO_LONG),
        ("1588-123", NumberFault.TOO_SHORT),
        ("1588-12345", NumberFault.TOO_LONG),
        ("099-123-4567", NumberFault.NO_SUCH_AREA),
        ("034-123-4567", NumberFault.NO_SUCH_AREA),
        ("119", NumberFault.SPECIAL),
        ("120", NumberFault.SPECIAL),
        ("123", NumberFault.TOO_SHORT),
        ("999", NumberFault.TOO_SHORT),
        ("1330", NumberFault.SPECIAL),
        ("+1 23", NumberFault.TOO_SHORT),
        ("+1234567890123456", NumberFault.TOO_LONG),
        ("+0 123 4567 890", NumberFault.NO_SUCH_AREA),
        ("12345678901234567", NumberFault.TOO_LONG),
    ],
)
def test_refused_saying_why(text: str, fault: NumberFault) -> None:
    with pytest.raises(BadNumber) as caught:
        numbers.parse(text)
    assert caught.value.fault is fault
    if text.strip():
        assert text not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("010-1234-5678", True),
        ("0504-1234-5678", True),
        ("+14155550100", True),
        ("02-2670-3500", False),
        ("070-1234-5678", False),
        ("1588-1234", False),
        ("0303-1234-5678", False),
    ],
)
def test_where_an_sms_arrives(text: str, takes: bool) -> None:
    assert numbers.parse(text).takes_sms is takes


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        number = numbers.parse(text)
    except BadNumber:
        return
    assert numbers.parse(number.pretty) == number
    assert numbers.parse(number.e164) == number


@given(
    st.from_regex(
        r"(02[0-9]{7,8}|0(31|42|51|64)[0-9]{7,8}|010[0-9]{8}|050[2-8][0-9]{7,8})", fullmatch=True
    )
)
def test_every_way_of_writing_is_one_number(digits: str) -> None:
    number = numbers.parse(digits)
    assert number.digits == digits
    assert numbers.parse("+82 " + digits[1:]) == number
    assert numbers.parse(" ".join(digits)) == number
