"""SMS through Twilio's package, over our own HTTP client with real time-outs.

Twilio carries no id of ours, so ours travels in the address of the status callback: a receipt names
its order even where the answer to the hand-over was lost. Settings: TWILIO_ACCOUNT_SID,
TWILIO_AUTH_TOKEN, and optionally TWILIO_API_URL (tests), TWILIO_WEBHOOK_SECRET (shared key).
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import aiohttp
from multidict import CIMultiDict, MultiDict
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client

from gateways import http
from gateways.contract import (
    Accepted,
    Answer,
    CannotTell,
    Capabilities,
    Forged,
    Found,
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

NAME = "twilio"
_FINAL = {
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
_VALIDITY_EXPIRED = "30036"
_FOR_NOW = frozenset({21611})  # the sender's queue is full
_OUR_SENDER = frozenset({21212, 21606, 21608, 21659, 21660})  # not a number of ours with Twilio

_log = logging.getLogger(__name__)


class _TooMany(Exception):  # noqa: N818
    """429, with what `Retry-After` asks for: Twilio's own exceptions drop the headers."""

    def __init__(self, retry_after: timedelta | None) -> None:
        super().__init__("429")
        self.retry_after = retry_after


class _Client(AsyncHttpClient):  # type: ignore[misc]
    """Twilio's idea of an HTTP client on our session: time-outs that end, and nothing logged.

    Lets only 2xx and 4xx through to the package, which cannot tell a refusal from a broken answer.
    """

    def __init__(self, session: aiohttp.ClientSession) -> None:
        super().__init__(_log, is_async=True)
        self._session = session

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,  # noqa: ARG002 - never
    ) -> Response:
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = http.basic_auth(*auth)
        answer = await http.exchange(
            self._session,
            method,
            uri,
            headers=sent,
            data=data or None,
            params={key: str(value) for key, value in (params or {}).items()},
            answer_seconds=timeout,
        )
        if answer.status == 429:
            raise _TooMany(http.retry_after(answer.headers))
        if not 200 <= answer.status < 300 and not 400 <= answer.status < 500:
            raise http.Ambiguous(f"HTTP {answer.status}")
        if answer.status == 408:
            raise http.Ambiguous("HTTP 408")
        text = answer.body.decode("utf-8", "replace")
        return Response(answer.status, text, answer.headers)


