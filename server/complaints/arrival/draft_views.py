"""What the phone keeps of complaints that are not filed yet, and photos from other apps (Y16).

Drafts are on the phone alone: the office gives the page, and learns of them when they are sent.
"""

from quart import Response, g, jsonify, request
from quart.typing import ResponseReturnValue

from server.catalogue import service as catalogue
from server.complaints import rules
from server.complaints.arrival.forms import FilingForm, StrangerForm, WithPhotos
from server.complaints.field.forms import VisitForm
from server.complaints.handling.forms import MoreTimeForm
from server.complaints.redress.forms import CorrectionForm, RatingForm
from server.complaints.showing import pages
from server.core.web import MB, PUBLIC, Door, Limit, actor, actor_key, redirect, render
from server.core.web.csrf import foreign
from server.core.web.permissions import ANONYMOUS
from server.core.web.problems import TokenMissing

door = Door("drafts")


@door.get("/me/drafts", who=PUBLIC, limit=Limit(240, "minute"))
async def drafts() -> str:
    """The page that the phone fills; with `?shell` as of nobody, for the worker to keep."""
    of_nobody = "shell" in request.args
    if of_nobody:
        g.actor = ANONYMOUS
    form = FilingForm()
    form.offer(await catalogue.topics())
    return await render(
        "complaints/drafts.html",
        form=form,
        correction=CorrectionForm(),
        rating=RatingForm(),
        more_time=MoreTimeForm(),
        visit=VisitForm(),
        staged=[],
        photos_max=rules.PHOTOS_MAX,
        of_nobody=of_nobody,
    )


@door.post("/complaints/photos", who=PUBLIC, limit=Limit(60, "hour"), body_max=80 * MB)
async def keep_photos() -> tuple[Response, int]:
    """Keep photos for a form that is still on its page, so that their way can be seen: what they
    are named by, or what is wrong with them."""
    form = await WithPhotos.read()
    staged, faults = await pages.stage_photos(actor_key(), form)
    status = max((fault.status for fault in faults), default=200)
    said = [fault.text() for fault in faults]
    left = pages.places_left(faults, len(form.new_photos))
    return jsonify(kept=[str(key) for key in staged], faults=said, left=left), status


@door.post(
    "/complaints/share",
    who=PUBLIC,
    limit=Limit(60, "hour"),
    body_max=80 * MB,
    csrf="the phone's own share sheet carries no token, and nothing is filed before a form is sent",
)
async def share() -> ResponseReturnValue:
    """Photos and words from another app begin a complaint, where no worker has taken them."""
    if foreign():
        raise TokenMissing
    if actor().official:
        return redirect("/desk")
    form = await (FilingForm if actor().signed_in else StrangerForm).read()
    form.public.data = True
    staged, faults = await pages.stage_photos(actor_key(), form)
    for fault in faults:
        form.complain(fault)
    status = 200 if staged and not faults else 422
    return await pages.filing(form, staged), status
