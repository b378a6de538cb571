"""Objection, demand for correction, reopening and satisfaction over HTTP (Act 35, D18)."""

from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from server.complaints.arrival import filing
from server.complaints.arrival.guest_models import Guest
from server.complaints.models import Answer, Complaint, Step
from server.complaints.redress import objecting, rating, reopening
from server.complaints.redress.models import (
    Correction,
    Objection,
    Rehandling,
    Reopening,
    Satisfaction,
)
from server.complaints.redress.rules import WORD_LETTERS_MAX
from server.complaints.rules import Place
from server.core.web import Actor, NotFound
from tests.people import hidden_fields
from tests.server.complaints.conftest import FILED, Handled, Office, Time, multipart, text
from tests.server.complaints.handling.test_handling import audited, told

# Pages without SQL of their own: one engine will do.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

REFUSED = {
    "outcome": "refused",
    "text": "도로점용을 허가하지 않습니다.",
    "reasons": "보행 공간이 1.5미터보다 좁아집니다.",
    "remedies": "60일 안에 이의신청을 할 수 있습니다.",
}


SAME_OF_ALL = (
    "applicant_id",
    "topic_id",
    "kind_id",
    "department_id",
    "handler_id",
    "state",
    "open",
    "public",
    "title",
    "body",
    "place",
    "name",
    "reply_by",
    "photos_count",
    "filed_at",
    "accept_by",
    "accepted_at",
    "due_at",
    "due_by_hour",
    "ended_at",
    "warned",
    "version",
)


async def as_application(office: Office, number: str, outcome: str = "refused") -> None:
    """The complaint as if it were a statutory application that was refused: what approvals and
    fees it takes to get there is proved elsewhere."""
    from server.catalogue import service as catalogue

    kinds = await catalogue.kinds()
    kind = next(each for each in kinds if each.category == "application")
    await Complaint.filter(number=number).update(kind_id=kind.id)
    row = await office.row(number)
    await Answer.filter(complaint_id=row.id).update(
        outcome=outcome,
        reasons="보행 공간이 1.5미터보다 좁아집니다.",
        remedies="60일 안에 이의신청을 할 수 있습니다.",
    )


async def decide(office: Office, who: str, number: str, act: str, **fields: Any) -> Any:
    at = f"/desk/complaints/{number}/redress"
    fields.setdefault("version", str((await office.row(number)).version))
    return await office.post(who, f"{at}/{act}", fields, at=at)


