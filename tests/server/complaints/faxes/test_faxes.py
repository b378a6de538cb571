"""Faxes that come in: kept once, seen by the complaints department alone, filed with their true
time, answered by fax, and erased (Y18)."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateways import incoming
from gateways.encode import fax_file
from gateways.encode.picture import BadPicture, PictureFault
from gateways.encode.workbench import ChildDied, Workbench
from gateways.incoming import IncomingFax
from server.complaints.faxes import receiving, sample
from server.complaints.faxes.models import ReceivedFax
from server.complaints.models import Complaint, Step
from server.core import clock, storage
from server.core.jobs import Job, Retry
from server.core.models import AuditEntry
from server.ordinance import service as ordinance
from tests.people import hidden_fields
from tests.server.complaints.conftest import ONE_ENGINE, Office, text

SECRET = "fax-line-secret"
AT = datetime.fromisoformat("2026-11-23T09:40+09:00")
TYPED = {
    "name": "오말순",
    "phone": "02-2631-0455",
    "fax": "02-2631-0455",
    "address": "",
    "topic": "street-lamp",
    "kind": "street-lamp",
    "place": "영등포시장 앞",
    "title": "초록불이 짧습니다",
    "body": "다 건너기 전에 빨간불로 바뀝니다.",
    "reply_by": "fax",
}


def a_sheet() -> bytes:
    """A fax of one page, small and quickly drawn."""
    sheet = fax_file.blank_sheet().crop((0, 0, 216, 400))
    return fax_file.to_tiff([fax_file.encode(sheet)])


async def came(worker: Any, event: str = "1", data: bytes | None = None) -> int:
    """A fax that has come in and been drawn; its id."""
    await receiving.take(IncomingFax("test", event, "02-2631-0455", AT, data or a_sheet()))
    await worker.drain()
    row = await ReceivedFax.all().order_by("-id").first()
    assert row is not None
    return int(row.id)


@pytest.mark.clause("Y18", 2)
async def test_a_fax_is_a_full_channel(office: Office, worker: Any) -> None:
    """It comes in, is read at the desk, filed with its true time, and answered by fax."""
    fax_id = await came(worker)
    at = f"/desk/faxes/in/{fax_id}"
    assert "02-2631-0455" in await office.page("clerk", "/desk/faxes/in")
    assert "팩스가 들어왔습니다" in await office.page("clerk", "/me/notifications")
    picture = await office.get("clerk", f"{at}/pages/1.png")
    assert (await picture.get_data(as_text=False)).startswith(b"\x89PNG")
    answer = await office.post("clerk", at, TYPED)
    assert answer.status_code == 303, await text(answer)
    number = answer.headers["Location"].rpartition("/")[2]
    row = await office.row(number)
    assert row.filed_at == row.accepted_at == AT
    assert (row.name, row.fax, row.applicant_id) == ("오말순", "02-2631-0455", None)
    step = await Step.get(complaint_id=row.id, version=1)
    assert json.loads(step.facts) == {"by_fax": 1}
    page = await office.page("clerk", f"/desk/complaints/{number}")
    assert "팩스로 보내신 것을" in page
    assert "팩스로도" in page
    letters = await office.page("clerk", "/desk/letters")
    assert number in letters
    assert "팩스로 보냅니다: 02-2631-0455" in letters
    again = await office.post("clerk", at, TYPED)
    assert again.status_code == 409
    assert await Complaint.all().count() == 1


@ONE_ENGINE
async def test_what_is_no_complaint_is_set_aside(office: Office, worker: Any, time: Any) -> None:
    """With a reason; after its days pages and number are gone, and the record stays."""
    fax_id = await came(worker)
    at = f"/desk/faxes/in/{fax_id}"
    assert (await office.post("clerk", f"{at}/aside", {"reason": " "}, at=at)).status_code == 422
    done = await office.post("clerk", f"{at}/aside", {"reason": "광고"}, at=at)
    assert done.status_code == 303, await text(done)
    assert "접수하지 않음" in await office.page("clerk", at)
    row = await ReceivedFax.get(id=fax_id)
    assert await receiving.erase() == 0
    later = timedelta(days=ordinance.profile().privacy.faxes_kept_days, hours=1)
    time.set((clock.now() + later).isoformat())
    assert await receiving.erase() == 1
    assert await receiving.erase() == 0
    gone = await ReceivedFax.get(id=fax_id)
    assert (gone.sender, gone.state) == (None, "set_aside")
    assert not await storage.exists(f"faxes-in/{row.file.hex}/raw")
    assert (await office.get("clerk", f"{at}/pages/1.png")).status_code == 404
    assert "그림을 지웠습니다" in await office.page("clerk", at)


@ONE_ENGINE
async def test_only_the_complaints_department_sees_them(office: Office, worker: Any) -> None:
    fax_id = await came(worker)
    for login_id in ("park", "kim", "jang"):
        for path in ("", f"/{fax_id}", f"/{fax_id}/pages/1.png"):
            assert (await office.get(login_id, f"/desk/faxes/in{path}")).status_code == 403


@ONE_ENGINE
async def test_what_is_typed_comes_back(office: Office, worker: Any) -> None:
    fax_id = await came(worker)
    answer = await office.post("clerk", f"/desk/faxes/in/{fax_id}", TYPED | {"fax": ""})
    page = await text(answer)
    assert answer.status_code == 422
    assert "답변을 보낼 팩스번호를 적어 주세요." in page
    assert 'value="오말순"' in page
    assert (await ReceivedFax.get(id=fax_id)).state == "waiting"


def drawing(monkeypatch: pytest.MonkeyPatch, outcome: Any) -> None:
    """Whatever comes in is drawn so, without a child."""

    async def received(*_: object) -> Any:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(Workbench, "received", received)


def looks(rows: list[AuditEntry], page: str) -> int:
    return sum(json.loads(row.facts) == {"page": page} for row in rows)


@ONE_ENGINE
async def test_what_cannot_be_drawn_is_had_as_it_came(
    office: Office, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the complaints department alone, and each time it is noted."""
    drawing(monkeypatch, BadPicture(PictureFault.TRUNCATED))
    fax_id = await came(worker, data=b"II*\0 damaged")
    at = f"/desk/faxes/in/{fax_id}"
    assert "읽을 수 없는 팩스입니다" in await office.page("clerk", at)
    answer = await office.get("clerk", f"{at}/file")
    assert await answer.get_data(as_text=False) == b"II*\0 damaged"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="fax-{fax_id}.tif"'
    assert looks(await AuditEntry.filter(subject=f"fax:{fax_id}"), "/desk/faxes/in/file") == 1
    assert (await office.get("park", f"{at}/file")).status_code == 403
    assert (await office.get("clerk", "/desk/faxes/in/999999/file")).status_code == 404


