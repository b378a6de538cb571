"""What each recipient gets and what it counts: one text for all, or each one's own (Y15-4)."""

from collections.abc import Sequence

import pytest

from gateways.encode import numbers
from server.core.web import Problem
from server.messages import rules
from server.messages.sms import letter_rules, sheet_rules
from server.messages.sms.letter_rules import Addressee, Order, Reckoning
from server.ordinance import loading
from server.ordinance.mileage_sections import AbroadPrice

YEONGDEUNGPO = loading.load(loading.path_of("yeongdeungpo"))[0].profile


def abroad_too() -> rules.Profile:
    """A municipality that sends abroad: 100 points a part."""
    mileage = YEONGDEUNGPO.mileage
    assert mileage is not None
    spend = mileage.spend.model_copy(update={"sms_abroad": AbroadPrice(points=100, won=90)})
    return YEONGDEUNGPO.model_copy(update={"mileage": mileage.model_copy(update={"spend": spend})})


def reckon(
    body: str,
    lines: str = "",
    sheet: str = "",
    picked: Sequence[tuple[str, str]] = (),
    most: int = 20,
    profile: rules.Profile = YEONGDEUNGPO,
) -> Reckoning:
    """An order as a form would give it."""
    typed = [Addressee(written, line) for line, written in rules.lines(lines)]
    typed += [
        Addressee(number, at, "pick", {"이름": name}) for at, (number, name) in enumerate(picked, 1)
    ]
    table = sheet_rules.table(sheet.encode()) if sheet else None
    return Order(profile, body, typed, table, recipients_max=most).reckon()


LONG = "가" * 41
SHEET = "번호,이름\n010-1234-0001,김영희\n010-1234-0002," + "남궁" * 12 + "\n"


@pytest.mark.parametrize(
    ("body", "lines", "sheet", "recipients", "units", "each", "texts"),
    [
        ("안녕", "010-1234-5678", "", 1, 1, 1, ("안녕",)),
        ("안녕", "010-1234-5678\n010-1234-5679", "", 2, 2, 1, ("안녕",)),
        (LONG, "010-1234-5678\n010-1234-5679", "", 2, 4, 2, None),
        ("{ } {[~^]} {3}", "010-1234-5678", "", 1, 1, 1, ("{ } {[~^]} {3}",)),  # just braces
        ("{이름}님 안녕하세요", "", SHEET, 2, 2, 1, None),
        ("{이름}님 " + "가" * 30, "", SHEET, 2, 3, None, None),
        ("{ 이름 }님, {이름}님!", "", SHEET, 2, 3, None, None),
        ("모두에게", "", SHEET, 2, 2, 1, ("모두에게",)),
        ("모두에게", "010-9999-0000\n010-1234-0001", SHEET, 3, 3, 1, ("모두에게",)),
    ],
)
def test_units_are_counted_recipient_by_recipient(
    body: str, lines: str, sheet: str, recipients: int, units: int, each: int | None,
    texts: tuple[str, ...] | None,
) -> None:  # fmt: skip
    found = reckon(body, lines, sheet)
    assert not found.problems
    letters = found.letters
    assert letters is not None
    assert (letters.recipients, letters.units, letters.units_each) == (recipients, units, each)
    if texts is not None:
        assert letters.texts == texts
    written = list(letters)
    assert len(written) == recipients
    assert sum(sum(letter.units) for letter in written) == units
    assert list(letters) == written  # it can be gone through again


def test_each_has_his_own_words() -> None:
    letters = reckon("{이름}님, {이름}님 차례입니다.", sheet=SHEET).letters
    assert letters is not None
    assert letters.texts is None
    first, second = letters
    assert first.texts == ("김영희님, 김영희님 차례입니다.",)
    assert len(second.texts) == 2


def test_what_is_filled_in_is_not_looked_through_again() -> None:
    sheet = "번호,이름,비밀\n010-1234-0001,{비밀},암호\n"
    letters = reckon("{이름}님", sheet=sheet).letters
    assert letters is not None
    assert [letter.texts for letter in letters] == [("{비밀}님",)]


def test_a_name_of_the_address_book_is_filled_in() -> None:
    picked = [("01012340001", "김영희"), ("01012340002", "이철수")]
    letters = reckon("{이름}님, {3}시에", picked=picked).letters
    assert letters is not None
    assert [letter.texts[0] for letter in letters] == ["김영희님, {3}시에", "이철수님, {3}시에"]
    (problem,) = reckon("{이름}님, {시간}에", picked=picked).problems
    assert (problem.field, problem.params["names"]) == ("body", "{시간}")


@pytest.mark.parametrize("lines", ["010-1234-5678", "010-1234-5678, 010-1234-5679"])
def test_a_field_that_nothing_fills_is_named_and_not_sent(lines: str) -> None:
    """Typed by hand there is no word for it: it would go out as it stands, and be paid for."""
    found = reckon("{이름}님, {시간}에 오세요", lines)
    (problem,) = found.problems
    assert (problem.status, problem.field, found.letters) == (422, "body", None)
    assert problem.params == {"names": "{이름}, {시간}"}
    assert not reckon("{이름}님").problems  # nobody to write to yet
    text = letter_rules.addressed(YEONGDEUNGPO, "{이름}님", [numbers.parse("010-1234-5678")])
    assert text.texts == ("{이름}님",)  # a text of the office's own is no form to be filled in


