"""Joining, logging in and out: the pages in front of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from quart import request

from server.accounts import browser, password_rules, rules, service
from server.accounts.forms import JoinForm, LoginForm, PasskeyForm, refuse
from server.core.i18n import N_
from server.core.web import (
    ANONYMOUS_ONLY,
    PUBLIC,
    Door,
    Limit,
    Problem,
    actor,
    forget_session,
    redirect,
    render,
    session_token,
)
from server.core.web.clients import client
from server.core.web.flashes import flash
from server.core.web.pages import local
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from quart.typing import ResponseReturnValue

door = Door("accounts")

READ = Limit(240, "minute")

# Where somebody with a temporary or expired password may still go: files and display, what we do
# with data, the new password, and out.
DOORS_OPEN = frozenset({"web", "privacy"})
PATHS_OPEN = frozenset({"/me/password", "/logout"})

# Where an official who needs a second factor may go until there is one.
PATHS_TO_ENROL = ("/me/settings/second", "/me/settings/passkeys", "/me/confirm")


@door.before_app_request
async def new_password_first() -> ResponseReturnValue | None:
    """An official with a temporary or expired password changes it before anything else (Y24)."""
    if not actor().must_change_password or request.routing_exception is not None:
        return None
    if request.blueprint in DOORS_OPEN or request.path in PATHS_OPEN:
        return None
    if request.method == "GET":
        return redirect("/me/password")
    raise Problem(
        "accounts.password_first",
        N_("먼저 비밀번호를 바꾸어 주세요. 그 뒤에 계속할 수 있습니다."),
        403,
    )


@door.before_app_request
async def second_factor_first() -> ResponseReturnValue | None:
    """An official who must have a second factor sets one up before anything else (Y24)."""
    if not actor().must_enrol or actor().must_change_password or request.routing_exception:
        return None
    if request.blueprint in DOORS_OPEN or request.path in PATHS_OPEN:
        return None
    if request.path.startswith(PATHS_TO_ENROL):
        return None
    if request.method == "GET":
        return redirect("/me/settings/second")
    raise Problem(
        "accounts.factor_first",
        N_("먼저 2단계 인증을 등록해 주세요. 그 뒤에 계속할 수 있습니다."),
        403,
    )


@door.get("/join", who=ANONYMOUS_ONLY, limit=READ)
async def join_form() -> ResponseReturnValue:
    """An empty form."""
    return await _join_page(JoinForm())


@door.post("/join", who=ANONYMOUS_ONLY, limit=Limit(60, "minute"))
async def join() -> ResponseReturnValue:
    """Make the account and sign it in."""
    form = await JoinForm.read()
    if not form.validate():
        return await _join_page(form), 422
    try:
        opened = await service.join(form.joining, device=browser.device(), claim=form.claim)
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _join_page(form), status, headers
    browser.sign_in(opened)
    flash(N_("가입했습니다. 반갑습니다!"))
    return redirect("/me/verify")


async def _join_page(form: JoinForm) -> str:
    rule = ordinance.profile()
    child = form.for_child
    for field in (form.guardian_name, form.guardian_phone):
        field.flags.required = child
    return await render(
        "accounts/join.html",
        form=form,
        child=child,
        under_age=rule.residents.guardian_under_age,
        length_min=password_rules.policy_of(rules.RESIDENT, rule).length_min,
        join_points=rule.mileage.award.join.points if rule.mileage else 0,
    )


@door.get("/login", who=PUBLIC, limit=READ)
async def login_form() -> ResponseReturnValue:
    """An empty form; who is signed in already goes on."""
    wanted = wanted_path(request.args.get("next"))
    if actor().signed_in:
        return redirect(wanted or _home(actor().kind))
    return await login_page(LoginForm(), wanted)


@door.post("/login", who=PUBLIC, limit=Limit(120, "minute"))
async def login() -> ResponseReturnValue:
    """Check the password and open a session with a token of its own."""
    form = await LoginForm.read()
    wanted = wanted_path((await request.form).get("next") or request.args.get("next"))
    if not form.validate():
        return await login_page(form, wanted), 422
    try:
        opened = await service.log_in(
            form.login_id.data,
            form.password.data,
            client=client(),
            browser=browser.mark(),
            device=browser.device(),
            replaces=session_token(),
        )
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await login_page(form, wanted), status, headers
    if opened is None:
        return redirect(onward("/login/second", wanted))
    return enter(opened, wanted)


async def login_page(form: LoginForm | PasskeyForm, wanted: str | None) -> str:
    """The log-in; what a passkey did wrong is said where a wrong password is."""
    both = form if isinstance(form, LoginForm) else LoginForm()
    if both is not form:
        both.form_errors.extend(form.faults)
    return await render(
        "accounts/login.html",
        form=both,
        wanted=wanted,
        origin=service.passkey_origin(),
        suggests=both is form,
    )


def enter(opened: service.Opened, wanted: str | None) -> ResponseReturnValue:
    """Sign this browser in and go on."""
    browser.sign_in(opened)
    return redirect(wanted or _home(opened.kind))


def onward(path: str, wanted: str | None) -> str:
    """A path that remembers where the reader wanted to go."""
    return f"{path}?{urlencode({'next': wanted})}" if wanted else path


@door.post("/logout", who=PUBLIC, limit=READ)
async def logout() -> ResponseReturnValue:
    """End this browser's session; there being none any more is no fault."""
    token = session_token()
    if token:
        await service.close(token)
    forget_session()
    return redirect("/")


def wanted_path(given: str | None) -> str | None:
    """Where to go after logging in: a path of this site, and none that leads in a circle."""
    path = local(given, "")
    return None if path.partition("?")[0] in {"", "/login", "/logout", "/join"} else path


def _home(kind: str) -> str:
    return "/desk" if kind == rules.OFFICIAL else "/"