@ONE_ENGINE
async def test_of_a_long_fax_the_first_pages_are_shown(
    office: Office, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said that more follow; who looks at the pictures is noted once a view."""
    pages = fax_file.from_tiff(a_sheet()) * 2
    drawing(monkeypatch, (pages, True))
    fax_id = await came(worker)
    at = f"/desk/faxes/in/{fax_id}"
    assert "여기 보이는 쪽 뒤에 더 있습니다" in await office.page("clerk", at)
    for number in (1, 2):
        assert (await office.get("clerk", f"{at}/pages/{number}.png")).status_code == 200
    assert looks(await AuditEntry.filter(subject=f"fax:{fax_id}"), "/desk/faxes/in/pages") == 1


@ONE_ENGINE
async def test_a_child_that_died_is_asked_again(
    office: Office, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few times; then the fax stands as unreadable, and can be had as it came."""
    drawing(monkeypatch, ChildDied())
    fax_id = await came(worker)
    assert (await ReceivedFax.get(id=fax_id)).state == "arrived"

    def job(failures: int) -> Job:
        return Job(1, receiving.ARRIVED, {"fax": fax_id}, failures + 1, "t", failures=failures)

    with pytest.raises(Retry):
        await receiving.draw(job(receiving.TRIES - 2))
    await receiving.draw(job(receiving.TRIES - 1))
    assert (await ReceivedFax.get(id=fax_id)).state == "unreadable"
    assert (await receiving.as_it_came(fax_id)) == (a_sheet(), "tif")


@ONE_ENGINE
async def test_two_tellings_at_once_keep_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second finds no row, and then cannot write its own: its object goes."""
    fax = IncomingFax("test", "1", "", AT, a_sheet())
    await receiving.take(fax)
    exists, put = ReceivedFax.exists, storage.put
    answers, objects = [False, False], list[str]()

    def blind(**by: Any) -> Any:
        return ReceivedFax.filter(id=0).exists() if answers and not answers.pop() else exists(**by)

    async def noted(key: str, data: bytes) -> None:
        objects.append(key)
        await put(key, data)

    monkeypatch.setattr(ReceivedFax, "exists", blind)
    monkeypatch.setattr(storage, "put", noted)
    await receiving.take(fax)
    assert await ReceivedFax.all().count() == 1
    assert not answers
    assert [await storage.exists(key) for key in objects] == [False]


@ONE_ENGINE
async def test_an_address_without_a_telephone_is_enough(office: Office, worker: Any) -> None:
    """Answered by letter; without either, or by SMS, it is not."""
    fax_id = await came(worker)
    at = f"/desk/faxes/in/{fax_id}"
    by_letter = TYPED | {"phone": "", "fax": "", "reply_by": "letter"}
    answer = await office.post("clerk", at, by_letter | {"reply_by": "app"})
    assert answer.status_code == 422
    assert "연락받을 전화번호를 적어 주세요." in await text(answer)
    lives = {"address": "서울 영등포구 영중로 15"}
    answer = await office.post("clerk", at, by_letter | lives | {"reply_by": "sms"})
    assert answer.status_code == 422
    assert "문자로 답변받을 전화번호를 적어 주세요." in await text(answer)
    answer = await office.post("clerk", at, by_letter | lives)
    assert answer.status_code == 303, await text(answer)
    row = await office.row(answer.headers["Location"].rpartition("/")[2])
    assert (row.phone, row.address) == (None, lives["address"])
    assert "오말순" in await office.page("clerk", f"/desk/complaints/{row.number}")


@ONE_ENGINE
async def test_the_fax_server_hands_over_once(
    office: Office, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed, and however often it is told."""
    client = office.app.test_client()
    news = {"comm": "12", "from": "0226310455", "at": datetime.now(UTC).isoformat()}
    body = json.dumps(news | {"tiff": b64encode(a_sheet()).decode()}).encode()
    right = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    plain = "/callbacks/hylafax/fax"
    address = incoming.address_of(incoming.HYLAFAX, "/callbacks", SECRET)
    assert (await client.post(address, data=body)).status_code == 404
    monkeypatch.setenv("HYLAFAX_WEBHOOK_SECRET", SECRET)
    signed = {incoming.SIGNATURE: right}
    assert (await client.post(plain, data=body, headers=signed)).status_code == 403
    assert (await client.post(address, data=body)).status_code == 403
    for _ in range(2):
        assert (await client.post(address, data=body, headers=signed)).status_code == 200
    broken = b"{}"
    signed = {incoming.SIGNATURE: hmac.new(SECRET.encode(), broken, hashlib.sha256).hexdigest()}
    assert (await client.post(address, data=broken, headers=signed)).status_code == 400
    assert await ReceivedFax.all().count() == 1
    assert (await client.post("/callbacks/nobody/fax", data=body)).status_code == 404
    await worker.drain()
    assert (await ReceivedFax.get()).received_at <= clock.now()


@ONE_ENGINE
@pytest.mark.prove
async def test_the_demo_rings(office: Office, worker: Any) -> None:
    """The simulator's fax is a real one, drawn as those that residents send."""
    client = await office.browser("clerk")
    hidden = hidden_fields(await text(await client.get("/desk/faxes/in")))
    answer = await client.post("/desk/faxes/in/try", form=hidden)
    assert answer.status_code == 303
    await worker.drain()
    row = await ReceivedFax.get()
    assert (row.sender, row.pages, row.state) == (sample.SENDER, 1, "waiting")
