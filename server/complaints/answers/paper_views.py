"""A complaint's papers: the result as a page, all of them as PDF, for the applicant and those in
charge; and the letters that the desk posts (Act 27, D29, D31)."""

from quart import Response
from quart.typing import ResponseReturnValue

from server.complaints.answers import letters, papers, unheard
from server.complaints.behalf import principals
from server.complaints.faxes import receiving
from server.complaints.showing import reading
from server.complaints.showing.pages import department_part, known_number
from server.complaints.showing.reading import ForTheDesk, Reading
from server.complaints.showing.timeline import Reader
from server.core import audit
from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import (
    APPLICANT,
    OFFICIAL,
    Door,
    Limit,
    NotFound,
    actor,
    redirect,
    render,
    role,
)
from server.core.web.flashes import flash
from server.documents import service as documents
from server.documents.service import Paper
from server.notifications import service as notifications

door = Door("complaints_papers")

READ = Limit(240, "minute")
DRAW = Limit(60, "hour")
POSTERS = role("complaints")


@door.get("/complaints/<number>/result", who=APPLICANT, limit=READ)
async def result(number: str) -> ResponseReturnValue:
    """The result as a document, with the code to check it by."""
    found = await _own(number)
    issued = await documents.issue(await papers.paper("result", found))
    return await render(
        "complaints/result.html",
        c=found,
        issued=issued,
        department=department_part(found),
        remedy=papers.remedy(),
    )


@door.get("/complaints/<number>/result.pdf", who=APPLICANT, limit=DRAW)
async def result_pdf(number: str) -> ResponseReturnValue:
    """The result (처리결과 통지서)."""
    return await _pdf(await papers.paper("result", await _own(number)))


@door.get("/complaints/<number>/notice.pdf", who=APPLICANT, limit=DRAW)
async def acceptance_pdf(number: str) -> ResponseReturnValue:
    """The notice of acceptance."""
    return await _pdf(await papers.paper("acceptance", await _own(number)))


@door.get("/complaints/<number>/receipt.pdf", who=APPLICANT, limit=DRAW)
async def receipt_pdf(number: str) -> ResponseReturnValue:
    """The receipt (접수증)."""
    return await _pdf(await papers.paper("receipt", await _own(number)))


@door.get("/desk/complaints/<number>/papers/<kind>", who=OFFICIAL, limit=DRAW)
async def desk_pdf(number: str, kind: str) -> ResponseReturnValue:
    """Any of them for an official in charge; the access is recorded."""
    found = await reading.read_at_desk(known_number(number), actor())
    paper = await papers.paper(kind, found)
    await audit.accessed(actor().account_id, _whose(found), f"/desk/complaints/papers/{kind}")
    return await _pdf(paper)


@door.get("/desk/letters", who=POSTERS, limit=READ)
async def list_of_letters() -> ResponseReturnValue:
    """The letters to be posted, and those posted last."""
    waiting = await letters.waiting()
    numbers = [each.number for each in waiting]
    return await render(
        "complaints/desk/letters.html",
        waiting=waiting,
        by_fax=await receiving.answered_by_fax(numbers) | await unheard.by_fax(numbers),
        posted=await letters.posted(),
        to_principals=await principals.letters_waiting(),
        title_of=notifications.title_of,
    )


@door.get("/desk/letters/<int:letter_id>", who=POSTERS, limit=DRAW)
async def letter_pdf(letter_id: int) -> ResponseReturnValue:
    """One letter to be printed, its address where an envelope's window is."""
    found, paper = await letters.paper_of(letter_id, actor())
    await audit.accessed(actor().account_id, _whose(found), "/desk/letters")
    return await _pdf(paper)


@door.post("/desk/letters/<int:letter_id>/posted", who=POSTERS, limit=READ)
async def mark_posted(letter_id: int) -> ResponseReturnValue:
    """It was printed and posted."""
    form = await Form.read()
    await letters.mark_posted(letter_id, actor(), claim=form.claim)
    flash(N_("부쳤다고 적었습니다."))
    return redirect("/desk/letters")


async def _own(number: str) -> Reading:
    """The complaint for its applicant, and for nobody else."""
    try:
        found = await reading.read(known_number(number), actor())
    except ForTheDesk:
        raise NotFound from None
    if found.reader is not Reader.APPLICANT:
        raise NotFound
    return found


def _whose(found: Reading) -> str | int:
    """Whose personal data a paper shows: an account, or a complaint filed without one."""
    assert found.applicant is not None
    return found.applicant.account_id or f"complaint:{found.number}"


async def _pdf(paper: Paper) -> Response:
    data = await documents.pdf(await documents.issue(paper), paper)
    headers = {
        "Content-Disposition": f'inline; filename="{paper.number}-{paper.kind}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return Response(data, content_type="application/pdf", headers=headers)
