"""Fax through Sinch (Fax API v3): the TIFF as multipart, the end by a callback with a proof.

Sinch signs nothing and takes no id of ours, but calls back the address it was given, and shows that
address in its lists: with our id and proof in it, both receipt and look-up name the order. What it
keeps of the pages (13 months) is deleted as soon as the fax has ended.

Settings: SINCH_PROJECT_ID, SINCH_KEY_ID, SINCH_KEY_SECRET, SINCH_WEBHOOK_SECRET (ours); optionally
SINCH_SERVICE_ID, SINCH_AUTH (oauth2, or basic: `heavily rate limited` says Sinch), SINCH_API_URL
(a region's, or the tests') and SINCH_AUTH_URL.
"""

import asyncio
import email
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from multidict import CIMultiDict

from gateways import http, proof
from gateways.contract import (
    Accepted,
    Answer,
    CannotTell,
    Capabilities,
    FaxOrder,
    Found,
    LookUp,
    Malformed,
    Misconfigured,
    NotFound,
    Offer,
    Receipt,
    Rejected,
    Status,
    Surroundings,
    Unknown,
)
from gateways.encode import numbers

NAME = "sinch"
_URL = "https://fax.api.sinch.com"
_AUTH_URL = "https://auth.sinch.com/oauth2/token"
_ENDS = {"COMPLETED": Status.DELIVERED, "FAILURE": Status.FAILED}
_TOKEN_MARGIN = timedelta(seconds=60)
_LISTED_MAX = 1000
_SETTLED = timedelta(minutes=10)
_REASON_MAX = 60
_FORGET_TRIES, _FORGET_SECONDS = 3, 2.0

_log = logging.getLogger(__name__)


class _NoToken(Exception):  # noqa: N818
    """Sinch gave no access token; nothing was sent. Says why in a word."""


