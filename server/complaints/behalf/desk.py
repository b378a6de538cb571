"""The office's side of filing for another: the mandate as a picture, and the word that it is in
order (Y18). Each look at the mandate is recorded."""

from quart import Response
from quart.typing import ResponseReturnValue

from server.complaints.arrival import photos
from server.complaints.arrival.forms import ConfirmForm
from server.complaints.behalf import papers, principals
from server.complaints.desk.entry import ACT, READ, WHO
from server.complaints.showing import reading
from server.complaints.showing.pages import known_number
from server.complaints.workflow import Hat
from server.core import audit, i18n, storage
from server.core.i18n import N_
from server.core.web import Door, NotFound, actor, redirect, role
from server.core.web.flashes import flash
from server.documents import service as documents

door = Door("complaints_behalf_desk", url_prefix="/desk/complaints")


@door.get("/<number>/mandate", who=WHO, limit=READ)
async def mandate(number: str) -> ResponseReturnValue:
    """The photo of the signed mandate, for those in charge; not for who merely co-operates."""
    known = known_number(number)
    found = await reading.read_at_desk(known, actor())
    seen = await principals.of(known)
    if seen is None or seen.mandate is None or found.hats == {Hat.COOPERATOR}:
        raise NotFound
    subject = f"complaint:{known}"
    await audit.accessed(actor().account_id, subject, f"/desk/complaints/{known}/mandate")
    try:
        data = await photos.bytes_of(seen.mandate, thumb=False)
    except storage.Missing:
        raise NotFound from None
    headers = {"Cache-Control": "private, no-store"}
    return Response(data, content_type="image/jpeg", headers=headers)


@door.get("/<number>/behalf.pdf", who=role("complaints"), limit=READ)
async def letter(number: str) -> ResponseReturnValue:
    """The letter to whoever was applied for, to be printed; the access is recorded."""
    known = known_number(number)
    found = await reading.read_at_desk(known, actor())
    seen = await principals.of(known)
    if seen is None or seen.tell_by != "letter":
        raise NotFound
    await audit.accessed(
        actor().account_id, f"complaint:{known}", f"/desk/complaints/{known}/behalf"
    )
    code = await principals.code_of(known)
    with i18n.speaking(i18n.SOURCE), i18n.dated_in_full():
        paper = papers.told(found, seen, code)
        data = await documents.pdf(await documents.issue(paper), paper)
    headers = {
        "Content-Disposition": f'inline; filename="{known}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return Response(data, content_type="application/pdf", headers=headers)


@door.post("/<number>/behalf/posted", who=role("complaints"), limit=ACT)
async def posted(number: str) -> ResponseReturnValue:
    """The letter was printed and posted."""
    form = await ConfirmForm.read()
    await principals.mark_posted(known_number(number), actor(), claim=form.claim)
    flash(N_("부쳤다고 적었습니다."))
    return redirect("/desk/letters")


@door.post("/<number>/behalf", who=role("complaints"), limit=ACT)
async def reviewed(number: str) -> ResponseReturnValue:
    """It is in order that somebody applies for another: it may be accepted."""
    form = await ConfirmForm.read()
    known = known_number(number)
    await principals.review(known, actor(), claim=form.claim)
    flash(N_("확인했다고 적었습니다. 이제 접수할 수 있습니다."))
    return redirect(f"/desk/complaints/{known}")
