"""A sample district by itself, for what is measured or pictured outside the tests."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import databases_folder
from tests.office import Office

ROOT = Path(__file__).parents[2]
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""


@contextmanager
def district(*, our_fonts: bool = False, day: str = "", **variables: str) -> Iterator[Office]:
    """A filled district that is open, in a folder that goes with it. With `day` (an ISO instant)
    its clock starts then.

    With `our_fonts` browsers that are started meanwhile draw residents' words in the font that the
    project ships, so that pictures are the same on a machine without Korean fonts.
    """
    with tempfile.TemporaryDirectory(dir=databases_folder()) as name:
        folder = Path(name)
        if our_fonts:
            fonts = folder / "fonts.conf"
            fonts.write_text(FONTS.format(fonts=ROOT / "pwa" / "fonts", cache=folder / "cache"))
            os.environ["FONTCONFIG_FILE"] = str(fonts)
        if day:
            (folder / "clock").write_text(day)
            variables["MADANG_CLOCK_FILE"] = str(folder / "clock")
        database = folder / "data" / "madang.sqlite3"
        office = Office(folder, f"sqlite://{database}", folder / "keys", variables)
        office.data.mkdir()
        office.run("migrate")
        office.run("demo", timeout_seconds=400)
        office.open()
        try:
            yield office
        finally:
            office.close()
            if our_fonts:
                del os.environ["FONTCONFIG_FILE"]
