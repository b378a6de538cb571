"""Columns and conditions that the tables of complaints share."""

from collections.abc import Iterable
from typing import Any

from tortoise import fields


def one_of(column: str, values: Iterable[str]) -> str:
    """A condition in SQL, the values always in the same order."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in sorted(values))})"


def of_complaint(name: str) -> fields.ForeignKeyRelation[Any]:
    """The complaint that a row belongs to; `name` is what the complaint calls its rows."""
    return fields.ForeignKeyField("madang.Complaint", related_name=name)


def by_official(name: str) -> fields.ForeignKeyRelation[Any]:
    """The account of the official who did it, which stays as long as the row does."""
    return fields.ForeignKeyField("madang.Account", related_name=name, on_delete=fields.RESTRICT)


def once_by_official(name: str) -> fields.ForeignKeyNullableRelation[Any]:
    """The account of the official who did it, null until it is done."""
    return fields.ForeignKeyField(
        "madang.Account", related_name=name, null=True, on_delete=fields.RESTRICT
    )


def one_complaint(name: str, *, primary_key: bool = False) -> fields.OneToOneRelation[Any]:
    """The complaint that has at most one such row, which stays with it; `name` is what the
    complaint calls the row."""
    return fields.OneToOneField(
        "madang.Complaint", related_name=name, primary_key=primary_key, on_delete=fields.RESTRICT
    )
