"""Seals the audit: chains its rows in batches, signs the heads, keeps them in a file as well.

Whoever changes, removes or inserts a row breaks the chain; whoever makes the chain anew breaks
with the signed heads, in the database and in `data/audit`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server import config
from server.core import clock, crypto, db
from server.core.jobs import Timer
from server.core.keyring import derived

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

BATCH = 2000
KEPT = timedelta(days=2 * 366)
GENESIS = bytes(32)
PROBLEMS_MAX = 100
TAIL_BYTES = 2048


@dataclass(frozen=True)
class Head:
    """The chain up to a row: its sequence, the digest there, when it was sealed."""

    sequence: int
    digest: bytes
    at: datetime
    purged: bool
    signature: bytes

    def message(self) -> bytes:
        """What is signed."""
        stamp = self.at.isoformat(timespec="microseconds")
        return f"madang audit {self.sequence} {self.digest.hex()} {stamp} {self.purged}".encode()

    def line(self) -> str:
        """The head as a line of the file."""
        return json.dumps(
            {
                "sequence": self.sequence,
                "digest": self.digest.hex(),
                "at": self.at.isoformat(timespec="microseconds"),
                "purged": self.purged,
                "signature": self.signature.hex(),
            }
        )


@dataclass
class Report:
    """What verifying found: rows read, those not sealed yet, and every problem in words."""

    rows: int = 0
    unsealed: int = 0
    heads: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """True when nothing was changed, removed or inserted."""
        return not self.problems

    def add(self, problem: str) -> None:
        """Note a problem; the first hundred are enough to see."""
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(problem)


def canonical(at: datetime, action: str, subject: str, actor_id: int | None, facts: str) -> bytes:
    """A row as bytes that are the same on every machine and database."""
    stamp = at.isoformat(timespec="microseconds")
    return json.dumps(
        [stamp, action, subject, actor_id, facts], ensure_ascii=False, separators=(",", ":")
    ).encode()


def code(row: bytes) -> bytes:
    """The authentication code of a row: without the office's keys nobody slips one in."""
    key = derived(crypto.get_or_create_secret("audit"), "audit row")
    return hmac.digest(key, row, hashlib.sha256)


SEALING: Final = 0x5EA1
"""The lock of whoever seals: two at once would chain the same rows one after the other."""


async def seal() -> int:
    """Chain every row that is committed and not chained yet, under a signed head; how many."""
    count = 0
    while batch := await _seal_batch():
        count += batch
    return count


@db.transactional
async def _seal_batch() -> int:
    if db.dialect() == "postgres":  # SQLite has one writer at a time anyway
        await db.execute("SELECT pg_advisory_xact_lock(?)", [SEALING])
    rows = await db.fetch(
        "SELECT id, at, action, subject, actor_id, facts, mac FROM audit_entry"
        " WHERE sequence IS NULL ORDER BY id LIMIT ?",
        [BATCH],
    )
    if not rows:
        return 0
    last = await _last_head()
    sequence, digest = (last.sequence, last.digest) if last else (0, GENESIS)
    sealed = []
    for row in rows:
        sequence += 1
        digest = _chained(digest, _canonical(row), bytes(row["mac"]))
        sealed.append([sequence, digest, row["id"]])
    await db.execute_many("UPDATE audit_entry SET sequence = ?, digest = ? WHERE id = ?", sealed)
    await _insert_head(signed(sequence, digest, clock.now()))
    return len(rows)


async def _insert_head(head: Head) -> None:
    await db.execute(
        "INSERT INTO audit_head (sequence, digest, at, purged, signature) VALUES (?, ?, ?, ?, ?)",
        [head.sequence, head.digest, head.at, head.purged, head.signature],
    )


def _canonical(row: dict[str, Any]) -> bytes:
    at = db.instant(row["at"])
    return canonical(at, row["action"], row["subject"], row["actor_id"], row["facts"])


def _chained(before: bytes, row: bytes, mac: bytes) -> bytes:
    return hashlib.sha256(before + hashlib.sha256(row).digest() + mac).digest()


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(crypto.get_or_create_secret("audit-signature"))


def signed(sequence: int, digest: bytes, at: datetime, *, purged: bool = False) -> Head:
    """A head with this office's signature."""
    plain = Head(sequence, digest, at, purged, b"")
    return Head(sequence, digest, at, purged, _key().sign(plain.message()))


def _genuine(head: Head) -> bool:
    try:
        _key().public_key().verify(head.signature, head.message())
    except InvalidSignature:
        return False
    return True


def _head(row: dict[str, Any]) -> Head:
    return Head(
        int(row["sequence"]),
        bytes(row["digest"]),
        db.instant(row["at"]),
        bool(row["purged"]),
        bytes(row["signature"]),
    )


async def _last_head() -> Head | None:
    rows = await db.fetch("SELECT * FROM audit_head ORDER BY sequence DESC LIMIT 1")
    return _head(rows[0]) if rows else None


def _file() -> Path:
    return config.settings().data / "audit" / "heads.jsonl"


