"""A complaint keeps the version under which it was accepted; a later one takes effect by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise.exceptions import IntegrityError

from server.catalogue import exchange, keeping, rules, table_csv
from server.catalogue import service as catalogue
from server.catalogue.rules import Terms
from server.core import clock, db
from server.core.web import Conflict, Invalid, NotFound
from server.ordinance import service as ordinance
from tests.server.catalogue.conftest import MONDAY

NEXT_MONTH = MONDAY + timedelta(days=30)
CLERK = 1


@pytest.fixture
async def clerk(table: None) -> int:
    """An official who keeps the table."""
    from server.accounts import service as accounts

    made = await accounts.create_official(
        "clerk", "정민원", None, {"complaints"}, password="Munrae-dong 3-ga!",
        must_change_password=False,
    )  # fmt: skip
    return made.account_id


async def terms(slug: str = "street-lamp") -> Terms:
    return (await keeping.terms_at(clock.now()))[slug]


async def kind(slug: str = "street-lamp") -> catalogue.KindView:
    found = await catalogue.kind_by_slug(slug)
    assert found is not None
    return found


async def test_a_change_takes_effect_on_its_day_and_not_before(clerk: int) -> None:
    before = await kind()
    assert (before.code, before.version, before.public) == ("7d", 1, True)
    sooner = replace(await terms(), period="3d", department="civil-affairs")
    await keeping.change(sooner, NEXT_MONTH, "조례 개정", clerk, newest=1)
    assert (await kind()).code == "7d"
    kept = await keeping.kept("street-lamp")
    assert kept.coming is not None
    assert kept.coming.changed == ("period", "department")
    with clock.use(NEXT_MONTH):
        after = await kind()
        assert (after.code, after.version) == ("3d", 2)
        assert after.department is not None
        assert after.department.slug == "civil-affairs"
        # What was accepted before keeps its version.
        assert (await catalogue.kind(before.id, MONDAY)).code == "7d"
        assert (await catalogue.kind(before.id, NEXT_MONTH - timedelta(seconds=1))).code == "7d"
    assert (await catalogue.kind(before.id, MONDAY - timedelta(days=20_000))).version == 1
    assert await catalogue.kind_names([before.id]) == {before.id: before.name}
    with pytest.raises(LookupError):
        await catalogue.kind(999_999)


async def test_a_change_that_waits_may_be_taken_back_and_one_in_force_not(clerk: int) -> None:
    await keeping.change(replace(await terms(), period="3d"), NEXT_MONTH, "개정", clerk, newest=1)
    await keeping.take_back("street-lamp", 2, clerk)
    await keeping.take_back("street-lamp", 2, clerk)
    with clock.use(NEXT_MONTH):
        assert (await kind()).code == "7d"
    with pytest.raises(Conflict):
        await keeping.take_back("street-lamp", 1, clerk)
    with pytest.raises(NotFound):
        await keeping.take_back("street-lamp", 9, clerk)


async def test_two_officials_at_once_and_days_gone_by(clerk: int) -> None:
    lamp = await terms()
    await keeping.change(replace(lamp, fee_won=100), MONDAY, "개정", clerk, newest=1)
    with pytest.raises(Conflict):
        await keeping.change(replace(lamp, fee_won=200), MONDAY, "개정", clerk, newest=1)
    with pytest.raises(Conflict):
        await keeping.change(lamp, MONDAY, "개정", clerk, newest=9)
    with pytest.raises(Invalid, match="since"):
        await keeping.change(lamp, MONDAY - timedelta(days=1), "개정", clerk, newest=2)
    with pytest.raises(Invalid, match="basis"):
        await keeping.change(lamp, MONDAY, "", clerk, newest=2)
    with pytest.raises(Invalid, match="department"):
        await keeping.change(replace(lamp, department="moon"), MONDAY, "개정", clerk, newest=2)
    with pytest.raises(Invalid, match="slug"):
        await keeping.change(lamp, MONDAY, "개정", clerk, newest=0)
    assert (await kind()).fee_won == 100


async def test_a_version_is_never_rewritten(clerk: int) -> None:
    for statement in (
        "UPDATE complaint_kind_version SET fee_won = 1",
        "UPDATE complaint_kind_version SET since = since",
        "DELETE FROM complaint_kind_version",
    ):
        with pytest.raises(IntegrityError):
            await db.execute(statement, [])


async def test_seeding_again_leaves_what_the_office_keeps(clerk: int) -> None:
    changed = replace(await terms(), fee_won=100)
    await keeping.change(changed, MONDAY, "개정", clerk, newest=1)
    await catalogue.seed_catalogue()
    assert ((await kind()).fee_won, (await kind()).version) == (100, 2)


async def test_a_spreadsheet_is_shown_and_then_brought_in_whole(clerk: int) -> None:
    text = await exchange.exported()
    same = await exchange.dry_run(text, MONDAY)
    assert {row.state for row in same.rows} == {"same"}
    table = list((await keeping.terms_at(MONDAY)).values())
    table[0] = replace(table[0], period="3d", fee_won=500)
    table[1] = replace(table[1], slug="brand-new", name="새 민원")
    found = await exchange.dry_run(table_csv.written(table[:2]), NEXT_MONTH)
    assert [row.state for row in found.rows] == ["changed", "new"]
    assert [change[1:] for change in found.rows[0].changes] == [("", "3d"), ("0", "500")]
    assert found.untouched == len(same.rows) - 1
    bad = table_csv.written([*table[:1], replace(table[2], period="7")])
    with pytest.raises(Invalid, match="faulty"):
        await exchange.bring_in(bad, NEXT_MONTH, "개정", found.stamp, clerk)
    assert await exchange.bring_in(
        table_csv.written(table[:2]), NEXT_MONTH, "개정", found.stamp, clerk
    ) == 2  # fmt: skip
    with pytest.raises(Conflict):
        await exchange.bring_in(table_csv.written(table[:2]), MONDAY, "개정", found.stamp, clerk)
    assert await catalogue.kind_by_slug("brand-new") is None
    with clock.use(NEXT_MONTH):
        assert (await kind(table[0].slug)).fee_won == 500
        assert (await kind("brand-new")).name == "새 민원"


async def test_what_an_office_may_set_and_what_osan_files_online(clerk: int) -> None:
    passport, plan, pet = await kind("passport"), await kind("land-use-plan"), await kind("pet")
    offered = {one.slug for one in await catalogue.kinds_to_choose()}
    assert "street-lamp" in offered
    assert offered.isdisjoint({"passport", "land-use-plan"})
    assert await catalogue.kind_to_choose("land-use-plan") is None
    assert await catalogue.kind_to_choose("land-use-plan", plan.id) is not None
    assert await catalogue.kind_to_choose("passport", passport.id) is None
    assert (pet.online, plan.online, passport.online) == (True, True, False)
    assert pet.approvals == ("handler", "team_head", "department_head")
    ordinance.use("osan")
    try:
        assert [(await kind(slug)).online for slug in ("pet", "land-use-plan", "mail-order")] == [
            False,
            True,
            False,
        ]
        assert not (await kind("land-use-plan")).public
        assert (await kind("street-lamp")).public
    finally:
        ordinance.use("yeongdeungpo")


def test_thirty_real_services_with_their_law() -> None:
    table = [keeping.terms_written(row) for row in keeping.written()["kind"]]
    applications = [one for one in table if one.category == "application"]
    assert len(applications) >= 30
    assert all("법" in one.law or "규칙" in one.law for one in table)
    assert all(one.about and one.about_en for one in table)
    assert sum(bool(one.fee_won) for one in applications) >= 10
    assert sum(rules.needs_papers(one.enclosures) for one in applications) >= 10
