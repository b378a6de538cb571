"""Insults covered, warnings sent, filing limited and slowed (D4, D11-2)."""

from typing import Any

import pytest

from server.complaints.abuse import restraining
from server.complaints.abuse.models import FilingLimit, Insult
from server.complaints.arrival import filing
from server.complaints.models import Complaint, Publication
from server.complaints.rules import Place
from server.core import db, search
from server.core.web import Problem
from server.ordinance import service as ordinance
from tests.server.complaints.conftest import FILED, Handled, Office, Time, text
from tests.server.complaints.handling.test_handling import audited, told

# Pages without SQL of their own: one engine will do.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

INSULT = "담당자는 바보 멍청이입니다"
REASON = "같은 욕설을 되풀이하셨습니다."


async def act(office: Office, who: str, number: str, name: str, **fields: Any) -> Any:
    at = f"/desk/complaints/{number}/abuse"
    fields.setdefault("version", str((await office.row(number)).version))
    return await office.post(who, f"{at}/{name}", fields, at=at)


async def test_insults_are_covered_for_officials_and_everybody(office: Office) -> None:
    number = await office.file(body=f"{FILED['body']} {INSULT}.")
    wrong = await act(office, "park", number, "mark", text="없는 말")
    assert wrong.status_code == 422
    answer = await act(office, "park", number, "mark", text="바보 멍청이")
    assert answer.status_code == 303, await text(answer)
    at = f"/desk/complaints/{number}"
    page = await office.page("park", at)
    assert "바보 멍청이" not in page
    assert "●● ●●●" in page
    assert "insults=shown" in page
    assert "바보 멍청이" in await office.page("park", f"{at}?insults=shown")
    assert "바보 멍청이" in await office.page("kim", f"/complaints/{number}")  # their own words
    assert "바보 멍청이" not in await office.page("lee", f"/complaints/{number}")
    assert "바보" not in (await Publication.get(number=number)).body
    row = await office.row(number)
    assert row.id not in await search.find("complaint", "멍청", limit=5, before=None)
    rows = await db.fetch("SELECT word FROM complaint_insult", [])
    assert "바보".encode() not in bytes(rows[0]["word"])
    answer = await act(office, "park", number, "mark", text="")
    assert answer.status_code == 303
    assert not await Insult.exists()
    assert "바보 멍청이" in await office.page("lee", f"/complaints/{number}")
    assert (await audited(number))[1:] == ["complaint.mark", "complaint.mark"]


@ON_SQLITE
async def test_titles_are_covered_in_lists(office: Office) -> None:
    number = await office.file(title="바보들아 불 켜라")
    await act(office, "park", number, "mark", text="바보들")
    page = await office.page("park", "/desk/complaints?tab=department")
    assert "●●●아 불 켜라" in page


async def test_filing_is_limited_after_a_warning_told_and_ended(office: Office, time: Time) -> None:
    number = await office.file(body=INSULT)
    fields = {"days": "7", "reason": REASON}
    early = await act(office, "clerk", number, "limit", **fields)
    assert early.status_code == 422
    assert "먼저 경고" in await text(early)
    assert REASON in await text(early)
    answer = await act(office, "park", number, "warn", text="욕설을 계속하면 제한됩니다.")
    assert answer.status_code == 303, await text(answer)
    assert "complaint.admonished" in await told(office, "kim")
    assert "욕설을 계속하면 제한됩니다." in await office.page("kim", f"/complaints/{number}")
    assert "제한됩니다" not in await office.page("lee", f"/complaints/{number}")
    handler = await act(office, "park", number, "limit", **fields)
    assert handler.status_code == 403
    answer = await act(office, "clerk", number, "limit", **fields)
    assert answer.status_code == 303, await text(answer)
    assert "filing.limited" in await told(office, "kim")
    page = await office.page("kim", "/complaints/limited")
    for words in (REASON, "11월 30일", "행정심판", "국민권익위원회"):
        assert words in page
    form = await office.get("kim", "/complaints/new")
    assert form.headers["Location"] == "/complaints/limited"  # before anything is typed
    again = await office.post("kim", "/complaints/new", {**FILED, "title": "다른 일입니다"})
    assert again.status_code == 403
    assert "다른 일입니다" in await text(again)  # nothing typed is lost
    assert await Complaint.all().count() == 1
    assert (await audited(number))[-1] == "filing.limit"
    assert await office.file("lee")
    time.set("2026-11-30T10:30+09:00")
    assert await office.file(title="다른 일입니다")
    assert "제한된 것이 없어요" in await office.page("kim", "/complaints/limited")


async def test_a_limit_is_lifted(office: Office) -> None:
    number = await office.file(body=INSULT)
    await act(office, "clerk", number, "warn", text="경고합니다.")
    await act(office, "clerk", number, "limit", days="30", reason=REASON)
    row = await FilingLimit.get()
    assert REASON in await office.page("yoon", "/desk/limits")
    assert (await office.get("park", "/desk/limits")).status_code == 403
    answer = await office.post("clerk", f"/desk/limits/{row.id}/lift", {}, at="/desk/limits")
    assert answer.status_code == 303
    assert "filing.lifted" in await told(office, "kim")
    assert await office.file(title="다른 일입니다")
    assert (await restraining.running_limits()) == []


async def test_filing_by_machine_is_slowed(office: Office, time: Time) -> None:
    most = ordinance.profile().complaints.filings_per_hour_max
    words = filing.Filing(FILED["topic"], FILED["title"], FILED["body"], Place(FILED["place"]))
    for _ in range(most):
        await filing.file(office.accounts["kim"], words)
    with pytest.raises(Problem) as refused:
        await filing.file(office.accounts["kim"], words)
    assert (refused.value.code, refused.value.status) == ("filing.too_many", 429)
    await filing.file(office.accounts["lee"], words)
    time.set("2026-11-23T11:30+09:00")
    await filing.file(office.accounts["kim"], words)


async def test_who_has_no_account_is_limited_by_telephone(office: Office) -> None:
    words = filing.Filing(FILED["topic"], FILED["title"], INSULT, Place(FILED["place"]))
    number = await filing.file(filing.Stranger("박손님", "010-7777-8888"), words)
    await act(office, "clerk", number, "warn", text="경고합니다.")
    answer = await act(office, "clerk", number, "limit", days="7", reason=REASON)
    assert answer.status_code == 303, await text(answer)
    with pytest.raises(Problem) as refused:
        await filing.file(filing.Stranger("박손님", "01077778888"), words)
    assert refused.value.code == "filing.limited"
    await filing.file(filing.Stranger("최손님", "010-7777-9999"), words)


@ON_SQLITE
async def test_the_office_alone_sees_what_is_beside(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    for page in ("abuse", "together", "redress"):
        at = f"/desk/complaints/{number}/{page}"
        assert (await office.get("kim", at)).status_code == 403
        assert (await office.get("choi", at)).status_code == 404
        assert (await office.get("jang", at)).status_code == 403
        assert (await office.get("seo", at)).status_code == 200
