"""/desk/payments: the bank's files, deposits that name nothing, and what goes back (Y11-3).

Every page that shows who paid writes one access row.
"""

from quart import request
from quart.typing import ResponseReturnValue

from server.core import audit
from server.core.i18n import N_
from server.core.phrases import say
from server.core.web import KB, MB, Door, Limit, NotFound, Problem, actor, redirect, render, role
from server.core.web.flashes import flash
from server.payments import bank_rules, charging, matching, reading, refunding, statements, undoing
from server.payments.forms import (
    AssignForm,
    ColumnsForm,
    DecideForm,
    RefundForm,
    TakeForm,
    UndoForm,
    UploadForm,
)

door = Door("payments_desk", url_prefix="/desk/payments")

READ = Limit(240, "minute")
ACT = Limit(120, "minute")
WHO = role("cashier", "complaints")
HOME = "/desk/payments"


def me() -> int:
    """The account of the official at the desk."""
    account_id = actor().account_id
    assert account_id is not None, "every route here is for officials"
    return account_id


@door.get("", who=WHO, limit=READ)
async def home() -> ResponseReturnValue:
    """What waits: a file to bring, deposits to match, refunds to confirm, charges not yet paid."""
    return await _home(UploadForm())


@door.post("/statements", who=WHO, limit=ACT, body_max=2 * MB)
async def upload() -> ResponseReturnValue:
    """Take a bank's file, and show what it would do."""
    form = await UploadForm.read()
    try:
        statement_id = await statements.upload(form.content, me(), claim=form.claim)
    except Problem as problem:
        form.complain(problem)
        return await _home(form), problem.status
    return redirect(f"{HOME}/statements/{statement_id}")


@door.get("/statements/<int:statement_id>", who=WHO, limit=READ)
async def statement(statement_id: int) -> ResponseReturnValue:
    """What booking a file would do; other columns come as `?when=0&won=3…`."""
    form = ColumnsForm(request.args)
    return await _statement(statement_id, form, bool(request.args))


@door.post("/statements/<int:statement_id>", who=WHO, limit=ACT, body_max=64 * KB)
async def book(statement_id: int) -> ResponseReturnValue:
    """Book it."""
    form = await ColumnsForm.read()
    try:
        done = await statements.book(statement_id, form.given, me(), claim=form.claim)
    except Problem as problem:
        if problem.status in (404, 409):
            raise
        form.complain(problem)
        return (await _statement(statement_id, form, False))[0], problem.status
    flash(
        N_("새 입금 %(new)s건 가운데 %(matched)s건을 맞추었습니다. %(known)s건은 이미 있었습니다."),
        new=done.new,
        matched=done.matched,
        known=done.known,
    )
    return redirect(HOME)


@door.get("/deposits/<int:deposit_id>", who=WHO, limit=READ)
async def deposit(deposit_id: int) -> ResponseReturnValue:
    """One deposit with money left: say what it is for, or send it back."""
    return await _deposit(deposit_id, AssignForm(), RefundForm())


@door.post("/deposits/<int:deposit_id>/match", who=WHO, limit=ACT, body_max=16 * KB)
async def match(deposit_id: int) -> ResponseReturnValue:
    """Say what it is for."""
    form = await AssignForm.read()
    try:
        if not form.validate():
            return await _deposit(deposit_id, form, RefundForm()), 422
        await matching.assign(deposit_id, form.reference.data, me(), claim=form.claim)
    except NotFound:
        raise
    except Problem as problem:
        form.complain(problem)
        return await _deposit(deposit_id, form, RefundForm()), problem.status
    flash(N_("입금을 맞추었습니다."))
    return redirect(HOME)


@door.post("/deposits/<int:deposit_id>/refund", who=WHO, limit=ACT, body_max=16 * KB)
async def ask_refund(deposit_id: int) -> ResponseReturnValue:
    """Ask that the rest goes back."""
    form = await RefundForm.read()
    try:
        if not form.validate():
            return await _deposit(deposit_id, AssignForm(), form), 422
        await refunding.ask(deposit_id, form.to.data.strip(), me(), claim=form.claim)
    except NotFound:
        raise
    except Problem as problem:
        form.complain(problem)
        return await _deposit(deposit_id, AssignForm(), form), problem.status
    flash(N_("환불을 올렸습니다. 다른 담당자가 확인하면 끝납니다."))
    return redirect(HOME)


