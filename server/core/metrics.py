"""Numbers about the running office, for Prometheus; routes by template, nobody by name."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

__all__ = [
    "CACHED",
    "CONTENT_TYPE",
    "FAILURES",
    "IN_HAND",
    "OUTBOX",
    "REQUESTS",
    "SECONDS",
    "page",
]

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
IN_HAND: Final = Gauge("madang_requests_in_hand", "Requests being answered", registry=REGISTRY)
CACHED: Final = Counter(
    "madang_cached", "Answers of the micro-cache", ["outcome"], registry=REGISTRY
)
FAILURES: Final = Counter("madang_failures", "Answers 500", ["route"], registry=REGISTRY)
OUTBOX: Final = Gauge("madang_outbox_jobs", "Jobs of the outbox", ["state"], registry=REGISTRY)


def page() -> bytes:
    """All metrics of this process in Prometheus' text format."""
    return generate_latest(REGISTRY)