class Sinch:
    """The provider `sinch`: receipts, look-up, pages counted."""

    name = NAME
    capabilities = Capabilities(receipts=True, look_up=True, partial=True)

    def __init__(self, surroundings: Surroundings) -> None:
        secrets = surroundings.secrets
        self._session = surroundings.session
        self._now = surroundings.now
        # Its callbacks carry the whole fax: they need the room that `/documents` gives.
        self._callback_url = f"{surroundings.callback_url}/documents"
        self._key = surroundings.need("SINCH_KEY_ID"), surroundings.need("SINCH_KEY_SECRET")
        self._secret = surroundings.need("SINCH_WEBHOOK_SECRET")
        self._service = secrets.get("SINCH_SERVICE_ID", "")
        root = (secrets.get("SINCH_API_URL") or _URL).rstrip("/")
        self._url = f"{root}/v3/projects/{surroundings.need('SINCH_PROJECT_ID')}/faxes"
        self._auth_url = secrets.get("SINCH_AUTH_URL") or _AUTH_URL
        way = secrets.get("SINCH_AUTH") or "oauth2"
        if way not in {"oauth2", "basic"}:
            raise Misconfigured("SINCH_AUTH must be oauth2 or basic")
        self._basic = way == "basic"
        self._token = ""
        self._token_until = surroundings.now()
        self._asking = asyncio.Lock()
        self._forgetting: set[asyncio.Task[None]] = set()

    async def wake(self) -> None:
        """Nothing is left undone here: Sinch calls again by itself."""

    async def close(self) -> None:
        """Let what is being deleted be deleted, for a while."""
        if self._forgetting:
            _, left = await asyncio.wait(self._forgetting, timeout=3)
            for task in left:
                task.cancel()

    async def send(self, order: FaxOrder) -> Answer:
        """Hand the pages over, once. A token that has run out is renewed: a 401 takes nothing."""
        try:
            recipient = numbers.parse(order.recipient).e164
            sender = numbers.parse(order.sender).e164
        except numbers.BadNumber:
            return Rejected("bad_number", permanent=True)
        fields = {
            "to": recipient,
            "from": sender,
            "callbackUrl": self._address(order.order_id),
            "callbackUrlContentType": "application/json",
            "imageConversionMethod": "MONOCHROME",
            "headerPageNumbers": "false",  # ours is drawn already
        } | ({"serviceId": self._service} if self._service else {})
        for again in (True, False):
            try:
                answer = await self._exchange("POST", "", data=_form(fields, order.tiff))
            except _NoToken as error:
                return Rejected(str(error), permanent=False)
            except (http.NeverSent, http.Ambiguous) as error:
                return http.concluded(error)
            if answer.status != 401 or self._basic or not again:
                break
            self._token = ""
        return _answer(answer)

    async def look_up(self, order: FaxOrder, reference: str | None, since: datetime) -> LookUp:
        """By Sinch's id where we have it, else among this week's faxes to that number."""
        try:
            if reference is not None:
                answer = await self._exchange("GET", f"/{reference}")
                faxes = [_object(answer)]
            else:
                asked = {
                    "direction": "OUTBOUND",
                    "to": numbers.parse(order.recipient).e164,
                    "pageSize": str(_LISTED_MAX),
                }
                answer = await self._exchange("GET", "", params=asked)
                faxes = list(_object(answer)["faxes"])
                address = self._address(order.order_id)
                mine = [fax for fax in faxes if fax.get("callbackUrl") == address]
                if not mine and len(faxes) < _LISTED_MAX and self._now() - since >= _SETTLED:
                    return NotFound()
                faxes = mine
            if not faxes:
                return CannotTell("not listed")
            found = _found(faxes[0])
        except (http.NeverSent, http.Ambiguous, _NoToken) as error:
            return CannotTell(str(error))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return CannotTell(f"unreadable answer: {type(error).__name__}")
        if found.status.final:
            self._forget(found.reference)
        return found

    def parse_callback(
        self, headers: Mapping[str, str], body: bytes, url: str
    ) -> Sequence[Receipt]:
        """`FAX_COMPLETED`, as JSON or as a form. The address proves which order it is about."""
        order_id = proof.order_of(url, self._secret)
        try:
            event, fax = _told(CIMultiDict(headers).get("Content-Type", ""), body)
            if event != "FAX_COMPLETED":
                return []
            found = _found(fax)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Malformed(type(error).__name__) from None
        if not found.status.final:
            return []
        self._forget(found.reference)
        return [
            Receipt(
                provider=NAME,
                event_id=f"{found.reference}:{found.status}",
                status=found.status,
                at=http.moment(fax.get("completedTime"), self._now()),
                order_id=order_id,
                reference=found.reference,
                delivered_units=found.delivered_units,
                reason=found.reason,
            )
        ]

    def _address(self, order_id: str) -> str:
        return proof.address(self._callback_url, self._secret, order_id)

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        data: aiohttp.MultipartWriter | None = None,
        params: Mapping[str, str] | None = None,
    ) -> http.Exchange:
        headers = {"Authorization": await self._authorization()}
        return await http.exchange(
            self._session, method, self._url + path, headers=headers, data=data, params=params
        )

    async def _authorization(self) -> str:
        if self._basic:
            return http.basic_auth(*self._key)
        async with self._asking:
            if not self._token or self._token_until <= self._now():
                await self._ask_for_a_token()
            return f"Bearer {self._token}"

    async def _ask_for_a_token(self) -> None:
        try:
            answer = await http.exchange(
                self._session,
                "POST",
                self._auth_url,
                headers={"Authorization": http.basic_auth(*self._key)},
                data={"grant_type": "client_credentials"},
            )
            if answer.status != 200:
                raise _NoToken(f"auth_sinch_{answer.status}")
            given = json.loads(answer.body)
            lasts = timedelta(seconds=int(given["expires_in"]))
            self._token, self._token_until = str(given["access_token"]), self._now() + lasts
        except (http.NeverSent, http.Ambiguous) as error:
            raise _NoToken(f"auth_sinch_{error}") from None
        except (ValueError, KeyError, TypeError) as error:
            raise _NoToken("auth_sinch_unreadable") from error
        self._token_until -= min(_TOKEN_MARGIN, lasts / 2)

    def _forget(self, reference: str) -> None:
        """Have Sinch delete the pages, beside what is being done."""
        task = asyncio.get_running_loop().create_task(self._deleted(reference))
        self._forgetting.add(task)
        task.add_done_callback(self._forgetting.discard)

    async def _deleted(self, reference: str) -> None:
        for _ in range(_FORGET_TRIES):
            try:
                answer = await self._exchange("DELETE", f"/{reference}/file")
            except (http.NeverSent, http.Ambiguous, _NoToken):
                answer = None
            if answer is not None and (answer.status < 300 or answer.status == 404):
                return
            await asyncio.sleep(_FORGET_SECONDS)
        _log.warning("Sinch keeps the pages of fax %s: it did not delete them", reference)


