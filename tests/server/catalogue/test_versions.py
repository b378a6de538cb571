"""A complaint keeps the version under which it was accepted; a later one takes effect by itself."""

from datetime import datetime, timedelta

import pytest

from server.catalogue import keeping, rules
from server.catalogue import service as catalogue
from server.core import clock
from tests.server.catalogue.conftest import MONDAY


async def test_a_change_takes_effect_on_its_day_and_not_before(table: None) -> None:
    kind = await catalogue.kind_by_slug("street-lamp")
    assert kind is not None
    assert (kind.code, kind.department_id is not None) == ("7d", True)
    assert (await catalogue.kind(kind.id, MONDAY - timedelta(days=3000))).version == 1
