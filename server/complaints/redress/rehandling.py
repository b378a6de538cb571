"""A new handling of a complaint whose result was told: after an objection or a reopening.

The complaint is not set back to 'in progress': a result that has been told stands until a new one
replaces it (its notice, remedies and periods run on), its deadline was kept or missed once and for
all, and each handling has its own statutory clock and answer. So a new complaint is written under
a number of its own, linked with the former, with the same kind, department and handler; its clock
begins now (Act 19). Photos stay with the former, where both can be seen.
"""

import json

from server.complaints.abuse.models import Insult
from server.complaints.acts.acting import Act, kind_of
from server.complaints.acts.refusing import refused
from server.complaints.arrival.guest_models import Guest
from server.complaints.behalf import covered
from server.complaints.disclosure import publishing
from server.complaints.disclosure.models import Ruling
from server.complaints.models import Complaint, PlaceWord, Publication, Step
from server.complaints.redress.models import Rehandling
from server.complaints.workflow import State
from server.core import audit, clock, ids
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.deadlines import service as deadlines

COPIED = (
    "applicant_id",
    "topic_id",
    "wanted_kind_id",
    "kind_id",
    "department_id",
    "handler_id",
    "title",
    "body",
    "place",
    "position",
    "name",
    "phone",
    "email",
    "address",
    "fax",
    "reply_by",
)


async def handle_anew(act: Act, cause: str) -> str:
    """Begin the new handling within the act that decided on it; its number.

    `cause` is `objection` or `reopening`. Raises Refused (409) where one runs already.
    """
    former = act.complaint
    if await Rehandling.exists(former_id=former.id):
        raise refused("again.running", Phrase(N_("이미 다시 처리하고 있는 민원입니다.")))
    today = clock.seoul(act.now)
    sequence = await ids.next_number(f"complaint {today:%y%m}")
    calendar = await deadlines.calendar()
    kind = await kind_of(former)
    assert kind is not None
    due = deadlines.course(act.now, kind.code, (), calendar).due
    given = former.department_id is not None
    again = await Complaint.create(
        **{name: getattr(former, name) for name in COPIED},
        number=ids.receipt_number(today.year, today.month, sequence),
        state=State.ASSIGNED if given else State.ACCEPTED,
        open=True,
        public=former.public and await Publication.exists(complaint_id=former.id),
        photos_count=0,
        filed_at=act.now,
        accept_by=act.now,
        accepted_at=act.now,
        due_at=due.lapses_at,
        due_by_hour=due.moment is not None,
        warned="",
        version=2,
    )
    await _take_along(former, again)
    await Rehandling.create(complaint_id=again.id, former_id=former.id, cause=cause, at=act.now)
    await Step.create(
        complaint_id=again.id,
        version=1,
        at=act.now,
        action="file",
        actor_id=former.applicant_id,
        facts="{}",
    )
    await Step.create(
        complaint_id=again.id,
        version=2,
        at=act.now,
        action="again",
        actor_id=act.actor.account_id,
        department_id=act.actor.department_id,
        facts=json.dumps({"former": former.number}),
    )
    await publishing.keep_in_step(again)
    await audit.record(
        "complaint.again", again.number, act.actor.account_id, former=former.number, cause=cause
    )
    return again.number


async def _take_along(former: Complaint, again: Complaint) -> None:
    """What finds it, opens it, and keeps parts of it covered, goes with it."""
    words = await PlaceWord.filter(complaint_id=former.id).values_list("word", flat=True)
    await PlaceWord.bulk_create(PlaceWord(complaint_id=again.id, word=word) for word in words)
    await covered.take_along(former.id, again.id)
    for guest in await Guest.filter(complaint_id=former.id):
        await Guest.create(
            complaint_id=again.id,
            password_hash=guest.password_hash,
            generation=guest.generation,
            changed_at=guest.changed_at,
        )
    for insult in await Insult.filter(complaint_id=former.id):
        await Insult.create(complaint_id=again.id, word=insult.word)
    for ruling in await Ruling.filter(complaint_id=former.id).order_by("id"):
        await Ruling.create(
            complaint_id=again.id,
            at=ruling.at,
            actor_id=ruling.actor_id,
            act=ruling.act,
            ground=ruling.ground,
            reason=ruling.reason,
            words=ruling.words,
            photos=ruling.photos,
        )
