"""Complaints for residents and for everybody: list, page, filing, the applicant's acts (Y10-1)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from quart import Response, request
from quart.typing import ResponseReturnValue

from server import config
from server.catalogue import service as catalogue
from server.catalogue.service import KindView
from server.complaints import service
from server.complaints.abuse import restraining
from server.complaints.arrival import asking, guests, photos
from server.complaints.arrival.filing import whole
from server.complaints.arrival.forms import (
    ConfirmForm,
    DisclosureForm,
    FilingForm,
    StrangerForm,
    SupplementForm,
)
from server.complaints.arrival.similar import Similar
from server.complaints.behalf import staging
from server.complaints.disclosure.guard import Telltale
from server.complaints.showing import pages, reading
from server.complaints.showing.pages import known_number
from server.core import clock, i18n, ids, storage
from server.core.forms import answer_to
from server.core.i18n import N_
from server.core.web import (
    APPLICANT,
    MB,
    PUBLIC,
    Door,
    Forbidden,
    Limit,
    NotFound,
    Problem,
    actor,
    actor_key,
    follow,
    keep_on_phone,
    open_case,
    redirect,
    render,
    unfollow,
)
from server.core.web.flashes import flash
from server.core.web.pages import number as number_argument
from server.deadlines import service as deadlines

door = Door("complaints")

READ = Limit(240, "minute")
PICTURES = Limit(1200, "minute")
ACT = Limit(60, "hour")
SLUG_LETTERS_MAX = 40


@door.after_app_serving
async def put_away_the_workbench() -> None:
    """The children that prepare photos end with the server."""
    await photos.close_bench()


@door.get("/complaints", who=PUBLIC, limit=READ, cache=0.5)
async def public_list() -> ResponseReturnValue:
    """The public list; a receipt number typed into its search leads straight to its page."""
    query = request.args.get("q", "").strip()
    number = ids.parse_receipt(query)
    if number is not None:
        return redirect(f"/complaints/{number}")
    return await pages.public_list(query, before=number_argument("before"))


@door.get("/complaints/new", who=PUBLIC, limit=READ)
async def filing_form() -> ResponseReturnValue:
    """An empty form; `?topic=` is chosen already, `?service=` applied for."""
    account_id = actor().account_id
    if account_id is not None and await restraining.limit_of_account(account_id) is not None:
        return redirect("/complaints/limited")
    slug = request.args.get("service", "")[:SLUG_LETTERS_MAX]
    wanted = await _wanted(slug)
    if slug and wanted is None:
        return redirect(f"/services/{slug}")
    form = asking.form_for(_filing_form(), wanted)(data=asking.begun(wanted))
    return await pages.filing(form, [], chosen=request.args.get("topic"))


@door.post("/complaints/new", who=PUBLIC, limit=Limit(60, "hour"), body_max=80 * MB)
async def create() -> ResponseReturnValue:
    """File a complaint, with an account or without. Where something is refused, texts and good
    photos are kept."""
    base = _filing_form()
    wanted = await _wanted((await request.form).get("service", ""))
    form = await asking.form_for(base, wanted).read()
    if (earlier := await answer_to(form.claim)) is not None:
        return await _filed(earlier)
    form.offer(await catalogue.topics())
    fine = form.validate()
    staged, faults = await pages.stage_photos(actor_key(), form)
    if (fault := await staging.stage(actor_key(), form)) is not None:
        faults.append(fault)
    for fault in faults:
        form.complain(fault)
    if not fine or faults:
        status = max([422, *(fault.status for fault in faults)])
        return await pages.filing(form, staged), status
    try:
        filing = asking.with_answers(form.filing(staged), form, wanted)
        applicant = await _applicant(form)
        if form.look.data and not wanted:
            await whole(applicant, filing)
            if alike := await _alike(form, filing):
                return await pages.filing(form, staged, alike=alike)
        number = await service.file(applicant, filing, form.claim)
    except Problem as problem:
        form.complain(problem)
        return await pages.filing(form, staged), problem.status
    return await _filed(number)


@door.get("/complaints/photos/<uuid:key>", who=PUBLIC, limit=PICTURES)
async def staged_photo(key: UUID) -> ResponseReturnValue:
    """A photo that waits for its form, for its owner."""
    if not await service.still_staged(actor_key(), [key]):
        raise NotFound
    return await _picture(key, thumb=True)


@door.get("/complaints/<number>", who=PUBLIC, limit=READ, cache=0.5)
async def page(number: str) -> ResponseReturnValue:
    """One complaint: masked for the public, whole for its applicant."""
    known = known_number(number)
    if known != number:
        return redirect(f"/complaints/{known}")
    if actor().signed_in or actor().opened == known:
        await follow(f"complaint:{known}", said=N_("진행 상황이 바뀌었어요."))
    try:
        found = await service.read(known, actor())
    except reading.ForTheDesk:
        return redirect(f"/desk/complaints/{known}")
    except NotFound:
        if actor().official:
            raise
        unfollow()  # whether there is such a case nobody learns here
        return await render("complaints/closed.html", number=known), 404
    if found.reader != "applicant":
        unfollow()  # how often and when the office acts on it is the applicant's to know
    if found.reader == "applicant" and actor().signed_in and actor().opened != known:
        keep_on_phone()
    return await pages.complaint(found)


@door.get("/complaints/<number>/receipt", who=APPLICANT, limit=READ)
async def receipt(number: str) -> ResponseReturnValue:
    """The receipt (접수증), for the applicant to show or print (Act 9)."""
    return await render("complaints/receipt.html", c=await _own(number))


@door.get("/complaints/<number>/due.ics", who=PUBLIC, limit=READ)
async def calendar(number: str) -> ResponseReturnValue:
    """The due date for the reader's calendar."""
    found = await service.read(known_number(number), actor())
    if found.deadline is None:
        raise NotFound
    public_url = config.settings().public_url
    text = deadlines.due_date(
        found.number,
        i18n.gettext(N_("민원 처리 기한: %(title)s"), title=found.title),
        "\n".join(deadlines.spelt_out(found.deadline.explanation)),
        found.deadline.due,
        f"{public_url}/complaints/{found.number}",
        clock.now(),
        sequence=found.version,
    )
    name = f'attachment; filename="{found.number}.ics"'
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
    return Response(text, content_type="text/calendar; charset=utf-8", headers=headers)


