"""`madang`: everything an office does from a terminal."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from server import config
from server.core import db, logs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from server.config import Settings

commands = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Supervised = Annotated[bool, typer.Option("--supervised", hidden=True)]


def _settings() -> Settings:
    settings = config.load()
    config.use(settings)
    logs.start(settings)
    return settings


def _run[R](work: Coroutine[None, None, R]) -> R:
    return asyncio.run(work)


@asynccontextmanager
async def _open() -> AsyncIterator[Settings]:
    """Settings and an open database, wired as in the worker."""
    from server import app

    settings = _settings()
    app.wire()
    await db.init(settings)
    try:
        yield settings
    finally:
        await db.close()


@commands.command()
def migrate() -> None:
    """Bring the database up to date; safe to run from several machines at once."""
    for name in _run(db.migrate(_settings())):
        print(f"applied {name}")


@commands.command()
def serve(
    supervised: Supervised = False,
    descriptor: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve the office's pages (MADANG_HOST, MADANG_PORT, MADANG_WORKERS)."""
    from server import web

    _run(web.serve(_settings(), supervised=supervised, descriptor=descriptor))


@commands.command()
def worker(supervised: Supervised = False) -> None:
    """Deliver the outbox and run the timers."""
    from server import app, worker
    from server.core import outbox
    from server.supervisor import stop_event

    async def work(settings: Settings) -> None:
        app.wire()
        outbox.wire_timers(app.timers())
        await worker.work(settings, stop_event(supervised=supervised))

    _run(work(_settings()))


def main() -> None:
    """The entry point: a bad setting is one line on standard error and status 2."""
    try:
        commands()
    except config.ConfigError as error:
        print(f"madang: {error}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
