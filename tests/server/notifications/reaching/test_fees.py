"""A fee that is due is told as any step is: by push, and then by what its payer has chosen (Y16,
Y11-3)."""

from typing import Any

import pytest

from server.complaints import handlers
from server.complaints.answers import letters
from server.complaints.answers.models import Letter
from server.complaints.handling import paying
from server.complaints.models import Complaint
from server.complaints.service import Filing, Place, accept, file
from server.core import db, outbox
from server.core.outbox import LeaseLostError
from server.messages.models import Delivery, Message
from server.notifications import service
from server.notifications.ladder import climb
from server.notifications.models import Notification, Reach
from server.payments import matching, undoing
from tests.server.home.town import Town
from tests.server.notifications.reaching.cases import Time, choose, clerk_of, lives_at, stands

pytestmark = [
    pytest.mark.usefixtures("time"),
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

KIND = "family-register"
WON = 1000
SHORT = "payment.short"


async def asked(town: Town, way: str) -> str:
    """The office asks Kim for the fee of a case; the reference of the charge."""
    await lives_at(town, "당산로 12길 3")
    if way != "none":
        await choose(town, way)
    filing = Filing("street-lamp", "증명서", "떼어 주세요.", Place("당산로 12길"), (), True)
    number = await file(town.accounts["kim"], filing)
    await paying.ask(number, clerk_of(town), KIND, version=1)
    charge = await paying.due(await Complaint.get())
    assert charge is not None
    assert charge.won == WON
    return charge.reference


async def pays(town: Town, reference: str, won: int) -> None:
    await matching.take(reference, won, "김영희", town.accounts["clerk"])


async def told() -> list[str]:
    return [row.kind for row in await Notification.filter(kind__contains="pay").order_by("id")]


async def test_who_is_short_of_a_fee_is_texted(town: Town, worker: Any) -> None:
    reference = await asked(town, "sms")
    await worker.drain()
    await pays(town, reference, 400)
    await worker.drain()
    assert await told() == ["complaint.payment_asked", SHORT]
    notices = [row.notice for row in await Message.all().order_by("created_at")]
    assert notices == ["complaint.payment_asked", SHORT]
    assert [rung for rung, _, _ in await stands()] == ["sms", "sms"]
    # Its own page, where it is paid, is where the notice leads and counts as read.
    kim = await town.browser("kim")
    assert (await kim.get(f"/pay/{reference}")).status_code == 200
    unread = await Notification.filter(account_id=town.accounts["kim"], read_at=None)
    assert SHORT not in [row.kind for row in unread]


async def test_its_letter_says_how_much_and_where(town: Town, worker: Any) -> None:
    reference = await asked(town, "desk")
    await worker.drain()
    for won in (300, 100):
        await pays(town, reference, won)
        await worker.drain()
    waiting = await Letter.all().order_by("id")
    assert [row.kind for row in waiting] == ["complaint.payment_asked", SHORT]
    _, paper = await letters.paper_of(waiting[-1].id, clerk_of(town))
    for title in ("수수료를 내야 접수할 수 있는 민원입니다", "낼 돈이 남았습니다"):
        (section,) = [each for each in paper.sections if each.title == title]
        for words in ("더 내실 돈: 600원", "계좌번호: ", f"보내는 사람 표시: {reference[:3]}"):
            assert words in section.text
    await pays(town, reference, 600)
    _, paper = await letters.paper_of(waiting[-1].id, clerk_of(town))
    (section,) = paper.sections
    assert "계좌번호" not in section.text


async def test_paid_on_the_way_to_the_desk_no_letter_is_written(town: Town, worker: Any) -> None:
    reference = await asked(town, "desk")
    await climb((await Reach.get()).id)
    await pays(town, reference, WON)
    await worker.drain()
    assert await stands() == [("needless", "no_device", "")]
    assert await Letter.filter(kind="complaint.payment_asked").count() == 0


async def test_a_part_that_was_paid_is_told_once(town: Town, worker: Any, time: Time) -> None:
    reference = await asked(town, "sms")
    await worker.drain()
    await pays(town, reference, 400)
    courier = outbox.Courier()
    (job,) = await courier.take(1, ["complaints.payment_short"])
    await handlers.payment_short(job)
    # Its worker is killed before it says that it is done, and another looks for it.
    with pytest.raises(LeaseLostError):
        await handlers.payment_short(job)
    time.on(1)
    await worker.drain()
    assert await told() == ["complaint.payment_asked", SHORT]
    assert await Message.filter(notice=SHORT).count() == 1
    # The next payment is news of its own.
    await pays(town, reference, 100)
    await worker.drain()
    assert await told() == ["complaint.payment_asked", SHORT, SHORT]


async def test_paid_later_it_is_not_texted(town: Town, worker: Any, time: Time) -> None:
    reference = await asked(town, "sms")
    await worker.drain()
    await Reach.all().delete()
    await pays(town, reference, 400)
    await worker.drain()
    # Pushed, and not opened yet; and texted, but not on its way yet.
    pushed = {"rung": "push", "sms_order": None, "texted_at": None, "handed_at": time()}
    await Reach.all().update(**pushed)
    await db.execute("UPDATE outbox_job SET state = 'waiting' WHERE topic = ?", [service.CLIMB])
    await worker.drain()
    assert [rung for rung, *_ in await stands()] == ["push"]
    texts = await Message.all().count()
    time.on(2)
    await pays(town, reference, 600)
    await worker.drain()
    assert [rung for rung, *_ in await stands()] == ["needless"]
    time.on(25)
    await worker.drain()
    assert await Message.all().count() == texts


async def test_paid_while_its_text_waits_that_is_taken_back(town: Town, worker: Any) -> None:
    reference = await asked(town, "sms")
    await worker.drain()
    await Delivery.all().update(state="queued")
    await db.execute("DELETE FROM outbox_job WHERE topic LIKE 'messages.%'")
    await pays(town, reference, WON)
    await worker.drain()
    assert [rung for rung, *_ in await stands()] == ["needless"]
    assert (await Message.get()).stage == "cancelled"
    # Once more by the queue: nothing happens twice.
    await db.execute("UPDATE outbox_job SET state = 'waiting' WHERE topic = 'payment.confirmed'")
    await worker.drain()
    assert (await Message.get()).stage == "cancelled"


async def test_paid_before_it_is_posted_its_letter_is_taken_out(town: Town, worker: Any) -> None:
    reference = await asked(town, "desk")
    await worker.drain()
    first = await Letter.get()
    await letters.mark_posted(first.id, clerk_of(town))
    await pays(town, reference, 400)
    await worker.drain()
    assert [row.kind for row in await Letter.filter(printed_at=None)] == [SHORT]
    await pays(town, reference, 600)
    await worker.drain()
    assert [row.id for row in await Letter.all()] == [first.id]
    assert [rung for rung, *_ in await stands()] == ["at_desk", "needless"]
    assert (await Complaint.get()).state == "arrived"


async def test_paid_after_the_case_was_accepted_nothing_asks_for_it(
    town: Town, worker: Any
) -> None:
    reference = await asked(town, "desk")
    await pays(town, reference, WON)
    await worker.drain()
    await accept((await Complaint.get()).number, clerk_of(town), "street-lamp", version=3)
    (part,) = (await undoing.parts(reference))[1]
    await undoing.undo(reference, part.deposit_id, "다른 사람의 돈", town.accounts["clerk"])
    await worker.drain()
    missing = Letter.filter(kind="complaint.fee_missing")
    assert await missing.count() == 1
    await pays(town, reference, WON)
    await worker.drain()
    assert await missing.count() == 0
    assert await Letter.filter(kind="complaint.accepted").count() == 1


async def test_paid_before_it_could_be_told_nothing_is_said_to_be_missing(
    town: Town, worker: Any, time: Time
) -> None:
    reference = await asked(town, "none")
    await pays(town, reference, 400)
    await pays(town, reference, 600)
    await worker.drain()
    assert SHORT not in await told()
    assert await service.unread(town.accounts["kim"]) > 0
