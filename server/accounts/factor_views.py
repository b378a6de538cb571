"""One's own passkeys and second factor; who changes them is asked again who they are (Y24)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import segno
from markupsafe import Markup
from quart import Response, request

from server import config
from server.accounts import browser, factor_rules, service
from server.accounts.forms import ConfirmForm, NewPasskeyForm, OneTimeForm, PasskeyForm, refuse
from server.core.i18n import N_, gettext
from server.core.web import (
    OFFICIAL,
    SIGNED_IN,
    Door,
    Forbidden,
    Limit,
    Problem,
    actor,
    local,
    redirect,
    render,
)
from server.core.web.flashes import flash
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from quart.typing import ResponseReturnValue

door = Door("factors")

READ = Limit(240, "minute")
WRITE = Limit(60, "minute")
PASSKEYS = "/me/settings/passkeys"
SECOND = "/me/settings/second"
RETURNS = frozenset({PASSKEYS, SECOND})


def me() -> tuple[int, int]:
    """The reader's account and session."""
    reader = actor()
    assert reader.account_id is not None, "every route here is for the signed in"
    return reader.account_id, reader.session_id or 0


# Passkeys


@door.get(PASSKEYS, who=SIGNED_IN, limit=READ)
async def passkeys() -> ResponseReturnValue:
    """Every passkey of the reader's, and a way to add one."""
    return await _passkeys_page(NewPasskeyForm())


@door.post(f"{PASSKEYS}/options", who=SIGNED_IN, limit=WRITE)
async def passkey_options() -> Response:
    """What the browser needs to make a passkey."""
    asked = await service.options_to_add(*me(), browser.mark())
    return Response(asked, content_type="application/json")


@door.post(PASSKEYS, who=SIGNED_IN, limit=WRITE)
async def add_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser has made."""
    form = await NewPasskeyForm.read()
    if not form.validate():
        return await _passkeys_page(form), 422
    try:
        codes = await service.add_passkey(
            *me(),
            browser.mark(),
            form.credential.data,
            form.name.data or browser.device(),
            claim=form.claim,
        )
    except service.ConfirmFirst:
        return _confirm_first(PASSKEYS)
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _passkeys_page(form), status, headers
    if codes:
        return await _codes_page(codes)
    flash(N_("패스키를 등록했습니다. 다음부터는 이것으로 로그인할 수 있어요."))
    return redirect(PASSKEYS)


@door.post(f"{PASSKEYS}/<int:passkey_id>/remove", who=SIGNED_IN, limit=WRITE)
async def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Take a passkey away; the browsers signed in elsewhere are signed out."""
    try:
        await service.remove_passkey(*me(), passkey_id)
    except service.ConfirmFirst:
        return _confirm_first(PASSKEYS)
    flash(N_("패스키를 지웠습니다. 다른 기기에서는 모두 로그아웃했습니다."))
    return redirect(PASSKEYS)


async def _passkeys_page(form: NewPasskeyForm) -> str:
    return await render(
        "accounts/passkeys.html",
        form=form,
        passkeys=await service.passkeys_of(me()[0]),
        origin=service.passkey_origin(),
        confirmed=await service.confirmed(*me()),
        device=browser.device(),
        must=actor().must_enrol,
    )


# The second factor of officials


@door.get(SECOND, who=OFFICIAL, limit=READ)
async def second_factor() -> ResponseReturnValue:
    """What the official has, and what may be set up."""
    return await _second_page(OneTimeForm())


@door.post(f"{SECOND}/start", who=OFFICIAL, limit=WRITE)
async def begin() -> ResponseReturnValue:
    """Make a secret for an authenticator app."""
    try:
        await service.begin_authenticator(*me())
    except service.ConfirmFirst:
        return _confirm_first(SECOND)
    return redirect(SECOND)


@door.post(SECOND, who=OFFICIAL, limit=WRITE)
async def turn_on() -> ResponseReturnValue:
    """The app shows its first code: it counts from now."""
    form = await OneTimeForm.read()
    if not form.validate():
        return await _second_page(form), 422
    try:
        codes = await service.confirm_authenticator(*me(), form.code.data, claim=form.claim)
    except service.ConfirmFirst:
        return _confirm_first(SECOND)
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _second_page(form), status, headers
    if codes:
        return await _codes_page(codes)
    flash(N_("인증 앱을 등록했습니다."))
    return redirect(SECOND)


@door.post(f"{SECOND}/off", who=OFFICIAL, limit=WRITE)
async def turn_off() -> ResponseReturnValue:
    """Do without the app from now."""
    try:
        await service.remove_authenticator(*me())
    except service.ConfirmFirst:
        return _confirm_first(SECOND)
    flash(N_("인증 앱을 지웠습니다. 다른 기기에서는 모두 로그아웃했습니다."))
    return redirect(SECOND)


