"""The papers of a complaint over HTTP: who may have them, what they say, and the letters."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from server.complaints.answers.models import Letter
from server.complaints.models import Complaint
from server.core import db
from server.documents.models import IssuedDocument
from tests.server.complaints.conftest import FILED, Handled, Office, text


def words_of(data: bytes) -> str:
    pages = PdfReader(io.BytesIO(data)).pages
    return "".join("".join(page.extract_text() for page in pages).replace("\0", "").split())


async def pdf(office: Office, login_id: str, path: str) -> str:
    answer = await office.get(login_id, path)
    assert answer.status_code == 200, await text(answer)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    return words_of(await answer.get_data(as_text=False))


@pytest.mark.clause("Y11-4", 3)
async def test_the_result_names_handler_and_remedies(office: Office, handled: Handled) -> None:
    """A refusal as web document and PDF: reasons, remedies, department, handler, telephone."""
    number = await handled("note")
    refused = {
        "outcome": "not_accepted",
        "text": "가로등을 새로 세울 수 없습니다.",
        "reasons": "도로가 사유지입니다.",
        "remedies": "60일 안에 이의를 신청할 수 있습니다.",
    }
    answer = await office.act("park", number, "complete", **refused)
    assert answer.status_code == 303, await text(answer)
    page = await office.page("kim", f"/complaints/{number}/result")
    printed = await pdf(office, "kim", f"/complaints/{number}/result.pdf")
    (issued,) = await IssuedDocument.filter(number=number)
    for words in (*list(refused.values())[1:], "도로과", "박도로", "02-2670-3804", number):
        assert words in page
        assert words.replace(" ", "") in printed
    assert issued.code == printed_code(printed)
    assert "받아들이지못했습니다" in printed
    checked = await office.get(None, f"/documents/verify?code={issued.code}")
    assert issued.code[:4] in await text(checked)


def printed_code(printed: str) -> str:
    before = printed.partition("문서확인번호입니다")[0]
    return before[-19:].replace("-", "")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_receipt_and_the_notice_as_pdf(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    receipt = await pdf(office, "kim", f"/complaints/{number}/receipt.pdf")
    notice = await pdf(office, "kim", f"/complaints/{number}/notice.pdf")
    for words in ("접수증", number, "김영희", "2026년12월1일(화)까지"):
        assert words in receipt
    for words in ("접수안내문", "갖춰진것", "처리기준과절차", "처리기한", "현장방문", "박도로"):
        assert words in notice


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_only_the_applicant_and_those_in_charge(office: Office, handled: Handled) -> None:
    number = await handled("complete")
    for path in ("result", "result.pdf", "notice.pdf", "receipt.pdf"):
        assert (await office.get("lee", f"/complaints/{number}/{path}")).status_code == 404
        assert (await office.get("choi", f"/complaints/{number}/{path}")).status_code == 404
        assert (await office.get(None, f"/complaints/{number}/{path}")).status_code in {303, 404}
    desk = f"/desk/complaints/{number}/papers"
    assert (await office.get("choi", f"{desk}/result")).status_code == 404
    assert (await office.get("kim", f"{desk}/result")).status_code == 403
    assert (await office.get("park", f"{desk}/nothing")).status_code == 404
    assert "등을새로달았습니다." in await pdf(office, "park", f"{desk}/result")
    rows = await db.fetch("SELECT facts FROM audit_entry WHERE action = 'accessed'")
    assert any("papers/result" in row["facts"] for row in rows)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_there_is_no_result_before_it_is_told(office: Office, handled: Handled) -> None:
    number = await handled("note")
    assert (await office.get("kim", f"/complaints/{number}/result")).status_code == 404
    assert (await office.get("kim", f"/complaints/{number}/result.pdf")).status_code == 404


async def test_a_letter_is_printed_and_marked_as_posted(office: Office, handled: Handled) -> None:
    nowhere = {**FILED, "reply_by": "letter", "address": " "}
    refused = await office.post("kim", "/complaints/new", nowhere)
    assert refused.status_code == 422
    assert "우편으로 답변받을 주소를 적어 주세요." in await text(refused)
    number = await handled("accept", reply_by="letter", address="서울 영등포구 당산로 1")
    complaint = await Complaint.get(number=number)
    listed = await office.page("clerk", "/desk/letters")
    letter = await Letter.filter(complaint_id=complaint.id).order_by("id").first()
    assert letter is not None
    assert number in listed
    printed = await pdf(office, "clerk", f"/desk/letters/{letter.id}")
    for words in ("서울영등포구당산로1", "김영희님", "접수안내문"):
        assert words in printed
    at = "/desk/letters"
    answer = await office.post("clerk", f"{at}/{letter.id}/posted", {}, at=at)
    assert answer.status_code == 303
    assert (await Letter.get(id=letter.id)).printed_at is not None
    assert "부친 편지" in await office.page("clerk", at)
    again = await office.post("clerk", f"{at}/{letter.id}/posted", {}, at=at)
    assert again.status_code == 409
    assert (await office.get("park", at)).status_code == 403
    assert (await office.get("clerk", f"{at}/{letter.id + 100}")).status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_letter_of_another_step_says_what_was_done(
    office: Office, handled: Handled, time: Any
) -> None:
    number = await handled("note", reply_by="letter", address="당산로 1")
    complaint = await Complaint.get(number=number)
    letters = await Letter.filter(complaint_id=complaint.id).order_by("id")
    kinds = [each.kind for each in letters]
    assert kinds[0] == "complaint.accepted"
    assert "complaint.noted" in kinds
    noted = letters[kinds.index("complaint.noted")]
    printed = await pdf(office, "clerk", f"/desk/letters/{noted.id}")
    assert "안정기를주문했습니다." in printed
    assert "민원안내문" in printed
