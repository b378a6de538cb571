"""Those for whom somebody applied: kept with the complaint, told of it, heard where they object,
and their mandate asked for where the service needs one (Y18; D24)."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from server.accounts import service as accounts
from server.catalogue.service import KindView
from server.complaints import rules as complaint_rules
from server.complaints.acts import noticing
from server.complaints.arrival import photos
from server.complaints.behalf import rules
from server.complaints.behalf.models import Principal
from server.complaints.behalf.rules import ForWhom
from server.complaints.disclosure import publishing
from server.complaints.models import Complaint, Photo
from server.core import audit, clock, crypto, forms, i18n
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, Forbidden, Invalid, NotFound
from server.notifications import service as notifications
from server.ordinance import service as ordinance

TOLD = "complaint.filed_for_you"
OBJECTED = "complaint.principal_objected"
OBJECTED_TO_YOURS = "complaint.objected_to_yours"
DAY, MONTH = timedelta(days=1), timedelta(days=30)
WORD_LETTERS_MAX = 500
PAGE = 50
OBJECTION = ("objected_at", "objection", "review_for", "reviewed_at", "reviewed_by_id")
MANDATE = ("mandate", "mandate_at")
"""What an objection and a mandate write of the row: neither undoes what was written beside it."""
ONLY_ONESELF = N_("본인만 신청할 수 있는 민원입니다. 대신 신청할 수 없습니다.")


@dataclass(frozen=True, slots=True)
class Seen:
    """A principal as the office and the applicant see them. `waits` says why the office must look
    before it accepts: many, objected, or nothing."""

    name: str
    phone: str | None
    address: str | None
    relation: str
    consent: str
    consented_on: date
    tell_by: str
    mandate: UUID | None
    objected_at: datetime | None
    objection: str | None
    waits: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A case as its principal reads it: what was filed for them, by whom, and how it stands."""

    number: str
    title: str
    applicant: str
    filed_at: datetime
    state: str
    open: bool
    seen: Seen


def checked(given: ForWhom | None, wanted: KindView | None) -> ForWhom | None:
    """What was typed, tidied. Raises Invalid (422) naming the field."""
    if given is None:
        return None
    if wanted is not None and wanted.mandate == "none":
        raise Invalid("complaint.for_name", ONLY_ONESELF, "for_name")
    return rules.checked(given, clock.today())


async def keep(complaint: Complaint, given: ForWhom, owner: str) -> None:
    """Keep for whom a complaint was just filed, and tell them. In the filing's transaction."""
    person = crypto.keyed_hash("principal", rules.person(given.name, given.phone, given.address))
    others = set(await _others(complaint)) - {person}
    many = len(others) >= ordinance.profile().complaints.on_behalf_monthly
    if given.tell_by == "sms":
        await _check_texted(given.phone)
    row = await Principal.create(
        complaint_id=complaint.id,
        name=given.name,
        phone=given.phone or None,
        address=given.address or None,
        person=person,
        relation=given.relation,
        consent=given.consent,
        consented_on=given.consented_on,
        tell_by=given.tell_by,
        code="".join(secrets.choice(rules.SIGNS) for _ in range(rules.CODE_SIGNS)),
        review_for="many" if many else "",
    )
    if given.mandate is not None:
        await _adopt(row, given.mandate, owner)
    if row.phone is not None and row.tell_by == "sms":
        params = {"receipt": complaint.number, "code": rules.shown(row.code)}
        about = f"complaint:{complaint.id}"
        await notifications.tell_by_sms(row.phone, i18n.SOURCE, TOLD, params, about=about)
    await audit.record(
        "complaint.on_behalf",
        complaint.number,
        complaint.applicant_id,
        relation=given.relation,
        consent=given.consent,
        mandate=given.mandate is not None,
    )


async def of(number: str) -> Seen | None:
    """For whom it was filed; None where somebody filed for themselves."""
    row = await Principal.get_or_none(complaint__number=number)
    return _seen(row) if row else None


