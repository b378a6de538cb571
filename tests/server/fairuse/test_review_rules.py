"""Which texts an official reads before they go, and which everyday words are left alone."""

import pytest

from server.fairuse import lookalike_rules, review_rules
from server.fairuse.review_rules import Ground

PLAIN = [
    "토요일 10시에 만나요.",
    "회의는 3시입니다. 문의 02-2670-3114",
    "전화는 010-1234-5678, 010 1234 5678, 010.1234.5678, 1588-1234로 주세요",
    "반상회 회비 만 원 가져오세요",
    "반장 선거는 언제예요?",
    "쿠폰 남은 거 줄게",
    "2026.11.23. 14:00 제3회의실, 3.5kg",
    "일이 많아서 이사는 구정 지나고 해요. 오육 일쯤",
    "자세한 것은 www.ydp.go.kr 에 있어요",
    "소방서 옆 버스 정류장, 사이다 두 병",
    "광고 회사 다니는 영희예요",
    "기호를 잘 적어 주세요. 2번 출구",
]


@pytest.mark.parametrize("text", PLAIN)
def test_everyday_words_go_out(text: str) -> None:
    assert review_rules.judge(text).passes


HELD = [
    ("(광고) 봄맞이", Ground.AD),
    ("( 광 고 ) 봄맞이", Ground.AD),
    ("［광고］봄맞이", Ground.AD),
    ("광고) 봄맞이", Ground.AD),
    ("무료수신거부 080-123-4567", Ground.AD),
    ("무료 거부 0801234567", Ground.AD),
    ("전 품목 50% 할인!", Ground.AD),
    ("오늘만 할.인, 쿠.폰 드려요", Ground.AD),
    ("오픈 기념 사은품 증정, 선착순", Ground.AD),
    ("당일 대출 상담 받으세요", Ground.AD),
    ("리딩방 초대합니다", Ground.AD),
    ("기호 2번 김철수", Ground.ELECTION),
    ("구청장 후보 김철수입니다", Ground.ELECTION),
    ("(선거운동정보) 안녕하십니까", Ground.ELECTION),
    ("소중한 한 표 부탁드립니다", Ground.ELECTION),
    ("이번 선거에 출마합니다", Ground.ELECTION),
    ("사진은 https://bit.ly/3abcd 에 있어요", Ground.LINK),
    ("example.com 보세요", Ground.LINK),
    ("ｗｗｗ．example．ｃｏｍ", Ground.DOMAIN),
    ("http://203.0.113.7/a", Ground.LINK),
    ("hxxp://example.com", Ground.DOMAIN),
    ("nаver.com 에서 확인", Ground.DOMAIN),  # the first а is Cyrillic
    ("https://www.gov.kr-login.com", Ground.DOMAIN),
    ("https://ydp.go.kr@example.com", Ground.DOMAIN),
    ("네이버 점 컴 으로 오세요", Ground.DOMAIN),
    ("공일공 일이삼사 오육칠팔로 전화", Ground.NUMBER),
    ("0 1 0 1 2 3 4 5 6 7 8", Ground.NUMBER),
    ("O1O-1234-5678", Ground.NUMBER),
    ("０１０-1234-5678", Ground.NUMBER),
    ("①⑤⑧⑧ 1234 로 전화", Ground.NUMBER),
    ("010*1234*5678", Ground.NUMBER),
    ("공이 이륙칠공에 삼일일사", Ground.NUMBER),
]


@pytest.mark.parametrize(("text", "ground"), HELD)
def test_what_looks_like_an_advertisement_or_a_trap_is_read_first(
    text: str, ground: Ground
) -> None:
    assert review_rules.judge(text).grounds == (ground,)


def test_what_stands_out_is_named_as_it_was_written() -> None:
    verdict = review_rules.judge("50% 할인! nаver.com, 공일공-1234-5678")
    assert verdict.code == "ad,domain,number"
    assert review_rules.grounds_of(verdict.code) == verdict.grounds
    words = {finding.words for finding in verdict.findings}
    assert words >= {"50% 할인", "nаver.com", "공일공-1234-5678"}


def test_the_code_of_all_grounds_fits_its_column() -> None:
    assert len(",".join(Ground)) <= 40


def test_the_office_s_own_address_may_be_linked() -> None:
    text = "https://madang.example.org/complaints/2611-000427-7"
    assert review_rules.judge(text, {"madang.example.org"}).passes
    assert not review_rules.judge(text, {"example.net"}).passes
    assert not review_rules.judge(
        "https://madang.example.org.evil.com", {"madang.example.org"}
    ).passes


def test_long_texts_are_read_in_a_moment() -> None:
    for text in ("가" * 10_000, "1 " * 5_000, "a." * 5_000, "공일" * 5_000, "http://" * 1_400):
        review_rules.judge(text)


def test_a_number_within_a_longer_one_is_none() -> None:
    assert list(lookalike_rules.disguised_numbers("계좌 9０１０12345678123")) == []
