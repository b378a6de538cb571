"""The same storage in an S3-compatible service: a bucket that a test keeps in memory."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from server import config
from server.core import storage


class Bucket:
    """PUT, GET, HEAD and bulk deletion of objects, as S3 answers them."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.down = False

    async def answer(self, request: web.Request) -> web.Response:
        assert "AWS4-HMAC-SHA256" in request.headers.get("Authorization", "")
        if self.down:
            return web.Response(status=503)
        path = request.path
        if request.method == "PUT":
            self.objects[path] = await request.read()
            return web.Response(headers={"ETag": '"1"'})
        if request.method == "POST" and "delete" in request.query:
            return self._deleted(path, await request.text())
        assert request.method in {"GET", "HEAD"}
        if path not in self.objects:
            return web.Response(status=404)
        headers = {"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 01:00:00 GMT"}
        return web.Response(body=self.objects[path], headers=headers)

    def _deleted(self, path: str, asked: str) -> web.Response:
        keys = re.findall("<Key>([^<]+)</Key>", asked)
        for key in keys:
            self.objects.pop(f"{path.rstrip('/')}/{key}", None)
        done = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        text = f'<?xml version="1.0" encoding="UTF-8"?><DeleteResult>{done}</DeleteResult>'
        return web.Response(text=text, content_type="application/xml")


@pytest.fixture
async def bucket(
    tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bucket]:
    made = Bucket()
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "kr",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }.items():
        monkeypatch.setenv(name, value)
    config.use(
        config.Settings(data=tmp_path / "data", keys=keys, storage_url=f"s3://photos/{port}")
    )
    yield made
    await runner.cleanup()


async def test_there_and_back(bucket: Bucket) -> None:
    data = bytes(range(256)) * 4000
    await storage.put("complaints/1.jpg", data)
    ((path, sealed),) = bucket.objects.items()
    assert path.endswith("/complaints/1.jpg")
    assert data[:64] not in sealed
    assert await storage.exists("complaints/1.jpg")
    assert await storage.get("complaints/1.jpg") == data
    await storage.delete("complaints/1.jpg")
    assert not await storage.exists("complaints/1.jpg")
    with pytest.raises(storage.Missing):
        await storage.get("complaints/1.jpg")


async def test_a_service_that_is_down_is_said_to_be(bucket: Bucket) -> None:
    bucket.down = True
    assert not await storage.ready()
    with pytest.raises(storage.Unavailable):
        await storage.put("a", b"x")
