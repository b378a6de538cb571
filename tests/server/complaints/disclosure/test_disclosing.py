"""Disclosure as the office decides it: by whom, with what reason, gone from where."""

from typing import Any

import pytest

from server.complaints.disclosure.models import Ruling
from server.complaints.models import Publication
from server.core import db
from server.notifications.models import Notification
from server.ordinance import service as ordinance
from tests.server.complaints.conftest import FILED, Handled, Office, picture, text

WHY = {"ground": "personal", "reason": "이웃의 이름이 있어 가립니다."}


@pytest.fixture(autouse=True)
def managed_by(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Audit manages disclosure, as a profile may say; `managed_by("complaints")`: others do."""
    real = ordinance.profile

    def use(who: str) -> None:
        def profile(*args: Any) -> Any:
            found = real(*args)
            section = found.complaints.model_copy(update={"disclosure_by": who})
            return found.model_copy(update={"complaints": section})

        monkeypatch.setattr(ordinance, "profile", profile)

    use("audit")
    return use


async def rule(office: Office, login_id: str, number: str, **fields: Any) -> Any:
    path = f"/desk/complaints/{number}/disclosure"
    given = {"version": str((await office.row(number)).version), **WHY, **fields}
    return await office.post(login_id, path, given)


POWERS = [
    ("audit", "yoon", {"clerk", "park", "kang", "seo", "jang", "kim"}),
    ("complaints", "clerk", {"yoon", "park", "kang", "seo", "jang", "kim"}),
]


@pytest.mark.clause("Y10-2", 1)
@pytest.mark.parametrize(("who", "may", "may_not"), POWERS)
async def test_whom_the_profile_names_manages_disclosure_and_nobody_else(
    office: Office, managed_by: Any, who: str, may: str, may_not: set[str]
) -> None:
    managed_by(who)
    number = await office.file()
    path = f"/desk/complaints/{number}/disclosure"
    for login_id in sorted(may_not):
        assert (await office.get(login_id, path)).status_code in {403, 404}, login_id
        refused = await office.post(login_id, path, {"act": "hide"}, at="/me/settings")
        assert refused.status_code in {403, 404, 422}, login_id
    assert not await Ruling.exists()
    assert "공개 관리" in await office.page(may, path)
    assert (await rule(office, may, number, act="hide")).status_code == 303
    assert not await Publication.exists()


@pytest.mark.clause("Y10-2", 1)
async def test_the_complaints_department_classifies_and_audit_does_not(office: Office) -> None:
    number = await office.file()
    for login_id, status in (("yoon", {403, 404}), ("park", {403, 404}), ("clerk", {303})):
        answer = await office.act(login_id, number, "accept", kind="street-lamp", version="1")
        assert answer.status_code in status, login_id


@pytest.mark.clause("Y10-2", 2)
async def test_another_departments_official_sees_and_changes_nothing(
    office: Office, handled: Handled
) -> None:
    number = await handled("assign", public="n")
    before = await office.row(number)
    for end in ("", "/disclosure", "/password"):
        answer = await office.get("choi", f"/desk/complaints/{number}{end}")
        assert answer.status_code in {403, 404}
    assert (await office.get("choi", f"/complaints/{number}")).status_code == 404
    for act, fields in (("note", {"step": "on_site"}), ("assign", {"to": "1:"})):
        answer = await office.act("choi", number, act, **fields, version=str(before.version))
        assert answer.status_code in {403, 404}
    assert (await office.row(number)).version == before.version
    assert FILED["title"] not in await office.page("choi", "/desk/complaints?tab=department")


@pytest.mark.clause("Y12-1", 2)
async def test_hidden_shown_again_and_the_applicants_word_stands(
    office: Office, handled: Handled
) -> None:
    number = await handled("assign")
    assert (await rule(office, "yoon", number, act="hide")).status_code == 303
    assert (await office.get(None, f"/complaints/{number}")).status_code == 404
    assert number not in await office.page(None, "/complaints?q=당산로")
    own = await office.page("kim", f"/complaints/{number}")
    assert "구청이 공개하지 않기로 했습니다" in own
    assert WHY["reason"] in own
    kinds = await Notification.filter(account_id=office.accounts["kim"]).values_list(
        "kind", flat=True
    )
    assert "complaint.hidden" in kinds
    again = await rule(office, "yoon", number, act="hide")
    assert again.status_code == 409
    refused = await office.post("kim", f"/complaints/{number}/public", {"public": "n"})
    assert refused.status_code == 303
    assert (await rule(office, "yoon", number, act="show")).status_code == 303
    assert not await Publication.exists()
    await office.post("kim", f"/complaints/{number}/public", {"public": "y"})
    assert await Publication.exists()


async def test_what_the_office_hides_no_act_brings_back(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    await rule(office, "yoon", number, act="hide")
    await office.act("park", number, "note", step="on_site", text="가 보았습니다.")
    await office.post("kim", f"/complaints/{number}/public", {"public": "n"})
    await office.post("kim", f"/complaints/{number}/public", {"public": "y"})
    assert not await Publication.exists()


async def test_more_is_covered_wherever_it_stands(office: Office) -> None:
    fields = {**FILED, "body": "옆집 홍길동네가 늘 그럽니다.", "captions": "홍길동 집 문"}
    filed = await office.post_files("kim", fields, [("a.jpg", picture())])
    number = filed.headers["Location"].rpartition("/")[2]
    await office.act("clerk", number, "accept", kind="street-lamp")
    await office.act("clerk", number, "note", step="on_site", text="홍길동 씨를 만났습니다.")
    assert "홍길동" in await office.page(None, "/complaints?q=홍길동")
    covered = await rule(office, "yoon", number, act="cover", words="홍길동")
    assert covered.status_code == 303
    public = await office.page(None, f"/complaints/{number}")
    assert "홍길동" not in public
    assert "옆집 ***네가" in public
    assert number not in await office.page(None, "/complaints?q=홍길동")
    assert (await office.get(None, f"/complaints/{number}/photos/1")).status_code == 200
    photos = await rule(office, "yoon", number, act="cover", photos="y")
    assert photos.status_code == 303
    assert "/photos/1" not in await office.page(None, f"/complaints/{number}")
    for end in ("", "/thumb"):
        gone = await office.get(None, f"/complaints/{number}/photos/1{end}")
        assert gone.status_code == 404
    assert "홍길동" in await office.page("kim", f"/complaints/{number}")
    assert (await office.get("kim", f"/complaints/{number}/photos/1")).status_code == 200


FAULTS = [
    ({"act": ""}, 422),
    ({"act": "burn"}, 422),
    ({"act": "hide", "ground": ""}, 422),
    ({"act": "hide", "ground": "nothing"}, 422),
    ({"act": "hide", "reason": " "}, 422),
    ({"act": "cover"}, 422),
    ({"act": "cover", "words": "홍"}, 422),
    ({"act": "show"}, 409),
    ({"act": "hide", "version": "0"}, 409),
]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("fields", "status"), FAULTS)
async def test_what_is_missing_is_asked_for_and_nothing_typed_lost(
    office: Office, fields: dict[str, str], status: int
) -> None:
    number = await office.file()
    answer = await rule(office, "yoon", number, **fields)
    page = await text(answer)
    assert answer.status_code == status
    if fields.get("reason", WHY["reason"]).strip():
        assert WHY["reason"] in page
    assert await Publication.exists()


async def test_every_decision_is_recorded_and_its_reason_sealed(office: Office) -> None:
    number = await office.file()
    await rule(office, "yoon", number, act="hide")
    rows = await db.fetch(
        "SELECT actor_id, facts FROM audit_entry WHERE action = 'complaint.hide' AND subject = ?",
        [number],
    )
    (row,) = rows
    assert row["actor_id"] == office.accounts["yoon"]
    assert "personal" in row["facts"]
    assert "이웃" not in row["facts"]
    (ruling,) = await db.fetch("SELECT reason FROM complaint_ruling")
    assert "이웃".encode() not in bytes(ruling["reason"])
    page = await office.page("yoon", f"/desk/complaints/{number}/disclosure")
    assert "윤감사" in page
