"""A complaint without an account: opened by number and password, closed again (Y12-2)."""

from quart import request
from quart.typing import ResponseReturnValue

from server.complaints.arrival import guests
from server.complaints.arrival.forms import UnlockForm
from server.core import ids
from server.core.i18n import N_
from server.core.web import (
    KB,
    PUBLIC,
    Door,
    Limit,
    Problem,
    TooMany,
    client,
    close_case,
    open_case,
    redirect,
    render,
)
from server.core.web.flashes import flash

door = Door("complaints_guests")

READ = Limit(240, "minute")
TRY = Limit(60, "hour")
OPEN_SECONDS = int(guests.OPEN_FOR.total_seconds())


@door.get("/complaints/find", who=PUBLIC, limit=READ)
async def find_form() -> ResponseReturnValue:
    """Number and password, to be typed."""
    return await _page(UnlockForm(number=""))


@door.get("/complaints/<number>/unlock", who=PUBLIC, limit=READ)
async def unlock_form(number: str) -> ResponseReturnValue:
    """The same with the number filled in, whether there is such a complaint or not."""
    return await _page(UnlockForm(number=ids.parse_receipt(number) or number[:40]))


@door.post("/complaints/find", who=PUBLIC, limit=TRY, body_max=16 * KB)
async def unlock() -> ResponseReturnValue:
    """Open the case. A wrong number and a wrong password look and take alike."""
    return await _unlocked()


@door.post("/complaints/<number>/unlock", who=PUBLIC, limit=TRY, body_max=16 * KB)
async def unlock_one(number: str) -> ResponseReturnValue:
    """The same from the address of the case."""
    del number  # the form says it, where it can be mended
    return await _unlocked()


@door.post("/complaints/close", who=PUBLIC, limit=READ, body_max=16 * KB)
async def close() -> ResponseReturnValue:
    """Close the case on this device."""
    await request.form
    close_case()
    flash(N_("민원을 닫았습니다. 접수번호와 비밀번호로 다시 열 수 있습니다."))
    return redirect("/complaints")


async def _unlocked() -> ResponseReturnValue:
    form = await UnlockForm.read()
    if not form.validate():
        return await _page(form), 422
    number = form.number.data or ""
    try:
        cookie = await guests.unlock(number, form.password.data or "", client=client())
    except Problem as problem:
        form.complain(problem)
        wait = {"Retry-After": str(problem.wait)} if isinstance(problem, TooMany) else {}
        return await _page(form), problem.status, wait
    open_case(cookie, OPEN_SECONDS)
    return redirect(f"/complaints/{ids.parse_receipt(number)}")


async def _page(form: UnlockForm) -> str:
    return await render("complaints/unlock.html", form=form)
