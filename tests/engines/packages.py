"""The real engines that the tests in this folder start, and the packages that bring them.

Run as a module it installs what is missing (root, apt), or else ends naming the packages.
"""

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
PROGRAMS = {
    "bearerbox": "kannel",
    "smsbox": "kannel",
    "/usr/lib/kannel/test/fakesmsc": "kannel-extras",
    "hfaxd": "hylafax-server",
    "faxq": "hylafax-server",
    "faxgetty": "hylafax-server",
    "tiffcheck": "hylafax-server",
    "iaxmodem": "iaxmodem",
    "/usr/bin/python3": "python3",
}
LIBRARIES = {"spandsp": "libspandsp2"}


def program(name: str) -> str:
    """Path of a program of an engine; fails naming the package where it is not there."""
    path = shutil.which(name, path=PATH)
    if path is None:
        raise RuntimeError(f"{name} is missing: install the package {PROGRAMS[name]}")
    return path


def library(name: str) -> str:
    """The shared library of an engine, as ctypes opens it; fails naming the package."""
    found = find_library(name)
    if found is None:
        raise RuntimeError(f"lib{name} is missing: install the package {LIBRARIES[name]}")
    return found


def missing() -> list[str]:
    """The packages that are not installed yet."""
    packages = {
        *(package for name, package in PROGRAMS.items() if not shutil.which(name, path=PATH)),
        *(package for name, package in LIBRARIES.items() if not find_library(name)),
    }
    return sorted(packages)


def _apt(*words: str) -> None:
    print("$ apt-get", *words, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", *words], env=environment, check=False, stdin=subprocess.DEVNULL)


def ensure() -> None:
    """Install what is missing. Exits with a sentence where that cannot be."""
    if missing() and os.geteuid() == 0 and shutil.which("apt-get"):
        _apt("update", "-qq")
        _apt("install", "-y", "-qq", "--no-install-recommends", *missing())
    if packages := missing():
        sys.exit(f"The proofs on real engines need packages: install {' '.join(packages)}")
    if os.geteuid() != 0:
        sys.exit("The proofs on real engines need root: HylaFAX refuses any other user.")


if __name__ == "__main__":
    ensure()
    print("Engines:", ", ".join(sorted(Path(program(name)).name for name in PROGRAMS)))
