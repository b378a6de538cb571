"""Obvious slips (D6(5)): the office mends them, with the applicant's consent given in the app or,
as the official writes down, by telephone."""

from server.complaints import rules
from server.complaints.acts import acting
from server.complaints.acts.acting import Act
from server.complaints.arrival import filing
from server.complaints.handling.models import Mend
from server.complaints.models import PlaceWord
from server.complaints.rules import tidy
from server.complaints.together import repeats
from server.complaints.workflow import Action
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid

APP, PHONE = "app", "phone"
LETTERS_MAX = {
    "title": rules.TITLE_LETTERS_MAX,
    "body": rules.BODY_LETTERS_MAX,
    "place": rules.PLACE_LETTERS_MAX,
}


@transactional
async def propose_mend(
    number: str,
    actor: Actor,
    field: str,
    text: str,
    *,
    agreed_by_phone: bool = False,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Propose other words for the title, the text or the place; agreed by telephone already, it
    is mended at once, and that is recorded."""
    text = text if field == "body" else rules.tidy_line(text)
    text = tidy(text, longest=LETTERS_MAX.get(field, rules.TEXT_LETTERS_MAX))
    given = {"field": field, "text": text}
    action = Action.PROPOSE_MEND
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return
    before = str(getattr(act.complaint, field))
    if text == before:
        raise Invalid("complaint.text", N_("고친 데가 없습니다."), "text")
    mend = await Mend.create(
        complaint_id=act.complaint.id, field=field, before=before, text=text, asked_at=act.now
    )
    act.facts["field"] = field
    if agreed_by_phone:
        act.facts["by"] = PHONE
        await _mend(act, mend, PHONE)
    await act.finish(claim, text)


@transactional
async def agree_mend(number: str, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """The applicant agrees: it is mended."""
    act = await acting.begin(number, actor, Action.AGREE_MEND, {}, version=None, claim=claim)
    if act is not None:
        mend = await Mend.get(complaint_id=act.complaint.id, agreed=None)
        act.facts["field"] = mend.field
        await _mend(act, mend, APP)
        await act.finish(claim)


@transactional
async def reject_mend(number: str, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """The applicant does not agree: everything stays as it was written."""
    act = await acting.begin(number, actor, Action.REJECT_MEND, {}, version=None, claim=claim)
    if act is not None:
        mend = await Mend.get(complaint_id=act.complaint.id, agreed=None)
        act.facts["field"] = mend.field
        await _decided(mend, act, agreed=False, by=APP)
        await act.finish(claim)


async def proposed(complaint_id: int) -> Mend | None:
    """What the applicant is asked to agree to, if anything."""
    return await Mend.get_or_none(complaint_id=complaint_id, agreed=None)


async def _mend(act: Act, mend: Mend, by: str) -> None:
    await _decided(mend, act, agreed=True, by=by)
    complaint = act.complaint
    setattr(complaint, mend.field, mend.text)
    if mend.field == "place":
        complaint.position = None
    await complaint.save(update_fields=[mend.field, "position"])
    await repeats.renew_sketch(complaint)
    if mend.field == "place":
        await PlaceWord.filter(complaint_id=complaint.id).delete()
        await PlaceWord.bulk_create(
            PlaceWord(complaint_id=complaint.id, word=filing.word_hash(beginning))
            for beginning in sorted(rules.place_beginnings(complaint.place))
        )


async def _decided(mend: Mend, act: Act, *, agreed: bool, by: str) -> None:
    mend.agreed, mend.by, mend.decided_at = agreed, by, act.now
    await mend.save(update_fields=["agreed", "by", "decided_at"])
