"""Issuing a document: a code for what it says, its PDF when somebody wants it, and the check.

The PDF is drawn once, off the loop, and kept sealed: whoever fetches it again has the same file.
"""

import asyncio
import hashlib
import json
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from server import config
from server.core import audit, clock, crypto, db, i18n, ids, storage
from server.core.db import transactional
from server.core.i18n import N_
from server.core.web import Problem
from server.documents import rules
from server.documents.models import IssuedDocument
from server.documents.paper import Paper, Stamp, packed

FONT: Final = Path(__file__).resolve().parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"
SECONDS_MAX: Final = 60.0
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Issued:
    """A document under its code, as it is shown."""

    id: int
    code: str
    issued_at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody may know of a document whose code they hold: nothing personal."""

    code: str
    kind: str
    number: str
    department: str
    issued_at: datetime
    sha256: str | None


async def issue(paper: Paper) -> Issued:
    """Issue a paper, or find it issued already: the same words have one code."""
    content = crypto.keyed_hash("document", json.dumps(packed(paper, NOT_YET))).hex()
    return await _issue(paper, content)


async def pdf(issued: Issued, paper: Paper) -> bytes:
    """The paper's PDF: kept, or drawn now in a child process.

    Raises Problem 503 where it cannot be drawn.
    """
    row = await IssuedDocument.get(id=issued.id)
    if row.file is not None:
        try:
            return await storage.get(_key(row.file))
        except storage.Missing:
            return await _drawn(paper, _stamp(issued, paper.language))  # lost: the same once more
    data = await _drawn(paper, _stamp(issued, paper.language))
    file = ids.new_uuid()
    await storage.put(_key(file), data)
    if not await _keep(issued.id, file, hashlib.sha256(data).hexdigest()):
        await storage.delete(_key(file))
        row = await IssuedDocument.get(id=issued.id)
        assert row.file is not None
        return await storage.get(_key(row.file))
    return data


async def form(paper: Paper) -> bytes:
    """A form to print and sign: nothing that was issued, so it has no code, and its day is left
    to be written. Raises Problem 503 where it cannot be drawn."""
    moment = clock.seoul(clock.now()).isoformat(timespec="seconds")
    return await _drawn(paper, Stamp(DAY_TO_WRITE, moment, "", "", ""))


async def check(code: str) -> Checked | None:
    """The document under a code as somebody typed it; None where there is none."""
    known = rules.read_code(code)
    row = await IssuedDocument.get_or_none(code=known) if known else None
    if row is None:
        return None
    await _record_check(row)
    return Checked(
        rules.shown(row.code), row.kind, row.number, row.department, row.issued_at, row.sha256
    )


def is_the_file(checked: Checked, data: bytes) -> bool:
    """Whether a file is the document as it was issued, every byte of it."""
    return checked.sha256 is not None and checked.sha256 == hashlib.sha256(data).hexdigest()


DAY_TO_WRITE: Final = "20____ .  ____ .  ____ ."
NOT_YET: Final = Stamp("", "", "", "", "")


@transactional
async def _issue(paper: Paper, content: str) -> Issued:
    new = await db.execute(
        "INSERT INTO document (code, kind, number, language, department, content, issued_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number, content) DO NOTHING",
        [
            rules.new_code(),
            paper.kind,
            paper.number,
            paper.language,
            paper.department,
            content,
            clock.now(),
        ],
    )
    if new:
        await audit.record("document.issued", paper.number, None, kind=paper.kind)
    return _issued(await IssuedDocument.get(number=paper.number, content=content))


@transactional
async def _keep(document_id: int, file: UUID, sha256: str) -> bool:
    """Whether this file is the one: a second drawing at the same time is not."""
    first = IssuedDocument.filter(id=document_id, file=None)
    return bool(await first.update(file=file, sha256=sha256))


@transactional
async def _record_check(row: IssuedDocument) -> None:
    await audit.record("document.checked", row.number, None, kind=row.kind)


def _issued(row: IssuedDocument) -> Issued:
    address = f"{config.settings().public_url}/documents/verify"
    return Issued(row.id, rules.shown(row.code), row.issued_at, address)


def _stamp(issued: Issued, language: str) -> Stamp:
    words = i18n.gettext(
        N_("문서확인번호입니다. %(address)s 에서 이 문서가 발급한 그대로인지 확인할 수 있습니다."),
        language,
        address=issued.address,
    )
    with i18n.dated_in_full():
        day = i18n.date_text(issued.issued_at, language)
    moment = clock.seoul(issued.issued_at).isoformat(timespec="seconds")
    return Stamp(day, moment, issued.code, f"{issued.address}?code={issued.code}", words)


def _key(file: UUID) -> str:
    return f"documents/{file.hex}"


async def _drawn(paper: Paper, stamp: Stamp) -> bytes:
    """The PDF from a child process; one at a time, for each takes a processor."""
    loop = asyncio.get_running_loop()
    async with _turns.setdefault(loop, asyncio.Semaphore(1)):
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server.documents.drawing", str(FONT)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(SECONDS_MAX):
                data, _ = await child.communicate(json.dumps(packed(paper, stamp)).encode())
        except TimeoutError:
            data = b""
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode != 0 or not data.startswith(b"%PDF"):
        sentence = N_("지금 문서를 만들 수 없습니다. 잠시 뒤에 다시 해 주세요.")
        raise Problem("document.not_drawn", sentence, 503)
    return data
