"""Numbers about the running office, for Prometheus; routes by template, nobody by name.

Several web processes share their numbers through the files of one directory (`share`).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

__all__ = [
    "CACHED",
    "CONTENT_TYPE",
    "FAILURES",
    "IN_HAND",
    "OUTBOX",
    "REQUESTS",
    "SECONDS",
    "page",
    "share",
]

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client looks for this variable when its metrics are made."""

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4

REQUESTS: Final = Counter(
    "madang_requests", "Requests answered", ["method", "route", "status"], registry=REGISTRY
)
SECONDS: Final = Histogram(
    "madang_request_seconds",
    "From the request's head to the end of its answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
    registry=REGISTRY,
)
IN_HAND: Final = Gauge(
    "madang_requests_in_hand",
    "Requests being answered",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
CACHED: Final = Counter(
    "madang_cached", "Answers of the micro-cache", ["outcome"], registry=REGISTRY
)
FAILURES: Final = Counter("madang_failures", "Answers 500", ["route"], registry=REGISTRY)
OUTBOX: Final = Gauge(
    "madang_outbox_jobs",
    "Jobs of the outbox",
    ["state"],
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)


def share(directory: Path) -> None:
    """Have the processes started from now on keep their numbers in `directory`, emptied first."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True, mode=0o700)
    os.environ[SHARED] = str(directory)


def page() -> bytes:
    """All metrics of this office's web processes in Prometheus' text format."""
    directory = os.environ.get(SHARED)
    if directory is None:
        return generate_latest(REGISTRY)
    for file in Path(directory).glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, directory)  # type: ignore[no-untyped-call]
    everybody = CollectorRegistry()
    MultiProcessCollector(everybody, directory)  # type: ignore[no-untyped-call]
    return generate_latest(everybody)
