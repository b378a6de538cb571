"""What a screen reader is told of ten key pages is what was agreed on: tests/journeys/trees (Y18).

Where a page has been changed on purpose, `make trees` writes them anew; read the difference.
"""

import pytest
from playwright.async_api import Browser

from tests.districts import Opened
from tests.journeys import trees
from tests.journeys.sample import district

pytestmark = pytest.mark.journey
ANEW = "the tree of {} has changed: read the difference, and if it is meant, run `make trees`"


@pytest.mark.prove
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_pages_that_are_the_same_every_day(opened: Opened, browser: Browser):
    office = opened(MADANG_LIMITS_URL="off")
    leaves = [leaf for leaf in trees.LEAVES if leaf.any_day]
    grown = await trees.grow(office, browser, leaves, trees.kept)
    for leaf in leaves:
        assert grown[leaf.name] == trees.kept(leaf), ANEW.format(leaf.name)


@pytest.mark.prove
@pytest.mark.timeout(1200)
async def test_all_on_one_day(browser: Browser):
    with district(day=trees.DAY, MADANG_LIMITS_URL="off") as office:
        grown = await trees.grow(office, browser, hoped=trees.kept)
    for leaf in trees.LEAVES:
        assert grown[leaf.name] == trees.kept(leaf), ANEW.format(leaf.name)
