"""Filing a complaint: one transaction from the form to the desk's inbox (Y10-1, Act 9).

With an account, or without one: then by name, telephone and a password for the case (Y12-2).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.catalogue.service import KindView, TopicView
from server.complaints import rules
from server.complaints.abuse import restraining
from server.complaints.arrival import applying
from server.complaints.arrival.guest_models import Guest
from server.complaints.arrival.photos import owner_of
from server.complaints.behalf import principals
from server.complaints.behalf.rules import ForWhom
from server.complaints.disclosure import guard, publishing
from server.complaints.handling import paying
from server.complaints.models import Complaint, Photo, PlaceWord, Step
from server.complaints.together import merging, repeats
from server.complaints.workflow import State
from server.core import audit, clock, crypto, forms, ids, live
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
class OnPaper:
    """When a complaint truly arrived, while the system had failed or by fax, and what the office
    notes."""

    arrived_at: datetime
    reason: str
    by_fax: bool = False

    @property
    def fact(self) -> str:
        """What the timeline says of it."""
        return "by_fax" if self.by_fax else "on_paper"


@dataclass(frozen=True, slots=True)
class Filing:
    """What a resident files. `photos` are staged photos in their order, `captions` what they show.

    `service` is the slug of the service applied for, where it was chosen from the table.
    `on_paper` is when and why it came on paper, where it is registered later (D6의2). `address` is
    where letters go to, of somebody with an account. `signers` is an enclosure of signatures, one
    `name, contact` a line. `spoken`: an official wrote down what they said, and they signed it.
    `on_behalf` is for whom somebody else files it (Y18).
    """

    topic: str
    title: str
    body: str
    place: rules.Place
    photos: Sequence[UUID] = ()
    public: bool = True
    reply_by: str = "app"
    captions: Mapping[UUID, str] = field(default_factory=dict)
    service: str = ""
    on_paper: OnPaper | None = None
    address: str = ""
    signers: str = ""
    spoken: bool = False
    on_behalf: ForWhom | None = None


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who files without an account. `owner` is the key of whose form it is (staged
    photos are found by it); without a `password_hash` nobody looks it up again."""

    name: str
    phone: str
    address: str = ""
    email: str = ""
    password_hash: str | None = field(default=None, repr=False)
    owner: str = ""
    fax: str = ""


@dataclass(frozen=True, slots=True)
class Applying:
    """Who files, with or without an account."""

    account_id: int | None
    name: str
    phone: str | None
    email: str | None
    address: str | None
    owner: str
    fax: str | None = None


