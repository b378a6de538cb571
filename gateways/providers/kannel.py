"""SMS through a Kannel gateway of the office's own, over the `sendsms` address of its smsbox.

Kannel gives no id back and keeps none: ours travels in the address of the delivery report, with a
proof that only we can make. Text and password travel in headers and body, never in an address.

Settings: KANNEL_URL (http://127.0.0.1:13013/cgi-bin/sendsms), KANNEL_USERNAME, KANNEL_PASSWORD,
KANNEL_WEBHOOK_SECRET (ours, any long random word); optionally KANNEL_SMSC (route), KANNEL_PRIORITY
(0 to 3), KANNEL_NUMBERS (e164 or national), KANNEL_PARTS_MAX (`max-messages` of the sendsms-user:
Kannel cuts longer text without a word). Its own configuration needs `concatenation = true`, a
`store-type` other than memory, and `http-request-retry` so that no report is lost while we restart.

SMS that come in are heard where KANNEL_INBOUND_WORD (any long random word) is set, and Kannel has a
`sms-service` with `post-url = <public address>/callbacks/kannel/inbound?word=<that word>`,
`send-sender = true` and `max-messages = 0`.
"""

import hmac
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import Message
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from multidict import CIMultiDict

from gateways import http, proof
from gateways.contract import (
    Accepted,
    Answer,
    CannotTell,
    Capabilities,
    Forged,
    Inbound,
    LookUp,
    Malformed,
    Offer,
    Receipt,
    Rejected,
    SmsOrder,
    Status,
    Surroundings,
    Unknown,
)
from gateways.encode import numbers
from gateways.encode.sms import count_international

NAME = "kannel"
_GSM_7, _UCS_2 = "0", "2"
_DELIVERED, _UNDELIVERABLE, _REJECTED = 1, 2, 16
_REPORTS = _DELIVERED | _UNDELIVERABLE | _REJECTED  # the final ones; acceptance is no news
_TAKEN = ("0:", "3:")  # accepted for delivery; queued until the SMSC is there again
_MINUTES_MAX = 7 * 24 * 60
_REASON_MAX = 40


