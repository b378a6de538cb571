"""Other ways in than a password alone: a passkey, and the second step of officials (Y24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Response, request

from server.accounts import browser, service
from server.accounts.forms import LoginForm, OneTimeForm, PasskeyForm, RecoveryForm, refuse
from server.accounts.views import enter, login_page, onward, wanted_path
from server.core.i18n import N_
from server.core.web import PUBLIC, Door, Limit, Problem, redirect, render, session_token
from server.core.web.clients import client
from server.core.web.flashes import flash

if TYPE_CHECKING:
    from quart.typing import ResponseReturnValue

    from server.core.forms import Form

door = Door("entry")

READ = Limit(240, "minute")
TRY = Limit(120, "minute")


@door.post("/login/passkey/options", who=PUBLIC, limit=TRY)
async def options() -> Response:
    """What the browser needs to offer its passkeys; a new challenge each time."""
    asked = await service.options_to_log_in(browser.mark())
    return Response(asked, content_type="application/json")


@door.post("/login/passkey", who=PUBLIC, limit=TRY)
async def passkey() -> ResponseReturnValue:
    """Open a session for the holder of a passkey."""
    form = await PasskeyForm.read()
    wanted = wanted_path((await request.form).get("next"))
    if not form.validate():
        return await login_page(form, wanted), 422
    try:
        opened = await service.log_in_with_passkey(
            form.credential.data,
            browser=browser.mark(),
            client=client(),
            device=browser.device(),
            replaces=session_token(),
        )
    except Problem as problem:
        if problem.status == 404:
            raise
        status, headers = refuse(form, problem)
        return await login_page(form, wanted), status, headers
    return enter(opened, wanted)


@door.get("/login/second", who=PUBLIC, limit=READ)
async def second_form() -> ResponseReturnValue:
    """The second factor, for the browser that has just given the right password."""
    wanted = wanted_path(request.args.get("next"))
    have = await service.waiting_for_second(browser.mark())
    if have is None:
        flash(N_("아이디와 비밀번호부터 적어 주세요."))
        return redirect(onward("/login", wanted))
    return await _second_page(OneTimeForm(), have, wanted)


@door.post("/login/second", who=PUBLIC, limit=TRY)
async def second() -> ResponseReturnValue:
    """Check a one-time or a recovery code and open the session."""
    given = await request.form
    form = await (RecoveryForm if "recovery" in given else OneTimeForm).read()
    wanted = wanted_path(given.get("next"))
    have = await service.waiting_for_second(browser.mark())
    if have is None:
        return await _over(wanted)
    if not form.validate():
        return await _second_page(form, have, wanted), 422
    try:
        opened = await service.finish_log_in(
            browser.mark(),
            code=form.code.data if isinstance(form, OneTimeForm) else "",
            recovery=form.recovery.data if isinstance(form, RecoveryForm) else "",
            device=browser.device(),
            replaces=session_token(),
        )
    except service.StepOver:
        return await _over(wanted)
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _second_page(form, have, wanted), status, headers
    return enter(opened, wanted)


async def _over(wanted: str | None) -> ResponseReturnValue:
    """The log-in from its beginning, with the reason why."""
    form = LoginForm()
    status, headers = refuse(form, service.StepOver())
    return await login_page(form, wanted), status, headers


async def _second_page(form: Form, have: service.Factors, wanted: str | None) -> str:
    return await render(
        "accounts/second_step.html",
        form=form,
        one_time=form if isinstance(form, OneTimeForm) else OneTimeForm(),
        recovery=form if isinstance(form, RecoveryForm) else RecoveryForm(),
        have=have,
        origin=service.passkey_origin() if have.passkeys else None,
        wanted=wanted,
    )
