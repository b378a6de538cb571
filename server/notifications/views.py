"""The inbox, and the addresses where a browser keeps its push subscription (Y16)."""

from quart import Response, jsonify, request
from quart.typing import ResponseReturnValue
from werkzeug.wrappers import Response as WerkzeugResponse

from server.accounts import service as accounts
from server.core import i18n
from server.core.i18n import N_
from server.core.web import (
    PUBLIC,
    SIGNED_IN,
    Door,
    Limit,
    NotFound,
    Permission,
    Problem,
    actor,
    ahead,
    follow,
    redirect,
    render,
)
from server.core.web.flashes import flash
from server.core.web.pages import number
from server.notifications import devices, ladder, rules, service
from server.notifications.forms import OtherwiseForm, subscription
from server.notifications.kinds.kind import OPEN

door = Door("notifications")
PAGE = 30
RESIDENT = Permission("resident", lambda reader: reader.kind == "resident")


@door.get("/me/notifications", who=SIGNED_IN, limit=Limit(120, "minute"))
async def inbox() -> str:
    """The newest first, thirty a page."""
    reader = actor()
    assert reader.account_id is not None
    await follow(said=N_("알림 목록이 바뀌었어요."))
    before = number("before")
    items = await service.inbox(reader.account_id, i18n.locale(), before=before, limit=PAGE + 1)
    return await render(
        "notifications/inbox.html",
        items=items[:PAGE],
        older=items[PAGE - 1].id if len(items) > PAGE else None,
        first=before is None,
        devices=await service.devices(reader.account_id),
        topics=_topics(official=reader.official),
        silenced=await service.silenced(reader.account_id),
    )


def _topics(*, official: bool) -> dict[str, str]:
    """What this reader may have pushed, in words."""
    words = {
        name: topic.words_official if official else topic.words
        for name, topic in rules.TOPICS.items()
    }
    return {name: i18n.gettext(said) for name, said in words.items() if said is not None}


@door.post("/me/notifications/topics", who=SIGNED_IN, limit=Limit(60, "hour"))
async def choose() -> WerkzeugResponse:
    """What is pushed and what only stands in the inbox."""
    reader = actor()
    assert reader.account_id is not None
    wanted = (await request.form).getlist("topic")
    await service.choose(reader.account_id, _topics(official=reader.official).keys() - set(wanted))
    flash(N_("알림으로 받을 것을 바꾸었습니다."))
    return redirect("/me/notifications")


@door.get("/me/notifications/otherwise", who=RESIDENT, limit=Limit(120, "minute"))
async def otherwise() -> ResponseReturnValue:
    """How a step is told whose push did not reach, as it is chosen."""
    reader = actor()
    assert reader.account_id is not None
    chosen = await service.choice(reader.account_id)
    return await _otherwise_page(OtherwiseForm(data={"way": chosen.way, "fax": chosen.fax}))


@door.post("/me/notifications/otherwise", who=RESIDENT, limit=Limit(60, "hour"))
async def choose_otherwise() -> ResponseReturnValue:
    """Choose it."""
    reader = actor()
    assert reader.account_id is not None
    form = await OtherwiseForm.read()
    if not form.validate():
        return await _otherwise_page(form), 422
    try:
        await service.choose_ladder(
            reader.account_id, form.way.data, form.fax.data or "", claim=form.claim
        )
    except Problem as problem:
        form.complain(problem)
        return await _otherwise_page(form), problem.status
    flash(N_("알림을 못 받았을 때 알려 드릴 방법을 바꾸었습니다."))
    return redirect("/me/notifications")


async def _otherwise_page(form: OtherwiseForm) -> str:
    reader = actor()
    assert reader.account_id is not None
    return await render(
        "notifications/otherwise.html",
        form=form,
        own=await accounts.own_account(reader.account_id),
        hours=int(ladder.patience().unopened.total_seconds() // 3600),
    )


@door.get("/me/notifications/<int:id>", who=SIGNED_IN, limit=Limit(120, "minute"))
async def opened(id: int) -> WerkzeugResponse:  # noqa: A002 - the address calls it id
    """Where the push and the inbox lead: marked as read, and on to what it is about."""
    reader = actor()
    assert reader.account_id is not None
    act = request.args.get("act", OPEN)
    link = await service.opened(reader.account_id, id, act=act, looked_at=not ahead())
    if link is None:
        raise NotFound
    return redirect(link)


@door.post("/me/notifications/read", who=SIGNED_IN, limit=Limit(60, "minute"))
async def read_all() -> WerkzeugResponse:
    """Mark all as read."""
    reader = actor()
    assert reader.account_id is not None
    await service.read_all(reader.account_id)
    return redirect("/me/notifications")


@door.post("/me/notifications/devices/off", who=SIGNED_IN, limit=Limit(20, "hour"))
async def devices_off() -> WerkzeugResponse:
    """Stop the pushes to every device of the account: a lost phone, or no script here."""
    reader = actor()
    assert reader.account_id is not None
    await service.forget_devices(reader.account_id)
    flash(N_("모든 기기의 알림을 껐습니다."))
    return redirect("/me/notifications")


@door.get("/push/key", who=PUBLIC, limit=Limit(120, "minute"))
async def key() -> Response:
    """The public key (VAPID) that a browser subscribes with."""
    return jsonify(key=devices.public_key())


@door.post("/push/subscriptions", who=SIGNED_IN, limit=Limit(60, "hour"), body_max=16 * 1024)
async def subscribe() -> tuple[Response, int]:
    """Keep this browser's subscription; the same one again is renewed."""
    reader = actor()
    assert reader.account_id is not None
    assert reader.session_id is not None
    given = await subscription(with_keys=True)
    devices.check(given.endpoint, given.p256dh, given.auth)
    if given.replaces is not None:
        await service.unsubscribe(reader.account_id, given.replaces)
    await service.subscribe(
        reader.account_id, reader.session_id, given.endpoint, given.p256dh, given.auth
    )
    return jsonify(ok=True), 201


@door.delete("/push/subscriptions", who=SIGNED_IN, limit=Limit(60, "hour"))
async def unsubscribe() -> tuple[Response, int]:
    """Forget this browser's subscription."""
    reader = actor()
    assert reader.account_id is not None
    given = await subscription(with_keys=False)
    await service.unsubscribe(reader.account_id, given.endpoint)
    return jsonify(ok=True), 200
