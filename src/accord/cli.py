"""The same functions by hand: `accord COMMAND`. No rule lives here; a command reads, calls, and shows."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from accord import __version__
from accord.errors import AccordError, AgreementInvalid, InputError, PlanImpossible, Severity

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

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AccordError as error:
            click.echo(f"accord: {error}" if "\n" not in str(error) else str(error), err=True)
            ctx.exit(error.exit_code)


@click.group(cls=Errors, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="accord")
def main() -> None:
    """Keep the agreement between marketing and sales: plan it, run by it, show both sides the same score.

    \b
    Start with      accord check AGREEMENT.yaml
    then            accord plan AGREEMENT.yaml
    and, with data  accord report AGREEMENT.yaml MAP.yaml --from 2026-01-01 --to 2026-03-31
    """


@main.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="AGREEMENT...")
@click.option("--on", type=Day(), help="Judge terms by this day instead of today.")
def check(files: tuple[Path, ...], on: date | None) -> None:
    """Say everything that is wrong or foolish in an agreement, each with its place and what is allowed.

    Errors end with exit code 3; warnings and advice do not.
    """
    from accord.agreement.check import check as judge
    from accord.agreement.parse import read_agreement

    broken = False
    for file in files:
        try:
            problems = list(judge(read_agreement(file), on or datetime.now(UTC).date()))
        except AgreementInvalid as error:
            problems = list(error.problems)
        for problem in problems:
            click.echo(f"{file}: {problem}" if not problem.file else str(problem))
        errors = sum(problem.severity is Severity.ERROR for problem in problems)
        broken = broken or errors > 0
        click.echo(f"{file}: {_counted(errors, 'error')}, {_counted(len(problems) - errors, 'remark')}")
    sys.exit(AgreementInvalid.exit_code if broken else 0)


@main.command()
@click.argument("agreement", type=FILE)
@click.option("--output", "-o", type=FILE, help="Write to this file instead of standard output.")
def render(agreement: Path, output: Path | None) -> None:
    """The agreement in plain words (Markdown), for whoever has to live by it."""
    from accord.agreement.parse import read_agreement
    from accord.agreement.render import render_markdown

    _emit(render_markdown(read_agreement(agreement)), output)


@main.command()
def schema() -> None:
    """The JSON Schema of the agreement file, for editors that complete and check as you type."""
    import json

    from accord.agreement.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@main.command()
@click.argument("agreement", type=FILE)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
def plan(agreement: Path, form: str) -> None:
    """How many leads the revenue goal needs, by stream and lead type, back up the funnel."""
    from accord.agreement.parse import read_agreement
    from accord.plan import output
    from accord.plan.funnel import plan as work_back

    write = {"table": output.as_table, "json": output.as_json, "csv": output.as_csv}[form]
    click.echo(write(work_back(read_agreement(agreement))).rstrip("\n"))


@main.command("import")
@click.argument("map_file", type=FILE, metavar="MAP")
@click.option("--into", required=True, type=FILE, help="Folder of the log; made if it does not exist.")
def import_(map_file: Path, into: Path) -> None:
    """Turn CSV or Parquet exports into a log, as MAP says. Importing the same again changes nothing."""
    from accord.sources.importing import run_import
    from accord.sources.map import read_map

    with _progress("importing") as progress:
        report = run_import(read_map(map_file), into, progress=progress)
    click.echo(str(report))


@main.command()
@click.argument("agreement", type=FILE)
@click.argument("calendar")
def elapsed(agreement: Path, calendar: str) -> None:
    """Working time between two instants, for each row `from,to` of CSV on standard input."""
    _answer_rows(agreement, calendar, "elapsed_rows")


@main.command()
@click.argument("agreement", type=FILE)
@click.argument("calendar")
def due(agreement: Path, calendar: str) -> None:
    """When a budget of working time is used up, for each row `from,budget` of CSV on standard input."""
    _answer_rows(agreement, calendar, "due_rows")


@main.command()
@click.argument("name", required=False)
def measures(name: str | None) -> None:
    """List the measures, or print one: its definition and its SQL."""
    from accord.ledger.measures import describe, listing

    click.echo(describe(name) if name else listing())


@main.command()
@click.argument("agreement", type=FILE)
@click.argument("log", type=FILE)
@click.option("--from", "from_on", type=Day(), help="First day of the period; by default the term's first.")
@click.option(
    "--to", "to_on", type=Day(), help="Last day, included; by default the last with a fact in the log."
)
@click.option(
    "--as-of", type=Instant(), help="What was known at this instant; by default at the log's last fact."
)
@click.option("--format", "form", type=click.Choice(["html", "json"]), default="html", show_default=True)
@click.option(
    "--output", "-o", type=FILE, help="File to write; by default report.html, or standard output for JSON."
)
def report(
    agreement: Path,
    log: Path,
    from_on: date | None,
    to_on: date | None,
    as_of: datetime | None,
    form: str,
    output: Path | None,
) -> None:
    """The score of both sides as one page that needs no network.

    LOG is the folder of a log, or an import map: its exports are then read for this report only.
    """
    from accord.agreement.parse import read_agreement
    from accord.ledger.period import period_of
    from accord.ledger.scoring import score
    from accord.report.as_json import score_json
    from accord.report.page import render_page
    from accord.report.summary import five_lines

    terms = read_agreement(agreement)
    with _log_folder(log) as folder:
        of = period_of(terms, folder, from_on, to_on, as_of)
        result = score(terms, folder, from_on=of.from_on, to_on=of.to_on, as_of=of.as_of)
    if form == "json":
        _emit(score_json(result), output)
        return
    page, needed = output or Path("report.html"), _plan_or_none(terms)
    _emit(render_page(result, terms, needed), page)
    click.echo("\n".join([*five_lines(result, needed), f"page: {page}"]))


@main.command()
@click.argument("agreement", type=FILE)
@click.argument("log", type=FILE)
@click.argument("lead")
@click.option(
    "--as-of", type=Instant(), help="What was known at this instant; by default at the log's last fact."
)
def explain(agreement: Path, log: Path, lead: str, as_of: datetime | None) -> None:
    """Why each verdict on LEAD is what it is, in plain sentences."""
    from accord.agreement.parse import read_agreement
    from accord.ledger.why import explain as why

    with _log_folder(log) as folder:
        click.echo(why(read_agreement(agreement), folder, lead, as_of=as_of))


@main.command()
@click.argument("agreement", type=FILE)
@click.option("--leads", type=click.IntRange(min=0), help="By default as many as the goal asks for.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--into", required=True, type=FILE, help="Folder of the log; must be new or empty.")
@click.option("--replace", is_flag=True, help="Overwrite a log that an earlier simulation left there.")
def simulate(agreement: Path, leads: int | None, seed: int, into: Path, replace: bool) -> None:
    """A year of both teams' work, invented: the same agreement, number and seed give the same log."""
    from accord.agreement.parse import read_agreement
    from accord.simulate.company import simulate as invent

    with _progress("simulating") as progress:
        outcome = invent(
            read_agreement(agreement), leads=leads, seed=seed, into=into, progress=progress, replace=replace
        )
    click.echo(str(outcome))


