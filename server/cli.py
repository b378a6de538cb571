"""`madang`: everything an office does from a terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime  # noqa: TC003 - Typer reads the annotation
from pathlib import Path  # noqa: TC003 - Typer reads the annotation
from typing import TYPE_CHECKING, Annotated

import typer

from server import config
from server.core import crypto, db, logs
from server.core.keyring import KeyRingError
from server.core.migrate import MigrationError
from server.core.web.problems import Problem
from server.ordinance import service as ordinance
from server.supervisor import ChildFailedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.config import Settings

commands = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
admin = typer.Typer(no_args_is_help=True, help="Administrators.")
members = typer.Typer(no_args_is_help=True, help="Members of the system before this one.")
ledger = typer.Typer(no_args_is_help=True, help="The mileage ledger.")
messages = typer.Typer(no_args_is_help=True, help="SMS and fax.")
audit = typer.Typer(no_args_is_help=True, help="The audit and its seals.")
keys = typer.Typer(no_args_is_help=True, help="The key ring that personal data is sealed with.")
migrations = typer.Typer(no_args_is_help=True, help="The schema's history, for developers.")
for name, group in (
    ("admin", admin),
    ("members", members),
    ("ledger", ledger),
    ("messages", messages),
    ("audit", audit),
    ("keys", keys),
    ("migrations", migrations),
):
    commands.add_typer(group, name=name)

Supervised = Annotated[bool, typer.Option("--supervised", hidden=True)]


def _settings() -> Settings:
    settings = config.load()
    config.use(settings)
    logs.start(settings)
    ordinance.use(settings.profile)
    return settings


def _with_database[R](work: Callable[[], Awaitable[R]]) -> R:
    """Run something on the open database of an office that is wired as in the worker."""
    from server import app
    from server.core import rekey

    async def run() -> R:
        await db.init(settings)
        try:
            await rekey.refuse_other_keys()
            return await work()
        finally:
            await db.close()

    settings = _settings()
    app.wire()
    return asyncio.run(run())


@commands.command()
def up() -> None:
    """Migrate, fill an empty demo, then serve and work until told to stop."""
    from server import up as together

    def tell(words: str) -> None:
        print(words, flush=True)

    asyncio.run(together.up(_settings(), tell))


@commands.command()
def migrate() -> None:
    """Bring the database up to date; safe to run from several machines at once."""
    for step in asyncio.run(db.migrate(_settings())):
        print(f"applied {step}")


@commands.command()
def demo() -> None:
    """Fill an empty demo with its district."""
    from server import up as together

    asyncio.run(together.fill(_settings()))


@commands.command()
def serve(
    supervised: Supervised = False,
    descriptor: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve the office's pages (MADANG_HOST, MADANG_PORT, MADANG_WORKERS)."""
    from server import serving

    asyncio.run(serving.serve(_settings(), supervised=supervised, descriptor=descriptor))


@commands.command()
def worker(supervised: Supervised = False) -> None:
    """Deliver the outbox and run the timers."""
    from server import app, worker
    from server.core import outbox
    from server.supervisor import stop_event

    async def work() -> None:
        await worker.work(settings, stop_event(supervised=supervised))

    settings = _settings()
    app.wire()
    outbox.wire_timers(app.timers())
    asyncio.run(work())


@commands.command()
def qr() -> None:
    """Draw the office's address (MADANG_PUBLIC_URL) for the camera of a phone."""
    import segno

    address = _settings().public_url
    segno.make(address, micro=False).terminal(compact=True)
    print(address)


@commands.command()
def due(
    accepted: Annotated[datetime, typer.Option(help="when it was accepted, on Seoul's clock")],
    period: Annotated[str, typer.Option(help="immediate, 3d, 2w, 1m or 1y")],
) -> None:
    """When a complaint is due by the Civil Petitions Treatment Act, and why then."""
    from server.deadlines import service as deadlines

    try:
        run = deadlines.course(accepted, period)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    print(run.due, *deadlines.spelt_out(deadlines.explain(run)), sep="\n")


@admin.command("create")
def admin_create(
    login_id: str,
    password: Annotated[str | None, typer.Option(help="else one is made and shown")] = None,
) -> None:
    """Make an administrator; the password is to be changed at the first log-in."""
    from server.accounts import service as accounts

    created = _with_database(lambda: accounts.create_admin(login_id, password))
    print(f"administrator {login_id} stands")
    if created.temporary_password is not None:
        print(f"password, until the first log-in: {created.temporary_password}")