WORDLESS = "1번째 줄의 ‘010-9999-0000’: {이름}에 넣을 말이 없습니다."
UNREACHED = (
    "4번째 줄의 ‘02-2670-3500’: 문자를 받을 수 없는 번호입니다. 휴대전화 번호를 적어 주세요."
)
FAULTS = [
    ("안녕 😀", "", SHEET, ["문자로 보낼 수 없는 글자가 있습니다: 😀"]),
    ("", "010-1234-5678", "", ["내용을 적어 주세요."]),
    ("{성함}님", "", SHEET, ["목록에 없는 칸입니다: {성함}. 쓸 수 있는 칸: {이름}"]),
    ("{이름}님", "010-9999-0000", SHEET, [WORDLESS]),
    ("{이름}님", "", SHEET + "010-1234-0003,\n", ["4번째 줄의 ‘이름’ 칸이 비어 있습니다."]),
    (
        "{이름}님",
        "",
        SHEET + "010-1234-0003,🎉\n",
        ["4번째 줄에 문자로 보낼 수 없는 글자가 있습니다: 🎉"],
    ),
    ("{이름}님", "", SHEET + "010-1234-0003," + "가" * 300 + "\n", []),
    ("{이름}" * 2, "", SHEET + "010-1234-0003," + "가" * 300, ["4번째 줄은 글이 너무 깁니다."]),
    (
        "안녕",
        "hello",
        SHEET + "02-2670-3500,a\n119,b\n+1 202 555 0123,c\n,d\n",
        [
            "1번째 줄의 ‘hello’: 전화번호가 아닙니다.",
            UNREACHED,
            "5번째 줄의 ‘119’: 긴급·안내 번호라서 보낼 수 없습니다.",
            "6번째 줄의 ‘+1 202 555 0123’: 해외 번호입니다. 국내 번호로만 보낼 수 있습니다.",
            "7번째 줄에 번호가 없습니다.",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("body", "lines", "sheet", "sentences"), FAULTS)
def test_all_that_is_wrong_is_said_by_line(
    body: str, lines: str, sheet: str, sentences: list[str]
) -> None:
    found = reckon(body, lines, sheet)
    assert [problem.text("ko") for problem in found.problems] == sentences
    assert (found.letters is None) == bool(sentences)


def test_a_list_full_of_faults_is_not_read_to_its_end() -> None:
    found = reckon("안녕", sheet="번호\n" + "x\n" * 5_000, most=10_000)
    assert len(found.problems) == letter_rules.FAULTS_MAX
    assert found.faulty == 2 * letter_rules.FAULTS_MAX


def test_too_many_recipients_are_counted() -> None:
    sheet = "번호\n" + "\n".join(f"0101234{n:04}" for n in range(30))
    (problem,) = reckon("안녕", sheet=sheet).problems
    assert problem.text("ko") == "한 번에 20명까지 보낼 수 있습니다. 지금은 30명입니다."
    assert problem.field == "sheet"


@pytest.mark.parametrize("number", ["0101234{:04}", "01012340000"])
def test_a_list_far_too_long_is_not_read_to_its_end(number: str) -> None:
    sheet = "번호\n" + "\n".join(number.format(n) for n in range(9_000)) + "\nx"
    (problem,) = reckon("안녕", sheet=sheet).problems
    assert "훨씬 많은 사람" in problem.text("ko")


@pytest.mark.parametrize(
    ("body", "sheet", "recipients", "repeated"),
    [
        ("안녕", "번호,이름\n01012340001,가\n010-1234-0001,나\n", 1, 1),
        ("{이름}", "번호,이름\n01012340001,가\n010-1234-0001,나\n", 2, 0),  # two children
        ("{이름}", "번호,이름\n01012340001,가\n010-1234-0001,가\n", 1, 1),
    ],
)
def test_nobody_gets_one_text_twice(body: str, sheet: str, recipients: int, repeated: int) -> None:
    letters = reckon(body, sheet=sheet).letters
    assert letters is not None
    assert (letters.recipients, letters.repeated) == (recipients, repeated)
    assert len(list(letters)) == recipients


@pytest.mark.parametrize(
    ("body", "parts"),
    [("Hello", 1), ("a" * 161, 2), ("가" * 70, 1), ("가" * 71, 2), ("안녕 😀", 1)],
)
def test_a_text_abroad_counts_the_parts_of_its_network(body: str, parts: int) -> None:
    letters = reckon(body, "+1 415 555 0100\n+81 3 1234 5678", profile=abroad_too()).letters
    assert letters is not None
    assert letters.abroad
    assert (letters.recipients, letters.units, letters.units_each) == (2, 2 * parts, parts)
    (first, _) = letters
    assert first.texts == (body,)  # whole: the network cuts it
    price = rules.price_of(
        abroad_too(), "sms", letters.recipients, letters.units, abroad=letters.abroad
    )
    assert (price.points, price.won) == (200 * parts, 180 * parts)


def test_numbers_at_home_and_abroad_are_two_orders() -> None:
    (problem,) = reckon("안녕", "+1 415 555 0100\n010-1234-5678", profile=abroad_too()).problems
    assert problem.text("ko") == "국내 번호와 해외 번호는 값이 달라서 따로 보내야 합니다."


def test_where_nothing_is_sent_abroad_it_has_no_price() -> None:
    with pytest.raises(Problem) as refused:
        rules.price_of(YEONGDEUNGPO, "sms", 1, 1, abroad=True)
    assert refused.value.status == 422


def test_a_number_reads_the_same_after_it_is_kept() -> None:
    for written in ("010-1234-5678", "+1 415 555 0100", "0504-1234-5678"):
        number = numbers.parse(written)
        assert numbers.parse(number.digits) == number
