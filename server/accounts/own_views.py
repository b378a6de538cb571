"""One's own account: identity, password, contacts, language, devices, leaving (Y22, Y24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.accounts import browser, password_rules, rules, service
from server.accounts.forms import (
    CodeForm,
    ContactForm,
    LanguageForm,
    PasswordForm,
    WithdrawForm,
    refuse,
)
from server.core.i18n import N_
from server.core.web import (
    SIGNED_IN,
    Door,
    Limit,
    NotFound,
    Permission,
    Problem,
    actor,
    forget_session,
    redirect,
    render,
)
from server.core.web.flashes import flash
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from quart.typing import ResponseReturnValue

door = Door("me")

READ = Limit(240, "minute")
WRITE = Limit(60, "minute")
RESIDENT = Permission("resident", lambda reader: reader.kind == rules.RESIDENT)


def me() -> int:
    """The account of the signed-in reader."""
    account_id = actor().account_id
    assert account_id is not None, "every route here is for the signed in"
    return account_id


# Identity


@door.get("/me/verify", who=RESIDENT, limit=READ)
async def verify_form() -> ResponseReturnValue:
    """How to be verified, and where the code goes."""
    return await _verify_page(CodeForm())


@door.post("/me/verify", who=RESIDENT, limit=WRITE)
async def verify() -> ResponseReturnValue:
    """The one-time code from the desk."""
    form = await CodeForm.read()
    if not form.validate():
        return await _verify_page(form), 422
    try:
        await service.verify(me(), form.code.data, claim=form.claim)
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _verify_page(form), status, headers
    flash(N_("본인확인을 마쳤습니다."))
    return redirect("/me/verify")


async def _verify_page(form: CodeForm) -> str:
    rule = ordinance.profile()
    return await render(
        "accounts/verify.html",
        form=form,
        own=await service.own_account(me()),
        minutes=rule.residents.code_minutes,
        district=rule.district,
    )


# Password


@door.get("/me/password", who=SIGNED_IN, limit=READ)
async def password_form() -> ResponseReturnValue:
    """An empty form, with the rule that holds for this reader."""
    return await _password_page(PasswordForm())


@door.post("/me/password", who=SIGNED_IN, limit=WRITE)
async def change_password() -> ResponseReturnValue:
    """Set a new password; every other browser is signed out."""
    form = await PasswordForm.read()
    if not form.validate():
        return await _password_page(form), 422
    try:
        opened = await service.change_password(
            me(), form.password.data, form.new_password.data, device=browser.device()
        )
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _password_page(form), status, headers
    browser.sign_in(opened)
    must = actor().must_change_password
    flash(N_("비밀번호를 바꾸었습니다. 다른 기기에서는 모두 로그아웃했습니다."))
    if must:
        return redirect("/desk" if actor().official else "/")
    return redirect("/me/settings")


async def _password_page(form: PasswordForm) -> str:
    policy = password_rules.policy_of(actor().kind, ordinance.profile())
    return await render(
        "accounts/password.html", form=form, policy=policy, must=actor().must_change_password
    )


# Settings


@door.get("/me/settings", who=SIGNED_IN, limit=READ)
async def settings() -> ResponseReturnValue:
    """What stands about the reader, and where to change it."""
    own = await service.own_account(me())
    return await _settings_page(LanguageForm(data={"locale": own.locale}))


@door.post("/me/settings", who=SIGNED_IN, limit=WRITE)
async def change_language() -> ResponseReturnValue:
    """In which language to show pages and to send notices."""
    form = await LanguageForm.read()
    if not form.validate():
        return await _settings_page(form), 422
    await service.change_locale(me(), form.locale.data)
    browser.speak(form.locale.data)
    flash(N_("언어를 바꾸었습니다."))
    return redirect("/me/settings")


async def _settings_page(form: LanguageForm) -> str:
    return await render(
        "accounts/settings.html",
        form=form,
        own=await service.own_account(me()),
        devices=len(await service.of_account(me())),
        have=await service.factors_of(me()),
    )


@door.get("/me/settings/contact", who=RESIDENT, limit=READ)
async def contact_form() -> ResponseReturnValue:
    """Telephone, e-mail and address as they stand."""
    return await _contact_page(ContactForm.of(await service.own_account(me())))


@door.post("/me/settings/contact", who=RESIDENT, limit=WRITE)
async def change_contact() -> ResponseReturnValue:
    """Set telephone, e-mail and address."""
    form = await ContactForm.read()
    if not form.validate():
        return await _contact_page(form), 422
    try:
        await service.change_contact(
            me(),
            phone=form.phone.data,
            email=form.email.data or "",
            address=form.address.data or "",
            claim=form.claim,
        )
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _contact_page(form), status, headers
    flash(N_("연락처를 바꾸었습니다."))
    return redirect("/me/settings")


async def _contact_page(form: ContactForm) -> str:
    return await render("accounts/contact.html", form=form)


# Devices


@door.get("/me/settings/devices", who=SIGNED_IN, limit=READ)
async def devices() -> ResponseReturnValue:
    """Every browser that is signed in."""
    return await render(
        "accounts/devices.html",
        devices=await service.of_account(me()),
    )


@door.post("/me/settings/devices/others/end", who=SIGNED_IN, limit=WRITE)
async def end_others() -> ResponseReturnValue:
    """Sign every other browser out."""
    await service.close_others(me(), actor().session_id or 0)
    flash(N_("다른 기기에서는 모두 로그아웃했습니다."))
    return redirect("/me/settings/devices")


@door.post("/me/settings/devices/<int:session_id>/end", who=SIGNED_IN, limit=WRITE)
async def end_device(session_id: int) -> ResponseReturnValue:
    """Sign another browser out: a phone that was lost, a computer of somebody else."""
    if not await service.close_one(me(), session_id):
        raise NotFound
    if session_id == actor().session_id:
        forget_session()
        return redirect("/login")
    flash(N_("그 기기에서 로그아웃했습니다."))
    return redirect("/me/settings/devices")


# Leaving


@door.get("/me/withdraw", who=RESIDENT, limit=READ)
async def withdraw_form() -> ResponseReturnValue:
    """What leaving means, before it is done."""
    return await render("accounts/withdraw.html", form=WithdrawForm())


@door.post("/me/withdraw", who=RESIDENT, limit=WRITE)
async def withdraw() -> ResponseReturnValue:
    """Erase the account's personal data and end every session."""
    form = await WithdrawForm.read()
    if not form.validate():
        return await render("accounts/withdraw.html", form=form), 422
    try:
        await service.withdraw(me(), form.password.data)
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await render("accounts/withdraw.html", form=form), status, headers
    forget_session()
    flash(N_("탈퇴했습니다. 계정의 개인정보를 모두 지웠습니다. 그동안 고맙습니다."))
    return redirect("/login")