@door.post("/refunds/<int:refund_id>/paid", who=WHO, limit=ACT, body_max=16 * KB)
async def refund_paid(refund_id: int) -> ResponseReturnValue:
    """A second official says that it has gone back."""
    form = await DecideForm.read()
    await refunding.decide(refund_id, True, me(), claim=form.claim)
    flash(N_("돌려드린 것으로 적었습니다."))
    return redirect(HOME)


@door.post("/refunds/<int:refund_id>/refused", who=WHO, limit=ACT, body_max=16 * KB)
async def refund_refused(refund_id: int) -> ResponseReturnValue:
    """A second official refuses: it is left with the deposit again."""
    form = await DecideForm.read()
    await refunding.decide(refund_id, False, me(), claim=form.claim)
    flash(N_("환불을 되돌렸습니다."))
    return redirect(HOME)


@door.get("/charges/<reference>", who=WHO, limit=READ)
async def charge(reference: str) -> ResponseReturnValue:
    """A charge and the deposits that were matched with it."""
    return await _charge(reference, UndoForm())


@door.post("/charges/<reference>/undo", who=WHO, limit=ACT, body_max=16 * KB)
async def undo(reference: str) -> ResponseReturnValue:
    """A deposit was matched with it by mistake: take it from it again."""
    form = await UndoForm.read()
    if not form.validate():
        return await _charge(reference, form), 422
    deposit_id, why = form.deposit.data, form.why.data
    try:
        await undoing.undo(reference, deposit_id, why, me(), claim=form.claim)
    except NotFound:
        raise
    except Problem as problem:
        form.complain(problem)
        return await _charge(reference, form), problem.status
    flash(N_("맞춘 것을 되돌렸습니다. 이 입금을 다른 신청에 맞추거나 돌려드릴 수 있습니다."))
    return redirect(f"{HOME}/deposits/{deposit_id}")


@door.get("/take", who=WHO, limit=READ)
async def take_form() -> ResponseReturnValue:
    """Confirm by hand; `?reference=` is filled in, with what is still to pay."""
    given = request.args.get("reference", "")
    charge = await charging.by_reference(given)
    data = {"reference": charge.shown, "won": charge.to_pay or None} if charge else {}
    return await render("payments/take.html", form=TakeForm(data=data))


@door.post("/take", who=WHO, limit=ACT, body_max=16 * KB)
async def take() -> ResponseReturnValue:
    """Write down money that the desk has seen."""
    form = await TakeForm.read()
    problem = None
    if form.validate():
        try:
            await matching.take(
                form.reference.data,
                form.won.data,
                form.payer.data.strip(),
                me(),
                on_account=form.how.data == "account",
                claim=form.claim,
            )
        except Problem as refused:
            problem = refused
            form.complain(refused)
        else:
            flash(N_("받은 돈을 적었습니다."))
            return redirect(HOME)
    return await render("payments/take.html", form=form), problem.status if problem else 422


async def _home(form: UploadForm) -> str:
    await audit.accessed(me(), "payments", HOME)
    return await render(
        "payments/desk.html",
        form=form,
        desk=await reading.desk(me()),
        last=await statements.last_booked(),
    )


async def _statement(statement_id: int, form: ColumnsForm, given: bool) -> tuple[str, int]:
    await audit.accessed(me(), "payments", f"{HOME}/statements")
    status, chosen = 200, form.given if given else None
    try:
        found = await statements.preview(statement_id, chosen)
    except NotFound:
        raise
    except Problem as problem:
        found, status = await statements.preview(statement_id), problem.status
        form.complain(problem)
    form.offer(found.header, found.sample, found.columns)
    faults = [(fault.line, say(fault.why)) for fault in found.faults[:50]]
    page = await render(
        "payments/statement.html",
        form=form,
        found=found,
        faults=faults,
        more_faults=len(found.faults) - len(faults),
        needed=bank_rules.NEEDED,
    )
    return page, status


async def _charge(reference: str, form: UndoForm) -> str:
    found, parts = await undoing.parts(reference)
    await audit.accessed(me(), "payments", f"{HOME}/charges")
    return await render("payments/charge.html", charge=found, parts=parts, form=form)


async def _deposit(deposit_id: int, assign: AssignForm, refund: RefundForm) -> str:
    found = await reading.left(deposit_id)
    await audit.accessed(me(), "payments", f"{HOME}/deposits")
    return await render("payments/deposit.html", found=found, assign=assign, refund=refund)