async def test_an_objection_is_raised_put_off_and_upheld(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("complete")
    await as_application(office, number)
    page = await office.page("kim", f"/complaints/{number}")
    assert f"/complaints/{number}/objection" in page
    form = await office.page("kim", f"/complaints/{number}/objection")
    assert "1월 22일(금)" in form  # 60 days from the notice of Monday 23 November
    grounds = {"text": "측량이 잘못되었습니다. 실제로는 2미터입니다."}
    answer = await office.post("kim", f"/complaints/{number}/objection", grounds)
    assert answer.status_code == 303, await text(answer)
    objection = await Objection.get()
    assert (objection.state, objection.due_at.isoformat()) == (
        "filed",
        "2026-12-04T15:00:00+00:00",  # 24:00 of the tenth working day in Seoul
    )
    assert "objection.filed" in await told(office, "park")
    assert "측량이 잘못되었습니다" in await office.page(
        "park", f"/desk/complaints/{number}/redress"
    )
    assert "이의신청" in await office.page("park", "/desk/redress")
    assert number in await office.page("park", "/desk/redress")

    time.set("2026-12-02T10:00+09:00")
    answer = await decide(office, "park", number, "extend", text="다시 측량해야 합니다.")
    assert answer.status_code == 303, await text(answer)
    objection = await Objection.get()
    assert (objection.state, objection.due_at.isoformat()) == (
        "extended",
        "2026-12-18T15:00:00+00:00",
    )
    answer = await decide(office, "park", number, "extend", text="또 늘립니다.")
    assert answer.status_code == 409
    assert "한 번만" in await text(answer)
    page = await office.page("kim", f"/complaints/{number}/objection")
    assert "다시 측량해야 합니다." in page
    assert "12월 18일(금)까지" in page

    time.set("2026-12-10T10:00+09:00")
    reasons = "다시 측량하니 1.8미터였습니다."
    answer = await decide(office, "kang", number, "decide", decision="", text=reasons)
    assert answer.status_code == 422
    assert reasons in await text(answer)
    answer = await decide(office, "kang", number, "decide", decision="upheld", text=reasons)
    assert answer.status_code == 303, await text(answer)
    again = await (await Rehandling.get()).complaint
    page = await office.page("kim", f"/complaints/{number}")
    for words in ("이의신청을 받아들였습니다", again.number, reasons):
        assert words in page
    assert (again.state, again.kind_id is not None) == ("assigned", True)
    assert again.due_at is not None
    assert again.due_at > again.accepted_at
    assert number in await office.page("kim", f"/complaints/{again.number}")
    assert again.number in await office.page("park", f"/desk/complaints/{number}/redress")
    assert [kind for kind in await told(office, "kim") if kind.startswith("objection")] == [
        "objection.extended",
        "objection.decided",
    ]
    assert (await audited(number))[-3:] == [
        "complaint.object",
        "complaint.extend_objection",
        "complaint.decide_objection",
    ]
    answer = await decide(office, "park", number, "decide", decision="dismissed", text="다시")
    assert answer.status_code == 409


@ON_SQLITE
async def test_too_late_and_not_an_application(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("complete")
    page = await office.page("kim", f"/complaints/{number}/objection")
    assert "법정민원" in page
    address = f"/complaints/{number}/objection"
    refused = await office.post("kim", address, {"text": "억울합니다."})
    assert refused.status_code == 409
    assert "법정민원" in await text(refused)
    await as_application(office, number, outcome="partly")
    time.set("2027-01-25T09:00+09:00")
    late = await office.post("kim", address, {"text": "억울합니다."})
    assert late.status_code == 409
    assert "1월 22일(금)" in await text(late)
    assert not await Objection.exists()


@ON_SQLITE
async def test_nobody_else_objects(office: Office, handled: Handled) -> None:
    number = await handled("complete")
    await as_application(office, number)
    for address in ("objection", "correction", "reopen", "satisfaction", "together"):
        assert (await office.get("lee", f"/complaints/{number}/{address}")).status_code == 404
        assert (await office.get("park", f"/complaints/{number}/{address}")).status_code == 404
        assert (await office.get(None, f"/complaints/{number}/{address}")).status_code == 303
    assert (await office.get("choi", f"/desk/complaints/{number}/redress")).status_code == 404


@ON_SQLITE
async def test_who_decides_is_reminded_once(office: Office, handled: Handled, time: Time) -> None:
    number = await handled("complete")
    await as_application(office, number)
    await office.post("kim", f"/complaints/{number}/objection", {"text": "억울합니다."})
    assert await objecting.tell_due() == 0
    time.set("2026-12-03T10:00+09:00")
    assert await objecting.tell_due() == 1
    assert await objecting.tell_due() == 0
    assert "objection.due" in await told(office, "park")


async def test_correction_is_demanded_and_answered(office: Office, time: Time) -> None:
    number = await office.file()
    address = f"/complaints/{number}/correction"
    early = await office.post("kim", address, {"ground": "withheld", "text": "접수해 주세요."})
    assert early.status_code == 409
    assert "11월 24일(화)" in await text(early)
    assert "접수해 주세요." in await text(early)
    time.set("2026-11-25T10:00+09:00")
    fields = {"ground": "withheld", "text": "이틀이 지나도 접수하지 않았습니다."}
    answer = await office.post("kim", address, fields)
    assert answer.status_code == 303, await text(answer)
    assert "correction.demanded" in await told(office, "clerk")
    assert "correction.demanded" in await told(office, "seo")
    second = await office.post("kim", address, fields, at="/me/settings")
    assert second.status_code == 409
    assert number in await office.page("seo", "/desk/redress")
    fields = {"corrected": "y", "text": "바로 접수하겠습니다. 죄송합니다."}
    refused = await decide(office, "yoon", number, "correct", **fields)
    assert refused.status_code == 403
    answer = await decide(office, "seo", number, "correct", **fields)
    assert answer.status_code == 303, await text(answer)
    assert "correction.answered" in await told(office, "kim")
    page = await office.page("kim", address)
    assert "바로 접수하겠습니다. 죄송합니다." in page
    public = await office.page("lee", f"/complaints/{number}")
    assert "시정" not in public
    assert "바로 접수하겠습니다" not in public


async def test_reopening_begins_a_new_handling(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("complete")
    time.set("2026-12-07T10:00+09:00")
    address = f"/complaints/{number}/reopen"
    assert "12월 23일(수)" in await office.page("kim", address)  # 30 days of the profile
    answer = await office.post("kim", address, {"text": "하루 만에 다시 꺼졌습니다."})
    assert answer.status_code == 303, await text(answer)
    assert "reopening.asked" in await told(office, "park")
    twice = await office.post("kim", address, {"text": "또"}, at="/me/settings")
    assert twice.status_code == 409
    fields = {"decision": "declined", "text": ""}
    no_reason = await decide(office, "park", number, "reopen", **fields)
    assert no_reason.status_code == 422
    before = await office.row(number)
    fields = {"decision": "granted", "text": "다시 살펴보겠습니다."}
    answer = await decide(office, "park", number, "reopen", **fields)
    assert answer.status_code == 303, await text(answer)
    former = await office.row(number)
    assert (former.state, former.ended_at) == ("completed", before.ended_at)
    again = await (await Rehandling.get()).complaint
    assert (again.state, again.handler_id, again.filed_at > former.filed_at) == (
        "assigned",
        office.accounts["park"],
        True,
    )
    steps = await Step.filter(complaint_id=again.id).order_by("version")
    assert [step.action for step in steps] == ["file", "again"]
    page = await office.page("kim", f"/complaints/{again.number}")
    assert "다시 처리하기 시작했습니다" in page
    assert "신청했습니다" not in page, "nobody filed it a second time"
    assert number in page
    done = {"outcome": "done", "text": "차단기를 바꾸었습니다."}
    answer = await office.act("park", again.number, "complete", **done)
    assert answer.status_code == 303, await text(answer)
    assert await Answer.filter(complaint_id=again.id).exists()
    assert (await Reopening.get()).state == "granted"


@ON_SQLITE
async def test_a_new_line_counts_as_one_letter_as_it_does_while_one_types(
    office: Office, handled: Handled
) -> None:
    address = f"/complaints/{await handled('complete')}/satisfaction"
    half = "가" * (WORD_LETTERS_MAX // 2 - 1)
    full = {"score": "5", "word": f"{half}\r\n{half}."}
    assert (await office.post("kim", address, full)).status_code == 303
    assert (await Satisfaction.get()).word.count("\n") == 1
    longer = full | {"word": f"{half}\r\n{half}.."}
    assert (await office.post("kim", address, longer)).status_code == 422


@ON_SQLITE
async def test_reopening_ends_with_the_days_of_the_profile(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("complete")
    time.set("2026-12-24T10:00+09:00")
    late = await office.post("kim", f"/complaints/{number}/reopen", {"text": "다시"})
    assert late.status_code == 409
    assert "12월 23일(수)" in await text(late)
    assert f"/complaints/{number}/reopen" not in await office.page("kim", f"/complaints/{number}")


async def test_satisfaction_is_said_changed_and_summed(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("complete")
    address = f"/complaints/{number}/satisfaction"
    nothing = await office.post("kim", address, {"word": "빨랐어요"})
    assert nothing.status_code == 422
    fields = {"score": "4", "word": "빨랐어요. 010-1234-5678"}
    assert (await office.post("kim", address, fields)).status_code == 303
    assert 'value="4" checked' in await office.page("kim", address)
    fields = {"score": "2", "word": "다시 꺼졌어요"}
    assert (await office.post("kim", address, fields)).status_code == 303
    row = await Satisfaction.get()
    assert (row.score, row.word, row.changed_at is not None) == (2, "다시 꺼졌어요", True)
    time.set("2026-11-30T10:30+09:00")
    late = await office.post("kim", address, {"score": "5"}, at="/me/settings")
    assert late.status_code == 409
    # One opinion is not summed up: it would tell who said it.
    page = await office.page("kang", "/desk/satisfaction")
    assert "아직 1건입니다." in page
    assert "다시 꺼졌어요" not in page
    for place in range(4):
        row_of_it = await office.row(number)
        other = await Complaint.create(
            **{name: getattr(row_of_it, name) for name in SAME_OF_ALL},
            number=f"2611-90000{place}-0",
        )
        await Satisfaction.create(
            complaint_id=other.id,
            department_id=other.department_id,
            score=5,
            word="고맙습니다 010-9999-8888",
            rated_at=row.rated_at,
        )
    for who in ("kang", "clerk", "yoon"):
        page = await office.page(who, "/desk/satisfaction")
        assert "4.4" in page
        assert "다시 꺼졌어요" in page
        assert "010-9999-8888" not in page
        assert number not in page
    assert "다시 꺼졌어요" not in await office.page("choi", "/desk/satisfaction")
    assert "다시 꺼졌어요" not in await office.page("park", f"/desk/complaints/{number}")


async def test_the_database_refuses_what_cannot_be(office: Office, handled: Handled) -> None:
    number = await handled("complete")
    row = await office.row(number)
    when = row.ended_at
    for fields in (
        {"state": "decided", "grounds": "x", "filed_at": when, "due_at": when},
        {"state": "extended", "grounds": "x", "filed_at": when, "due_at": when},
        {"state": "open", "grounds": "x", "filed_at": when, "due_at": when},
    ):
        with pytest.raises(IntegrityError):
            await Objection.create(complaint_id=row.id, reminded=False, **fields)
    for score in (0, 6):
        with pytest.raises(IntegrityError):
            await Satisfaction.create(complaint_id=row.id, score=score, rated_at=when)
    with pytest.raises(IntegrityError):
        await Rehandling.create(complaint_id=row.id, former_id=row.id, cause="reopening", at=when)


async def test_without_an_account_its_password_opens_the_new_handling_too(
    office: Office, time: Time
) -> None:
    words = filing.Filing(FILED["topic"], FILED["title"], FILED["body"], Place(FILED["place"]))
    stranger = filing.Stranger("박손님", "010-7777-8888", password_hash="kept as it is")
    number = await filing.file(stranger, words)
    roads = f"{office.departments['roads']}:{office.accounts['park']}"
    for who, act, fields in (
        ("clerk", "accept", {"kind": "street-lamp"}),
        ("clerk", "assign", {"to": roads}),
        ("park", "complete", {"outcome": "done", "text": "등을 새로 달았습니다."}),
    ):
        answer = await office.act(who, number, act, **fields)
        assert answer.status_code == 303, await text(answer)
    guest = Actor(opened=number)
    await rating.rate(number, guest, 3, "보통이에요")
    await reopening.ask(number, guest, "다시 꺼졌습니다.")
    with pytest.raises(NotFound):
        await reopening.ask(number, Actor(opened="2611-000009-3"), "남의 민원입니다.")
    fields = {"decision": "granted", "text": "다시 살펴보겠습니다."}
    answer = await decide(office, "park", number, "reopen", **fields)
    assert answer.status_code == 303, await text(answer)
    again = await Rehandling.get()
    assert (await Guest.get(complaint_id=again.complaint_id)).password_hash == "kept as it is"
    assert (await office.row(number)).state == "completed"


@ON_SQLITE
async def test_the_same_form_twice_objects_once(office: Office, handled: Handled) -> None:
    number = await handled("complete")
    await as_application(office, number)
    address = f"/complaints/{number}/objection"
    client = await office.browser("kim")
    from tests.people import hidden_fields

    hidden = hidden_fields(await text(await client.get(address)))
    fields = {**hidden, "text": "억울합니다."}
    assert (await client.post(address, form=fields)).status_code == 303
    assert (await client.post(address, form=fields)).status_code == 303
    assert await Objection.all().count() == 1


async def replayed(office: Office, address: str, fields: dict[str, str]) -> list[Any]:
    """What each of two sendings says: the page's own, of which no answer came, and the phone's."""
    client = await office.browser("kim")
    whole = {**hidden_fields(await text(await client.get(address))), **fields}
    draft = multipart(whole, [])
    headers = {**draft["headers"], "Accept": "application/json"}
    return [
        await client.post(address, form=whole),
        await client.post(address, data=draft["data"], headers=headers),
    ]


@ON_SQLITE
@pytest.mark.clause("Y16", 2)
async def test_what_waited_on_a_phone_counts_once(
    office: Office, handled: Handled, time: Time
) -> None:
    waiting = await office.file()
    demand = {"ground": "withheld", "text": "이틀이 지나도 접수하지 않았습니다."}
    time.set("2026-11-25T10:00+09:00")
    number = await handled("complete")
    await as_application(office, number)
    for case, act, fields in (
        (waiting, "correction", demand),
        (number, "satisfaction", {"score": "2", "word": "늦었습니다."}),
        (number, "objection", {"text": "억울합니다."}),
        (number, "reopen", {"text": "하루 만에 다시 꺼졌습니다."}),
    ):
        first, again = await replayed(office, f"/complaints/{case}/{act}", fields)
        assert first.status_code == 303, await text(first)
        assert (again.status_code, await again.get_json()) == (
            200,
            {"location": f"/complaints/{case}", "faults": []},
        ), act
    counted = (Correction, Satisfaction, Objection, Reopening)
    assert [await kind.all().count() for kind in counted] == [1, 1, 1, 1]
    _, late = await replayed(office, f"/complaints/{number}/satisfaction", {"score": "9"})
    assert late.status_code == 422
    assert (await late.get_json())["faults"]
