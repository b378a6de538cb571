"""Personal data sealed in every column, and found again by exact value without being readable.

A value is: version (1 byte), key number (4), nonce (12), ciphertext and tag; its column or object
is authenticated with it, so that it cannot be moved elsewhere and still be read.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from cryptography.exceptions import InvalidTag
from tortoise.exceptions import FieldError
from tortoise.fields import Field

from server import config, schema
from server.core.keyring import KeyDirectory, cipher, derived

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VERSION = b"\x01"
NONCE_BYTES = 12
HEAD_BYTES = 5
INDEX_BYTES = 32


class UnsealError(Exception):
    """A sealed value was changed, moved, or its key is gone."""


@cache
def _directory(path: Path) -> KeyDirectory:
    return KeyDirectory(path)


def keys() -> KeyDirectory:
    """The key directory of this process's settings (MADANG_KEYS)."""
    return _directory(config.settings().keys)


def get_or_create_secret(name: str, size: int = 32) -> bytes:
    """A secret kept in the key directory for ever, made when first asked for."""
    return keys().secret(name, size)


def seal(data: bytes, context: str) -> bytes:
    """Encrypt under the active key, bound to `context` (`purpose` or `purpose:name`)."""
    ring = keys().ring()
    head = VERSION + ring.active.to_bytes(4)
    nonce = os.urandom(NONCE_BYTES)
    aead = cipher(ring.keys[ring.active], context.partition(":")[0])
    return head + nonce + aead.encrypt(nonce, data, head + context.encode())


def unseal(sealed: bytes, context: str) -> bytes:
    """Decrypt what `seal` gave for the same context. Raises UnsealError."""
    head, nonce, rest = sealed[:5], sealed[5:17], sealed[17:]
    number = key_number(sealed)
    ring = keys().ring(needing=number)
    if number not in ring.keys:
        raise UnsealError(f"key {number} is not in the ring")
    try:
        aead = cipher(ring.keys[number], context.partition(":")[0])
        return aead.decrypt(nonce, rest, head + context.encode())
    except InvalidTag:
        raise UnsealError(f"not sealed for {context.partition(':')[0]}, or changed") from None


def key_number(sealed: bytes) -> int:
    """Which key of the ring a value was sealed with. Raises UnsealError."""
    if sealed[:1] != VERSION or len(sealed) < HEAD_BYTES + NONCE_BYTES + 16:
        raise UnsealError("not a sealed value")
    return int.from_bytes(sealed[1:HEAD_BYTES])


def keyed_hash(purpose: str, value: str) -> bytes:
    """32 bytes that only this office can compute. Its key never rotates: hashes are compared."""
    key = derived(get_or_create_secret("hash"), f"hash {purpose}")
    return hmac.digest(key, value.encode(), hashlib.sha256)


def blind(value: str, column: str) -> bytes:
    """What the blind index of `table.column` holds for a value, normalised as it is there."""
    table, _, name = column.partition(".")
    return _index_of(table, name).of(value)


def _index_of(table: str, source: str) -> BlindIndex[Any]:
    for model in schema.models():
        if model._meta.db_table == table:
            for field in model._meta.fields_map.values():
                if isinstance(field, BlindIndex) and field.source == source:
                    return field
    raise LookupError(f"{table}.{source} has no blind index")


T_TEXT = TypeVar("T_TEXT", str, str | None)
T_BYTES = TypeVar("T_BYTES", bytes, bytes | None)


class _Bytes:
    """Bytes in either database."""

    SQL_TYPE = "BLOB"

    class _db_postgres:  # noqa: N801 - Tortoise looks for this name
        SQL_TYPE = "BYTEA"


