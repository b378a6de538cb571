"""The desk's acts on the way of a case: co-operation, papers, inquiry, extension, slips, approval.

Each reads its form and acts; refused, the case comes back with everything that was typed.
"""

from quart.typing import ResponseReturnValue

from server.complaints import service
from server.complaints.desk.cases import acted, filled
from server.complaints.desk.entry import ACT, WHO
from server.complaints.desk.way_forms import MendForm
from server.complaints.workflow import Action
from server.core.i18n import N_
from server.core.web import Door, actor

door = Door("complaints_desk_acts", url_prefix="/desk/complaints")


@door.post("/<number>/transfer", who=WHO, limit=ACT)
async def transfer(number: str) -> ResponseReturnValue:
    """Send it to another agency."""
    act = filled(number, service.transfer, "agency", "reasons")
    return await acted(number, Action.TRANSFER, act, N_("이송했습니다. 민원인에게 알렸습니다."))


@door.post("/<number>/cooperation", who=WHO, limit=ACT)
async def ask_cooperation(number: str) -> ResponseReturnValue:
    """Ask another department to co-operate."""
    act = filled(number, service.ask_cooperation, "department_id", "text", "until")
    return await acted(number, Action.ASK_COOPERATION, act, N_("협조를 요청했습니다."))


@door.post("/<number>/cooperation-answer", who=WHO, limit=ACT)
async def answer_cooperation(number: str) -> ResponseReturnValue:
    """Answer for the department that was asked."""
    act = filled(number, service.answer_cooperation, "text")
    return await acted(number, Action.ANSWER_COOPERATION, act, N_("협조 요청에 답했습니다."))


@door.post("/<number>/cooperation-end", who=WHO, limit=ACT)
async def end_cooperation(number: str) -> ResponseReturnValue:
    """Take back what was asked."""
    act = filled(number, service.end_cooperation)
    return await acted(number, Action.END_COOPERATION, act, N_("협조 요청을 거두었습니다."))


@door.post("/<number>/documents", who=WHO, limit=ACT)
async def await_documents(number: str) -> ResponseReturnValue:
    """Await another office's papers."""
    act = filled(number, service.await_documents, "agency", "text", "until")
    done = N_("서류를 기다리는 동안 처리 기간을 세지 않습니다.")
    return await acted(number, Action.AWAIT_DOCUMENTS, act, done)


@door.post("/<number>/documents-came", who=WHO, limit=ACT)
async def receive_documents(number: str) -> ResponseReturnValue:
    """The papers came."""
    act = filled(number, service.receive_documents)
    return await acted(number, Action.RECEIVE_DOCUMENTS, act, N_("처리 기간이 다시 흐릅니다."))


@door.post("/<number>/undelivered", who=WHO, limit=ACT)
async def record_undelivered(number: str) -> ResponseReturnValue:
    """The request for a supplement came back."""
    act = filled(number, service.record_undelivered)
    return await acted(number, Action.RECORD_UNDELIVERED, act, N_("되돌아온 것을 적었습니다."))


@door.post("/<number>/deem-withdrawn", who=WHO, limit=ACT)
async def deem_withdrawn(number: str) -> ResponseReturnValue:
    """Twice undeliverable: it ends."""
    act = filled(number, service.deem_withdrawn)
    return await acted(number, Action.DEEM_WITHDRAWN, act, N_("취하한 것으로 보고 끝냈습니다."))


@door.post("/<number>/inquiry", who=WHO, limit=ACT)
async def begin_inquiry(number: str) -> ResponseReturnValue:
    """Look into a grievance on the spot."""
    act = filled(number, service.begin_inquiry, "text")
    done = N_("현장 조사를 시작했습니다. 그동안 처리 기간을 세지 않습니다.")
    return await acted(number, Action.BEGIN_INQUIRY, act, done)


@door.post("/<number>/inquiry-longer", who=WHO, limit=ACT)
async def prolong_inquiry(number: str) -> ResponseReturnValue:
    """Seven days more."""
    act = filled(number, service.prolong_inquiry, "text")
    return await acted(number, Action.PROLONG_INQUIRY, act, N_("조사 기간을 늘렸습니다."))


@door.post("/<number>/inquiry-end", who=WHO, limit=ACT)
async def end_inquiry(number: str) -> ResponseReturnValue:
    """The inquiry is over."""
    act = filled(number, service.end_inquiry)
    return await acted(number, Action.END_INQUIRY, act, N_("처리 기간이 다시 흐릅니다."))


@door.post("/<number>/extend", who=WHO, limit=ACT)
async def extend(number: str) -> ResponseReturnValue:
    """Extend the period."""
    act = filled(number, service.extend, "cause", "text", "until")
    done = N_("처리 기한을 연장했습니다. 민원인에게 알렸습니다.")
    return await acted(number, Action.EXTEND, act, done)


@door.post("/<number>/ask-consent", who=WHO, limit=ACT)
async def ask_consent(number: str) -> ResponseReturnValue:
    """Ask for consent to a second extension."""
    act = filled(number, service.ask_consent, "cause", "text", "until")
    return await acted(number, Action.ASK_CONSENT, act, N_("민원인에게 동의를 물었습니다."))


@door.post("/<number>/mend", who=WHO, limit=ACT)
async def propose_mend(number: str) -> ResponseReturnValue:
    """Mend an obvious slip."""

    async def act(form: MendForm, version: int) -> None:
        field, text = form.field.data or "", form.text.data or ""
        agreed = bool(form.by_phone.data)
        await service.propose_mend(
            number,
            actor(),
            field,
            text,
            agreed_by_phone=agreed,
            version=version,
            claim=form.claim,
        )

    return await acted(number, Action.PROPOSE_MEND, act, N_("민원인에게 알렸습니다."))


@door.post("/<number>/approve", who=WHO, limit=ACT)
async def approve(number: str) -> ResponseReturnValue:
    """Approve the drafted answer."""
    act = filled(number, service.approve)
    return await acted(number, Action.APPROVE, act, N_("결재했습니다."))


@door.post("/<number>/send-back", who=WHO, limit=ACT)
async def send_back(number: str) -> ResponseReturnValue:
    """Send the drafted answer back."""
    act = filled(number, service.send_back, "text")
    return await acted(number, Action.SEND_BACK, act, N_("고쳐 쓰도록 되돌렸습니다."))


@door.post("/<number>/take-back", who=WHO, limit=ACT)
async def take_back(number: str) -> ResponseReturnValue:
    """Take the drafted answer back."""
    act = filled(number, service.take_back)
    return await acted(number, Action.TAKE_BACK, act, N_("올린 답변을 거두었습니다."))
