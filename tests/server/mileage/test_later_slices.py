"""What proposals, debates and surveys will ask for, and the day that decides what an award is worth
(table 1 of Y15-3, Y25), on both databases."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from server.core import clock, db
from server.mileage import service as mileage
from server.mileage.service import Opinion
from server.ordinance import service as ordinance
from tests.server.mileage.ground import changed_profile, new_account, new_person, opened

NOON = datetime.fromisoformat("2026-11-23T12:00+09:00")
CHANGE = """
[[change]]
from = 2026-12-01
basis = "영등포구 규칙 제1210호"
[change.set.mileage.award.join]
points = 700
[change.set.mileage.award.login]
points = 50
"""


@pytest.fixture(autouse=True)
async def ledger(settings: Any) -> AsyncIterator[None]:
    with clock.use(NOON):
        async with opened(settings):
            yield
            report = await mileage.check()
            assert report.ok, str(report)


async def persons(count: int) -> list[int]:
    return [await new_person() for _ in range(count)]


async def points_of(*who: int) -> list[int]:
    return [(await mileage.balance(person)).available for person in who]


async def test_a_proposal_pays_its_proposer_once_when_it_is_adopted() -> None:
    proposer, other = await persons(2)
    assert await mileage.proposal_adopted(proposer, "7") == 1_000
    assert await mileage.proposal_adopted(proposer, "7") == 0
    assert await mileage.proposal_adopted(other, "7") == 0
    assert await mileage.proposal_adopted(proposer, "8") == 1_000
    (newest, _) = await mileage.statement(proposer)
    assert (newest.about, newest.ref, newest.after) == ("proposer", "8", 2_000)


async def test_a_debate_pays_by_tiers_once_a_person() -> None:
    proposer, best, middle, last, none = await persons(5)
    crowd = range(1_000, 1_200)
    opinions = [
        Opinion(proposer, crowd),
        Opinion(best, crowd[:100]),
        Opinion(middle, crowd[:20]),
        Opinion(middle, crowd[:50]),
        Opinion(last, [*crowd[:10], last]),
        Opinion(none, [*crowd[:9], none]),
    ]
    given = await mileage.debate_closed("3", opinions, proposer_id=proposer)
    assert given == {best: 1_000, middle: 500, last: 100}
    assert await points_of(proposer, best, middle, last, none) == [0, 1_000, 500, 100, 0]
    # Closed again with more recommendations: nobody is awarded twice, nobody gets the difference.
    more = [Opinion(last, crowd), Opinion(middle, crowd)]
    assert await mileage.debate_closed("3", more) == {}
    assert await mileage.debate_closed("4", more) == {last: 1_000, middle: 1_000}


async def test_a_debate_that_fails_to_close_pays_nobody() -> None:
    (author,) = await persons(1)

    @db.transactional
    async def closing() -> None:
        await mileage.debate_closed("3", [Opinion(author, range(1_000, 1_100))])
        raise RuntimeError("it does not close")

    with pytest.raises(RuntimeError, match="does not close"):
        await closing()
    assert await points_of(author) == [0]


async def test_a_survey_pays_once_a_person() -> None:
    first, second = await persons(2)
    assert [await mileage.survey_completed(first, "s1") for _ in range(3)] == [200, 0, 0]
    assert await mileage.survey_completed(first, "s2") == 200
    assert await mileage.survey_completed(second, "s1") == 200


async def test_nothing_is_earned_before_the_opening(tmp_path: Path) -> None:
    ordinance.use(changed_profile(tmp_path, opening="opening = 2026-12-01"))
    (person,) = await persons(1)
    account = await new_account()
    await mileage.award_waiting(account, "join")
    assert await mileage.waiting(account) == []
    assert await mileage.verified(account, person) == 0
    assert await mileage.first_page_of_day(person) == 0
    assert await mileage.survey_completed(person, "s1") == 0
    with clock.use(datetime.fromisoformat("2026-12-01T00:00+09:00")):
        assert await mileage.first_page_of_day(person) == 30


async def test_what_waits_is_worth_what_it_was_worth_when_it_was_earned(tmp_path: Path) -> None:
    ordinance.use(changed_profile(tmp_path, CHANGE))
    early, late = await persons(2)
    accounts = [await new_account(), await new_account()]
    with clock.use(datetime.fromisoformat("2026-11-30T23:59+09:00")):
        await mileage.award_waiting(accounts[0], "join")
        assert await mileage.first_page_of_day(early) == 30
    with clock.use(datetime.fromisoformat("2026-12-01T00:00+09:00")):
        await mileage.award_waiting(accounts[1], "join")
        assert [one.points for one in await mileage.waiting(accounts[0])] == [500]
        assert [one.points for one in await mileage.waiting(accounts[1])] == [700]
        assert await mileage.verified(accounts[0], early) == 500
        assert await mileage.verified(accounts[1], late) == 700
        assert await mileage.first_page_of_day(early) == 50
    assert await points_of(early, late) == [580, 700]


async def test_an_existing_member_who_joins_anew_is_awarded_as_one() -> None:
    known, stranger = await persons(2)
    account = await new_account()
    await mileage.award_waiting(account, "join")
    assert await mileage.verified(account, known, existing=True) == 500
    assert [entry.about for entry in await mileage.statement(known)] == ["existing"]
    assert await mileage.award(known, "join") == 0
    assert (await mileage.is_member(known), await mileage.is_member(stranger)) == (True, False)
