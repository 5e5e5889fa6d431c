"""What commands share: kinds of arguments, output in one piece, a progress bar, errors as messages."""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from accord.errors import AccordError, InputError, PlanImpossible, nearest

if TYPE_CHECKING:
    from accord.agreement.terms import Agreement
    from accord.plan.demand import Plan

Progress = Callable[[int, int | None], None]
FILE = click.Path(path_type=Path)
STDOUT = Path("-")  # `--output -` means standard output, as elsewhere
_YEARS = range(1970, 2101)  # those that calendars cover
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class Day(click.ParamType[date]):
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2026-03-31", param, ctx)
        if day.year not in _YEARS:
            self.fail(
                f"{value!r} is outside {_YEARS[0]} to {_YEARS[-1]}, the years a calendar covers", param, ctx
            )
        return day


class Instant(click.ParamType[datetime]):
    name = "INSTANT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant; write it as 2026-03-31T17:00:00Z", param, ctx)
        if instant.tzinfo is None:
            self.fail(f"{value!r} has no zone; add Z or an offset such as +02:00", param, ctx)
        if instant.year not in _YEARS:
            self.fail(
                f"{value!r} is outside {_YEARS[0]} to {_YEARS[-1]}, the years a calendar covers", param, ctx
            )
        return instant.astimezone(UTC)


class Errors(click.Group):
    """Turns the errors that Accord raises on purpose into one message and the error's exit code."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order in which people need them."""
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            if args[0].startswith("-"):
                raise
            hint = nearest(args[0], self.commands)
            raise click.UsageError(f"No such command {args[0]!r}{hint}", ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AccordError as error:
            click.echo(said(error), err=True)
            ctx.exit(error.exit_code)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            # What is still to be written would fail again when Python ends, with a traceback.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            click.echo(f"accord: cannot write: {error.strerror}; make room, or write elsewhere", err=True)
            ctx.exit(InputError.exit_code)


def said(error: AccordError) -> str:
    """The error as one message; several problems each begin with their own place."""
    return f"accord: {error}" if "\n" not in str(error) else str(error)


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def emit(text: str, output: Path | None) -> None:
    """Write to a file, in one piece or not at all; to standard output where no file is named, or `-`."""
    if output is None or output == STDOUT:
        click.echo(text.rstrip("\n"))
    else:
        emit_bytes(text.encode(), output)


def emit_bytes(content: bytes, output: Path) -> None:
    """Write a file in one piece or not at all; InputError where that cannot be done."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        beside = output.with_name(f".{output.name}.part")
        beside.write_bytes(content)
        beside.replace(output)
    except OSError as error:
        why = "a part of its path is a file" if isinstance(error, FileExistsError) else error.strerror
        raise InputError(f"cannot write {output}: {why}; name a file in a folder you may write to") from None


def plan_or_none(agreement: "Agreement") -> "Plan | None":
    """The plan, or None where the agreement holds no rates to plan by: a score needs none."""
    from accord.plan.funnel import plan as work_back

    try:
        return work_back(agreement)
    except PlanImpossible:
        return None


@contextmanager
def progress(what: str) -> Iterator[Progress | None]:
    """A bar on a terminal, nothing elsewhere; called with how much is done, and of how much if known."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
