"""What officials see: what the simulator 'sent' (demo only), where deliveries stand, the budget."""

import re
from typing import Any

import pytest

from server.accounts import service as accounts
from tests.people import PASSWORD


@pytest.fixture
def official(app: Any, people: Any) -> Any:
    """`client = await official("informatics")`: a browser of an official with that role."""

    async def enter(*roles: str) -> Any:
        login_id = "-".join(roles)
        await accounts.create_official(
            login_id, "박철수", None, set(roles), password=PASSWORD, must_change_password=False
        )
        client = app.test_client()
        await people.sign_in(client, login_id)
        return client

    return enter


async def text(client: Any, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status
    return str(await answer.get_data(as_text=True))


async def test_what_the_simulator_sent(
    resident: Any, carrier: Any, worker: Any, official: Any
) -> None:
    kim = await resident("kim")
    desk = await official("informatics")
    assert "아직 보낸 것이 없습니다" in await text(desk, "/desk/sent")
    await kim.send("010-1234-5678", "장갑은 구청에서 드립니다.")
    answer = await kim.post("/messages/fax/new", {"to": "02-2670-3500", "body": "신청합니다"})
    await kim.confirm(answer.headers["Location"])
    await worker.drain()
    page = await text(desk, "/desk/sent")
    assert "[Web발신]\n장갑은 구청에서 드립니다." in page
    assert "02-2670-3500" in page
    links = re.findall(r'href="(/desk/sent/[^"]+)"', page)
    kinds = set()
    for link in {*links, links[0].replace(".pdf", ".png")}:
        file = await desk.get(link)
        assert file.status_code == 200
        kinds.add(file.content_type)
    assert kinds == {"application/pdf", "image/tiff", "image/png"}
    assert (await desk.get("/desk/sent/none.pdf")).status_code == 404
    assert (await kim.client.get("/desk/sent")).status_code == 403


async def test_where_deliveries_stand(
    resident: Any, carrier: Any, worker: Any, official: Any
) -> None:
    kim = await resident("kim")
    await kim.send("010-1234-5678")
    await worker.drain()
    desk = await official("informatics")
    page = await text(desk, "/desk/messages")
    assert "simulator" in page
    budget = await text(desk, "/desk/mileage")
    assert "11,999,980원 남음" in budget
    await text(await official("privacy"), "/desk/messages", 403)
