"""The desk's forms for what happens on the way: co-operation, papers, inquiry, extension, approval.

Fields and words; what they mean is decided by the workflow. `hints` stand under a field's label.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from server.accounts.service import Dept
from server.complaints import rules
from server.complaints.desk.forms import CHOOSE, LONG, DeskForm
from server.complaints.workflow import EXTENSION_CAUSES, MENDABLE
from server.core import i18n
from server.core.i18n import N_, gettext, locale

AGENCY = Length(max=rules.AGENCY_LETTERS_MAX)


class TransferForm(DeskForm):
    """Send it to another agency."""

    address = "transfer"

    agency = StringField(N_("보낼 기관"), [InputRequired(), AGENCY])
    reasons = TextAreaField(N_("보내는 이유"), [InputRequired(), LONG])

    hints: Mapping[str, str] = {
        "agency": N_("예: 서울특별시, 한국전력공사, 영등포경찰서"),
        "reasons": N_("민원인이 읽습니다. 그 기관이 맡는 까닭을 적어 주세요."),
    }


class AskCooperationForm(DeskForm):
    """Ask another department to reply by a day."""

    address = "cooperation"

    department = SelectField(N_("협조할 부서"), [InputRequired()])
    text = TextAreaField(N_("무엇을 부탁하나요"), [InputRequired(), LONG])
    until = DateField(N_("언제까지 답해야 하나요"), [InputRequired()])

    hints: Mapping[str, str] = {"text": N_("부서끼리만 읽습니다.")}

    def offer(self, departments: Sequence[Dept], own: int | None) -> None:
        """The departments but the one that has it."""
        names = {
            str(each.id): each.name_en if locale() == "en" else each.name
            for each in departments
            if each.id != own
        }
        self.department.choices = {"": gettext(CHOOSE)} | names

    @property
    def department_id(self) -> int:
        """The department chosen; 0 where none is."""
        text = self.department.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


class AnswerCooperationForm(DeskForm):
    """Answer what another department asked."""

    address = "cooperation-answer"

    text = TextAreaField(N_("협조할 내용"), [InputRequired(), LONG])

    hints: Mapping[str, str] = {"text": N_("요청한 부서가 답변에 씁니다.")}


class DocumentsForm(DeskForm):
    """Await another office's papers."""

    address = "documents"

    agency = StringField(N_("서류를 가진 기관"), [InputRequired(), AGENCY])
    text = TextAreaField(N_("어떤 서류인가요"), [InputRequired(), LONG])
    until = DateField(N_("받을 것으로 보는 날"), [InputRequired()])


class InquiryForm(DeskForm):
    """Look into a grievance on the spot."""

    address = "inquiry"

    text = TextAreaField(N_("무엇을 조사하나요"), [InputRequired(), LONG])

    hints: Mapping[str, str] = {"text": N_("민원인이 읽습니다.")}


class LongerInquiryForm(DeskForm):
    """Seven days more."""

    address = "inquiry-longer"

    text = TextAreaField(N_("왜 더 걸리나요"), [InputRequired(), LONG])

    hints: Mapping[str, str] = {"text": N_("민원인이 읽습니다.")}


class ExtendForm(DeskForm):
    """Extend the period on a lawful ground."""

    address = "extend"

    cause = SelectField(
        N_("연장하는 까닭"), [InputRequired()], choices={"": CHOOSE} | EXTENSION_CAUSES
    )
    text = TextAreaField(N_("자세한 이유"), [InputRequired(), LONG])
    until = DateField(N_("새 처리 기한"), [InputRequired()])

    hints: Mapping[str, str] = {
        "text": N_(
            "민원인이 읽습니다. 업무가 많거나 배정이 늦거나 담당자가 없다는 것은 까닭이 못 됩니다."
        ),
    }

    def offer(self, latest: date | None) -> None:
        """Until when the period may be extended."""
        if latest is not None:
            words = gettext(N_("늦어도 %(day)s까지입니다."), day=i18n.date_text(latest))
            self.hints = {**self.hints, "until": words}


class AskConsentForm(ExtendForm):
    """Ask for consent to a second extension."""

    address = "ask-consent"


class MendForm(DeskForm):
    """Mend an obvious slip."""

    address = "mend"

    field = SelectField(N_("고칠 곳"), [InputRequired()], choices={"": CHOOSE} | MENDABLE)
    text = TextAreaField(N_("고친 글 전체"), [InputRequired(), LONG])
    by_phone = BooleanField(N_("민원인이 전화로 동의했습니다"))

    hints: Mapping[str, str] = {
        "text": N_("오타나 잘못 적은 번지처럼 누가 보아도 틀린 것만 고칩니다."),
        "by_phone": N_("동의하지 않았으면 앱에서 민원인에게 묻습니다."),
    }


class SendBackForm(DeskForm):
    """Send a drafted answer back."""

    address = "send-back"

    text = TextAreaField(N_("고쳐야 할 것"), [InputRequired(), LONG])


class ApproveForm(DeskForm):
    """Approve a drafted answer."""

    address = "approve"


class TakeBackForm(DeskForm):
    """Take a drafted answer back."""

    address = "take-back"


class EndCooperationForm(DeskForm):
    """Take back what was asked of other departments."""

    address = "cooperation-end"


class DocumentsCameForm(DeskForm):
    """The papers came."""

    address = "documents-came"


class EndInquiryForm(DeskForm):
    """The inquiry is over."""

    address = "inquiry-end"


class UndeliveredForm(DeskForm):
    """A supplement's request came back."""

    address = "undelivered"


class DeemWithdrawnForm(DeskForm):
    """Twice undeliverable."""

    address = "deem-withdrawn"
