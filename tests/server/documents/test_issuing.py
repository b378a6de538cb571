"""Documents: one code for the same words, one file for ever, and the check of both (Act 27)."""

import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pypdf import PageObject, PdfReader
from werkzeug.datastructures import FileStorage, MultiDict

from server.core import clock, db
from server.core.clock import SEOUL
from server.core.web import Problem
from server.documents import issuing, rules
from server.documents import service as documents
from server.documents.drawing import draw
from server.documents.paper import Stamp, packed, unpacked
from server.documents.service import Paper, Section
from tests.people import hidden_fields
from tests.server.complaints.conftest import multipart

NOW = datetime(2026, 12, 1, 10, tzinfo=SEOUL)
PAPER = Paper(
    kind="result",
    number="2611-000427-7",
    language="ko",
    title="처리결과 통지서",
    office="영등포구청",
    facts=(("접수번호", "2611-000427-7"), ("민원인", "김영희")),
    sections=(Section("처리 결과", "처리 완료\n\n등을 새로 달았습니다."),),
    contact=(("부서", "도로과"), ("담당자", "박도로"), ("전화", "02-2670-3804")),
    sender="영등포구청장",
    department="도로과",
)
STAMP = Stamp(
    "12월 1일(화)",
    "2026-12-01T10:00:00+09:00",
    "7K2M-9QRT-04XN-HC1Z",
    "https://madang.example.kr/documents/verify?code=7K2M-9QRT-04XN-HC1Z",
    "문서확인번호입니다.",
)


def words_of(data: bytes) -> str:
    """The words of a PDF without their blanks (the reader sets some between all letters)."""
    return "".join(words_on(page) for page in PdfReader(io.BytesIO(data)).pages)


def words_on(page: PageObject) -> str:
    return "".join(page.extract_text().replace("\0", "").split())


def test_a_code_is_read_as_people_write_it() -> None:
    code = rules.new_code()
    assert len(code) == 16
    assert rules.read_code(rules.shown(code)) == code
    assert rules.read_code(f" {rules.shown(code).lower()} ".replace("-", " ")) == code
    assert rules.read_code("7K2M-9QRT-O4XN-HCIZ") == "7K2M9QRT04XNHC1Z"  # O and I misread
    for wrong in ("", "7K2M", "7K2M-9QRT-04XN-HC1Z-7", "가나다라-마바사아-자차카타-파하가나"):
        assert rules.read_code(wrong) is None
    assert len({rules.new_code() for _ in range(100)}) == 100


def test_the_pdf_is_a4_with_title_and_language() -> None:
    given = json.loads(json.dumps(packed(PAPER, STAMP)))
    assert unpacked(given) == (PAPER, STAMP)
    data = draw(PAPER, STAMP, str(issuing.FONT))
    assert draw(PAPER, STAMP, str(issuing.FONT)) == data  # the same file, byte for byte
    reader = PdfReader(io.BytesIO(data))
    assert reader.metadata is not None
    assert reader.metadata.title == "처리결과 통지서 2611-000427-7"
    assert reader.metadata.author == "영등포구청"
    assert reader.trailer["/Root"]["/Lang"] == "ko-KR"
    (page,) = reader.pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    text = words_of(data)
    for words in ("김영희", "등을새로달았습니다.", "박도로", "02-2670-3804", "영등포구청장"):
        assert words in text
    assert STAMP.code in text
    assert [str(entry.title) for entry in reader.outline if hasattr(entry, "title")] == [
        "처리결과 통지서"
    ]


def test_what_is_what_stands_in_the_file() -> None:
    """Headings, paragraphs and the picture are tagged on every sheet; decoration is none of it."""
    long = replace(PAPER, sections=(Section("처리 결과", "긴 글입니다. " * 900),))
    reader = PdfReader(io.BytesIO(draw(long, STAMP, str(issuing.FONT))))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf has a boolean of its own
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    document = root["/StructTreeRoot"]["/K"][0].get_object()
    parts = [part.get_object() for part in document["/K"]]
    kinds = [part["/S"] for part in parts]
    assert kinds[0] == "/H1"
    assert kinds.count("/H2") == 1
    assert kinds.count("/Figure") == 1
    assert parts[kinds.index("/Figure")]["/Alt"] == STAMP.address
    assert len(reader.pages) > 1
    tagged = 0
    for page in reader.pages:
        drawn = page.get_contents().get_data()  # type: ignore[union-attr]
        tagged += drawn.count(b"/MCID")
        assert drawn.count(b"EMC") == drawn.count(b"/MCID") + drawn.count(b"/Artifact BMC")
        assert drawn.count(b"/Artifact BMC") >= 2
    assert tagged == len(parts)


