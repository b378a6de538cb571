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
from tests.gateways import papers

SECRET = "fax-line-secret"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PLAIN = "https://madang.example/callbacks/hylafax/fax"
URL = incoming.address_of(incoming.HYLAFAX, "https://madang.example/callbacks", SECRET)


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


def test_hylafaxs_address_proves_itself_too() -> None:
    """Or anybody could have us hold what a fax may be at most."""
    body = news()
    incoming.prove(URL, SECRET)
    with pytest.raises(Forged):
        incoming.read(incoming.HYLAFAX, signed(body), body, PLAIN, SECRET, NOW)


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
    for wrong in (PLAIN, url.replace("proof=", "proof=0"), url.replace("incoming", "m1")):
        with pytest.raises(Forged):
            incoming.prove(wrong, SECRET)


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


@pytest.fixture
def hook() -> Any:
    """The script that runs on the fax server, without a server."""
    path = Path(incoming.__file__).parent / "providers" / "hylafax_received.py"
    spec = importlib.util.spec_from_file_location("hook", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_hook_says_what_we_read(hook: Any, tmp_path: Path) -> None:
    file = tmp_path / "fax000000012.tif"
    file.write_bytes(tiff())
    body = hook.news_of(file, "000000012", "0226310455")
    assert read(body, signed(body)).data == tiff()
    assert hook.SIGNATURE == incoming.SIGNATURE


def test_one_fax_refused_for_good_holds_up_no_other(
    hook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is put aside; where nobody answers, or a setting is wrong, all wait."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "etc").mkdir()
    (tmp_path / "client").mkdir()
    (tmp_path / "etc/madang-received").write_text(f"{URL}\n{SECRET}\n", "utf-8")
    (tmp_path / "fax.tif").write_bytes(tiff())
    monkeypatch.setattr(hook.time, "sleep", lambda _: None)
    asked: list[str] = []
    answers = {"1": 403, "2": 200}

    def told(address: str, secret: str, body: bytes) -> int:
        assert (address, secret) == (URL, SECRET)
        asked.append(json.loads(body)["comm"])
        return answers[asked[-1]]

    monkeypatch.setattr(hook, "told", told)
    hook.main("fax.tif", "1", "")
    assert set(asked) == {"1"}
    assert len(list(hook.UNTOLD.glob("*.json"))) == 1
    asked.clear()
    answers["1"] = 413
    hook.main("fax.tif", "2", "")
    assert asked == ["1", "2"]
    assert not list(hook.UNTOLD.glob("*.json"))
    assert len(list((hook.UNTOLD / "refused").iterdir())) == 1
    assert "answered with 413" in capsys.readouterr().err


def test_a_coarse_page_comes_out_at_true_proportions() -> None:
    read = received.read(tiff(), 5)
    (page,) = read.pages
    assert not read.more
    assert 2280 <= page.rows <= 2284
    drawn = fax_file.decode(page)
    assert drawn.getpixel((800, 280)) == 0
    assert drawn.getpixel((800, 1000)) == 255


def test_pages_of_another_width_are_fitted() -> None:
    assert len(received.read(tiff(2, (864, 1100), (102, 98)), 5).pages) == 2


@pytest.mark.parametrize("data", [tiff()[:-200], b"II*\0", b"II*\0" + b"\xff" * 400, b"GIF89a"])
def test_what_is_damaged_is_refused(data: bytes) -> None:
    with pytest.raises((BadPicture, BadPdf)):
        received.read(data, 5)


@pytest.mark.parametrize("data", [tiff(3), papers.many_pages(3)])
def test_of_what_is_long_the_first_pages_are_drawn(data: bytes) -> None:
    read = received.read(data, 2)
    assert (len(read.pages), read.more) == (2, True)
    whole = received.read(data, 3)
    assert (len(whole.pages), whole.more) == (3, False)


def test_what_breaks_off_is_drawn_as_far_as_it_goes() -> None:
    read = received.read(tiff(3)[:-100], 5)
    assert 1 <= len(read.pages) < 3
    assert read.more


def test_a_sheet_longer_than_a_page_is_cut_into_several() -> None:
    long = tiff(size=(1728, 9000), dpi=(204, 196))
    read = received.read(long, 5)
    assert [page.rows for page in read.pages] == [2284, 2284, 2284, 9000 - 3 * 2284]
    assert not read.more
    assert fax_file.decode(read.pages[0]).getpixel((800, 140)) == 0
    cut = received.read(long, 2)
    assert (len(cut.pages), cut.more) == (2, True)


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1)])
def test_a_sheet_like_a_thread_is_bounded(size: tuple[int, int]) -> None:
    assert 1 <= len(received.read(tiff(size=size, dpi=(204, 196)), 2).pages) <= 2
