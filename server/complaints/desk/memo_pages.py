"""/desk/complaints/<receipt>/memos: notes for colleagues, site photos for the answer."""

from typing import Any
from uuid import UUID

from quart import Response
from quart.typing import ResponseReturnValue
from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from server.complaints import service
from server.complaints.arrival import photos
from server.complaints.desk import memos
from server.complaints.desk.entry import READ, WHO
from server.complaints.disclosure import guard
from server.complaints.disclosure.guard import GuardedForm
from server.complaints.posting import posted
from server.complaints.showing import pages
from server.core import audit
from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import (
    MB,
    Conflict,
    Door,
    Invalid,
    Limit,
    NotFound,
    Problem,
    actor,
    redirect,
    render,
)
from server.core.web.csrf import actor_key
from server.core.web.flashes import flash

door = Door("complaints_memos", url_prefix="/desk/complaints")

ACT = Limit(300, "hour")


class MemoForm(Form):
    """What a colleague should know."""

    text = TextAreaField(N_("내부 메모"), [InputRequired(), Length(max=memos.TEXT_LETTERS_MAX)])


class SitePhotoForm(GuardedForm):
    """A photo from the site, and what it shows."""

    photo = FileField(N_("현장 사진"), [Optional()])
    kept = StringField(validators=[Optional()])
    caption = StringField(N_("사진 설명"), [Optional(), Length(max=memos.CAPTION_LETTERS_MAX)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The photo is not said to be optional; without one the form comes back with a word."""
        super().__init__(*args, **kwargs)
        self.photo.flags.one_of = True

    @property
    def kept_key(self) -> UUID | None:
        """The photo that was sent before its form."""
        try:
            return UUID(self.kept.data or "")
        except ValueError:
            return None


@door.get("/<number>/memos", who=WHO, limit=READ)
async def notes(number: str) -> ResponseReturnValue:
    """What the office keeps of the case beside its timeline."""
    return await _page(number, MemoForm(), SitePhotoForm())


@door.post("/<number>/memos", who=WHO, limit=ACT)
async def write(number: str) -> ResponseReturnValue:
    """Note something."""
    known = pages.known_number(number)
    form = await MemoForm.read()

    async def act() -> None:
        await memos.write(known, actor(), form.text.data or "", claim=form.claim)

    async def back() -> str:
        return await _page(known, form, SitePhotoForm())

    to = f"/desk/complaints/{known}/memos"
    return await posted(form, act, to=to, done=N_("메모를 남겼습니다."), back=back)


@door.post("/<number>/memos/photo", who=WHO, limit=ACT, body_max=40 * MB)
async def enclose(number: str) -> ResponseReturnValue:
    """Keep a photo for the answer."""
    known = pages.known_number(number)
    form = await SitePhotoForm.read()
    if not form.validate():
        return await _page(known, MemoForm(), form), 422
    try:
        owner = actor_key()
        kept = await service.still_staged(owner, [form.kept_key] if form.kept_key else [])
        chosen = bool(getattr(form.photo.data, "filename", ""))
        if not chosen and not kept:
            raise Invalid("memo.photo", N_("사진을 골라 주세요."), "photo")
        await guard.check({"caption": form.caption.data or ""})
        key = await service.stage(owner, form.photo.data.stream) if chosen else kept[0]
        await memos.enclose(known, actor(), owner, key, form.caption.data or "", claim=form.claim)
    except Problem as refused:
        if refused.status in {403, 404}:
            raise
        refused.field = "photo" if refused.field == "photos" else refused.field
        form.complain(refused)
        return await _page(known, MemoForm(), form), refused.status
    flash(N_("사진을 담아 두었습니다. 답변과 함께 보입니다."))
    return redirect(f"/desk/complaints/{known}/memos")


@door.post("/<number>/memos/photo/<uuid:key>/remove", who=WHO, limit=ACT)
async def take_out(number: str, key: UUID) -> ResponseReturnValue:
    """Take a photo out again."""
    known = pages.known_number(number)
    form = await MemoForm.read()
    try:
        await memos.take_out(known, actor(), key, claim=form.claim)
    except Conflict as refused:
        return await _page(known, MemoForm(), SitePhotoForm(), refused), refused.status
    flash(N_("사진을 뺐습니다."))
    return redirect(f"/desk/complaints/{known}/memos")


@door.get("/<number>/memos/photo/<uuid:key>", who=WHO, limit=READ)
async def photo(number: str, key: UUID) -> ResponseReturnValue:
    """A photo that waits for its answer, for the office."""
    if not await memos.enclosed_in(pages.known_number(number), key, actor()):
        raise NotFound
    picture = await photos.bytes_of(key, thumb=True)
    answer = Response(picture, content_type="image/webp")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


async def _page(
    number: str, memo: MemoForm, site: SitePhotoForm, refused: Conflict | None = None
) -> str:
    """The notes; `refused` is why a photo stays."""
    if refused is not None:
        site.complain(refused)
    found = await memos.read(pages.known_number(number), actor())
    await audit.accessed(actor().account_id, found.subject, "desk.memos")
    return await render("complaints/desk/memos.html", n=found, memo=memo, shot=site)
