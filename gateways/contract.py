"""The small contract between the server and whoever carries a message: orders, answers, receipts.

It decides one thing (Y15-4): whether an order was taken. `Accepted` and `Rejected` are said only
when that is certain; all else is `Unknown`, which is looked up and never blindly sent again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

import aiohttp


class Status(StrEnum):
    """What became of an order; `ACCEPTED` is under way, the other three are final."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"

    @property
    def final(self) -> bool:
        return self is not Status.ACCEPTED


@dataclass(frozen=True, slots=True)
class SmsOrder:
    """One message of one recipient, as `encode.sms` splits it, its number `(1/3) ` included.

    `order_id` is ours and unique for ever (at most 64 of A-Z a-z 0-9 . _ -). `sender` and
    `recipient` are written as `encode.numbers.Number.digits`: national digits, or `+` and E.164.
    After `valid_for` the provider is asked not to deliver any more, where it can be told. A text to
    a number abroad goes whole and counts the `units` (parts) that its network makes of it.
    """

    order_id: str
    sender: str
    recipient: str
    body: str
    valid_for: timedelta | None = None
    units: int = 1


@dataclass(frozen=True, slots=True)
class FaxOrder:
    """Pages of one recipient: the very TIFF that the preview showed."""

    order_id: str
    sender: str
    recipient: str
    tiff: bytes = field(repr=False)
    pages: int
    valid_for: timedelta | None = None

    @property
    def units(self) -> int:
        return self.pages


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken the order and will carry it out; never hand it over again."""

    reference: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider certainly has not taken the order.

    `permanent` says that it never will (wrong number, unregistered sender); otherwise the order may
    be handed over again, to this provider not before `retry_after`, or to the next one. What it
    never will may be about our standing with it alone: then the others may be asked (`elsewhere`).
    `code` is a short word for the desk, without personal data.
    """

    code: str
    permanent: bool
    retry_after: timedelta | None = None
    elsewhere: bool = False

    @property
    def of_provider(self) -> bool:
        """Whether it is about the provider himself, so that every order would fare the same: by
        `retry_after`, or by how the code begins (unreachable, rate_limited, busy, auth)."""
        words = ("unreachable", "rate_limited", "busy", "auth")
        return self.retry_after is not None or self.code.startswith(words)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can tell whether the order was taken: look it up, wait for a receipt, never resend."""

    reason: str


type Answer = Accepted | Rejected | Unknown


def _arrived(status: Status, told: int | None, ordered: int) -> int:
    """The units that arrived, as far as they were ordered: those `told`, or all or none of them."""
    if told is not None:
        return max(0, min(ordered, told))
    return ordered if status is Status.DELIVERED else 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """One piece of news from a provider about one order.

    `event_id` is the same each time the same news is told, so `(provider, event_id)` is unique in
    the store. `order_id` (ours) or `reference` (theirs) or both name the order. `delivered_units`
    counts pages or messages that arrived, where the provider says so.
    """

    provider: str
    event_id: str
    status: Status
    at: datetime
    order_id: str | None = None
    reference: str | None = None
    delivered_units: int | None = None
    reason: str | None = None

    def units_of(self, ordered: int) -> int:
        """How many of `ordered` units arrived, and so are paid for: 0 to `ordered`."""
        return _arrived(self.status, self.delivered_units, ordered)


@dataclass(frozen=True, slots=True)
class Inbound:
    """An SMS that somebody sent to a number of ours. `event_id` as in `Receipt`; the number as the
    provider writes it."""

    provider: str
    event_id: str
    number: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """The provider has the order, in this state. `delivered_units` as in `Receipt`."""

    status: Status
    reference: str
    delivered_units: int | None = None
    reason: str | None = None

    def units_of(self, ordered: int) -> int:
        return _arrived(self.status, self.delivered_units, ordered)


@dataclass(frozen=True, slots=True)
class NotFound:
    """The provider vouches that it has never taken the order and will not: it may be sent again."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """No answer, or none to rely on: wait for a receipt until the deadline, ask again later."""

    reason: str


type LookUp = Found | NotFound | CannotTell


class Forged(Exception):  # noqa: N818 - it names what the callback is
    """A callback whose signature is missing or wrong: answer 403 and store nothing."""


class Malformed(Exception):  # noqa: N818
    """A callback with a right signature that cannot be read: answer 400 and store nothing."""


class Misconfigured(Exception):  # noqa: N818
    """A provider cannot be opened: a credential or setting is missing or wrong; names which."""


class Channel(StrEnum):
    SMS = "sms"
    FAX = "fax"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do. Without `receipts`, acceptance is the last news: capture then."""

    receipts: bool
    look_up: bool
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a provider is opened with.

    `callback_url` is the public address of `/callbacks/<name>`, without a final slash; `directory`
    is the provider's own room under the data directory; `secrets` are settings and credentials by
    name (the environment); `session` is the process's own for providers; `now` is the clock.
    """

    callback_url: str
    directory: Path
    secrets: Mapping[str, str] = field(repr=False)
    session: aiohttp.ClientSession = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    def need(self, name: str) -> str:
        """The credential or setting `name`; raises Misconfigured naming it."""
        value = self.secrets.get(name, "").strip()
        if not value:
            raise Misconfigured(f"{name} is not set")
        return value


class Provider(Protocol):
    """What SMS and fax providers share. Opened once a process; safe for concurrent use."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def parse_callback(
        self, headers: Mapping[str, str], body: bytes, url: str
    ) -> Sequence[Receipt]:
        """The receipts in one callback, none where the news is not final.

        `url` is the public address called, with its query. Raises Forged where the signature is not
        the provider's, Malformed where signed content cannot be read.
        """
        ...

    async def wake(self) -> None:
        """Take up what an earlier process left undone; called once where orders are handed over."""
        ...

    async def close(self) -> None:
        """Stop what `wake` or `send` set going. The session is not the provider's to close."""
        ...


class SmsProvider(Provider, Protocol):
    async def send(self, order: SmsOrder) -> Answer:
        """Hand one message over, once. Never raises for what the network or provider does."""
        ...

    async def look_up(self, order: SmsOrder, reference: str | None, since: datetime) -> LookUp:
        """What became of an order handed over at `since` or later; `reference` where known."""
        ...


@runtime_checkable
class Hears(Protocol):
    """A provider that also tells of SMS that come in, at `/callbacks/<name>/inbound`."""

    def parse_inbound(self, headers: Mapping[str, str], body: bytes, url: str) -> Sequence[Inbound]:
        """What came in. Raises as `Provider.parse_callback`."""
        ...


class FaxProvider(Provider, Protocol):
    async def send(self, order: FaxOrder) -> Answer:
        """Hand one fax over, once. Never raises for what the network or provider does."""
        ...

    async def look_up(self, order: FaxOrder, reference: str | None, since: datetime) -> LookUp:
        """As `SmsProvider.look_up`."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """What an entry point of the group `madang.providers` gives: how to open a provider by name.

    Either factory may be None. They raise Misconfigured, and touch neither network nor loop.
    """

    sms: Callable[[Surroundings], SmsProvider] | None = None
    fax: Callable[[Surroundings], FaxProvider] | None = None
    demo_only: bool = False
