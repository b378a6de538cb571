"""A changed price and a changed award, from the file of the rule to the pages of residents (Y25):
they hold from their day on, and what stood before stays on record."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from server import config
from server.core import clock
from server.mileage import service as mileage
from tests.conftest import make_settings
from tests.people import People
from tests.server.mileage.ground import changed_profile, resident, verify

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])

CHANGE = """
[[change]]
from = 2026-12-01
basis = "영등포구 인터넷시스템 운영규칙 제1210호"
[change.set.mileage.award.join]
points = 700
[change.set.mileage.award.login]
points = 50
[change.set.mileage.spend.sms]
points = 40
won = 25
"""
TO = "010-2222-3333\n010-2222-4444"
DECLARED = {"declared": "y"}  # neither an advertisement nor for an election


class Hands:
    """The clock's hands."""

    now = datetime.fromisoformat("2026-11-30T23:50+09:00")

    def set(self, moment: str) -> None:
        self.now = datetime.fromisoformat(f"{moment}+09:00")


@pytest.fixture
def settings(database: str, tmp_path: Path, keys: Path) -> Any:
    """An office whose rule changes on the first of December."""
    profile = changed_profile(tmp_path, CHANGE)
    made = make_settings(tmp_path, keys, database, profile=profile)
    config.use(made)
    return made


@pytest.fixture
def hands() -> Iterator[Hands]:
    made = Hands()
    with clock.use(lambda: made.now):
        yield made


async def see(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return str(await answer.get_data(as_text=True))


async def confirmed(people: People, client: Any, draft: str) -> Any:
    """Press the button that the page of a draft shows, at the price that it shows."""
    (points,) = set(re.findall(r'name="points" value="(\d+)"', await see(client, draft)))
    return await people.post(
        client, f"{draft}/confirm", DECLARED | {"points": points}, form_at=draft
    )


async def written(people: People, client: Any) -> str:
    fields = {"to": TO, "body": "토요일 10시에 만나요."}
    answer = await people.post(client, "/messages/sms/new", fields)
    assert answer.status_code == 303, await answer.get_data(as_text=True)
    return str(answer.headers["Location"])


@pytest.mark.clause("Y25", 1)
async def test_prices_and_awards_change_with_the_day_and_the_old_ones_stay_on_record(
    hands: Hands, app: Any, people: People
) -> None:
    # The last minutes under the old rule.
    account = await resident("kim", "김영희")
    person = await verify(account, "kim", "김영희")
    late = await resident("lee", "이철수", phone="010-1234-5679")
    kim = app.test_client()
    await people.sign_in(kim, "kim")
    page = await see(kim, "/me/mileage")
    assert "530점" in page  # 500 for joining, 30 for the day
    assert "12월 1일(화)부터 바뀝니다." in page
    sent, kept = await written(people, kim), await written(people, kim)
    assert (await confirmed(people, kim, sent)).status_code == 303
    assert await mileage.balance(person) == mileage.Balance(470, 60)
    assert "60점으로 보내기" in await see(kim, kept)
    page = await see(kim, "/ordinance/rule")
    assert "30점, 하루의 첫 로그인" in page
    assert "영등포구 인터넷시스템 운영규칙 제1210호" in page  # announced beforehand

    # Midnight in Seoul: the page's own award is the new one, an old draft is not sent at the old
    # price, nor at the new one before its writer has seen it.
    hands.set("2026-12-01T00:00:00")
    page = await see(kim, "/me/mileage")
    assert "520점" in page
    assert "부터 바뀝니다." not in page
    fields = DECLARED | {"points": "60"}
    answer = await people.post(kim, f"{kept}/confirm", fields, form_at=kept)
    assert answer.status_code == 409
    page = await answer.get_data(as_text=True)
    assert "그사이 값이 바뀌었습니다." in page
    assert "토요일 10시에 만나요." in page
    assert "80점으로 보내기" in page
    assert await mileage.balance(person) == mileage.Balance(520, 60)
    assert (await confirmed(people, kim, kept)).status_code == 303
    assert await mileage.balance(person) == mileage.Balance(440, 140)

    # What was bought under the old rule comes back at the old price, in points and in won.
    for address in (sent, kept):
        answer = await people.post(kim, f"{address}/cancel", {}, form_at=address)
        assert answer.status_code == 303
    assert await mileage.balance(person) == mileage.Balance(580, 0)
    newest, before = (await mileage.statement(person))[:2]
    assert [newest.points, before.points] == [80, 60]

    # Whoever joined before the change gets what was promised then, whoever joins now the new award.
    clients = {"lee": app.test_client(), "choi": app.test_client()}
    new = await resident("choi", "최지우", phone="010-1234-5670")
    for login_id, points in (("lee", 500), ("choi", 700)):
        await people.sign_in(clients[login_id], login_id)
        assert f"{points}점" in await see(clients[login_id], "/me/mileage")
    assert await mileage.balance(await verify(late, "lee", "이철수")) == mileage.Balance(500, 0)
    assert await mileage.balance(await verify(new, "choi", "최지우")) == mileage.Balance(700, 0)

    # The rule in force is the new one; the change stands on record with its day and its ground.
    page = await see(kim, "/ordinance/rule")
    assert "50점, 하루의 첫 로그인" in page
    assert "40점, 90바이트까지" in page
    record = page.partition("바뀐 기록")[2]
    assert "영등포구 인터넷시스템 운영규칙 제1210호" in record
    assert re.search("문자메시지 1건 점수</b> <span[^>]*>30</span> → 40", record)
    assert re.search("회원가입 점수</b> <span[^>]*>500</span> → 700", record)
    page = await see(kim, "/me/mileage")
    assert ("+30" in page, "+50" in page, "+80" in page, "+60" in page) == (True,) * 4
    report = await mileage.check()
    assert report.ok, str(report)
    assert report.totals["won set aside"] == 0
