"""'Me too', and what a resident follows: topics and places (Y12-1, Y16)."""

from quart import request
from quart.typing import ResponseReturnValue

from server.catalogue import service as catalogue
from server.complaints import rules, service
from server.complaints.arrival.forms import ConfirmForm, FollowForm
from server.complaints.following import follows
from server.complaints.rules import Place
from server.complaints.showing.pages import STAGE_TONES, known_number
from server.core.i18n import N_
from server.core.web import (
    SIGNED_IN,
    Door,
    Forbidden,
    Limit,
    NotFound,
    Problem,
    actor,
    redirect,
    render,
)
from server.core.web.flashes import flash

door = Door("complaints_following")

READ = Limit(240, "minute")
ACT = Limit(120, "hour")


@door.get("/complaints/<number>/me-too", who=SIGNED_IN, limit=READ)
async def me_too_form(number: str) -> ResponseReturnValue:
    """Says what following a complaint means."""
    _resident()
    found = await service.read(known_number(number), actor())
    if found.reader != "public":
        return redirect(f"/complaints/{found.number}")
    mine = await follows.has(found.number, actor().account_id)
    return await render("complaints/me_too.html", c=found, following=mine)


@door.post("/complaints/<number>/me-too", who=SIGNED_IN, limit=ACT)
async def me_too(number: str) -> ResponseReturnValue:
    """나도 겪어요: counted and told, no filing."""
    form = await ConfirmForm.read()
    known = known_number(number)
    if (await request.form).get("stop") == "y":
        await follows.not_me_too(known, _resident(), claim=form.claim)
        flash(N_("이 민원의 소식을 더 보내지 않습니다."))
    else:
        await follows.me_too(known, _resident(), claim=form.claim)
        flash(N_("함께 겪는 민원으로 담았습니다. 처리 소식을 알려 드릴게요."))
    return redirect(f"/complaints/{known}")


@door.get("/me/follows", who=SIGNED_IN, limit=READ)
async def followed() -> ResponseReturnValue:
    """What is followed, what is new there, and room for more; `?near=` a public complaint."""
    form = FollowForm()
    near = request.args.get("near")
    if near:
        await _fill(form, near)
    return await _page(form)


@door.post("/me/follows", who=SIGNED_IN, limit=ACT)
async def follow() -> ResponseReturnValue:
    """Follow a topic or a place."""
    account_id = _resident()
    form = await FollowForm.read()
    form.offer(await catalogue.topics())
    fine, status = form.validate(), 422
    if fine:
        try:
            place = form.what.data == "place"
            await follows.follow(
                account_id,
                topic="" if place else form.topic.data or "-",
                place=_place(form) if place else None,
                radius_m=form.radius_m,
                daily=form.often.data != "at_once",
                claim=form.claim,
            )
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("이제 이곳의 새 민원을 알려 드립니다."))
            return redirect("/me/follows")
    return await _page(form), status


@door.post("/me/follows/<int:follow_id>/end", who=SIGNED_IN, limit=ACT)
async def unfollow(follow_id: int) -> ResponseReturnValue:
    """Follow it no more."""
    form = await ConfirmForm.read()
    await follows.unfollow(_resident(), follow_id, claim=form.claim)
    flash(N_("더 알리지 않습니다."))
    return redirect("/me/follows")


def _place(form: FollowForm) -> Place:
    return Place.read(form.place.data or "", form.lat.data or "", form.lon.data or "")


async def _fill(form: FollowForm, number: str) -> None:
    """The place of a public complaint, to be followed."""
    try:
        found = await service.read(known_number(number), actor())
    except NotFound:
        return
    form.place.data = found.place.words or found.number
    if found.place.latitude is not None:
        form.lat.data, form.lon.data = str(found.place.latitude), str(found.place.longitude)


async def _page(form: FollowForm) -> str:
    account_id = _resident()
    topics = await catalogue.topics()
    form.offer(topics)
    return await render(
        "complaints/follows.html",
        form=form,
        followed=await follows.followed(account_id),
        news=await follows.news(account_id),
        me_toos=await follows.own_me_toos(account_id),
        names={each.id: each.name for each in topics},
        stages=rules.STAGES,
        tones=STAGE_TONES,
    )


def _resident() -> int:
    reader = actor()
    if reader.official or reader.account_id is None:
        raise Forbidden(
            "follow.residents_only",
            N_("담당자 계정으로는 할 수 없습니다. 주민 계정으로 로그인해 주세요."),
        )
    return reader.account_id
