"""`madang` from a terminal: one command starts an office, and nothing of it is left behind."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from server import cli, config
from server.core import outbox
from server.core.keyring import KeyRingError
from server.core.migrate import MigrationError
from tests.office import Office

PRODUCTION = {"MADANG_MODE": "production", "MADANG_PUBLIC_URL": "https://madang.example.go.kr"}
PATIENCE_SECONDS = 180


# In this process, where no server is needed


@pytest.fixture
def madang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Runs a command of a new office and gives what it printed; its exceptions come through."""
    for name in list(os.environ):
        if name.startswith("MADANG_"):
            monkeypatch.delenv(name)
    for name, value in (PRODUCTION | {"MADANG_DATA": str(tmp_path / "data")}).items():
        monkeypatch.setenv(name, value)

    def run(*words: str, status: int = 0) -> str:
        result = CliRunner().invoke(cli.commands, words)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == status, result.output
        return result.output

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield run
    root.handlers[:] = handlers
    root.setLevel(level)
    outbox.wire({})
    config.use(None)


def test_sending_is_stopped_and_resumed(madang: Callable[..., str]) -> None:
    madang("migrate")
    assert "sending is not stopped" in madang("messages", "resume", status=1)
    assert "nothing is sent any more" in madang("messages", "stop", "통신사 사고")
    assert "이미 보내기를 멈추었습니다." in madang("messages", "stop", "또", status=1)
    assert "orders are sent again" in madang("messages", "resume")


@pytest.mark.parametrize(
    ("accepted", "period", "due"),
    [
        ("2026-11-23T10:00", "7d", "2026-12-01"),
        ("2026-11-23T16:30", "immediate", "2026-11-24T10:30"),
    ],
)
def test_due(madang: Callable[..., str], accepted: str, period: str, due: str) -> None:
    assert madang("due", "--accepted", accepted, "--period", period).splitlines()[0] == due


def test_a_period_that_is_none_is_refused(madang: Callable[..., str]) -> None:
    assert "no period" in madang(
        "due", "--accepted", "2026-11-23T10:00", "--period", "soon", status=2
    )


def test_migrate_keys_audit_ledger_admin(
    madang: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "applied 0001_initial" in madang("migrate")
    assert madang("migrate") == ""
    assert "key 1 (active)" in madang("keys", "list")
    assert madang("keys", "rotate") == "key 2 is active\n"
    assert madang("audit", "verify").endswith("the audit is sound\n")
    assert "The ledger stands." in madang("ledger", "check")
    assert "password, until the first log-in: " in madang("admin", "create", "kim.admin")
    monkeypatch.setenv("MADANG_KEYS", str(tmp_path / "other keys"))
    with pytest.raises(KeyRingError, match="does not hold the keys"):
        madang("audit", "verify")


def test_the_address_as_a_picture(madang: Callable[..., str]) -> None:
    assert "https://madang.example.go.kr" in madang("qr")


def test_an_empty_database_is_not_served(madang: Callable[..., str]) -> None:
    for command in ("serve", "worker"):
        with pytest.raises(MigrationError, match="madang migrate"):
            madang(command)


# As processes


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office in production, which has no demo to fill: it starts quickly."""
    variables = Office.variables

    def without_demo(office: Office) -> dict[str, str]:
        found = variables(office)
        found.pop("MADANG_DEMO_PASSWORD", None)
        return found

    monkeypatch.setattr(Office, "variables", without_demo)
    office = Office(
        tmp_path,
        f"sqlite://{tmp_path}/data/madang.sqlite3",
        tmp_path / "keys",
        environment=dict(PRODUCTION),
    )
    yield office
    office.close()


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all of them end."""
    return not psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)[1]


def children(office: Office, name: str, count: int) -> list[psutil.Process]:
    """The child processes of one of the office's, once there are so many."""
    parent = psutil.Process(office.processes[name].pid)
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = [child for child in parent.children() if child.status() != psutil.STATUS_ZOMBIE]
        if len(found) == count:
            return found
        assert time.monotonic() < end, office.words(name)
        time.sleep(0.05)


def test_a_bad_setting_is_one_line_that_names_it(place: Office) -> None:
    place.environment["MADANG_PORT"] = "many"
    process = place.start("up", "up")
    assert process.wait(PATIENCE_SECONDS) == 2
    (line,) = (place.folder / "up.log").read_text().splitlines()
    assert line.startswith("madang: MADANG_PORT: ")


def test_up_restarts_who_dies_and_ends_together(place: Office) -> None:
    place.start("up", "up")
    place.wait_ready(PATIENCE_SECONDS)
    both = children(place, "up", 2)
    worker = next(child for child in both if "worker" in child.cmdline())
    web = next(child for child in both if "serve" in child.cmdline())
    worker.send_signal(signal.SIGKILL)
    assert gone([worker])
    again = children(place, "up", 2)
    assert worker.pid not in {child.pid for child in again}
    assert web.pid in {child.pid for child in again}
    place.stop()
    assert gone(again)


@pytest.mark.prove
def test_a_killed_parent_leaves_no_child_and_no_port(place: Office) -> None:
    place.environment["MADANG_WORKERS"] = "2"
    place.run("migrate")
    place.start("web", "serve")
    place.wait_ready(PATIENCE_SECONDS)
    first = children(place, "web", 2)
    first[0].send_signal(signal.SIGKILL)
    assert gone(first[:1])
    both = children(place, "web", 2)
    place.wait_ready(PATIENCE_SECONDS)
    os.kill(place.processes["web"].pid, signal.SIGKILL)
    place.processes.pop("web").wait()
    assert gone(both)
    place.start("web", "serve")
    place.wait_ready(PATIENCE_SECONDS)
    place.stop()
