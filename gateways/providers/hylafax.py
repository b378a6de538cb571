"""Fax through a HylaFAX server of the office's own, in its client protocol on port 4559.

The protocol is FTP with jobs (JNEW, JPARM, JSUBM). No library for it lives: what PyPI has is years
old and waits without end. Until JSUBM is written nothing is taken, for hfaxd forgets a job that was
not submitted; after that our id, kept as the job's JOBINFO, finds it. The end is told by the notify
hook `hylafax_notify.py`, which runs on the fax server.

Settings: HYLAFAX_HOST, HYLAFAX_WEBHOOK_SECRET (shared with the hook); optionally HYLAFAX_PORT
(4559), HYLAFAX_USER (madang), HYLAFAX_PASSWORD, HYLAFAX_MODEM, HYLAFAX_DIALS and HYLAFAX_TRIES (3).
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import math
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from multidict import CIMultiDict

from gateways import http
from gateways.contract import (
    Accepted,
    Answer,
    CannotTell,
    Capabilities,
    FaxOrder,
    Forged,
    Found,
    LookUp,
    Malformed,
    NotFound,
    Offer,
    Receipt,
    Rejected,
    Status,
    Surroundings,
    Unknown,
)
from gateways.encode import numbers

NAME = "hylafax"
SIGNATURE = "X-HylaFAX-Signature"
_DATA_SECONDS = 60.0
_LINES_MAX = 200
_LISTING_MAX = 8_000_000
_JOB_FORMAT = "%j|%J|%a|%P|%s"  # number, our id, state, pages sent:in all, status
_KEPT = timedelta(minutes=12)  # faxqclean leaves ended jobs a quarter of an hour
_SETTLED = timedelta(seconds=20)  # by then hfaxd has done what it read
_MINUTES_MAX = 7 * 24 * 60
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ON_THE_WAY = frozenset({"requeued", "blocked"})
_EXPIRED = frozenset({"timedout"})


class _Refused(Exception):  # noqa: N818
    """The server's answer is a no: its three digits, and what it says."""

    def __init__(self, line: str) -> None:
        super().__init__(line[:3])
        self.reason = f"hylafax_{line[:3]}"
        self.no_scheduler = "scheduler FIFO" in line


class _Broken(Exception):  # noqa: N818
    """The conversation ended, or what came is not the protocol."""


@dataclass(slots=True)
class _Session:
    """One conversation with hfaxd."""

    host: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def opened(cls, host: str, port: int, user: str, password: str) -> Self:
        """Connect and log in. Raises _Broken or _Refused."""
        reader, writer = await _connected(host, port)
        session = cls(host, reader, writer)
        try:
            await session.answer()
            if (await session.ask(f"USER {user}"))[0] == "331":
                await session.ask(f"PASS {password}")
            await session.ask("TYPE I")
        except BaseException:
            session.close()
            raise
        return session

    def close(self) -> None:
        self.writer.close()

    async def say(self, line: str) -> None:
        self.writer.write(line.encode("latin-1") + b"\r\n")
        await self.writer.drain()

    async def answer(self) -> tuple[str, str]:
        """Code and text of the last line of an answer; a 4xx or 5xx raises _Refused."""
        try:
            async with asyncio.timeout(http.ANSWER_SECONDS):
                for _ in range(_LINES_MAX):
                    line = (await self.reader.readuntil(b"\n")).decode("latin-1").rstrip()
                    if re.match(r"\d{3}( |$)", line):
                        if line[0] in "45":
                            raise _Refused(line)
                        return line[:3], line[4:]
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            raise _Broken(type(error).__name__) from error
        except (asyncio.LimitOverrunError, ValueError) as error:
            raise _Broken("unreadable") from error
        raise _Broken("unreadable")

    async def ask(self, line: str) -> tuple[str, str]:
        try:
            await self.say(line)
        except OSError as error:
            raise _Broken(type(error).__name__) from error
        return await self.answer()

    async def set(self, name: str, value: str | int) -> None:
        written = f'"{value}"' if isinstance(value, str) else value
        await self.ask(f"JPARM {name} {written}")

    @asynccontextmanager
    async def _data(
        self, line: str
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter, str]]:
        """A data connection, on the server's own address whatever it calls itself."""
        _, said = await self.ask("PASV")
        found = re.search(r"\(\d+,\d+,\d+,\d+,(\d+),(\d+)\)", said)
        if found is None:
            raise _Broken("unreadable")
        reader, writer = await _connected(self.host, int(found[1]) * 256 + int(found[2]))
        try:
            _, opening = await self.ask(line)
            async with asyncio.timeout(_DATA_SECONDS):
                yield reader, writer, opening
        except (TimeoutError, OSError) as error:
            raise _Broken(type(error).__name__) from error
        finally:
            writer.close()
        await self.answer()

    async def store(self, data: bytes) -> str:
        """Hand a document over; the name that the server gave it."""
        async with self._data("STOT") as (_, writer, opening):
            named = re.search(r"FILE: (/\S+)", opening)
            if named is None:
                raise _Broken("unreadable")
            writer.write(data)
            await writer.drain()
            writer.write_eof()
        return named[1]

    async def listed(self, queue: str) -> list[list[str]]:
        """The jobs of `sendq` or `doneq`, in the columns of `_JOB_FORMAT`."""
        found = bytearray()
        async with self._data(f"LIST {queue}") as (reader, _, _):
            while chunk := await reader.read(1 << 16):
                found += chunk
                if len(found) > _LISTING_MAX:
                    raise _Broken("a listing without end")
        rows = [line.split("|") for line in found.decode("latin-1").splitlines()]
        return [[field.strip() for field in row] for row in rows if len(row) == 5]


