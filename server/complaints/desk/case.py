"""One case at the desk with a form for every act that is open to the reader now (Y10-2)."""

from collections.abc import Sequence

from quart import request

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import workflow
from server.complaints.answers import answering, stock
from server.complaints.desk import pages as desk_pages
from server.complaints.desk import way_forms as desk_forms
from server.complaints.desk.forms import (
    AskForm,
    AssignForm,
    CompleteForm,
    DeskForm,
    KindForm,
    NoteForm,
    ReclassifyForm,
)
from server.complaints.handling import extending, under_way
from server.complaints.handling.assigning import handlers_of
from server.complaints.models import Complaint
from server.complaints.showing.reading import Reading
from server.complaints.workflow import Action
from server.core.web import actor

FORMS: dict[Action, type[DeskForm]] = {
    Action.ACCEPT: KindForm,
    Action.ASSIGN: AssignForm,
    Action.REASSIGN: AssignForm,
    Action.APPROVE: desk_forms.ApproveForm,
    Action.SEND_BACK: desk_forms.SendBackForm,
    Action.ANSWER_COOPERATION: desk_forms.AnswerCooperationForm,
    Action.NOTE: NoteForm,
    Action.COMPLETE: CompleteForm,
    Action.DRAFT: CompleteForm,
    Action.TAKE_BACK: desk_forms.TakeBackForm,
    Action.ASK_SUPPLEMENT: AskForm,
    Action.RECORD_UNDELIVERED: desk_forms.UndeliveredForm,
    Action.DEEM_WITHDRAWN: desk_forms.DeemWithdrawnForm,
    Action.ASK_COOPERATION: desk_forms.AskCooperationForm,
    Action.END_COOPERATION: desk_forms.EndCooperationForm,
    Action.AWAIT_DOCUMENTS: desk_forms.DocumentsForm,
    Action.RECEIVE_DOCUMENTS: desk_forms.DocumentsCameForm,
    Action.BEGIN_INQUIRY: desk_forms.InquiryForm,
    Action.PROLONG_INQUIRY: desk_forms.LongerInquiryForm,
    Action.END_INQUIRY: desk_forms.EndInquiryForm,
    Action.EXTEND: desk_forms.ExtendForm,
    Action.ASK_CONSENT: desk_forms.AskConsentForm,
    Action.RECLASSIFY: ReclassifyForm,
    Action.TRANSFER: desk_forms.TransferForm,
    Action.PROPOSE_MEND: desk_forms.MendForm,
}
"""The form of each act of the office; their order is that of the page."""


async def page(found: Reading, given: DeskForm | None = None) -> str:
    """The case with a form for every act that is open; `given` is one that came back: it goes
    on under the version now shown, and what changed since the one it was written on is marked."""
    seen = given.version.data if given is not None else None
    forms: dict[str, DeskForm] = {}
    for form_of_act in (FORMS[action] for action in FORMS if action in found.acts):
        if given is not None and type(given) is form_of_act:
            given.version.raw_data = [str(found.version)]
            form = given
            await _offer_beyond(form, found)
        else:
            form = form_of_act(version=found.version)
            await offer(form, found)
        forms[form.address] = form
    return await desk_pages.case(found, await under_way.at_desk(found.number), forms, given, seen)


async def offer(form: DeskForm, found: Reading | None) -> None:
    """The choices of a form, and what is likely chosen. `found` is missing where the form has
    just been sent: then what may be chosen is wide, and the workflow refuses the rest."""
    if isinstance(form, KindForm):
        kinds = [kind for kind in await catalogue.kinds() if kind.online]
        form.offer(kinds, found.kind_slug if found else None)
    elif isinstance(form, AskForm):
        form.offer()
    elif isinstance(form, AssignForm):
        offices = [(each, await handlers_of(each.id)) for each in await accounts.departments()]
        me = actor().account_id or 0
        form.offer(offices, _likely(found, offices, me) if found else None, me)
    elif isinstance(form, desk_forms.AskCooperationForm):
        own = found.department.id if found and found.department else None
        form.offer(await accounts.departments(), own)
    if found is not None:
        await _offer_beyond(form, found)


async def _offer_beyond(form: DeskForm, found: Reading) -> None:
    """What depends on the case: until when it may be extended, what was drafted before."""
    if isinstance(form, desk_forms.ExtendForm):
        form.offer(await extending.latest(await Complaint.get(number=found.number)))
    elif isinstance(form, CompleteForm):
        if not form.text.data:
            complaint = await Complaint.get(number=found.number).only("id")
            draft = await answering.latest_draft(complaint.id)
            if draft is not None:
                form.take_up(answering.result_of(draft))
        form.offer(workflow.outcomes(found.case))
        wanted = request.args.get("phrase", "")
        form.take_phrase(await stock.phrases(actor().department_id), wanted)


def _likely(
    found: Reading, offices: Sequence[tuple[accounts.Dept, Sequence[accounts.Official]]], me: int
) -> str | None:
    """Who has it now; where nobody of the reader's own department has, the reader."""
    if found.department is None:
        return None
    at = found.department.id
    mine = any(one.id == me for dept, officials in offices if dept.id == at for one in officials)
    return f"{at}:{found.handler_id or (me if mine else '')}"
