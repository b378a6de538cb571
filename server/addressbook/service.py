"""One's own address book (Y15-4): people with their numbers, in groups; nobody else reads it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gateways.encode import numbers
from gateways.encode.numbers import Number
from server.addressbook import rules
from server.addressbook.models import Contact, Group, Member
from server.core import clock, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, NotFound, Problem

__all__ = [
    "Book",
    "Entry",
    "Shelf",
    "add",
    "book",
    "change",
    "entry",
    "forget",
    "picked",
    "remove",
    "remove_group",
    "rename_group",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in the book, and the groups he is in."""

    id: int
    name: str
    number: Number
    groups: tuple[int, ...] = ()

    @property
    def pick(self) -> str:
        """What a form says where he is ticked."""
        return f"c{self.id}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A group and how many are in it."""

    id: int
    name: str
    entries: tuple[Entry, ...]

    @property
    def pick(self) -> str:
        """What a form says where the whole group is ticked."""
        return f"g{self.id}"


@dataclass(frozen=True, slots=True)
class Book:
    """A whole address book, by name."""

    entries: tuple[Entry, ...]
    shelves: tuple[Shelf, ...]


async def book(account_id: int) -> Book:
    """The address book of an account; it is never longer than CONTACTS_MAX."""
    contacts = await Contact.filter(account_id=account_id)
    groups = await Group.filter(account_id=account_id)
    of: dict[int, list[int]] = {contact.id: [] for contact in contacts}
    for row in await Member.filter(group_id__in=[group.id for group in groups]):
        if row.contact_id in of:
            of[row.contact_id].append(row.group_id)
    entries = tuple(sorted((_entry(one, of[one.id]) for one in contacts), key=_by_name))
    shelves = (
        Shelf(group.id, group.name, tuple(one for one in entries if group.id in one.groups))
        for group in groups
    )
    return Book(entries, tuple(sorted(shelves, key=lambda shelf: shelf.name)))


async def entry(account_id: int, contact_id: int) -> Entry:
    """One of the book. Raises NotFound, for somebody else's as well."""
    contact = await _own(account_id, contact_id)
    memberships = await Member.filter(contact_id=contact_id)
    return _entry(contact, [one.group_id for one in memberships])


async def picked(account_id: int, picks: Collection[str]) -> list[Entry]:
    """Whom the ticks of a form mean (`c12` a contact, `g3` a whole group), each once, by name.

    Ticks that mean nothing (any more) are passed over.
    """
    if not picks:
        return []
    found = await book(account_id)
    wanted = {one.id for one in found.entries if one.pick in picks}
    for shelf in found.shelves:
        if shelf.pick in picks:
            wanted |= {one.id for one in shelf.entries}
    return [one for one in found.entries if one.id in wanted]


@transactional
async def add(
    account_id: int,
    name: str,
    number: Number,
    groups: Iterable[int] = (),
    new_group: str = "",
    claim: FormClaim | None = None,
) -> int:
    """Write somebody down; his id. Raises Conflict where the number is known or the book full."""
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    rules.must_have_room(await Contact.filter(account_id=account_id).count())
    await _must_be_new(account_id, number)
    contact = await Contact.create(
        account_id=account_id, name=name, number=number.digits, created_at=clock.now()
    )
    await _sorted_into(contact, groups, new_group)
    await forms.settle(claim, str(contact.id))
    return int(contact.id)


@transactional
async def change(
    account_id: int,
    contact_id: int,
    name: str,
    number: Number,
    groups: Iterable[int] = (),
    new_group: str = "",
) -> None:
    """Write somebody down anew. Raises NotFound, Conflict where another has the number."""
    contact = await _own(account_id, contact_id)
    if contact.number != number.digits:
        await _must_be_new(account_id, number)
    contact.name, contact.number = name, number.digits
    await contact.save(update_fields=["name", "number"])
    await Member.filter(contact_id=contact_id).delete()
    await _sorted_into(contact, groups, new_group)


@transactional
async def remove(account_id: int, contact_id: int) -> None:
    """Strike somebody out. Raises NotFound."""
    contact = await _own(account_id, contact_id)
    await Member.filter(contact_id=contact.id).delete()
    await contact.delete()


@transactional
async def rename_group(account_id: int, group_id: int, name: str) -> None:
    """Give a group another name. Raises NotFound, Conflict where another has it."""
    group = await Group.get_or_none(id=group_id, account_id=account_id)
    if group is None:
        raise NotFound
    other = await Group.get_or_none(account_id=account_id, name_index=name)
    if other is not None and other.id != group_id:
        raise Conflict("addressbook.group_known", N_("같은 이름의 묶음이 있습니다."))
    group.name = name
    await group.save(update_fields=["name"])


@transactional
async def remove_group(account_id: int, group_id: int) -> None:
    """Undo a group; whoever was in it stays in the book. Raises NotFound."""
    group = await Group.get_or_none(id=group_id, account_id=account_id)
    if group is None:
        raise NotFound
    await Member.filter(group_id=group_id).delete()
    await group.delete()


@transactional
async def forget(account_id: int) -> None:
    """Erase the book of an account that is closed."""
    groups = await Group.filter(account_id=account_id)
    await Member.filter(group_id__in=[group.id for group in groups]).delete()
    await Group.filter(account_id=account_id).delete()
    await Contact.filter(account_id=account_id).delete()


async def _own(account_id: int, contact_id: int) -> Contact:
    contact = await Contact.get_or_none(id=contact_id, account_id=account_id)
    if contact is None:
        raise NotFound
    return contact


async def _must_be_new(account_id: int, number: Number) -> None:
    known = await Contact.get_or_none(account_id=account_id, number_index=number.digits)
    if known is not None:
        raise Problem(
            "addressbook.known",
            N_("이미 있는 번호입니다: %(name)s"),
            409,
            "number",
            name=known.name,
        )


async def _sorted_into(contact: Contact, groups: Iterable[int], new_group: str) -> None:
    """Put a contact into groups of his own book; a new one is made where none has the name."""
    own = Group.filter(account_id=contact.account_id)
    wanted = {group.id for group in await own.filter(id__in=list(groups))}
    if new_group:
        group = await Group.get_or_none(account_id=contact.account_id, name_index=new_group)
        if group is None:
            rules.must_have_room_for_group(await own.count())
            group = await Group.create(
                account_id=contact.account_id, name=new_group, created_at=clock.now()
            )
        wanted.add(group.id)
    await Member.bulk_create(
        Member(contact_id=contact.id, group_id=group) for group in sorted(wanted)
    )


def _entry(contact: Contact, groups: Iterable[int]) -> Entry:
    number = numbers.parse(contact.number)
    return Entry(contact.id, contact.name, number, tuple(sorted(groups)))


def _by_name(one: Entry) -> tuple[str, int]:
    return one.name, one.id
