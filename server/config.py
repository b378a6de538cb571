"""Every setting in one place, typed and checked before anything starts (MADANG_*).

A bad value stops the start with the name of its variable; nothing secret is a setting.
"""

from __future__ import annotations

import ipaddress
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "MADANG_"
PROFILES = ("yeongdeungpo", "osan")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

Names = Annotated[tuple[str, ...], NoDecode]


class ConfigError(Exception):
    """A setting cannot be used; `variable` is the environment variable to mend."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable
        self.reason = reason


class Settings(BaseSettings):
    """The process's settings, read once from the environment and never changed."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True
    )

    mode: Literal["demo", "production"] = "demo"
    data: Path = Path("data")
    keys: Path = Path()  # a sibling of `data` unless set: see `complete`
    database_url: str = ""
    database_connections: int = Field(default=10, ge=2, le=200)
    storage_url: str = ""
    public_url: str = ""
    trusted_proxies: Names = ()
    profile: str = "yeongdeungpo"
    second_factor: Literal["required", "offered"] | None = None
    demo_password: str | None = Field(default=None, min_length=8)
    clock_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    workers: int = Field(default=1, ge=1, le=64)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    limits_url: str | None = None
    sms_providers: Names = ()
    fax_providers: Names = ()
    push_hosts: Names = ()  # origins of push services besides the known ones; loopback for tests
    tiles_url: str = ""  # of a map's tiles, with {z}, {x} and {y}; none: no map is offered
    tiles_attribution: str = ""  # whose map it is, as its licence wants it said
    stop_seconds: float = Field(default=20, gt=0, le=300)
    argon2_time_cost: int = Field(default=3, ge=1, le=20)
    # Two hashes at once in a process: 64 MiB of its memory when many log in.
    argon2_memory_kib: int = Field(default=32_768, ge=1_024, le=4_194_304)
    session_idle: timedelta = timedelta(days=30)
    session_absolute: timedelta = timedelta(days=90)
    official_idle: timedelta = timedelta(minutes=30)
    official_absolute: timedelta = timedelta(hours=12)

    @field_validator(
        "trusted_proxies", "sms_providers", "fax_providers", "push_hosts", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ipaddress.ip_network(network, strict=False)
        return value

    @field_validator("tls_certificate", "tls_key")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(f"there is no file {value}")
        return value

    @field_validator("push_hosts")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
                raise ValueError("must be origins such as https://push.example.org")
            if parts.scheme == "http" and parts.hostname not in LOOPBACK:
                raise ValueError("http is for push services on this machine only")
        return value

    @field_validator("tiles_url")
    @classmethod
    def _tiles(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if not all(name in value for name in ("{z}", "{x}", "{y}")):
            raise ValueError("must hold {z}, {x} and {y}")
        local = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not parts.hostname or (parts.scheme != "https" and not local):
            raise ValueError("must be an https:// address")
        if not re.fullmatch(r"[a-z0-9.-]+(:[0-9]+)?", parts.netloc):
            raise ValueError("must name one host, in small letters")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        scheme = urlsplit(value).scheme
        if value and scheme not in {"sqlite", "postgres", "postgresql", "asyncpg"}:
            raise ValueError("must begin with sqlite:// or postgresql://")
        return value

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be an address such as https://madang.example.go.kr")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must have no path, query or fragment")
        return value.rstrip("/")

    @field_validator("profile")
    @classmethod
    def _profile(cls, value: str) -> str:
        if value not in PROFILES and not Path(value).is_file():
            raise ValueError(f"must be one of {', '.join(PROFILES)} or the path of a TOML file")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Fill what follows from other settings; refuse what production must not have."""
        data = self.data.absolute()
        derived: dict[str, Any] = {
            "data": data,
            "keys": (
                data.with_name(data.name + ".keys") if self.keys == Path() else self.keys
            ).absolute(),
            "database_url": self.database_url or f"sqlite://{quote(str(data / 'madang.sqlite3'))}",
            "storage_url": self.storage_url or (data / "storage").as_uri(),
            "public_url": self.public_url
            or f"http{'s' if self.tls_certificate else ''}://127.0.0.1:{self.port}",
        }
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ConfigError(PREFIX + "TLS_KEY", "certificate and key belong together")
        if self.mode == "production":
            self._refuse_in_production()
        keys = derived["keys"]
        if keys == data or data in keys.parents:
            raise ConfigError(PREFIX + "KEYS", "the keys must lie outside the data directory")
        for name, value in derived.items():
            object.__setattr__(self, name, value)
        return self

    def _refuse_in_production(self) -> None:
        if not self.public_url.startswith("https://"):
            raise ConfigError(PREFIX + "PUBLIC_URL", "production needs an https:// address")
        if self.clock_file is not None:
            raise ConfigError(PREFIX + "CLOCK_FILE", "the test clock is refused in production")
        if self.limits_url == "off":
            raise ConfigError(PREFIX + "LIMITS_URL", "production never goes without limits")
        if self.demo_password is not None:
            raise ConfigError(PREFIX + "DEMO_PASSWORD", "production has no demo logins")
        if self.second_factor == "offered":
            raise ConfigError(PREFIX + "SECOND_FACTOR", "officials must have one in production")
        if any(urlsplit(origin).hostname in LOOPBACK for origin in self.push_hosts):
            raise ConfigError(PREFIX + "PUSH_HOSTS", "production pushes to no loopback address")

    @property
    def second_factor_required(self) -> bool:
        """Whether officials need a second factor (Y24): in production always, in a demo by wish."""
        return self.mode == "production" or self.second_factor == "required"

    @property
    def tiles_origin(self) -> str:
        """Where the map's tiles come from, as the content security policy names it."""
        parts = urlsplit(self.tiles_url)
        return f"{parts.scheme}://{parts.netloc}" if self.tiles_url else ""

    @property
    def tiles(self) -> dict[str, str]:
        """The map's tiles for the templates; empty where none are set."""
        if not self.tiles_url:
            return {}
        return {"url": self.tiles_url, "attribution": self.tiles_attribution}

    @property
    def secure(self) -> bool:
        """True where residents reach us over TLS: cookies are `__Host-` and Secure."""
        return self.public_url.startswith("https://")


def load(**overrides: Any) -> Settings:
    """The settings of the environment, `overrides` (by field name) before them.

    Raises ConfigError naming the first bad variable, or an unknown MADANG_* one.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for variable in sorted(os.environ):
        if variable.startswith(PREFIX) and variable not in known:
            raise ConfigError(variable, "there is no such setting")
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        raise ConfigError(PREFIX + name.upper(), first["msg"]) from None


class _Process:
    settings: Settings | None = None


def use(settings: Settings | None) -> None:
    """Make these the process's settings (None forgets them, for tests)."""
    _Process.settings = settings


def clock_file() -> Path | None:
    """The test clock's file, if the process has settings and they name one."""
    return _Process.settings.clock_file if _Process.settings is not None else None


def settings() -> Settings:
    """The process's settings. Raises RuntimeError before `use`."""
    if _Process.settings is None:
        raise RuntimeError("no settings yet: call config.use(config.load()) at start")
    return _Process.settings
