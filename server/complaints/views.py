"""Complaints for residents and for everybody: list, page, filing, the applicant's acts (Y10-1)."""

from typing import Any
from uuid import UUID

from quart import Response, request
from quart.typing import ResponseReturnValue

from server import config
from server.catalogue import service as catalogue
from server.complaints import pages, photos, reading, service
from server.complaints.forms import ConfirmForm, FilingForm, SupplementForm
from server.core import clock, i18n, ids, storage
from server.core.i18n import N_
from server.core.phrases import say
from server.core.web import (
    MB,
    PUBLIC,
    SIGNED_IN,
    Actor,
    Door,
    Forbidden,
    Limit,
    NotFound,
    Problem,
    actor,
    actor_key,
    redirect,
    render,
)
from server.core.web.flashes import flash
from server.core.web.pages import number as number_argument
from server.deadlines import service as deadlines

door = Door("complaints")

READ = Limit(240, "minute")
PICTURES = Limit(1200, "minute")
ACT = Limit(60, "hour")


@door.after_app_serving
async def put_away_the_workbench() -> None:
    """The children that prepare photos end with the server."""
    await photos.close_bench()


@door.get("/complaints", who=PUBLIC, limit=READ, cache=1)
async def public_list() -> ResponseReturnValue:
    """The public list; a receipt number typed into its search leads straight to its page."""
    query = request.args.get("q", "").strip()
    number = ids.parse_receipt(query)
    if number is not None:
        return redirect(f"/complaints/{number}")
    return await pages.public_list(query, before=number_argument("before"))


@door.get("/services", who=PUBLIC, limit=READ, cache=1)
async def services() -> ResponseReturnValue:
    """What the office handles: kinds, periods, fees, departments (Y9)."""
    return await pages.services(request.args.get("q", "").strip())


@door.get("/complaints/new", who=SIGNED_IN, limit=READ)
async def filing_form() -> ResponseReturnValue:
    """An empty form; `?topic=` is chosen already."""
    _resident()
    return await pages.filing(FilingForm(), [], chosen=request.args.get("topic"))


@door.post("/complaints/new", who=SIGNED_IN, limit=Limit(60, "hour"), body_max=80 * MB)
async def create() -> ResponseReturnValue:
    """File a complaint. Where something is refused, texts and good photos are kept."""
    owner_id = _resident()
    form = await FilingForm.read()
    form.offer(await catalogue.topics())
    fine = form.validate()
    staged, faults = await pages.stage_photos(actor_key(), form)
    for fault in faults:
        form.complain(fault)
    if fine and not faults:
        try:
            number = await service.file(owner_id, form.filing(staged), form.claim)
        except Problem as problem:
            form.complain(problem)
            return await pages.filing(form, staged), problem.status
        return redirect(f"/complaints/{number}")
    return await pages.filing(form, staged), max([422, *(fault.status for fault in faults)])


@door.get("/complaints/photos/<uuid:key>", who=SIGNED_IN, limit=PICTURES)
async def staged_photo(key: UUID) -> ResponseReturnValue:
    """A photo that waits for its form, for its owner."""
    if not await service.still_staged(actor_key(), [key]):
        raise NotFound
    return await _picture(key, thumb=True)


@door.get("/complaints/<number>", who=PUBLIC, limit=READ, cache=1)
async def page(number: str) -> ResponseReturnValue:
    """One complaint: masked for the public, whole for its applicant."""
    known = _known(number)
    if known != number:
        return redirect(f"/complaints/{known}")
    try:
        found = await service.read(known, actor())
    except reading.ForTheDesk:
        return redirect(f"/desk/complaints/{known}")
    return await pages.complaint(found)


@door.get("/complaints/<number>/receipt", who=SIGNED_IN, limit=READ)
async def receipt(number: str) -> ResponseReturnValue:
    """The receipt (접수증), for the applicant to show or print (Act 9)."""
    return await render("complaints/receipt.html", c=await _own(number))


@door.get("/complaints/<number>/due.ics", who=PUBLIC, limit=READ)
async def calendar(number: str) -> ResponseReturnValue:
    """The due date for the reader's calendar."""
    found = await service.read(_known(number), actor())
    if found.deadline is None:
        raise NotFound
    public_url = config.settings().public_url
    text = deadlines.due_date(
        found.number,
        i18n.gettext(N_("민원 처리 기한: %(title)s"), title=found.title),
        say(found.deadline.explanation.sentence),
        found.deadline.due,
        f"{public_url}/complaints/{found.number}",
        clock.now(),
    )
    name = f'attachment; filename="{found.number}.ics"'
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
    return Response(text, content_type="text/calendar; charset=utf-8", headers=headers)


