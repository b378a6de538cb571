"""What the benches of sending and their baselines have in common: the very messages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from gateways.contract import Surroundings

BODY = "토요일 10시에 마당에서 만나요."
SECRETS = {
    "SOLAPI_API_KEY": "NCSBENCH",
    "SOLAPI_API_SECRET": "secret of the bench",
    "SOLAPI_WEBHOOK_TOKEN": "token-of-the-bench",
}


def surroundings(session: aiohttp.ClientSession, secrets: Mapping[str, str]) -> Surroundings:
    """What a provider is opened with."""
    return Surroundings("", Path(), secrets, session, lambda: datetime.now(UTC))


def text_of(number: int) -> dict[str, object]:
    """A message as SOLAPI takes it."""
    return {
        "message": {
            "to": f"0104000{number:04}",
            "from": "0226703114",
            "text": BODY,
            "type": "SMS",
            "autoTypeDetect": False,
            "customFields": {"madangOrder": f"{number:032}"},
        }
    }