async def export() -> None:
    """Append the newest head to the file, which an intruder in the database cannot reach."""
    head = await _last_head()
    if head is not None:
        await asyncio.to_thread(_append, _file(), head.line())


def _append(file: Path, line: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("a+b") as kept:
        kept.seek(max(0, kept.seek(0, os.SEEK_END) - TAIL_BYTES))
        if kept.read().splitlines()[-1:] == [line.encode()]:
            return
        kept.write(f"{line}\n".encode())
        kept.flush()
        os.fsync(kept.fileno())


def _read(file: Path) -> list[Head]:
    if not file.exists():
        return []
    found = []
    for line in file.read_text("utf-8").splitlines():
        kept = json.loads(line)
        found.append(
            Head(
                kept["sequence"],
                bytes.fromhex(kept["digest"]),
                datetime.fromisoformat(kept["at"]).astimezone(UTC),
                kept["purged"],
                bytes.fromhex(kept["signature"]),
            )
        )
    return found


async def verify() -> Report:
    """Read the whole audit again and compare it with its codes, its chain and its heads."""
    report = Report()
    heads = await _verified_heads(report)
    start = max((head for head in heads.values() if head.purged), key=_sequence, default=None)
    expected = (start.sequence if start else 0) + 1
    digest = start.digest if start else GENESIS
    last = max(heads, default=0)
    async for row in _sealed_rows():
        report.rows += 1
        while expected < row["sequence"]:
            report.add(f"row {expected} was removed")
            expected += 1
        digest = _verified(row, digest, report)
        head = heads.get(row["sequence"])
        if head is not None and head.digest != digest:
            report.add(f"the chain up to row {row['sequence']} is not the one that was signed")
            digest = head.digest
        expected += 1
    if expected <= last:
        report.add(f"rows {expected} to {last} were removed")
    for row in await db.fetch("SELECT * FROM audit_entry WHERE sequence IS NULL ORDER BY id"):
        report.unsealed += 1
        if code(_canonical(row)) != bytes(row["mac"]):
            report.add(f"the unsealed row with id {row['id']} was changed or inserted")
    return report


def _sequence(head: Head) -> int:
    return head.sequence


def _verified(row: dict[str, Any], before: bytes, report: Report) -> bytes:
    plain, mac = _canonical(row), bytes(row["mac"])
    if code(plain) != mac:
        report.add(f"row {row['sequence']} was changed or inserted")
    digest = _chained(before, plain, mac)
    if digest != bytes(row["digest"]):
        report.add(f"row {row['sequence']} does not continue the chain")
        return bytes(row["digest"])
    return digest


async def _verified_heads(report: Report) -> dict[int, Head]:
    """The heads of the database by sequence, compared with those of the file."""
    found: dict[int, Head] = {}
    for row in await db.fetch("SELECT * FROM audit_head ORDER BY sequence"):
        head = _head(row)
        report.heads += 1
        if not _genuine(head):
            report.add(f"the head at row {head.sequence} has no genuine signature")
        elif head.purged and head.at > clock.now() - KEPT:
            report.add(f"rows up to {head.sequence} were purged too early")
        found[head.sequence] = head
    exported = defaultdict(list)
    for head in await asyncio.to_thread(_read, _file()):
        exported[head.sequence].append(head)
    begin = min(found, default=0)
    for sequence, copies in exported.items():
        for copy in copies:
            here = found.get(sequence)
            if not _genuine(copy):
                report.add(f"the file's head at row {sequence} has no genuine signature")
            elif here is None and sequence >= begin:
                report.add(f"the head at row {sequence} was removed from the database")
            elif here is not None and here.digest != copy.digest:
                report.add(f"the head at row {sequence} differs from the file's")
    return found


async def _sealed_rows() -> AsyncIterator[dict[str, Any]]:
    after = 0
    while rows := await db.fetch(
        "SELECT * FROM audit_entry WHERE sequence > ? ORDER BY sequence LIMIT ?", [after, BATCH]
    ):
        for row in rows:
            yield row
        after = rows[-1]["sequence"]


@db.transactional
async def purge() -> int:
    """Remove rows that are older than KEPT, up to a head that is signed again; how many."""
    rows = await db.fetch(
        "SELECT * FROM audit_head WHERE at < ? ORDER BY sequence DESC LIMIT 1", [clock.now() - KEPT]
    )
    if not rows or rows[0]["purged"]:
        return 0
    old = _head(rows[0])
    head = signed(old.sequence, old.digest, old.at, purged=True)
    await db.execute(
        "UPDATE audit_head SET purged = ?, signature = ? WHERE sequence = ?",
        [True, head.signature, head.sequence],
    )
    await db.execute("DELETE FROM audit_head WHERE sequence < ?", [head.sequence])
    return await db.execute("DELETE FROM audit_entry WHERE sequence <= ?", [head.sequence])


TIMERS = (
    Timer("audit.seal", timedelta(seconds=30), seal),
    Timer("audit.export", timedelta(minutes=5), export),
    Timer("audit.purge", timedelta(days=1), purge),
)
