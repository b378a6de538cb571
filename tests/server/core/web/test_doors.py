"""What belongs to no service: built files, the worker, the manifest, display, health, metrics."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.core import crypto
from server.core.web import assets, files, health
from server.core.web.doors import door
from server.core.web.pages import PWA
from tests.server.core.web import house
from tests.server.core.web.conftest import Greeted, make_small, signed_in

NAMES = (
    *("app.js", "app.css", "words.woff2", "icons.svg", "favicon.svg", "monochrome.svg"),
    *("icon-192.png", "icon-512.png", "maskable-512.png", "apple-touch-icon.png"),
    *("screen-home.png", "screen-complaint.png", "screen-wide.png"),
)


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a build leaves: every file the pages name, some of them compressed."""
    folder = tmp_path / "dist"
    (folder / ".vite").mkdir(parents=True)
    (folder / "assets").mkdir()
    manifest = {}
    for name in NAMES:
        stem, _, kind = name.rpartition(".")
        built = f"assets/{stem}-AbC_1-9x.{kind}"
        (folder / built).write_bytes(b"plain " + name.encode())
        manifest[name] = {"file": built}
    (folder / "assets/app-AbC_1-9x.js.br").write_bytes(b"br")
    (folder / "assets/app-AbC_1-9x.js.gz").write_bytes(b"gz")
    (folder / "sw.js").write_bytes(b"worker")
    (folder / ".vite/manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "secret.js").write_text("outside")
    monkeypatch.setattr(assets, "DIST", folder)
    monkeypatch.setattr(assets, "MANIFEST", folder / ".vite/manifest.json")
    monkeypatch.setattr(assets._Seen, "at", float("-inf"))
    return folder


@pytest.fixture
def client(small_settings: Any, dist: Path) -> Any:
    return make_small(small_settings, door, house.door).test_client()


@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [("", None, b"plain app.js"), ("gzip", "gzip", b"gz"), ("gzip, deflate, br", "br", b"br")],
)
async def test_a_built_file_in_its_smallest_form(
    client: Any, accepted: str, coding: str | None, body: bytes
) -> None:
    answer = await client.get(assets.asset("app.js"), headers={"Accept-Encoding": accepted})
    assert await answer.get_data() == body
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.content_type == "text/javascript; charset=utf-8"
    again = await client.get(
        assets.asset("app.js"),
        headers={"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


async def test_a_file_stays_everybodys_for_who_is_signed_in(client: Any) -> None:
    answer = await signed_in(client).get(assets.asset("app.css"))
    assert answer.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "../secret.js", "..%2fsecret.js", ".vite/manifest.json", "app-AbC_1-9x.js.br",
     "%2e%2e/%2e%2e/secret.js", "", "a/b.js", "app.exe"],
)  # fmt: skip
async def test_nothing_else_is_given(client: Any, name: str) -> None:
    assert (await client.get(f"/assets/{name}")).status_code == 404


def test_a_name_that_was_not_built_is_a_mistake(dist: Path) -> None:
    with pytest.raises(LookupError, match=r"nowhere\.js"):
        assets.asset("nowhere.js")


async def test_the_worker_serves_every_page_and_is_asked_for_again(client: Any) -> None:
    answer = await client.get("/sw.js")
    assert await answer.get_data() == b"worker"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"


async def test_the_manifest_in_both_languages(client: Any) -> None:
    for lang, name in (("ko", "마당"), ("en", "Madang")):
        answer = await client.get("/manifest.webmanifest", headers={"Accept-Language": lang})
        assert answer.content_type == "application/manifest+json"
        manifest = json.loads(await answer.get_data())
        assert (manifest["name"], manifest["lang"]) == (name, lang)
        assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
        for picture in (*manifest["icons"], *manifest["screenshots"]):
            assert (await client.get(picture["src"])).status_code == 200
        assert manifest["id"] == "/"
        assert len(manifest["shortcuts"]) == 4
        assert manifest["share_target"]["action"] == "/complaints/share"


