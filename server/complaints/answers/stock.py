"""A department's own phrases for its answers (답변 틀): kept by its people, offered by topic."""

from dataclasses import dataclass
from typing import Any

from server.complaints.answers.models import StockPhrase
from server.complaints.fixes import rules as fixing_rules
from server.complaints.rules import tidy, tidy_line
from server.core import audit, clock, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, Forbidden, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase: what it is called, and what it says."""

    id: int
    title: str
    text: str
    topic_id: int | None


async def phrases(department_id: int | None, topic_id: int | None = None) -> list[Phrase]:
    """The department's phrases by title; with a topic those of it first, then those of any."""
    rows = await StockPhrase.filter(department_id=department_id or 0).order_by("title")
    fit = [row for row in rows if topic_id is None or row.topic_id in {None, topic_id}]
    fit.sort(key=lambda row: (topic_id is not None and row.topic_id != topic_id, row.title))
    return [Phrase(row.id, row.title, row.text, row.topic_id) for row in fit]


@transactional
async def keep(
    actor: Actor,
    title: str,
    text: str,
    topic_id: int | None,
    *,
    phrase_id: int | None = None,
    claim: FormClaim | None = None,
) -> None:
    """Write a phrase, or change one of the reader's department. Raises Invalid on the field,
    Conflict for a title that is taken, NotFound."""
    if await forms.claimed(claim) is not None:
        return
    if actor.department_id is None or actor.account_id is None:
        raise Forbidden
    missing = N_("꼭 적어 주세요.")
    longest = fixing_rules.TITLE_LETTERS_MAX
    title = tidy(tidy_line(title), "title", longest, missing=missing)
    text = tidy(text, longest=fixing_rules.PHRASE_LETTERS_MAX, missing=missing)
    own = StockPhrase.filter(department_id=actor.department_id)
    if await own.filter(title=title).exclude(id=phrase_id or 0).exists():
        raise Conflict("stock.title", N_("같은 이름의 틀이 이미 있습니다."), "title")
    kept: dict[str, Any] = {
        "title": title,
        "text": text,
        "topic_id": topic_id,
        "changed_at": clock.now(),
        "changed_by_id": actor.account_id,
    }
    if phrase_id is None:
        if await own.count() >= fixing_rules.PHRASES_MAX:
            sentence = N_("틀은 %(max)s개까지 둘 수 있습니다. 안 쓰는 것을 먼저 지워 주세요.")
            raise Invalid("stock.many", sentence, None, max=fixing_rules.PHRASES_MAX)
        await StockPhrase.create(department_id=actor.department_id, **kept)
    elif not await own.filter(id=phrase_id).update(**kept):
        raise NotFound
    await audit.record("stock.kept", f"department:{actor.department_id}", actor.account_id)
    await forms.settle(claim, title)


@transactional
async def remove(actor: Actor, phrase_id: int, *, claim: FormClaim | None = None) -> None:
    """Take a phrase of the reader's department away; again changes nothing."""
    if await forms.claimed(claim) is not None:
        return
    gone = StockPhrase.filter(id=phrase_id, department_id=actor.department_id or 0)
    if await gone.delete():
        await audit.record("stock.removed", f"department:{actor.department_id}", actor.account_id)
    await forms.settle(claim, "")