class TwilioSms:
    """The provider `twilio`. Receipts, and look-up by Twilio's reference."""

    name = NAME
    capabilities = Capabilities(receipts=True, look_up=True)

    def __init__(self, surroundings: Surroundings) -> None:
        account, token = (
            surroundings.need(f"TWILIO_{key}") for key in ("ACCOUNT_SID", "AUTH_TOKEN")
        )
        self._account = account
        self._callback_url = surroundings.callback_url
        self._now = surroundings.now
        self._validator = RequestValidator(
            surroundings.secrets.get("TWILIO_WEBHOOK_SECRET") or token
        )
        self._client = Client(account, token, http_client=_Client(surroundings.session))
        api_url = surroundings.secrets.get("TWILIO_API_URL")
        if api_url:
            self._client.api.base_url = api_url

    async def wake(self) -> None:
        """Nothing is left undone here: Twilio calls again by itself."""

    async def close(self) -> None:
        """Nothing is set going here."""

    async def send(self, order: SmsOrder) -> Answer:
        """Create a message, once."""
        more = {} if order.valid_for is None else {"validity_period": _validity(order.valid_for)}
        try:
            recipient, sender = _e164(order.recipient), _e164(order.sender)
        except numbers.BadNumber:
            return Rejected("bad_number", permanent=True)
        try:
            message = await self._client.messages.create_async(
                to=recipient,
                from_=sender,
                body=order.body,
                status_callback=f"{self._callback_url}?order={quote(order.order_id, safe='')}",
                **more,
            )
        except (http.NeverSent, http.Ambiguous) as error:
            return http.concluded(error)
        except _TooMany as error:
            return Rejected("rate_limited", permanent=False, retry_after=error.retry_after)
        except (TwilioRestException, TwilioServiceException) as error:
            return _refusal(error)
        except (TwilioException, ValueError, AttributeError, TypeError) as error:
            return Unknown(f"unreadable answer: {type(error).__name__}")
        if not isinstance(message.sid, str) or not message.sid:
            return Unknown("an answer without a reference")
        return Accepted(message.sid)

    async def look_up(self, order: SmsOrder, reference: str | None, since: datetime) -> LookUp:  # noqa: ARG002
        """By reference only: a message that merely looks the same may be another order's."""
        if reference is None:
            return CannotTell("Twilio keeps no id of ours")
        try:
            message = await self._client.messages(reference).fetch_async()
        except (http.NeverSent, http.Ambiguous, _TooMany) as error:
            return CannotTell(str(error))
        except (TwilioException, ValueError, AttributeError, TypeError) as error:
            return CannotTell(f"unreadable answer: {type(error).__name__}")
        status = _status(str(message.status), str(message.error_code or ""))
        reason = str(message.error_code) if message.error_code else None
        return Found(status, reference, reason=reason)

    def parse_callback(
        self, headers: Mapping[str, str], body: bytes, url: str
    ) -> Sequence[Receipt]:
        """A status callback. Its signature covers the public address and every field."""
        fields = self._signed(headers, body, url)
        reference, word = fields.get("MessageSid"), fields.get("MessageStatus")
        if not reference or not word:
            raise Malformed("MessageSid or MessageStatus is missing")
        error = fields.get("ErrorCode") or ""
        status = _status(word, error)
        if not status.final:
            return []
        order = parse_qs(urlsplit(url).query).get("order", [None])[0]
        return [
            Receipt(
                provider=NAME,
                event_id=f"{reference}:{word}",
                status=status,
                at=self._now(),
                order_id=order,
                reference=reference,
                reason=error or None,
            )
        ]

    def parse_inbound(self, headers: Mapping[str, str], body: bytes, url: str) -> Sequence[Inbound]:
        """An SMS to a number of ours (where Twilio sends both ways; to Korea it is one)."""
        fields = self._signed(headers, body, url)
        reference, number = fields.get("MessageSid"), fields.get("From")
        if not reference or not number:
            raise Malformed("MessageSid or From is missing")
        return [Inbound(NAME, f"{reference}:in", number, fields.get("Body", ""))]

    def _signed(self, headers: Mapping[str, str], body: bytes, url: str) -> MultiDict[str]:
        """The fields of a callback that Twilio has signed for this account. Raises Forged."""
        given = CIMultiDict(headers)
        try:
            fields = MultiDict(parse_qsl(body.decode(), keep_blank_values=True))
        except ValueError:
            raise Forged("a body that nobody signed") from None
        algorithm = get_signature_algorithm(given.get("X-Twilio-Webhooks-Signature-Settings"))
        signature = given.get("X-Twilio-Signature", "")
        if not self._validator.validate(url, fields, signature, algorithm):
            raise Forged("the signature is wrong")
        if fields.get("AccountSid") != self._account:
            raise Forged("the callback is for another account")
        return fields


def _refusal(error: TwilioRestException | TwilioServiceException) -> Rejected:
    """A 4xx: nothing was taken. Codes 21xxx are about the message itself and so for good."""
    code = error.code if isinstance(error.code, int) else 0
    permanent = 21000 <= code < 22000 and code not in _FOR_NOW
    ours = "auth_" if error.status in {401, 403} else ""
    name = f"{ours}twilio_{code or error.status}"
    return Rejected(name, permanent=permanent, elsewhere=code in _OUR_SENDER)


def _status(word: str, error: str) -> Status:
    status = _FINAL.get(word, Status.ACCEPTED)
    return Status.EXPIRED if status is Status.FAILED and error == _VALIDITY_EXPIRED else status


def _validity(valid_for: timedelta) -> int:
    """Seconds, as Twilio allows them."""
    return max(5, min(36_000, round(valid_for.total_seconds())))


def _e164(digits: str) -> str:
    return digits if digits.startswith("+") else numbers.parse(digits).e164


OFFER = Offer(sms=TwilioSms)