@members.command("import")
def members_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV of the members")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what it would do")] = False,
) -> None:
    """Bring in the old system's members as keyed hashes, each once; status 1 for unread lines."""
    from server.accounts import service as accounts

    async def bring() -> accounts.Brought:
        number = await accounts.bring_members(file.read_bytes(), None)
        if dry_run:
            return await accounts.brought_members(number)
        return await accounts.confirm_members(number, None)

    try:
        found = _with_database(bring)
    except Problem as problem:
        print(problem.text("en"), file=sys.stderr)
        raise typer.Exit(2) from None
    print(f"{found.new} new members, {found.known} known before, {found.faulty} lines not read")
    for fault in found.faults:
        print(f"line {fault.line}: {fault.why}", file=sys.stderr)
    if found.faulty:
        raise typer.Exit(1)


@ledger.command("check")
def ledger_check() -> None:
    """Prove the ledger from its transfers; status 1 when it does not stand."""
    from server.mileage import service as mileage

    report = _with_database(mileage.check)
    print(report)
    if not report.ok:
        raise typer.Exit(1)


@messages.command("reconcile")
def messages_reconcile(
    mend: Annotated[bool, typer.Option(help="mend what can be mended by rule")] = False,
) -> None:
    """Compare orders, the ledger's holds and the providers' word; status 1 where they differ.

    Changes nothing without --mend. May run beside the office, and any number of times.
    """
    from server import app
    from server.core import lifetime

    async def compare() -> app.Reconciled:
        try:
            return await app.reconcile(mend=mend)
        finally:
            await lifetime.close_all()

    report = _with_database(compare)
    print(report)
    if not report.ok:
        raise typer.Exit(1)


@messages.command("fax-addresses")
def fax_addresses() -> None:
    """Where incoming faxes are handed over, for each gateway whose secret is set. Sinch's address
    proves itself: it is to be kept as the secret is."""
    from gateways import incoming

    root = f"{_settings().public_url}/callbacks"
    for provider, name in incoming.SECRETS.items():
        if secret := os.environ.get(name, "").strip():
            print(provider, incoming.address_of(provider, root, secret))


@messages.command("stop")
def messages_stop(reason: Annotated[str, typer.Argument(help="why, as officials read it")]) -> None:
    """Stop all sending at once; orders wait, and nothing is lost. Status 1 if it is stopped."""
    from server.core.web import Problem
    from server.fairuse import service as fairuse

    try:
        _with_database(lambda: fairuse.stop(reason, None))
    except Problem as problem:
        print(problem.text("ko"))
        raise typer.Exit(1) from None
    print("nothing is sent any more")


@messages.command("resume")
def messages_resume() -> None:
    """Let everything be sent again that waited; status 1 if nothing was stopped."""
    from server.messages import service as sending

    if not _with_database(lambda: sending.resume(None)):
        print("sending is not stopped")
        raise typer.Exit(1)
    print("orders are sent again")


@audit.command("verify")
def audit_verify() -> None:
    """Find any row of the audit that was changed, removed or inserted; status 1 then."""
    from server.core import seals

    report = _with_database(seals.verify)
    print(f"{report.rows} rows sealed, {report.unsealed} not yet, {report.heads} heads")
    for problem in report.problems:
        print(problem)
    print("the audit is sound" if report.sound else "the audit is NOT sound")
    if not report.sound:
        raise typer.Exit(1)


@keys.command("list")
def keys_list() -> None:
    """The keys by number; new values are sealed with the active one."""
    _settings()
    ring = crypto.keys().ring()
    print(f"in {crypto.keys().path}")
    for number in sorted(ring.keys):
        print(f"key {number}{' (active)' if number == ring.active else ''}")


@keys.command("rotate")
def keys_rotate() -> None:
    """Add a key and make it the active one; the worker seals old values again by itself."""
    _settings()
    print(f"key {crypto.keys().rotate()} is active")


@migrations.command("make")
def migrations_make(words: Annotated[list[str], typer.Argument(help="what the step does")]) -> None:
    """Draft the next step from the models, for both databases; read it before you commit it."""
    from server.core import history

    written = asyncio.run(history.make(" ".join(words)))
    print("\n".join(map(str, written)) or "the models say nothing new")


@migrations.command("squash-initial")
def migrations_squash() -> None:
    """Replace all steps by one of today's models; only before the first release."""
    from server.core import history

    print("\n".join(str(file) for file in asyncio.run(history.squash())))


@migrations.command("lint")
def migrations_lint() -> None:
    """Compare history and models on both databases, and look for known traps."""
    from server.core import history

    faults = asyncio.run(history.lint())
    for fault in faults:
        print(fault)
    if faults:
        raise typer.Exit(1)


def main() -> None:
    """The entry point: what the office's own people can mend is one line and status 2."""
    try:
        commands()
    except ChildFailedError as error:
        print(f"madang: {error}", file=sys.stderr)
        raise SystemExit(error.code) from None
    except (config.ConfigError, ordinance.ProfileError, KeyRingError, MigrationError) as error:
        print(f"madang: {error}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
