"""Merging from five applicants on, signatures, representatives, petitions of many (D6(7), D8)."""

from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from server.accounts import service as accounts
from server.accounts.joining_rules import Joining
from server.complaints.arrival import filing
from server.complaints.models import Answer, Complaint, Publication
from server.complaints.rules import Place
from server.complaints.together import merging
from server.complaints.together.models import Gathering, Merged, Representative, Signature
from server.core import db
from server.core.web import Actor
from server.notifications.models import Notification
from tests.server.complaints.conftest import FILED, OFFICIAL_PASSWORD, Handled, Office, text

# Pages without SQL of their own: one engine will do.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


async def neighbours(office: Office, count: int) -> list[str]:
    """So many neighbours have the same trouble; the numbers of their complaints."""
    numbers = []
    for place in range(count):
        joining = Joining(
            login_id=f"neighbour{place}",
            password=OFFICIAL_PASSWORD,  # what the office's browsers sign in with
            name=f"이웃{'가나다라마'[place]}",
            birth_date="1990-01-05",
            phone=f"010-2222-000{place}",
            email=f"neighbour{place}@example.kr",
            consents={"terms": "2026-03-02", "privacy": "2026-03-02"},
        )
        joined = await accounts.join(joining)
        words = filing.Filing(FILED["topic"], FILED["title"], FILED["body"], Place(FILED["place"]))
        numbers.append(await filing.file(joined.account_id, words))
        office.accounts[joining.login_id] = joined.account_id
    return numbers


async def at_desk(office: Office, who: str, number: str, act: str, **fields: Any) -> Any:
    at = f"/desk/complaints/{number}/together"
    fields.setdefault("version", str((await office.row(number)).version))
    return await office.post(who, f"{at}/{act}", fields, at=at)


async def told(office: Office, login_id: str) -> list[str]:
    rows = Notification.filter(account_id=office.accounts[login_id]).order_by("id")
    return [str(kind) for kind in await rows.values_list("kind", flat=True)]


async def test_five_are_received_as_one_and_each_gets_the_result(
    office: Office, handled: Handled
) -> None:
    leader = await handled("assign")
    others = await neighbours(office, 4)
    page = await office.page("park", f"/desk/complaints/{leader}/together")
    for number in others:
        assert f'value="{number}"' in page  # alike: offered to be ticked
    few = await at_desk(office, "park", leader, "merge", others="\n".join(others[:3]))
    assert few.status_code == 422
    assert "5명 이상" in await text(few)
    assert others[0] in await text(few)
    assert not await Merged.exists()
    assert (await office.row(others[0])).state == "arrived"

    chosen = {"chosen": others[0], "others": "\n".join(others[1:])}
    answer = await at_desk(office, "park", leader, "merge", **chosen)
    assert answer.status_code == 303, await text(answer)
    first, led = await office.row(leader), await office.row(others[0])
    assert (led.state, led.open, led.kind_id, led.handler_id) == (
        "merged",
        False,
        first.kind_id,
        office.accounts["park"],
    )
    gathered = await Gathering.get(complaint_id=first.id)
    assert (gathered.people, gathered.of_many) == (5, True)
    assert not await Publication.filter(number__in=others).exists()
    assert "다수인관련민원" in await office.page("lee", f"/complaints/{leader}")
    assert "complaint.merged" in await told(office, "neighbour0")

    await office.act("park", leader, "note", step="on_site", text="등을 살펴봅니다.")
    page = await office.page("neighbour0", f"/complaints/{others[0]}")
    assert "등을 살펴봅니다." in page
    assert page.count("도로과 박도로") == 1  # merged it; the leader's steps name the department
    done = {"outcome": "done", "text": "등을 새로 달았습니다."}
    answer = await office.act("park", leader, "complete", **done)
    assert answer.status_code == 303, await text(answer)
    for place, number in enumerate(others):
        row = await office.row(number)
        assert (await Answer.get(complaint_id=row.id)).text == "등을 새로 달았습니다."
        assert (await told(office, f"neighbour{place}"))[-2:] == [
            "complaint.noted",
            "complaint.completed",
        ]
    page = await office.page("neighbour3", f"/complaints/{others[3]}")
    assert "등을 새로 달았습니다." in page
    assert f"/complaints/{others[3]}/satisfaction" in page
    gone = await office.post("neighbour3", f"/complaints/{others[3]}/withdraw", {})
    assert gone.status_code == 409


async def test_the_next_leads_when_the_leader_is_withdrawn(
    office: Office, handled: Handled
) -> None:
    leader = await handled("assign")
    others = await neighbours(office, 5)
    answer = await at_desk(office, "clerk", leader, "merge", others=",".join(others))
    assert answer.status_code == 303, await text(answer)
    gone = await office.post("neighbour4", f"/complaints/{others[4]}/withdraw", {})
    assert gone.status_code == 303, await text(gone)
    assert (await office.row(others[4])).state == "withdrawn"
    assert (await Gathering.get(complaint__number=leader)).people == 5
    await office.post("kim", f"/complaints/{leader}/withdraw", {})
    heir = await office.row(others[0])
    assert (heir.state, heir.open, heir.ended_at, heir.handler_id) == (
        "assigned",
        True,
        None,
        office.accounts["park"],
    )
    assert await Merged.filter(leader_id=heir.id).count() == 3
    done = {"outcome": "done", "text": "등을 새로 달았습니다."}
    answer = await office.act("park", others[0], "complete", **done)
    assert answer.status_code == 303, await text(answer)
    assert "complaint.completed" in await told(office, "neighbour3")


