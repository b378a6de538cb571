"""What residents read of the clauses comes from the texts, the table and the proofs."""

import pytest

from server.ordinance import clauses, service, texts
from server.ordinance.loading import load, path_of
from tests import clauses as tool

DISTRICTS = ["yeongdeungpo", "osan"]


@pytest.mark.parametrize("slug", DISTRICTS)
def test_every_clause_of_the_table_stands_in_the_text(slug: str) -> None:
    (edition,) = load(path_of(slug))
    ordinance = edition.profile.ordinance
    read = clauses.chapters_of(ordinance.text)
    for clause in clauses.table():
        for one in (clause["id"], *clause.get("with", ())):
            if one[0] == ordinance.numbering:
                article, paragraph = texts.passage(read, one)
                assert article.title
                assert paragraph.text


@pytest.mark.parametrize(
    ("slug", "clause", "words"),
    [
        ("yeongdeungpo", "Y15-4", "문자메세지 서비스 1건당 30점"),
        ("yeongdeungpo", "Y16", "모바일시스템을 통해 홈페이지서비스를 제공할 수 있다"),
        ("yeongdeungpo", "Y8-1", "사전에 정보화부서의 장과 협의를 거쳐"),
        ("osan", "O17-2", "암호화하여 저장하여야 한다"),
        ("osan", "O13bis-1", "시상금 또는 시상품을 지급할 수 있다"),
        ("osan", "O9-1", "첨부서류가 필요 없는 민원에 한하며"),
    ],
)
def test_a_clause_is_quoted_word_for_word(slug: str, clause: str, words: str) -> None:
    service.use(slug)
    duty = service.duty(clause, "ko")
    assert duty is not None
    assert words in duty.passages[0].text.text


def test_an_item_is_quoted_alone() -> None:
    service.use("yeongdeungpo")
    duty = service.duty("Y3-2-5", "ko")
    assert duty is not None
    assert duty.passages[0].text.items == ("국내·외에 구정 홍보 및 정보교류 운영",)


@pytest.mark.parametrize("wrong", ["Y99", "Y3-9", "Y3-2-9", "X1", "15-4", ""])
def test_what_is_no_clause_is_no_duty(wrong: str) -> None:
    service.use("yeongdeungpo")
    assert service.duty(wrong, "ko") is None
    with pytest.raises(LookupError):
        texts.passage(service.text(), wrong)


def test_every_clause_has_its_meaning_in_korean() -> None:
    meanings = clauses.meanings()
    assert list(meanings) == [clause["id"] for clause in clauses.table()]
    for clause in clauses.table():
        meaning = meanings[clause["id"]]
        assert len(meaning["shows"]) == len(meaning["where"]) == len(clause["shows"])


@pytest.mark.parametrize("slug", DISTRICTS)
def test_a_number_is_met_when_it_is_proven_and_not_otherwise(slug: str) -> None:
    service.use(slug)
    proven = tool.proven()
    by_id = {
        twin: clause["id"]
        for clause in clauses.table()
        for twin in (clause["id"], *clause.get("with", ()))
    }
    for chapter in service.duties("en"):
        for duty in chapter.duties:
            for number, shown in enumerate(duty.numbers, start=1):
                assert shown.met == ((by_id[duty.id], number) in proven)
                assert shown.met or shown.where is None


def test_what_is_called_met_is_what_tests_carry() -> None:
    """A number without a test, or a test whose number nobody shows: `make clauses` tells."""
    assert tool.proven() == tool.marked()


def test_proven_numbers_exist_in_the_table() -> None:
    known = tool.table()
    for clause, number in tool.proven():
        assert 1 <= number <= len(known[clause])


def test_the_english_table_is_english() -> None:
    for clause in clauses.table():
        words = "".join((clause["says"], *clause["shows"]))
        assert not any("가" <= letter <= "힣" for letter in words), clause["id"]
