"""The security headers are on every answer, whatever went wrong."""

from pathlib import Path
from typing import Any

import pytest

from server import config
from server.core.web.headers import CSP, security_headers
from tests.people import hidden_fields
from tests.server.core.web import house
from tests.server.core.web.conftest import make_small, signed_in

ALWAYS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/form", 200),
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("DELETE", "/form", 405),
        ("OPTIONS", "/form", 405),
        ("GET", "/mine", 303),
        ("POST", "/form", 403),
        ("GET", "/broken", 500),
        ("GET", "/%ff", 400),
        ("GET", "/form?q=%c3%28", 400),
        ("GET", "/form?q=a%00b", 400),
        ("GET", "/form%00", 400),
        ("GET", "/number/99999999999999999999", 404),
        ("GET", "/number/9223372036854775807", 200),
    ],
)
async def test_on_every_answer(small: Any, method: str, path: str, status: int) -> None:
    answer = await small.test_client().open(path, method=method)
    assert answer.status_code == status
    for name in ALWAYS:
        assert len(answer.headers.getlist(name)) == 1, name
    assert answer.headers["Content-Security-Policy"] == CSP
    assert "unsafe" not in CSP
    assert "Strict-Transport-Security" not in answer.headers
    assert "Server" not in answer.headers


async def test_over_a_limit(small: Any) -> None:
    client = small.test_client()
    for _ in range(2):
        assert (await client.get("/rare")).status_code == 200
    answer = await client.get("/rare")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Security-Policy"] == CSP
    assert "초 뒤에" in await answer.get_data(as_text=True)


async def test_what_the_application_cannot_answer(small: Any, monkeypatch: Any) -> None:
    async def fails(*_: Any) -> None:
        raise RuntimeError("deep")

    monkeypatch.setattr(small.gate, "_inner", fails)
    answer = await small.test_client().get("/form")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == CSP
    assert "deep" not in await answer.get_data(as_text=True)


async def test_behind_tls(small_settings: Any) -> None:
    safe = config.Settings(
        data=small_settings.data, keys=small_settings.keys, public_url="https://madang.example"
    )
    config.use(safe)
    client = make_small(safe, house.door).test_client()
    page = await client.get("/form")
    assert page.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-madang-visit=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


async def test_nothing_of_a_reader_stays_in_a_cache(small: Any) -> None:
    client = signed_in(small.test_client())
    assert (await client.get("/mine")).headers["Cache-Control"] == "private, no-store"
    anonymous = small.test_client()
    assert (await anonymous.get("/form")).headers["Cache-Control"] == "private, no-store"
    answer = await anonymous.get("/long")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert {"Cookie", "Accept-Language"} <= {v.strip() for v in answer.headers["Vary"].split(",")}


async def test_long_text_is_compressed_for_who_takes_it(small: Any) -> None:
    client = small.test_client()
    plain = await client.get("/long")
    small_one = await client.get("/long", headers={"Accept-Encoding": "gzip, br"})
    assert small_one.headers["Content-Encoding"] == "gzip"
    assert int(small_one.headers["Content-Length"]) < 200
    assert int(plain.headers["Content-Length"]) == 6000


async def test_sessions_come_and_go(small: Any) -> None:
    client = small.test_client()
    fields = hidden_fields(await (await client.get("/form")).get_data(as_text=True))
    answer = await client.post("/enter", form=fields)
    assert answer.status_code == 303
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("madang=kim;")
    assert "Max-Age=60" in cookie
    page = await client.get("/mine")
    assert "김하나" in await page.get_data(as_text=True)
    fields = hidden_fields(await (await client.get("/form")).get_data(as_text=True))
    left = await client.post("/leave", form=fields)
    assert left.headers["Clear-Site-Data"] == '"cache"'
    assert (await client.get("/mine")).status_code == 303


def test_the_policy_lets_in_the_maps_tiles_and_nothing_else() -> None:
    """Only pictures, only from the origin that the office has set (Y18)."""
    (name, plain), *rest = security_headers(tls=True)
    (same, mapped), *others = security_headers(tls=True, tiles="https://tiles.example.kr")
    assert name == same
    assert rest == others
    assert plain.decode() == CSP
    wider = "img-src 'self' https://tiles.example.kr;"
    assert mapped.decode() == CSP.replace("img-src 'self';", wider) != CSP


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("", ""),
        ("https://tiles.example.kr/{z}/{x}/{y}.png", "https://tiles.example.kr"),
        ("http://127.0.0.1:9000/{z}/{x}/{y}.png", "http://127.0.0.1:9000"),
        ("https://tiles.example.kr/{z}/{x}.png", None),
        ("http://tiles.example.kr/{z}/{x}/{y}.png", None),
        ("https://*.example.kr/{z}/{x}/{y}.png", None),
        ("https://a.kr; script-src *@b.kr/{z}/{x}/{y}", None),
        ("/{z}/{x}/{y}.png", None),
    ],
)
def test_which_tiles_may_be_set(address: str, origin: str | None, tmp_path: Path) -> None:
    given = {"data": tmp_path / "data", "keys": tmp_path / "keys", "tiles_url": address}
    if origin is None:
        with pytest.raises(config.ConfigError, match="MADANG_TILES_URL"):
            config.load(**given)
    else:
        assert config.load(**given).tiles_origin == origin
