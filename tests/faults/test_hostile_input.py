"""Hostile input meets a clear 4xx, never a 5xx, and takes no more than 150 MB over idle."""

import asyncio
import io
import struct
import zlib

import pytest
from PIL import Image

from tests.conftest import POSTGRES_PROVED
from tests.filing import filled, topic_of
from tests.office import Office, Phone
from tests.people import hidden_fields

MEMORY_ABOVE_IDLE_MAX_BYTES = 150 * 1024 * 1024


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A well-formed black PNG of that many pixels in a few hundred kilobytes."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row * 500) for _ in range(height // 500)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", packed)
        + _chunk(b"IEND", b"")
    )


def truncated_jpeg() -> bytes:
    """A photo whose transfer stopped halfway."""
    picture = io.BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(picture, "JPEG")
    return picture.getvalue()[: picture.tell() // 2]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_hostile_files_and_bodies(office: Office):
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        form = await phone.get("/complaints/new")
        fields = filled(topic=topic_of(form.text))
        await asyncio.sleep(1)
        idle_bytes = office.memory_bytes()
        peak_bytes = 0

        async def watch() -> None:
            nonlocal peak_bytes
            while True:
                peak_bytes = max(peak_bytes, office.memory_bytes())
                await asyncio.sleep(0.05)

        watching = asyncio.create_task(watch())
        files = {
            "bomb.png": (bomb(), "image/png"),
            "photo.jpg": (b"#!/bin/sh\nrm -rf /\n", "image/jpeg"),
            "page.jpg": (b"<script>alert(1)</script>", "image/jpeg"),
            "half.jpg": (truncated_jpeg(), "image/jpeg"),
            "empty.jpg": (b"", "image/jpeg"),
            "vector.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        }
        for name, (content, content_type) in files.items():
            answer = await phone.post(
                "/complaints/new", [*fields.items(), ("photos", (name, content, content_type))]
            )
            if name == "empty.jpg":
                assert answer.status < 500
                continue
            assert 400 <= answer.status < 500, (name, answer.status, answer.words)
            assert fields["body"] in answer.words, f"{name}: what was typed is lost"
            assert 'role="alert"' in answer.text, f"{name}: nothing says what is wrong"

        six = [("photos", (f"{n}.jpg", _small_jpeg(), "image/jpeg")) for n in range(6)]
        answer = await phone.post("/complaints/new", [*fields.items(), *six])
        assert 400 <= answer.status < 500
        assert fields["body"] in answer.words

        status = await _stream(office, phone, "/complaints/new", 100 * 1024 * 1024)
        assert status == 413
        status = await _stream(office, phone, "/messages/sms/new", 8 * 1024 * 1024)
        assert status == 413

        watching.cancel()
        assert peak_bytes - idle_bytes <= MEMORY_ABOVE_IDLE_MAX_BYTES, (idle_bytes, peak_bytes)
        assert (await phone.get("/readyz")).status == 200
    office.stop()


def _small_jpeg() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (320, 240), "#256ef4").save(picture, "JPEG")
    return picture.getvalue()


async def _stream(office: Office, phone: Phone, path: str, size_bytes: int) -> int:
    """Status of a post of that many bytes, read as soon as the server answers."""
    cookies = "; ".join(f"{c.key}={c.value}" for c in phone.session.cookie_jar)
    reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
    boundary = "----yard"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n"
        f"Content-Type: multipart/form-data; boundary={boundary}\r\n"
        f"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    part = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )

    async def send() -> None:
        def chunk(data: bytes) -> bytes:
            return f"{len(data):x}\r\n".encode() + data + b"\r\n"

        writer.write(head.encode() + chunk(part.encode()))
        block = chunk(b"x" * 65_536)
        for _ in range(size_bytes // 65_536):
            writer.write(block)
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    sending = asyncio.create_task(send())
    try:
        line = await asyncio.wait_for(reader.readline(), 30)
    finally:
        sending.cancel()
        writer.transport.abort()
        await asyncio.gather(sending, return_exceptions=True)
    return int(line.split()[1])


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_broken_text_and_missing_tokens(office: Office):
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        form = await phone.get("/complaints/new")
        hidden = hidden_fields(form.text)
        pairs = {**hidden, **filled(topic=topic_of(form.text))}
        raw = b"&".join(
            name.encode() + b"=" + (b"%FF%FE%C3%28" if name == "title" else value.encode())
            for name, value in pairs.items()
        )
        form_type = {"Content-Type": "application/x-www-form-urlencoded"}
        for path in ("/complaints/new", "/messages/sms/new", "/login"):
            async with phone.session.post(office.url + path, data=raw, headers=form_type) as got:
                assert 400 <= got.status < 500, path
        for address in ("/complaints?q=%FF%FE", "/complaints/%C3%28", "/%00", "/complaints?q=%00"):
            async with phone.session.get(office.url + address) as got:
                assert got.status < 500, address

        for name, value in {"csrf_token": "", "form_key": "not-a-uuid"}.items():
            answer = await phone.post(
                "/complaints/new", filled(topic=topic_of(form.text)), hidden=hidden | {name: value}
            )
            assert 400 <= answer.status < 500, name
        bare = await phone.post("/complaints/new", filled(topic=topic_of(form.text)), hidden={})
        assert bare.status == 403
        assert filled()["body"] in bare.text, "what was typed is lost with a missing token"
        nul = await phone.post(
            "/complaints/new", filled(topic=topic_of(form.text), title="널\0문자")
        )
        assert nul.status < 500
        for number in ("2611-000427-9", "2611-999999-9", "../../etc/passwd", "0" * 4000):
            assert (await phone.get(f"/complaints/{number}")).status in {400, 404, 414}, number
    office.stop()


@POSTGRES_PROVED
async def test_one_form_acts_once(office: Office):
    """Posted twice at once it acts once; with other content under the same key it is refused."""
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        form = await phone.get("/complaints/new")
        hidden = hidden_fields(form.text)
        fields = filled(topic=topic_of(form.text), title="두 번 누른 신청")
        answers = await asyncio.gather(
            *(phone.post("/complaints/new", fields, hidden=hidden, follow=False) for _ in range(6))
        )
        assert {answer.status for answer in answers} == {303}
        assert len({answer.headers["Location"] for answer in answers}) == 1
        other = await phone.post(
            "/complaints/new", fields | {"body": "다른 내용을 썼습니다."}, hidden=hidden
        )
        assert other.status == 409
        assert "다른 내용을 썼습니다." in other.text
        mine = await phone.get("/complaints?q=두 번 누른 신청")
        assert mine.text.count("두 번 누른 신청</") <= 1
    office.stop()
