"""Fax over HTTP: the exact preview, the same life as an SMS, pages paid one by one (Y15-4)."""

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw

from gateways.encode import fax_file
from server.core import storage
from server.messages import handlers, service
from server.messages.models import Message
from server.mileage import service as mileage
from tests.people import hidden_fields

TO = "02-2670-3500"


def photo(width: int = 900, height: int = 600) -> bytes:
    """A picture as a phone takes it."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).ellipse((50, 50, 500, 500), fill="navy")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()


async def draft(kim: Any, to: str, body: str, *pictures: bytes) -> Any:
    """Posts the form of a fax."""
    page = await kim.client.get("/messages/fax/new")
    fields = hidden_fields(await page.get_data(as_text=True)) | {"to": to, "body": body}
    boundary = b"a-boundary-of-the-test"
    pieces = [
        b'Content-Disposition: form-data; name="%b"\r\n\r\n%b' % (name.encode(), value.encode())
        for name, value in fields.items()
    ] + [
        b'Content-Disposition: form-data; name="files"; filename="photo.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n" + data
        for data in pictures
    ]
    data = b"".join(b"--%b\r\n%b\r\n" % (boundary, piece) for piece in pieces)
    return await kim.client.post(
        "/messages/fax/new",
        data=data + b"--%b--\r\n" % boundary,
        headers={"Content-Type": f"multipart/form-data; boundary={boundary.decode()}"},
    )


@pytest.mark.clause("Y15-4", 2)
async def test_two_pages_of_which_one_arrives(resident: Any, carrier: Any, worker: Any) -> None:
    kim = await resident("kim", points=530)
    answer = await draft(kim, TO, "주차장 이용을 신청합니다.\n김영희", photo())
    assert answer.status_code == 303, await answer.get_data(as_text=True)
    address = answer.headers["Location"]
    page = await kim.see(address)
    assert "1곳 × 2장 × 50점" in page
    assert "100점으로 보내기" in page
    assert "02-2670-3600" in page
    assert (await kim.points()).held == 0

    shown = []
    for number in (1, 2):
        picture = await kim.client.get(f"{address}/pages/{number}.png")
        assert picture.content_type == "image/png"
        shown.append(Image.open(io.BytesIO(await picture.get_data())).convert("1"))
    assert all(image.width == 1728 for image in shown)
    assert (await kim.client.get(f"{address}/pages/3.png")).status_code == 404
    assert (await kim.client.get(f"{address}/pages/0.png")).status_code == 404

    carrier.behave(behaviour={"*": "partial"})
    assert (await kim.confirm(address)).status_code == 303
    assert await kim.points() == mileage.Balance(430, 100)
    await worker.drain()

    # The very bits that were shown are the bits that were handed over.
    (sent,) = await handlers.sent(10)
    assert sent.tiff is not None
    pages = fax_file.from_tiff(sent.tiff.read_bytes())
    for image, handed in zip(shown, pages, strict=True):
        assert image.tobytes() == fax_file.decode(handed).tobytes()
    assert sent.recipient == TO

    assert await carrier.call_back("fax") == [200]
    await worker.drain()
    assert await kim.points() == mileage.Balance(480, 0)
    assert "2장 가운데 1장이 도착했습니다. 50점을 돌려드렸습니다." in await kim.see(address)
    assert "팩스 2장 가운데 1장 반환" in await kim.see("/me/mileage")


async def test_a_fax_to_two_machines_is_paid_for_at_each(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    answer = await draft(kim, f"{TO}\n031-8036-7114", "안녕하세요")
    address = answer.headers["Location"]
    assert "2곳 × 1장 × 50점" in await kim.see(address)
    carrier.behave(behaviour={"0226703500": "reject_number"})
    await kim.confirm(address)
    await worker.drain()
    await carrier.call_back("fax")
    await worker.drain()
    assert await kim.points() == mileage.Balance(480, 0)
    assert set((await carrier.handed_over()).values()) == {1}


async def test_what_cannot_be_faxed_is_said_and_kept(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    refused = [
        (TO, "", (), "내용을 적거나 사진·PDF를 골라 주세요."),
        ("010-1234-5678", "안녕", (), "휴대전화 번호라서 팩스를 받을 수 없습니다."),
        (TO, "안녕", (b"MZ this is no picture",), "photo.jpg: 사진이나 PDF가 아닙니다."),
        (TO, "안녕 🎉", (), "팩스로 보낼 수 없는 글자가 있습니다: 🎉"),
        (TO, "가나다\n" * 1_000, (), "한 번에 20장까지"),
        (TO, "안녕", (photo(160, 120),) * 20, "한 번에 20장까지"),
        (TO, "안녕", (photo()[:400],), "사진"),
    ]
    for to, body, pictures, words in refused:
        answer = await draft(kim, to, body, *pictures)
        page = await answer.get_data(as_text=True)
        assert (answer.status_code, words in page) == (422, True), words
        assert body.strip()[:5] in page
    assert await Message.all().count() == 0


async def test_the_same_form_twice_keeps_one_set_of_pages(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    page = await kim.client.get("/messages/fax/new")
    fields = hidden_fields(await page.get_data(as_text=True)) | {"to": TO, "body": "안녕하세요"}
    first = await kim.client.post("/messages/fax/new", form=fields)
    second = await kim.client.post("/messages/fax/new", form=fields)
    assert first.headers["Location"] == second.headers["Location"]
    (message,) = await Message.all()
    assert await service.tiff(message.id)


async def test_pages_are_sealed_and_nobody_elses(
    resident: Any, carrier: Any, settings: Any
) -> None:
    kim, lee = await resident("kim"), await resident("lee")
    answer = await draft(kim, TO, "아무도 못 읽는 말")
    address = answer.headers["Location"]
    assert (await lee.client.get(f"{address}/pages/1.png")).status_code == 404
    stored = [path for path in (settings.data / "storage").rglob("*") if path.is_file()]
    assert stored
    assert not any(b"II*\0" in path.read_bytes() for path in stored)
    sms = await kim.draft("010-1234-5678")
    assert (await kim.client.get(f"{sms}/pages/1.png")).status_code == 404
    (message,) = await Message.filter(kind="fax")
    await storage.delete(f"messages/{message.id.hex}/fax-1.tiff")
    assert (await kim.client.get(f"{address}/pages/1.png")).status_code == 404
