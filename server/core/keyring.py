"""The keys of this office: files of mode 0600 beside the data, made at the first start.

Whoever has a copy of the data directory or the database alone reads nothing personal in it.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic, time
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32
RELOAD_SECONDS = 2.0
_RING = "ring.json"


class KeyRingError(Exception):
    """The key directory cannot be used: missing keys, or open to others."""


@dataclass(frozen=True)
class Ring:
    """Keys by number; new values are sealed with the active one."""

    keys: dict[int, bytes]
    active: int


class KeyDirectory:
    """One directory of keys. Every process of an office shares it, or a copy of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._looked = 0.0
        self._stamp = 0
        self._ring: Ring | None = None
        self._secrets: dict[str, bytes] = {}

    def ring(self, *, needing: int | None = None) -> Ring:
        """The ring; read again when its file has changed or a key is missing from it."""
        if (
            self._ring is None
            or monotonic() - self._looked > RELOAD_SECONDS
            or (needing is not None and needing not in self._ring.keys)
        ):
            self._look()
        if self._ring is None:
            raise KeyRingError(f"no key ring in {self.path}")
        return self._ring

    def _look(self) -> None:
        file = self.path / _RING
        self._looked = monotonic()
        if not file.exists():
            first = {"active": 1, "keys": {"1": _text(secrets.token_bytes(KEY_BYTES))}}
            self._create(_RING, json.dumps(first).encode())
        stamp = file.stat().st_mtime_ns
        if stamp == self._stamp and self._ring is not None:
            return
        self._refuse_open_doors(file)
        kept = json.loads(file.read_bytes())
        keys = {int(number): base64.b64decode(key) for number, key in kept["keys"].items()}
        if kept["active"] not in keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise KeyRingError(f"{file} is damaged")
        self._ring, self._stamp = Ring(keys, kept["active"]), stamp

    def settled(self) -> bool:
        """Whether every process has read the ring since it was changed."""
        return time() - (self.path / _RING).stat().st_mtime > 3 * RELOAD_SECONDS

    def rotate(self) -> int:
        """Add a key and make it the active one; its number. The old ones go on reading."""
        ring = self.ring()
        number = max(ring.keys) + 1
        self._write({**ring.keys, number: secrets.token_bytes(KEY_BYTES)}, number)
        return number

    def retire(self, number: int) -> None:
        """Take a key away for ever: only when nothing is sealed with it any more."""
        ring = self.ring()
        if number == ring.active:
            raise KeyRingError("the active key cannot be retired")
        self._write({n: key for n, key in ring.keys.items() if n != number}, ring.active)

    def _write(self, keys: dict[int, bytes], active: int) -> None:
        kept = {"active": active, "keys": {str(n): _text(key) for n, key in keys.items()}}
        fresh = self.path / f".{_RING}.{secrets.token_hex(4)}"
        _write_private(fresh, json.dumps(kept).encode())
        fresh.replace(self.path / _RING)
        _sync(self.path)
        self._stamp = 0
        self._look()

    def secret(self, name: str, size: int = KEY_BYTES) -> bytes:
        """A secret that stays the same for ever, made when first asked for."""
        if not name.replace("-", "").isalnum():
            raise ValueError(f"not a name for a secret: {name}")
        if name in self._secrets:
            return self._secrets[name]
        file = self.path / f"{name}.secret"
        if not file.exists():
            self._create(file.name, secrets.token_bytes(size))
        self._refuse_open_doors(file)
        self._secrets[name] = file.read_bytes()
        return self._secrets[name]

    def _create(self, name: str, content: bytes) -> None:
        """Make a file unless another process was first; never half of one."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        fresh = self.path / f".{name}.{secrets.token_hex(4)}"
        _write_private(fresh, content)
        try:
            os.link(fresh, self.path / name)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        _sync(self.path)

    def _refuse_open_doors(self, file: Path) -> None:
        for path in (self.path, file):
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise KeyRingError(f"{path} is open to other users: chmod go-rwx {path}")


def _write_private(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


@lru_cache(maxsize=1000)
def derived(key: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose (HKDF-SHA256)."""
    info = b"madang " + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


@lru_cache(maxsize=1000)
def cipher(key: bytes, purpose: str) -> AESGCM:
    """AES-256-GCM under the key derived for a purpose."""
    return AESGCM(derived(key, purpose))
