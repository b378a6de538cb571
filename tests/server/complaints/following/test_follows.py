"""'Me too', complaints like it before filing, and following a topic or a place (Y12-1, Y16)."""

import math
from typing import Any

import pytest

from server.accounts import service as accounts
from server.complaints.following import follows
from server.complaints.following import rules as following_rules
from server.complaints.following.models import Follow, FollowMark, FollowNews, MeToo
from server.complaints.models import Complaint
from server.complaints.rules import Place
from server.core import db
from server.notifications.models import Notification
from tests.people import PASSWORD, hidden_fields
from tests.server.complaints.conftest import FILED, Office, Time, text

HERE = {"lat": "37.526300", "lon": "126.896200"}
NEAR = {"lat": "37.527800", "lon": "126.897000"}  # 180 m away
FAR = {"lat": "37.536300", "lon": "126.896200"}  # 1.1 km away


async def told(kind: str) -> list[int]:
    rows = await Notification.filter(kind=kind).order_by("id").values_list("account_id", flat=True)
    return [int(str(row)) for row in rows]


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({**NEAR, "title": "불이 안 들어와요"}, True),
        ({**FAR, "title": "불이 안 들어와요"}, False),
        ({**NEAR, "title": "불이 안 들어와요", "topic": "noise"}, False),
        ({"title": "당산로 가로등 고장"}, True),
        ({"title": "가로등이 깜빡여요"}, True),
        ({"title": "횡단보도가 지워졌어요"}, False),
    ],
)
async def test_complaints_like_it_are_offered_before_filing(
    office: Office, changes: dict[str, str], offered: bool
) -> None:
    number = await office.file("kim", **HERE)
    answer = await office.post("lee", "/complaints/new", {**FILED, **changes, "look": "y"})
    if not offered:
        assert answer.status_code == 303
        return
    page = await text(answer)
    assert answer.status_code == 200
    assert f'href="/complaints/{number}/me-too"' in page
    assert changes["title"] in page
    assert await Complaint.all().count() == 1
    fields = {**hidden_fields(page), **FILED, **changes}
    client = await office.browser("lee")
    assert (await client.post("/complaints/new", form=fields)).status_code == 303
    assert await Complaint.all().count() == 2


async def test_a_private_complaint_is_never_offered(office: Office) -> None:
    await office.file("kim", **HERE, public="n")
    answer = await office.post("lee", "/complaints/new", {**FILED, **NEAR, "look": "y"})
    assert answer.status_code == 303


async def test_me_too_follows_and_is_no_filing(office: Office, worker: Any) -> None:
    number = await office.file("kim")
    path = f"/complaints/{number}/me-too"
    assert "나도 겪고 있나요?" in await office.page("lee", path)
    for _ in range(2):
        assert (await office.post("lee", path, {})).status_code == 303
    assert await Complaint.all().count() == 1
    assert await MeToo.all().count() == 1
    for page in (f"/complaints/{number}", "/complaints"):
        assert "1명이 함께 겪어요" in await office.page(None, page)
    public = await office.page(None, f"/complaints/{number}")
    assert "이철수" not in public
    await office.act("clerk", number, "accept", kind="street-lamp")
    await worker.drain()
    await office.act("park", number, "complete", outcome="done", text="새로 달았습니다.")
    await worker.drain()
    assert await told("follow.moved_on") == [office.accounts["lee"]]
    assert await told("follow.completed") == [office.accounts["lee"]]
    assert FILED["title"] in await office.page("lee", "/me/follows")
    stopped = await office.post("lee", path, {"stop": "y"})
    assert stopped.status_code == 303
    assert not await MeToo.exists()


async def test_nobody_joins_their_own_or_what_is_not_public(office: Office) -> None:
    number = await office.file("kim")
    private = await office.file("kim", public="n", title="비공개 민원")
    own = await office.get("kim", f"/complaints/{number}/me-too")
    assert own.headers["Location"] == f"/complaints/{number}"
    assert (await office.get("lee", f"/complaints/{private}/me-too")).status_code == 404
    at = "/me/settings"
    posted = await office.post("kim", f"/complaints/{number}/me-too", {}, at=at)
    assert posted.status_code == 409
    gone = await office.post("lee", f"/complaints/{private}/me-too", {}, at=at)
    assert gone.status_code == 404
    assert (await office.get("park", f"/complaints/{number}/me-too")).status_code == 403
    anybody = await office.get(None, f"/complaints/{number}/me-too")
    assert anybody.headers["Location"].startswith("/login?next=")
    assert not await MeToo.exists()


async def follow(office: Office, login_id: str, **fields: str) -> Any:
    given = {"what": "place", "often": "at_once", "radius": "500", "lat": "", "lon": ""} | fields
    return await office.post(login_id, "/me/follows", given)


FOLLOWED = [
    ({"place": "우리 집", **HERE}, {**NEAR}, True),
    ({"place": "우리 집", **HERE}, {**FAR}, False),
    ({"place": "우리 집", **HERE, "radius": "2000"}, {**FAR}, True),
    ({"place": "우리 집", **HERE}, {}, False),
    ({"place": "당산로"}, {}, True),
    ({"place": "당산로 12길"}, {"place": "당산로12길"}, False),
    ({"place": "당산로 12길"}, {"place": "영등포구 당산로 12길 앞"}, True),
    ({"place": "문래동"}, {}, False),
    ({"what": "topic", "topic": "street-lamp"}, {}, True),
    ({"what": "topic", "topic": "noise"}, {}, False),
]


