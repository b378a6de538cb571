"""Bodies are limited while they stream, forms are read strictly, files go to disk."""

import asyncio
from typing import Any

import pytest
from quart.datastructures import FileStorage

from server.core.web import body as bodies
from server.core.web.body import LimitedBody
from tests.people import hidden_fields

BOUNDARY = "----madang"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def token_of(client: Any) -> str:
    page = await client.get("/form")
    return hidden_fields(await page.get_data(as_text=True))["csrf_token"]


def part(name: bytes, value: bytes, filename: bytes | None = None) -> bytes:
    file = b'; filename="%s"' % filename if filename is not None else b""
    head = b'Content-Disposition: form-data; name="%s"%s\r\n\r\n' % (name, file)
    return b"--" + BOUNDARY.encode() + b"\r\n" + head + value + b"\r\n"


END = b"--" + BOUNDARY.encode() + b"--\r\n"


async def test_a_body_announced_too_long_is_refused(small: Any) -> None:
    client = small.test_client()
    answer = await client.post("/form", data=b"a=" + b"x" * 70_000, headers=FORM)
    assert answer.status_code == 413
    assert "64KB" in await answer.get_data(as_text=True)


async def test_a_body_of_unknown_length_is_refused_where_it_grows_too_long(small: Any) -> None:
    client = small.test_client()
    token = await token_of(client)
    async with client.request(
        "/form", method="POST", headers={**FORM, "X-CSRF-Token": token}
    ) as connection:
        for _ in range(200):
            await connection.send(b"a" * 1000)
        await connection.send_complete()
    answer = await connection.as_response()
    assert answer.status_code == 413


async def test_memory_holds_a_few_chunks_only() -> None:
    body = LimitedBody(None, None)
    sending = asyncio.create_task(_send(body, 100))
    await asyncio.sleep(0)
    assert body._queue.qsize() == bodies.CHUNKS_WAITING_MAX
    read = b"".join([chunk async for chunk in body])
    assert len(read) == 100 * 1024
    await sending


async def _send(body: LimitedBody, chunks: int) -> None:
    for _ in range(chunks):
        await body.put(b"x" * 1024)
    body.set_complete()


async def test_a_body_that_nobody_reads_is_taken_in_before_the_answer() -> None:
    body = LimitedBody(None, 10 * 1024)
    sending = asyncio.create_task(_send(body, 100))
    await body.drain()
    await sending
    assert body._queue.empty()


async def test_a_sender_who_falls_silent_is_not_waited_for(small: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(bodies, "SILENCE_SECONDS_MAX", 0.05)
    monkeypatch.setattr(bodies, "DRAIN_SECONDS_MAX", 0.05)
    client = small.test_client()
    token = await token_of(client)
    headers = {**FORM, "X-CSRF-Token": token}
    async with client.request("/form", method="POST", headers=headers) as connection:
        await connection.send(b"a=1")
    answer = await connection.as_response()
    assert answer.status_code == 408


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        (b"title=%ff%fe", FORM),
        (b"title=\xff\xfe", FORM),
        (b"%c3%28=1", FORM),
        (b"&".join(b"a=1" for _ in range(300)), FORM),
        (part(b"title", b"\xc3\x28") + END, MULTIPART),
        (part(b"title", "가".encode("euc-kr")) + END, MULTIPART),
        (part(b"t\xff", b"1") + END, MULTIPART),
        (b"".join(part(b"f%d" % n, b"x", b"a.jpg") for n in range(40)) + END, MULTIPART),
        (b"".join(part(b"t%d" % n, b"x") for n in range(400)) + END, MULTIPART),
        (part(b"title", b"cut short"), MULTIPART),
        (b"no parts at all", MULTIPART),
        (b"", {"Content-Type": "multipart/form-data"}),
        (b"x", {"Content-Type": "multipart/form-data; boundary=\xe9\xea"}),
    ],
)
async def test_what_is_no_form_is_refused(small: Any, data: bytes, headers: Any) -> None:
    client = small.test_client()
    token = await token_of(client)
    answer = await client.post("/form", data=data, headers={**headers, "X-CSRF-Token": token})
    assert answer.status_code == 400, await answer.get_data(as_text=True)


async def test_one_field_cannot_be_a_whole_book(small: Any) -> None:
    client = small.test_client()
    token = await token_of(client)
    data = part(b"title", b"x" * (bodies.FIELD_BYTES_MAX + 1)) + END
    answer = await client.post("/files", data=data, headers={**MULTIPART, "X-CSRF-Token": token})
    assert answer.status_code == 413


async def test_texts_arrive_as_they_were_written_without_nul(small: Any) -> None:
    client = small.test_client()
    token = await token_of(client)
    answer = await client.post(
        "/form",
        data="title=%EA%B0%80+%2B&body=a%00b&empty=&title=둘".encode(),
        headers={**FORM, "X-CSRF-Token": token},
    )
    texts = (await answer.get_json())["texts"]
    assert texts == [["title", "가 +"], ["title", "둘"], ["body", "ab"], ["empty", ""]]


async def test_files_are_on_disk_and_whole(small: Any) -> None:
    client = small.test_client()
    token = await token_of(client)
    big = bytes(range(256)) * 8192
    answer = await client.post(
        "/files",
        data=part(b"csrf_token", token.encode()) + part(b"photo", big, "사진.jpg".encode()) + END,
        headers=MULTIPART,
    )
    name, size, kind = (await answer.get_json())["photo"]
    assert (name, size) == ("사진.jpg", len(big))
    assert kind != "BytesIO"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b'{"a": "\xea\xb0\x80"}', 200),
        (b'{"a": "\\ud83d\\ude00"}', 200),
        (b'{"a": "\\ud83d"}', 400),
        (b'{"a": "\\u0000"}', 400),
        (b'{"a": "\xff"}', 400),
        (b"[" * 100_000, 400),
        (b'{"a"', 400),
    ],
)
async def test_json_is_text_that_can_be_stored(small: Any, data: bytes, status: int) -> None:
    answer = await small.test_client().post(
        "/json", data=data, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status
    if status == 400:
        assert answer.content_type == "application/problem+json"


async def test_the_quart_test_client_files_too(small: Any) -> None:
    import io

    client = small.test_client()
    token = await token_of(client)
    answer = await client.post(
        "/files",
        form={"csrf_token": token},
        files={"photo": FileStorage(io.BytesIO(b"abc"), "a.jpg")},
    )
    assert (await answer.get_json())["photo"][:2] == ["a.jpg", 3]
