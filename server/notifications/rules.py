"""What may be told, and what of it a reader may have pushed or not (Y16, Y22-1).

A sentence stands on a lock screen: it holds a receipt number, a count or a date, never a name, a
telephone number or what somebody wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from server.core.i18n import N_
from server.notifications.kinds.accounts import ACCOUNTS
from server.notifications.kinds.complaints import COMPLAINTS, FIXING
from server.notifications.kinds.following import FOLLOWING
from server.notifications.kinds.kind import Kind
from server.notifications.kinds.money import MILEAGE, PAYMENTS
from server.notifications.kinds.redress import EXAMINING, REDRESS
from server.notifications.kinds.sending import FAIR_USE, MESSAGES

FIELDS: Final = frozenset({"receipt", "points", "units", "arrived", "count", "date", "code"})
"""The only words a sentence may be filled with: none of them can name a person."""

SUBSCRIPTION_LIFE: Final = timedelta(days=180)
"""A device that has not opened the app for so long is forgotten."""

SUBSCRIPTIONS_MAX: Final = 10
"""Devices of one account; the one unused for longest gives way."""

KINDS: Final[Mapping[str, Kind]] = {
    **COMPLAINTS,
    **FOLLOWING,
    **REDRESS,
    **FIXING,
    **EXAMINING,
    **MESSAGES,
    **FAIR_USE,
    **MILEAGE,
    **PAYMENTS,
    **ACCOUNTS,
}


@dataclass(frozen=True, slots=True)
class Topic:
    """What a reader may have pushed or not, as one; the inbox has all of it anyway. The words are
    those for residents and those for officials; None where they are told nothing of it."""

    words: str | None
    words_official: str | None
    kinds: frozenset[str]


TOPICS: Final[Mapping[str, Topic]] = {
    "complaints": Topic(
        N_("내 민원의 진행과 답변"),
        N_("맡은 민원과 결재"),
        frozenset({*COMPLAINTS, *REDRESS, *FIXING, *EXAMINING}),
    ),
    "following": Topic(N_("받아 보는 곳과 함께 겪는 민원"), None, frozenset(FOLLOWING)),
    "messages": Topic(N_("보낸 문자와 팩스"), N_("문자와 팩스"), frozenset({*MESSAGES, *FAIR_USE})),
    "mileage": Topic(N_("마일리지"), N_("마일리지와 예산"), frozenset(MILEAGE)),
    "payments": Topic(N_("수수료와 입금"), None, frozenset(PAYMENTS)),
}
"""What is not here is always pushed: what concerns the account itself."""


def topic_of(kind: str) -> str | None:
    """Under which topic a kind may be switched off."""
    return next((name for name, topic in TOPICS.items() if kind in topic.kinds), None)


def seen_on_its_page(kind: str) -> bool:
    """Whether who opens the page that a notice leads to has read it by that: not a warning about
    the account itself, whose page is opened by whoever did what it warns of."""
    return topic_of(kind) is not None


class UnknownKindError(ValueError):
    """A kind that is not declared, or params that are not exactly its fields."""


def checked(kind: str, params: Mapping[str, object]) -> Kind:
    """The kind, if `params` fill its sentences exactly. Raises UnknownKindError."""
    declared = KINDS.get(kind)
    if declared is None:
        raise UnknownKindError(kind)
    if declared.fields != params.keys():
        raise UnknownKindError(
            f"{kind} takes {sorted(declared.fields)}, was given {sorted(params)}"
        )
    return declared
