"""The table as a spreadsheet: nothing is a formula, and what comes back is what went out."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catalogue import keeping, rules, table_csv
from server.catalogue.rules import Enclosure, Question, Terms
from server.core.web import Invalid

line = st.text(max_size=30).map(rules.tidy)
words = line.filter(bool)
named = words.filter(lambda text: "|" not in text).map(lambda text: text.strip("|").strip())
choice = named.filter(lambda text: bool(text) and ";" not in text)
named = named.filter(bool)
slugs = st.from_regex(r"[a-z][a-z0-9-]{1,20}", fullmatch=True).filter(
    lambda slug: slug not in rules.RESERVED
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(list(rules.QUESTION_KINDS)))
    pairs = draw(
        st.lists(st.tuples(choice, choice), min_size=1, max_size=3, unique_by=lambda p: p[0])
    )
    korean, english = zip(*pairs, strict=True) if kind == "choice" else ((), ())
    return Question(
        draw(slugs), draw(named), draw(named), kind, draw(st.booleans()), korean, english
    )


tables = st.builds(
    Terms,
    slug=slugs,
    name=words,
    name_en=words,
    category=st.sampled_from(list(rules.CATEGORIES)),
    law=words,
    about=line,
    about_en=line,
    period=st.sampled_from(["immediate", "3d", "7d", "2w", "1m", "1y"]),
    fee_won=st.integers(0, rules.FEE_MAX),
    fee_note=line,
    fee_note_en=line,
    department=st.sampled_from(["", "roads"]),
    online=st.booleans(),
    identity=st.booleans(),
    enclosures=st.lists(st.builds(Enclosure, named, named, st.booleans()), max_size=3).map(tuple),
    questions=st.lists(questions(), max_size=3, unique_by=lambda one: one.slug).map(tuple),
    approvals=st.sampled_from([None, ("handler",), ("handler", "team_head", "department_head")]),
    public=st.booleans(),
    place=words,
    place_en=line,
    active=st.booleans(),
)


@given(st.lists(tables, max_size=4, unique_by=lambda terms: terms.slug))
def test_a_table_that_is_written_and_read_is_the_same(table: list[Terms]) -> None:
    text = table_csv.written(table)
    assert text.startswith(table_csv.BOM)
    if table:
        lines = table_csv.read(table_csv.decoded(text.encode()), {"roads"})
        assert [(one.terms, one.faults) for one in lines] == [(terms, ()) for terms in table]
    cells = [cell for row in csv.reader(io.StringIO(text[1:], newline="")) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "'=1", "＝1"]
)
def test_no_cell_is_a_formula(name: str) -> None:
    terms = Terms("lamp", name, "Lamp", "other", "법")
    text = table_csv.written([terms])
    row = list(csv.reader(io.StringIO(text[1:], newline="")))[1]
    assert row[rules.FIELDS.index("name")] == f"'{name}"
    (read,) = table_csv.read(text, ())
    assert read.terms == terms


def test_the_programs_own_table_survives_a_spreadsheet_in_either_encoding() -> None:
    rows = keeping.written()["kind"]
    table = [keeping.terms_written(row) for row in rows]
    text = table_csv.written(table)
    for data in (
        text.encode(),
        text[1:].encode("cp949", "replace"),
    ):
        lines = table_csv.read(table_csv.decoded(data), keeping.departments_named())
        assert [line.faults for line in lines if line.faults] == []
        assert len(lines) == len(table)


GOOD = table_csv.cells(Terms("lamp", "가로등", "Lamp", "other", "도로법 제31조"))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("slug", "Lamp!", "관리번호는"),
        ("slug", "new", "관리번호는"),
        ("name", "", "꼭"),
        ("name", "가" * 81, "%(max)s자까지"),
        ("category", "아무거나", "분류를"),
        ("period", "7", "처리 기간은"),
        ("fee_won", "무료", "수를"),
        ("fee_won", "99999999", "수수료를"),
        ("department", "moon", "그런 부서가"),
        ("online", "글쎄", "예 또는"),
        ("online", "아니요", "온라인으로 받지"),
        ("enclosures", "신분증", "서류는"),
        ("enclosures", "신분증 |  | 필수", "서류 이름을"),
        ("questions", "area | 면적", "물음은"),
        ("questions", "area | 면적 | Area | choice | 필수", "고르는"),
        ("questions", "a1 | 면적 | Area | text | 필수\na1 | 층 | Floor | text | 선택", "물음마다"),
        ("approvals", "handler > mayor", "결재는"),
        ("approvals", "team_head > handler", "결재는"),
    ],
)
def test_a_fault_is_named_with_its_line_and_column(field: str, value: str, words: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(rules.LABELS[name] for name in rules.FIELDS)
    writer.writerow(GOOD.values())
    writer.writerow({**GOOD, "slug": "other", field: value}.values())
    good, bad = table_csv.read(out.getvalue(), ())
    assert good.terms is not None
    assert bad.terms is None
    faulty = {found: why.text for found, why in bad.faults}
    where = "place" if words == "온라인으로 받지" else field
    assert faulty[where].startswith(words)


def test_a_number_given_twice_is_named() -> None:
    terms = Terms("lamp", "가로등", "Lamp", "other", "법")
    first, second = table_csv.read(table_csv.written([terms, terms]), ())
    assert first.terms == terms
    assert (second.terms, [field for field, _ in second.faults]) == (None, ["slug"])


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04\x00\xff", b"x" * (512 * 1024 + 1)])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        table_csv.decoded(data)


@pytest.mark.parametrize("text", ["관리번호,이름\nlamp,등\n", '"관리', "\n\n"])
def test_a_table_without_its_columns_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        table_csv.read(text, ())
