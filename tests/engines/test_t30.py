"""Every kind of page through a T.30 call in memory: 0 pixels different, with and without ECM."""

import subprocess
import time
from pathlib import Path

import pytest

from gateways.encode import fax_file
from tests.engines import packages, t30
from tests.engines.pages import KINDS, different, page, read

pytestmark = pytest.mark.prove


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_arrives_pixel_for_pixel(kind: str, tmp_path: Path) -> None:
    sent, received = tmp_path / "sent.tif", tmp_path / "received.tif"
    sent.write_bytes(fax_file.to_tiff([page(kind)]))
    began = time.monotonic()
    called = t30.call(sent, received)
    took = time.monotonic() - began
    assert (called.sender, called.receiver) == (0, 0)
    (arrived,) = read(received)
    assert different(fax_file.decode(page(kind)), arrived) == 0
    print(f"T.30 {kind}: {called.seconds:.0f} s of a call in {took:.2f} s, 0 pixels different")


def test_all_kinds_in_one_call(tmp_path: Path) -> None:
    sent, received = tmp_path / "sent.tif", tmp_path / "received.tif"
    kinds = [kind for kind in KINDS if kind not in {"photo", "stripes"}]
    sent.write_bytes(fax_file.to_tiff([page(kind) for kind in kinds]))
    called = t30.call(sent, received)
    assert (called.sender, called.receiver) == (0, 0)
    arrived = read(received)
    assert [
        different(fax_file.decode(page(kind)), image)
        for kind, image in zip(kinds, arrived, strict=True)
    ] == [0] * len(kinds)


@pytest.mark.parametrize("kind", ["letter", "dense", "short"])
def test_an_old_machine_without_error_correction(kind: str, tmp_path: Path) -> None:
    """Such a machine takes no Group 4: the sender codes the page anew, and nothing is lost."""
    sent, received = tmp_path / "sent.tif", tmp_path / "received.tif"
    sent.write_bytes(fax_file.to_tiff([page(kind)]))
    called = t30.call(sent, received, error_correction=False)
    assert (called.sender, called.receiver) == (0, 0)
    (arrived,) = read(received)
    assert different(fax_file.decode(page(kind)), arrived) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_hylafax_takes_the_file_as_it_is(kind: str, tmp_path: Path) -> None:
    """`tiffcheck` says OK: nothing is converted, so nothing is changed."""
    sent = tmp_path / "sent.tif"
    sent.write_bytes(fax_file.to_tiff([page(kind), page("letter")]))
    words = [packages.program("tiffcheck"), "-3", "-r", "196", "-w", "1728", "-l", "297", str(sent)]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    assert said.splitlines()[0] == "OK", said
