"""Every module that has tables, in the order of the house: the schema is what these say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import Tortoise

if TYPE_CHECKING:
    from tortoise.models import Model

MODULES = (
    "server.core.models",
    "server.core.forms",
    "server.core.search",
    "server.deadlines.models",
    "server.mileage.models",
    "server.accounts.models",
    "server.fairuse.models",
    "server.accounts.existing_models",
    "server.accounts.factor_models",
    "server.addressbook.models",
    "server.notifications.models",
    "server.bookkeeping.models",
    "server.messages.models",
    "server.messages.fax.models",
    "server.messages.fair.models",
    "server.messages.carriers.pacing_models",
    "server.messages.carriers.health_models",
    "server.catalogue.models",
    "server.payments.models",
    "server.documents.models",
    "server.complaints.models",
    "server.complaints.arrival.guest_models",
    "server.complaints.behalf.models",
    "server.complaints.faxes.models",
    "server.complaints.handling.models",
    "server.complaints.answers.models",
    "server.complaints.fixes.models",
    "server.complaints.desk.models",
    "server.complaints.disclosure.models",
    "server.complaints.following.models",
    "server.complaints.redress.models",
    "server.complaints.together.models",
    "server.complaints.together.repeats_models",
    "server.complaints.abuse.models",
    "server.opendata.models",
    "server.examining.models",
    "server.demo.models",
)


def model_modules() -> list[str]:
    """The modules of `MODULES`, as Tortoise takes them."""
    return list(MODULES)


def models() -> list[type[Model]]:
    """Every model that Tortoise has loaded, by table name."""
    loaded = Tortoise.apps["madang"].values() if Tortoise.apps else ()
    return sorted(loaded, key=lambda model: model._meta.db_table)
