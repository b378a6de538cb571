"""The provider of the demonstration: it carries nothing, and keeps what was 'sent' to be looked at.

It behaves as a real provider does (own memory, signed callbacks after a moment, look-up by our id)
and as a bad one does when asked: see `behaviour` for the magic numbers and the control file.
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from multidict import CIMultiDict

from gateways import http
from gateways.contract import (
    Accepted,
    Answer,
    CannotTell,
    Capabilities,
    Channel,
    FaxOrder,
    Forged,
    Found,
    Inbound,
    LookUp,
    Malformed,
    NotFound,
    Offer,
    Receipt,
    Rejected,
    SmsOrder,
    Status,
    Surroundings,
    Unknown,
)
from gateways.encode import fax_file, sms
from gateways.providers.behaviour import (
    TAKES_NOTHING,
    Behaviour,
    Control,
    read_control,
    receipts_of,
    seen_as,
)
from gateways.providers.simulator_sent import keep_fax, keep_sms
from gateways.providers.simulator_store import Due, Store, Taken, body_of

NAME = "simulator"
SIGNATURE = "X-Simulator-Signature"
_SIGNATURE_AGE_MAX = 600.0
_PUMP_SECONDS = 0.2
_GRACE_SECONDS = 3.0
_BATCH = 50
_ORDER_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback as it is posted: for tests that hand it to the application themselves."""

    url: str
    headers: dict[str, str]
    body: bytes


