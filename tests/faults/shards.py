"""Which part of a long proof this commit makes: each commit another part, `make prove-all` all."""

import os
import subprocess
from functools import cache
from pathlib import Path


@cache
def in_full() -> bool:
    """Whether this run is `make prove-all`."""
    return bool(os.environ.get("PROVE_ALL"))


@cache
def commit() -> int:
    """The commit as a number: parts are chosen by it."""
    asked = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    head = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return int(head[:12], 16)


def shard(count: int) -> range:
    """The shards of `count` that this run proves: one, or all of them."""
    chosen = commit() % count
    return range(count) if in_full() else range(chosen, chosen + 1)
