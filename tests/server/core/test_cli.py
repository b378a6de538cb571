"""`madang` from a terminal: one command starts an office, and nothing of it is left behind."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.office import Office

PRODUCTION = {"MADANG_MODE": "production", "MADANG_PUBLIC_URL": "https://madang.example.go.kr"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Office]:
    """An office in production, which has no demo to fill: it starts quickly."""
    office = Office(tmp_path, f"sqlite://{tmp_path}/data/madang.sqlite3", dict(PRODUCTION))
    yield office
    office.close()


def refused(office: Office, *words: str) -> str:
    """Runs a command that must fail with one line and status 2; the line."""
    process = office.start("refused", *words)
    assert process.wait(60) == 2, office.words("refused")
    del office.processes["refused"]
    (line,) = (office.folder / "refused.log").read_text().splitlines()
    (office.folder / "refused.log").unlink()
    return line


@pytest.fixture(autouse=True)
def _demo_password_only_in_demos(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = Office.variables

    def without(office: Office) -> dict[str, str]:
        found = variables(office)
        if found["MADANG_MODE"] == "production":
            found.pop("MADANG_DEMO_PASSWORD", None)
        return found

    monkeypatch.setattr(Office, "variables", without)


def gone(processes: list[psutil.Process], seconds: float = 30) -> list[psutil.Process]:
    """Those that are still there after a while."""
    return list(psutil.wait_procs(processes, timeout=seconds)[1])


def children(office: Office, name: str, count: int) -> list[psutil.Process]:
    """The child processes of one of the office's, once there are so many."""
    parent = psutil.Process(office.processes[name].pid)
    end = time.monotonic() + 60
    while True:
        found = [child for child in parent.children() if child.status() != psutil.STATUS_ZOMBIE]
        if len(found) == count:
            return found
        assert time.monotonic() < end, office.words(name)
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("accepted", "period", "due"),
    [
        ("2026-11-23T10:00", "7d", "2026-12-01"),
        ("2026-11-23T16:30", "immediate", "2026-11-24T10:30"),
    ],
)
def test_due(place: Office, accepted: str, period: str, due: str) -> None:
    printed = place.run("due", "--accepted", accepted, "--period", period)
    assert printed.splitlines()[0] == due


def test_what_cannot_be_is_one_line(place: Office) -> None:
    assert "madang migrate" in refused(place, "serve")
    assert "madang migrate" in refused(place, "worker")
    place.environment["MADANG_PORT"] = "many"
    assert refused(place, "up").startswith("madang: MADANG_PORT: ")


def test_migrate_keys_audit_ledger_admin(place: Office) -> None:
    place.run("migrate")
    assert "key 1 (active)" in place.run("keys", "list")
    assert place.run("keys", "rotate") == "key 2 is active\n"
    assert place.run("audit", "verify").endswith("the audit is sound\n")
    assert "The ledger stands." in place.run("ledger", "check")
    printed = place.run("admin", "create", "kim.admin")
    assert "password, until the first log-in: " in printed
    place.environment["MADANG_KEYS"] = str(place.folder / "other keys")
    assert "does not hold the keys" in refused(place, "audit", "verify")


def test_up_restarts_who_dies_and_ends_together(place: Office) -> None:
    place.start("up", "up")
    place.wait_ready()
    both = children(place, "up", 2)
    worker = next(child for child in both if "worker" in child.cmdline())
    web = next(child for child in both if "serve" in child.cmdline())
    worker.send_signal(signal.SIGKILL)
    assert not gone([worker])
    again = children(place, "up", 2)
    assert worker.pid not in {child.pid for child in again}
    assert web.pid in {child.pid for child in again}
    place.stop()
    assert not gone(again)


def test_up_killed_leaves_no_child(place: Office) -> None:
    place.start("up", "up")
    place.wait_ready()
    both = children(place, "up", 2)
    os.kill(place.processes["up"].pid, signal.SIGKILL)
    place.processes.pop("up").wait()
    assert not gone(both)


def test_several_web_processes_share_a_port_and_end_together(place: Office) -> None:
    place.environment["MADANG_WORKERS"] = "2"
    place.run("migrate")
    place.start("web", "serve")
    place.wait_ready()
    both = children(place, "web", 2)
    both[0].send_signal(signal.SIGKILL)
    assert not gone([both[0]])
    again = children(place, "web", 2)
    place.wait_ready()
    os.kill(place.processes["web"].pid, signal.SIGKILL)
    place.processes.pop("web").wait()
    assert not gone(again)
    with contextlib.suppress(psutil.NoSuchProcess):
        assert not gone(both)
