"""How a request's body comes in: limited while it streams, files on disk, text that is text.

The queue between server and view is short, so a slow view slows the sender down instead of
filling the memory; a body over its route's limit is refused as soon as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final

from quart.formparser import FormDataParser
from quart.wrappers import Request
from quart.wrappers.request import Body
from werkzeug.datastructures import MultiDict
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from server.core.i18n import N_
from server.core.web.problems import Problem, TooLarge, Unreadable

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import IO

__all__ = ["FormParser", "LimitedBody", "MadangRequest", "readable"]

CHUNKS_WAITING_MAX: Final = 8
FIELDS_MAX: Final = 200
FILES_MAX: Final = 20
FIELD_BYTES_MAX: Final = 512 * 1024
DRAIN_BYTES_MAX: Final = 512 * 1024 * 1024
DRAIN_SECONDS_MAX: Final = 20.0
MEGABYTE: Final = 1024 * 1024


class LimitedBody(Body):
    """A body of at most `limit` bytes (`allow`, when the route is known), a few chunks at once."""

    def __init__(self, expected_content_length: int | None, max_content_length: int | None) -> None:
        super().__init__(None, None)
        self._queue = asyncio.Queue[bytes](CHUNKS_WAITING_MAX)
        self._expected = expected_content_length or 0
        self._received = 0
        self._limit = max_content_length
        self._abandoned = False
        self._ended = asyncio.Event()

    def allow(self, limit: int) -> None:
        """Set the limit in bytes; a body announced to be longer is refused when it is read."""
        self._limit = limit
        if max(self._expected, self._received) > limit:
            self._refuse()

    def _refuse(self) -> None:
        self._must_raise = TooLarge(max(1, (self._limit or 0) // MEGABYTE))
        self._abandon()
        self._queue.put_nowait(b"")  # wakes a reader, who finds the refusal

    def _abandon(self) -> None:
        self._abandoned = True
        while not self._queue.empty():
            self._queue.get_nowait()

    async def put(self, data: bytes) -> None:
        self._received += len(data)
        if self._received > DRAIN_BYTES_MAX:
            self._ended.set()
        if self._abandoned or not data:
            return
        if self._limit is not None and self._received > self._limit:
            self._refuse()
        else:
            with contextlib.suppress(asyncio.QueueShutDown):
                await self._queue.put(data)

    async def get(self) -> bytes:
        data = await super().get()
        if self._must_raise is not None:
            raise self._must_raise
        return data

    def __await__(self) -> Generator[Any, None, bytes]:
        return self._whole().__await__()

    async def _whole(self) -> bytes:
        if self._data is None:
            collected = bytearray()
            async for data in self:
                collected += data
            self._data = bytes(collected)
        return self._data

    def set_complete(self) -> None:
        super().set_complete()
        self._ended.set()

    def disconnect(self) -> None:
        super().disconnect()
        self._ended.set()

    async def drain(self) -> None:
        """Take in and forget what the sender still sends, within bounds: a client whose
        connection is reset while it sends never reads why."""
        self._abandon()
        if not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), DRAIN_SECONDS_MAX)


def readable(raw: bytes, field: str | None = None) -> str:
    """UTF-8 bytes as text without NUL characters, which PostgreSQL cannot store.

    Raises Unreadable (400) where the bytes are not UTF-8.
    """
    try:
        return raw.decode().replace("\0", "")
    except UnicodeDecodeError:
        raise Unreadable(field) from None


class FormParser(FormDataParser):
    """Forms, strictly: broken UTF-8 and too many parts are refused, files spool to disk.

    `keep_files` False reads past the files; the text is all that is wanted then.
    """

    keep_files = True

    async def parse(
        self,
        body: Body,
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[MultiDict[str, str], MultiDict[str, Any]]:
        if mimetype == "application/x-www-form-urlencoded":
            return self._fields(await body), MultiDict()
        if mimetype == "multipart/form-data":
            boundary = (options or {}).get("boundary", "")
            try:
                return await self._parts(body, boundary.encode("ascii"), content_length)
            except (ValueError, LookupError):
                raise _malformed() from None
        return MultiDict(), MultiDict()

    def _fields(self, raw: bytes) -> MultiDict[str, str]:
        fields: MultiDict[str, str] = MultiDict()
        pairs = [pair for pair in raw.split(b"&") if pair]
        if len(pairs) > FIELDS_MAX:
            raise _malformed()
        for pair in pairs:
            name, _, value = pair.partition(b"=")
            fields.add(_unquoted(name), _unquoted(value))
        return fields

    async def _parts(
        self, body: Body, boundary: bytes, content_length: int | None
    ) -> tuple[MultiDict[str, str], MultiDict[str, Any]]:
        decoder = MultipartDecoder(boundary, None, max_parts=FIELDS_MAX + FILES_MAX)
        fields: MultiDict[str, str] = MultiDict()
        files: MultiDict[str, Any] = MultiDict()
        part: Field | File | None = None
        text = bytearray()
        file: IO[bytes] | None = None
        files_seen = 0
        event: Any = None
        async for chunk in body:
            decoder.receive_data(chunk)
            while not isinstance(event := decoder.next_event(), (Epilogue, NeedData)):
                if isinstance(event, Field):
                    part, text, file = event, bytearray(), None
                elif isinstance(event, File):
                    part, files_seen = event, files_seen + 1
                    if files_seen > FILES_MAX:
                        raise _malformed()
                    file = self._stream(event, content_length)
                elif isinstance(event, Data) and isinstance(part, Field):
                    text += event.data
                    if len(text) > FIELD_BYTES_MAX:
                        raise TooLarge(1)
                    if not event.more_data:
                        fields.add(readable(part.name.encode()), readable(bytes(text), part.name))
                elif isinstance(event, Data) and isinstance(part, File) and file is not None:
                    file.write(event.data)
                    if not event.more_data:
                        file.seek(0)
                        files.add(part.name, self._kept(part, file))
        if not isinstance(event, Epilogue):
            raise _malformed()
        return fields, files

    def _stream(self, part: File, content_length: int | None) -> IO[bytes] | None:
        if not self.keep_files:
            return None
        return self.stream_factory(content_length, None, part.filename, None)

    def _kept(self, part: File, file: IO[bytes]) -> Any:
        name = (part.filename or "").replace("\0", "")
        return self.file_storage_class(file, name, part.name, headers=part.headers)


def _unquoted(raw: bytes) -> str:
    from urllib.parse import unquote_to_bytes

    return readable(unquote_to_bytes(raw.replace(b"+", b" ")))


def _malformed() -> Problem:
    return Problem("malformed", N_("보내신 내용을 읽을 수 없습니다. 다시 시도해 주세요."), 400)


class MadangRequest(Request):
    """A request whose body is limited and whose texts are text."""

    body_class = LimitedBody
    form_data_parser_class = FormParser
    body: LimitedBody

    async def form_texts(self) -> MultiDict[str, str]:
        """The form's fields only; files of a form not read yet are passed over."""
        if self._form is None:
            parser = FormParser()
            parser.keep_files = False
            async with self._parsing_lock:
                self._form, self._files = await parser.parse(
                    self.body, self.mimetype, self.content_length, self.mimetype_params
                )
        return self._form
