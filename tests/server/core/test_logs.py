"""Logs are JSON lines and say nothing about anybody."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from server import config
from server.core import logs


@pytest.fixture
def writing(tmp_path: Path, keys: Path) -> Iterator[io.StringIO]:
    """Where the lines go while a test runs."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    written = io.StringIO()
    logs.start(config.Settings(data=tmp_path / "data", keys=keys), written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_one_object_a_line(writing: io.StringIO) -> None:
    structlog.get_logger("madang.web").info("answered", route="/complaints/<receipt>", status=200)
    logging.getLogger("madang.db").warning("slow %s", "query")
    ours, theirs = lines(writing)
    assert ours["event"] == "answered"
    assert ours["route"] == "/complaints/<receipt>"
    assert ours["level"] == "info"
    assert theirs["event"] == "slow query"


def test_what_an_exception_says_is_not_written(writing: io.StringIO) -> None:
    def deep() -> None:
        try:
            int("010-1234-5678")
        except ValueError as error:
            raise LookupError("김하나") from error

    for log in (structlog.get_logger("a"), logging.getLogger("b")):
        try:
            deep()
        except LookupError:
            log.exception("failure")
    written = lines(writing)
    assert len(written) == 2
    for line in written:
        assert line["error"] == "LookupError < ValueError"
        assert line["where"][-1].endswith(" deep")
        assert line["where"][-1].startswith("tests/server/core/test_logs.py:")
        assert "1234" not in json.dumps(line)
        assert "김하나" not in json.dumps(line, ensure_ascii=False)