@pytest.mark.parametrize(("followed", "filed", "reached"), FOLLOWED)
async def test_new_public_complaints_are_told_where_they_are_followed(
    office: Office, worker: Any, followed: dict[str, str], filed: dict[str, str], reached: bool
) -> None:
    assert (await follow(office, "lee", **followed)).status_code == 303
    await office.file("kim", **filed)
    await worker.drain()
    assert await told("follow.new") == ([office.accounts["lee"]] if reached else [])


async def test_private_ones_reach_nobody_until_they_are_disclosed(
    office: Office, worker: Any
) -> None:
    await follow(office, "lee", place="당산로")
    number = await office.file("kim", public="n")
    await worker.drain()
    assert not await FollowNews.exists()
    for public in ("y", "n", "y"):
        await office.post("kim", f"/complaints/{number}/public", {"public": public})
        await worker.drain()
    assert await told("follow.new") == [office.accounts["lee"]]


async def test_ones_own_complaint_is_no_news(office: Office, worker: Any) -> None:
    await follow(office, "kim", place="당산로")
    await office.file("kim")
    await worker.drain()
    assert await told("follow.new") == []


async def test_the_days_news_come_together_at_six(office: Office, worker: Any, time: Time) -> None:
    await follow(office, "lee", place="당산로", often="daily")
    for title in ("첫째 가로등", "둘째 가로등", "셋째 가로등"):
        number = await office.file("kim", title=title)
    await worker.drain()
    assert await follows.tell_the_day() == 0
    concealed = await office.post("kim", f"/complaints/{number}/public", {"public": "n"})
    assert concealed.status_code == 303
    time.set("2026-11-23T18:00+09:00")
    assert await follows.tell_the_day() == 1
    assert await follows.tell_the_day() == 0
    (row,) = await Notification.filter(kind="follow.digest")
    assert row.params == '{"count": 2}'
    page = await office.page("lee", "/me/follows")
    assert "첫째 가로등" in page
    assert "셋째 가로등" not in page


async def test_where_somebody_looks_is_sealed(office: Office) -> None:
    await follow(office, "lee", place="비밀의 집", **HERE)
    rows = await db.fetch("SELECT * FROM follow") + await db.fetch("SELECT * FROM follow_mark")
    said = b"".join(bytes(v) for row in rows for v in row.values() if isinstance(v, bytes))
    assert "비밀".encode() not in said
    assert b"37.52" not in said
    assert await FollowMark.all().count() >= 1


FAULTS = [
    ({"what": "topic", "topic": ""}, "topic"),
    ({"what": "topic", "topic": "nothing"}, "topic"),
    ({"place": " "}, "place"),
    ({"place": "집", "lat": "51.5", "lon": "0.1"}, "place"),
    ({"place": "집", **HERE, "radius": "9"}, "radius"),
]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("fields", "field"), FAULTS)
async def test_a_fault_is_explained(office: Office, fields: dict[str, str], field: str) -> None:
    answer = await follow(office, "lee", **fields)
    assert answer.status_code == 422
    assert f'href="#{field}"' in await text(answer)


async def test_unfollowing_and_withdrawing_leave_nothing(office: Office, worker: Any) -> None:
    number = await office.file("kim")
    await follow(office, "lee", place="당산로")
    await follow(office, "lee", what="topic", topic="street-lamp")
    await office.post("lee", f"/complaints/{number}/me-too", {})
    (first, _) = await Follow.all().order_by("id")
    other = await office.post("kim", f"/me/follows/{first.id}/end", {}, at="/me/settings")
    assert other.status_code == 404
    ended = await office.post("lee", f"/me/follows/{first.id}/end", {}, at="/me/follows")
    assert ended.status_code == 303
    assert await Follow.all().count() == 1
    await accounts.withdraw(office.accounts["lee"], PASSWORD)
    await worker.drain()
    for model in (Follow, FollowMark, FollowNews, MeToo):
        assert not await model.exists()
    assert "함께 겪어요" not in await office.page(None, f"/complaints/{number}")


def test_distances() -> None:
    assert round(following_rules.metres(37.5263, 126.8962, 37.5263, 126.8962)) == 0
    assert 110_000 < following_rules.metres(37, 127, 38, 127) < 112_000
    assert 88_000 < following_rules.metres(37, 127, 37, 128) < 90_000


@pytest.mark.parametrize("radius", following_rules.RADII_M)
def test_every_place_in_a_circle_lies_in_one_of_its_squares(radius: int) -> None:
    north, east = 37.5263, 126.8962
    squares = set(following_rules.squares(north, east, radius))
    for degrees in range(0, 360, 7):
        up = radius * 0.999 * math.cos(math.radians(degrees)) / 111_195
        side = radius * 0.999 * math.sin(math.radians(degrees)) / 111_195
        there = north + up, east + side / math.cos(math.radians(north))
        assert following_rules.metres(north, east, *there) <= radius
        assert following_rules.square(*there) in squares
    assert len(squares) <= 36


def test_a_place_of_words_needs_them_all() -> None:
    lies = following_rules.lies_in
    assert lies(Place("영등포구 당산로 12길 앞"), Place("당산로 12길"), None)
    assert not lies(Place("영등포구 당산로 앞"), Place("당산로 12길"), None)
    assert not lies(Place("어디든"), Place(""), None)
