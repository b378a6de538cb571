"""Decisions of the open rooms: parameters, spans, figures without small numbers, plots."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from server.complaints.service import Cohort
from server.core import plots
from server.opendata import figure_rules, georeport_rules, parameter_rules, partners, rows
from server.opendata.figure_rules import FEWEST, OTHERS, Line
from server.opendata.parameter_rules import Misread, Param
from server.opendata.spark import as_json, as_xml

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
FONT = ImageFont.truetype("pwa/fonts/PretendardGOV-Regular.otf", 1000)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("schema", "given", "value"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 10}, ["7"], 7),
        ({"type": "integer", "minimum": 1, "maximum": 10}, ["11"], Misread),
        ({"type": "integer"}, ["07"], Misread),
        ({"type": "integer"}, ["７"], Misread),
        ({"type": "integer"}, ["9" * 30], Misread),
        ({"type": "number", "minimum": -90, "maximum": 90}, ["37.5"], 37.5),
        ({"type": "number"}, ["1e5"], Misread),
        ({"type": "number"}, ["nan"], Misread),
        ({"type": "string", "maxLength": 3}, ["가나다"], "가나다"),
        ({"type": "string", "maxLength": 3}, ["가나다라"], Misread),
        ({"type": "string", "enum": ["a", "b"]}, ["c"], Misread),
        ({"type": "string", "pattern": "^[a-z]+$"}, ["A"], Misread),
        ({"type": "string"}, ["first", "last"], "last"),
        ({"type": "string"}, [""], None),
        ({"type": "string"}, [], None),
        ({"type": "array", "items": {"type": "string"}}, ["a, b", "c,"], ["a", "b", "c"]),
        (
            {"type": "string", "format": "date-time"},
            ["2026-11-23T10:00:00+09:00"],
            datetime.fromisoformat("2026-11-23T10:00:00+09:00"),
        ),
        ({"type": "string", "format": "date-time"}, ["2026-11-23T10:00:00"], Misread),
        ({"type": "string", "format": "date-time"}, ["2026-13-23T10:00:00Z"], Misread),
        ({"type": "string", "format": "date-time"}, ["0001-01-01T00:00:00Z"], Misread),
    ],
)
def test_a_parameter_is_what_its_schema_says(schema: Any, given: list[str], value: Any) -> None:
    param = Param("it", schema, "")
    if value is Misread:
        with pytest.raises(Misread) as refused:
            parameter_rules.read(param, given)
        assert refused.value.status == 400
        assert refused.value.field == "it"
    else:
        assert parameter_rules.read(param, given) == value


def test_a_required_parameter_is_asked_for() -> None:
    with pytest.raises(Misread):
        parameter_rules.read(Param("it", {"type": "string"}, "", required=True), [""])


def test_a_span_is_at_most_ninety_days() -> None:
    span = georeport_rules.span
    assert span(None, None, NOW) == (NOW - 90 * DAY, NOW)
    assert span(NOW, None, NOW) == (NOW, NOW + 90 * DAY)
    assert span(None, NOW - DAY, NOW) == (NOW - 91 * DAY, NOW - DAY)
    assert span(NOW - 90 * DAY, NOW, NOW) == (NOW - 90 * DAY, NOW)
    for start, end in ((NOW - 91 * DAY, NOW), (NOW, NOW - DAY)):
        with pytest.raises(georeport_rules.BadSpan):
            span(start, end, NOW)


def test_the_title_is_the_first_line() -> None:
    assert georeport_rules.title_of("\n  가로등이 꺼졌어요  \n둘째 줄") == "가로등이 꺼졌어요"
    assert len(georeport_rules.title_of("가" * 500)) == 100


def test_names_as_they_are_said() -> None:
    assert partners.full_name("김", "영희") == "김영희"
    assert partners.full_name("Smith", "Ann") == "Ann Smith"
    assert partners.full_name("홍길동", "") == "홍길동"


def test_spark_in_both_formats() -> None:
    value: Any = {"values": [{"key": "a&b", "name": "<x>"}], "formats": [], "order": 1, "no": None}
    assert as_xml("attribute", value) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<attribute><values><value><key>a&amp;b</key><name>&lt;x&gt;</name></value></values>"
        "<formats/><order>1</order><no/></attribute>\n"
    )
    assert as_json([True, None, "가"]) == '[true,null,"가"]'
    assert "\x0b" not in as_xml("name", "a\x0b\ufffe b")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+82", "'+82"),
        ("-5도", "'-5도"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("＝1+1", "'＝1+1"),
        ("가로등", "가로등"),
        (-33.5, "-33.5"),
        (None, ""),
        (0, "0"),
    ],
)
def test_no_cell_is_a_formula(value: Any, cell: str) -> None:
    assert rows.cell(value) == cell


def cohort(count: int, *, month: str = "2026-11", kind: int | None = 1, **more: Any) -> Cohort:
    return Cohort(
        month, more.get("department", 1), kind, more.get("in_time"), more.get("halves"), count
    )


def test_twelve_months_end_with_this_one() -> None:
    first = figure_rules.first_month(date(2026, 11, 22))
    assert first == date(2025, 12, 1)
    keys = figure_rules.months_from(first)
    assert keys[0] == "2025-12"
    assert keys[-1] == "2026-11"
    assert len(keys) == 12
    assert figure_rules.first_month(date(2026, 12, 1)) == date(2026, 1, 1)


def test_a_line_says_share_and_median() -> None:
    tallies = figure_rules.tallied(
        [
            cohort(6, in_time=True, halves=2),
            cohort(2, in_time=False, halves=30),
            cohort(2, in_time=False),  # open and overdue
            cohort(5),
        ],
        lambda each: each.month,
    )
    line = figure_rules.line("2026-11", tallies["2026-11"])
    assert line == Line("2026-11", filed=15, in_time=60, halves=2)


def test_what_is_few_is_not_told() -> None:
    tallies = figure_rules.tallied([cohort(4, in_time=True, halves=1)], lambda _: "x")
    assert figure_rules.line("x", tallies["x"]) == Line("x", None, None, None)
    tallies = figure_rules.tallied([cohort(20), cohort(4, in_time=True, halves=1)], lambda _: "x")
    assert figure_rules.line("x", tallies["x"]) == Line("x", 24, None, None)


@given(st.lists(st.integers(1, 40), max_size=12))
def test_no_part_can_be_reckoned_that_is_few(counts: list[int]) -> None:
    """Parts add up to the whole, and none of them is small, the rest together included."""
    cohorts = [cohort(count, kind=place) for place, count in enumerate(counts)]
    lines = figure_rules.parts(figure_rules.tallied(cohorts, lambda each: str(each.kind_id)))
    if sum(counts) < FEWEST:
        assert all(line.filed is None for line in lines)
    else:
        assert sum(line.filed or 0 for line in lines) == sum(counts)
        assert all((line.filed or 0) >= FEWEST for line in lines)
    assert [line.key for line in lines].count(OTHERS) <= 1


@given(st.lists(st.integers(0, 12), min_size=12, max_size=12))
def test_no_month_is_what_the_others_leave(counts: list[int]) -> None:
    keys = figure_rules.months_from(date(2026, 1, 1))
    cohorts = [cohort(count, month=key) for key, count in zip(keys, counts, strict=True) if count]
    lines = figure_rules.months(figure_rules.tallied(cohorts, lambda each: each.month), keys)
    hidden = [line for line in lines if line.filed is None]
    assert [line.key for line in lines] == keys
    for line, count in zip(lines, counts, strict=True):
        assert line.filed in (None, count)
        assert line.filed is None or line.filed == 0 or line.filed >= FEWEST
    if any(0 < count < FEWEST for count in counts) and sum(counts) >= FEWEST:
        assert len(hidden) != 1


@pytest.mark.parametrize(
    ("value", "round_"), [(0, 2), (2, 2), (3, 4), (5, 10), (11, 20), (90, 100), (401, 1000)]
)
def test_scales_are_round(value: float, round_: float) -> None:
    assert plots.ceiling(value) == round_


def test_plots_stay_inside() -> None:
    points = [
        plots.Point("도로과", 10, "10"),
        plots.Point("아주 긴 이름의 부서입니다 정말로", None, "가림"),
    ]
    drawn = plots.bars(points)
    assert [bar.width for bar in drawn.bars] == [100, 0]
    assert drawn.bars[1].label.endswith("…")
    standing = plots.columns([plots.Point(str(month), month, "") for month in range(12)])
    for column in standing.columns:
        assert column.x >= 0
        assert column.x + column.width <= 100
        assert column.y + column.height == pytest.approx(standing.base, abs=0.02)
    assert standing.words == "20"
    assert {column.anchor for column in standing.columns} == {"middle"}


@pytest.mark.parametrize("words", ["withheld", "가림", "100%", "within a day", "1,204"])
@pytest.mark.parametrize(
    "name", ["Real Estate Information Division", "Building Division", "WWWWWWWWWWWWWWWWW", "도로과"]
)
def test_a_name_leaves_its_value_room_on_the_smallest_phone(name: str, words: str) -> None:
    """As wide as the font draws them, both stand beside each other."""
    (bar,) = plots.bars([plots.Point(name, 1, words)]).bars
    drawn = sum(FONT.getlength(text) / FONT.size for text in (bar.label, words))
    assert drawn + plots.GAP_EM <= plots.ROW_EM
    assert bar.label == name or bar.label.endswith("…")
    whole = FONT.getlength(name + words) / FONT.size + plots.GAP_EM
    assert bar.label == name or whole > plots.ROW_EM * 0.93, "none is cut that would have fitted"


@pytest.mark.parametrize("count", [28, 30, 31])
def test_the_labels_at_the_edges_of_many_columns_are_not_cut(count: int) -> None:
    drawn = plots.columns([plots.Point(str(day), day, "") for day in range(1, count + 1)])
    held = [(column.label_x, column.anchor) for column in drawn.columns]
    assert (held[0], held[-1]) == ((0, "start"), (100, "end"))
    assert {anchor for _, anchor in held[1:-1]} == {"middle"}
