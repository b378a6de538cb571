"""SMS to Korean phones through SOLAPI (messages v4), signed as its documentation says.

Our id travels as a custom field, so a look-up finds an order whose answer was lost. Reports come by
its webhook, which is not signed: set it, for message reports, to the address
`https://…/callbacks/solapi?token=` with the value of SOLAPI_WEBHOOK_TOKEN behind it.

Settings: SOLAPI_API_KEY, SOLAPI_API_SECRET, SOLAPI_WEBHOOK_TOKEN (ours, a long random word), and
optionally SOLAPI_API_URL (tests).
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from gateways import http
from gateways.contract import (
    Accepted,
    Answer,
    CannotTell,
    Capabilities,
    Forged,
    Found,
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
from gateways.encode import numbers

NAME = "solapi"
_URL = "https://api.solapi.com"
_FIELD = "madangOrder"
_TAKEN = frozenset({"2000", "3000"})
_DELIVERED, _TIMED_OUT = "4000", "3040"
# Codes and words that are about our account or their servers, not about the message.
_NOT_THE_MESSAGES: Final = frozenset(
    {"1020", "1024", "1030", "1058", "2024", "2063", "2230", "3012", "3024", "3053", "3058"}
)
_THE_MESSAGES: Final = frozenset({"ValidationError", "InvalidPhoneNumber", "UnregisteredSender"})
_OUR_SENDER: Final = frozenset({"1062", "UnregisteredSender"})  # not registered with SOLAPI
_LISTED_MAX = 500
_BEFORE = timedelta(minutes=5)  # between their clock and ours
_SETTLED = timedelta(minutes=10)
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CODE = re.compile(r"\d{4}")
_WORD = re.compile(r"[A-Za-z]{1,30}")


class Solapi:
    """The provider `solapi`: receipts by webhook, look-up by our id."""

    name = NAME
    capabilities = Capabilities(receipts=True, look_up=True)

    def __init__(self, surroundings: Surroundings) -> None:
        self._session = surroundings.session
        self._now = surroundings.now
        self._key = surroundings.need("SOLAPI_API_KEY")
        self._secret = surroundings.need("SOLAPI_API_SECRET")
        self._token = surroundings.need("SOLAPI_WEBHOOK_TOKEN")
        self._url = (surroundings.secrets.get("SOLAPI_API_URL") or _URL).rstrip("/")

    async def wake(self) -> None:
        """Nothing is left undone here: SOLAPI calls again by itself."""

    async def close(self) -> None:
        """Nothing is set going here."""

    async def send(self, order: SmsOrder) -> Answer:
        """Send one message as SMS, once; never as a longer and dearer kind."""
        try:
            recipient, sender = numbers.parse(order.recipient), numbers.parse(order.sender)
        except numbers.BadNumber:
            return Rejected("bad_number", permanent=True)
        if not (recipient.domestic and sender.domestic):
            return Rejected("not_domestic", permanent=False)
        message = {
            "to": recipient.digits,
            "from": sender.digits,
            "text": order.body,
            "type": "SMS",
            "autoTypeDetect": False,
            "customFields": {_FIELD: order.order_id},
        }
        try:
            answer = await http.exchange(
                self._session,
                "POST",
                f"{self._url}/messages/v4/send",
                headers=self._headers() | {"Content-Type": "application/json; charset=utf-8"},
                data=json.dumps({"message": message}, ensure_ascii=False).encode(),
            )
        except (http.NeverSent, http.Ambiguous) as error:
            return http.concluded(error)
        return _answer(answer)

    async def look_up(self, order: SmsOrder, reference: str | None, since: datetime) -> LookUp:
        """By their id where we have it, else among what went to that number since then."""
        asked = {"messageId": reference} if reference else self._sent_since(order, since)
        try:
            answer = await http.exchange(
                self._session,
                "GET",
                f"{self._url}/messages/v4/list",
                headers=self._headers(),
                params=asked | {"limit": str(_LISTED_MAX)},
            )
            if answer.status != 200:
                return CannotTell(f"HTTP {answer.status}")
            listed: dict[str, Any] = json.loads(answer.body)["messageList"]
            for message in listed.values():
                ours = (message.get("customFields") or {}).get(_FIELD)
                if ours == order.order_id:
                    return _found(message)
        except (http.NeverSent, http.Ambiguous) as error:
            return CannotTell(str(error))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return CannotTell(f"unreadable answer: {type(error).__name__}")
        whole = reference is None and len(listed) < _LISTED_MAX
        if whole and self._now() - since >= _SETTLED:
            return NotFound()
        return CannotTell("not listed")

    def parse_callback(
        self,
        headers: Mapping[str, str],  # noqa: ARG002 - nothing in them is signed
        body: bytes,
        url: str,
    ) -> Sequence[Receipt]:
        """Message reports, several at once; the address must carry our token."""
        given = parse_qs(urlsplit(url).query).get("token", [""])[0]
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise Forged("the token in the address is wrong")
        try:
            told = json.loads(body)
            if not isinstance(told, list):
                raise Malformed("the report is no list")
            news = [self._receipt(message) for message in told]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Malformed(type(error).__name__) from None
        return [receipt for receipt in news if receipt is not None]

    def _receipt(self, message: Mapping[str, Any]) -> Receipt | None:
        reference, code = str(message["messageId"]), str(message["statusCode"])
        status = _status(code)
        if not status.final:
            return None
        ours = (message.get("customFields") or {}).get(_FIELD)
        order_id = ours if isinstance(ours, str) and _ID.fullmatch(ours) else None
        return Receipt(
            provider=NAME,
            event_id=f"{reference}:{code}",
            status=status,
            at=http.moment(message.get("dateReported"), self._now()),
            order_id=order_id,
            reference=reference,
            reason=None if status is Status.DELIVERED else f"solapi_{code}",
        )

    def _sent_since(self, order: SmsOrder, since: datetime) -> dict[str, str]:
        try:
            recipient = numbers.parse(order.recipient).digits
        except numbers.BadNumber:
            recipient = order.recipient
        return {
            "to": recipient,
            "dateType": "CREATED",
            "startDate": _written(since - _BEFORE),
            "endDate": _written(self._now() + _BEFORE),
        }

    def _headers(self) -> dict[str, str]:
        """A signature of its own for each request: one used twice is refused."""
        date, salt = _written(self._now()), secrets.token_hex(16)
        signature = hmac.new(self._secret.encode(), f"{date}{salt}".encode(), hashlib.sha256)
        signed = f"date={date}, salt={salt}, signature={signature.hexdigest()}"
        return {"Authorization": f"HMAC-SHA256 apiKey={self._key}, {signed}"}


def _answer(answer: http.Exchange) -> Answer:
    """2000 means taken, another code or a 4xx that it is not; all else says nothing."""
    if answer.status == 429:
        return http.rate_limited(answer.headers)
    refused = http.refused(answer.status)
    if answer.status != 200 and not refused:
        return Unknown(f"HTTP {answer.status}")
    try:
        said = json.loads(answer.body)
        code = str(said.get("statusCode") or "")
        word = str(said.get("errorCode") or "")
    except (ValueError, AttributeError) as error:
        if refused:
            return Rejected(f"solapi_{answer.status}", permanent=False)
        return Unknown(f"unreadable answer: {type(error).__name__}")
    if refused:
        known = word if _WORD.fullmatch(word) else str(answer.status)
        ours = "auth_" if answer.status in {401, 402, 403} else ""
        return _refusal(f"{ours}solapi_{known}", word, permanent=word in _THE_MESSAGES)
    if code in _TAKEN and said.get("messageId"):
        return Accepted(str(said["messageId"]))
    if _CODE.fullmatch(code) and code not in _TAKEN:
        return _refusal(f"solapi_{code}", code, permanent=code not in _NOT_THE_MESSAGES)
    return Unknown("an answer without a reference")


def _refusal(name: str, word: str, *, permanent: bool) -> Rejected:
    return Rejected(name, permanent=permanent, elsewhere=word in _OUR_SENDER)


def _found(message: Mapping[str, Any]) -> Found:
    code = str(message["statusCode"])
    status = _status(code)
    failed = status in {Status.FAILED, Status.EXPIRED}
    return Found(status, str(message["messageId"]), reason=f"solapi_{code}" if failed else None)


def _status(code: str) -> Status:
    if code in _TAKEN or not _CODE.fullmatch(code):
        return Status.ACCEPTED
    if code == _DELIVERED:
        return Status.DELIVERED
    return Status.EXPIRED if code == _TIMED_OUT else Status.FAILED


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


OFFER = Offer(sms=Solapi)
