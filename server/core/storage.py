"""Photos and papers as sealed objects: a local directory, or S3 by one setting (s3://bucket/path;
who we are there, and at which endpoint, the AWS_* variables say as everywhere).

Every object is sealed with the key ring under its own key, so that neither can be swapped for
another; object keys carry no personal data.
"""

from __future__ import annotations

import asyncio
import os
import re
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

from server import config
from server.core import crypto, db

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

__all__ = ["Missing", "Unavailable", "delete", "exists", "get", "put", "ready"]

KEY: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*(/[a-z0-9][a-z0-9_.-]*)*")
PATIENCE: Final[ClientConfig] = {
    "timeout": "30s",
    "connect_timeout": "5s",
    "allow_http": True,  # where the endpoint says http: what travels is sealed
}
RETRIES: Final[RetryConfig] = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {
        "base": 2,
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=2),
    },
}
PROBE: Final = "probe/ready"


class Missing(Exception):  # noqa: N818 - an answer, not a fault
    """No object under this key."""


class Unavailable(Exception):  # noqa: N818 - a state of the storage
    """The storage does not answer."""


async def put(key: str, data: bytes) -> None:
    """Store `data` sealed under `key`; whole or not at all, on disk when this returns.

    Raises Unavailable. Never called inside a transaction.
    """
    db.assert_no_transaction()
    path = _checked(key)
    store = _store(config.settings().storage_url)
    sealed = await asyncio.to_thread(crypto.seal, data, f"storage:{key}")
    try:
        await obstore.put_async(store, path, sealed)
    except BaseError as error:
        raise Unavailable(type(error).__name__) from error
    if isinstance(store, LocalStore):
        await asyncio.to_thread(_synced, _directory(config.settings().storage_url), path)


async def get(key: str) -> bytes:
    """The object's bytes. Raises Missing, Unavailable, and crypto's error if it was altered."""
    db.assert_no_transaction()
    store = _store(config.settings().storage_url)
    try:
        answer = await obstore.get_async(store, _checked(key))
        sealed = bytes(await answer.bytes_async())
    except (NotFoundError, FileNotFoundError):
        raise Missing(key) from None
    except BaseError as error:
        raise Unavailable(type(error).__name__) from error
    return await asyncio.to_thread(crypto.unseal, sealed, f"storage:{key}")


async def delete(key: str) -> None:
    """Remove the object; nothing happens where there is none. Raises Unavailable."""
    db.assert_no_transaction()
    try:
        await obstore.delete_async(_store(config.settings().storage_url), _checked(key))
    except (NotFoundError, FileNotFoundError):
        return
    except BaseError as error:
        raise Unavailable(type(error).__name__) from error


async def exists(key: str) -> bool:
    """Whether there is an object under `key`. Raises Unavailable."""
    db.assert_no_transaction()
    try:
        await obstore.head_async(_store(config.settings().storage_url), _checked(key))
    except (NotFoundError, FileNotFoundError):
        return False
    except BaseError as error:
        raise Unavailable(type(error).__name__) from error
    return True


async def ready() -> bool:
    """Whether the storage answers (for /readyz)."""
    try:
        await exists(PROBE)
    except (Unavailable, OSError):
        return False
    return True


def _checked(key: str) -> str:
    if not KEY.fullmatch(key) or ".." in key:
        raise ValueError("a storage key is lower-case letters, digits, '.', '_', '-' and '/'")
    return key


@lru_cache(maxsize=4)
def _store(url: str) -> ObjectStore:
    if url.startswith("s3://"):
        return S3Store.from_url(url, client_options=PATIENCE, retry_config=RETRIES)
    directory = _directory(url)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return LocalStore(directory)


def _directory(url: str) -> Path:
    return Path(unquote(urlsplit(url).path))


def _synced(directory: Path, path: str) -> None:
    """A rename is on disk when file and directories are."""
    target = directory / path
    for step in (target, *target.parents):
        handle = os.open(step, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if step == directory:
            return
