"""The desk's acts on the way of a case: co-operation, papers, inquiry, extension, slips, approval.

Each reads its form and acts; refused, the case comes back with everything that was typed.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from quart.typing import ResponseReturnValue

from server.complaints import service
from server.complaints.desk.cases import acted, filled
from server.complaints.desk.entry import ACT, WHO
from server.complaints.desk.way_forms import MendForm
from server.complaints.workflow import Action
from server.core.i18n import N_
from server.core.web import Door, actor

door = Door("complaints_desk_acts", url_prefix="/desk/complaints")

type Service = Callable[..., Awaitable[None]]

PLAIN: Final[dict[str, tuple[Action, Service, tuple[str, ...], str]]] = {
    "transfer": (
        Action.TRANSFER,
        service.transfer,
        ("agency", "reasons"),
        N_("이송했습니다. 민원인에게 알렸습니다."),
    ),
    "cooperation": (
        Action.ASK_COOPERATION,
        service.ask_cooperation,
        ("department_id", "text", "until"),
        N_("협조를 요청했습니다."),
    ),
    "cooperation-answer": (
        Action.ANSWER_COOPERATION,
        service.answer_cooperation,
        ("text",),
        N_("협조 요청에 답했습니다."),
    ),
    "cooperation-end": (
        Action.END_COOPERATION,
        service.end_cooperation,
        (),
        N_("협조 요청을 거두었습니다."),
    ),
    "documents": (
        Action.AWAIT_DOCUMENTS,
        service.await_documents,
        ("agency", "text", "until"),
        N_("서류를 기다리는 동안 처리 기간을 세지 않습니다."),
    ),
    "documents-came": (
        Action.RECEIVE_DOCUMENTS,
        service.receive_documents,
        (),
        N_("처리 기간이 다시 흐릅니다."),
    ),
    "undelivered": (
        Action.RECORD_UNDELIVERED,
        service.record_undelivered,
        (),
        N_("되돌아온 것을 적었습니다."),
    ),
    "deem-withdrawn": (
        Action.DEEM_WITHDRAWN,
        service.deem_withdrawn,
        (),
        N_("취하한 것으로 보고 끝냈습니다."),
    ),
    "inquiry": (
        Action.BEGIN_INQUIRY,
        service.begin_inquiry,
        ("text",),
        N_("현장 조사를 시작했습니다. 그동안 처리 기간을 세지 않습니다."),
    ),
    "inquiry-longer": (
        Action.PROLONG_INQUIRY,
        service.prolong_inquiry,
        ("text",),
        N_("조사 기간을 늘렸습니다."),
    ),
    "inquiry-end": (
        Action.END_INQUIRY,
        service.end_inquiry,
        (),
        N_("처리 기간이 다시 흐릅니다."),
    ),
    "extend": (
        Action.EXTEND,
        service.extend,
        ("cause", "text", "until"),
        N_("처리 기한을 연장했습니다. 민원인에게 알렸습니다."),
    ),
    "ask-consent": (
        Action.ASK_CONSENT,
        service.ask_consent,
        ("cause", "text", "until"),
        N_("민원인에게 동의를 물었습니다."),
    ),
    "approve": (Action.APPROVE, service.approve, (), N_("결재했습니다.")),
    "send-back": (
        Action.SEND_BACK,
        service.send_back,
        ("text",),
        N_("고쳐 쓰도록 되돌렸습니다."),
    ),
    "take-back": (
        Action.TAKE_BACK,
        service.take_back,
        (),
        N_("올린 답변을 거두었습니다."),
    ),
}
"""By the last part of the address: the act, who does it, what of its form it takes in order, and
what is said when it is done."""


def _hang(address: str, action: Action, act: Service, fields: tuple[str, ...], done: str) -> None:
    async def view(number: str) -> ResponseReturnValue:
        return await acted(number, action, filled(number, act, *fields), done)

    view.__name__ = address.replace("-", "_")
    door.post(f"/<number>/{address}", who=WHO, limit=ACT)(view)


for _address, _told in PLAIN.items():
    _hang(_address, *_told)


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
