"""Telling people: an inbox row and a push to each of their devices, in the teller's transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from server.accounts import service as accounts
from server.core import clock, db, live, outbox
from server.core.db import transactional
from server.core.i18n import gettext
from server.notifications import ladder, rules, wording
from server.notifications.kinds.kind import ACTS, OPEN
from server.notifications.ladder import (
    CLIMB,
    PUSH,
    TO_DESK,
    Climbed,
    Sent,
    choice,
    choose_ladder,
    climb,
    fax_numbers,
    follow_up,
    handed,
    is_watched,
    take_off,
    take_to_desk,
    text_ended,
)
from server.notifications.ladder_rules import STANDS, WAYS, WHY
from server.notifications.models import Notification, PushSilence, PushSubscription
from server.notifications.payload import Letter
from server.notifications.texting import tell_by_sms
from server.notifications.wording import Filling
from server.ordinance import service as ordinance

__all__ = [
    "CLIMB",
    "PUSH",
    "STANDS",
    "TO_DESK",
    "WAYS",
    "WHY",
    "Climbed",
    "Heard",
    "Letter",
    "Sent",
    "Told",
    "address",
    "choice",
    "choose",
    "choose_ladder",
    "climb",
    "devices",
    "fax_numbers",
    "fields_of",
    "follow_up",
    "forget_account",
    "forget_device",
    "forget_devices",
    "forget_session",
    "handed",
    "heard",
    "inbox",
    "is_watched",
    "leading_to",
    "letter",
    "named",
    "opened",
    "purge",
    "read_all",
    "seen",
    "silenced",
    "subscribe",
    "take_off",
    "take_to_desk",
    "tell",
    "tell_by_sms",
    "text_ended",
    "title_of",
    "unread",
    "unsubscribe",
]

HEARD_MAX = 500


@dataclass(frozen=True, slots=True)
class Told:
    """One row of an inbox, in the reader's language. `open_at` marks it read and goes on."""

    id: int
    title: str
    body: str
    link: str
    at: datetime
    read: bool

    @property
    def open_at(self) -> str:
        return address(self.id)


@dataclass(frozen=True, slots=True)
class Heard:
    """A row of somebody's inbox as others may know it: whose, of which kind, when it was opened."""

    account_id: int
    kind: str
    link: str
    at: datetime
    read_at: datetime | None
    climbed: Climbed | None = None
    """Where it stands on the ladder that its reader has chosen."""


def address(notification_id: int) -> str:
    """Where a notification is opened: it is marked read there and its reader sent on."""
    return f"/me/notifications/{notification_id}"


def fields_of(kind: str) -> frozenset[str]:
    """What the sentences of a kind must be filled with. Raises rules.UnknownKindError."""
    declared = rules.KINDS.get(kind)
    if declared is None:
        raise rules.UnknownKindError(kind)
    return declared.fields


def named(kind: str) -> str:
    """The msgid of a kind's title; the kind itself where it is declared no longer."""
    declared = rules.KINDS.get(kind)
    return kind if declared is None else declared.title


def title_of(kind: str) -> str:
    """The title of a kind in this task's language. Raises rules.UnknownKindError."""
    declared = rules.KINDS.get(kind)
    if declared is None:
        raise rules.UnknownKindError(kind)
    return gettext(declared.title)


@transactional
async def tell(
    account_ids: Iterable[int], kind: str, link: str, params: Mapping[str, Filling]
) -> dict[int, Sent]:
    """Tell each account once, in the caller's transaction: nothing is told that did not happen.

    What each account was sent, by its id. `kind` and the keys of `params` are declared in
    rules.KINDS; `link` is a path of ours. Raises rules.UnknownKindError.
    """
    rules.checked(kind, params)
    if not link.startswith("/") or link.startswith("//"):
        raise ValueError(f"a link leads to a page of ours: {link}")
    now = clock.now()
    filled = json.dumps(wording.kept(params), ensure_ascii=False, sort_keys=True)
    recipients = sorted(set(account_ids))
    if recipients:
        live.tell(*(f"account:{account_id}" for account_id in recipients))
    devices = await _devices(await _not_silenced(recipients, kind))
    sent: dict[int, Sent] = {}
    for account_id in recipients:
        row = await Notification.create(
            account_id=account_id, kind=kind, params=filled, link=link, created_at=now
        )
        sent[account_id] = Sent(row.id, tuple(devices.get(account_id, ())))
        for subscription_id in sent[account_id].devices:
            await outbox.emit(
                PUSH,
                {"notification": row.id, "subscription": subscription_id},
                key=f"{row.id}:{subscription_id}",
            )
    return sent


