"""The desk's side of mileage over HTTP: budget line, warnings, corrections by two officials, each
role with exactly its powers (Y15-3, Y15-4)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from server import config
from server.bookkeeping import rules, service
from server.core import clock, db
from server.mileage import service as mileage
from server.notifications import service as notifications
from tests.conftest import make_settings
from tests.people import People
from tests.server.mileage.ground import changed_profile, new_person, official, resident, verify

NOON = datetime.fromisoformat("2026-11-23T12:00+09:00")
DESK = "/desk/mileage"
CORRECTIONS = f"{DESK}/corrections"
WHY = "10월 3일 설문 점수가 빠져 있었습니다."

DECLARED = {"declared": "y"}  # neither an advertisement nor for an election

type Enter = Callable[..., Awaitable[Any]]


@pytest.fixture
def settings(database: str, tmp_path: Path, keys: Path) -> Any:
    """An office whose council has voted 100 won for the year: five text messages."""
    profile = changed_profile(tmp_path, won_2026="won = 100")
    made = make_settings(tmp_path, keys, database, profile=profile)
    config.use(made)
    return made


@pytest.fixture
def enter(app: Any, people: People) -> Any:
    """`await enter("kim")`: a browser in which kim is signed in."""

    async def signed_in(login_id: str, *roles: str) -> Any:
        if roles:
            await official(login_id, *roles)
        client = app.test_client()
        await people.sign_in(client, login_id)
        return client

    with clock.use(NOON):
        yield signed_in


async def kim() -> tuple[int, int]:
    """A verified resident with 530 points: the account, the person."""
    account = await resident("kim", "김영희")
    return account, await verify(account, "kim", "김영희")


async def words(client: Any, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, path
    return str(await answer.get_data(as_text=True))


def proposal(**changes: str) -> dict[str, str]:
    return {"who": "kim", "way": "add", "points": "200", "reason": WHY} | changes


@pytest.mark.parametrize(
    ("voted", "left", "share"),
    [
        (100, 100, 0),
        (100, 21, 0),
        (100, 20, 80),
        (12_000_000, 2_400_001, 0),
        (12_000_000, 2_400_000, 80),
        (100, 19, 100),
        (0, 0, 0),
    ],
)
def test_when_a_line_gives_warning(voted: int, left: int, share: int) -> None:
    assert rules.share_reached(voted, left, 20) == share


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(0, 3, 0), (2, 3, 66), (3, 3, 100), (1, 0, 0)]
)
def test_percents_are_never_rounded_up(part: int, whole: int, percent: int) -> None:
    assert rules.percent(part, whole) == percent


async def test_officials_are_warned_once_for_each_share(enter: Enter, worker: Any) -> None:
    told = [await official("itclerk", "informatics"), await official("boss", "admin")]
    other = await official("audit", "audit")
    person = await new_person(500)
    assert await service.warn() == 0
    await mileage.hold(person, 90, 60, "m1", units=3)
    assert await service.warn() == 0
    await mileage.hold(person, 30, 20, "m2")
    assert [await service.warn() for _ in range(3)] == [1, 0, 0]
    await mileage.release("m2")
    await mileage.hold(person, 30, 20, "m3")
    assert await service.warn() == 0
    await mileage.hold(person, 30, 20, "m4")
    assert [await service.warn() for _ in range(3)] == [1, 0, 0]
    for account in told:
        inbox = await notifications.inbox(account, "ko", before=None, limit=9)
        assert [one.title for one in inbox] == [
            "문자·팩스 예산을 모두 썼습니다",
            "문자·팩스 예산이 얼마 남지 않았습니다",
        ]
        assert "80퍼센트" in inbox[1].body
    assert await notifications.unread(other) == 0
    with clock.use(datetime.fromisoformat("2027-01-01T00:00+09:00")):
        assert await service.warn() == 0  # another year, another line


@pytest.mark.parametrize("engine", ["sqlite"])
class TestBudgetPage:
    async def test_the_line_is_told_in_won_beside_the_points(
        self, enter: Enter, people: People
    ) -> None:
        clerk = await enter("itclerk", "informatics")
        person = await new_person(500)
        page = await words(clerk, DESK)
        assert "100원 남음" in page
        assert "아직 쓴 돈이 없습니다." in page
        assert "주민이 마일리지로 보낸 것만 셉니다." in page
        assert 'href="/desk/messages/costs"' in page
        await mileage.hold(person, 90, 60, "m1", units=3)
        await mileage.capture("m1", 60, 40, part="a", units=2)
        page = await words(clerk, DESK)
        assert "40원 남음" in page
        for said in (
            '<td class="num">40원</td>',
            '<td class="num">2</td>',
            "60점",
            "40%",
            "410점",
            "11월",
        ):
            assert said in page, said
        assert page.count('<svg class="standing"') == 2
        assert "얼마 남지 않았습니다" not in page
        await mileage.hold(person, 60, 40, "m2", units=2)
        await service.warn()
        page = await words(clerk, DESK)
        assert "예산을 모두 썼습니다" in page
        assert "담당자에게" in page
        assert "Spent by month" in await words(clerk, f"{DESK}?lang=en")
        for year, status in (("2026", 200), ("2025", 404), ("2027", 404), ("x", 400)):
            await words(clerk, f"{DESK}?year={year}", status)

    async def test_in_a_later_year_the_earlier_line_is_still_told(self, enter: Enter) -> None:
        person = await new_person(500)
        with clock.use(NOON):
            await mileage.hold(person, 30, 20, "m1")
        with clock.use(datetime.fromisoformat("2027-01-02T10:00+09:00")):
            await mileage.capture("m1", 30, 20)
            clerk = await enter("itclerk", "informatics")
            assert "15,000,000원 남음" in await words(clerk, DESK)
            page = await words(clerk, f"{DESK}?year=2026")
            assert "80원 남음" in page
            assert "해가 바뀐 뒤" in page

    async def test_spending_stops_and_nothing_written_is_lost(
        self, enter: Enter, people: People
    ) -> None:
        _, person = await kim()
        await mileage.hold(person, 120, 80, "m0", units=4)
        phone = await enter("kim")
        text = "토요일 10시에 만나요. 우산을 챙기세요."
        answer = await people.post(
            phone, "/messages/sms/new", {"to": "010-2222-3333\n010-2222-4444", "body": text}
        )
        assert answer.status_code == 303, await answer.get_data(as_text=True)
        draft = answer.headers["Location"]
        for _ in range(2):
            answer = await people.post(phone, f"{draft}/confirm", DECLARED, form_at=draft)
            assert answer.status_code == 409
            page = await answer.get_data(as_text=True)
            assert "올해 문자·팩스 예산을 모두 썼거나" in page
            assert text in page
            assert "010-2222-4444" in page
        assert (await mileage.balance(person)).held == 120
        assert "문자와 팩스 보내기가 멈췄습니다" not in await words(phone, "/me/mileage")
        await mileage.hold(person, 30, 20, "m1")
        assert "문자와 팩스 보내기가 멈췄습니다" in await words(phone, "/me/mileage")
        # When won come back the draft goes out as it was written.
        await mileage.release("m0")
        answer = await people.post(phone, f"{draft}/confirm", DECLARED, form_at=draft)
        assert answer.status_code == 303
        assert (await mileage.balance(person)).held == 90


@pytest.mark.parametrize("engine", ["sqlite"])
class TestCorrections:
    async def test_one_proposes_another_approves_and_the_resident_reads_why(
        self, enter: Enter, people: People, worker: Any
    ) -> None:
        account, person = await kim()
        first, second = await enter("itclerk", "informatics"), await enter("boss", "admin")
        answer = await people.post(first, f"{CORRECTIONS}/new", proposal())
        assert answer.status_code == 303, await answer.get_data(as_text=True)
        address = answer.headers["Location"]
        page = await words(first, address)
        assert "거두기" in page
        assert "승인</button>" not in page
        answer = await people.post(first, f"{address}/approve", {}, form_at=address)
        assert answer.status_code == 409
        assert "다른 담당자가 확인해야 합니다." in await answer.get_data(as_text=True)
        assert await mileage.balance(person) == mileage.Balance(500, 0)

        assert "확인할 마일리지 바로잡기가 있습니다" in await words(second, "/me/notifications")
        page = await words(second, address)
        for said in ("김영희", WHY, "200점 더하기 승인", "500점", "700점", "회원 가입"):
            assert said in page, said
        for _ in range(2):  # pressed twice, it happens once
            answer = await people.post(
                second, f"{address}/approve", {}, form_at=f"{CORRECTIONS}/new"
            )
        assert answer.status_code == 409
        assert "이미 처리한 바로잡기입니다." in await answer.get_data(as_text=True)
        page = await words(second, CORRECTIONS)
        assert "승인" in page
        assert "+200" in page
        assert "승인되었습니다" in await words(first, "/me/notifications")

        phone = await enter("kim")
        page = await words(phone, "/me/mileage")
        assert "730점" in page
        assert "바로잡아 더함" in page
        assert WHY in page
        assert "200점을 더했습니다." in await words(phone, "/me/notifications")
        rows = await db.fetch("SELECT action, actor_id, facts FROM audit_entry ORDER BY id")
        acts = [row["action"] for row in rows if row["action"].startswith("mileage.")]
        assert acts == ["mileage.correction_proposed", "mileage.correction_approved"]
        assert WHY not in str(rows)
        seen = await db.fetch(
            "SELECT COUNT(*) AS times FROM audit_entry WHERE action = 'accessed' AND subject = ?",
            [f"account:{account}"],
        )
        assert seen[0]["times"] >= 2

    async def test_points_are_taken_away_only_as_far_as_there_are_any(
        self, enter: Enter, people: People
    ) -> None:
        _, person = await kim()
        first, second = await enter("itclerk", "informatics"), await enter("boss", "admin")
        answer = await people.post(first, f"{CORRECTIONS}/new", proposal(way="take", points="501"))
        assert answer.status_code == 409
        page = await answer.get_data(as_text=True)
        assert "500점이라 그만큼만 뺄 수 있습니다." in page
        assert WHY in page
        assert 'value="501"' in page
        answer = await people.post(first, f"{CORRECTIONS}/new", proposal(way="take", points="500"))
        address = answer.headers["Location"]
        await mileage.hold(person, 30, 20, "m1")
        answer = await people.post(second, f"{address}/approve", {}, form_at=address)
        assert answer.status_code == 409
        assert "470점이라 그만큼만" in await answer.get_data(as_text=True)
        assert await mileage.balance(person) == mileage.Balance(470, 30)
        answer = await people.post(second, f"{address}/refuse", {}, form_at=address)
        assert answer.status_code == 303
        assert "거절" in await words(first, address)
        assert (await mileage.check()).ok

    async def test_what_cannot_be_proposed_comes_back_as_it_was_typed(
        self, enter: Enter, people: People
    ) -> None:
        await kim()
        clerk = await enter("itclerk", "informatics")
        for changes, word in (
            ({"who": "nobody"}, "아이디를 적어 주세요."),
            ({"who": "010-9999-9999"}, "아이디를 적어 주세요."),
            ({"points": "0"}, ""),
            ({"points": "많이"}, ""),
            ({"way": "give"}, ""),
            ({"reason": " "}, ""),
        ):
            answer = await people.post(clerk, f"{CORRECTIONS}/new", proposal(**changes))
            assert answer.status_code == 422, changes
            page = await answer.get_data(as_text=True)
            assert word in page
            assert "reason" in changes or WHY in page
        # By telephone, written any way.
        answer = await people.post(clerk, f"{CORRECTIONS}/new", proposal(who="０１０ 1234-5678"))
        assert answer.status_code == 303
        answer = await people.post(
            clerk, f"{answer.headers['Location']}/drop", {}, form_at=answer.headers["Location"]
        )
        assert answer.headers["Location"] == CORRECTIONS
        assert await service.cases(open_only=True) == []

    async def test_each_role_has_exactly_its_powers(self, enter: Enter, people: People) -> None:
        await kim()
        clerk = await enter("itclerk", "informatics")
        answer = await people.post(clerk, f"{CORRECTIONS}/new", proposal())
        address = answer.headers["Location"]
        auditor = await enter("auditor", "audit")
        for path in (DESK, CORRECTIONS, address):
            await words(auditor, path)
        assert "승인</button>" not in await words(auditor, address)
        assert "바로잡기 올리기" not in await words(auditor, CORRECTIONS)
        await words(auditor, f"{CORRECTIONS}/new", 403)
        for act in ("approve", "refuse", "drop"):
            answer = await people.post(auditor, f"{address}/{act}", {}, form_at="/me/notifications")
            assert answer.status_code == 403, act
        for role in ("complaints", "cashier", "privacy", "examiner"):
            stranger = await enter(f"a-{role}", role)
            for path in (DESK, CORRECTIONS, f"{CORRECTIONS}/new", address):
                await words(stranger, path, 403)
        phone = await enter("kim")
        await words(phone, address, 403)
        assert (await mileage.correction(1)).state == "proposed"
        await words(clerk, f"{CORRECTIONS}/999", 404)