class EncryptedText(_Bytes, Field[T_TEXT]):
    """Text sealed in the database, `str` in Python.

    Where the model has a BlindIndex of this field, the index stands before the sealed value and
    the database itself derives the index column from it: no way of writing leaves it stale.
    """

    field_type = bytes
    indexable = False

    @overload
    def __init__(
        self: EncryptedText[str], *, null: Literal[False] = False, **options: Any
    ) -> None: ...
    @overload
    def __init__(
        self: EncryptedText[str | None], *, null: Literal[True], **options: Any
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    @cached_property
    def indexed(self) -> Callable[[str], bytes] | None:
        """What makes the blind index of a value, if the model has one for this field."""
        for field in self.model._meta.fields_map.values():
            if isinstance(field, BlindIndex) and field.source == self.model_field_name:
                return field.of
        return None

    @cached_property
    def context(self) -> str:
        """`table.column`, in which this field's values are sealed."""
        return f"{self.model._meta.db_table}.{self.column}"

    @property
    def column(self) -> str:
        """The column's name."""
        return self.source_field or self.model_field_name

    def key_place(self) -> int:
        """Where in the column the four bytes of the key number begin, counted from 1."""
        return 2 if self.indexed is None else 2 + INDEX_BYTES

    def to_db_value(self, value: Any, instance: Any) -> bytes | None:
        """Seal a text; None stays None. Looking for a sealed value would never find it."""
        self.validate(value)
        if value is None:
            return None
        if isinstance(instance, type):
            raise FieldError(f"{self.context} is sealed: look for it by its blind index")
        if not isinstance(value, str):
            raise TypeError(f"{self.context} takes text, not {type(value).__name__}")
        return self.sealed(value)

    def sealed(self, value: str) -> bytes:
        """A text as the column keeps it, under the active key."""
        if self.indexed is None:
            return seal(value.encode(), self.context)
        prefix = self.indexed(value)
        return prefix + seal(value.encode(), f"{self.context}:{prefix.hex()}")

    def to_python_value(self, value: Any) -> Any:
        """Unseal what the database gave; a `str` is what somebody assigned."""
        if value is None or isinstance(value, str):
            return value
        if not isinstance(value, bytes):
            raise TypeError(f"{self.context} takes text, not {type(value).__name__}")
        if self.indexed is None:
            return unseal(value, self.context).decode()
        prefix, rest = value[:INDEX_BYTES], value[INDEX_BYTES:]
        return unseal(rest, f"{self.context}:{prefix.hex()}").decode()


class BlindIndex(_Bytes, Field[T_BYTES]):
    """An exact-match index over an EncryptedText of the same model, kept by the database.

    `filter(phone_index="010-1234-5678")` normalises and hashes by itself.
    """

    field_type = bytes
    allows_generated = True

    def __init__(
        self, source: str, normalise: Callable[[str], str] | None = None, **options: Any
    ) -> None:
        options["generated"] = True
        super().__init__(**options)
        self.source = source
        self.normalise = normalise or str
        self.GENERATED_SQL = f'GENERATED ALWAYS AS (substr("{source}", 1, {INDEX_BYTES})) STORED'

    def of(self, value: str) -> bytes:
        """The index of a value: equal for values that normalise to the same text."""
        table = self.model._meta.db_table
        return keyed_hash(f"index {table}.{self.source}", self.normalise(value))

    def to_db_value(self, value: Any, instance: Any) -> bytes | None:  # noqa: ARG002
        """A text looked for becomes its index; bytes are an index already."""
        return self.of(value) if isinstance(value, str) else value

    def to_python_value(self, value: Any) -> Any:
        """The index as the database keeps it."""
        return bytes(value) if value is not None else None


class DigestField(_Bytes, Field[T_BYTES]):
    """Bytes of a hash, which may be unique or indexed (Tortoise forbids that of other bytes)."""

    field_type = bytes

    @overload
    def __init__(
        self: DigestField[bytes], *, null: Literal[False] = False, **options: Any
    ) -> None: ...
    @overload
    def __init__(
        self: DigestField[bytes | None], *, null: Literal[True], **options: Any
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def to_python_value(self, value: Any) -> Any:
        """Bytes on either database."""
        return bytes(value) if value is not None else None
