"""Members of the old system: brought in as hashes, each once; awarded once, in place of joining
(table 1 of Y15-3)."""

import asyncio
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from werkzeug.datastructures import FileStorage

from server import cli
from server.accounts import existing, existing_rules
from server.accounts import service as accounts
from server.accounts.existing_models import ExistingImport, ExistingMember
from server.core import clock, db, outbox
from server.core.web.problems import Conflict, Invalid
from server.mileage import service as mileage
from server.ordinance import service as ordinance
from tests.people import People, hidden_fields
from tests.server.mileage.ground import changed_profile, official, opened, resident, verify

NOON = datetime.fromisoformat("2026-11-23T12:00+09:00")
TODAY, OPENING = NOON.date(), datetime.fromisoformat("2026-03-02T00:00+09:00").date()
HEAD = "아이디,이름,생년월일,가입일\n"
LIST = HEAD + "kim62,김영희,1990-01-05,2004-05-01\nlee,이철수,1962.3.4,2010-02-03 11:22:33\n"
DESK = "/desk/mileage/members"


def read(text: str) -> tuple[list[existing_rules.Member], list[tuple[int, str]]]:
    members, faults = existing_rules.members(text, TODAY, OPENING)
    return members, [(fault.line, fault.why) for fault in faults]


def refused(data: str | bytes) -> str:
    raw = data.encode() if isinstance(data, str) else data
    with pytest.raises(Invalid) as problem:
        existing_rules.members(existing_rules.decoded(raw), TODAY, OPENING)
    assert problem.value.field == "file"
    return problem.value.code


@pytest.mark.parametrize(
    "text",
    [
        LIST,
        "\ufeff" + LIST,
        LIST.replace(",", "\t"),
        LIST.replace(",", ";").replace("\n", "\r\n"),
        "\n\n" + LIST + ",,,\n\n",
        LIST.replace("아이디,이름,생년월일,가입일", "회원 ID,성명,생년 월일,가입일자"),
        LIST.replace("아이디,이름,생년월일,가입일", "user_id,Name,Birth Date,joined_at"),
        LIST.replace("김영희", '"김 영희"').replace("kim62", "ＫＩＭ62"),
    ],
)
def test_a_list_is_read_however_it_was_written(text: str) -> None:
    members, faults = read(text)
    assert faults == []
    assert [(one.login, one.name.replace(" ", ""), str(one.born)) for one in members] == [
        ("kim62", "김영희", "1990-01-05"),
        ("lee", "이철수", "1962-03-04"),
    ]


