"""Mileage over HTTP: joining, the day's first page, the statement; never twice (Y15-3)."""

import asyncio
import csv
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from server.accounts import service as accounts
from server.core import clock
from server.mileage import reading, statement_csv
from server.mileage import service as mileage
from server.mileage.rules import Entry
from tests.people import PASSWORD, People

START = datetime.fromisoformat("2026-11-23T10:00+09:00")
JOIN = {
    "login_id": "kim", "password": PASSWORD, "name": "김영희", "birth_date": "1990-01-05",
    "phone": "010-1234-5678", "email": "", "accept_terms": "y", "accept_privacy": "y",
}  # fmt: skip


@pytest.fixture
def hands() -> Any:
    """The clock's hands: `hands.passed` may be set."""

    class Hands:
        passed = timedelta(0)

    made = Hands()
    with clock.use(lambda: START + made.passed):
        yield made


@pytest.fixture
def join(hands: Any, app: Any, people: People) -> Callable[..., Awaitable[Any]]:
    """A browser that has just joined over HTTP."""

    async def joining(**changes: Any) -> Any:
        client = app.test_client()
        answer = await people.post(client, "/join", JOIN | changes)
        assert answer.status_code == 303, await answer.get_data(as_text=True)
        return client

    return joining


async def verify(people: People, client: Any, login_id: str = "kim", name: str = "김영희") -> None:
    """The desk sees the identity card; the resident types the code."""
    clerk = await accounts.create_official(
        f"clerk-of-{login_id}", "박철수", None, {"complaints"},
        password=PASSWORD, must_change_password=False,
    )  # fmt: skip
    issued = await accounts.issue_code(clerk.account_id, login_id, name, date(1990, 1, 5))
    answer = await people.post(client, "/me/verify", {"code": issued.code})
    assert answer.status_code == 303, await answer.get_data(as_text=True)


async def statement(client: Any, path: str = "/me/mileage") -> str:
    answer = await client.get(path)
    assert answer.status_code == 200
    return str(await answer.get_data(as_text=True))


@pytest.mark.clause("Y15-3", 1)
async def test_joining_gives_500_once_a_person(join: Any, people: People) -> None:
    kim = await join()
    page = await statement(kim)
    assert "기다리는 마일리지" in page
    assert "500점" in page
    assert "본인확인하기" in page
    await verify(people, kim)
    page = await statement(kim)
    assert "530점" in page  # and the day's first signed-in page
    assert "문자 17건 또는 팩스 10장" in page

    # Withdrawn and joined anew: the same person, no second award.
    answer = await people.post(kim, "/me/withdraw", {"password": PASSWORD, "understood": "y"})
    assert answer.status_code == 303, await answer.get_data(as_text=True)
    again = await join(login_id="kim2")
    assert "500점" in await statement(again)
    await verify(people, again, "kim2")
    assert "530점" in await statement(again)
    report = await mileage.check()
    assert report.ok, str(report)
    assert report.totals["points issued"] == 530


@pytest.mark.clause("Y15-3", 3)
async def test_the_first_signed_in_page_of_a_seoul_day_gives_30(
    hands: Any, join: Any, people: People
) -> None:
    kim = await join()
    await verify(people, kim)
    await asyncio.gather(*(statement(kim) for _ in range(8)))
    assert "530점" in await statement(kim)
    hands.passed = timedelta(hours=13, minutes=59)  # 23:59 in Seoul
    assert "530점" in await statement(kim)
    hands.passed = timedelta(hours=14)  # midnight
    await asyncio.gather(*(statement(kim) for _ in range(8)))
    assert "560점" in await statement(kim)
    # A page without signing in, and health checks, give nothing.
    hands.passed = timedelta(hours=40)
    anonymous = kim.app.test_client()
    assert (await anonymous.get("/")).status_code == 200
    report = await mileage.check()
    assert report.totals["points issued"] == 560


@pytest.mark.clause("Y15-3", 5)
async def test_the_statement_is_downloaded_whole(
    hands: Any, join: Any, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH", 4)
    kim = await join()
    assert (await kim.get("/me/mileage/statement.csv")).status_code == 403  # not verified yet
    await verify(people, kim)
    for day in range(10):
        hands.passed = timedelta(days=day)
        await statement(kim)
    answer = await kim.get("/me/mileage/statement.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert 'filename="mileage-20261202.csv"' in answer.headers["Content-Disposition"]
    text = (await answer.get_data()).decode()
    assert text.startswith("\ufeff일시,내역,비고,점수,남은 점수\r\n")
    rows = list(csv.reader(text.splitlines()[1:]))
    assert rows[0] == ["2026-12-02 10:00:00", "하루 첫 로그인", "", "30", "800"]
    assert rows[-1] == ["2026-11-23 10:00:00", "회원 가입", "", "500", "500"]
    assert len(rows) == 11
    balances = [int(row[4]) for row in reversed(rows)]
    assert balances == [sum(int(row[3]) for row in rows[-n - 1 :]) for n in range(11)]
    english = await (await kim.get("/me/mileage/statement.csv?lang=en")).get_data(as_text=True)
    assert "Joining" in english or "Join" in english
    # Nobody else's: another resident's holds another's movements alone.
    lee = await join(login_id="lee", name="이철수")
    await verify(people, lee, "lee", "이철수")
    page = await (await lee.get("/me/mileage/statement.csv")).get_data(as_text=True)
    assert page.count("\r\n") <= 3


@pytest.mark.parametrize("reason", ["=1+1", "-5", "+7", "@x", "＝1"])
def test_no_cell_of_a_statement_is_a_formula(reason: str) -> None:
    entry = Entry(1, "correction", -20, 480, 0, "", "1", START, words=reason)
    assert statement_csv.lines([entry], "ko").split(",")[2] == f"'{reason}"


@pytest.mark.clause("Y15-3", 5)
async def test_the_statement_has_a_running_balance(hands: Any, join: Any, people: People) -> None:
    kim = await join()
    await verify(people, kim)
    for day in range(25):
        hands.passed = timedelta(days=day)
        page = await statement(kim)
    assert f"{500 + 30 * 25:,}점" in page
    assert page.count("하루 첫 로그인") == 21  # 20 rows and the explanation
    assert "남은 1,250점" in page
    assert "남은 680점" in page
    older = page.partition('rel="next" href="')[2].partition('"')[0]
    page = await statement(kim, older)
    assert "지난 내역" in page
    assert "남은 650점" in page
    assert "회원 가입" in page
    assert "남은 500점" in page
    for strange in ("-1", "x", "9" * 30):
        assert (await kim.get(f"/me/mileage?before={strange}")).status_code in {200, 400}
