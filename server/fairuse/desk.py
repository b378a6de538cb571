"""The desk of fair use: numbers to register at the provider, and who wants nothing.

Every page that shows somebody's number writes an access row.
"""

from datetime import date, datetime

from quart.typing import ResponseReturnValue

from server.accounts import service as accounts
from server.core import audit, clock
from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import (
    KB,
    Conflict,
    Door,
    Limit,
    NotFound,
    Problem,
    TooMany,
    actor,
    number,
    redirect,
    render,
    role,
)
from server.core.web.flashes import flash
from server.fairuse import rules, senders, suppressing
from server.fairuse.forms import CheckForm, LookUpForm, ReasonForm
from server.fairuse.suppressing import Refusal
from server.ordinance import service as ordinance

door = Door("fairuse_desk")

READ = Limit(240, "minute")
ACT = Limit(60, "minute")
SENDERS = "/desk/senders"
OPT_OUTS = "/desk/opt-outs"
REGISTRARS = role("complaints", "informatics", "admin")
KEEPERS = role("complaints", "privacy", "admin")
SHOWN = 50


def me() -> int:
    """The account of the official at the desk."""
    account_id = actor().account_id
    assert account_id is not None, "every route here is for officials"
    return account_id


def _open() -> None:
    """Raise Closed where nobody sends SMS and fax."""
    rules.fair_use(ordinance.profile(clock.today()))


# Sender numbers


@door.get(SENDERS, who=REGISTRARS, limit=READ)
async def list_of_senders() -> ResponseReturnValue:
    """What waits to be registered, and what is."""
    return await _senders_page()


@door.post(f"{SENDERS}/<int:sender_id>/register", who=REGISTRARS, limit=ACT, body_max=16 * KB)
async def register(sender_id: int) -> ResponseReturnValue:
    """The number is registered at the provider."""
    form = await Form.read()
    await senders.register(sender_id, me(), form.claim)
    flash(N_("등록한 번호로 적었습니다. 주민에게 알렸습니다."))
    return redirect(SENDERS)


@door.post(f"{SENDERS}/<int:sender_id>/refuse", who=REGISTRARS, limit=ACT, body_max=16 * KB)
async def refuse(sender_id: int) -> ResponseReturnValue:
    """The number cannot be registered, or not any longer."""
    form = await ReasonForm.read()
    if not form.validate():
        return await _senders_page(sender_id, form), 422
    try:
        await senders.refuse(sender_id, form.reason.data, me(), form.claim)
    except (NotFound, Conflict):
        raise
    except Problem as problem:
        form.complain(problem)
        return await _senders_page(sender_id, form), problem.status
    flash(N_("등록하지 않는 것으로 적었습니다. 주민에게 까닭을 알렸습니다."))
    return redirect(SENDERS)


@door.get(f"{SENDERS}/check", who=REGISTRARS, limit=READ)
async def check_form() -> ResponseReturnValue:
    """What stands on the identity card and on the carrier's certificate."""
    _open()
    return await render("fairuse/desk/check.html", form=CheckForm())


@door.post(f"{SENDERS}/check", who=REGISTRARS, limit=ACT, body_max=16 * KB)
async def check() -> ResponseReturnValue:
    """A number that was checked at the desk."""
    form = await CheckForm.read()
    status, headers = 422, {}
    born = _born(form)
    if born is not None:
        try:
            await senders.prove_at_desk(
                me(), form.who.data, form.name.data, born, form.number.data, form.claim
            )
        except Problem as problem:
            form.complain(problem)
            status = problem.status
            headers = {"Retry-After": str(problem.wait)} if isinstance(problem, TooMany) else {}
        else:
            flash(N_("창구에서 확인한 번호로 적었습니다. 통신사에 등록해 주세요."))
            return redirect(SENDERS)
    return await render("fairuse/desk/check.html", form=form), status, headers


def _born(form: CheckForm) -> date | None:
    """The date of birth of a form that is in order; None where the form has to come back."""
    fine = form.validate()
    digits = "".join(each for each in form.birth_date.data or "" if each.isdigit())
    try:
        born = datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        if not form.birth_date.errors:
            fault = N_("생년월일을 1990-01-05처럼 적어 주세요.")
            form.complain(Problem("fairuse.birth_date", fault, 422, "birth_date"))
        return None
    return born if fine else None


async def _senders_page(refused_id: int | None = None, form: ReasonForm | None = None) -> str:
    _open()
    waiting = await senders.waiting()
    registered = await senders.registered(SHOWN + 1, number("before"))
    shown = [*waiting, *registered[:SHOWN]]
    for one in shown:
        await audit.accessed(me(), one.account_id, SENDERS)
    return await render(
        "fairuse/desk/senders.html",
        waiting=waiting,
        registered=registered[:SHOWN],
        older=registered[SHOWN - 1].id if len(registered) > SHOWN else None,
        names=await accounts.display_names(one.account_id for one in shown),
        reasons={one.id: form if form and one.id == refused_id else ReasonForm() for one in shown},
        refused=form,
    )


# Who wants nothing


@door.get(OPT_OUTS, who=KEEPERS, limit=READ)
async def opt_outs() -> ResponseReturnValue:
    """A number, to be looked up: the list itself cannot be read."""
    _open()
    return await _opt_outs_page(LookUpForm())


@door.post(OPT_OUTS, who=KEEPERS, limit=ACT, body_max=16 * KB)
async def look_up() -> ResponseReturnValue:
    """Whether that number wants nothing."""
    _open()
    form = await LookUpForm.read()
    if not form.validate():
        return await _opt_outs_page(form), 422
    try:
        found = await suppressing.looked_up(form.number.data, me())
    except Problem as problem:
        form.complain(problem)
        return await _opt_outs_page(form), problem.status
    return await _opt_outs_page(form, asked=True, found=found)


@door.post(f"{OPT_OUTS}/add", who=KEEPERS, limit=ACT, body_max=16 * KB)
async def add() -> ResponseReturnValue:
    """Its holder told the desk that he wants nothing."""
    form = await LookUpForm.read()
    if not form.validate():
        return await _opt_outs_page(form), 422
    try:
        await suppressing.add(form.number.data, me(), form.claim)
    except Problem as problem:
        form.complain(problem)
        return await _opt_outs_page(form), problem.status
    flash(N_("수신거부로 적었습니다."))
    return redirect(OPT_OUTS)


@door.post(f"{OPT_OUTS}/<int:refusal_id>/remove", who=KEEPERS, limit=ACT, body_max=16 * KB)
async def remove(refusal_id: int) -> ResponseReturnValue:
    """Strike a number off, saying why."""
    form = await ReasonForm.read()
    status = 422
    if form.validate():
        try:
            await suppressing.remove(refusal_id, form.reason.data, me(), form.claim)
        except (NotFound, Conflict):
            raise
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("수신거부 목록에서 뺐습니다."))
            return redirect(OPT_OUTS)
    found = await suppressing.refusal(refusal_id)
    return await _opt_outs_page(LookUpForm(), asked=True, found=found, reason=form), status


async def _opt_outs_page(
    form: LookUpForm,
    *,
    asked: bool = False,
    found: Refusal | None = None,
    reason: ReasonForm | None = None,
) -> str:
    return await render(
        "fairuse/desk/opt_outs.html",
        form=form,
        asked=asked,
        found=found,
        reason=reason or ReasonForm(),
    )
