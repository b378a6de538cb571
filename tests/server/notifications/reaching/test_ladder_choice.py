"""The page on which a resident chooses how to hear what a push does not bring (Y16)."""

import pytest

from server.notifications import service
from server.notifications.models import Ladder
from tests.conftest import POSTGRES_PROVED
from tests.people import hidden_fields
from tests.server.home.town import Town
from tests.server.notifications.reaching.cases import OTHERWISE, choose, lives_at

pytestmark = pytest.mark.usefixtures("time")


@POSTGRES_PROVED
async def test_the_page_keeps_what_is_chosen_and_says_what_is_missing(town: Town) -> None:
    refused = await choose(town, "desk", status=422)
    assert "우편을 받을 주소를" in refused
    refused = await choose(town, "sms", "1234", status=422)
    assert "국내 팩스번호를 확인해 주세요" in refused
    assert 'value="1234"' in refused
    assert "국내 팩스번호" in await choose(town, "sms", "010-1234-5678", status=422)
    await choose(town, "pigeon", status=422)
    await choose(town, "sms", "02-2670-3999")
    await choose(town, "sms", "02-2670-3998")
    assert [(row.way, row.fax) for row in await Ladder.all()] == [("sms", "0226703998")]
    await choose(town, "none")
    assert await Ladder.all().count() == 0
    await choose(town, "desk", "02-2670-3999")
    page = await (await (await town.browser("kim")).get(OTHERWISE)).get_data(as_text=True)
    assert 'value="0226703999"' in page
    await lives_at(town, "", "02-2670-3114")
    assert "휴대전화 번호를" in await choose(town, "sms", status=422)
    # An official is told otherwise.
    assert (await (await town.browser("clerk")).get(OTHERWISE)).status_code == 403
    assert hidden_fields(page)
    await service.forget_account(town.accounts["kim"])
    assert await Ladder.all().count() == 0
