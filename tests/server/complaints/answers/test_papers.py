"""The papers of a complaint over HTTP: who may have them, what they say, and the letters."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from server.complaints.answers import envelope
from server.complaints.answers.models import Letter
from server.complaints.models import Complaint
from server.core import db
from server.documents.models import IssuedDocument
from server.notifications.kinds.complaints import COMPLAINTS
from server.notifications.kinds.redress import REDRESS
from tests.conftest import POSTGRES_PROVED
from tests.server.complaints.conftest import FILED, Handled, Office, done, text


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


async def kinds_waiting(number: str) -> list[str]:
    rows = await Letter.filter(complaint__number=number, printed_at=None).order_by("id")
    return [row.kind for row in rows]


@POSTGRES_PROVED
async def test_what_waits_goes_in_one_envelope(office: Office, handled: Handled, time: Any) -> None:
    """Accepted, given to a department, two words on the way, extended, answered, all before the
    post goes: one letter of the result with what the Act wants told, and nothing said twice."""
    number = await handled("accept", reply_by="letter", address="당산로 1")
    roads = f"{office.departments['roads']}:{office.accounts['park']}"
    at = "/desk/letters"
    first = [row.id for row in await Letter.filter(complaint__number=number)]
    await done(await office.act("clerk", number, "assign", to=roads))
    assert await kinds_waiting(number) == ["complaint.accepted"], "every letter names the handler"
    for words in ("현장을 보았습니다.", "안정기를 주문했습니다."):
        await done(await office.act("park", number, "note", step="on_site", text=words))
    assert await kinds_waiting(number) == ["complaint.accepted", "complaint.noted"]
    why = {"cause": "facts", "text": "부품을 시험해 보아야 합니다.", "until": "2026-12-07"}
    await done(await office.act("park", number, "extend", **why))
    newest = await Letter.filter(complaint__number=number).order_by("-id").first()
    assert newest is not None
    printed = await pdf(office, "clerk", f"{at}/{newest.id}")
    for words in ("접수안내문", "갖춰진것", "안정기를주문했습니다.", "부품을시험해보아야합니다."):
        assert words in printed
    assert "현장을보았습니다." not in printed
    await done(
        await office.act("park", number, "complete", outcome="done", text="등을 달았습니다.")
    )
    told = ["complaint.accepted", "complaint.extended", "complaint.completed"]
    assert await kinds_waiting(number) == told
    listed = await office.page("clerk", at)
    assert listed.count("부쳤습니다</button>") == 1
    newest = await Letter.filter(complaint__number=number).order_by("-id").first()
    assert newest is not None
    printed = await pdf(office, "clerk", f"{at}/{newest.id}")
    wanted = (
        "처리결과통지서",
        "등을달았습니다.",
        "갖춰진것",
        "부품을시험해보아야합니다.",
        "박도로",
    )
    assert [printed.index(words) for words in wanted[:2]] == sorted(
        printed.index(words) for words in wanted[:2]
    )
    for words in wanted:
        assert words in printed
    assert "안정기를주문했습니다." not in printed
    assert (await office.post("clerk", f"{at}/{newest.id}/posted", {}, at=at)).status_code == 303
    assert await kinds_waiting(number) == []
    assert await pdf(office, "clerk", f"{at}/{first[0]}") == printed, "it is kept as it was posted"


async def test_what_comes_after_printing_waits_for_the_next_letter(
    office: Office, handled: Handled, time: Any
) -> None:
    number = await handled("assign", reply_by="letter", address="당산로 1")
    (printed,) = await Letter.filter(complaint__number=number)
    await done(await office.act("park", number, "note", step="on_site", text="보았습니다."))
    at = "/desk/letters"
    assert (await office.post("clerk", f"{at}/{printed.id}/posted", {}, at=at)).status_code == 303
    (noted,) = await Letter.filter(complaint__number=number, printed_at=None)
    words = await pdf(office, "clerk", f"{at}/{noted.id}")
    assert "민원안내문" in words
    assert "보았습니다." in words
    assert "갖춰진것" not in words
    await done(await office.act("park", number, "note", step="working", text="고칩니다."))
    gone = await office.get("clerk", f"{at}/{noted.id}")
    assert gone.status_code == 404
    assert "새 안내와 합쳐졌습니다" in await text(gone)
    late = await office.post("clerk", f"{at}/{noted.id}/posted", {}, at=at)
    assert late.status_code == 404
    assert await kinds_waiting(number) == ["complaint.noted"]


@pytest.mark.parametrize("kind", sorted(COMPLAINTS | REDRESS))
def test_nothing_that_must_be_told_is_ever_replaced(kind: str) -> None:
    """Only what is said anew or by every letter gives way; a question when nobody waits for it."""
    lawful = {
        "complaint.accepted",
        "complaint.supplement_asked",
        "complaint.extended",
        "complaint.reclassified",
        "complaint.documents_awaited",
        "complaint.inquiry_begun",
        "complaint.completed",
        "complaint.transferred",
        "objection.decided",
        "correction.answered",
    }
    assert envelope.replaced_by(kind).isdisjoint(lawful)
    assert not any(envelope.is_needless(each, [kind]) for each in lawful)
    ended = kind in envelope.ENDINGS
    assert ("complaint.consent_asked" in envelope.replaced_by(kind)) is ended
