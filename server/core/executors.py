"""A row inserted with a number of its own must still leave out what the database derives."""

from __future__ import annotations

from tortoise.backends.asyncpg.executor import AsyncpgExecutor
from tortoise.backends.base.executor import BaseExecutor
from tortoise.backends.sqlite.executor import SqliteExecutor


class _DerivedLeftOut(BaseExecutor):
    def _prepare_insert_columns(
        self, include_generated: bool = False
    ) -> tuple[list[str], list[str]]:
        names, _ = super()._prepare_insert_columns(include_generated)
        meta = self.model._meta
        kept = [
            name
            for name in names
            if meta.fields_map[name].pk or not meta.fields_map[name].generated
        ]
        return kept, [meta.fields_db_projection[name] for name in kept]


class SqliteInserts(_DerivedLeftOut, SqliteExecutor):
    """SQLite's executor with that mended."""


class PostgresInserts(_DerivedLeftOut, AsyncpgExecutor):
    """PostgreSQL's executor with that mended."""