async def test_signatures_and_representatives(office: Office) -> None:
    number = await office.file()
    at = f"/complaints/{number}/together"
    address = f"/complaints/{number}/representatives"
    speakers = {"name1": "김영희", "contact1": "010-1234-5678"}
    few = await office.post("kim", address, speakers, at=at)
    assert few.status_code == 422
    assert "3명 이상" in await text(few)
    assert 'value="김영희"' in await text(few)
    lines = "박민수, 010-3333-4444\n최지우, jiwoo@example.kr\n이상한 줄"
    address = f"/complaints/{number}/signers"
    wrong = await office.post("kim", address, {"signers": lines}, at=at)
    assert wrong.status_code == 422
    assert "3번째 줄" in await text(wrong)
    assert "jiwoo@example.kr" in await text(wrong)
    lines = "박민수, 010-3333-4444\n최지우, jiwoo@example.kr\n김영희, 01012345678"
    answer = await office.post("kim", address, {"signers": lines}, at=at)
    assert answer.status_code == 303, await text(answer)
    assert await Signature.all().count() == 2  # the applicant is counted already
    again = await office.post("kim", address, {"signers": lines}, at=at)
    assert again.status_code == 303
    assert await Signature.all().count() == 2
    answer = await office.post("kim", f"/complaints/{number}/representatives", speakers, at=at)
    assert answer.status_code == 303, await text(answer)
    assert (await Representative.get()).name == "김영희"
    paper = {"signers": "\n".join(f"주민{place}, 010-5555-000{place}" for place in range(3))}
    answer = await at_desk(office, "park", number, "sign", **paper)
    assert answer.status_code == 303, await text(answer)
    gathered = await Gathering.get()
    assert (gathered.people, gathered.signatures, gathered.of_many) == (6, 5, True)
    public = await office.page("lee", f"/complaints/{number}")
    assert "모두 6명" in public
    assert "박민수" not in public
    desk = await office.page("park", f"/desk/complaints/{number}/together")
    assert "박민수" in desk
    assert "010-3333-4444" in desk
    rows = await db.fetch("SELECT who, name, contact FROM complaint_signature", [])
    assert not any("박민수".encode() in bytes(value) for row in rows for value in row.values())
    seen = await db.fetch("SELECT facts FROM audit_entry WHERE action = ?", ["accessed"])
    assert any("/together" in row["facts"] for row in seen)


@ON_SQLITE
async def test_who_may_not_see_it_may_not_merge_it(office: Office, handled: Handled) -> None:
    leader = await handled("assign")
    others = await neighbours(office, 4)
    await Complaint.filter(number=others[0]).update(department_id=office.departments["cleaning"])
    answer = await at_desk(office, "park", leader, "merge", others="\n".join(others))
    assert answer.status_code == 404
    wrong = await at_desk(office, "park", leader, "merge", others="2611-000427-1")
    assert wrong.status_code == 422
    assert "2611-000427-1" in await text(wrong)
    assert (await office.get("choi", f"/desk/complaints/{leader}/together")).status_code == 404


async def test_counts_are_checked_by_the_database(office: Office) -> None:
    row = await office.row(await office.file())
    for people, many in ((5, False), (4, True)):
        with pytest.raises(IntegrityError):
            await Gathering.create(complaint_id=row.id, signatures=0, people=people, of_many=many)
    with pytest.raises(IntegrityError):
        await Representative.create(complaint_id=row.id, number=4, name="x", contact="y")
    applicant = Actor(account_id=row.applicant_id, kind="resident")
    assert await merging.sign(row.number, applicant, "박민수, 010-3333-4444") == 1


async def test_signatures_come_with_the_filing(office: Office) -> None:
    """Those who cannot be read are named before anything is written; the others count at once."""
    signed = "홍길동, 010-1111-2222\n임꺽정, 010-3333-4444\n홍길동 010 1111 2222"
    bad = await office.post("kim", "/complaints/new", {**FILED, "signers": signed})
    assert bad.status_code == 422
    assert "3번째 줄" in await text(bad)
    assert "임꺽정" in await text(bad)
    number = await office.file(signers=signed.rpartition("\n")[0])
    assert "3명" in await office.page("kim", f"/complaints/{number}/together")
    public = await office.page(None, f"/complaints/{number}")
    assert "연명부로 2명이 함께했습니다" in public
    assert "임꺽정" not in public
    assert "임꺽정" in await office.page("clerk", f"/desk/complaints/{number}/together")
