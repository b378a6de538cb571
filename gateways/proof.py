"""A proof in the callback's address, for providers that sign nothing themselves.

Whoever calls back an address that we gave out for an order knows it from us. It proves which order
the news is about, not what the news is: that much trust the provider's own network must earn.
"""

import hashlib
import hmac
from urllib.parse import parse_qs, quote, urlsplit

from gateways.contract import Forged

_DIGITS = 32


def of(secret: str, name: str) -> str:
    """32 hexadecimal digits that only a holder of `secret` can make for `name`."""
    return hmac.new(secret.encode(), name.encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def address(callback_url: str, secret: str, order_id: str) -> str:
    """The address to be called with news of one order."""
    return f"{callback_url}?order={quote(order_id, safe='')}&proof={of(secret, order_id)}"


def order_of(url: str, secret: str) -> str:
    """The order that an address called back is about. Raises Forged where it is none of ours."""
    query = parse_qs(urlsplit(url).query)
    orders, proofs = query.get("order", []), query.get("proof", [])
    if len(orders) != 1 or len(proofs) != 1:
        raise Forged("the address proves nothing")
    if not hmac.compare_digest(of(secret, orders[0]).encode(), proofs[0].encode()):
        raise Forged("the proof in the address is wrong")
    return orders[0]