async def _devices(account_ids: list[int]) -> dict[int, list[int]]:
    rows = await PushSubscription.filter(account_id__in=account_ids).values_list("account_id", "id")
    found: dict[int, list[int]] = {}
    for account_id, subscription_id in rows:
        found.setdefault(account_id, []).append(subscription_id)
    return found


async def _not_silenced(account_ids: list[int], kind: str) -> list[int]:
    """Those who want this kind pushed."""
    topic = rules.topic_of(kind)
    if topic is None:
        return account_ids
    rows = await PushSilence.filter(account_id__in=account_ids, topic=topic).values("account_id")
    silenced = {row["account_id"] for row in rows}
    return [account_id for account_id in account_ids if account_id not in silenced]


async def silenced(account_id: int) -> frozenset[str]:
    """The topics of which the account wants nothing pushed."""
    rows = await PushSilence.filter(account_id=account_id).values_list("topic", flat=True)
    return frozenset(str(topic) for topic in rows)


@transactional
async def choose(account_id: int, silent: Iterable[str]) -> None:
    """Push nothing of these topics to the account, and all of the others."""
    await PushSilence.filter(account_id=account_id).delete()
    for topic in sorted(rules.TOPICS.keys() & set(silent)):
        await PushSilence.create(account_id=account_id, topic=topic)


async def unread(account_id: int) -> int:
    """How many notifications of the account are unread."""
    found = await db.fetch(
        "SELECT count(*) AS number FROM notification WHERE account_id = ? AND read_at IS NULL",
        [account_id],
    )
    return int(found[0]["number"])


async def inbox(account_id: int, locale: str, *, before: int | None, limit: int) -> list[Told]:
    """The newest notifications, or those older than the id `before`."""
    query = Notification.filter(account_id=account_id)
    if before is not None:
        query = query.filter(id__lt=before)
    rows = await query.order_by("-id").limit(limit)
    return [_told(row, locale) for row in rows]


async def heard(links: Sequence[str], receipt: str, account_id: int | None) -> list[Heard]:
    """What was told with a link to one of these pages, and whatever else this account was told with
    that receipt number: the newest first, HEARD_MAX at most."""
    wanted = Q(link__in=list(links))
    if account_id is not None:
        wanted |= Q(account_id=account_id, params__contains=f'"{receipt}"')
    rows = await Notification.filter(wanted).order_by("-id").limit(HEARD_MAX)
    stands = await ladder.climbed([row.id for row in rows])
    return [
        Heard(row.account_id, row.kind, row.link, row.created_at, row.read_at, stands.get(row.id))
        for row in rows
    ]


def _told(row: Notification, locale: str) -> Told:
    title, body = wording.sentence(row.kind, json.loads(row.params), locale)
    return Told(row.id, title, body, row.link, row.created_at, row.read_at is not None)


@transactional
async def opened(
    account_id: int, notification_id: int, *, act: str = OPEN, looked_at: bool = True
) -> str | None:
    """Where one leads by an act of its kind (ACTS), marked read if it was looked at and not
    only fetched ahead.

    None where the account has no such notification.
    """
    row = await Notification.get_or_none(id=notification_id, account_id=account_id)
    if row is None:
        return None
    unread_row = Notification.filter(id=row.id, read_at__isnull=True)
    if looked_at and await unread_row.update(read_at=clock.now()):
        live.tell(f"account:{account_id}")
    kind = rules.KINDS.get(row.kind)
    return row.link + (ACTS[act].after if kind is not None and act in kind.acts else "")


async def leading_to(account_id: int, page: str) -> list[int]:
    """What the account has not read yet and reads by opening that page, by their ids."""
    rows = await db.fetch(
        "SELECT id, kind FROM notification WHERE account_id = ? AND read_at IS NULL AND link = ?",
        [account_id, page],
    )
    return [int(row["id"]) for row in rows if rules.seen_on_its_page(row["kind"])]


