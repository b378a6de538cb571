"""What somebody must give to join, and what is wrong with it: every fault at once. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from server.accounts import password_rules, rules
from server.core.i18n import N_, gettext
from server.core.web.problems import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from server.ordinance.service import Profile


@dataclass(frozen=True, slots=True)
class Joining:
    """What the form of /join says, as typed; `consents` maps a document to the version shown."""

    login_id: str
    password: str = field(repr=False)
    name: str
    birth_date: str
    phone: str
    email: str = ""
    consents: Mapping[str, str] = field(default_factory=dict)
    guardian_name: str = ""
    guardian_phone: str = ""
    guardian_consent: bool = False
    locale: str = "ko"

    @property
    def born(self) -> date | None:
        """The date of birth, where it can be read."""
        return rules.parse_day(self.birth_date)

    def for_child(self, today: date, rule: Profile) -> bool:
        """Whether a guardian has to consent."""
        born = self.born
        if born is None or rules.birth_date_fault(born, today):
            return False
        return rules.needs_guardian(born, today, rule.residents.guardian_under_age)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field, as a msgid with its values."""

    where: str
    sentence: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def text(self) -> str:
        """The sentence in the reader's language."""
        return gettext(self.sentence, **self.params)

    def problem(self) -> Invalid:
        """The fault as an error, for who has no form to show."""
        return Invalid(f"accounts.{self.where}", self.sentence, self.where, **self.params)


def faults(request: Joining, today: date, rule: Profile) -> list[Fault]:
    """Everything that has to be mended before this account can be made, in the form's order."""
    return [
        *_identity(request, today),
        *_password(request, rule),
        *_guardian(request, today, rule),
        *_consents(request),
    ]


def _password(request: Joining, rule: Profile) -> Iterator[Fault]:
    policy = password_rules.policy_of(rules.RESIDENT, rule)
    own = (request.login_id, request.phone, request.name)
    sentence = password_rules.fault(request.password, policy, own)
    if sentence:
        yield Fault("password", sentence, password_rules.params(policy))


def _identity(request: Joining, today: date) -> Iterator[Fault]:
    found = {
        "login_id": rules.login_id_fault(rules.normal_login_id(request.login_id)),
        "name": rules.name_fault(rules.normal_name(request.name)),
        "birth_date": rules.birth_date_fault(request.born, today),
        "phone": rules.phone_fault(request.phone),
        "email": rules.email_fault(rules.normal_email(request.email)) if request.email else None,
    }
    for name, sentence in found.items():
        if sentence:
            yield Fault(name, sentence)


CONSENT_MISSING = {
    "terms": N_("동의해야 가입할 수 있습니다."),
    "privacy": N_("동의해야 가입할 수 있습니다."),
}


def _consents(request: Joining) -> Iterator[Fault]:
    for document, sentence in CONSENT_MISSING.items():
        if document not in request.consents:
            yield Fault(f"accept_{document}", sentence)


def _guardian(request: Joining, today: date, rule: Profile) -> Iterator[Fault]:
    if not request.for_child(today, rule):
        return
    years = {"years": rule.residents.guardian_under_age}
    if rules.name_fault(rules.normal_name(request.guardian_name)):
        yield Fault("guardian_name", N_("이름을 적어 주세요."))
    elif rules.normal_name(request.guardian_name) == rules.normal_name(request.name):
        yield Fault("guardian_name", N_("가입하는 사람의 이름과 다른 이름을 적어 주세요."))
    if rules.phone_fault(request.guardian_phone):
        yield Fault("guardian_phone", N_("전화번호를 적어 주세요."))
    if not request.guardian_consent:
        yield Fault(
            "guardian_consent",
            N_("만 %(years)s세 미만은 동의가 있어야 가입할 수 있습니다."),
            years,
        )
