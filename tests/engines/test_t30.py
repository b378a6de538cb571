"""Every kind of page through a T.30 call in memory: 0 pixels different, with and without ECM."""

import subprocess
import time
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageSequence

from gateways.encode import fax_file
from tests.engines import packages, t30
from tests.engines.pages import every_kind

pytestmark = pytest.mark.prove

KINDS = every_kind()


def pages_of(tiff: Path) -> list[Image.Image]:
    with Image.open(tiff) as image:
        return [frame.convert("1") for frame in ImageSequence.Iterator(image)]


def different(one: Image.Image, other: Image.Image) -> int:
    """How many pixels differ; all of them where the sizes do."""
    if one.size != other.size:
        return one.width * one.height
    histogram = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()
    return one.width * one.height - histogram[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_arrives_pixel_for_pixel(kind: str, tmp_path: Path) -> None:
    sent, received = tmp_path / "sent.tif", tmp_path / "received.tif"
    sent.write_bytes(fax_file.to_tiff([KINDS[kind]]))
    began = time.monotonic()
    called = t30.call(sent, received)
    took = time.monotonic() - began
    assert (called.sender, called.receiver) == (0, 0)
    (page,) = pages_of(received)
    assert different(fax_file.decode(KINDS[kind]), page) == 0
    print(f"T.30 {kind}: {called.seconds:.0f} s of a call in {took:.2f} s, 0 pixels different")


def test_all_kinds_in_one_call(tmp_path: Path) -> None:
    sent, received = tmp_path / "sent.tif", tmp_path / "received.tif"
    kinds = [kind for kind in KINDS if kind not in {"photo", "stripes"}]
    sent.write_bytes(fax_file.to_tiff([KINDS[kind] for kind in kinds]))
    called = t30.call(sent, received)
    assert (called.sender, called.receiver) == (0, 0)
    arrived = pages_of(received)
    assert [
        different(fax_file.decode(KINDS[kind]), page)
        for kind, page in zip(kinds, arrived, strict=True)
    ] == [0] * len(kinds)


@pytest.mark.parametrize("kind", ["letter", "dense", "short"])
def test_an_old_machine_without_error_correction(kind: str, tmp_path: Path) -> None:
    """Such a machine takes no Group 4: the sender codes the page anew, and nothing is lost."""
    sent, received = tmp_path / "sent.tif", tmp_path / "received.tif"
    sent.write_bytes(fax_file.to_tiff([KINDS[kind]]))
    called = t30.call(sent, received, error_correction=False)
    assert (called.sender, called.receiver) == (0, 0)
    (page,) = pages_of(received)
    assert different(fax_file.decode(KINDS[kind]), page) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_hylafax_takes_the_file_as_it_is(kind: str, tmp_path: Path) -> None:
    """`tiffcheck` says OK: nothing is converted, so nothing is changed."""
    sent = tmp_path / "sent.tif"
    sent.write_bytes(fax_file.to_tiff([KINDS[kind], KINDS["letter"]]))
    words = [packages.program("tiffcheck"), "-3", "-r", "196", "-w", "1728", "-l", "297", str(sent)]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    assert said.splitlines()[0] == "OK", said