@transactional
async def seen(account_id: int, notification_ids: Sequence[int]) -> None:
    """The account has opened the page that these lead to."""
    rows = Notification.filter(account_id=account_id, id__in=list(notification_ids))
    if await rows.filter(read_at__isnull=True).update(read_at=clock.now()):
        live.tell(f"account:{account_id}")


@transactional
async def read_all(account_id: int) -> int:
    """Mark every notification read; how many were not."""
    unread_rows = Notification.filter(account_id=account_id, read_at__isnull=True)
    live.tell(f"account:{account_id}")
    return await unread_rows.update(read_at=clock.now())


@transactional
async def subscribe(
    account_id: int, session_id: int, endpoint: str, p256dh: str, auth: str
) -> None:
    """Keep a device's subscription; the same endpoint again is renewed, and moves to who asks."""
    row = PushSubscription(
        account_id=account_id,
        session_number=session_id,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        renewed_at=clock.now(),
    )
    # In one statement: a page and its service worker may subscribe at the same moment.
    await PushSubscription.bulk_create(
        [row],
        on_conflict=["endpoint_blind"],
        update_fields=["account_id", "session_number", "endpoint", "p256dh", "auth", "renewed_at"],
    )
    kept = PushSubscription.filter(account_id=account_id).order_by("-renewed_at", "-id")
    superfluous = await kept.offset(rules.SUBSCRIPTIONS_MAX).limit(100).values_list("id", flat=True)
    await PushSubscription.filter(id__in=list(superfluous)).delete()


@transactional
async def unsubscribe(account_id: int, endpoint: str) -> bool:
    """Forget a device of the account; False where it was not known."""
    known = PushSubscription.filter(account_id=account_id, endpoint_blind=endpoint)
    return await known.delete() > 0


async def letter(notification_id: int, subscription_id: int) -> Letter | None:
    """What to push, in the language of its reader; None where there is no need any more.

    A device that has moved to another account since is not told of the former one's affairs.
    """
    row = await Notification.get_or_none(id=notification_id, read_at__isnull=True)
    device = await PushSubscription.get_or_none(id=subscription_id)
    if row is None or device is None or device.account_id != row.account_id:
        return None
    locale = (await accounts.locale_of([row.account_id])).get(row.account_id, "ko")
    title, body = wording.sentence(row.kind, json.loads(row.params), locale)
    kind = rules.KINDS.get(row.kind)
    return Letter(
        title,
        body,
        locale=locale,
        url=address(row.id),
        acts=tuple(
            (act, gettext(ACTS[act].words, locale), f"{address(row.id)}?act={act}")
            for act in (kind.acts if kind is not None else ())
        ),
        unread=await unread(row.account_id),
        tag=f"n{row.id}",
        urgent=kind is not None and kind.urgent,
        endpoint=device.endpoint,
        p256dh=device.p256dh,
        auth=device.auth,
    )


@transactional
async def forget_session(session_id: int) -> None:
    """The device was logged out: nothing is sent to it any more."""
    await PushSubscription.filter(session_number=session_id).delete()


async def devices(account_id: int) -> int:
    """How many devices of the account take pushes."""
    return await PushSubscription.filter(account_id=account_id).count()


@transactional
async def forget_devices(account_id: int, *, but_session: int = 0) -> None:
    """Stop the pushes to every device of the account, or to all but those of one session."""
    others = PushSubscription.filter(account_id=account_id).exclude(session_number=but_session)
    await others.delete()


@transactional
async def forget_account(account_id: int) -> None:
    """The account was closed: its devices and its inbox go."""
    await PushSubscription.filter(account_id=account_id).delete()
    await PushSilence.filter(account_id=account_id).delete()
    await ladder.forget(account_id)
    await Notification.filter(account_id=account_id).delete()


@transactional
async def forget_device(subscription_id: int) -> None:
    """The push service says that the subscription is gone."""
    await PushSubscription.filter(id=subscription_id).delete()


@transactional
async def purge() -> int:
    """Remove notifications past the profile's days and devices long unused; how many rows."""
    kept_days = ordinance.profile().privacy.notifications_kept_days
    now = clock.now()
    old = Notification.filter(created_at__lt=now - timedelta(days=kept_days))
    unused = PushSubscription.filter(renewed_at__lt=now - rules.SUBSCRIPTION_LIFE)
    return await old.delete() + await unused.delete()
