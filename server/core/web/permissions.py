"""Who is asking, and who may enter: every route names a Permission (Y16, design.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from quart import g, has_request_context, request

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "ANONYMOUS",
    "ANONYMOUS_ONLY",
    "APPLICANT",
    "OFFICIAL",
    "PUBLIC",
    "SIGNED_IN",
    "VERIFIED",
    "Actor",
    "Permission",
    "actor",
    "ahead",
    "attended",
    "role",
]


@dataclass(frozen=True, slots=True)
class Actor:
    """The reader as the session tells it; personal data only in `name` (display).

    `opened`: the number of a case, filed without an account, that its own password has opened;
    residents may have one open beside their account, officials never.
    """

    account_id: int | None = None
    person_id: int | None = None
    kind: Literal["anonymous", "resident", "official"] = "anonymous"
    roles: frozenset[str] = field(default_factory=frozenset)
    department_id: int | None = None
    locale: Literal["ko", "en"] | None = None
    session_id: int | None = None
    name: str | None = None
    must_change_password: bool = False
    must_enrol: bool = False
    opened: str | None = None

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None

    @property
    def verified(self) -> bool:
        """A resident whose identity was checked: has a person (Y15-4 needs one)."""
        return self.person_id is not None

    @property
    def official(self) -> bool:
        return self.kind == "official"


ANONYMOUS = Actor()


@dataclass(frozen=True, slots=True)
class Permission:
    """A named test of an actor; `a | b` lets in whoever either lets in."""

    name: str
    test: Callable[[Actor], bool]

    def __or__(self, other: Permission) -> Permission:
        first, second = self.test, other.test
        return Permission(
            f"{self.name} | {other.name}", lambda reader: first(reader) or second(reader)
        )

    @property
    def open_to_anonymous(self) -> bool:
        return self.test(ANONYMOUS)


PUBLIC = Permission("public", lambda _: True)
ANONYMOUS_ONLY = Permission("anonymous only", lambda reader: not reader.signed_in)
SIGNED_IN = Permission("signed in", lambda reader: reader.signed_in)
APPLICANT = Permission(
    "signed in or with a case opened", lambda reader: reader.signed_in or reader.opened is not None
)
VERIFIED = Permission("verified resident", lambda reader: reader.verified)
OFFICIAL = Permission("official", lambda reader: reader.official)


def role(*names: str) -> Permission:
    """Officials who hold at least one of the roles named."""
    wanted = frozenset(names)
    return Permission(
        "role " + " or ".join(sorted(wanted)),
        lambda reader: reader.official and not wanted.isdisjoint(reader.roles),
    )


UNATTENDED: Final = "Madang-Unattended"
"""The header of what an open page fetches by itself (pwa/ts/live.ts)."""


def ahead() -> bool:
    """Whether a browser fetches this before anybody has asked for it; nobody may ever see it."""
    return "prefetch" in request.headers.get("Sec-Purpose", "")


def attended() -> bool:
    """Whether a person asks. What an open page does by itself keeps no session from ending, and
    what is said once is not said to it: nobody may be there any more."""
    if not has_request_context():
        return True
    by_itself = request.path == "/live" or UNATTENDED in request.headers
    return not by_itself and not ahead()


def actor() -> Actor:
    """The reader of this request; outside a request nobody is signed in."""
    if not has_request_context():
        return ANONYMOUS
    reader: Actor = g.get("actor", ANONYMOUS)
    return reader
