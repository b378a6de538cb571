"""Drawing and decoding in child processes: capped in memory and time, replaced when they die.

Answers come back as JSON with blobs, never as pickles: a decoder that a hostile picture has taken
over can say nothing that is executed here.
"""

import asyncio
import contextlib
import json
import signal
import struct
import sys
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import Self

from gateways.encode import attachment
from gateways.encode.attachment import Attachment, BadPdf, PdfFault
from gateways.encode.fax import CannotDraw, Fax, Header
from gateways.encode.fax_cover import Cover
from gateways.encode.fax_file import Page
from gateways.encode.parcels import (
    BLOBS_MAX,
    PARCEL_MAX,
    Facts,
    Parcel,
    listed,
    pages_of,
    pieces,
    whole,
)
from gateways.encode.photo import Photo
from gateways.encode.picture import BadPicture, PictureFault

MEMORY_MAX = 1_200_000_000
CPU_SECONDS_MAX = 30
SECONDS_MAX = 120.0
"""By the clock, for a child that waits for a busy machine: what it is blamed for is its own
processor time."""

JOBS_A_CHILD = 200
IDLE_SECONDS = 60.0


class ChildDied(Exception):  # noqa: N818
    """A child ended in the middle of a job that no picture is to blame for; ask again."""


class RanOut(ChildDied):
    """A child had used up its processor time on one job: asking again is of no use."""


