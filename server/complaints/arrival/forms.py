"""The forms of those who file a complaint, with or without an account, and of what follows it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from server.catalogue.service import TopicView
from server.complaints import rules
from server.complaints.arrival.filing import Filing
from server.complaints.behalf.forms import BehalfFields
from server.complaints.desk.forms import CHOOSE, LONG
from server.complaints.disclosure.guard import GuardedForm
from server.complaints.following import rules as following_rules
from server.complaints.rules import Place
from server.complaints.together.rules import SIGNERS_LETTERS_MAX
from server.core.forms import Form
from server.core.i18n import N_, gettext
from server.core.phrases import counted, say
from server.core.web import Invalid
from server.ordinance import service as ordinance

OFF = (False, "", "false", "0", "n", "no", "off")


class WithPhotos(GuardedForm):
    """A form with photos. `kept` names those that an earlier sending of it has left; `captions`
    has a line for each photo, in their order."""

    photos = MultipleFileField(N_("사진"))
    kept = SelectMultipleField(N_("올려 둔 사진"), choices=[], validate_choice=False)
    captions = TextAreaField(N_("사진 설명"), [Optional(), LONG])

    @property
    def kept_keys(self) -> list[UUID]:
        """The photos kept, as far as they are keys at all."""
        return [key for text in self.kept.data or () if (key := _uuid(text)) is not None]

    @property
    def new_photos(self) -> list[Any]:
        """The files that were chosen now (an empty choice comes as a file without a name)."""
        return [file for file in self.photos.data or () if getattr(file, "filename", "")]

    def captions_of(self, photos: Sequence[UUID]) -> Mapping[UUID, str]:
        """Each photo's line. Raises Invalid where there are more lines than photos."""
        lines = (self.captions.data or "").rstrip().splitlines()
        if len(lines) > len(photos):
            sentence = N_("사진은 %(count)s장인데 설명이 더 많습니다. 한 장에 한 줄씩 적어 주세요.")
            raise Invalid("complaint.captions", sentence, "captions", count=len(photos))
        return dict(zip(photos, lines, strict=False))


class FilingForm(BehalfFields, WithPhotos):
    """/complaints/new. `address` is where letters go to; `look` asks for complaints like it first;
    `hide` is the button that files it not publicly, after a number was found in it; `service` the
    slug of a service applied for."""

    topic = SelectField(N_("분야"), [InputRequired()])
    place = StringField(N_("어디인가요"), [Optional(), Length(max=rules.PLACE_LETTERS_MAX)])
    road = StringField(N_("도로명주소"), [Optional(), Length(max=rules.ROAD_LETTERS_MAX)])
    lat = HiddenField("")
    lon = HiddenField("")
    title = StringField(N_("제목"), [InputRequired(), Length(max=rules.TITLE_LETTERS_MAX)])
    body = TextAreaField(N_("내용"), [InputRequired(), Length(max=rules.BODY_LETTERS_MAX)])
    public = BooleanField(N_("처리 과정을 공개합니다"), default=True, false_values=OFF)
    reply_by = RadioField(N_("답변받을 방법"), choices=rules.REPLIES, default="app")
    address = StringField(N_("주소"), [Optional(), Length(max=rules.PLACE_LETTERS_MAX)])
    signers = TextAreaField(N_("함께하는 사람"), [Optional(), Length(max=SIGNERS_LETTERS_MAX)])
    service = HiddenField("")
    look = BooleanField("", default=False, false_values=OFF)
    hide = BooleanField("", default=False, false_values=OFF)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """One way of answering is always chosen: it is not optional. Where the municipality sends
        no text messages, none is offered."""
        super().__init__(*args, **kwargs)
        self.reply_by.flags.required = True
        if not ordinance.profile().has_messages:
            offered = dict(self.reply_by.choices)
            self.reply_by.choices = {way: offered[way] for way in offered if way != "sms"}

    def offer(self, topics: Sequence[TopicView], chosen: str | None = None) -> None:
        """The topics to choose from, by department as they are; `chosen` is ticked beforehand."""
        self.topic.choices = {"": gettext(CHOOSE)} | {each.slug: each.name for each in topics}
        if chosen and not self.topic.data:
            self.topic.data = chosen

    @property
    def where(self) -> str:
        """The road-name address, if there is one, and then the words of who stands there."""
        return ", ".join(text for text in (self.road.data, self.place.data) if text)

    def filing(self, photos: Sequence[UUID]) -> Filing:
        """What was typed, as the service takes it. Raises Invalid for a position abroad."""
        return Filing(
            topic=self.topic.data,
            title=self.title.data,
            body=self.body.data,
            place=Place.read(self.where, self.lat.data or "", self.lon.data or ""),
            photos=photos,
            public=bool(self.public.data) and not self.hide.data,
            reply_by=self.reply_by.data or "app",
            captions=self.captions_of(photos),
            service=self.service.data or "",
            address=self.address.data or "",
            signers=self.signers.data or "",
            on_behalf=self.on_behalf,
        )


