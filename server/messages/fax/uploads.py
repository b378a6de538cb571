"""Files of a fax that leave before their form, so that their way can be seen (Y15-4): read when
they come, and named by the form that follows."""

from quart import Response, jsonify

from server.core.web import MB, SIGNED_IN, Door, Limit, actor
from server.messages import service
from server.messages.fax.forms import FaxForm
from server.messages.orders import ordering

door = Door("fax_uploads")


@door.post("/messages/fax/files", who=SIGNED_IN, limit=Limit(60, "hour"), body_max=80 * MB)
async def keep_files() -> tuple[Response, int]:
    """What the files are named by, or what is wrong with them."""
    reader = actor()
    form = await FaxForm.read()
    if reader.account_id is None or reader.person_id is None:
        raise ordering.unverified()
    taken, faults, left = await service.take_files(reader.account_id, form.chosen)
    status = max((fault.status for fault in faults), default=200)
    said = [fault.text() for fault in faults]
    return jsonify(kept=[str(each.id) for each in taken], faults=said, left=left), status