class _Child:
    """One child process, busy with at most one job."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.jobs = 0
        self.leave: asyncio.TimerHandle | None = None

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, parcel: Parcel) -> Parcel:
        if self.leave is not None:
            self.leave.cancel()
            self.leave = None
        self.jobs += 1
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        for piece in pieces(parcel):
            stdin.write(piece)
            await stdin.drain()
        facts_size, count = struct.unpack("!II", await stdout.readexactly(8))
        if count > BLOBS_MAX or facts_size > PARCEL_MAX:
            raise ValueError("an answer beyond measure")
        sizes = struct.unpack(f"!{count}I", await stdout.readexactly(4 * count))
        if sum(sizes) > PARCEL_MAX:
            raise ValueError("an answer beyond measure")
        facts: Facts = json.loads(await stdout.readexactly(facts_size))
        return facts, [await stdout.readexactly(size) for size in sizes]

    async def kill(self) -> None:
        """End the process and wait until the system has taken it away."""
        if self.leave is not None:
            self.leave.cancel()
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    @property
    def ran_out(self) -> bool:
        """Whether it ended because its processor time did."""
        return self._process.returncode == -signal.SIGXCPU


class Workbench:
    """A few children for one process's pictures and faxes, started when first needed.

    At most `children` jobs run at once, the others wait their turn; an idle child ends after a
    minute, so that an idle server is small.
    """

    def __init__(
        self,
        children: int = 1,
        *,
        memory_max: int = MEMORY_MAX,
        cpu_seconds_max: int = CPU_SECONDS_MAX,
        seconds_max: float = SECONDS_MAX,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._turns = asyncio.Semaphore(children)
        self._memory_max = memory_max
        self._cpu_seconds_max = cpu_seconds_max
        self._seconds_max = seconds_max
        self._idle_seconds = idle_seconds
        self._resting: list[_Child] = []
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def photo(self, data: bytes) -> Photo:
        """`photo.prepare` in a child. Raises BadPicture; TOO_SLOW where time or memory ran out."""
        facts, (full, thumb) = await self._picture_job({"job": "photo"}, [data])
        return Photo(full, thumb, whole(facts["width"]), whole(facts["height"]))

    async def attachment(self, data: bytes, pages_max: int) -> Attachment:
        """`attachment.read` in a child. Raises BadPdf and BadPicture as `photo` does.

        A child that has opened a stranger's PDF serves nobody else afterwards.
        """
        job: Facts = {"job": "attachment", "pages_max": pages_max}
        if not attachment.is_pdf(data):
            facts, strips = await self._picture_job(job, [data])
        else:
            try:
                facts, strips = await self._do(job, [data], once=True)
            except ChildDied:
                raise BadPdf(PdfFault.TOO_SLOW) from None
            if "refused" in facts:
                raise BadPdf(PdfFault(str(facts["refused"])), whole(facts["pages"]))
        return Attachment(pages_of(facts, strips), tuple(listed(facts["texts"])))

    async def received(self, data: bytes, pages_max: int) -> tuple[tuple[Page, ...], bool]:
        """`received.read` in a child: the first pages, and whether more follow. Raises BadPdf and
        BadPicture, and ChildDied where it is to be asked again.

        A child that has opened a stranger's file of such kinds serves nobody else afterwards.
        """
        job: Facts = {"job": "received", "pages_max": pages_max}
        try:
            facts, strips = await self._do(job, [data], once=True)
        except RanOut:
            raise BadPicture(PictureFault.TOO_SLOW) from None
        if "refused" in facts:
            if "pages" in facts:
                raise BadPdf(PdfFault(str(facts["refused"])), whole(facts["pages"]))
            raise BadPicture(PictureFault(str(facts["refused"])))
        return pages_of(facts, strips), bool(facts["more"])

    async def fax(
        self,
        text: str,
        attached: Sequence[Page],
        header: Header,
        font: Path,
        cover: Cover | None = None,
    ) -> Fax:
        """`fax.draw` in a child. Raises CannotDraw, and ChildDied where it is to be asked again."""
        job: Facts = {
            "job": "fax",
            "text": text,
            "rows": [page.rows for page in attached],
            "sender": header.sender,
            "recipient": header.recipient,
            "at": header.at.isoformat(),
            "font": str(font),
            "cover": None if cover is None else list(astuple(cover)),
        }
        facts, strips = await self._do(job, [page.strip for page in attached])
        match facts.get("refused"):
            case "empty" | "too_many_pages" as code:
                raise CannotDraw(code)
            case _:
                return Fax(pages_of(facts, strips), str(facts["lacking"]))

    async def _picture_job(self, facts: Facts, blobs: list[bytes]) -> Parcel:
        try:
            answer = await self._do(facts, blobs)
        except ChildDied:  # the picture broke the child or its limits: it is not asked twice
            raise BadPicture(PictureFault.TOO_SLOW) from None
        if "refused" in answer[0]:
            raise BadPicture(PictureFault(str(answer[0]["refused"])))
        return answer

    async def _do(self, facts: Facts, blobs: list[bytes], *, once: bool = False) -> Parcel:
        """One job by a child, who ends with it where `once` says so. Raises ChildDied."""
        async with self._turns:
            if self._closed:
                raise ChildDied("the workbench is closed")
            child = await self._rested() or await self._start()
            try:
                async with asyncio.timeout(self._seconds_max):
                    answer = await child.ask((facts, blobs))
            except (TimeoutError, OSError, EOFError, ValueError) as error:
                await child.kill()
                died = RanOut if child.ran_out else ChildDied
                raise died(type(error).__name__) from error
            except BaseException:
                await child.kill()
                raise
            if child.jobs < JOBS_A_CHILD and not self._closed and not once:
                self._rest(child)
            else:
                await child.kill()
            return answer

    async def _rested(self) -> _Child | None:
        """A child that is waiting for work, if one still lives."""
        while self._resting:
            child = self._resting.pop()
            if child.alive:
                return child
            await child.kill()
        return None

    def _rest(self, child: _Child) -> None:
        self._resting.append(child)
        child.leave = asyncio.get_running_loop().call_later(
            self._idle_seconds, lambda: asyncio.ensure_future(self._dismiss(child))
        )

    async def _dismiss(self, child: _Child) -> None:
        if child in self._resting:
            self._resting.remove(child)
            await child.kill()

    async def _start(self) -> _Child:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateways.encode.workbench_child",
            str(self._memory_max),
            str(self._cpu_seconds_max),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        return _Child(process)

    async def close(self) -> None:
        """End every child; a job still running fails with ChildDied."""
        self._closed = True
        while self._resting:
            await self._resting.pop().kill()
