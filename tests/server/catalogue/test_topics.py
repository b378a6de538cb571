"""The topics that residents choose, kept at the desk as the table is (O8-3)."""

import html
from datetime import datetime
from typing import Any

import pytest

from server.catalogue import service as catalogue
from server.catalogue import topics
from server.core import clock
from server.core.web import Conflict
from tests.server.catalogue.conftest import MONDAY, Office
from tests.server.complaints.conftest import text

TOPICS = "/desk/catalogue/topics"
FOUNTAIN = {
    "slug": "fountain",
    "name": "분수·음수대",
    "name_en": "Fountains",
    "hint": "물이 나오지 않거나 새는 곳",
    "hint_en": "Dry or leaking",
    "icon": "drain",
    "department": "roads",
    "kind": "street-lamp",
    "position": "3",
    "active": "y",
    "since": "",
    "basis": "새로 생긴 시설",
}


async def test_a_version_holds_from_its_day_and_only_then_for_ever(table: Any) -> None:
    """On both databases; what is kept of a topic is written once."""
    first = (await topics.kept("street-lamp"))[0]
    later = datetime.fromisoformat("2026-12-01T00:00+09:00")
    terms = topics.Terms(**{**vars_of(first.terms), "name": "가로등", "department": ""})
    await topics.change(terms, later, "부서를 없앰", None, newest=1)
    standing = await catalogue.topic_by_slug("street-lamp")
    assert standing is not None
    assert standing.name == first.terms.name
    with clock.use(later):
        changed = await catalogue.topic_by_slug("street-lamp")
        assert changed is not None
        assert (changed.name, changed.department) == ("가로등", None)
        with pytest.raises(Conflict):
            await topics.take_back("street-lamp", 2, None)
    with pytest.raises(Conflict):
        await topics.change(terms, MONDAY, "늦은 고침", None, newest=1)
    assert [one.changed for one in await topics.kept("street-lamp")] == [("name", "department"), ()]
    await catalogue.seed_catalogue()
    assert len(await topics.kept("street-lamp")) == 2


def vars_of(terms: topics.Terms) -> dict[str, Any]:
    """A topic's terms by name."""
    return {name: getattr(terms, name) for name in topics.LABELS}


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_kept_at_the_desk_and_chosen_by_residents(office: Office) -> None:
    bad = await office.post("clerk", f"{TOPICS}/new", {**FOUNTAIN, "hint": "", "basis": ""})
    assert bad.status_code == 422
    assert "분수·음수대" in await text(bad)
    made = await office.post("clerk", f"{TOPICS}/new", FOUNTAIN)
    assert made.status_code == 303, await text(made)
    assert 'value="fountain"' in await office.page("kim", "/complaints/new")
    await office.file(topic="fountain")
    assert (await office.post("clerk", f"{TOPICS}/new", FOUNTAIN)).status_code == 422
    at = f"{TOPICS}/fountain"
    off = {**FOUNTAIN, "active": "", "newest": "1"}
    assert (await office.post("clerk", at, {**off, "since": "2026-12-01"})).status_code == 303
    assert 'value="fountain"' in await office.page("kim", "/complaints/new")
    page = html.unescape(await office.page("clerk", at))
    assert "시행 전" in page
    back = await office.post("clerk", f"{at}/versions/2/take-back", {}, at=at)
    assert back.status_code == 303
    assert (await office.post("clerk", at, off)).status_code == 409
    assert (await office.post("clerk", at, {**off, "newest": "2"})).status_code == 303
    assert 'value="fountain"' not in await office.page("kim", "/complaints/new")
    assert "쓰지 않음" in await office.page("clerk", TOPICS)
    for login_id in ("park", "kim"):
        assert (await office.get(login_id, TOPICS)).status_code == 403
    assert (await office.get("clerk", f"{TOPICS}/nowhere")).status_code == 404
