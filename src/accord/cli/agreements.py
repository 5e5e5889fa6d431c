"""Commands about the agreement itself: check, render, schema."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from accord.cli.common import FILE, Day, counted, emit
from accord.errors import AgreementInvalid, Severity


@click.command(short_help="Is it sound? Every problem with its line.")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="AGREEMENT...")
@click.option("--on", type=Day(), help="Judge terms by this day instead of today.")
def check(files: tuple[Path, ...], on: date | None) -> None:
    """Say everything that is wrong or foolish in an agreement, each with its place and what is allowed.

    Errors end with exit code 3; warnings and advice do not.
    """
    from accord.agreement.check import check as judge
    from accord.agreement.parse import read_written

    broken = False
    for file in files:
        try:
            written = read_written(file)
            problems = judge(written.agreement, on or datetime.now(UTC).date(), written)
        except AgreementInvalid as error:
            problems = list(error.problems)
        for problem in problems:
            click.echo(f"{file}: {problem}" if not problem.file else str(problem))
        errors = sum(problem.severity is Severity.ERROR for problem in problems)
        broken = broken or errors > 0
        click.echo(f"{file}: {counted(errors, 'error')}, {counted(len(problems) - errors, 'remark')}")
    sys.exit(AgreementInvalid.exit_code if broken else 0)


@click.command(short_help="The agreement in plain words.")
@click.argument("agreement", type=FILE)
@click.option("--output", "-o", type=FILE, help="Write to this file instead of standard output.")
def render(agreement: Path, output: Path | None) -> None:
    """The agreement in plain words (Markdown), for whoever has to live by it."""
    from accord.agreement.parse import read_agreement
    from accord.agreement.render import render_markdown

    emit(render_markdown(read_agreement(agreement)), output)


@click.command(short_help="The JSON Schema, for editors.")
def schema() -> None:
    """The JSON Schema of the agreement file, for editors that complete and check as you type."""
    from accord.agreement.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
