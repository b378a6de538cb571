"""What fair use shows on an order's page: whom it leaves out, what is declared, what is held."""

from dataclasses import dataclass
from uuid import UUID

from server.core.i18n import N_
from server.core.web import NotFound
from server.fairuse import service as fairuse
from server.fairuse.service import Finding
from server.messages.fair import fairness, held
from server.messages.fair.held import Shown
from server.messages.models import Message
from server.messages.orders.reading import pretty


@dataclass(frozen=True, slots=True)
class Fair:
    """`declares` is the sentence to be ticked before it goes, `findings` why it will be looked at,
    `own` whether the sender's number is the resident's."""

    left_out: tuple[str, ...]
    own: bool
    declares: str | None
    findings: tuple[Finding, ...]
    review: Shown | None


NEITHER = N_("광고도 선거운동도 아닙니다")
NO_AD = N_("광고가 아닙니다")
AGREED = N_("받는 사람이 모두 광고를 받겠다고 미리 동의했습니다")


async def shown(message_id: UUID, account_id: int) -> Fair:
    """What the page of one's own order says of it. Raises NotFound."""
    message = await Message.get_or_none(id=message_id, account_id=account_id)
    if message is None:
        raise NotFound
    draft = message.stage == "draft"
    return Fair(
        tuple(pretty(number) for number in await fairness.left_out_of(message_id)),
        bool(message.sender) and not fairuse.is_the_district_s(message.sender or ""),
        _declaration(message) if draft else None,
        (await fairness.judged(message)).findings if draft else (),
        None if draft else await held.of(message_id),
    )


def _declaration(message: Message) -> str | None:
    if message.paid_by == "person":
        return NEITHER
    body = message.body or ""
    if fairuse.claims_to_be_an_ad(body):
        return AGREED
    return NO_AD if fairness.looks_like_an_ad(body) else None
