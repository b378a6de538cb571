"""/pay: how a fee is paid, for whoever pays it (Y11-3, O9-2). Nothing personal stands there: the
reference may be handed to somebody else who pays."""

from quart import request
from quart.typing import ResponseReturnValue

from server.core import i18n
from server.core.i18n import N_
from server.core.web import PUBLIC, Door, Limit, NotFound, actor, redirect, render
from server.payments import charging, rules
from server.payments.forms import FindForm

door = Door("payments")

READ = Limit(60, "minute")


@door.get("/pay", who=PUBLIC, limit=READ)
async def find() -> ResponseReturnValue:
    """Asks for the reference, or leads to its page."""
    text = request.args.get("reference", "").strip()[:40]
    form = FindForm(data={"reference": text})
    if not text:
        return await render("payments/find.html", form=form)
    charge = await charging.by_reference(text)
    if charge is None:
        form.reference.errors = [
            i18n.gettext(N_("그런 납부번호가 없습니다. 일곱 자리를 다시 확인해 주세요."))
        ]
        return await render("payments/find.html", form=form), 404
    return redirect(charge.address)


@door.get("/pay/<reference>", who=PUBLIC, limit=READ)
async def page(reference: str) -> ResponseReturnValue:
    """How much, to which account, with what words, until when; and whether it has come."""
    charge = await charging.by_reference(reference)
    if charge is None:
        raise NotFound
    if charge.reference != reference:
        return redirect(charge.address)
    own = charge.account_id is not None and charge.account_id == actor().account_id
    words, tone = rules.STATES[charge.state]
    return await render(
        "payments/pay.html", charge=charge, own=own, state=i18n.gettext(words), tone=tone
    )
