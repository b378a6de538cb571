"""The forms of accounts: fields and words; what they mean is decided by the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from server.accounts import joining_rules, rules
from server.accounts.joining_rules import Joining
from server.core import clock, i18n
from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import Problem, TooMany
from server.ordinance import service as ordinance
from server.privacy import service as privacy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from server.accounts.service import Dept, Official, Own

TEXT_MAX = Length(max=200)
SECRET_MAX = Length(max=500)
CREDENTIAL_MAX = Length(max=16_000)


def refuse(form: Form, problem: Problem) -> tuple[int, dict[str, str]]:
    """Say on the form what a service refused; status and headers of its page."""
    form.complain(problem)
    headers = {"Retry-After": str(problem.wait)} if isinstance(problem, TooMany) else {}
    return problem.status, headers


class JoinForm(Form):
    """/join; the guardian's part is asked for under 14."""

    login_id = StringField(N_("아이디"), [InputRequired(), TEXT_MAX])
    password = PasswordField(N_("비밀번호"), [InputRequired(), SECRET_MAX])
    name = StringField(N_("이름"), [InputRequired(), TEXT_MAX])
    birth_date = StringField(N_("생년월일"), [InputRequired(), TEXT_MAX])
    phone = StringField(N_("휴대전화"), [InputRequired(), TEXT_MAX])
    email = StringField(N_("전자우편"), [Optional(), TEXT_MAX])
    guardian_name = StringField(N_("법정대리인 이름"), [Optional(), TEXT_MAX])
    guardian_phone = StringField(N_("법정대리인 전화"), [Optional(), TEXT_MAX])
    guardian_consent = BooleanField(N_("법정대리인이 가입에 동의합니다"))
    accept_terms = BooleanField(N_("이용약관에 동의합니다"))
    accept_privacy = BooleanField(N_("개인정보 수집·이용에 동의합니다"))

    @property
    def joining(self) -> Joining:
        """What was typed, as the rules read it; agreed to is what holds today."""
        agreed = {
            privacy.TERMS: self.accept_terms.data,
            privacy.PRIVACY: self.accept_privacy.data,
        }
        return Joining(
            login_id=self.login_id.data or "",
            password=self.password.data or "",
            name=self.name.data or "",
            birth_date=self.birth_date.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            consents={name: privacy.current(name).version for name, yes in agreed.items() if yes},
            guardian_name=self.guardian_name.data or "",
            guardian_phone=self.guardian_phone.data or "",
            guardian_consent=bool(self.guardian_consent.data),
            locale=i18n.locale(),
        )

    @property
    def for_child(self) -> bool:
        """Whether the guardian's part has to be filled in."""
        return self.joining.for_child(clock.today(), ordinance.profile())

    def validate(self) -> bool:
        """Everything that has to be mended, at once."""
        fine: bool = super().validate()
        for fault in joining_rules.faults(self.joining, clock.today(), ordinance.profile()):
            field = self[fault.where]
            if not field.errors:
                field.errors = [fault.text()]
            fine = False
        return fine


class LoginForm(Form):
    """/login; `next` is where the reader wanted to go."""

    login_id = StringField(N_("아이디"), [InputRequired(), TEXT_MAX])
    password = PasswordField(N_("비밀번호"), [InputRequired(), SECRET_MAX])


class PasskeyForm(Form):
    """A passkey's answer, which the page's script puts in; `next` as in the log-in."""

    credential = HiddenField(N_("패스키"), [InputRequired(), CREDENTIAL_MAX])


class NewPasskeyForm(PasskeyForm):
    """/me/settings/passkeys: a name for the passkey that is added."""

    name = StringField(N_("이름"), [Optional(), TEXT_MAX])


class OneTimeForm(Form):
    """A one-time code of the authenticator app."""

    code = StringField(N_("인증 앱의 6자리 번호"), [InputRequired(), TEXT_MAX])


class RecoveryForm(Form):
    """A recovery code in place of the phone."""

    recovery = StringField(N_("복구 코드"), [InputRequired(), TEXT_MAX])


class ConfirmForm(Form):
    """/me/confirm."""

    password = PasswordField(N_("비밀번호"), [InputRequired(), SECRET_MAX])


class PasswordForm(Form):
    """/me/password."""

    password = PasswordField(N_("지금 비밀번호"), [InputRequired(), SECRET_MAX])
    new_password = PasswordField(N_("새 비밀번호"), [InputRequired(), SECRET_MAX])


class CodeForm(Form):
    """/me/verify: the one-time code from the desk."""

    code = StringField(N_("확인번호"), [InputRequired(), TEXT_MAX])


