"""How a request's body comes in: limited while it streams, files on disk, text that is text.

The queue between server and view is short, so a slow view slows the sender down instead of
filling the memory; a body over its route's limit is refused as soon as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote_to_bytes

from quart.datastructures import FileStorage
from quart.formparser import FormDataParser
from quart.wrappers import Request
from quart.wrappers.request import Body
from werkzeug.datastructures import MultiDict, iter_multi_items
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout
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
TEXT_BYTES_MAX: Final = 2 * 1024 * 1024
"""All that is no file is kept in memory: what is longer than a book is not typed."""

DRAIN_BYTES_MAX: Final = 512 * 1024 * 1024
DRAIN_SECONDS_MAX: Final = 20.0
SILENCE_SECONDS_MAX: Final = 30.0


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

    def allow_at_most(self, limit: int) -> None:
        """Lower the limit to `limit` bytes, if it is higher."""
        self.allow(limit if self._limit is None else min(limit, self._limit))

    def _refuse(self) -> None:
        self._must_raise = TooLarge(self._limit or 0)
        self._abandon()
        with contextlib.suppress(asyncio.QueueShutDown):
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
        """The next chunk. A sender who falls silent is not waited for (408)."""
        try:
            async with asyncio.timeout(SILENCE_SECONDS_MAX):
                data = await super().get()
        except TimeoutError:
            raise RequestTimeout from None
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

    `keep_files` False reads past the files and only notes which fields had any.
    """

    keep_files = True

    async def parse(
        self,
        body: Body,
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[MultiDict[str, str], MultiDict[str, Any]]:
        """Fields and files. Raises Unreadable, TooLarge, Problem `malformed`."""
        if mimetype == "application/x-www-form-urlencoded":
            cast("LimitedBody", body).allow_at_most(TEXT_BYTES_MAX)
            return _fields(await body), MultiDict()
        if mimetype == "multipart/form-data":
            boundary = (options or {}).get("boundary", "").encode("ascii", "replace")
            try:
                return await self._multipart(body, boundary, content_length)
            except (ValueError, LookupError, RequestEntityTooLarge):
                raise _malformed() from None
        return MultiDict(), MultiDict()

    async def _multipart(
        self, body: Body, boundary: bytes, content_length: int | None
    ) -> tuple[MultiDict[str, str], MultiDict[str, Any]]:
        decoder = MultipartDecoder(boundary, None, max_parts=FIELDS_MAX + FILES_MAX)
        form = _Form(self, content_length)
        try:
            await _decoded(decoder, body, form)
        except BaseException:
            form.close()
            raise
        return form.fields, form.files


async def _decoded(decoder: MultipartDecoder, body: Body, form: _Form) -> None:
    async for chunk in body:
        decoder.receive_data(chunk)
        while not isinstance(event := decoder.next_event(), (Epilogue, NeedData)):
            form.take(cast("Field | File | Data", event))
    decoder.receive_data(None)
    if not isinstance(decoder.next_event(), Epilogue):
        raise _malformed()


class _Form:
    """A multipart form as it comes in, part by part."""

    def __init__(self, parser: FormParser, content_length: int | None) -> None:
        self.fields: MultiDict[str, str] = MultiDict()
        self.files: MultiDict[str, Any] = MultiDict()
        self._parser = parser
        self._length = content_length
        self._part: Field | File | None = None
        self._text = bytearray()
        self._text_bytes = 0
        self._file: IO[bytes] | None = None
        self._files = 0

    def take(self, event: Field | File | Data) -> None:
        if isinstance(event, Field):
            self._part, self._text = event, bytearray()
        elif isinstance(event, File):
            self._part, self._files = event, self._files + 1
            if self._files > FILES_MAX:
                raise _malformed()
            if self._parser.keep_files:
                self._file = self._parser.stream_factory(self._length, None, event.filename, None)
        elif isinstance(self._part, Field):
            self._field_data(self._part, event)
        elif isinstance(self._part, File):
            self._file_data(self._part, event)

    def _field_data(self, part: Field, data: Data) -> None:
        self._text += data.data
        self._text_bytes += len(data.data)
        if len(self._text) > FIELD_BYTES_MAX or self._text_bytes > TEXT_BYTES_MAX:
            raise TooLarge(FIELD_BYTES_MAX)
        if not data.more_data:
            self.fields.add(part.name.replace("\0", ""), readable(bytes(self._text), part.name))

    def _file_data(self, part: File, data: Data) -> None:
        if self._file is not None:
            self._file.write(data.data)
        if not data.more_data:
            kept = None
            if self._file is not None:
                self._file.seek(0)
                name = part.filename.replace("\0", "")
                kept = FileStorage(self._file, name, part.name, headers=part.headers)
            self.files.add(part.name, kept)
            self._file = None

    def close(self) -> None:
        """Give back the disk of a form that could not be read."""
        for file in [self._file, *(file for _, file in iter_multi_items(self.files))]:
            if file is not None:
                file.close()


def _fields(raw: bytes) -> MultiDict[str, str]:
    pairs = [pair for pair in raw.split(b"&") if pair]
    if len(pairs) > FIELDS_MAX:
        raise _malformed()
    fields: MultiDict[str, str] = MultiDict()
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        fields.add(_unquoted(name), _unquoted(value))
    return fields


def _unquoted(raw: bytes) -> str:
    return readable(unquote_to_bytes(raw.replace(b"+", b" ")))


def _malformed() -> Problem:
    return Problem("malformed", N_("보내신 내용을 읽을 수 없습니다. 다시 시도해 주세요."), 400)


class MadangRequest(Request):
    """A request whose body is limited and whose texts are text."""

    body_class = LimitedBody
    form_data_parser_class = FormParser
    body: LimitedBody

    async def texts(self) -> MultiDict[str, str]:
        """The form's fields; the files of a form not read yet are passed over."""
        if self._form is None:
            parser = FormParser()
            parser.keep_files = False
            async with self._parsing_lock:
                self._form, self._files = await parser.parse(
                    self.body, self.mimetype, self.content_length, self.mimetype_params
                )
        return self._form

    @property
    def file_names(self) -> list[str]:
        """The fields of the form that came with a file."""
        return sorted(set(self._files or ()))

    async def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The JSON body. Text that no database can store (NUL, half a surrogate pair), broken
        UTF-8 and endless nesting are refused."""
        try:
            value = await super().get_json(force, silent, cache)
            text = json.dumps(value, ensure_ascii=False)
            text.encode()
        except UnicodeError:
            raise Unreadable from None
        except RecursionError:
            raise _malformed() from None
        if "\\u0000" in text:
            raise Unreadable
        return value

    async def close(self) -> None:
        """Give the files' disk back."""
        for _, file in iter_multi_items(self._files or {}):
            if file is not None:
                file.close()