class Kannel:
    """The provider `kannel`. Receipts, no look-up: it forgets what it has handed on."""

    name = NAME
    capabilities = Capabilities(receipts=True, look_up=False)

    def __init__(self, surroundings: Surroundings) -> None:
        self._session = surroundings.session
        self._now = surroundings.now
        self._callback_url = surroundings.callback_url
        self._url = surroundings.need("KANNEL_URL")
        self._secret = surroundings.need("KANNEL_WEBHOOK_SECRET")
        secrets = surroundings.secrets
        self._inbound_word = secrets.get("KANNEL_INBOUND_WORD", "").strip()
        self._parts_max = http.whole(secrets, "KANNEL_PARTS_MAX", 10, 1, 255)
        self._national = secrets.get("KANNEL_NUMBERS", "e164") == "national"
        self._always = {
            "X-Kannel-Username": surroundings.need("KANNEL_USERNAME"),
            "X-Kannel-Password": surroundings.need("KANNEL_PASSWORD"),
            "X-Kannel-DLR-Mask": str(_REPORTS),
            "X-Kannel-Priority": str(http.whole(secrets, "KANNEL_PRIORITY", 0, 0, 3)),
            "Content-Type": "text/plain; charset=UTF-8",
        }
        if route := secrets.get("KANNEL_SMSC"):
            self._always["X-Kannel-SMSC"] = route

    async def wake(self) -> None:
        """Nothing is left undone here: Kannel keeps what it took."""

    async def close(self) -> None:
        """Nothing is set going here."""

    async def send(self, order: SmsOrder) -> Answer:
        """Post one message, once; of more parts than Kannel would send, none."""
        try:
            recipient, sender = self._written(order.recipient), self._written(order.sender)
        except numbers.BadNumber:
            return Rejected("bad_number", permanent=True)
        counted = count_international(order.body)
        if not 1 <= len(counted.messages) <= self._parts_max:
            return Rejected("too_long" if counted.messages else "empty", permanent=True)
        headers = self._always | {
            "X-Kannel-From": sender,
            "X-Kannel-To": recipient,
            "X-Kannel-Coding": _GSM_7 if counted.unit == "septets" else _UCS_2,
            "X-Kannel-DLR-Url": self._report_address(order.order_id),
        }
        if order.valid_for is not None:
            headers["X-Kannel-Validity"] = str(_minutes(order.valid_for))
        try:
            answer = await http.exchange(
                self._session, "POST", self._url, headers=headers, data=order.body.encode()
            )
        except (http.NeverSent, http.Ambiguous) as error:
            return http.concluded(error)
        return _answer(answer, order.order_id)

    async def look_up(self, order: SmsOrder, reference: str | None, since: datetime) -> LookUp:  # noqa: ARG002
        """Nobody can tell: wait for the report."""
        return CannotTell("Kannel keeps no id of ours")

    def parse_callback(
        self,
        headers: Mapping[str, str],  # noqa: ARG002 - the proof is in the address
        body: bytes,  # noqa: ARG002
        url: str,
    ) -> Sequence[Receipt]:
        """A delivery report: Kannel calls the address that the message came with."""
        order_id = proof.order_of(url, self._secret)
        query = parse_qs(urlsplit(url).query)
        told = query.get("status", [""])[0]
        if not (told.isascii() and told.isdigit()):
            raise Malformed("the report has no status")
        kind, reply = int(told), query.get("reply", [""])[0]
        if not kind & _REPORTS:
            return []
        return [
            Receipt(
                provider=NAME,
                event_id=f"{order_id}:{kind}",
                status=_status(kind, reply),
                at=self._now(),
                order_id=order_id,
                reference=order_id,
                reason=None if kind & _DELIVERED else _reason(kind, reply),
            )
        ]

    def parse_inbound(self, headers: Mapping[str, str], body: bytes, url: str) -> Sequence[Inbound]:
        """An SMS, as a `sms-service` posts it: text in the body, its sender in a header. Kannel has
        no id for it; the same sender, second and text are the same SMS told twice."""
        word = parse_qs(urlsplit(url).query).get("word", [""])[0]
        if not self._inbound_word or not hmac.compare_digest(
            word.encode(), self._inbound_word.encode()
        ):
            raise Forged("the word in the address is wrong")
        given = CIMultiDict(headers)
        number, at = given.get("X-Kannel-From", ""), given.get("X-Kannel-Time", "")
        if not number:
            raise Malformed("send-sender is not set: the SMS has no sender")
        event = sha256(b"\n".join((number.encode(), at.encode(), body))).hexdigest()
        return [Inbound(NAME, event, number, _text(given.get("Content-Type", ""), body))]

    def _written(self, digits: str) -> str:
        number = numbers.parse(digits)
        return number.digits if self._national else number.e164

    def _report_address(self, order_id: str) -> str:
        """Ours, with what Kannel is to fill in; a `%` of ours would be read as one of Kannel's."""
        ours = proof.address(self._callback_url, self._secret, order_id).replace("%", "%%")
        return f"{ours}&status=%d&reply=%A"


def _text(content_type: str, body: bytes) -> str:
    """A body by the character set that its type names (UTF-16BE for anything beyond GSM-7)."""
    said = Message()
    said["Content-Type"] = content_type
    try:
        return body.decode(said.get_content_charset("utf-8"), "replace")
    except LookupError:
        raise Malformed("an unknown character set") from None


def _answer(answer: http.Exchange, order_id: str) -> Answer:
    """Kannel's sentence. What it refuses it has not taken; its busy word is a certain one, too."""
    said = answer.body.decode("utf-8", "replace").strip()
    if 200 <= answer.status < 300:
        if said.startswith(_TAKEN):
            return Accepted(order_id)
        return Unknown("an answer that is not Kannel's")
    if answer.status == 503 and said.startswith("Temporal failure"):
        wait = http.retry_after(answer.headers)
        return Rejected("busy_kannel", permanent=False, retry_after=wait)
    if http.refused(answer.status):
        if said.startswith("Authorization failed"):
            return Rejected("auth_kannel", permanent=False)
        permanent = "receiver" in said or "denied" in said
        return Rejected(f"kannel_{answer.status}", permanent=permanent)
    return Unknown(f"HTTP {answer.status}")


def _status(kind: int, reply: str) -> Status:
    if kind & _DELIVERED:
        return Status.DELIVERED
    return Status.EXPIRED if "EXPIRED" in reply.upper() else Status.FAILED


def _reason(kind: int, reply: str) -> str:
    """What the SMSC said where it is a word or a code, without what it may say of the number."""
    word = "rejected" if kind & _REJECTED else "undeliverable"
    told = reply.partition("err:")[2].split(" ")[0].strip("/ ")
    return f"{word}_{told}"[:_REASON_MAX] if told.isalnum() else word


def _minutes(valid_for: timedelta) -> int:
    return max(1, min(_MINUTES_MAX, math.ceil(valid_for.total_seconds() / 60)))


OFFER = Offer(sms=Kannel)
