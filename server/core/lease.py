"""Whose lease it is, so that a killed worker's jobs need not wait until its leases run out.

A token names machine, boot, process namespace, process and start time: together they are never
used twice, so a process that is not there any more can be told for certain.
"""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
PARTS = 5


def token() -> str:
    """A new lease token of this process."""
    return f"{_place()}.{os.getpid()}.{_started(os.getpid()) or 0}.{secrets.token_urlsafe(9)}"


def holder_gone(lease_token: str) -> bool:
    """True only when the process that took the lease ran right here and has ended."""
    parts = lease_token.split(".")
    if len(parts) != PARTS or _place() == "unknown.0" or ".".join(parts[:2]) != _place():
        return False
    return str(_started(int(parts[2]))) != parts[3]


@cache
def _place() -> str:
    """Boot of the machine and process namespace, in which a process id has one meaning."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip().replace("-", "")
        return f"{boot[:16]}.{(_PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        return "unknown.0"


def _started(process: int) -> int | None:
    """Start time of a living process in clock ticks since boot; None when there is none."""
    try:
        stat = (_PROC / str(process) / "stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])