class ContactForm(Form):
    """/me/settings/contact."""

    phone = StringField(N_("휴대전화"), [InputRequired(), TEXT_MAX])
    email = StringField(N_("전자우편"), [Optional(), TEXT_MAX])
    address = StringField(N_("주소"), [Optional(), TEXT_MAX])

    @classmethod
    def of(cls, own: Own) -> ContactForm:
        """The form filled with what stands."""
        return cls(
            data={
                "phone": own.phone or "",
                "email": own.email,
                "address": own.address,
            }
        )


class LanguageForm(Form):
    """/me/settings: in which language the account is told things."""

    locale = RadioField(N_("언어"), [InputRequired()], choices={"ko": "한국어", "en": "English"})


class WithdrawForm(Form):
    """/me/withdraw."""

    password = PasswordField(N_("비밀번호"), [InputRequired(), SECRET_MAX])


class DeskVerifyForm(Form):
    """/desk/verify: what stands on the identity card."""

    who = StringField(N_("아이디 또는 전화번호"), [InputRequired(), TEXT_MAX])
    name = StringField(N_("신분증의 이름"), [InputRequired(), TEXT_MAX])
    birth_date = StringField(N_("신분증의 생년월일"), [InputRequired(), TEXT_MAX])
    namesake = BooleanField(N_("이름과 생년월일이 같은 다른 사람(동명이인)입니다"))


class DeskPasswordForm(Form):
    """/desk/password: what stands on the identity card of whoever forgot the password."""

    who = StringField(N_("아이디 또는 전화번호"), [InputRequired(), TEXT_MAX])
    name = StringField(N_("신분증의 이름"), [InputRequired(), TEXT_MAX])
    birth_date = StringField(N_("신분증의 생년월일"), [InputRequired(), TEXT_MAX])


class DepartmentForm(Form):
    """A department; its slug is set once."""

    slug = StringField(N_("주소 이름"), [InputRequired(), TEXT_MAX])
    name = StringField(N_("부서 이름"), [InputRequired(), TEXT_MAX])
    name_en = StringField(N_("영문 이름"), [InputRequired(), TEXT_MAX])
    phone = StringField(N_("대표 전화"), [InputRequired(), TEXT_MAX])
    active = BooleanField(N_("지금 있는 부서입니다"))

    @classmethod
    def of(cls, row: Dept) -> DepartmentForm:
        """The form filled with what stands."""
        return cls(
            data={
                "slug": row.slug,
                "name": row.name,
                "name_en": row.name_en,
                "phone": row.phone,
                "active": row.active,
            }
        )


class OfficialForm(Form):
    """An official; the login id is set once."""

    login_id = StringField(N_("아이디"), [InputRequired(), TEXT_MAX])
    name = StringField(N_("이름"), [InputRequired(), TEXT_MAX])
    department = SelectField(N_("부서"), [InputRequired()], choices={})
    roles = SelectMultipleField(N_("역할"), [Optional()], choices=dict(rules.ROLES))
    phone = StringField(N_("사무실 전화"), [Optional(), TEXT_MAX])
    email = StringField(N_("전자우편"), [Optional(), TEXT_MAX])

    @classmethod
    def of(cls, row: Official) -> OfficialForm:
        """The form filled with what stands."""
        return cls(
            data={
                "login_id": row.login_id,
                "name": row.name,
                "department": str(row.department_id or 0),
                "roles": sorted(row.roles),
                "phone": rules.pretty_phone(row.phone) if row.phone else "",
                "email": row.email,
            }
        )

    def offer(self, departments: Iterable[Dept]) -> None:
        """Let one of these departments be chosen, or none."""
        english = i18n.locale() == "en"
        named = {str(row.id): row.name_en if english else row.name for row in departments}
        self.department.choices = {"0": i18n.gettext(N_("부서 없음"))} | named


class SubstituteForm(Form):
    """An absence and who stands in."""

    absent = SelectField(N_("자리를 비우는 사람"), [InputRequired()], choices={})
    substitute = SelectField(N_("대직자"), [InputRequired()], choices={})
    first_day = StringField(N_("첫날"), [InputRequired(), TEXT_MAX])
    last_day = StringField(N_("마지막 날"), [InputRequired(), TEXT_MAX])

    def offer(self, people: Mapping[int, str]) -> None:
        """Let these officials be chosen."""
        named = {str(account_id): words for account_id, words in people.items()}
        choices = {"": i18n.gettext(N_("골라 주세요"))} | named
        self.absent.choices = self.substitute.choices = choices


class MembersForm(Form):
    """A list of the old system's members."""

    file = FileField(N_("회원 명단 (CSV)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Without a file there is nothing to do."""
        super().__init__(*args, **kwargs)
        self.file.flags.required = True

    @property
    def content(self) -> bytes:
        """The file; empty where none was chosen."""
        return self.file.data.read() if getattr(self.file.data, "filename", "") else b""
