"""What the ledger's tests stand on: an open database with persons, without the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from server import config
from server.accounts import service as accounts
from server.accounts.joining_rules import Joining
from server.core import clock, db, ids
from server.mileage import ledger
from server.ordinance import loading
from server.ordinance import service as ordinance
from tests.people import PASSWORD

YEONGDEUNGPO = loading.path_of("yeongdeungpo").read_text(encoding="utf-8")
BORN = "1990-01-05"


@asynccontextmanager
async def opened(settings: Any) -> AsyncIterator[None]:
    """The database of `settings`, open in this loop, under the profile of Yeongdeungpo."""
    config.use(settings)
    ordinance.use("yeongdeungpo")
    await db.init(settings)
    try:
        yield
    finally:
        await db.close()


async def new_person(points: int = 0) -> int:
    """A person with that many points, given under a key of their own."""
    (row,) = await db.fetch(
        "INSERT INTO person (identity_hash, created_at) VALUES (?, ?) RETURNING id",
        [ids.new_uuid().bytes * 2, clock.now()],
    )
    person_id = int(row["id"])
    await ledger.open_balance(person_id)
    if points:
        await ledger.award(f"test:{ids.new_uuid()}", person_id, points, "join", "")
    return person_id


async def new_account() -> int:
    """A resident's account with no more than the database asks for: one of somebody who left."""
    (row,) = await db.fetch(
        "INSERT INTO account (kind, state, password_changed_at, must_change_password, locale,"
        " created_at, closed_at) VALUES ('resident', 'withdrawn', ?, ?, 'ko', ?, ?) RETURNING id",
        [clock.now(), False, clock.now(), clock.now()],
    )
    return int(row["id"])


def changed_profile(folder: Path, change: str = "", **written: str) -> str:
    """The path of a profile that is Yeongdeungpo's with `change` at its end, and with each of
    `written` in the place of the TOML that it names (`won_2026="won = 50"`)."""
    text = YEONGDEUNGPO
    if "won_2026" in written:
        text = text.replace("won = 12_000_000", written["won_2026"])
    if "opening" in written:
        text = text.replace("opening = 2026-03-02", written["opening"])
    file = folder / "changed.toml"
    file.write_text(text + change, encoding="utf-8")
    return str(file)


async def resident(login_id: str, name: str, *, phone: str = "010-1234-5678") -> int:
    """The account of somebody who has just joined."""
    joining = Joining(
        login_id=login_id,
        password=PASSWORD,
        name=name,
        birth_date=BORN,
        phone=phone,
        email="",
        consents={"terms": "2026-03-02", "privacy": "2026-03-02"},
    )
    return (await accounts.join(joining)).account_id


async def verify(account_id: int, login_id: str, name: str) -> int:
    """The desk sees the card and the resident types the code; the person's id."""
    clerk = await official(f"clerk-of-{login_id}", "complaints")
    issued = await accounts.issue_code(clerk, login_id, name, date.fromisoformat(BORN))
    return await accounts.verify(account_id, issued.code)


async def official(login_id: str, *roles: str) -> int:
    """An official's account with these roles."""
    made = await accounts.create_official(
        login_id, "박철수", None, roles, password=PASSWORD, must_change_password=False
    )
    return made.account_id


GUARDED = ("mileage_transfer", "mileage_balance", "mileage_hold", "budget_line",
           "mileage_correction")  # fmt: skip


async def unguarded() -> None:
    """Take every check, trigger and unique index from the ledger's tables, as no act of ours can:
    what is broken then has to be found by the proof alone."""
    tables = ", ".join(f"'{name}'" for name in GUARDED)
    if db.dialect() == "sqlite":
        rows = await db.fetch(
            f"SELECT type, name FROM sqlite_master WHERE tbl_name IN ({tables})"
            " AND (type = 'trigger' OR type = 'index' AND sql IS NOT NULL)"
        )
        for row in rows:
            await db.execute(f'DROP {row["type"]} "{row["name"]}"')
        await db.execute("PRAGMA ignore_check_constraints=ON")
        await db.execute("PRAGMA foreign_keys=OFF")
        return
    for name in GUARDED:
        await db.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
    rows = await db.fetch(
        "SELECT conrelid::regclass::text AS of_table, conname::text AS name FROM pg_constraint"
        f" WHERE contype IN ('c', 'f') AND conrelid::regclass::text IN ({tables})"
    )
    for row in rows:
        await db.execute(f'ALTER TABLE "{row["of_table"]}" DROP CONSTRAINT "{row["name"]}"')
    rows = await db.fetch(
        "SELECT indexname::text AS name FROM pg_indexes"
        f" WHERE indexdef LIKE '%UNIQUE%' AND indexname LIKE 'uq%' AND tablename IN ({tables})"
    )
    for row in rows:
        await db.execute(f'DROP INDEX "{row["name"]}"')
