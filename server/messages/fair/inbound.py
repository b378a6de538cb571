"""An SMS that comes in: kept sealed in the queue until somebody has heard it, and not longer.

Who answers a message with one of the profile's words wants no more of them (Network Act 50(4)).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from gateways.contract import Inbound
from server.core import crypto, outbox
from server.core.db import transactional
from server.core.jobs import Job

HEARD: Final = "messages.heard"
"""The topic of an inbound SMS, and the context under which number and text are sealed."""

TEXT_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Said:
    """Who wrote what."""

    number: str
    text: str


@transactional
async def take(news: Sequence[Inbound]) -> None:
    """Queue inbound SMS, each once, however often the provider tells of it; all or none."""
    await outbox.emit_many(HEARD, map(_sealed, news))


def _sealed(news: Inbound) -> tuple[dict[str, str], str]:
    """The payload of the job, and its key."""
    said = json.dumps({"number": news.number, "text": news.text[:TEXT_MAX]}, ensure_ascii=False)
    sealed = crypto.seal(said.encode(), HEARD).hex()
    return {"said": sealed}, sha256(f"{news.provider}:{news.event_id}".encode()).hexdigest()


def opened(job: Job) -> Said:
    """What a job of the topic says."""
    said = json.loads(crypto.unseal(bytes.fromhex(job.payload["said"]), HEARD))
    return Said(said["number"], said["text"])