class _Simulator:
    """What the simulated SMS and fax providers share; one per channel and process."""

    name = NAME
    capabilities = Capabilities(receipts=True, look_up=True, partial=True)

    def __init__(self, surroundings: Surroundings, channel: Channel) -> None:
        self._surroundings = surroundings
        self._channel = channel
        self._directory = surroundings.directory
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._key = _key(self._directory / "signing.key")
        self.store = Store(self._directory)
        self._pump: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    async def wake(self) -> None:
        """Begin to call receipts, those included that an earlier process left."""
        if self._pump is None:
            self._pump = asyncio.create_task(self._call_for_ever(), name="simulator receipts")

    async def close(self) -> None:
        """Let the calls in hand be answered, for a while; what is not, is called again later."""
        if self._pump is not None:
            self._stopping.set()
            _, busy = await asyncio.wait([self._pump], timeout=_GRACE_SECONDS)
            for task in busy:
                task.cancel()
                await asyncio.wait([task])
            self._pump = None
            self._stopping.clear()

    async def _meet(self, order: SmsOrder | FaxOrder) -> Answer:
        """Note the hand-over, then do as the behaviour for this recipient says."""
        if not _ORDER_ID.fullmatch(order.order_id):
            return Rejected("bad_order_id", permanent=True)
        times = await asyncio.to_thread(self.store.handed_over, order.order_id)
        control = read_control(self._directory)
        behaviour = control.of(order.recipient)
        if times > 1 and behaviour in {Behaviour.REFUSE_ONCE, Behaviour.RATE_LIMIT_ONCE}:
            behaviour = Behaviour.DELIVER
        refusal = _refusal(behaviour, control)
        if refusal is not None:
            return refusal
        if behaviour in TAKES_NOTHING:
            return await _fault(behaviour, control)
        reference = _reference(order.order_id)
        await asyncio.to_thread(self._take, order, behaviour, control, reference)
        if behaviour is Behaviour.EARLY:
            await self.call_due(order_id=order.order_id)
        if behaviour is Behaviour.SLOW:
            await asyncio.sleep(control.slow_seconds)
        if behaviour in _AFTER:
            return await _fault(behaviour, control)
        return Accepted(reference)

    def _take(
        self, order: SmsOrder | FaxOrder, behaviour: Behaviour, control: Control, reference: str
    ) -> None:
        now = self._surroundings.now()
        if isinstance(order, SmsOrder):
            keep_sms(self._directory, order, now)
        else:
            keep_fax(self._directory, order, now)
        plan = receipts_of(behaviour, order.units, control)
        receipts = [
            (
                planned,
                body_of(
                    order.order_id,
                    reference,
                    planned,
                    (now + timedelta(seconds=planned.after)).isoformat(),
                ),
            )
            for planned in plan
        ]
        taken_at = time.time()
        ends_at = taken_at + (plan[0].after if plan else control.delay_seconds)
        taken = Taken(order.order_id, self._channel, order.units, behaviour, taken_at, ends_at)
        self.store.take(taken, receipts)

    async def _what_became_of(self, order_id: str, recipient: str) -> LookUp:
        taken = await asyncio.to_thread(self.store.find, order_id)
        if taken is None:
            if read_control(self._directory).of(recipient) is Behaviour.SILENT:
                return CannotTell("no answer")
            return NotFound()
        reference = _reference(order_id)
        if time.time() < taken.ends_at:
            return Found(Status.ACCEPTED, reference)
        status, units, reason = seen_as(taken.behaviour, taken.units)
        return Found(status, reference, units if status.final else None, reason)

    def parse_callback(
        self, headers: Mapping[str, str], body: bytes, url: str
    ) -> Sequence[Receipt]:
        """A receipt, if its signature is right and not older than ten minutes."""
        del url
        self._check(headers, body)
        try:
            said = json.loads(body)
            receipt = Receipt(
                provider=NAME,
                event_id=said["event"],
                status=Status(said["status"]),
                at=datetime.fromisoformat(said["at"]),
                order_id=said["order"],
                reference=said["reference"],
                delivered_units=said["units"],
                reason=said["reason"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Malformed(type(error).__name__) from error
        return [receipt] if receipt.status.final else []

    def parse_inbound(self, headers: Mapping[str, str], body: bytes, url: str) -> Sequence[Inbound]:
        """An answer to an SMS, as a telephone that does not exist would give it."""
        del url
        self._check(headers, body)
        try:
            said = json.loads(body)
            return [Inbound(NAME, said["event"], said["from"], said["text"])]
        except (ValueError, KeyError, TypeError) as error:
            raise Malformed(type(error).__name__) from error

    def inbound(self, number: str, text: str) -> Callback:
        """The callback of an answer, signed: a test posts it itself."""
        said = {"event": secrets.token_hex(8), "from": number, "text": text}
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = self._signed(body, self._key)
        return Callback(f"{self._surroundings.callback_url}/inbound", headers, body)

    def _check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Forged where the body is not signed, or was ten minutes ago."""
        fields = dict(
            part.split("=", 1)
            for part in CIMultiDict(headers).get(SIGNATURE, "").split(",")
            if "=" in part
        )
        stamp, given = fields.get("t", ""), fields.get("v1", "")
        if not stamp.isascii() or not stamp.isdigit() or not given.isascii():
            raise Forged("there is no signature")
        if not hmac.compare_digest(given, _sign(self._key, stamp, body)):
            raise Forged("the signature is wrong")
        if abs(time.time() - int(stamp)) > _SIGNATURE_AGE_MAX:
            raise Forged("the signature is old")

    def due_callbacks(self, *, ahead: float = 86_400.0) -> list[Callback]:
        """Take all receipts due within `ahead` seconds, signed: a test posts them itself."""
        due = self.store.lease(self._channel, 10_000, ahead=ahead)
        for receipt in due:
            self.store.called(receipt)
        return [self._callback(receipt) for receipt in due]

    async def call_due(self, *, order_id: str | None = None) -> int:
        """Call what is due now; how many were answered."""
        lease = partial(self.store.lease, self._channel, _BATCH, order_id=order_id)
        due = await asyncio.to_thread(lease)
        return sum(await asyncio.gather(*map(self._call, due)))

    async def _call(self, receipt: Due) -> bool:
        callback = self._callback(receipt)
        try:
            answer = await http.exchange(
                self._surroundings.session,
                "POST",
                callback.url,
                headers=callback.headers,
                data=callback.body,
                connect_seconds=2.0,
                answer_seconds=8.0,
            )
            answered = answer.status < 500 and answer.status != 429
        except (http.NeverSent, http.Ambiguous):
            answered = False
        if answered:
            await asyncio.to_thread(self.store.called, receipt)
        else:
            wait = min(0.25 * 2 ** min(receipt.tries, 6), 10.0)
            await asyncio.to_thread(self.store.call_again, receipt, wait)
        return answered

    def _callback(self, receipt: Due) -> Callback:
        body = receipt.body.encode()
        key = secrets.token_bytes(32) if receipt.forged else self._key
        return Callback(self._surroundings.callback_url, self._signed(body, key), body)

    @staticmethod
    def _signed(body: bytes, key: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        signature = f"t={stamp},v1={_sign(key, stamp, body)}"
        return {"Content-Type": "application/json", SIGNATURE: signature}

    async def _call_for_ever(self) -> None:
        while not self._stopping.is_set():
            if not await self.call_due():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_PUMP_SECONDS):
                        await self._stopping.wait()


class SimulatedSms(_Simulator):
    """The provider `simulator` for SMS."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings, Channel.SMS)

    async def send(self, order: SmsOrder) -> Answer:
        """As a Korean provider: one message within 90 bytes, nothing that a phone cannot show."""
        if not order.recipient.startswith("+") and not sms.fits(order.body):
            return Rejected("bad_body", permanent=True)
        return await self._meet(order)

    async def look_up(self, order: SmsOrder, reference: str | None, since: datetime) -> LookUp:  # noqa: ARG002
        """By our id."""
        return await self._what_became_of(order.order_id, order.recipient)


class SimulatedFax(_Simulator):
    """The provider `simulator` for fax."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings, Channel.FAX)

    async def send(self, order: FaxOrder) -> Answer:
        """Takes only pages that a fax engine would send unchanged."""
        try:
            pages = await asyncio.to_thread(fax_file.from_tiff, order.tiff)
        except fax_file.NotAFax:
            return Rejected("bad_tiff", permanent=True)
        if len(pages) != order.pages:
            return Rejected("bad_page_count", permanent=True)
        return await self._meet(order)

    async def look_up(self, order: FaxOrder, reference: str | None, since: datetime) -> LookUp:  # noqa: ARG002
        """By our id."""
        return await self._what_became_of(order.order_id, order.recipient)


_AFTER = frozenset(
    {
        Behaviour.TIMEOUT_AFTER,
        Behaviour.RESET_AFTER,
        Behaviour.ERROR_AFTER,
        Behaviour.MALFORMED_AFTER,
    }
)
_TIMEOUTS = frozenset({Behaviour.TIMEOUT_BEFORE, Behaviour.TIMEOUT_AFTER, Behaviour.SILENT})
_REASONS = {
    Behaviour.RESET_AFTER: "ServerDisconnectedError",
    Behaviour.ERROR_BEFORE: "HTTP 500",
    Behaviour.ERROR_AFTER: "HTTP 500",
    Behaviour.MALFORMED_AFTER: "unreadable answer",
}


def _refusal(behaviour: Behaviour, control: Control) -> Rejected | None:
    """What the provider says when it certainly takes nothing."""
    match behaviour:
        case Behaviour.REFUSE | Behaviour.REFUSE_ONCE:
            return Rejected("unreachable", permanent=False)
        case Behaviour.REJECT_NUMBER:
            return Rejected("no_such_number", permanent=True)
        case Behaviour.REJECT_SENDER:
            return Rejected("sender_unregistered", permanent=True, elsewhere=True)
        case Behaviour.RATE_LIMIT | Behaviour.RATE_LIMIT_ONCE:
            wait = timedelta(seconds=control.retry_after_seconds)
            return Rejected("rate_limited", permanent=False, retry_after=wait)
        case _:
            return None


async def _fault(behaviour: Behaviour, control: Control) -> Unknown:
    """What our side sees of an exchange that breaks."""
    if behaviour in _TIMEOUTS:
        await asyncio.sleep(control.timeout_seconds)
        return Unknown("SocketTimeoutError")
    return Unknown(_REASONS[behaviour])


def _reference(order_id: str) -> str:
    return "SIM" + hashlib.sha256(order_id.encode()).hexdigest()[:24]


def _sign(key: bytes, stamp: str, body: bytes) -> str:
    return hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _key(file: Path) -> bytes:
    """The simulator's signing key, made by whichever process comes first."""
    if not file.exists():
        draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_bytes()


OFFER = Offer(sms=SimulatedSms, fax=SimulatedFax, demo_only=True)