@door.post(f"{SECOND}/codes", who=OFFICIAL, limit=WRITE)
async def new_codes() -> ResponseReturnValue:
    """Ten new recovery codes, shown on this one page."""
    form = await OneTimeForm.read()
    try:
        codes = await service.new_recovery_codes(*me(), claim=form.claim)
    except service.ConfirmFirst:
        return _confirm_first(SECOND)
    return await _codes_page(codes)


@door.post(f"{SECOND}/text", who=OFFICIAL, limit=WRITE)
async def codes_as_text() -> Response:
    """The codes that the page before shows, as a file; nothing is given that it did not bring."""
    codes = (await request.form).getlist("codes")
    if not await service.own_recovery_codes(me()[0], codes):
        raise Forbidden
    title = gettext(N_("%(name)s 복구 코드"), name=ordinance.profile().title)
    once = gettext(N_("코드마다 한 번만 쓸 수 있습니다. 다른 사람이 볼 수 없는 곳에 두세요."))
    text = "\r\n".join([title, config.settings().public_url, once, "", *codes, ""])
    response = Response(text.encode("utf-8-sig"), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="madang-recovery-codes.txt"'
    return response


async def _second_page(form: OneTimeForm) -> str:
    account_id, session_id = me()
    secret = await service.pending_authenticator(account_id, session_id)
    own = await service.own_account(account_id)
    address = secret and factor_rules.otpauth(secret, own.login_id, ordinance.profile().title)
    return await render(
        "accounts/second_factor.html",
        form=form,
        have=await service.factors_of(account_id),
        origin=service.passkey_origin(),
        confirmed=await service.confirmed(account_id, session_id),
        required=config.settings().second_factor_required,
        must=actor().must_enrol,
        secret=factor_rules.secret_shown(secret) if secret else None,
        address=address,
        picture=_drawn(address) if address else None,
    )


def _drawn(address: str) -> Markup:
    """A QR code as SVG, dark on white in every look: cameras read it, and no script draws it."""
    code = segno.make(address, micro=False, error="m")
    # segno's own drawing of an address that is ours; the words of a person are in its dots only.
    return Markup(code.svg_inline(scale=4, dark="#000", light="#fff", omitsize=True))  # noqa: S704


async def _codes_page(codes: tuple[str, ...]) -> str:
    return await render(
        "accounts/recovery_codes.html",
        codes=[factor_rules.recovery_shown(code) for code in codes],
        after="/desk",
    )


# Who one is, once more


@door.get("/me/confirm", who=SIGNED_IN, limit=READ)
async def confirm_form() -> ResponseReturnValue:
    """The password once more, or a passkey."""
    return await _confirm_page(ConfirmForm(), _next(request.args.get("next")))


@door.post("/me/confirm", who=SIGNED_IN, limit=WRITE)
async def confirm() -> ResponseReturnValue:
    """For some minutes passkeys and codes may be changed."""
    form = await ConfirmForm.read()
    then = _next((await request.form).get("next"))
    if not form.validate():
        return await _confirm_page(form, then), 422
    try:
        await service.confirm(*me(), form.password.data)
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _confirm_page(form, then), status, headers
    return redirect(then)


@door.post("/me/confirm/passkey/options", who=SIGNED_IN, limit=WRITE)
async def confirm_options() -> Response:
    """What the browser needs to use one of the reader's passkeys."""
    asked = await service.options_to_confirm(me()[0], browser.mark())
    return Response(asked, content_type="application/json")


@door.post("/me/confirm/passkey", who=SIGNED_IN, limit=WRITE)
async def confirm_by_passkey() -> ResponseReturnValue:
    """As `confirm`, without the password."""
    form = await PasskeyForm.read()
    then = _next((await request.form).get("next"))
    shown = ConfirmForm()
    if not form.validate():
        shown.form_errors.extend(form.faults)
        return await _confirm_page(shown, then), 422
    try:
        await service.confirm_with_passkey(*me(), form.credential.data, browser.mark())
    except Problem as problem:
        status, headers = refuse(shown, problem)
        return await _confirm_page(shown, then), status, headers
    return redirect(then)


async def _confirm_page(form: ConfirmForm, then: str) -> str:
    own = await service.passkeys_of(me()[0])
    return await render(
        "accounts/confirm.html",
        form=form,
        then=then,
        origin=service.passkey_origin() if own else None,
    )


def _confirm_first(then: str) -> ResponseReturnValue:
    flash(N_("안전을 위해 비밀번호를 한 번 더 확인해 주세요. 그 뒤에 바꿀 수 있습니다."))
    return redirect(f"/me/confirm?{urlencode({'next': then})}")


def _next(given: str | None) -> str:
    """Back to one of the pages that ask for it, and nowhere else."""
    path = local(given, PASSKEYS)
    return path if path in RETURNS else PASSKEYS
