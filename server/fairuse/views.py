"""One's own sender number, and opting out without an account (Y15-4, Network Act 50)."""

from uuid import UUID

from quart.typing import ResponseReturnValue

from server.accounts import service as accounts
from server.core import clock
from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import (
    KB,
    PUBLIC,
    VERIFIED,
    Door,
    Limit,
    NotFound,
    Problem,
    actor,
    redirect,
    render,
)
from server.core.web.flashes import flash
from server.fairuse import codes, rules, senders, suppressing
from server.fairuse.forms import CodeForm, NumberForm, OptOutForm
from server.ordinance import service as ordinance

door = Door("fairuse")

READ = Limit(240, "minute")
WRITE = Limit(60, "minute")
ASK = Limit(10, "hour")
TRY = Limit(60, "hour")
SENDER = "/me/settings/sender"
OUT = "/messages/opt-out"


def me() -> int:
    """The account of the signed-in reader."""
    account_id = actor().account_id
    assert account_id is not None, "every route that asks is for the signed in"
    return account_id


# One's own number to send under


@door.get(SENDER, who=VERIFIED, limit=READ)
async def sender() -> ResponseReturnValue:
    """Under which number one's messages go out, and how one's own becomes it."""
    contact = await accounts.contact_of(me())
    return await _sender_page(NumberForm(data={"number": contact.phone or ""}), CodeForm())


@door.post(SENDER, who=VERIFIED, limit=ASK, body_max=16 * KB)
async def ask() -> ResponseReturnValue:
    """Have a code sent to a number of one's own."""
    form = await NumberForm.read()
    if not form.validate():
        return await _sender_page(form, CodeForm()), 422
    try:
        await senders.ask(me(), form.number.data, form.claim)
    except Problem as problem:
        form.complain(problem)
        return await _sender_page(form, CodeForm()), problem.status
    flash(N_("그 번호로 확인번호를 보냈습니다."))
    return redirect(SENDER)


@door.post(f"{SENDER}/code", who=VERIFIED, limit=TRY, body_max=16 * KB)
async def prove() -> ResponseReturnValue:
    """Type the code: the number is one's own."""
    form = await CodeForm.read()
    status = 422
    if form.validate():
        try:
            await senders.prove(me(), form.code.data, form.claim)
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("내 번호로 확인했습니다. 통신사에 등록하면 알려 드립니다."))
            return redirect(SENDER)
    return await _sender_page(NumberForm(), form), status


@door.post(f"{SENDER}/choose/<which>", who=VERIFIED, limit=WRITE, body_max=16 * KB)
async def choose(which: str) -> ResponseReturnValue:
    """Send under one's own number, or under the district's."""
    if which not in {"own", "district"}:
        raise NotFound
    form = await Form.read()
    await senders.choose(me(), own=which == "own", claim=form.claim)
    flash(N_("보내는 번호를 바꾸었습니다."))
    return redirect(SENDER)


@door.post(f"{SENDER}/end", who=VERIFIED, limit=WRITE, body_max=16 * KB)
async def give_up() -> ResponseReturnValue:
    """Have one's own number forgotten."""
    form = await Form.read()
    await senders.give_up(me(), form.claim)
    flash(N_("내 번호를 지웠습니다. 이제 구청 번호로 보냅니다."))
    return redirect(SENDER)


async def _sender_page(form: NumberForm, code: CodeForm) -> str:
    return await render(
        "fairuse/sender.html",
        form=form,
        code=code,
        waiting=await codes.waiting_of(me()),
        own=await senders.of_account(me()),
        sms=await senders.sender_of(me(), "sms"),
        fax=await senders.sender_of(me(), "fax"),
    )


# Opting out


@door.get(OUT, who=PUBLIC, limit=READ)
async def opt_out_form() -> ResponseReturnValue:
    """The number that wants nothing any more."""
    return await _opt_out_page(OptOutForm())


@door.post(OUT, who=PUBLIC, limit=ASK, body_max=16 * KB)
async def opt_out() -> ResponseReturnValue:
    """Have a code sent there, so that nobody opts out somebody else."""
    form = await OptOutForm.read()
    if not form.validate():
        return await _opt_out_page(form), 422
    purpose: codes.Purpose = "opt_in" if form.wish.data == "opt_in" else "opt_out"
    try:
        by: codes.By = "fax" if form.by.data == "fax" else "sms"
        number = rules.reachable_number(form.number.data, by)
        code_id = await codes.issue(purpose, number, claim=form.claim, by=by)
    except Problem as problem:
        form.complain(problem)
        return await _opt_out_page(form), problem.status
    return redirect(f"{OUT}/{code_id}")


@door.get(f"{OUT}/<uuid:code_id>", who=PUBLIC, limit=READ)
async def opt_out_code(code_id: UUID) -> ResponseReturnValue:
    """The code that came, to be typed."""
    return await _code_page(code_id, CodeForm())


@door.post(f"{OUT}/<uuid:code_id>", who=PUBLIC, limit=TRY, body_max=16 * KB)
async def opted_out(code_id: UUID) -> ResponseReturnValue:
    """Nothing is sent there any more, or something again."""
    form = await CodeForm.read()
    status = 422
    if form.validate():
        try:
            purpose = await suppressing.decide_by_code(code_id, form.code.data, form.claim)
        except NotFound:
            raise
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(OUT_AGAIN if purpose == "opt_in" else OUT_DONE)
            return redirect(OUT)
    return await _code_page(code_id, form), status


OUT_DONE = N_("이제 그 번호로는 주민이 보내는 문자와 팩스, 광고를 보내지 않습니다.")
OUT_AGAIN = N_("이제 그 번호로 다시 문자와 팩스를 보낼 수 있습니다.")


async def _opt_out_page(form: OptOutForm) -> str:
    fair = rules.fair_use(ordinance.profile(clock.today()))
    return await render("fairuse/opt_out.html", form=form, word=fair.opt_out_words[0])


async def _code_page(code_id: UUID, form: CodeForm) -> str:
    return await render(
        "fairuse/opt_out_code.html", form=form, waiting=await codes.waiting(code_id)
    )