async def check_reviewed(number: str) -> None:
    """Raises Conflict where the office must look at the mandate before it accepts."""
    row = await Principal.get_or_none(complaint__number=number)
    if row is not None and _seen(row).waits:
        sentence = N_("대신 신청한 것이 맞는지 먼저 확인하고 ‘확인했습니다’를 눌러 주세요.")
        raise Conflict("complaint.principal_unreviewed", sentence)


async def lacks_mandate(complaint_id: int, kind: KindView) -> bool:
    """Whether the kind asks for a mandate that has not come (D24)."""
    if kind.mandate != "required":
        return False
    missing = Principal.filter(complaint_id=complaint_id, mandate__isnull=True)
    return await missing.exclude(relation=rules.GUARDIAN).exists()


@transactional
async def review(number: str, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """The complaints department says that it has looked and that it is in order."""
    if "complaints" not in actor.roles:
        raise Forbidden
    if await forms.claimed(claim) is not None:
        return
    row = await Principal.get_or_none(complaint__number=number)
    if row is None:
        raise NotFound
    waiting = Principal.filter(complaint_id=row.complaint_id, reviewed_at__isnull=True).exclude(
        review_for=""
    )
    if not await waiting.update(reviewed_at=clock.now(), reviewed_by_id=actor.account_id):
        raise Conflict("complaint.principal_reviewed", N_("이미 확인했다고 적힌 신청입니다."))
    await audit.record("complaint.principal_reviewed", number, actor.account_id)
    await forms.settle(claim, number)


@transactional
async def adopt_mandate(number: str, key: UUID, owner: str) -> None:
    """Make a staged photo the mandate of a case. Raises Invalid where it has been purged."""
    row = await Principal.get_or_none(complaint__number=number)
    if row is None:
        raise NotFound
    await _adopt(row, key, owner)
    await audit.record("complaint.mandate_given", number, None)


@transactional
async def opened(number: str, code: str) -> Summary:
    """The case whose principal holds the code; the look is recorded. Raises Invalid (422), the same
    for a wrong number and a wrong code."""
    row, complaint = await _by_code(number, code)
    await audit.record("complaint.principal_looked", complaint.number, None)
    return Summary(
        complaint.number,
        complaint.title,
        complaint.name,
        complaint.filed_at,
        complaint.state,
        complaint.open,
        _seen(row),
    )


@transactional
async def object_to(number: str, code: str, word: str, *, claim: FormClaim | None = None) -> None:
    """The principal did not ask for it, or takes it back: nothing of it is public from now on, the
    office and the applicant hear of it, and it is not accepted before the office has looked."""
    if await forms.claimed(claim) is not None:
        return
    row, complaint = await _by_code(number, code)
    said = complaint_rules.tidy(word, "word", WORD_LETTERS_MAX)
    if row.objected_at is not None:
        raise Conflict("complaint.objected", N_("이미 알려 주셨습니다. 담당자가 살펴봅니다."))
    row.objected_at, row.objection = clock.now(), said or None
    row.review_for, row.reviewed_at, row.reviewed_by_id = "objected", None, None
    await row.save(update_fields=OBJECTION)
    await publishing.keep_in_step(complaint)
    told = await noticing.in_charge(complaint) | set(await accounts.officials_with("complaints"))
    link = f"/desk/complaints/{complaint.number}"
    await noticing.tell(told, OBJECTED, link, complaint)
    await noticing.tell_applicant(complaint, OBJECTED_TO_YOURS)
    await audit.record("complaint.principal_objected", complaint.number, None)
    await forms.settle(claim, complaint.number)


async def code_of(number: str) -> str:
    """The code as it is read, for the letter that carries it. Raises NotFound."""
    row = await Principal.get_or_none(complaint__number=number)
    if row is None:
        raise NotFound
    return rules.shown(row.code)


async def letters_waiting() -> list[tuple[str, datetime]]:
    """(number, since when) of the letters to principals that are to be posted, oldest first."""
    waiting = Principal.filter(tell_by="letter", posted_at__isnull=True)
    rows = await waiting.order_by("complaint_id").limit(PAGE).select_related("complaint")
    return [(row.complaint.number, row.complaint.filed_at) for row in rows]


@transactional
async def mark_posted(number: str, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """Say that the letter to the principal was posted. Raises Conflict where it was already."""
    if await forms.claimed(claim) is not None:
        return
    row = await Principal.get_or_none(complaint__number=number)
    if row is None:
        raise NotFound
    unposted = Principal.filter(
        complaint_id=row.complaint_id, tell_by="letter", posted_at__isnull=True
    )
    if not await unposted.update(posted_at=clock.now(), posted_by_id=actor.account_id):
        raise Conflict("letter.posted", N_("이미 부쳤다고 적힌 편지입니다."))
    await audit.record("complaint.principal_told", number, actor.account_id)
    await forms.settle(claim, number)


async def _others(complaint: Complaint) -> list[bytes]:
    """For whom the same applicant has applied within a month."""
    since = {"complaint__filed_at__gte": clock.now() - MONTH}
    if complaint.applicant_id is not None:
        rows = Principal.filter(complaint__applicant_id=complaint.applicant_id, **since)
    else:
        same = Complaint.filter(phone_blind=complaint.phone or "", applicant_id=None)
        ids = await same.filter(filed_at__gte=since["complaint__filed_at__gte"]).values_list(
            "id", flat=True
        )
        rows = Principal.filter(complaint_id__in=list(ids))
    return [bytes(each) for each in await rows.distinct().values_list("person", flat=True)]


async def _check_texted(phone: str) -> None:
    """Raises Invalid where the number has been texted TEXTS_A_DAY times within a day, by whomever:
    the office pays, and who gets it has asked for none."""
    since = clock.now() - DAY
    same = Principal.filter(phone_blind=phone, tell_by="sms", complaint__filed_at__gt=since)
    if await same.count() >= rules.TEXTS_A_DAY:
        raise rules.texted_enough()


async def _adopt(row: Principal, key: UUID, owner: str) -> None:
    """The picture is no photo of the complaint any more: it is never among those that are shown.
    The scan that it replaces is purged, unless another handling's principal has it too."""
    if row.mandate is not None and UUID(str(row.mandate)) == key:
        return  # the same form, sent twice at once
    if not await Photo.filter(key=key, owner=owner, complaint_id=None).delete():
        sentence = N_("올려 두신 위임장 사진이 지워졌습니다. 다시 골라 주세요.")
        raise Invalid("complaint.mandate_gone", sentence, "mandate")
    former, row.mandate, row.mandate_at = row.mandate, key, clock.now()
    await row.save(update_fields=MANDATE)
    if former is not None and not await Principal.exists(mandate=former):
        await photos.abandon(UUID(str(former)))


async def _by_code(number: str, typed: str) -> tuple[Principal, Complaint]:
    row = await Principal.get_or_none(complaint__number=number).select_related("complaint")
    code, known = rules.read_code(typed), row.code if row else "-" * rules.CODE_SIGNS
    if not hmac.compare_digest((code or "").encode(), known.encode()) or row is None:
        raise Invalid(
            "complaint.principal_code", N_("접수번호나 확인번호가 맞지 않습니다."), "code"
        )
    return row, row.complaint


def _seen(row: Principal) -> Seen:
    return Seen(
        row.name,
        complaint_rules.pretty_phone(row.phone) if row.phone else None,
        row.address,
        rules.RELATIONS[row.relation],
        rules.CONSENTS[row.consent],
        row.consented_on,
        row.tell_by,
        UUID(str(row.mandate)) if row.mandate else None,
        row.objected_at,
        row.objection,
        row.review_for if row.reviewed_at is None else "",
    )
