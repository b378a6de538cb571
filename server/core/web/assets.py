"""The built files of the pwa: their addresses, which say what is in them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any, Final

__all__ = ["DIST", "PWA", "asset", "build"]

PWA: Final = Path(__file__).resolve().parents[3] / "pwa"
DIST: Final = PWA / "dist"
MANIFEST: Final = DIST / ".vite" / "manifest.json"
LOOKED_AT_SECONDS: Final = 1.0


class _Seen:
    build = 0
    at = float("-inf")


def build() -> int:
    """Which build stands there, looked at once a second; 0 before any."""
    moment = monotonic()
    if moment - _Seen.at >= LOOKED_AT_SECONDS:
        try:
            _Seen.build = MANIFEST.stat().st_mtime_ns
        except FileNotFoundError:
            _Seen.build = 0
        _Seen.at = moment
    return _Seen.build


def asset(name: str) -> str:
    """The address of a built file by its name (`app.css`).

    Raises LookupError for a name that the build does not know; before any build the name itself.
    """
    made = build()
    if not made:
        return f"/assets/{name}"
    names = _manifest(made)
    if name not in names:
        raise LookupError(f"pwa/dist has no {name}")
    return "/" + names[name]


@lru_cache(maxsize=1)
def _manifest(_build: int) -> dict[str, str]:
    made: dict[str, dict[str, Any]] = json.loads(MANIFEST.read_text())
    return {name: entry["file"] for name, entry in made.items()}
