"""What the worker does for fair use that only messages can: one-time codes, news, what is heard."""

import json
from typing import Final
from uuid import UUID

from gateways.encode import numbers
from server.core import crypto
from server.core.jobs import Dead, Handler, Job
from server.core.web import Closed
from server.fairuse import service as fairuse
from server.messages import office
from server.messages.fair import inbound
from server.notifications import service as notifications


async def send_code(job: Job) -> None:
    """Send a one-time code at the office's cost, unless nobody can type it any more."""
    sealed = bytes.fromhex(job.payload["letter"])
    letter = json.loads(crypto.unseal(sealed, fairuse.CODE))
    order = UUID(job.payload["order"])
    if await fairuse.codes_over({order}):
        return
    send = office.fax_for_office if letter.get("by", "sms") == "fax" else office.send_for_office
    try:
        await send(order, numbers.parse(letter["to"]), letter["text"], f"code:{order}")
    except Closed:
        raise Dead("this municipality sends no SMS") from None


async def sender_decided(job: Job) -> None:
    """An official has registered a resident's number, or refused it: its owner is told."""
    kind = f"sender.{job.payload['state']}"
    await notifications.tell([job.payload["account"]], kind, "/me/settings/sender", {})


async def heard(job: Job) -> None:
    """An SMS that somebody sent to the office: it opts out, or says nothing to us."""
    said = inbound.opened(job)
    await fairuse.heard(said.number, said.text)


TOPICS: Final[dict[str, list[Handler]]] = {
    fairuse.CODE: [send_code],
    fairuse.SENDER_DECIDED: [sender_decided],
    inbound.HEARD: [heard],
}