def _form(fields: Mapping[str, str], tiff: bytes) -> aiohttp.MultipartWriter:
    form = aiohttp.MultipartWriter("form-data")
    for name, value in fields.items():
        form.append(value).set_content_disposition("form-data", name=name)
    part = form.append(tiff, {"Content-Type": "image/tiff"})
    part.set_content_disposition("form-data", name="file", filename="fax.tif")
    return form


def _answer(answer: http.Exchange) -> Answer:
    """A fax with an id is taken; a 4xx is not, and 400 and 422 are about the fax itself."""
    if answer.status == 429:
        return http.rate_limited(answer.headers)
    if http.refused(answer.status):
        ours = "auth_" if answer.status in {401, 402, 403} else ""
        return Rejected(f"{ours}sinch_{answer.status}", permanent=answer.status in {400, 422})
    if not 200 <= answer.status < 300:
        return Unknown(f"HTTP {answer.status}")
    try:
        reference = json.loads(answer.body)["id"]
    except (ValueError, KeyError, TypeError) as error:
        return Unknown(f"unreadable answer: {type(error).__name__}")
    if not isinstance(reference, str) or not reference:
        return Unknown("an answer without a reference")
    return Accepted(reference)


def _object(answer: http.Exchange) -> dict[str, Any]:
    if answer.status != 200:
        raise http.Ambiguous(f"HTTP {answer.status}")
    found = json.loads(answer.body)
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found


def _told(content_type: str, body: bytes) -> tuple[str, dict[str, Any]]:
    """The event and its fax; a form holds the fax as JSON text."""
    if not content_type.startswith("multipart/form-data"):
        said = json.loads(body)
        return str(said["event"]), dict(said["fax"])
    form = email.message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields: dict[str, str] = {}
    for part in form.walk():
        name = part.get_param("name", header="Content-Disposition")
        if isinstance(name, str) and name in {"event", "fax"}:
            payload = part.get_payload(decode=True)
            fields[name] = payload.decode() if isinstance(payload, bytes) else ""
    return fields["event"].strip(), dict(json.loads(fields["fax"]))


def _found(fax: Mapping[str, Any]) -> Found:
    reference = fax["id"]
    if not isinstance(reference, str) or not reference.isalnum():
        raise ValueError("no id")
    status = _ENDS.get(str(fax["status"]), Status.ACCEPTED)
    if not status.final:
        return Found(status, reference)
    sent = fax.get("pagesSentSuccessfully")
    units = int(sent) if sent is not None else None
    if status is Status.DELIVERED:
        return Found(status, reference, units)
    words = (fax.get("errorType") or "failure", fax.get("errorCode"))
    reason = "_".join(str(word).lower() for word in words if word is not None)
    return Found(status, reference, units, reason[:_REASON_MAX])


OFFER = Offer(fax=Sinch)
