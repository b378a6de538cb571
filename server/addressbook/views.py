"""The address book of one's own at /me/addressbook: write down, change, strike out (Y15-4)."""

from quart.typing import ResponseReturnValue

from server.addressbook import rules, service
from server.addressbook.forms import ContactForm, GroupForm
from server.core import clock
from server.core.i18n import N_
from server.core.web import (
    SIGNED_IN,
    Closed,
    Door,
    Limit,
    NotFound,
    Problem,
    actor,
    redirect,
    render,
)
from server.core.web.flashes import flash
from server.ordinance import service as ordinance

door = Door("addressbook")

READ = Limit(240, "minute")
WRITE = Limit(600, "hour")
HERE = "/me/addressbook"


def _me() -> int:
    """The reader's account. Raises Closed where the municipality sends no messages."""
    if not ordinance.profile(clock.today()).has_messages:
        raise Closed
    account_id = actor().account_id
    assert account_id is not None, "every route here is for the signed in"
    return account_id


@door.get("/me/addressbook", who=SIGNED_IN, limit=READ)
async def book() -> ResponseReturnValue:
    """Everybody in the book, and an empty line for one more."""
    return await _book_page(ContactForm())


@door.post("/me/addressbook", who=SIGNED_IN, limit=WRITE)
async def add() -> ResponseReturnValue:
    """Write somebody down."""
    me, form = _me(), await ContactForm.read()
    if not form.fine() or form.read_number is None:
        return await _book_page(form), 422
    try:
        await service.add(
            me, form.read_name, form.read_number, form.groups.data or (), form.named_group,
            form.claim,
        )  # fmt: skip
    except Problem as problem:
        form.complain(problem)
        return await _book_page(form), problem.status
    flash(N_("주소록에 적었습니다."))
    return redirect(HERE)


@door.get("/me/addressbook/<int:contact_id>", who=SIGNED_IN, limit=READ)
async def contact(contact_id: int) -> ResponseReturnValue:
    """One of the book, to be changed."""
    found = await service.entry(_me(), contact_id)
    form = ContactForm(
        data={"name": found.name, "number": found.number.pretty, "groups": list(found.groups)}
    )
    return await _contact_page(found, form)


@door.post("/me/addressbook/<int:contact_id>", who=SIGNED_IN, limit=WRITE)
async def change(contact_id: int) -> ResponseReturnValue:
    """Write somebody down anew."""
    me, form = _me(), await ContactForm.read()
    found = await service.entry(me, contact_id)
    if not form.fine() or form.read_number is None:
        return await _contact_page(found, form), 422
    try:
        await service.change(
            me, contact_id, form.read_name, form.read_number, form.groups.data or (),
            form.named_group,
        )  # fmt: skip
    except NotFound:
        raise
    except Problem as problem:
        form.complain(problem)
        return await _contact_page(found, form), problem.status
    flash(N_("고쳤습니다."))
    return redirect(HERE)


@door.post("/me/addressbook/<int:contact_id>/remove", who=SIGNED_IN, limit=WRITE)
async def remove(contact_id: int) -> ResponseReturnValue:
    """Strike somebody out."""
    await service.remove(_me(), contact_id)
    flash(N_("주소록에서 지웠습니다."))
    return redirect(HERE)


@door.get("/me/addressbook/groups/<int:group_id>", who=SIGNED_IN, limit=READ)
async def group(group_id: int) -> ResponseReturnValue:
    """A group: who is in it, and its name to be changed."""
    return await _group_page(group_id)


@door.post("/me/addressbook/groups/<int:group_id>", who=SIGNED_IN, limit=WRITE)
async def rename(group_id: int) -> ResponseReturnValue:
    """Give a group another name."""
    me, form = _me(), await GroupForm.read()
    try:
        if not form.validate():
            return await _group_page(group_id, form), 422
        await service.rename_group(me, group_id, rules.name(form.name.data))
    except NotFound:
        raise
    except Problem as problem:
        form.complain(problem)
        return await _group_page(group_id, form), problem.status
    flash(N_("고쳤습니다."))
    return redirect(HERE)


@door.post("/me/addressbook/groups/<int:group_id>/remove", who=SIGNED_IN, limit=WRITE)
async def ungroup(group_id: int) -> ResponseReturnValue:
    """Undo a group; its people stay."""
    await service.remove_group(_me(), group_id)
    flash(N_("묶음을 풀었습니다. 사람은 주소록에 그대로 있습니다."))
    return redirect(HERE)


async def _book_page(form: ContactForm) -> str:
    found = await service.book(_me())
    return await render(
        "addressbook/book.html", book=found, form=form.offer(found), most=rules.CONTACTS_MAX
    )


async def _contact_page(found: service.Entry, form: ContactForm) -> str:
    return await render(
        "addressbook/contact.html", entry=found, form=form.offer(await service.book(_me()))
    )


async def _group_page(group_id: int, form: GroupForm | None = None) -> str:
    found = await service.book(_me())
    shelf = next((one for one in found.shelves if one.id == group_id), None)
    if shelf is None:
        raise NotFound
    return await render(
        "addressbook/group.html", shelf=shelf, form=form or GroupForm(data={"name": shelf.name})
    )
