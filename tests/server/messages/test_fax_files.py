"""Text, photos and PDFs in one fax over HTTP: what is refused and kept, the cover, the warning,
each recipient's own pages, and what is paid where a part of it arrives (Y15-4)."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from gateways.encode import fax_file
from server.core import clock, storage
from server.messages import handlers, service
from server.messages.fax import files as fax_files
from server.messages.fax.models import FaxFile, FaxSheet
from server.messages.models import Message
from server.mileage import service as mileage
from tests.conftest import POSTGRES_PROVED
from tests.gateways import papers
from tests.people import hidden_fields
from tests.server.messages.test_fax import TO, photo

pytestmark = POSTGRES_PROVED

type File = tuple[str, bytes]
NUMBER = "900101-1234568"


async def write(
    kim: Any,
    files: list[File],
    *,
    at: str = "/messages/fax/new",
    to_address: str = "/messages/fax/new",
    **typed: Any,
) -> Any:
    """Posts the form of a fax as a browser without a script does."""
    page = await (await kim.client.get(at)).get_data(as_text=True)
    fields = [(name, value) for name, value in hidden_fields(page).items() if name != "kept"]
    for name, value in ({"to": TO, "body": ""} | typed).items():
        fields += [(name, each) for each in (value if isinstance(value, list) else [value])]
    boundary = b"a-boundary-of-the-test"
    pieces = [
        b'Content-Disposition: form-data; name="%b"\r\n\r\n%b' % (name.encode(), value.encode())
        for name, value in fields
    ] + [
        b'Content-Disposition: form-data; name="files"; filename="%b"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n" % name.encode() + data
        for name, data in files
    ]
    data = b"".join(b"--%b\r\n%b\r\n" % (boundary, piece) for piece in pieces)
    return await kim.client.post(
        to_address,
        data=data + b"--%b--\r\n" % boundary,
        headers={"Content-Type": f"multipart/form-data; boundary={boundary.decode()}"},
    )


def kept_in(page: str) -> list[str]:
    return re.findall(r'name="kept" value="([0-9a-f-]{36})" checked', page)


async def stored(settings: Any) -> list[Any]:
    return [path for path in (settings.data / "storage").rglob("*") if path.is_file()]


@pytest.mark.clause("Y15-4", 2)
async def test_a_cover_a_text_a_photo_and_a_pdf_of_which_four_pages_arrive(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    answer = await write(
        kim,
        [("붙임.jpg", photo()), ("신청서.pdf", papers.written("첫째 쪽", "둘째 쪽"))],
        body="주차장 이용을 신청합니다.",
        cover="y",
        cover_to="주차문화과",
        contact="010-1234-5678",
    )
    assert answer.status_code == 303, await answer.get_data(as_text=True)
    address = answer.headers["Location"]
    page = await kim.see(address)
    assert "1곳 × 5장 × 50점" in page
    shown = [
        await (await kim.client.get(f"{address}/pages/{number}.png")).get_data()
        for number in range(1, 6)
    ]
    carrier.behave(behaviour={"*": "partial"})
    assert (await kim.confirm(address)).status_code == 303
    await worker.drain()
    (sent,) = await handlers.sent(10)
    assert sent.tiff is not None
    for picture, handed in zip(shown, fax_file.from_tiff(sent.tiff.read_bytes()), strict=True):
        assert Image.open(io.BytesIO(picture)).tobytes() == fax_file.decode(handed).tobytes()
    assert await carrier.call_back("fax") == [200]
    await worker.drain()
    # All but the last page came through.
    assert await kim.points() == mileage.Balance(330, 0)
    assert "5장 가운데 4장이 도착했습니다. 50점을 돌려드렸습니다." in await kim.see(address)
    assert "팩스 5장 가운데 1장 반환" in await kim.see("/me/mileage")


async def test_each_recipient_gets_pages_that_name_nobody_else(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim")
    answer = await write(
        kim, [("a.jpg", photo())], to=f"{TO}\n02-2670-3501", cover="y", cover_to="주차문화과"
    )
    address = answer.headers["Location"]
    assert "2곳 × 2장 × 50점" in await kim.see(address)
    assert f"{address}/pages/1.png?to=2" in await kim.see(f"{address}?to=2")
    shown = {
        to: [
            await (await kim.client.get(f"{address}/pages/{number}.png?to={to}")).get_data()
            for number in (1, 2)
        ]
        for to in (1, 2)
    }
    assert shown[1][0] != shown[2][0]
    assert (await kim.client.get(f"{address}/pages/1.png?to=3")).status_code == 404
    await kim.confirm(address)
    await worker.drain()
    sent = {one.recipient: one for one in await handlers.sent(10)}
    for to, number in ((1, TO), (2, "02-2670-3501")):
        tiff = sent[number].tiff
        assert tiff is not None
        pages = fax_file.from_tiff(tiff.read_bytes())
        assert [fax_file.to_png(page) for page in pages] == shown[to]


async def test_what_is_wrong_with_a_file_is_said_and_the_others_stay(
    resident: Any, carrier: Any, settings: Any
) -> None:
    kim = await resident("kim")
    letter = papers.written("가나다")
    answer = await write(
        kim,
        [
            ("잠긴 것.pdf", papers.locked(letter, user="1234")),
            ("script.pdf", b"#!/bin/sh\nrm -rf /"),
            ("만 쪽.pdf", papers.many_pages(10_000)),
            ("깨진 것.pdf", b"%PDF-1.7\nnothing"),
            ("좋은 것.pdf", letter),
        ],
        to="010-1234-5678",
        body="쓴 말은 그대로",
        cover="y",
        cover_to="주차문화과",
    )
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in (
        "잠긴 것.pdf: 암호가 걸린 PDF입니다",
        "script.pdf: 사진이나 PDF가 아닙니다",
        "만 쪽.pdf: 10000쪽인 PDF입니다",
        "깨진 것.pdf: 읽을 수 없는 PDF입니다",
        "휴대전화 번호라서",
        "쓴 말은 그대로",
        'value="주차문화과"',
        "좋은 것.pdf",
    ):
        assert words in page, words
    (key,) = kept_in(page)
    assert len(await stored(settings)) == 1

    # What is right is mended: the file need not be chosen again.
    answer = await write(kim, [("둘째.jpg", photo())], body="쓴 말은 그대로", kept=[key])
    assert answer.status_code == 303, await answer.get_data(as_text=True)
    address = answer.headers["Location"]
    assert "1곳 × 3장 × 50점" in await kim.see(address)
    # Written anew, all is there again.
    again = await kim.see(f"/messages/fax/new?from={address.rsplit('/', 1)[1]}")
    assert kept_in(again)[0] == key
    assert len(kept_in(again)) == 2
    assert "둘째.jpg" in again


async def test_files_are_nobody_elses_and_go_with_the_day(
    resident: Any, carrier: Any, settings: Any, clock_at: Any
) -> None:
    kim, lee = await resident("kim"), await resident("lee")
    page = await (await write(kim, [("a.jpg", photo())], to="없는 번호")).get_data(as_text=True)
    (key,) = kept_in(page)
    answer = await write(lee, [], body="안녕하세요", kept=[key, "nonsense"])
    assert "1곳 × 1장" in await lee.see(answer.headers["Location"])
    address = (await write(kim, [], kept=[key])).headers["Location"]
    await write(kim, [("b.jpg", photo())], to="없는 번호")
    assert await FaxFile.all().count() == 2
    assert await fax_files.forget() == 0
    await kim.confirm(address)
    assert await fax_files.forget() == 1  # its fax is on its way
    with clock_at((clock.now() + timedelta(hours=25)).isoformat()):
        assert await fax_files.forget() == 1  # its form was given up
    assert await FaxFile.all().count() == 0
    assert len(await stored(settings)) == 2  # the pages of the two drafts
    assert not any(b"II*\0" in path.read_bytes() for path in await stored(settings))


@pytest.mark.clause("Y15-4", 2)
async def test_a_resident_number_is_warned_of_and_leaves_only_when_it_is_meant(
    resident: Any, carrier: Any
) -> None:
    kim, lee = await resident("kim"), await resident("lee")
    answer = await write(
        kim, [("a.pdf", papers.written("쪽", f"주민등록번호 {NUMBER}"))], body="안녕하세요"
    )
    address = answer.headers["Location"]
    page = await kim.see(address)
    assert "주민등록번호로 보이는 것이 있습니다" in page
    assert "3번째 장을 살펴봐 주세요" in page
    answer = await kim.confirm(address)
    page = await answer.get_data(as_text=True)
    assert (answer.status_code, 'aria-invalid="true"' in page) == (422, True)
    assert (await kim.points()).held == 0
    # Nobody else can say so.
    assert (await lee.post(f"{address}/confirm", {"acknowledged": "y"})).status_code == 404
    assert (await FaxSheet.get()).acknowledged_at is None
    answer = await kim.post(
        f"{address}/confirm", {"acknowledged": "y", "declared": "y"}, form_at=address
    )
    assert answer.status_code == 303
    assert (await kim.points()).held == 150


@pytest.mark.parametrize(
    ("typed", "warned"),
    [
        ({"body": f"제 번호는 {NUMBER}입니다"}, True),
        ({"body": "안녕하세요", "cover": "y", "contact": NUMBER}, True),
        ({"body": "안녕하세요", "contact": NUMBER}, False),  # there is no cover
        ({"body": "제 전화는 010-1234-5678입니다"}, False),
    ],
)
async def test_where_a_resident_number_is_looked_for(
    resident: Any, carrier: Any, typed: dict[str, str], *, warned: bool
) -> None:
    kim = await resident("kim")
    address = (await write(kim, [], **typed)).headers["Location"]
    assert ("주민등록번호로 보이는 것이 있습니다" in await kim.see(address)) is warned


async def test_a_fax_has_so_many_pages_and_no_more(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    many = [(f"{n}.pdf", papers.many_pages(7)) for n in range(3)]
    answer = await write(kim, many)
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "한 번에 20장까지 보낼 수 있습니다. 지금은 21장입니다." in page
    assert len(kept_in(page)) == 3
    assert await Message.all().count() == 0
    answer = await write(kim, [], kept=kept_in(page)[:2], cover="y")
    assert "1곳 × 15장 × 50점" in await kim.see(answer.headers["Location"])


async def test_what_was_erased_is_chosen_again(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    page = await (await write(kim, [("a.jpg", photo())], to="없는 번호")).get_data(as_text=True)
    await storage.delete(f"messages/files/{kept_in(page)[0].replace('-', '')}.tiff")
    answer = await write(kim, [], kept=kept_in(page))
    assert answer.status_code == 422
    assert "올린 파일이 지워졌습니다" in await answer.get_data(as_text=True)


async def test_what_was_written_on_the_cover_is_erased_with_the_rest(
    resident: Any, carrier: Any, settings: Any
) -> None:
    kim = await resident("kim")
    answer = await write(kim, [("a.jpg", photo())], cover="y", cover_to="주차문화과")
    message = await Message.get()
    await kim.post(f"{answer.headers['Location']}/cancel", {}, form_at=answer.headers["Location"])
    await Message.filter(id=message.id).update(ended_at=clock.now() - timedelta(days=40))
    assert await service.erase() == 2  # the fax and its file
    assert await stored(settings) == []
    assert (await FaxSheet.get()).addressee is None


async def test_files_that_leave_before_their_form(resident: Any, carrier: Any) -> None:
    kim = await resident("kim", points=530)
    at = "/messages/fax/files"
    answer = await write(kim, [("붙임.jpg", photo())], to_address=at)
    assert answer.status_code == 200
    (key,) = (await answer.get_json())["kept"]
    answer = await write(kim, [], kept=key)
    assert answer.status_code == 303, await answer.get_data(as_text=True)
    answer = await write(kim, [("붙임.jpg", photo()), ("x.pdf", b"none")], to_address=at)
    assert answer.status_code == 422
    told = await answer.get_json()
    assert (len(told["kept"]), len(told["faults"]), told["left"]) == (1, 1, [1])


async def test_so_many_files_wait_for_their_faxes(
    resident: Any, carrier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fax_files, "STAGED_MAX", 1)
    kim = await resident("kim", points=530)
    answer = await write(kim, [("a.jpg", photo()), ("b.jpg", photo())])
    assert answer.status_code == 422
    page = await answer.get_data(as_text=True)
    assert "보내지 않은 파일이 너무 많습니다" in page
    (key,) = kept_in(page)  # what was read is kept, and leaves with its form
    assert (await write(kim, [], kept=key)).status_code == 303
    assert (await write(kim, [("b.jpg", photo())])).status_code == 303
