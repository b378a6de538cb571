"""Fills an empty demo with a believable district, through the doors that residents use.

Begun and not finished, it goes on where it stopped: every act is a form with a key of its own.
Nothing here runs in production.
"""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import service as complaints
from server.config import Settings
from server.core import clock, crypto, outbox
from server.demo import books, lives, password
from server.demo.models import DemoDistrict
from server.demo.stories import Cast, Event, Story, claim
from server.demo.written import District, read
from server.notifications import service as notifications
from server.opendata import service as opendata
from server.ordinance import service as ordinance

LOGINS = (
    "resident",
    "official",
    "head",
    "examiner",
    "audit",
    "informatics",
    "privacy",
    "admin",
    "cashier",
)
OPENED_DAYS_AGO = 45
FAXED_AGO = timedelta(minutes=50)
READ_BUT = 3
"""How many notifications of each account are left unread."""


async def fill(settings: Settings) -> None:
    """Make the district if this demo has none, and let its logins use today's password.

    The database is open and migrated, topics are wired. An office that is no demo, or that has
    departments of its own, is left alone.
    """
    if settings.mode != "demo":
        return
    marker = await DemoDistrict.get_or_none(id=1)
    if marker is None:
        if await accounts.departments(every=True):
            return
        marker = await DemoDistrict.create(id=1, begun_at=clock.now())
    if marker.finished_at is None:
        await _make(marker.begun_at)
        await DemoDistrict.filter(id=1).update(finished_at=clock.now())
    await _set_password(settings, marker)


def greeting(settings: Settings) -> str:
    """What `madang up` says of the demo's logins; empty where there is no demo."""
    if settings.mode != "demo":
        return ""
    return f"demo logins {' '.join(LOGINS)}, password {password.of(settings)}"


async def _make(now: datetime) -> None:
    district = read(ordinance.profile().district.slug)
    seoul = clock.seoul(now)
    cast = Cast(district)
    with clock.use(seoul - timedelta(days=OPENED_DAYS_AGO)):
        await _office(district, cast)
        if ordinance.profile().has_mileage:
            await books.members(cast)
    for event in in_order(_past(district, cast, seoul)):
        with clock.use(event.at):
            await event.act()
            await outbox.drain()  # so that news of it bear its date
    if ordinance.profile().has_messages:
        for event in in_order(lives.messages_sent(cast, seoul)):
            with clock.use(event.at):
                await event.act()
        await lives.address_books(cast)
    await _fax(seoul)
    await _absences(district, cast, seoul.date())
    await _read_notifications(cast)
    await opendata.count_anew()


def in_order(events: Iterable[Event]) -> Iterable[Event]:
    """The events as time brings them."""
    return sorted(events, key=lambda event: event.at)


async def _office(district: District, cast: Cast) -> None:
    """Departments, officials, and the catalogue of services."""
    for one in district.department:
        cast.departments[one.slug] = await accounts.create_department(
            one.slug, one.name, one.name_en, one.phone, claim=claim(f"department {one.slug}")
        )
    known = {one.login_id: one.id for one in await accounts.officials()}
    missing = [one for one in district.official if one.login not in known]
    made = await asyncio.gather(
        *(
            accounts.create_official(
                one.login,
                one.name,
                cast.departments[one.department],
                one.roles,
                must_change_password=False,
            )
            for one in missing
        )
    )
    cast.accounts |= known
    cast.accounts |= {
        one.login: created.account_id for one, created in zip(missing, made, strict=True)
    }
    await catalogue.seed_catalogue()


def _past(district: District, cast: Cast, now: datetime) -> list[Event]:
    """Everything that is over by `now`."""
    events = [*lives.events(cast, now), *_complaints(district, cast, now)]
    if ordinance.profile().has_mileage:
        events += books.corrections(cast, now)
    return events


def _complaints(district: District, cast: Cast, now: datetime) -> list[Event]:
    stories = (Story(number, one, cast, now) for number, one in enumerate(district.complaint, 1))
    return [event for story in stories for event in story.events()]


async def _fax(now: datetime) -> None:
    """A fax that came in a while ago, and waits at the desk."""
    with clock.use(now - FAXED_AGO):
        await complaints.ring()
        await outbox.drain()


async def _absences(district: District, cast: Cast, today: date) -> None:
    """Who is away this week, so that the substitute is seen at work."""
    for one in district.substitute:
        await accounts.set_substitute(
            cast.accounts[one.absent],
            cast.accounts[one.present],
            today,
            today + timedelta(days=6),
            actor_id=cast.accounts["official"],
            claim=claim(f"absence {one.absent}"),
        )


async def _read_notifications(cast: Cast) -> None:
    """People have read what they were told, but for the newest."""
    for account_id in cast.accounts.values():
        told = await notifications.inbox(account_id, "ko", before=None, limit=200)
        for one in told[READ_BUT:]:
            await notifications.opened(account_id, one.id)


async def _set_password(settings: Settings, marker: DemoDistrict) -> None:
    """The logins' password, where it is not the one that was set before."""
    chosen = password.of(settings)
    mark = crypto.keyed_hash("demo-password", chosen)
    if marker.password_mark == mark:
        return
    await accounts.set_demo_password(LOGINS, chosen)
    await DemoDistrict.filter(id=1).update(password_mark=mark)
