"""Commands that run the server: serve, worker, backup, restore, doctor, manage."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.common import FILE, counted

if TYPE_CHECKING:
    from accord.server.env import Environment
    from accord.server.running.demo import SignIn


@click.command(short_help="Start the server: pages and worker.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    envvar="ACCORD_PORT",
    help="0: a free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="0.0.0.0 lets other machines in, under names in ACCORD_HOSTS.",
)
@click.option("--no-worker", is_flag=True, help="Pages only; run `accord worker` elsewhere.")
@click.option(
    "--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="Requests at once a process."
)
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="Of the pages.")
@click.option("--demo", type=FILE, metavar="AGREEMENT", help="Fill an empty folder with an invented company.")
def serve(port: int, host: str, no_worker: bool, threads: int, processes: int, demo: Path | None) -> None:
    """Check the settings, bring the database up to date, and serve until Ctrl-C or SIGTERM.

    Settings come from the environment (ACCORD_DATA, DATABASE_URL, …). Exit codes: 0 stopped as asked, 1 a
    process could not be kept alive, 2 the port or the database cannot be used, 25 settings are wrong.
    """
    from accord.server.running import serving
    from accord.server.running.preparing import fit_to_serve, untranslated

    env = _prepared()
    fit_to_serve(env)
    for code in untranslated(env):
        click.echo(f"Language: {code}: no translation yet; pages show English words in its layout", err=True)
    place = serving.take(host, port)
    _bring_up_to_date(env)
    sign_ins = _demo(demo, env) if demo else []
    token = _token()
    family = serving.children(
        place.host, place.port, worker=not no_worker, threads=threads, processes=processes
    )
    sys.exit(
        serving.supervise(family, place, lambda: _greet(serving.address(place, env.url), token, sign_ins))
    )


@click.command(short_help="Only the worker: mail, chores, score.")
def worker() -> None:
    """Do the chores that are due (mail, score pages, tidying) until Ctrl-C or SIGTERM.

    `accord serve` runs one beside the pages; run it by itself where the pages are served by another server.
    Several may run: each chore is done by one of them at a time.
    """
    from accord.server.running.worker import main

    _prepared()
    main()


@click.command(short_help="Everything into one file, while the server runs.")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Write over FILE if it exists.")
def backup(file: Path, replace: bool) -> None:
    """Write the database, the log and the data folder's secret key into FILE, a zip.

    Nobody has to stop working: it holds the state of one instant. Whoever has the file has every agreement,
    all names and addresses, and (unless ACCORD_SECRET_KEY is set) the key that signs sessions: guard it.
    """
    from accord.errors import InputError

    if file.exists() and not replace:
        raise InputError(f"{file} exists; name another file, or add --replace")
    if (
        not file.absolute().parent.is_dir()
    ):  # mistyped, or a disk that is not there: neither is a place to keep it
        raise InputError(f"{file.parent} is no folder; make it first, or name a file in another one")
    _prepared()
    from accord.server.running.backing_up import back_up

    manifest = back_up(file)
    size = f"{file.stat().st_size / 1e6:,.1f} MB"
    click.echo(f"{file}: {counted(len(manifest.tables), 'table')}, {manifest.rows:,} rows, {size}")


@click.command(short_help="Put a backup back.")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Replace what is here, after a backup of it.")
def restore(file: Path, replace: bool) -> None:
    """Put back what `accord backup` wrote: into an empty installation, or with --replace over this one.

    Every sum is checked before anything is touched, and every agreement's chain of signatures afterwards. A
    server may run meanwhile; start it again if the secret key has changed. Exit code 20: a chain is broken.
    """
    from accord.errors import ChainInvalid

    _prepared()
    from accord.server.running.restoring import restore as put_back

    done = put_back(file, replace=replace)
    if done.safety:
        click.echo(f"What was here is in {done.safety}")
    click.echo(f"Restored {done.manifest.rows:,} rows of {done.manifest.made_at}")
    if done.held_back:
        click.echo(f"Held back {counted(done.held_back, 'message')} that waited then: see the outbox")
    click.echo(f"Everybody signs in again; {counted(done.tokens_revoked, 'token')} of the API revoked")
    if done.key_changed:
        click.echo("The secret key is that of the backup: start the server again")
    for proof in done.proofs:
        click.echo(f"{proof.agreement}: {_entries(proof.entries)}, {'; '.join(proof.faults) or 'all hold'}")
    sys.exit(ChainInvalid.exit_code if any(proof.faults for proof in done.proofs) else 0)


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


@click.command(short_help="Is all well with the server?")
def doctor() -> None:
    """Look at settings, database, worker, mail and room on the disk; exit code 1 if one is ill."""
    _prepared()
    from accord.server.running.checking import look

    looks = look()
    for each in looks:
        remedy = f"; {each.remedy}" if each.remedy else ""
        click.echo(f"{'well' if each.well else 'ILL '}  {each.what}: {each.found}{remedy}")
    sys.exit(0 if all(each.well for each in looks) else 1)


@click.command(
    short_help="Django's own commands.",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def manage(args: tuple[str, ...]) -> None:
    """Pass ARGS to Django: `accord manage check --deploy`, `accord manage help`."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.server.settings")
    execute_from_command_line(["accord manage", *args])


def _prepared() -> "Environment":
    from accord.server.running.preparing import set_up_django

    return set_up_django()


def _bring_up_to_date(env: "Environment") -> None:
    from django.db import connection

    from accord.server.running.preparing import migrate

    steps = migrate(env)
    what = "PostgreSQL" if connection.vendor == "postgresql" else f"SQLite in {env.data}"
    taken = f"{counted(len(steps), 'step')} taken, " if steps else ""
    click.echo(f"Database: {what}; {taken}up to date")


def _token() -> str | None:
    from django.db import connections

    from accord.server.running.setting_up import fresh_token

    try:
        return fresh_token()
    finally:
        connections.close_all()  # the parent only watches


def _demo(example: Path, env: "Environment") -> "list[SignIn]":
    from django.db import connections

    from accord.server.running.demo import fill

    try:
        return fill(example, env.data)
    finally:
        connections.close_all()


def _greet(address: str, token: str | None, sign_ins: "list[SignIn]") -> None:
    click.echo(f"Accord:   {address}")
    for one in sign_ins:
        click.echo(f"Sign in:  {one.email:<20} {one.password}   {one.what}")
    if token:
        click.echo(f"Set up:   {address}setup?token={token}")
        click.echo("          Nobody has an account yet; the token works once, a new start prints another.")
    sys.stdout.flush()
