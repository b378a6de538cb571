"""The forms of fair use: fields and words; what they mean is decided by the rules."""

from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from server.core.forms import Form
from server.core.i18n import N_
from server.fairuse import suppressing

TEXT_MAX = Length(max=60)


class NumberForm(Form):
    """/me/settings/sender: a number that somebody says is theirs."""

    number = StringField(N_("내 전화번호"), [InputRequired(), TEXT_MAX])


class CodeForm(Form):
    """The code that came by SMS or fax."""

    code = StringField(N_("받은 확인번호"), [InputRequired(), TEXT_MAX])


class OptOutForm(Form):
    """/messages/opt-out."""

    number = StringField(N_("문자나 팩스를 받은 번호"), [InputRequired(), TEXT_MAX])
    by = RadioField(
        N_("확인번호를 어떻게 받을까요"),
        [InputRequired()],
        choices={"sms": N_("문자로"), "fax": N_("팩스로")},
        default="sms",
    )
    wish = RadioField(
        N_("어떻게 할까요"),
        [InputRequired()],
        choices={"opt_out": N_("받지 않을래요"), "opt_in": N_("다시 받을래요")},
        default="opt_out",
    )


class LookUpForm(Form):
    """/desk/opt-outs: whether a number wants nothing."""

    number = StringField(N_("전화번호"), [InputRequired(), TEXT_MAX])


class ReasonForm(Form):
    """Why an official decides so."""

    reason = StringField(N_("까닭"), [InputRequired(), Length(max=suppressing.REASON_MAX)])


class CheckForm(Form):
    """/desk/senders/check: the identity card, and the number of the carrier's certificate."""

    who = StringField(N_("아이디 또는 전화번호"), [InputRequired(), Length(max=200)])
    name = StringField(N_("이름"), [InputRequired(), Length(max=200)])
    birth_date = StringField(N_("생년월일"), [InputRequired(), TEXT_MAX])
    number = StringField(N_("이용증명서의 전화번호"), [InputRequired(), TEXT_MAX])