@door.get("/complaints/<number>/photos/<int:photo>", who=PUBLIC, limit=PICTURES)
async def photo_full(number: str, photo: int) -> ResponseReturnValue:
    """A photo of a complaint that the reader may see."""
    key = await service.photo_key(known_number(number), photo, actor())
    return await _picture(key, thumb=False)


@door.get("/complaints/<number>/photos/<int:photo>/thumb", who=PUBLIC, limit=PICTURES)
async def photo_thumb(number: str, photo: int) -> ResponseReturnValue:
    """Its small picture."""
    key = await service.photo_key(known_number(number), photo, actor())
    return await _picture(key, thumb=True)


@door.get("/complaints/<number>/withdraw", who=APPLICANT, limit=READ)
async def withdraw_form(number: str) -> ResponseReturnValue:
    """Asks once more before a complaint is withdrawn."""
    return await render("complaints/withdraw.html", c=await _own(number))


@door.post("/complaints/<number>/withdraw", who=APPLICANT, limit=ACT)
async def withdraw(number: str) -> ResponseReturnValue:
    """Take it back (취하)."""
    form = await ConfirmForm.read()
    await service.withdraw(known_number(number), actor(), claim=form.claim)
    await pages.gone_everywhere()
    flash(N_("민원을 취하했습니다."))
    return redirect(f"/complaints/{known_number(number)}")


@door.get("/complaints/<number>/public", who=APPLICANT, limit=READ)
async def public_form(number: str) -> ResponseReturnValue:
    """Says what disclosing, or refusing it, means."""
    return await render("complaints/public.html", c=await _own(number), form=DisclosureForm())


