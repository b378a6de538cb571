"""/desk/complaints/register: what came on paper while the system had failed (D6의2);
/desk/complaints/spoken: what somebody says at the counter, written down and signed (D10(4))."""

from datetime import datetime
from typing import Any

from quart.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, Optional

from server.catalogue import service as catalogue
from server.complaints import rules
from server.complaints.arrival import registering
from server.complaints.arrival.filing import Filing
from server.complaints.arrival.registering import Paper
from server.complaints.desk.forms import CHOOSE, LONG
from server.complaints.disclosure.guard import GuardedForm
from server.complaints.rules import Place
from server.core.i18n import N_, gettext
from server.core.web import Door, Limit, Problem, actor, redirect, render, role
from server.core.web.flashes import flash
from server.deadlines.service import in_seoul

door = Door("complaints_registering")

CLERKS = role("complaints")
LINE = Length(max=200)
MINUTE = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]


class SpokenForm(GuardedForm):
    """A complaint as an official types it in for somebody."""

    name = StringField(N_("신청한 사람"), [InputRequired(), LINE])
    phone = StringField(N_("전화번호"), [InputRequired(), LINE])
    address = StringField(N_("주소"), [Optional(), LINE])
    topic = SelectField(N_("분야"), [InputRequired()])
    kind = SelectField(N_("민원 종류"), [InputRequired()])
    place = StringField(N_("어디인가요"), [Optional(), Length(max=rules.PLACE_LETTERS_MAX)])
    title = StringField(N_("제목"), [InputRequired(), Length(max=rules.TITLE_LETTERS_MAX)])
    body = TextAreaField(N_("내용"), [InputRequired(), LONG])
    public = BooleanField(N_("처리 과정을 공개합니다"))
    fax = StringField(N_("팩스번호"), [Optional(), LINE])
    reply_by = RadioField(N_("답변받을 방법"), [InputRequired()], choices=rules.DESK_REPLIES)

    async def offer(self) -> None:
        """Topics, and kinds grouped by the Act's categories."""
        topics = {each.slug: each.name for each in await catalogue.topics()}
        self.topic.choices = {"": gettext(CHOOSE)} | topics
        groups: dict[str, dict[str, str]] = {"": {"": gettext(CHOOSE)}}
        for kind in await catalogue.kinds_to_choose():
            group = gettext(catalogue.CATEGORIES[kind.category])
            groups.setdefault(group, {})[kind.slug] = kind.name
        self.kind.choices = groups

    def taken(self, arrived: datetime | None, reason: str = "") -> Paper:
        """What was typed, as the service takes it."""
        filed = Filing(
            topic=self.topic.data,
            title=self.title.data,
            body=self.body.data,
            place=Place.read(self.place.data or "", "", ""),
            public=bool(self.public.data),
            reply_by=self.reply_by.data,
        )
        who = (self.name.data, self.phone.data or "", self.address.data or "")
        return Paper(arrived, reason, *who, self.kind.data, filed, self.fax.data or "")


class SignedForm(SpokenForm):
    """/desk/complaints/spoken: with the word that it was signed."""

    signed = BooleanField(N_("민원인이 내용을 확인하고 서명했습니다"), [InputRequired()])

    @property
    def paper(self) -> Paper:
        """What was said, as the service takes it."""
        return self.taken(None)


class PaperForm(SpokenForm):
    """/desk/complaints/register: with when and how it was handed in."""

    arrived_at = DateTimeLocalField(N_("받은 때"), [InputRequired()], format=MINUTE)
    reason = StringField(N_("어떻게 받았나요"), [InputRequired(), LINE])

    @property
    def paper(self) -> Paper:
        """What was typed, as the service takes it."""
        return self.taken(in_seoul(self.arrived_at.data), self.reason.data)


@door.get("/desk/complaints/register", who=CLERKS, limit=Limit(240, "minute"))
async def register_form() -> ResponseReturnValue:
    """An empty form."""
    form = PaperForm(reply_by="letter")
    await form.offer()
    return await _page(form)


@door.post("/desk/complaints/register", who=CLERKS, limit=Limit(120, "minute"))
async def register() -> ResponseReturnValue:
    """Register it with the time at which it truly arrived; its clock starts then."""
    done = N_("받은 때로 등록하고 접수했습니다.")
    return await _registered(await PaperForm.read(), done)


@door.get("/desk/complaints/spoken", who=CLERKS, limit=Limit(240, "minute"))
async def spoken_form() -> ResponseReturnValue:
    """An empty form to write down what somebody says."""
    form = SignedForm(reply_by="letter")
    await form.offer()
    return await _page(form)


@door.post("/desk/complaints/spoken", who=CLERKS, limit=Limit(120, "minute"))
async def write_down() -> ResponseReturnValue:
    """Write it down and accept it; its clock starts now."""
    done = N_("적어서 접수했습니다. 서명한 종이는 구청에서 보관합니다.")
    return await _registered(await SignedForm.read(), done)


async def _registered(form: Any, done: str) -> ResponseReturnValue:
    await form.offer()
    status = 422
    if form.validate():
        try:
            number = await registering.register(form.paper, actor(), claim=form.claim)
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(done)
            return redirect(f"/desk/complaints/{number}")
    return await _page(form), status


async def _page(form: SpokenForm) -> str:
    return await render("complaints/desk/register.html", form=form)
