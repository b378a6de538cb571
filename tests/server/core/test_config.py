"""A bad setting stops the start and is named."""

from datetime import timedelta
from pathlib import Path

import pytest

from server import config


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(__import__("os").environ):
        if name.startswith("MADANG_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_nothing_need_be_set(tmp_path: Path) -> None:
    settings = config.load()
    assert settings.mode == "demo"
    assert settings.data == tmp_path / "data"
    assert settings.keys == tmp_path / "data.keys"
    assert settings.database_url == f"sqlite://{tmp_path}/data/madang.sqlite3"
    assert settings.storage_url == f"file://{tmp_path}/data/storage"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert not settings.secure


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MADANG_MODE", "test"),
        ("MADANG_PORT", "99999"),
        ("MADANG_PORT", "eighty"),
        ("MADANG_WORKERS", "0"),
        ("MADANG_DATABASE_URL", "mysql://localhost/madang"),
        ("MADANG_PUBLIC_URL", "madang.example.go.kr"),
        ("MADANG_PUBLIC_URL", "https://madang.example.go.kr/office"),
        ("MADANG_TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
        ("MADANG_PROFILE", "atlantis"),
        ("MADANG_LOG_LEVEL", "loud"),
        ("MADANG_DEMO_PASSWORD", "short"),
        ("MADANG_TLS_CERTIFICATE", "/nowhere/office.pem"),
        ("MADANG_PUBLIC_ULR", "https://madang.example.go.kr"),
    ],
)
def test_a_bad_value_is_refused_by_name(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(config.ConfigError) as refusal:
        config.load()
    assert refusal.value.variable == variable
    assert str(refusal.value).startswith(f"{variable}: ")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MADANG_PUBLIC_URL", "http://madang.example.go.kr"),
        ("MADANG_CLOCK_FILE", "/tmp/clock"),
        ("MADANG_DEMO_PASSWORD", "long enough for a demo"),
        ("MADANG_LIMITS_URL", "off"),
    ],
)
def test_production_refuses_what_only_a_demo_may(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MADANG_MODE", "production")
    monkeypatch.setenv("MADANG_PUBLIC_URL", "https://madang.example.go.kr")
    assert config.load().secure
    monkeypatch.setenv(variable, value)
    with pytest.raises(config.ConfigError) as refusal:
        config.load()
    assert refusal.value.variable == variable


def test_keys_inside_the_data_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADANG_KEYS", "data/keys")
    with pytest.raises(config.ConfigError) as refusal:
        config.load()
    assert refusal.value.variable == "MADANG_KEYS"


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADANG_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7")
    monkeypatch.setenv("MADANG_SMS_PROVIDERS", "first,second")
    settings = config.load()
    assert settings.trusted_proxies == ("10.0.0.0/8", "192.0.2.7")
    assert settings.sms_providers == ("first", "second")


def test_settings_do_not_change() -> None:
    settings = config.load(session_idle=timedelta(days=1))
    assert settings.session_idle == timedelta(days=1)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_settings_are_asked_for_after_they_were_loaded() -> None:
    config.use(None)
    with pytest.raises(RuntimeError):
        config.settings()
    loaded = config.load()
    config.use(loaded)
    assert config.settings() is loaded
    config.use(None)