@door.post("/complaints/<number>/public", who=APPLICANT, limit=ACT)
async def set_public(number: str) -> ResponseReturnValue:
    """Disclose, or refuse disclosure: gone from every public place at once (Y12-1)."""
    form = await DisclosureForm.read()
    known, public = known_number(number), form.public.data == "y"
    try:
        await service.set_public(
            known, actor(), public, covered=bool(form.cover.data), claim=form.claim
        )
    except Telltale as telltale:
        form.complain(telltale)
        return await render("complaints/public.html", c=await _own(number), form=form), 422
    if not public:
        await pages.gone_everywhere()
    flash(N_("이제 공개합니다.") if public else N_("이제 공개하지 않습니다."))
    return redirect(f"/complaints/{known}")


@door.get("/complaints/<number>/supplement", who=APPLICANT, limit=READ)
async def supplement_form(number: str) -> ResponseReturnValue:
    """What the office asks for, and room to answer."""
    return await pages.more(await _own(number), SupplementForm(), [], "supplement")


@door.post("/complaints/<number>/supplement", who=APPLICANT, limit=ACT, body_max=80 * MB)
async def give_supplement(number: str) -> ResponseReturnValue:
    """Give what was asked for: the clock goes on."""
    return await _more(number, "supplement", service.give_supplement)


@door.get("/complaints/<number>/add", who=APPLICANT, limit=READ)
async def add_form(number: str) -> ResponseReturnValue:
    """Room for more words and photos, that nobody asked for."""
    return await pages.more(await _own(number), SupplementForm(), [], "add")


@door.post("/complaints/<number>/add", who=APPLICANT, limit=ACT, body_max=80 * MB)
async def add(number: str) -> ResponseReturnValue:
    """Add them: whoever handles it is told."""
    return await _more(number, "add", service.add)


async def _more(
    number: str, address: str, act: Callable[..., Awaitable[None]]
) -> ResponseReturnValue:
    """Words and photos of the applicant; refused, everything comes back."""
    form = await SupplementForm.read()
    known, key = (await _own(number)).number, actor_key()
    if await answer_to(form.claim) is not None:
        return redirect(f"/complaints/{known}")
    fine = form.validate()
    staged, faults = await pages.stage_photos(key, form)
    status = max([422, *(fault.status for fault in faults)])
    for fault in faults:
        form.complain(fault)
    if fine and not faults:
        try:
            more = service.More(form.text.data or "", staged, form.captions_of(staged), key)
            await act(known, actor(), more, claim=form.claim)
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("보내 주신 내용을 담당자에게 전했습니다."))
            return redirect(f"/complaints/{known}")
    return await pages.more(await _own(number), form, staged, address), status


async def _wanted(slug: str) -> KindView | None:
    """The service applied for, as far as there is one that is filed here."""
    kind = await catalogue.kind_by_slug(slug[:SLUG_LETTERS_MAX]) if slug else None
    return kind if kind and kind.active and kind.online else None


def _filing_form() -> type[FilingForm]:
    """The form of whoever asks; officials file with an account of their own (Y10-2)."""
    if actor().official:
        raise Forbidden(
            "complaint.residents_only",
            N_("담당자 계정으로는 민원을 신청할 수 없습니다. 주민 계정으로 로그인해 주세요."),
        )
    return FilingForm if actor().signed_in else StrangerForm


async def _alike(form: FilingForm, filing: service.Filing) -> Sequence[Similar]:
    """Complaints that may be the same; never the one that this very form has just filed, in a
    sending whose answer was lost."""
    alike = await pages.alike(filing)
    return () if alike and await answer_to(form.claim) is not None else alike


async def _applicant(form: FilingForm) -> int | service.Stranger:
    account_id = actor().account_id
    if account_id is not None:
        return account_id
    assert isinstance(form, StrangerForm)
    name, phone = form.name.data or "", form.phone.data or ""
    return await guests.stranger(
        name, phone, form.address.data or "", form.password.data or "", owner=actor_key()
    )


async def _filed(number: str) -> ResponseReturnValue:
    """To the complaint; whoever has no account gets in by its password, given just now."""
    if not actor().signed_in:
        open_case(await guests.cookie_of(number), int(guests.OPEN_FOR.total_seconds()))
    return redirect(f"/complaints/{number}")


async def _own(number: str) -> service.Reading:
    found = await service.read(known_number(number), actor())
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