def _plan_or_none(agreement: "Agreement") -> "Plan | None":
    """The plan, or None where the agreement holds no rates to plan by: a score needs none."""
    from accord.plan.funnel import plan as work_back

    try:
        return work_back(agreement)
    except PlanImpossible:
        return None


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _emit(text: str, output: Path | None) -> None:
    """Write to a file, in one piece or not at all; to standard output where no file is named."""
    if output is None:
        click.echo(text.rstrip("\n"))
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        beside = output.with_name(f".{output.name}.part")
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(output)
    except OSError as error:
        raise InputError(
            f"cannot write {output}: {error.strerror}; name a file in a folder you may write to"
        ) from None


@contextmanager
def _log_folder(log: Path) -> Iterator[Path]:
    """The folder of the log; of a map, a folder that holds its exports while the report is made."""
    if log.is_dir() or log.suffix not in {".yaml", ".yml"}:
        yield log
        return
    from accord.sources.importing import run_import
    from accord.sources.map import read_map

    with TemporaryDirectory(prefix="accord-") as folder, _progress("importing") as progress:
        report = run_import(read_map(log), Path(folder), progress=progress)
        click.echo(str(report), err=True)
        yield Path(folder)


@contextmanager
def _progress(what: str) -> Iterator[Progress | None]:
    """A bar on a terminal, nothing elsewhere; called with how much is done, and of how much if known."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _answer_rows(agreement: Path, calendar: str, how: str) -> None:
    from accord.agreement.parse import read_agreement
    from accord.worktime import rows

    problems = getattr(rows, how)(read_agreement(agreement).calendar(calendar), sys.stdin, sys.stdout)
    for problem in problems:
        click.echo(str(problem), err=True)
    sys.exit(2 if problems else 0)
