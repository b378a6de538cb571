"""Faxes that come in: what a fax server or a cloud tells of one, once it has proved who it is.

HylaFAX has no call of its own for it: `providers/hylafax_received.py` runs there after each fax and
posts it, signed. Sinch signs nothing. The address that either is given for incoming faxes carries a
proof, so that nobody else has as much read as a fax may be.
"""

import base64
import binascii
import email
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from multidict import CIMultiDict

from gateways import http, proof
from gateways.contract import Forged, Malformed

HYLAFAX, SINCH = "hylafax", "sinch"
SIGNATURE = "X-HylaFAX-Signature"
PROVED = "incoming"
"""What the proof in the address is for."""

SECRETS = {HYLAFAX: "HYLAFAX_WEBHOOK_SECRET", SINCH: "SINCH_WEBHOOK_SECRET"}
NUMBER_MAX = 40


@dataclass(frozen=True, slots=True)
class IncomingFax:
    """One fax as it came. `event_id` is the same however often it is told; `sender` is the number
    the line or the sender's machine said, empty where neither did; `data` a TIFF or a PDF."""

    provider: str
    event_id: str
    sender: str = field(repr=False)
    at: datetime
    data: bytes = field(repr=False)


def address_of(provider: str, callback_root: str, secret: str) -> str:
    """The address to give to a provider for incoming faxes; `callback_root` ends in /callbacks."""
    return proof.address(f"{callback_root}/{provider}/fax", secret, PROVED)


def prove(url: str, secret: str) -> None:
    """Whether an address proves itself, before the whole fax is read. Raises Forged."""
    if proof.order_of(url, secret) != PROVED:
        raise Forged("the proof is for something else")


def read(
    provider: str, headers: Mapping[str, str], body: bytes, url: str, secret: str, now: datetime
) -> IncomingFax | None:
    """The fax that a callback brings; None where it tells of something else. Raises Forged,
    Malformed."""
    prove(url, secret)
    if provider == HYLAFAX:
        given = CIMultiDict(headers).get(SIGNATURE, "")
        right = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(given.encode(), right.encode()):
            raise Forged("the signature is wrong")
    try:
        if provider == HYLAFAX:
            return _of_hylafax(json.loads(body))
        return _of_sinch(CIMultiDict(headers).get("Content-Type", ""), body, now)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise Malformed(type(error).__name__) from None


def _of_hylafax(news: Mapping[str, Any]) -> IncomingFax:
    at = datetime.fromisoformat(news["at"])
    if at.tzinfo is None:
        raise ValueError("a time of nowhere")
    data = base64.b64decode(news["tiff"], validate=True)
    event = f"{news['comm']}:{hashlib.sha256(data).hexdigest()[:16]}"
    return IncomingFax(HYLAFAX, event, str(news["from"])[:NUMBER_MAX], at, data)


def _of_sinch(content_type: str, body: bytes, now: datetime) -> IncomingFax | None:
    if content_type.startswith("multipart/form-data"):
        fields = _form(content_type, body)
        event, fax = fields["event"].decode().strip(), json.loads(fields["fax"])
        data = fields.get("file", b"")
    else:
        news = json.loads(body)
        event, fax = str(news["event"]), news["fax"]
        data = base64.b64decode(news.get("file") or "", validate=True)
    if event != "INCOMING_FAX":
        return None
    if not data:
        raise ValueError("a fax without its pages")
    at = http.moment(fax.get("completedTime") or fax.get("createTime"), now)
    return IncomingFax(SINCH, str(fax["id"]), str(fax.get("from") or "")[:NUMBER_MAX], at, data)


def _form(content_type: str, body: bytes) -> dict[str, bytes]:
    form = email.message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields: dict[str, bytes] = {}
    for part in form.walk():
        name = part.get_param("name", header="Content-Disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            fields[name] = payload
    return fields
