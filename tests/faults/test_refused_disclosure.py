"""Y12-1 (2): disclosure refused is gone from every public place of every process at once, whatever
their caches had been showing when the applicant was told so."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.filing import filled, topic_of
from tests.office import Office, Page, Phone

PLACES = (
    "/complaints",
    "/complaints?q={word}",
    "/complaints/{number}",
    "/feeds/complaints.atom",
    "/open/complaints.json",
    "/open/complaints.csv",
    "/open311/v2/requests.json",
    "/open311/v2/requests/{number}.json",
)
WORD = "뷁쀍꿹"


@asynccontextmanager
async def read_all_the_time(phones: list[Phone], places: list[str]) -> AsyncIterator[None]:
    """Other people keep looking: the micro-caches of all processes are warm."""

    async def look(phone: Phone) -> None:
        while True:
            for place in places:
                await phone.get(place)

    readers = [asyncio.create_task(look(phone)) for phone in phones]
    try:
        yield
    finally:
        for reader in readers:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reader


def _shows(page: Page, place: str, number: str) -> bool:
    """Whether something of it is left: its title, or its number where nobody asked for it."""
    return f"{WORD} 가로등" in page.text or (number not in place and number in page.text)


@pytest.mark.prove
@pytest.mark.clause("Y12-1", 2)
async def test_refused_it_is_gone_from_two_processes_at_once(office: Office) -> None:
    second = Office(office.folder, office.database_url, office.keys, office.environment)
    second.start("second web", "serve")
    try:
        second.wait_ready()
        async with (
            Phone(office.url) as kim,
            Phone(office.url) as here,
            Phone(second.url) as there,
        ):
            await kim.sign_in("resident")
            form = await kim.get("/complaints/new")
            fields = filled(topic=topic_of(form.text), title=f"{WORD} 가로등")
            filed = await kim.post("/complaints/new", fields)
            assert filed.status == 200, filed.words
            number = filed.url.rpartition("/")[2]
            places = [place.format(number=number, word=WORD) for place in PLACES]
            await asyncio.sleep(1)
            for place in places:
                for phone in (here, there):
                    shown = await phone.get(place)
                    assert number in shown.text, (place, shown.status)
            async with read_all_the_time([here, there], places):
                await asyncio.sleep(1)
                refused = await kim.post(f"/complaints/{number}/public", {"public": "n"})
                assert refused.status == 200, refused.words
                left = [
                    (place, phone.url)
                    for place in places
                    for phone in (there, here)
                    if _shows(await phone.get(place), place, number)
                ]
            assert not left
    finally:
        second.close()
