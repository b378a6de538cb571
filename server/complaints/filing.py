"""Filing a complaint: one transaction from the form to the desk's inbox (Y10-1, Act 9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.catalogue.service import TopicView
from server.complaints import publishing, rules
from server.complaints.models import Complaint, Photo, PlaceWord, Step
from server.complaints.workflow import State
from server.core import audit, clock, crypto, forms, ids
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Invalid
from server.deadlines import service as deadlines
from server.deadlines.service import accept_by
from server.notifications import service as notifications
from server.ordinance import service as ordinance

WORD_BYTES = 16


@dataclass(frozen=True, slots=True)
class Filing:
    """What a resident files. `photos` are staged photos in their order."""

    topic: str
    title: str
    body: str
    place: rules.Place
    photos: Sequence[UUID] = ()
    public: bool = True
    reply_by: str = "app"


@transactional
async def file(applicant_id: int, filing: Filing, claim: FormClaim | None = None) -> str:
    """File a complaint; returns its number. The 8 working hours for acceptance begin.

    Raises Invalid (422) naming the field; the same form twice gives the first one's number.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return earlier
    filing = checked(filing)
    topic = await catalogue.topic_by_slug(filing.topic)
    if topic is None:
        raise Invalid("complaint.topic", N_("분야를 골라 주세요."), "topic")
    complaint = await _write(applicant_id, filing, topic)
    await _adopt_photos(complaint, filing.photos)
    await Step.create(
        complaint_id=complaint.id,
        version=complaint.version,
        at=complaint.filed_at,
        action="file",
        actor_id=applicant_id,
        facts="{}",
    )
    await publishing.keep_in_step(complaint)
    await audit.record(
        "complaint.file", complaint.number, applicant_id, topic=topic.slug, public=filing.public
    )
    await _tell_the_office(complaint)
    await forms.settle(claim, complaint.number)
    return complaint.number


def checked(filing: Filing) -> Filing:
    """The filing with its texts tidied. Raises Invalid naming the first field that is wrong."""
    title, body = rules.tidy_line(filing.title), rules.tidy_text(filing.body)
    for field, text, longest, missing in (
        ("title", title, rules.TITLE_LETTERS_MAX, N_("제목을 적어 주세요.")),
        ("body", body, rules.BODY_LETTERS_MAX, N_("내용을 적어 주세요.")),
        ("place", filing.place.words, rules.PLACE_LETTERS_MAX, None),
    ):
        if missing and not text:
            raise Invalid(f"complaint.{field}", missing, field)
        if len(text) > longest:
            raise Invalid(
                f"complaint.{field}", N_("%(max)d자까지 적을 수 있습니다."), field, max=longest
            )
    if filing.reply_by not in rules.REPLIES:
        raise Invalid("complaint.reply_by", N_("답변받을 방법을 골라 주세요."), "reply_by")
    photos = tuple(dict.fromkeys(filing.photos))
    photos_max = ordinance.profile().complaints.photos_max
    if len(photos) > photos_max:
        sentence = N_("사진은 %(max)s장까지 올릴 수 있습니다.")
        raise Invalid("complaint.photos", sentence, "photos", max=photos_max)
    return Filing(filing.topic, title, body, filing.place, photos, filing.public, filing.reply_by)


def word_hash(beginning: str) -> bytes:
    """What a beginning of a word of a place is found by."""
    return crypto.keyed_hash("complaint place", beginning)[:WORD_BYTES]


async def _write(applicant_id: int, filing: Filing, topic: TopicView) -> Complaint:
    contact = await accounts.contact_of(applicant_id)
    now = clock.now()
    today = clock.seoul(now)
    sequence = await ids.next_number(f"complaint {today:%y%m}")
    complaint = await Complaint.create(
        number=ids.receipt_number(today.year, today.month, sequence),
        applicant_id=applicant_id,
        topic_id=topic.id,
        department_id=topic.department_id,
        state=State.ARRIVED,
        open=True,
        public=filing.public,
        title=filing.title,
        body=filing.body,
        place=filing.place.words,
        position=filing.place.position,
        name=contact.name or "",
        phone=contact.phone,
        email=contact.email,
        reply_by=filing.reply_by,
        photos_count=len(filing.photos),
        filed_at=now,
        accept_by=accept_by(now, deadlines.work_calendar(ordinance.profile())),
        due_by_hour=False,
        warned="",
        version=1,
    )
    await PlaceWord.bulk_create(
        PlaceWord(complaint_id=complaint.id, word=word_hash(beginning))
        for beginning in sorted(rules.place_beginnings(filing.place.words))
    )
    return complaint


async def _adopt_photos(complaint: Complaint, photos: Sequence[UUID]) -> None:
    for number, key in enumerate(photos, 1):
        staged = Photo.filter(key=key, owner_id=complaint.applicant_id, complaint_id=None)
        if not await staged.update(complaint_id=complaint.id, number=number):
            sentence = N_("올려 두신 사진이 지워졌습니다. 사진을 다시 골라 주세요.")
            raise Invalid("complaint.photo_gone", sentence, "photos")


async def _tell_the_office(complaint: Complaint) -> None:
    told = set(await accounts.officials_with("complaints"))
    if complaint.department_id is not None:
        told |= set(await accounts.officials_of(complaint.department_id))
    told.discard(complaint.applicant_id)
    await notifications.tell(
        told,
        "complaint.new",
        f"/desk/complaints/{complaint.number}",
        {"receipt": complaint.number},
    )