@door.get("/complaints/<number>/photos/<int:photo>", who=PUBLIC, limit=PICTURES)
async def photo_full(number: str, photo: int) -> ResponseReturnValue:
    """A photo of a complaint that the reader may see."""
    return await _picture(await service.photo_key(_known(number), photo, actor()), thumb=False)


@door.get("/complaints/<number>/photos/<int:photo>/thumb", who=PUBLIC, limit=PICTURES)
async def photo_thumb(number: str, photo: int) -> ResponseReturnValue:
    """Its small picture."""
    return await _picture(await service.photo_key(_known(number), photo, actor()), thumb=True)


@door.get("/complaints/<number>/withdraw", who=SIGNED_IN, limit=READ)
async def withdraw_form(number: str) -> ResponseReturnValue:
    """Asks once more before a complaint is withdrawn."""
    return await render("complaints/withdraw.html", c=await _own(number))


@door.post("/complaints/<number>/withdraw", who=SIGNED_IN, limit=ACT)
async def withdraw(number: str) -> ResponseReturnValue:
    """Take it back (취하)."""
    form = await ConfirmForm.read()
    await service.withdraw(_known(number), actor(), claim=form.claim)
    await pages.gone_everywhere()
    flash(N_("민원을 취하했습니다."))
    return redirect(f"/complaints/{_known(number)}")


@door.get("/complaints/<number>/public", who=SIGNED_IN, limit=READ)
async def public_form(number: str) -> ResponseReturnValue:
    """Says what disclosing, or refusing it, means."""
    return await render("complaints/public.html", c=await _own(number))


@door.post("/complaints/<number>/public", who=SIGNED_IN, limit=ACT)
async def set_public(number: str) -> ResponseReturnValue:
    """Disclose, or refuse disclosure: gone from every public place at once (Y12-1)."""
    form = await ConfirmForm.read()
    public = (await request.form).get("public") == "y"
    await service.set_public(_known(number), actor(), public, claim=form.claim)
    if not public:
        await pages.gone_everywhere()
    flash(N_("이제 공개합니다.") if public else N_("이제 공개하지 않습니다."))
    return redirect(f"/complaints/{_known(number)}")


@door.get("/complaints/<number>/supplement", who=SIGNED_IN, limit=READ)
async def supplement_form(number: str) -> ResponseReturnValue:
    """What the office asks for, and room to answer."""
    return await _supplement_page(await _own(number), SupplementForm())


@door.post("/complaints/<number>/supplement", who=SIGNED_IN, limit=ACT)
async def give_supplement(number: str) -> ResponseReturnValue:
    """Give what was asked for: the clock goes on."""
    form = await SupplementForm.read()
    status = 422
    if form.validate():
        try:
            await service.give_supplement(_known(number), actor(), form.text.data, claim=form.claim)
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("보내 주신 내용을 담당자에게 전했습니다."))
            return redirect(f"/complaints/{_known(number)}")
    return await _supplement_page(await _own(number), form), status


async def _supplement_page(found: service.Reading, form: SupplementForm) -> str:
    asked = [step for step in found.steps if step.action == "ask_supplement"]
    return await render("complaints/supplement.html", c=found, form=form, asked=asked[-1:])


def _resident() -> int:
    """The account of a resident; officials file with an account of their own (Y10-2)."""
    reader: Actor = actor()
    if reader.official or reader.account_id is None:
        raise Forbidden(
            "complaint.residents_only",
            N_("담당자 계정으로는 민원을 신청할 수 없습니다. 주민 계정으로 로그인해 주세요."),
        )
    return reader.account_id


def _known(number: str) -> str:
    """The number as we write it. Raises Problem 404 that helps where its check digit is wrong."""
    known = ids.parse_receipt(number)
    if known is None:
        sentence = N_(
            "접수번호를 다시 확인해 주세요. 2611-000427-7처럼 네 자리, 여섯 자리, 한 자리입니다. "
            "마지막 자리는 잘못 적은 숫자를 찾아 줍니다."
        )
        raise Problem("complaint.number", sentence, 404)
    return known


async def _own(number: str) -> service.Reading:
    found = await service.read(_known(number), actor())
    if found.reader != "applicant":
        raise NotFound
    return found


async def _picture(key: UUID, *, thumb: bool) -> Response:
    """The picture, asked for anew each time: what is closed today may not be seen tomorrow."""
    etag = f'"{key.hex}-{"t" if thumb else "f"}"'
    headers: dict[str, Any] = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == etag:
        return Response(b"", 304, headers=headers)
    try:
        data = await service.bytes_of(key, thumb=thumb)
    except storage.Missing:
        raise NotFound from None
    kind = "image/webp" if thumb else "image/jpeg"
    return Response(data, content_type=kind, headers=headers)
