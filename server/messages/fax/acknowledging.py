"""A fax with a resident registration number leaves only when its sender has said that it is meant
(Personal Information Protection Act 24-2; Y15-4)."""

from uuid import UUID

from server.core import audit, clock
from server.core.db import transactional
from server.core.i18n import N_
from server.core.web import Invalid
from server.messages.fax.models import FaxSheet
from server.messages.models import Message


@transactional
async def acknowledge(message_id: UUID, account_id: int) -> None:
    """The sender has seen the warning and means it. Only of a draft of one's own; anything else
    stays as it is."""
    mine = await Message.filter(id=message_id, account_id=account_id, stage="draft").exists()
    waiting = FaxSheet.filter(message_id=message_id, acknowledged_at=None).exclude(exposed="")
    if mine and await waiting.update(acknowledged_at=clock.now()):
        await audit.record("message.acknowledged", f"message:{message_id}", account_id)


async def must_be_acknowledged(message: Message) -> None:
    """Raise Invalid where a page of a fax carries such a number and nobody has said so."""
    waiting = FaxSheet.filter(message_id=message.id, acknowledged_at=None).exclude(exposed="")
    if message.kind == "fax" and await waiting.exists():
        raise Invalid(
            "messages.acknowledge",
            N_("주민등록번호로 보이는 것이 있습니다. 그대로 보낼지 확인해 주세요."),
            "acknowledged",
        )