async def test_pictures_of_phones_and_of_a_wide_screen_are_as_large_as_said(client: Any) -> None:
    """A browser that invites to install shows those of its own kind, and none of another size."""
    manifest = json.loads(await (await client.get("/manifest.webmanifest")).get_data())
    shown = manifest["screenshots"]
    assert {one["form_factor"] for one in shown} == {"narrow", "wide"}
    for one in shown:
        name = one["src"].removeprefix("/assets/").partition("-AbC")[0]
        with Image.open(PWA / "pictures" / f"{name}.png") as picture:
            width, height = picture.size
        assert one["sizes"] == f"{width}x{height}"
        assert min(width, height) >= 320
        assert max(width, height) <= 2.3 * min(width, height)
        assert (width > height) == (one["form_factor"] == "wide")
        assert one["label"]


async def test_what_browsers_ask_for_untold(client: Any) -> None:
    for path in ("/favicon.ico", "/apple-touch-icon.png", "/robots.txt", "/offline", "/display"):
        assert (await client.get(path)).status_code == 200, path


async def test_the_offline_page_is_nobodys(client: Any) -> None:
    page = await signed_in(client).get("/offline")
    text = await page.get_data(as_text=True)
    assert "data-signed-in" not in text
    assert "data-shell" in text
    assert page.headers["Cache-Control"] == "no-cache"


async def test_display_is_kept_on_the_device(client: Any) -> None:
    answer = await client.get("/display?text=larger&contrast=high&next=/offline")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/offline"
    page = await (await client.get("/offline")).get_data(as_text=True)
    assert 'data-text="larger" data-contrast="high"' in page
    await client.get("/display?text=huge")
    page = await (await client.get("/offline")).get_data(as_text=True)
    assert 'data-text="larger"' in page


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/%0d%0aX: y"],
)
async def test_display_leads_to_our_pages_only(client: Any, elsewhere: str) -> None:
    answer = await client.get(f"/display?text=large&next={elsewhere}")
    assert answer.headers["Location"] == "/"


async def test_health(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await client.get("/healthz")).status_code == 200

    async def half() -> dict[str, bool]:
        return {"database": True, "migrations": False, "storage": True}

    monkeypatch.setattr(health, "check", half)
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert (await answer.get_json())["migrations"] is False


async def test_ready_on_a_migrated_database(opened: Any) -> None:
    assert await health.check() == {"database": True, "migrations": True, "storage": True}


async def test_metrics_are_for_this_machine_or_who_has_the_token(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none() -> dict[str, int]:
        return {"waiting": 2, "late": 0, "dead": 1}

    monkeypatch.setattr(health, "jobs", none)
    assert (await client.get("/metrics")).status_code == 403
    here = {"scope_base": {"client": ("127.0.0.1", 1)}}
    answer = await client.get("/metrics", **here)
    assert answer.status_code == 200
    text = await answer.get_data(as_text=True)
    assert 'madang_outbox_jobs{state="dead"} 1.0' in text
    assert "/metrics" in text
    proxied = await client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}, **here)
    assert proxied.status_code == 403
    token = crypto.get_or_create_secret("metrics").hex()
    answer = await client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


PAGE = {"Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize(
    ("path", "headers", "readers"),
    [
        ("/offline", {}, [None]),
        ("/display", {}, [1]),
        ("/display", PAGE, [1]),
        ("/mine", PAGE, [1]),
        ("/mine", {**PAGE, "Sec-Purpose": "prefetch"}, []),
        ("/csrf", PAGE, []),
        ("/csrf", {}, []),
        ("/sw.js", {"Sec-Fetch-Dest": "serviceworker"}, []),
        ("/nothing", PAGE, []),
        ("/desk", PAGE, []),
        ("/healthz", {}, []),
    ],
)
async def test_who_opens_a_page_is_greeted_once(
    small_settings: Any, dist: Path, path: str, headers: Any, readers: list[int | None]
) -> None:
    greeted = Greeted()
    app = make_small(small_settings, door, house.door, greet=greeted)
    await signed_in(app.test_client()).get(path, headers=headers)
    assert greeted.readers == readers


def test_a_file_is_read_once(dist: Path) -> None:
    first = files._read(dist / "sw.js", 1)
    assert files._read(dist / "sw.js", 1) is first