@transactional
async def file(applicant: int | Stranger, filing: Filing, claim: FormClaim | None = None) -> str:
    """File a complaint, by an account's id or a stranger; returns its number. The 8 working hours
    for acceptance begin.

    Raises Invalid (422) naming the field, guard.Telltale where a public text holds a number that
    points at somebody; the same form twice gives the first one's number.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return earlier
    who, filing = await whole(applicant, filing)
    topic = await catalogue.topic_by_slug(filing.topic)
    if topic is None:
        raise Invalid("complaint.topic", N_("분야를 골라 주세요."), "topic")
    signers = merging.signers_of(filing.signers)
    wanted = await applying.wanted(filing.service, who.account_id, len(filing.photos))
    for_whom = principals.checked(filing.on_behalf, wanted)
    complaint = await _write(who, filing, topic, wanted)
    if filing.on_paper is None:
        await restraining.check_filing(complaint)
    await repeats.keep_sketch(complaint)
    if isinstance(applicant, Stranger) and applicant.password_hash is not None:
        await Guest.create(
            complaint_id=complaint.id,
            password_hash=applicant.password_hash,
            generation=1,
            changed_at=complaint.filed_at,
        )
    await adopt_photos(complaint, who.owner, filing.photos, filing.captions, first=1, step=1)
    if for_whom is not None:
        await principals.keep(complaint, for_whom, who.owner)
    facts = {} if filing.on_paper is None else {filing.on_paper.fact: 1}
    if filing.spoken:
        facts["spoken"] = 1
    if signers:
        facts["signatures"] = await merging.enclose(complaint, signers)
    await Step.create(
        complaint_id=complaint.id,
        version=complaint.version,
        at=complaint.filed_at,
        action="file",
        actor_id=who.account_id,
        facts=json.dumps(facts),
        text=(filing.on_paper.reason or None) if filing.on_paper else None,
    )
    await publishing.keep_in_step(complaint)
    await audit.record(
        "complaint.file", complaint.number, who.account_id, topic=topic.slug, public=filing.public
    )
    live.tell("desk", f"desk:{complaint.department_id}")
    if wanted is not None and wanted.fee_won:
        await paying.charged(complaint, wanted.fee_won)
    else:
        await _tell_the_office(complaint)
    await forms.settle(claim, complaint.number)
    return complaint.number


async def whole(applicant: int | Stranger, filing: Filing) -> tuple[Applying, Filing]:
    """Who files, and the filing tidied. Raises as `file` does for what was typed, so that all of
    it is known to be right before anything else is asked."""
    who = await _who(applicant, filing.address)
    filing = checked(filing)
    _check_address(who, filing)
    principals.checked(filing.on_behalf, None)
    if who.account_id is None:
        _check_stranger(who, filing)
    if filing.public:
        captions = "\n".join(filing.captions.values())
        await guard.check(
            {
                "title": filing.title,
                "body": filing.body,
                "place": filing.place.words,
                "captions": captions,
            }
        )
    return who, filing


def checked(filing: Filing) -> Filing:
    """The filing with its texts tidied. Raises Invalid naming the first field that is wrong."""
    title, body = rules.tidy_line(filing.title), rules.tidy_text(filing.body)
    for name, text, longest, missing in (
        ("title", title, rules.TITLE_LETTERS_MAX, N_("제목을 적어 주세요.")),
        ("body", body, rules.BODY_LETTERS_MAX, N_("내용을 적어 주세요.")),
        ("place", filing.place.words, rules.PLACE_LETTERS_MAX, None),
    ):
        if missing and not text:
            raise Invalid(f"complaint.{name}", missing, name)
        if len(text) > longest:
            raise Invalid(
                f"complaint.{name}", N_("%(max)d자까지 적을 수 있습니다."), name, max=longest
            )
    if filing.reply_by not in rules.DESK_REPLIES:
        raise Invalid("complaint.reply_by", N_("답변받을 방법을 골라 주세요."), "reply_by")
    photos = tuple(dict.fromkeys(filing.photos))
    photos_max = ordinance.profile().complaints.photos_max
    if len(photos) > photos_max:
        sentence = N_("사진은 %(max)s장까지 올릴 수 있습니다.")
        raise Invalid("complaint.photos", sentence, "photos", max=photos_max)
    captions = checked_captions(filing.captions)
    return replace(filing, title=title, body=body, photos=photos, captions=captions)


def checked_captions(captions: Mapping[UUID, str]) -> dict[UUID, str]:
    """The captions tidied, empty ones left out. Raises Invalid for one too long."""
    tidied = {key: rules.tidy_line(text) for key, text in captions.items()}
    if any(len(text) > rules.CAPTION_LETTERS_MAX for text in tidied.values()):
        sentence = N_("사진 설명은 한 줄에 %(max)d자까지 적을 수 있습니다.")
        raise Invalid("complaint.captions", sentence, "captions", max=rules.CAPTION_LETTERS_MAX)
    return {key: text for key, text in tidied.items() if text}


def word_hash(beginning: str) -> bytes:
    """What a beginning of a word of a place is found by."""
    return crypto.keyed_hash("complaint place", beginning)[:WORD_BYTES]


async def adopt_photos(
    complaint: Complaint,
    owner: str,
    photos: Sequence[UUID],
    captions: Mapping[UUID, str],
    *,
    first: int,
    step: int,
) -> None:
    """Make staged photos the complaint's, numbered from `first`, as what came with a step."""
    for number, key in enumerate(photos, first):
        staged = await Photo.get_or_none(key=key, owner=owner, complaint_id=None)
        if staged is None:
            sentence = N_("올려 두신 사진이 지워졌습니다. 사진을 다시 골라 주세요.")
            raise Invalid("complaint.photo_gone", sentence, "photos")
        staged.complaint_id, staged.number = complaint.id, number
        staged.step, staged.caption = step, captions.get(key)
        await staged.save()