def test_korean_spreadsheets_write_cp949() -> None:
    assert existing_rules.decoded(LIST.encode("cp949")) == LIST


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("kim,김영희,1990-01-05,2026-03-02", "late"),
        ("kim,김영희,1990-01-05,", "joined"),
        ("kim,김영희,1990-01-05,1989-01-01", "joined"),
        ("kim,김영희,1990-02-30,2004-05-01", "born"),
        ("kim,김영희,2090-01-05,2004-05-01", "born"),
        ("kim,,1990-01-05,2004-05-01", "name"),
        ("kim,=cmd|' /C calc'!A0,1990-01-05,2004-05-01", "name"),
        ("kim," + "김" * 61 + ",1990-01-05,2004-05-01", "name"),
        (",김영희,1990-01-05,2004-05-01", "login"),
        ("k" * 61 + ",김영희,1990-01-05,2004-05-01", "login"),
        ("kim", "name"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named_and_its_words_are_not(line: str, why: str) -> None:
    members, faults = read(HEAD + line + "\nlee,이철수,1962-03-04,2010-02-03\n")
    assert [one.login for one in members] == ["lee"]
    assert faults == [(2, why)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "existing.file"),
        ("\0", "existing.file"),
        (b"\xff\xfe\x00\xd8", "existing.file"),
        (b"x" * (existing_rules.BYTES_MAX + 1), "existing.file"),
        (HEAD, "existing.rows"),
        ("아이디,이름,가입일\nkim,김영희,2004-05-01\n", "existing.columns"),
        (HEAD + 'kim,"김영희,1990-01-05,2004-05-01\n', "existing.file"),
        (HEAD + "kim," + "x" * 140_000 + ",1990-01-05,2004-05-01\n", "existing.file"),
        (HEAD + "kim,김영희,900105-2123456,2004-05-01\n", "existing.resident_number"),
        (HEAD + "kim,9001052123456,1990-01-05,2004-05-01\n", "existing.resident_number"),
        ("아이디,이름,생년월일,가입일,주민등록번호\nkim,김,1990-01-05,2004-05-01,\n",
         "existing.resident_number"),
        (HEAD + "a,b,c,d\n" * (existing_rules.ROWS_MAX + 1), "existing.rows"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(data: str | bytes, code: str) -> None:
    assert refused(data) == code


@pytest.fixture
def noon() -> Any:
    with clock.use(NOON):
        yield


async def brought(text: str) -> tuple[int, int, int]:
    """Bring in a list and let it count: new, known before, faulty."""
    done = await existing.confirm_members(await existing.bring_members(text.encode(), None), None)
    return done.new, done.known, done.faulty


async def test_a_member_comes_in_once_however_often_the_list_is_brought(
    settings: Any, noon: None
) -> None:
    async with opened(settings):
        assert await brought(LIST) == (2, 0, 0)
        assert await brought(LIST) == (0, 2, 0)
        more = "KIM62,김영희,1990-01-05,2004-05-01\npark,박민수,1970-01-01,2001-01-01\nbad\n"
        assert await brought(LIST + more) == (1, 3, 1)
        # A namesake of the same day is another member; nothing is kept in the clear.
        assert await brought(HEAD + "kim2,김 영희,1990-01-05,2005-05-01\n") == (1, 0, 0)
        assert await ExistingMember.all().count() == 4
        kept = str(await db.fetch("SELECT * FROM existing_member"))
        kept += str(await db.fetch("SELECT * FROM existing_import"))
        assert not any(word in kept for word in ("김영희", "kim62", "1990", "bad"))


async def test_a_list_counts_for_nobody_until_it_is_confirmed(settings: Any, noon: None) -> None:
    async with opened(settings):
        first = await existing.bring_members(LIST.encode(), None)
        (member,) = await ExistingMember.filter(id=1)
        assert not await existing.is_existing(member.identity_hash)
        others = [existing.bring_members(LIST.encode(), None) for _ in range(3)]
        second = max(await asyncio.gather(*others))
        with pytest.raises(Conflict):
            await existing.confirm_members(first, None)
        done = await asyncio.gather(
            *(existing.confirm_members(second, None) for _ in range(3)), return_exceptions=True
        )
        assert sum(isinstance(one, Conflict) for one in done) == 2
        assert await existing.is_existing(member.identity_hash)
        await existing.bring_members(LIST.encode(), None)
        assert await existing.forget_unconfirmed() == 0
        with clock.use(datetime.fromisoformat("2026-11-25T12:00+09:00")):
            assert await existing.forget_unconfirmed() == 1
        assert [one.new for one in await existing.earlier_imports()] == [2]
        assert await ExistingImport.all().count() == 1


async def welcomed(account_id: int, person_id: int, day: str) -> int:
    with clock.use(datetime.fromisoformat(f"{day}T12:00+09:00")):
        return await accounts.welcome_existing(account_id, person_id)


async def test_who_joined_before_the_opening_is_an_existing_member(
    settings: Any, noon: None, tmp_path: Path
) -> None:
    async with opened(settings):
        ordinance.use(changed_profile(tmp_path, opening="opening = 2026-12-01"))
        outbox.wire({"accounts.code_issued": [], "accounts.verified": []})
        early = await resident("kim", "김영희")
        person = await verify(early, "kim", "김영희")
        assert await mileage.balance(person) == mileage.Balance(0, 0)
        assert await welcomed(early, person, "2026-11-30") == 0
        assert await welcomed(early, person, "2026-12-01") == 500
        assert await welcomed(early, person, "2026-12-01") == 0
        with clock.use(datetime.fromisoformat("2026-12-01T12:00+09:00")):
            late = await resident("lee", "이철수")
            other = await verify(late, "lee", "이철수")
        assert await welcomed(late, other, "2026-12-02") == 0
        entries = [await mileage.statement(one) for one in (person, other)]
        assert [[entry.about for entry in one] for one in entries] == [["existing"], ["join"]]
        assert (await mileage.check()).ok


@pytest.mark.parametrize("engine", ["sqlite"])
class TestOverHttp:
    async def upload(self, client: Any, text: str) -> Any:
        page = await (await client.get(DESK)).get_data(as_text=True)
        file = FileStorage(io.BytesIO(text.encode()), filename="members.csv")
        return await client.post(DESK, form=hidden_fields(page), files={"file": file})

    @pytest.mark.clause("Y15-3", 2)
    async def test_an_existing_member_gets_500_once_at_first_opening(
        self, noon: None, app: Any, people: People
    ) -> None:
        await official("boss", "admin")
        boss = app.test_client()
        await people.sign_in(boss, "boss")
        answer = await self.upload(boss, LIST + "bad\n")
        assert answer.status_code == 303, await answer.get_data(as_text=True)
        address = answer.headers["Location"]
        page = await (await boss.get(address)).get_data(as_text=True)
        assert "2명 반영하기" in page
        assert "4번째 줄: 이름 칸을 읽지 못했습니다." in page
        assert "bad" not in page
        answer = await people.post(boss, address, {})
        assert answer.headers["Location"] == DESK
        page = await (await boss.get(DESK)).get_data(as_text=True)
        assert "기존 회원 2명을 반영했습니다." in page

        kim = app.test_client()
        account = await resident("kim", "김영희")
        person = await verify(account, "kim", "김영희")
        await people.sign_in(kim, "kim")
        for _ in range(2):
            page = await (await kim.get("/me/mileage")).get_data(as_text=True)
            assert "530점" in page
            assert "기존 회원 첫 방문" in page.partition("어떻게 쌓고")[0]
            assert "회원 가입" not in page.partition("어떻게 쌓고")[0]
        assert await mileage.balance(person) == mileage.Balance(530, 0)

        # Another who was no member of the old system is a new one.
        lee = await verify(await resident("choi", "최지우"), "choi", "최지우")
        assert [one.about for one in await mileage.statement(lee)] == ["join"]
        # A member brought in after joining anew has been awarded already.
        await self.upload(boss, HEAD + "choi9,최지우,1990-01-05,2004-05-01\n")
        await existing.confirm_members((await ExistingImport.all().order_by("-id"))[0].id, None)
        assert await accounts.welcome_existing(1, lee) == 0
        report = await mileage.check()
        assert report.ok, str(report)
        assert report.totals["points issued"] == 1_030

    async def test_what_is_no_list_comes_back_with_a_word(
        self, noon: None, app: Any, people: People
    ) -> None:
        await official("boss", "admin")
        boss = app.test_client()
        await people.sign_in(boss, "boss")
        answer = await self.upload(boss, HEAD + "kim,김영희,900105-2123456,2004-05-01\n")
        assert answer.status_code == 422
        page = await answer.get_data(as_text=True)
        assert "주민등록번호가 든 파일은 받지 않습니다." in page
        assert "900105" not in page
        assert await ExistingImport.all().count() == 0
        for stranger in ("informatics", "audit", "complaints"):
            await official(stranger, stranger)
            client = app.test_client()
            await people.sign_in(client, stranger)
            assert (await client.get(DESK)).status_code == 403


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_command_brings_a_list_in(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(cli, "_settings", lambda: settings)
        ordinance.use("yeongdeungpo")
        done = CliRunner().invoke(cli.commands, ["members", "import", *words])
        return done.exit_code, done.output

    file = tmp_path / "members.csv"
    file.write_text(LIST, encoding="cp949")
    assert said("--dry-run", str(file)) == (0, "2 new members, 0 known before, 0 lines not read\n")
    assert said(str(file)) == (0, "2 new members, 0 known before, 0 lines not read\n")
    file.write_text(LIST + "bad\n", encoding="utf-8")
    assert said(str(file)) == (1, "0 new members, 2 known before, 1 lines not read\nline 4: name\n")
    file.write_text(HEAD, encoding="utf-8")
    assert said(str(file))[0] == 2
