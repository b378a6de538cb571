"""The same again: closing after two answers, the second grievance, the mediation committee
(Act 23, D17(2), D26)."""

from typing import Any

import pytest

from server.catalogue import service as catalogue
from server.complaints.models import Answer, Complaint
from server.complaints.together.repeats_models import Referral, Sketch
from server.core import db
from tests.server.complaints.conftest import FILED, Handled, Office, Time, text
from tests.server.complaints.handling.test_handling import told

# Pages without SQL of their own: one engine will do.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

CLOSED = {
    "outcome": "repeated",
    "text": "같은 내용에 두 번 답해 드렸습니다.",
    "reasons": "새로운 사정이 없습니다.",
}


async def kind_of_category(category: str) -> Any:
    return next(each for each in await catalogue.kinds() if each.category == category)


async def same_again(office: Office, who: str = "kim", **changes: str) -> str:
    """Files the same content once more, with other spaces and signs, and has it assigned."""
    words = {"body": FILED["body"].replace(" ", "  ") + "!!"} | changes
    number = await office.file(who, **words)
    roads = f"{office.departments['roads']}:{office.accounts['park']}"
    for act, fields in (("accept", {"kind": "street-lamp"}), ("assign", {"to": roads})):
        answer = await office.act("clerk", number, act, **fields)
        assert answer.status_code == 303, await text(answer)
    return number


@pytest.mark.clause("Y11-4", 3)
async def test_answered_twice_it_may_be_closed(
    office: Office, handled: Handled, time: Time
) -> None:
    first = await handled("complete")
    time.set("2026-11-24T10:00+09:00")
    second = await same_again(office)
    refused = await office.act("park", second, "complete", **CLOSED)
    assert refused.status_code == 422
    assert "두 번 답한 뒤" in await text(refused)
    done = {"outcome": "done", "text": "다시 살펴보니 켜져 있습니다."}
    assert (await office.act("park", second, "complete", **done)).status_code == 303
    time.set("2026-11-25T10:00+09:00")
    third = await same_again(office)
    theirs = await same_again(office, "lee")
    refused = await office.act("park", theirs, "complete", **CLOSED)
    assert refused.status_code == 422  # another person's first is no repetition
    page = await office.page("park", f"/desk/complaints/{third}/together")
    for words in (first, second, "두 번 답했으므로"):
        assert words in page
    missing = await office.act("park", third, "complete", **CLOSED | {"reasons": ""})
    assert missing.status_code == 422
    answer = await office.act("park", third, "complete", **CLOSED)
    assert answer.status_code == 303, await text(answer)
    row = await office.row(third)
    assert (await Answer.get(complaint_id=row.id)).outcome == "repeated"


@ON_SQLITE
async def test_statutory_applications_are_never_closed_so(
    office: Office, handled: Handled, time: Time
) -> None:
    for day in ("24", "25"):
        await handled("complete")
        time.set(f"2026-11-{day}T10:00+09:00")
    third = await same_again(office)
    kind = await kind_of_category("application")
    await Complaint.filter(number=third).update(kind_id=kind.id)
    refused = await office.act("clerk", third, "complete", **CLOSED)
    assert refused.status_code in {409, 422}
    assert (await office.row(third)).open


async def test_a_petition_of_many_goes_before_the_committee_first(
    office: Office, handled: Handled, time: Time
) -> None:
    for day in ("24", "25"):
        await handled("complete")
        time.set(f"2026-11-{day}T10:00+09:00")
    third = await same_again(office)
    lines = "\n".join(f"주민{place}, 010-5555-000{place}" for place in range(4))
    at = f"/desk/complaints/{third}/together"
    version = str((await office.row(third)).version)
    await office.post("park", f"{at}/sign", {"version": version, "signers": lines}, at=at)
    refused = await office.act("park", third, "complete", **CLOSED)
    assert refused.status_code == 422
    assert "민원조정위원회" in await text(refused)
    fields = {"day": "2026-11-24", "text": "기각하기로 심의했습니다."}
    fields["version"] = str((await office.row(third)).version)
    mine = await office.post("park", f"{at}/mediate", fields, at=at)
    assert mine.status_code == 403
    answer = await office.post("clerk", f"{at}/mediate", fields, at=at)
    assert answer.status_code == 303, await text(answer)
    assert "기각하기로 심의했습니다." in await office.page("park", at)
    answer = await office.act("park", third, "complete", **CLOSED)
    assert answer.status_code == 303, await text(answer)


async def test_the_second_grievance_goes_to_audit_by_itself(
    office: Office, handled: Handled, time: Time
) -> None:
    grievance = await kind_of_category("grievance")
    first = await handled("complete")
    await Complaint.filter(number=first).update(kind_id=grievance.id)
    time.set("2026-11-24T10:00+09:00")
    second = await office.file(title=FILED["title"] + "!")
    answer = await office.act("clerk", second, "accept", kind=grievance.slug)
    assert answer.status_code == 303, await text(answer)
    row = await office.row(second)
    assert row.department_id == office.departments["audit"]
    assert (await Referral.get()).complaint_id == row.id
    assert "complaint.to_audit" in await told(office, "yoon")
    assert "complaint.audited" in await told(office, "kim")
    assert "감사부서에서 처리합니다" in await office.page("kim", f"/complaints/{second}")
    assert first in await office.page("yoon", f"/desk/complaints/{second}/together")
    working = {"step": "looking", "text": ""}
    answer = await office.act("yoon", second, "note", **working)
    assert answer.status_code == 303, await text(answer)  # audit works what came to it
    third = await office.file(title="쓰레기", body="쓰레기가 쌓여 냄새가 납니다. 치워 주세요.")
    await office.act("clerk", third, "accept", kind=grievance.slug)
    assert (await office.row(third)).department_id != office.departments["audit"]


@ON_SQLITE
async def test_nothing_readable_is_kept(office: Office) -> None:
    number = await office.file()
    row = await office.row(number)
    kept = await Sketch.get(complaint_id=row.id)
    assert len(kept.sketch) % 8 == 0
    rows = await db.fetch("SELECT applicant, sketch FROM complaint_sketch", [])
    for value in rows[0].values():
        for word in ("당산로", "가로등", f"account {row.applicant_id}"):
            assert word.encode() not in bytes(value)
