"""Time is injected, kept in UTC and reckoned in Seoul."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from server import config
from server.core import clock


def test_now_is_aware_and_moves() -> None:
    first = clock.now()
    assert first.tzinfo is UTC
    assert clock.now() >= first
    assert abs(first - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_day_is_seouls() -> None:
    with clock.use(datetime.fromisoformat("2026-11-23T00:30+09:00")):
        assert clock.now() == datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
        assert clock.today() == date(2026, 11, 23)
        assert clock.seoul(clock.now()).hour == 0


def test_a_clock_can_be_a_function_and_is_put_back() -> None:
    moments = iter([datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)])
    with clock.use(lambda: next(moments)):
        assert clock.now().day == 1
        assert clock.now().day == 2
    assert clock.now().year >= 2026


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        clock.seoul(datetime(2026, 11, 23))  # noqa: DTZ001 - the naive time is what is tested


def test_the_clock_file_ticks_on_from_when_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text("2026-11-23T10:00")
    os.utime(file, (time.time() - 90, time.time() - 90))
    config.use(config.Settings(data=tmp_path / "data", clock_file=file))
    try:
        moment = clock.seoul(clock.now())
        assert moment.date() == date(2026, 11, 23)
        assert (moment.hour, moment.minute) == (10, 1)
        file.write_text("not a time")
        with pytest.raises(config.ConfigError, match="MADANG_CLOCK_FILE"):
            clock.now()
    finally:
        config.use(None)