class StrangerForm(FilingForm):
    """/complaints/new for whoever is not signed in: who, how to be reached, and a password with
    which the case is opened again (Y12-2)."""

    name = StringField(N_("이름"), [InputRequired(), Length(max=rules.NAME_LETTERS_MAX)])
    phone = StringField(N_("휴대전화"), [InputRequired(), Length(max=40)])
    password = PasswordField(N_("이 민원의 비밀번호"), [InputRequired(), Length(max=128)])
    reply_by = RadioField(N_("답변받을 방법"), choices=rules.STRANGER_REPLIES, default="app")


class ConfirmForm(Form):
    """A form that has nothing but its button: withdraw, disclose, refuse disclosure."""


class SupplementForm(WithPhotos):
    """/complaints/<receipt>/supplement and /add: the applicant's answer, or more words and photos.
    `hide` stops the disclosure, after a number was found in it."""

    hide = BooleanField("", default=False, false_values=OFF)

    text = TextAreaField(N_("더하는 내용"), [InputRequired(), LONG])


class DisclosureForm(GuardedForm):
    """/complaints/<receipt>/public. `cover`: publish it with the numbers in it covered."""

    public = HiddenField("")
    cover = BooleanField("", default=False, false_values=OFF)


class UnlockForm(Form):
    """/complaints/find: a number and its password."""

    number = StringField(N_("접수번호"), [InputRequired(), Length(max=40)])
    password = PasswordField(N_("비밀번호"), [InputRequired(), Length(max=128)])


class FollowForm(Form):
    """/me/follows: a topic, or a place with how far around it."""

    what = HiddenField("")
    topic = SelectField(N_("분야"), [Optional()])
    place = StringField(N_("어디인가요"), [Optional(), Length(max=rules.PLACE_LETTERS_MAX)])
    lat = HiddenField("")
    lon = HiddenField("")
    radius = SelectField(N_("얼마나 멀리까지"), [Optional()])
    often = RadioField(N_("언제 알릴까요"), choices=following_rules.HOW_OFTEN, default="daily")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """One of the times is always chosen."""
        super().__init__(*args, **kwargs)
        self.often.flags.required = True
        self.radius.choices = {
            str(metres): say(counted(N_("%(count)s m"), metres))
            for metres in following_rules.RADII_M
        }
        if self.radius.data is None:
            self.radius.data = str(following_rules.RADII_M[1])

    def offer(self, topics: Sequence[TopicView], chosen: str | None = None) -> None:
        """The topics to choose from."""
        self.topic.choices = {"": gettext(CHOOSE)} | {each.slug: each.name for each in topics}
        if chosen and not self.topic.data:
            self.topic.data = chosen

    @property
    def radius_m(self) -> int | None:
        """How far, in metres."""
        given = self.radius.data or ""
        return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
