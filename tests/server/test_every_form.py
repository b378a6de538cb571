"""Walks every field of every form: browsers are told which are about whoever fills them in, so that
they can be filled in by one touch, and which are about somebody else (WCAG 1.3.5, KWCAG 7.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from server.core.web.assets import PWA

TEMPLATES = PWA / "templates"
ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
TYPED = {"text", "password", "date", "textarea"}

OWN = {
    "accounts/confirm.html password": "current-password",
    "accounts/contact.html address": "street-address",
    "accounts/contact.html email": "email",
    "accounts/contact.html phone": "tel",
    "accounts/join.html birth_date": "bday",
    "accounts/join.html email": "email",
    "accounts/join.html login_id": "username",
    "accounts/join.html name": "name",
    "accounts/join.html password": "new-password",
    "accounts/join.html phone": "tel",
    "accounts/login.html login_id": "username webauthn",
    "accounts/login.html password": "current-password",
    "accounts/password.html new_password": "new-password",
    "accounts/password.html password": "current-password",
    "accounts/second_factor.html code": "one-time-code",
    "accounts/second_step.html code": "one-time-code",
    "accounts/verify.html code": "one-time-code",
    "accounts/withdraw.html password": "current-password",
    "complaints/behalf/find.html code": "one-time-code",
    "complaints/new.html address": "street-address",
    "complaints/new.html name": "name",
    "complaints/new.html password": "new-password",
    "complaints/new.html phone": "tel",
    "complaints/unlock.html password": "current-password",
    "fairuse/opt_out.html number": "tel",
    "fairuse/opt_out_code.html code": "one-time-code",
    "fairuse/sender.html code": "one-time-code",
    "fairuse/sender.html number": "tel",
}
"""What people say about themselves, with the purpose of HTML's list."""

PERSONAL = {"address", "birth_date", "code", "email", "login_id", "new_password", "password"}
PERSONAL |= {"phone", "recovery", "who"}
REACHES = {"tel", "email"}
KEYS = {"tel": "tel", "email": "email", "bday": "numeric"}
NAMES_OF_THINGS = {"accounts/desk/department.html", "deadlines/calendar.html"}
NAMES_OF_THINGS |= {"catalogue/desk/kind.html", "catalogue/desk/topic.html"}
NAMES_OF_THINGS |= {"opendata/desk/keys.html"}


@dataclass(frozen=True)
class Field:
    """One field as its template asks for it."""

    template: str
    name: str
    kind: str
    says: dict[str, str]

    @property
    def place(self) -> str:
        return f"{self.template} {self.name}"

    @property
    def autocomplete(self) -> str | None:
        default = "current-password" if self.kind == "password" else None
        return self.says.get("autocomplete", default)


def fields() -> Iterator[Field]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        template = str(path.relative_to(TEMPLATES))
        for call in ENVIRONMENT.parse(path.read_text("utf-8")).find_all(nodes.Call):
            made = call.node
            if not (isinstance(made, nodes.Getattr) and isinstance(made.node, nodes.Name)):
                continue
            if made.node.name != "f" or made.attr not in TYPED:
                continue
            given = call.args[0]
            if isinstance(given, nodes.Getattr):
                says = {one.key: said(one.value) for one in call.kwargs}
                yield Field(template, given.attr, made.attr, says)


def said(value: nodes.Expr) -> str:
    """A word of a template; of two, that of the office where everything is possible."""
    if isinstance(value, nodes.CondExpr):
        return said(value.expr1)
    return str(value.value) if isinstance(value, nodes.Const) else ""


@pytest.fixture(scope="module")
def every_field() -> list[Field]:
    return list(fields())


def test_the_walk_finds_the_forms(every_field: list[Field]) -> None:
    assert len(every_field) > 100
    assert OWN.keys() <= {field.place for field in every_field}


def test_what_is_one_s_own_is_named_and_nothing_else(every_field: list[Field]) -> None:
    for field in every_field:
        if field.place in OWN:
            assert field.autocomplete == OWN[field.place], field.place
        elif field.name in PERSONAL or is_a_name(field) or field.says.get("type") in REACHES:
            assert field.autocomplete == "off", f"{field.place}: whose is it?"
        else:
            assert field.autocomplete in {None, "off"}, f"{field.place} belongs into the table"


def is_a_name(field: Field) -> bool:
    return field.name == "name" and field.template not in NAMES_OF_THINGS


def test_a_phone_shows_the_keys_that_a_field_wants(every_field: list[Field]) -> None:
    for field in every_field:
        wanted = KEYS.get(field.autocomplete or "")
        assert wanted in {None, field.says.get("inputmode"), field.says.get("type")}, field.place


def test_the_macro_passes_the_hints_on() -> None:
    macros = Path(TEMPLATES / "macros/form.html").read_text("utf-8")
    for hint in ("autocomplete", "inputmode", "enterkeyhint", "spellcheck"):
        assert f' {hint}="{{{{ ' in macros
