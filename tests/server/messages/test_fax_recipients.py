"""Whom a fax goes to: picked in the address book, with or without a script, and nobody who has
opted out; a machine opts out by a code that it printed (Y15-4, Network Act 50)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from PIL import ImageChops

from gateways.encode import fax, fax_cover, fax_file, numbers
from server import config
from server.addressbook import service as addressbook
from server.core import db
from server.fairuse import service as fairuse
from server.messages import handlers, service
from server.messages.fax import pages as drawing
from server.messages.models import Delivery, Message
from server.mileage import service as mileage
from tests.conftest import POSTGRES_PROVED
from tests.people import hidden_fields

pytestmark = POSTGRES_PROVED

FORM = "/messages/fax/new"
OUT = "/messages/opt-out"
LAST_LINES = 1_300
"""Below this row of a cover stands what is told to whoever finds it."""

TO, OTHER, MOBILE = "02-2670-3500", "02-2670-3501", "010-1111-0001"


async def write(kim: Any, **typed: Any) -> tuple[Any, str]:
    """Posts the form as a browser without a script does, several boxes ticked."""
    hidden = hidden_fields(await kim.see(FORM))
    answer = await kim.client.post(
        FORM,
        data=urlencode({**hidden, "to": "", "body": "안녕하세요", **typed}, doseq=True),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    return answer, await answer.get_data(as_text=True)


async def told(order: str) -> set[str]:
    """To which numbers an order goes."""
    rows = await Delivery.filter(message_id=order.rpartition("/")[2])
    return {row.number or "" for row in rows}


async def test_who_gets_a_fax_is_picked_in_the_address_book(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    lee = await resident("lee")
    account = kim.account_id
    machine = await addressbook.add(account, "주차문화과", numbers.parse(TO), (), "구청")
    (shelf,) = (await addressbook.book(account)).shelves
    await addressbook.add(account, "박 주무관", numbers.parse(MOBILE), [shelf.id])
    await addressbook.add(account, "청소과", numbers.parse(OTHER), [shelf.id])
    stranger = await addressbook.add(lee.account_id, "남의 번호", numbers.parse("031-8036-7114"))

    page = await kim.see(f"{FORM}?pick=c{machine}")
    assert re.search(rf'name="pick" value="c{machine}" checked', page)
    assert "묶음 · 2명" in page  # of three those whom a fax reaches
    assert MOBILE not in page
    shown = await kim.see(f"/me/addressbook/{machine}")
    assert f"{FORM}?pick=c{machine}" in shown
    assert "/messages/sms/new?pick" not in shown

    answer, page = await write(kim, pick=[f"g{shelf.id}", f"c{machine}", f"c{stranger}", "x"])
    assert answer.status_code == 303, page
    assert await told(answer.headers["Location"]) == {"0226703500", "0226703501"}
    # One that is typed as well is sent to once.
    answer, _ = await write(kim, to=f"{TO}\n02-2670-3502", pick=[f"g{shelf.id}"])
    assert await told(answer.headers["Location"]) == {"0226703500", "0226703501", "0226703502"}

    many = "\n".join(f"02-2670-36{number:02}" for number in range(4))
    for typed, words in (
        ({}, "받는 사람을 적어 주세요."),
        ({"pick": [f"c{stranger}"]}, "받는 사람을 적어 주세요."),
        ({"to": "안녕", "pick": [f"c{machine}"]}, "전화번호가 아닙니다"),
        ({"to": many, "pick": [f"g{shelf.id}"]}, "한 번에 5명까지"),
    ):
        answer, page = await write(kim, **typed)
        assert (answer.status_code, words in page) == (422, True), words
        for pick in typed.get("pick", []):
            ticked = f'name="pick" value="{pick}" checked' in page
            assert ticked is (pick != f"c{stranger}")  # nothing ticked is lost


@pytest.fixture
def by_day(clock_at: Any) -> Iterator[None]:
    """No code is faxed at night."""
    with clock_at("2026-11-23T10:00+09:00"):
        yield


async def test_a_machine_opts_out_by_the_code_that_it_prints(
    app: Any, by_day: None, resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    before, _ = await write(kim, to=f"{TO}\n{OTHER}", cover="y")
    late = before.headers["Location"]

    anybody = app.test_client()
    page = await (await anybody.get(OUT)).get_data(as_text=True)
    wish = {"by": "fax", "wish": "opt_out"}
    answer = await anybody.post(OUT, form=hidden_fields(page) | wish | {"number": MOBILE})
    assert answer.status_code == 422
    page = await answer.get_data(as_text=True)
    assert "팩스를 받을 수 있는 국내 번호를 적어 주세요." in page
    answer = await anybody.post(OUT, form=hidden_fields(page) | wish | {"number": TO})
    assert answer.status_code == 303
    where = answer.headers["Location"]
    await worker.drain()
    message = await Message.get(paid_by="office")
    assert (message.kind, message.units, message.unit_points) == ("fax", 1, 0)
    (sent,) = await handlers.sent(10)
    assert sent.recipient == TO
    assert sent.tiff is not None
    assert fax_file.from_tiff(sent.tiff.read_bytes()) == fax_file.from_tiff(
        await service.tiff(message.id)
    )
    (code,) = re.findall(r"확인번호 (\d{6})\.", message.body or "")
    assert code not in str(await db.fetch("SELECT payload FROM outbox_job"))
    page = await (await anybody.get(where)).get_data(as_text=True)
    answer = await anybody.post(where, form=hidden_fields(page) | {"code": code})
    assert (answer.status_code, answer.headers["Location"]) == (303, OUT)
    assert await fairuse.suppressed(["0226703500"]) == {"0226703500"}

    # What was drawn before is not sent, and nothing is set aside.
    answer = await kim.confirm(late)
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert f"받지 않겠다고 한 번호가 있습니다: {TO}" in page
    assert await kim.points() == mileage.Balance(530, 0)
    answer, _ = await write(kim, to=f"{TO}\n{OTHER}")
    page = await kim.see(answer.headers["Location"])
    assert "받지 않겠다고 한 번호 1개는 뺐습니다" in page
    assert "50점으로 보내기" in page
    answer, page = await write(kim, to=TO)
    assert answer.status_code == 422
    assert "모두 문자와 팩스를 받지 않겠다고 한 번호입니다" in page


async def test_the_cover_says_how_to_get_no_more(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    contact = "010-1234-5678"
    answer, _ = await write(kim, to=TO, cover="y", contact=contact)
    sent = await service.tiff(UUID(answer.headers["Location"].rpartition("/")[2]))
    office = "영등포구청"
    said = f"{office} 누리집에서 주민이 보낸 팩스입니다. {office}의 공문서가 아닙니다."
    page, phone = f"{config.settings().public_url}{OUT}", "02-2670-3114"
    no_more = f"{page} 에 팩스 번호를 적어 주세요. 전화로도 됩니다: {phone}. 돈이 들지 않습니다."
    cover = fax_cover.Cover("", contact, said, no_more)
    header = fax.Header("김영희가", TO, datetime(2026, 11, 28, 10, 12, tzinfo=UTC))
    expected = fax.draw("안녕하세요", [], header, drawing.FONT, cover).pages[0]
    below = 0, LAST_LINES, fax_file.WIDTH, fax_file.ROWS_MAX
    found, wanted = (
        fax_file.decode(each).crop(below) for each in (fax_file.from_tiff(sent)[0], expected)
    )
    assert ImageChops.invert(wanted.convert("L")).getbbox() is not None
    assert found.tobytes() == wanted.tobytes()
