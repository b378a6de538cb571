"""Residents whose connection breaks midway leave nothing behind: no lock, no open transaction."""

import asyncio
import contextlib
import random
import sqlite3
from urllib.parse import urlencode

from tests.conftest import POSTGRES_PROVED, Postgres
from tests.filing import filled, topic_of
from tests.office import Office, Phone
from tests.people import hidden_fields

DISCONNECTS = 500
AT_ONCE = 25


async def _break_off(office: Office, payload: bytes, after_seconds: float) -> None:
    """Sends a request and resets the connection while it is being answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
    with contextlib.suppress(ConnectionError):
        writer.write(payload)
        await writer.drain()
        await asyncio.sleep(after_seconds)
    writer.transport.abort()
    del reader


def _post(path: str, fields: dict[str, str], cookies: str, missing_bytes: int = 0) -> bytes:
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body[: len(body) - missing_bytes]


def _left_over(office: Office, engine: str, postgres: Postgres | None) -> str:
    """What the broken requests have left in the database, in words; empty if nothing."""
    if engine == "sqlite":
        file = office.database_url.removeprefix("sqlite://")
        # What was sent whole is still filed, one after the other, and an outsider has no turn in
        # that queue; a lock that was left behind never ends.
        with contextlib.closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as outside:
            outside.execute("BEGIN IMMEDIATE")
            outside.execute("ROLLBACK")
        return ""
    assert postgres is not None
    name = office.database_url.rsplit("/", 1)[-1].split("?")[0]
    return postgres.server.psql(
        "SELECT 'state ' || state || ' ' || query FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND state LIKE 'idle in transaction%'"
        " AND now() - state_change > interval '1 second';"
    )


@POSTGRES_PROVED
async def test_500_disconnects_leave_nothing_behind(office, engine, request):
    """Reads, writes and half-sent bodies, cut off at random moments within 60 ms."""
    postgres = request.getfixturevalue("postgres_server") if engine == "postgres" else None
    chance = random.Random(20261121)
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        cookies = "; ".join(f"{c.key}={c.value}" for c in phone.session.cookie_jar)
        form = await phone.get("/complaints/new")
        hidden = hidden_fields(form.text)

        def payload(number: int) -> bytes:
            kind = number % 4
            if kind < 2:
                path = ("/complaints", "/me/mileage")[kind]
                head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n\r\n"
                return head.encode()
            text = filled(
                csrf_token=hidden["csrf_token"],
                form_key=f"00000000-0000-4000-8000-{number:012d}",
                topic=topic_of(form.text),
                title=f"끊긴 민원 {number}",
            )
            return _post("/complaints/new", text, cookies, missing_bytes=40 if kind == 3 else 0)

        for start in range(0, DISCONNECTS, AT_ONCE):
            await asyncio.gather(
                *(
                    _break_off(office, payload(number), chance.uniform(0, 0.06))
                    for number in range(start, start + AT_ONCE)
                )
            )
        await asyncio.sleep(1.5)
        assert "idle in transaction" not in _left_over(office, engine, postgres)
        assert (await phone.get("/me")).status == 200
        filed = await phone.post(
            "/complaints/new", filled(topic=topic_of(form.text), title="연결이 돌아왔습니다")
        )
        assert filed.status == 200, filed.words
        assert "연결이 돌아왔습니다" in filed.words
    office.stop()
