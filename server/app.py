"""Builds the application out of the slices and wires topics to handlers: the one place that
knows them all."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from server import config
from server.accounts import service as accounts
from server.complaints import service as complaints
from server.core import db, i18n, lifetime, outbox
from server.core.web.application import Application
from server.core.web.door import Door
from server.deadlines import service as deadlines
from server.fairuse import service as fairuse
from server.messages.delivery import reconciling
from server.mileage import service as mileage
from server.notifications import service as notifications
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from server.config import Settings
    from server.core.web.permissions import Actor

__all__ = ["DOORS", "Reconciled", "create_app", "doors", "reconcile", "timers", "wire"]

type Reconciled = reconciling.Report

DOORS: Final = (
    "server.core.web.doors",
    "server.core.web.live",
    "server.ordinance.views",
    "server.accounts.views",
    "server.accounts.entry_views",
    "server.accounts.own_views",
    "server.accounts.factor_views",
    "server.accounts.office_views",
    "server.accounts.desk",
    "server.accounts.existing_desk",
    "server.fairuse.views",
    "server.fairuse.desk",
    "server.addressbook.views",
    "server.deadlines.desk",
    "server.privacy.views",
    "server.mileage.views",
    "server.bookkeeping.desk",
    "server.notifications.views",
    "server.catalogue.views",
    "server.catalogue.topics_desk",
    "server.catalogue.desk",
    "server.payments.views",
    "server.payments.desk",
    "server.messages.fax.views",
    "server.messages.fax.uploads",
    "server.messages.sms.views",
    "server.messages.orders.views",
    "server.messages.carriers.sent_desk",
    "server.messages.carriers.desk",
    "server.messages.delivery.callbacks",
    "server.messages.fair.inbound_callbacks",
    "server.messages.fair.held_desk",
    "server.complaints.redress.views",
    "server.complaints.arrival.draft_views",
    "server.complaints.showing.views",
    "server.complaints.arrival.guest_views",
    "server.complaints.behalf.views",
    "server.complaints.behalf.desk",
    "server.complaints.faxes.callbacks",
    "server.complaints.faxes.desk",
    "server.complaints.following.views",
    "server.complaints.disclosure.desk",
    "server.documents.views",
    "server.complaints.answers.paper_views",
    "server.complaints.arrival.registering_desk",
    "server.complaints.fixes.desk",
    "server.complaints.desk.memo_pages",
    "server.complaints.desk.sharing_out_pages",
    "server.complaints.desk.cases",
    "server.complaints.field.pages",
    "server.complaints.desk.acts",
    "server.complaints.handling.views",
    "server.complaints.redress.desk",
    "server.complaints.together.beside_desk",
    "server.opendata.views",
    "server.opendata.api",
    "server.opendata.open311",
    "server.opendata.open311_filing",
    "server.opendata.feeds",
    "server.opendata.exports",
    "server.opendata.desk",
    "server.examining.desk",
    "server.home.views",
    "server.operations.views",
    "server.operations.desk",
    "server.operations.telling_desk",
)
HANDLERS: Final = (
    "server.complaints.following.handlers",
    "server.deadlines.handlers",
    "server.accounts.handlers",
    "server.fairuse.handlers",
    "server.addressbook.handlers",
    "server.notifications.handlers",
    "server.messages.handlers",
    "server.messages.fair.handlers",
    "server.complaints.handlers",
    "server.complaints.faxes.handlers",
)
TIMERS: Final = (
    "server.core.forms",
    "server.core.audit",
    "server.core.live",
    "server.core.rekey",
    "server.core.outbox",
    "server.accounts.timers",
    "server.bookkeeping.timers",
    "server.fairuse.timers",
    "server.notifications.timers",
    "server.messages.timers",
    "server.payments.timers",
    "server.complaints.timers",
    "server.complaints.faxes.handlers",
    "server.examining.timers",
    "server.opendata.timers",
    "server.complaints.following.handlers",
)


def doors() -> list[Door]:
    """Every door of the house, each once."""
    found = [each for module in map(import_module, DOORS) for each in vars(module).values()]
    return list(dict.fromkeys(each for each in found if isinstance(each, Door)))


def wire() -> None:
    """Topics to handlers: each handlers module has `TOPICS`, a list of handlers by topic."""
    topics: dict[str, list[outbox.Handler]] = {}
    for module in map(import_module, HANDLERS):
        for topic, handlers in module.TOPICS.items():
            topics.setdefault(topic, []).extend(handlers)
    outbox.wire(topics)


def timers() -> list[outbox.Timer]:
    """Every timer: each timers module has `TIMERS`."""
    return [timer for module in map(import_module, TIMERS) for timer in module.TIMERS]


async def reconcile(*, mend: bool) -> Reconciled:
    """Orders, ledger and providers compared, and mended by rule if wished (Y15-4)."""
    return await reconciling.reconcile(mend=mend)


async def _greet(reader: Actor) -> None:
    """A verified resident's first signed-in page of a Seoul day earns points (table 1, Y15-3), and
    that of an existing member once more."""
    person_id = reader.person_id
    if reader.kind != "resident" or person_id is None or mileage.seen_today(person_id):
        return
    await accounts.welcome_existing(reader.account_id or 0, person_id)
    await mileage.first_page_of_day(person_id)


async def _for_every_page(reader: Actor) -> dict[str, Any]:
    """What layout.html shows beside what its view says."""
    unread = 0
    if reader.account_id is not None:
        unread = await notifications.unread(reader.account_id)
    outages = await deadlines.notices()
    stopped = await fairuse.notice()
    return {
        "profile": ordinance.profile(),
        "unread": unread,
        "outages": outages,
        "sending_stopped": stopped is not None,
    }


def _title(locale: str) -> str:
    with i18n.speaking(locale):
        return ordinance.profile().title


def create_app(settings: Settings) -> Application:
    """The application for `settings`; the database opens when serving starts.

    Raises ConfigError and ProfileError: a bad setting or profile stops the start.
    """
    config.use(settings)
    ordinance.use(settings.profile)
    app = Application(
        settings,
        sessions=accounts.actor_of_session,
        cases=complaints.opened_by,
        extras=_for_every_page,
        greet=_greet,
        title=_title,
        notices=notifications,
    )
    for door in doors():
        app.hang(door)
    wire()

    @app.before_serving
    async def open_database() -> None:
        await db.init(settings)

    @app.after_serving
    async def close_database() -> None:
        await app.gate.cache.settle()
        await lifetime.close_all()
        await db.close()

    return app
