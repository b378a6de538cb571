"""The demo district as it is written down in TOML, typed and checked when it is read."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

HERE = Path(__file__).parent


def _row(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


type Row[T] = Annotated[tuple[T, ...], BeforeValidator(_row)]


class Entry(BaseModel):
    """A table of the file: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Department(Entry):
    """A department; its slug is what the catalogue of services names it by."""

    slug: str
    name: str
    name_en: str
    phone: str


class Official(Entry):
    """An official with department and roles."""

    login: str
    name: str
    department: str
    roles: Row[str]


class Substitute(Entry):
    """Who is away for the week from today, and who stands in."""

    absent: str
    present: str


class Resident(Entry):
    """A resident. `joined` and `verified` are working days ago; `pages`: days with a first page."""

    login: str
    name: str
    born: date
    phone: str
    joined: int
    verified: int | None = None
    pages: int = 0
    email: str = ""
    locale: str = "ko"


class Principal(Entry):
    """For whom a complaint was filed by somebody else; told by letter."""

    name: str
    address: str
    relation: str
    consent: str


class Complaint(Entry):
    """A complaint and what became of it. `steps` as described at the head of the file; `service` is
    the slug of the service applied for, if it is one of the table; by `key` others speak of it.
    With an `address` it is answered by letter."""

    by: str
    topic: str
    title: str
    body: str
    place: str
    filed: int | str
    time: str
    steps: Row[Row[Any]]
    at: Row[float] = ()
    photos: Row[str] = ()
    public: bool = True
    service: str = ""
    address: str = ""
    key: str = ""
    on_behalf: Principal | None = None


class Message(Entry):
    """An SMS or a fax that a resident has sent, so many minutes ago."""

    by: str
    kind: Literal["sms", "fax"]
    minutes_ago: int
    to: Row[str]
    body: str


class Contact(Entry):
    """Somebody in a resident's address book, and the group he is in."""

    by: str
    name: str
    number: str
    group: str


class District(Entry):
    """Everything of the demo."""

    department: Row[Department]
    official: Row[Official]
    substitute: Row[Substitute] = ()
    resident: Row[Resident]
    complaint: Row[Complaint]
    message: Row[Message] = ()
    contact: Row[Contact] = ()


def read(slug: str) -> District:
    """The demo of a district; one that has none of its own borrows Yeongdeungpo's."""
    name = slug if (HERE / f"{slug}.toml").is_file() else "yeongdeungpo"
    tables = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    cases = tomllib.loads((HERE / f"{name}-complaints.toml").read_text(encoding="utf-8"))
    return District.model_validate(tables | cases)
