"""Commands that count working time."""

import sys
from pathlib import Path

import click

from accord.cli.common import FILE


@click.command(short_help="Working time between two instants.")
@click.argument("agreement", type=FILE)
@click.argument("calendar")
def elapsed(agreement: Path, calendar: str) -> None:
    """Working time between two instants, for each row `from,to` of CSV on standard input."""
    answer_rows(agreement, calendar, "elapsed_rows")


@click.command(short_help="When working time is used up.")
@click.argument("agreement", type=FILE)
@click.argument("calendar")
def due(agreement: Path, calendar: str) -> None:
    """When a budget of working time is used up, for each row `from,budget` of CSV on standard input."""
    answer_rows(agreement, calendar, "due_rows")


def answer_rows(agreement: Path, calendar: str, how: str) -> None:
    from accord.agreement.parse import read_agreement
    from accord.worktime import rows

    problems = getattr(rows, how)(read_agreement(agreement).calendar(calendar), sys.stdin, sys.stdout)
    for problem in problems:
        click.echo(str(problem), err=True)
    sys.exit(2 if problems else 0)
