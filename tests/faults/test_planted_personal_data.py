"""O17-2 (1): personal data planted through the pages cannot be read in any file of the office.

Searched: database files with their journals, logs, storage, everything else under the data folder.
Not searched: `providers/simulator/`, which stands for the other people's phones and fax machines.
"""

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import POSTGRES_PROVED
from tests.filing import filled, topic_of
from tests.office import DEMO_PASSWORD, Office, Phone

RESIDENTS = 26
COMPLAINTS = 15
MESSAGES = 10
PLANTED = 200


class Plants:
    """Personal data that occurs nowhere else, and the list of all of it."""

    def __init__(self) -> None:
        self.chance = random.Random(172)
        self.all: list[str] = []

    def _keep(self, text: str) -> str:
        self.all.append(text)
        return text

    def words(self, count: int) -> str:
        """Hangul syllables that no text of the office has in this order."""
        return self._keep("".join(chr(self.chance.randrange(0xAC00, 0xD7A4)) for _ in range(count)))

    def phone(self) -> str:
        return self._keep(f"010{self.chance.randrange(10_000_000, 99_999_999)}")

    def email(self) -> str:
        return self._keep(f"{self.chance.randbytes(6).hex()}@example.com")

    def login_id(self) -> str:
        return self._keep("q" + self.chance.randbytes(6).hex())


@pytest.mark.clause("O17-2", 1)
@POSTGRES_PROVED
async def test_200_planted_personal_data_are_readable_nowhere(office: Office, engine, request):
    plants = Plants()
    for _ in range(RESIDENTS):
        async with Phone(office.url) as phone:
            joined = await phone.post(
                "/join",
                {
                    "login_id": plants.login_id(),
                    "password": DEMO_PASSWORD + "!",
                    "name": plants.words(4),
                    "birth_date": "1988-03-21",
                    "phone": plants.phone(),
                    "email": plants.email(),
                    "accept_terms": "y",
                    "accept_privacy": "y",
                },
            )
            assert joined.status == 200, joined.words
        async with Phone(office.url) as stranger:
            wrong = await stranger.post(
                "/login", {"login_id": plants.all[-4], "password": "wrong-" + plants.all[-1]}
            )
            assert wrong.status in {401, 422, 429}, wrong.status
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        for number in range(COMPLAINTS):
            form = await phone.get("/complaints/new")
            fields = filled(
                topic=topic_of(form.text),
                title=plants.words(8),
                body=plants.words(9) + " 그리고 " + plants.words(9),
                place=plants.words(7),
            )
            if number % 2:
                fields["body"] += " 제 번호는 " + plants.phone() + "입니다."
            del fields["public"]
            answer = await phone.post("/complaints/new", fields)
            assert answer.status == 200, answer.words
            await phone.get("/complaints?q=" + plants.all[-1])
        for _ in range(MESSAGES):
            sms = await phone.post(
                "/messages/sms/new", {"to": plants.phone(), "body": plants.words(9)}
            )
            assert sms.status == 200, sms.words
            fax = await phone.post(
                "/messages/fax/new", {"to": "02-2670-3500", "body": plants.words(9)}
            )
            assert fax.status == 200, fax.words
    office.stop()
    assert len(plants.all) >= PLANTED, len(plants.all)

    folders = [office.folder]
    if engine == "postgres":
        folders += request.getfixturevalue("postgres_server").files_of(office.database_url)
    needles = [text.encode() for text in plants.all]
    found = [
        (str(file), needle.decode())
        for file, content in _files(folders)
        for needle in needles
        if needle in content
    ]
    assert not found, found[:10]


def _files(folders: list[Path]) -> Iterator[tuple[Path, bytes]]:
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file() and "simulator" not in file.parts:
                with contextlib.suppress(FileNotFoundError):  # the server tidies its journal
                    yield file, file.read_bytes()
