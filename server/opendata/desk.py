"""/desk/api-keys: keys of partners, for the informatics department (Y3-3)."""

from typing import TYPE_CHECKING, Final

from server.core.i18n import N_
from server.core.web import Door, Limit, Problem, actor, redirect, render, role
from server.core.web.flashes import flash
from server.opendata import keys
from server.opendata.forms import KeyForm, RevokeForm

if TYPE_CHECKING:
    from quart.typing import ResponseReturnValue

door = Door("desk_api_keys")

WHO: Final = role("informatics", "admin")
PER_HOUR: Final = 60


@door.get("/desk/api-keys", who=WHO, limit=Limit(240, "minute"))
async def api_keys() -> "ResponseReturnValue":
    """The keys, and a form for a new one."""
    return await _page(KeyForm(data={"per_hour": PER_HOUR, "scopes": [keys.FILE]}))


@door.post("/desk/api-keys", who=WHO, limit=Limit(60, "hour"))
async def issue() -> "ResponseReturnValue":
    """Issue a key; its secret is on this one page only."""
    form = await KeyForm.read()
    if not form.validate():
        return await _page(form), 422
    try:
        secret = await keys.issue(
            _me(), form.name.data, form.scopes.data, form.per_hour.data, claim=form.claim
        )
    except Problem as problem:
        form.complain(problem)
        return await _page(form), problem.status
    if secret is None:
        flash(N_("이미 만든 키입니다. 키는 만들 때 한 번만 보입니다."))
        return redirect("/desk/api-keys")
    return await render("opendata/desk/key.html", secret=secret, name=form.name.data)


@door.post("/desk/api-keys/<int:key_id>/revoke", who=WHO, limit=Limit(60, "hour"))
async def revoke(key_id: int) -> "ResponseReturnValue":
    """End a key at once."""
    form = await RevokeForm.read()
    await keys.revoke(_me(), key_id, claim=form.claim)
    flash(N_("키를 막았습니다. 지금부터 쓸 수 없습니다."))
    return redirect("/desk/api-keys")


async def _page(form: KeyForm) -> str:
    return await render(
        "opendata/desk/keys.html", form=form, keys=await keys.every(), scopes=keys.SCOPES
    )


def _me() -> int:
    account_id = actor().account_id
    assert account_id is not None, "every route here is for officials"
    return account_id
