"""Which providers there are: those of the house, and any that an entry point adds.

Settings name them in order of preference; a package that declares an entry point of the group
`madang.providers`, pointing to a `contract.Offer`, is chosen by its name like the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import aiohttp

from gateways import http
from gateways.contract import (
    Channel,
    FaxProvider,
    Misconfigured,
    Offer,
    Provider,
    SmsProvider,
    Surroundings,
)

GROUP = "madang.providers"
_HOUSE = {
    "hylafax": "gateways.providers.hylafax",
    "kannel": "gateways.providers.kannel",
    "simulator": "gateways.providers.simulator",
    "sinch": "gateways.providers.sinch_fax",
    "solapi": "gateways.providers.solapi_sms",
    "twilio": "gateways.providers.twilio_sms",
}


def offer(name: str) -> Offer:
    """The provider called `name`. Raises Misconfigured where nobody offers it."""
    if name in _HOUSE:
        found = import_module(_HOUSE[name]).OFFER
    else:
        added = entry_points(group=GROUP, name=name)
        if not added:
            raise Misconfigured(f"there is no provider called {name}")
        found = next(iter(added)).load()
    if not isinstance(found, Offer):
        raise Misconfigured(f"the provider {name} gives no gateways.contract.Offer")
    return found


@dataclass(frozen=True, slots=True)
class Roster:
    """A process's open providers, each channel in order of preference; either may be empty.

    `paces`: how many orders a second a provider is to be given at most, by all processes together,
    where `<NAME>_PER_SECOND` says so.
    """

    sms: tuple[SmsProvider, ...]
    fax: tuple[FaxProvider, ...]
    paces: Mapping[str, float]
    _session: aiohttp.ClientSession = field(repr=False)

    def named(self, channel: Channel, name: str) -> SmsProvider | FaxProvider | None:
        """The open provider of a channel by name, or None."""
        chosen: Sequence[SmsProvider | FaxProvider] = (
            self.sms if channel is Channel.SMS else self.fax
        )
        return next((provider for provider in chosen if provider.name == name), None)

    def for_callback(self, name: str) -> Provider | None:
        """Who reads the callbacks at `/callbacks/<name>`, or None."""
        every: Sequence[Provider] = (*self.sms, *self.fax)
        return next((provider for provider in every if provider.name == name), None)

    async def wake(self) -> None:
        """Let every provider take up what an earlier process left; for processes that send."""
        for provider in (*self.sms, *self.fax):
            await provider.wake()

    async def close(self) -> None:
        for provider in (*self.sms, *self.fax):
            await provider.close()
        await self._session.close()


def _pace(name: str, secrets: Mapping[str, str]) -> float | None:
    """Orders a second, as the environment allows a provider; None where it says nothing."""
    variable = f"{name.upper().replace('-', '_')}_PER_SECOND"
    text = secrets.get(variable, "").strip()
    if not text:
        return None
    try:
        pace = float(text)
    except ValueError:
        pace = 0.0
    if not 0.01 <= pace <= 10_000:
        raise Misconfigured(f"{variable} must be 0.01 to 10000")
    return pace


async def open_roster(
    *,
    sms: Sequence[str],
    fax: Sequence[str],
    callback_root: str,
    directory: Path,
    secrets: Mapping[str, str],
    now: Callable[[], datetime],
    production: bool = False,
) -> Roster:
    """Open the named providers.

    `callback_root` is the public address of `/callbacks`; each provider gets its own directory
    below `directory`. Raises Misconfigured naming the provider and what it lacks, also for one that
    is for demonstration only in production.
    """
    session = http.open_session()

    def surroundings(name: str) -> Surroundings:
        return Surroundings(
            f"{callback_root.rstrip('/')}/{name}", directory / name, secrets, session, now
        )

    def checked(name: str, channel: Channel) -> Offer:
        found = offer(name)
        if production and found.demo_only:
            raise Misconfigured(f"the provider {name} is for demonstration only")
        if (found.sms if channel is Channel.SMS else found.fax) is None:
            raise Misconfigured(f"the provider {name} does not carry {channel}")
        return found

    try:
        sms_offers = [(name, checked(name, Channel.SMS).sms) for name in sms]
        fax_offers = [(name, checked(name, Channel.FAX).fax) for name in fax]
        return Roster(
            tuple(factory(surroundings(name)) for name, factory in sms_offers if factory),
            tuple(factory(surroundings(name)) for name, factory in fax_offers if factory),
            {name: pace for name in (*sms, *fax) if (pace := _pace(name, secrets))},
            session,
        )
    except BaseException:
        await session.close()
        raise
