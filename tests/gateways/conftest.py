"""Fixtures for the tests of providers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateways import http
from gateways.contract import Surroundings
from gateways.providers.simulator import SimulatedFax, SimulatedSms
from tests.gateways.simulated import NOW, Office, an_office, control


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as running:
        yield running


@pytest.fixture
async def surroundings(office: Office, tmp_path: Path) -> AsyncIterator[Surroundings]:
    control(tmp_path)
    async with http.open_session() as session:
        yield Surroundings(office.url, tmp_path, {}, session, lambda: NOW)


@pytest.fixture
def sms(surroundings: Surroundings) -> SimulatedSms:
    return SimulatedSms(surroundings)


@pytest.fixture
def faxes(surroundings: Surroundings) -> SimulatedFax:
    return SimulatedFax(surroundings)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second for a connection, half a second for an answer."""
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.5)
