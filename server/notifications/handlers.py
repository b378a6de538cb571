"""What the worker does for notifications: push to a device, tell by other ways who was not reached,
forget devices that signed out."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from gateways import push
from server import config
from server.core import db
from server.core.outbox import Dead, Handler, Job, Retry
from server.notifications import devices, payload, service

TTL: Final = timedelta(days=3)
"""How long a push service keeps a push for a phone that is off; the inbox keeps it anyway."""

ATTEMPTS_MAX: Final = 8


async def send_push(job: Job) -> None:
    """One push to one device. At most one notification a device: the tag is the row's own.

    A notification read meanwhile, or a device gone, needs no push any more.
    """
    db.assert_no_transaction()
    letter = await service.letter(job.payload["notification"], job.payload["subscription"])
    if letter is None:
        return
    try:
        outcome = await devices.pusher().send(
            push.Subscription(letter.endpoint, letter.p256dh, letter.auth),
            payload.declared(letter, config.settings().public_url),
            ttl=TTL,
            urgency=push.Urgency.HIGH if letter.urgent else push.Urgency.NORMAL,
            topic=letter.tag,
        )
    except push.BadSubscription:
        outcome = push.Gone()  # kept under older rules; it may not be called any more
    await _heed(outcome, job)


async def _heed(outcome: push.Outcome, job: Job) -> None:
    match outcome:
        case push.Gone():
            await service.forget_device(job.payload["subscription"])
        case push.RetryAfter(after=after, reason=reason):
            if job.attempt >= ATTEMPTS_MAX:
                raise Dead(f"push service: {reason}")
            raise Retry(after)
        case push.Failed(reason=reason):
            raise Dead(f"push service: {reason}")
        case push.TooBig():
            raise Dead("push service: too big")
        case push.Delivered():
            if await service.is_watched(job.payload["notification"]):
                await service.handed(job.payload["notification"])


async def climb(job: Job) -> None:
    """Look after a notice whose reader wants to hear otherwise where the push does not reach."""
    again = await service.climb(job.payload["reach"])
    if again is not None:
        raise Retry(again)


async def text_ended(job: Job) -> None:
    """A text of the office's own arrived, or did not."""
    order, arrived = UUID(job.payload["message"]), job.payload["arrived"]
    await service.text_ended(order, arrived=arrived)


async def signed_out(job: Job) -> None:
    """A browser was signed out: it is told nothing more."""
    account_id = job.payload["account_id"]
    if "session_id" in job.payload:
        await service.forget_session(job.payload["session_id"])
    else:
        await service.forget_devices(account_id, but_session=job.payload.get("kept", 0))


async def verified(job: Job) -> None:
    """An account was verified: its phone says so, also where a desk's screen showed it first."""
    await service.tell([job.payload["account_id"]], "account.verified", "/me/verify", {})


async def code_issued(job: Job) -> None:
    """The desk gave out a code: the notice opens the page where it is typed."""
    await service.tell([job.payload["account_id"]], "account.code_issued", "/me/verify", {})


async def password_reset(job: Job) -> None:
    """The desk gave out a temporary password: whoever did not ask for it has to hear of it."""
    await service.tell([job.payload["account_id"]], "account.password_reset", "/me/password", {})


async def factor_changed(job: Job) -> None:
    """A passkey, a code or an app came or went: whoever did not do it has to hear of it."""
    what = job.payload["what"]
    page = "/me/settings/passkeys" if what.startswith("passkey") else "/me/settings/second"
    await service.tell([job.payload["account_id"]], f"account.{what}", page, {})


async def withdrawn(job: Job) -> None:
    """An account was closed by its resident: devices and inbox go."""
    await service.forget_account(job.payload["account_id"])


TOPICS: dict[str, list[Handler]] = {
    service.PUSH: [send_push],
    service.CLIMB: [climb],
    "messages.office_ended": [text_ended],
    "accounts.signed_out": [signed_out],
    "accounts.verified": [verified],
    "accounts.code_issued": [code_issued],
    "accounts.password_reset": [password_reset],
    "accounts.factor_changed": [factor_changed],
    "accounts.withdrawn": [withdrawn],
}
