"""A small office that keeps its table, and a database that has it."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.core import clock, db
from tests.server.complaints.conftest import Office, office, time

__all__ = ["Office", "office", "time"]

MONDAY = datetime.fromisoformat("2026-11-23T10:00+09:00")
DEPARTMENTS = {
    "civil-affairs": ("민원여권과", "Civil Affairs", "02-2670-3104"),
    "roads": ("도로과", "Roads", "02-2670-3804"),
    "real-estate": ("부동산정보과", "Real Estate", "02-2670-3724"),
}


@pytest.fixture
async def table(settings: Any) -> AsyncIterator[None]:
    """A database with a few departments and the catalogue, on a Monday morning."""
    from server.ordinance import service as ordinance

    ordinance.use(settings.profile)
    await db.init(settings)
    with clock.use(MONDAY):
        for slug, words in DEPARTMENTS.items():
            await accounts.create_department(slug, *words)
        await catalogue.seed_catalogue()
        yield
    await db.close()
