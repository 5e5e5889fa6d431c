"""What commands share: kinds of arguments, output in one piece, a progress bar, errors as messages."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from accord.errors import AccordError, InputError, PlanImpossible

if TYPE_CHECKING:
    from accord.agreement.terms import Agreement
    from accord.plan.demand import Plan

Progress = Callable[[int, int | None], None]
FILE = click.Path(path_type=Path)


class Day(click.ParamType[date]):
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2026-03-31", param, ctx)


class Instant(click.ParamType[datetime]):
    name = "INSTANT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant; write it as 2026-03-31T17:00:00Z", param, ctx)
        if instant.tzinfo is None:
            self.fail(f"{value!r} has no zone; add Z or an offset such as +02:00", param, ctx)
        return instant.astimezone(UTC)


class Errors(click.Group):
    """Turns the errors that Accord raises on purpose into one message and the error's exit code."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order in which people need them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AccordError as error:
            click.echo(f"accord: {error}" if "\n" not in str(error) else str(error), err=True)
            ctx.exit(error.exit_code)


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def emit(text: str, output: Path | None) -> None:
    """Write to a file, in one piece or not at all; to standard output where no file is named."""
    if output is None:
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
        raise InputError(f"cannot write {output}: {error.strerror}; name a file you may write") from None


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