def test_a_long_paper_goes_on_over_its_pages() -> None:
    long = Paper(**{name: getattr(PAPER, name) for name in Paper.__slots__} | {
        "sections": (Section("처리 결과", "살펴본 것을 모두 적습니다. " * 900),),
        "addressee": ("영등포구 당산로 1", "김영희 님"),
    })  # fmt: skip
    data = draw(long, STAMP, str(issuing.FONT))
    pages = PdfReader(io.BytesIO(data)).pages
    assert len(pages) > 2
    assert "2611-000427-7" in words_on(pages[-1])
    assert "김영희님" in words_on(pages[0])


async def test_the_same_words_have_one_code_and_one_file(app: Any) -> None:
    with clock.use(NOW):
        issued = await documents.issue(PAPER)
        first = await documents.pdf(issued, PAPER)
    with clock.use(NOW + timedelta(days=3)):
        again = await documents.issue(PAPER)
        assert again == issued
        assert await documents.pdf(again, PAPER) == first
        other = await documents.issue(
            Paper(**{name: getattr(PAPER, name) for name in Paper.__slots__} | {"title": "다른"})
        )
    assert other.code != issued.code
    assert rules.shown(rules.read_code(issued.code) or "") == issued.code
    assert issued.code.replace("-", "") not in words_of(first).replace(issued.code, "")
    assert issued.code in words_of(first)
    assert "2026년12월1일(화)" in words_of(first)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_code_is_checked_by_anybody_and_says_nothing_personal(app: Any) -> None:
    with clock.use(NOW):
        issued = await documents.issue(PAPER)
        data = await documents.pdf(issued, PAPER)
        client = app.test_client()
        page = await text(await client.get(f"/documents/verify?code={issued.code}"))
        assert f'value="{issued.code}"' in page
        hidden = hidden_fields(page)
        answer = await client.post("/documents/verify", form={**hidden, "code": issued.code})
        found = await text(answer)
        assert answer.status_code == 200
        for words in ("구청이 발급한 문서입니다", "처리결과 통지서", "2611-000427-7", "도로과"):
            assert words in found
        assert "김영희" not in found
        assert "파일이" not in found.partition("<form")[0]
        for sent, said in ((data, "그대로입니다"), (data[:-1] + b"x", "발급한 것과 다릅니다")):
            answer = await client.post("/documents/verify", **with_file(hidden, issued.code, sent))
            assert said in await text(answer)
    rows = await db.fetch("SELECT action FROM audit_entry WHERE action LIKE 'document.%'")
    assert [row["action"] for row in rows] == ["document.issued"] + ["document.checked"] * 3


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("code", ["7K2M-9QRT-04XN-HC1Z", "모름"])
async def test_a_wrong_code_is_nobodys(app: Any, code: str) -> None:
    client = app.test_client()
    hidden = hidden_fields(await text(await client.get("/documents/verify")))
    answer = await client.post("/documents/verify", form={**hidden, "code": code})
    assert answer.status_code == 404
    assert "이 번호로 발급한 문서가 없습니다." in await text(answer)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_cannot_be_drawn_is_said_so(app: Any, monkeypatch: Any) -> None:
    issued = await documents.issue(PAPER)
    monkeypatch.setattr(issuing, "FONT", "/nowhere.otf")
    with pytest.raises(Problem) as refused:
        await documents.pdf(issued, PAPER)
    assert refused.value.status == 503


def with_file(hidden: dict[str, str], code: str, data: bytes) -> dict[str, Any]:
    values = MultiDict({**hidden, "code": code, "form_key": ""})
    values["file"] = FileStorage(io.BytesIO(data), filename="result.pdf")
    return multipart(dict(values), [])


async def text(answer: Any) -> str:
    return str(await answer.get_data(as_text=True))
