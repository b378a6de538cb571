"""How the demo's residents live: join, are verified at the desk, come back, send messages."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateways.encode import numbers
from server.accounts import service as accounts
from server.addressbook import service as addressbook
from server.core import crypto
from server.demo import days
from server.demo.stories import Cast, Event, claim
from server.demo.written import Message, Resident
from server.messages import service as messages
from server.mileage import service as mileage
from server.privacy import service as privacy


def events(cast: Cast, now: datetime) -> Iterator[Event]:
    """Every resident's events, over by the last working day before `now`."""
    today = days.last_over(now.date())
    for place, one in enumerate(cast.district.resident):
        life, minute = _Life(one, cast), f"{place * 7 % 60:02}"
        joined = days.moved(today, -one.joined)
        yield Event(days.at(joined, f"08:{minute}"), life.join)
        if one.verified is None:
            continue
        verified = days.moved(today, -one.verified)
        yield Event(days.at(verified, f"11:{minute}"), life.verify)
        for back in range(one.pages):
            day = days.moved(today, -back)
            if day > verified:
                hour = 7 + (back * 5 + place) % 14
                yield Event(days.at(day, f"{hour:02}:{minute}"), life.first_page)


def messages_sent(cast: Cast, now: datetime) -> Iterator[Event]:
    """SMS and faxes ordered a few minutes ago: they lie ready for the worker."""
    for number, one in enumerate(cast.district.message, 1):
        order = _Order(f"message {number}", one, cast)
        yield Event(now - timedelta(minutes=one.minutes_ago), order.send)


async def address_books(cast: Cast) -> None:
    """Whom residents have written down, in their groups."""
    for place, one in enumerate(cast.district.contact, 1):
        account_id = cast.accounts[one.by]
        shelves = (await addressbook.book(account_id)).shelves
        known = [shelf.id for shelf in shelves if shelf.name == one.group]
        await addressbook.add(
            account_id,
            one.name,
            numbers.parse(one.number),
            known,
            "" if known else one.group,
            claim(f"contact {place}"),
        )


class _Order:
    """One SMS or fax, from its draft to its confirmation."""

    def __init__(self, name: str, written: Message, cast: Cast) -> None:
        self.name = name
        self.written = written
        self.cast = cast

    async def send(self) -> None:
        one = self.written
        account_id = self.cast.accounts[one.by]
        person_id = await accounts.person_of(account_id)
        assert person_id is not None, "only verified residents have mileage"
        to = [numbers.parse(each) for each in one.to]
        form = claim(self.name)
        if one.kind == "sms":
            draft = await messages.draft_sms(account_id, person_id, to, one.body, form)
        else:
            name = (await accounts.contact_of(account_id)).name or ""
            draft = await messages.draft_fax(account_id, person_id, name, to, one.body, (), form)
        await messages.confirm(draft, account_id, person_id)


class _Life:
    """One resident's acts."""

    def __init__(self, written: Resident, cast: Cast) -> None:
        self.written = written
        self.cast = cast
        self.person_id = 0

    async def join(self) -> None:
        one = self.written
        documents = (privacy.TERMS, privacy.PRIVACY)
        opened = await accounts.join(
            accounts.Joining(
                login_id=one.login,
                password=crypto.keyed_hash("demo resident", one.login).hex(),
                name=one.name,
                birth_date=one.born.isoformat(),
                phone=one.phone,
                email=one.email,
                consents={name: privacy.current(name).version for name in documents},
                locale=one.locale,
            ),
            claim=claim(f"join {one.login}"),
        )
        self.cast.accounts[one.login] = opened.account_id
        await accounts.close(opened.token)

    async def verify(self) -> None:
        """An official of the civil affairs desk has seen the identity card."""
        one, account_id = self.written, self.cast.accounts[self.written.login]
        person_id = await accounts.person_of(account_id)
        if person_id is None:
            desk = self.cast.accounts["official"]
            issued = await accounts.issue_code(desk, one.login, one.name, one.born)
            person_id = await accounts.verify(account_id, issued.code)
        self.person_id = person_id

    async def first_page(self) -> None:
        await mileage.first_page_of_day(self.person_id)
