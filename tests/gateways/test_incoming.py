"""Faxes that come in: who may hand one over, what it says, and its pages drawn anew (Y18)."""

import base64
import hashlib
import hmac
import importlib.util
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from gateways import incoming
from gateways.contract import Forged, Malformed
from gateways.encode import fax_file, received
from gateways.encode.attachment import BadPdf
from gateways.encode.picture import BadPicture

SECRET = "fax-line-secret"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
URL = "https://madang.example/callbacks/hylafax/fax"


def sheet(size: tuple[int, int] = (1728, 1143)) -> Image.Image:
    """A page of a fax machine at the standard, coarse fineness: black letters on white."""
    image = Image.new("1", size, 1)
    ImageDraw.Draw(image).rectangle((200, 100, 1500, 180), fill=0)
    return image


def tiff(pages: int = 1, size: tuple[int, int] = (1728, 1143), dpi: Any = (204, 98)) -> bytes:
    out = io.BytesIO()
    first, *rest = [sheet(size) for _ in range(pages)]
    first.save(out, "TIFF", compression="group4", dpi=dpi, save_all=bool(rest), append_images=rest)
    return out.getvalue()


def signed(body: bytes) -> dict[str, str]:
    return {incoming.SIGNATURE: hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}


def news(**changes: Any) -> bytes:
    said = {"comm": "000000012", "from": "02-2631-0455", "at": NOW.isoformat()}
    said["tiff"] = base64.b64encode(tiff()).decode()
    return json.dumps(said | changes).encode()


def read(body: bytes, headers: dict[str, str]) -> Any:
    return incoming.read(incoming.HYLAFAX, headers, body, URL, SECRET, NOW)


def test_hylafax_says_who_it_is() -> None:
    body = news()
    fax = read(body, signed(body))
    assert (fax.sender, fax.at, fax.data) == ("02-2631-0455", NOW, tiff())
    assert read(body, signed(body)).event_id == fax.event_id
    for headers in ({}, signed(body + b" ")):
        with pytest.raises(Forged):
            read(body, headers)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", news(tiff="!"), news(at="yesterday"), news(at="2026-11-23T10:00:00"), b'{"at":1}'],
)
def test_what_is_signed_but_unreadable(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body, signed(body))


def test_sinchs_address_proves_itself() -> None:
    url = incoming.address_of(incoming.SINCH, "https://madang.example/callbacks", SECRET)
    fax = {"id": "01HX", "from": "+8226310455", "completedTime": "2026-11-23T00:59:00Z"}
    file = base64.b64encode(b"%PDF-1.4 x").decode()
    body = json.dumps({"event": "INCOMING_FAX", "fax": fax, "file": file}).encode()
    taken = incoming.read(incoming.SINCH, {}, body, url, SECRET, NOW)
    assert taken is not None
    assert (taken.event_id, taken.data) == ("01HX", b"%PDF-1.4 x")
    other = json.dumps({"event": "FAX_COMPLETED", "fax": fax}).encode()
    assert incoming.read(incoming.SINCH, {}, other, url, SECRET, NOW) is None
    for wrong in (URL, url.replace("proof=", "proof=0"), url.replace("incoming", "m1")):
        with pytest.raises(Forged):
            incoming.prove(incoming.SINCH, wrong, SECRET)


def test_sinchs_form_is_read() -> None:
    url = incoming.address_of(incoming.SINCH, "https://madang.example/callbacks", SECRET)
    fax = json.dumps({"id": "01HX"}).encode()
    parts = {"event": b"INCOMING_FAX", "fax": fax, "file": b"%PDF-1.4 x"}
    body = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in parts.items()
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    taken = incoming.read(incoming.SINCH, headers, body + b"--b--\r\n", url, SECRET, NOW)
    assert taken is not None
    assert (taken.sender, taken.at, taken.data) == ("", NOW, b"%PDF-1.4 x")


def test_the_hook_says_what_we_read(tmp_path: Path) -> None:
    """The script that runs on the fax server, without a server."""
    path = Path(incoming.__file__).parent / "providers" / "hylafax_received.py"
    spec = importlib.util.spec_from_file_location("hook", path)
    assert spec is not None
    assert spec.loader is not None
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    file = tmp_path / "fax000000012.tif"
    file.write_bytes(tiff())
    body = hook.news_of(file, "000000012", "0226310455")
    assert read(body, signed(body)).data == tiff()
    assert hook.SIGNATURE == incoming.SIGNATURE


def test_a_coarse_page_comes_out_at_true_proportions() -> None:
    (page,) = received.read(tiff(), 5)
    assert 2280 <= page.rows <= 2284
    drawn = fax_file.decode(page)
    assert drawn.getpixel((800, 280)) == 0
    assert drawn.getpixel((800, 1000)) == 255


def test_pages_of_another_width_are_fitted() -> None:
    pages = received.read(tiff(2, (864, 1100), (102, 98)), 5)
    assert len(pages) == 2


@pytest.mark.parametrize("data", [tiff()[:-200], b"II*\0", b"II*\0" + b"\xff" * 400, b"GIF89a"])
def test_what_is_damaged_is_refused(data: bytes) -> None:
    with pytest.raises((BadPicture, BadPdf)):
        received.read(data, 5)


def test_what_never_ends_is_refused() -> None:
    with pytest.raises(BadPdf):
        received.read(tiff(3), 2)