async def _who(applicant: int | Stranger, address: str) -> Applying:
    if isinstance(applicant, Stranger):
        name, own = rules.tidy_line(applicant.name), rules.tidy_line(applicant.address)
        phone, email = applicant.phone.strip() or None, applicant.email.strip() or None
        fax = applicant.fax.strip() or None
        return Applying(None, name, phone, email, own or None, applicant.owner, fax)
    contact = await accounts.contact_of(applicant)
    return Applying(
        applicant,
        contact.name or "",
        contact.phone,
        contact.email,
        rules.tidy_line(address) or None,
        owner_of(applicant),
    )


def _check_address(who: Applying, filing: Filing) -> None:
    if filing.reply_by == "letter" and not who.address:
        sentence = N_("우편으로 답변받을 주소를 적어 주세요.")
        raise Invalid("complaint.address", sentence, "address")
    if filing.reply_by == "fax" and not (who.fax and rules.is_phone(who.fax)):
        sentence = N_("답변을 보낼 팩스번호를 적어 주세요.")
        raise Invalid("complaint.fax", sentence, "fax")


def _check_stranger(who: Applying, filing: Filing) -> None:
    """Without an account the form itself must say who, and how to be reached (Act 8): who sends a
    fax may have an address and no telephone."""
    if not who.name:
        raise Invalid("complaint.name", N_("이름을 적어 주세요."), "name")
    by_fax = filing.on_paper is not None and filing.on_paper.by_fax
    if by_fax and who.address and not who.phone:
        if filing.reply_by == "sms":
            sentence = N_("문자로 답변받을 전화번호를 적어 주세요.")
            raise Invalid("complaint.phone", sentence, "phone")
        return
    if not who.phone and not who.email:
        raise Invalid("complaint.phone", N_("연락받을 전화번호를 적어 주세요."), "phone")
    if who.phone and not rules.is_phone(who.phone):
        raise Invalid("complaint.phone", N_("전화번호를 확인해 주세요."), "phone")


async def _write(
    who: Applying, filing: Filing, topic: TopicView, wanted: KindView | None
) -> Complaint:
    """What waits for its fee has not been received yet (Y11-3)."""
    unpaid = wanted is not None and wanted.fee_won > 0
    today = clock.seoul(clock.now())
    arrived = filing.on_paper.arrived_at if filing.on_paper else clock.now()
    failures = await deadlines.failures_between(arrived, clock.now())
    sequence = await ids.next_number(f"complaint {today:%y%m}")
    complaint = await Complaint.create(
        number=ids.receipt_number(today.year, today.month, sequence),
        applicant_id=who.account_id,
        topic_id=topic.id,
        wanted_kind_id=wanted.id if wanted else None,
        department_id=(wanted and wanted.department_id) or topic.department_id,
        state=State.AWAITING_PAYMENT if unpaid else State.ARRIVED,
        open=True,
        public=filing.public,
        title=filing.title,
        body=filing.body,
        place=filing.place.words,
        position=filing.place.position,
        name=who.name,
        phone=who.phone,
        email=who.email,
        address=who.address,
        fax=who.fax,
        reply_by=filing.reply_by,
        photos_count=len(filing.photos),
        filed_at=arrived,
        accept_by=accept_by(arrived, await deadlines.calendar(), failures),
        due_by_hour=False,
        warned="",
        version=1,
    )
    await PlaceWord.bulk_create(
        PlaceWord(complaint_id=complaint.id, word=word_hash(beginning))
        for beginning in sorted(rules.place_beginnings(filing.place.words))
    )
    return complaint


async def _tell_the_office(complaint: Complaint) -> None:
    told = set(await accounts.officials_with("complaints"))
    if complaint.department_id is not None:
        told |= set(await accounts.officials_of(complaint.department_id))
    told -= {complaint.applicant_id}
    await notifications.tell(
        told,
        "complaint.new",
        f"/desk/complaints/{complaint.number}",
        {"receipt": complaint.number},
    )
