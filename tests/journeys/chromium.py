"""Finds the Chromium that the journeys drive: the machine's own, apt's for root, or Playwright's.

Run as a module it makes sure that there is one, and otherwise ends naming the missing package.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _downloaded() -> str | None:
    """The browser that Playwright has downloaded, if it has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


def find() -> str | None:
    """Path of a Chromium on this machine, or None. CHROMIUM names one expressly."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _downloaded()


def _try(*command: str) -> bool:
    print("$", *command, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, check=False).returncode == 0


def ensure() -> str:
    """Path of a Chromium, installed if need be. Exits with a sentence if none can be had."""
    if path := find():
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _try("apt-get", "update", "-qq")
        if _try("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"):
            path = find()
            if path:
                return path
    if _try(sys.executable, "-m", "playwright", "install", "chromium") and (path := find()):
        return path
    sys.exit("The journeys need a browser: install the package chromium, or set CHROMIUM.")


if __name__ == "__main__":
    print("Chromium:", ensure())
