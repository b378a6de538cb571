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
    "server.addressbook.models",
    "server.notifications.models",
    "server.bookkeeping.models",
    "server.messages.models",
    "server.messages.pacing_models",
    "server.messages.health_models",
    "server.catalogue.models",
    "server.payments.models",
    "server.documents.models",
    "server.complaints.models",
    "server.complaints.fixing_models",
    "server.complaints.handling_models",
    "server.complaints.guest_models",
    "server.complaints.disclosure_models",
    "server.complaints.following_models",
    "server.complaints.redress_models",
    "server.complaints.together_models",
    "server.complaints.repeats_models",
    "server.complaints.abuse_models",
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