async def _connected(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        async with asyncio.timeout(http.CONNECT_SECONDS):
            return await asyncio.open_connection(host, port)
    except OSError as error:  # a time-out is one
        raise _Broken(type(error).__name__) from error


class HylaFax:
    """The provider `hylafax`: receipts from the hook, look-up by our id, pages counted."""

    name = NAME
    capabilities = Capabilities(receipts=True, look_up=True, partial=True)

    def __init__(self, surroundings: Surroundings) -> None:
        secrets = surroundings.secrets
        self._now = surroundings.now
        self._host = surroundings.need("HYLAFAX_HOST")
        self._secret = surroundings.need("HYLAFAX_WEBHOOK_SECRET")
        self._port = http.whole(secrets, "HYLAFAX_PORT", 4559, 1, 65_535)
        self._user = secrets.get("HYLAFAX_USER") or "madang"
        self._password = secrets.get("HYLAFAX_PASSWORD", "")
        self._modem = secrets.get("HYLAFAX_MODEM") or "any"
        self._dials = http.whole(secrets, "HYLAFAX_DIALS", 3, 1, 20)
        self._tries = http.whole(secrets, "HYLAFAX_TRIES", 3, 1, 20)

    async def wake(self) -> None:
        """Nothing is left undone here: the hook keeps what it could not tell."""

    async def close(self) -> None:
        """Nothing is set going here."""

    async def send(self, order: FaxOrder) -> Answer:
        """Store the pages, describe the job, submit it, once."""
        try:
            recipient = numbers.parse(order.recipient).digits
        except numbers.BadNumber:
            return Rejected("bad_number", permanent=True)
        if not _ID.fullmatch(order.order_id):
            return Rejected("bad_order_id", permanent=True)
        submitted = False
        try:
            async with self._session() as session:
                job = await self._prepared(session, order, recipient)
                submitted = True
                await session.ask("JSUBM")
        except _Refused as no:
            # With no scheduler there hfaxd drops the job as we leave; after any other no it may
            # have been queued.
            if submitted and not no.no_scheduler:
                return Unknown(no.reason)
            return Rejected(f"busy_{no.reason}", permanent=False)
        except _Broken as error:
            if submitted:
                return Unknown(str(error))
            return Rejected(f"unreachable_{error}", permanent=False)
        return Accepted(f"{job}:{order.order_id}")

    async def _prepared(self, session: _Session, order: FaxOrder, recipient: str) -> str:
        """A job that says all but `go`; its number."""
        document = await session.store(order.tiff)
        _, said = await session.ask("JNEW")
        found = re.search(r"jobid: (\d+)", said)
        if found is None:
            raise _Broken("unreadable")
        await session.ask(f"JPARM LASTTIME {_last_time(order.valid_for)}")
        parameters: dict[str, str | int] = {
            "FROMUSER": "madang",
            "JOBINFO": order.order_id,
            "DIALSTRING": recipient,
            "EXTERNAL": recipient,
            "TSI": order.sender,
            "MODEM": self._modem,
            "MAXDIALS": self._dials,
            "MAXTRIES": self._tries,
            "NOTIFY": "none",  # no mail: the hook is called all the same
            "VRES": 196,
            "PAGEWIDTH": 215,
            "PAGELENGTH": 297,
            "PAGECHOP": "none",
        }
        for name, value in parameters.items():
            await session.set(name, value)
        await session.ask("JPARM USETAGLINE NO")  # the header line is drawn already
        await session.ask(f"JPARM DOCUMENT {document}")
        return found[1]

    async def look_up(self, order: FaxOrder, reference: str | None, since: datetime) -> LookUp:
        """By our id, among the jobs that wait and those that ended a short while ago."""
        try:
            async with self._session() as session:
                await session.ask(f'JOBFMT "{_JOB_FORMAT}"')
                rows = [*await session.listed("sendq"), *await session.listed("doneq")]
                # A job may have ended between the two lists.
                rows += await session.listed("sendq")
        except (_Refused, _Broken) as error:
            return CannotTell(str(error))
        mine = [row for row in rows if row[1] == order.order_id]
        if mine:
            job, _, state, pages, status = next((r for r in mine if r[2] in "DF"), mine[-1])
            return _found(f"{job}:{order.order_id}", state, pages, status)
        if reference is None and _SETTLED <= self._now() - since <= _KEPT:
            return NotFound()
        return CannotTell("no longer listed")

    def parse_callback(
        self,
        headers: Mapping[str, str],
        body: bytes,
        url: str,  # noqa: ARG002 - the whole news is signed
    ) -> Sequence[Receipt]:
        """What the hook tells, signed with the shared secret."""
        given = CIMultiDict(headers).get(SIGNATURE, "")
        right = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(given.encode(), right.encode()):
            raise Forged("the signature is wrong")
        try:
            news = json.loads(body)
            order_id, job, why = str(news["order"]), str(news["job"]), str(news["why"])
            pages, at = int(news["pages"]), datetime.fromisoformat(news["at"])
        except (ValueError, KeyError, TypeError) as error:
            raise Malformed(type(error).__name__) from None
        if why in _ON_THE_WAY or not _ID.fullmatch(order_id):
            return []  # somebody else's job may be told through the same hook
        status = Status.DELIVERED if why == "done" else Status.FAILED
        return [
            Receipt(
                provider=NAME,
                event_id=f"{order_id}:{job}:{why}",
                status=Status.EXPIRED if why in _EXPIRED else status,
                at=at,
                order_id=order_id,
                reference=f"{job}:{order_id}",
                delivered_units=pages,
                reason=None if status is Status.DELIVERED else _reason(why, news.get("status")),
            )
        ]

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[_Session]:
        session = await _Session.opened(self._host, self._port, self._user, self._password)
        try:
            yield session
            with contextlib.suppress(OSError):
                await session.say("QUIT")
        finally:
            session.close()


def _found(reference: str, state: str, pages: str, status: str) -> Found:
    sent = pages.partition(":")[0].strip()
    units = int(sent) if sent.isdigit() else 0
    if state == "D":
        return Found(Status.DELIVERED, reference, delivered_units=units)
    if state == "F":
        return Found(Status.FAILED, reference, units, _reason("failed", status))
    return Found(Status.ACCEPTED, reference)


def _reason(why: str, status: object) -> str:
    """A short word for the desk out of HylaFAX's sentence."""
    said = str(status or "").lower()
    for word in ("busy", "no answer", "no carrier", "dialtone"):
        if word in said:
            return word.replace(" ", "_")
    return why


def _last_time(valid_for: timedelta | None) -> str:
    """Days, hours and minutes after which HylaFAX gives up, `DDHHMM`."""
    seconds = (valid_for or timedelta(hours=3)).total_seconds()
    minutes = max(1, min(_MINUTES_MAX, math.ceil(seconds / 60)))
    return f"{minutes // 1440:02}{minutes // 60 % 24:02}{minutes % 60:02}"


OFFER = Offer(fax=HylaFax)
