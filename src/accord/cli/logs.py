"""Commands about what happened: import, simulate, measures, report, explain."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from accord.cli.common import FILE, STDOUT, Day, Instant, emit, plan_or_none, progress
from accord.errors import SourceUnreadable


@click.command("import", short_help="Exports into a log, as a map says.")
@click.argument("map_file", type=FILE, metavar="MAP")
@click.option("--into", required=True, type=FILE, help="Folder of the log; made if it does not exist.")
def import_(map_file: Path, into: Path) -> None:
    """Turn CSV or Parquet exports into a log, as MAP says. Importing the same again changes nothing.

    Rejected rows are counted, with their reasons, and do not stop the others; only if no row at all could
    be used does it end with exit code 6.
    """
    from accord.sources.importing import run_import
    from accord.sources.map import read_map

    with progress("importing") as told:
        report = run_import(read_map(map_file), into, progress=told)
    click.echo(str(report))
    if report.useless:
        sys.exit(SourceUnreadable.exit_code)


@click.command(short_help="An invented company to try things on.")
@click.argument("agreement", type=FILE)
@click.option("--leads", type=click.IntRange(min=0), help="By default as many as the goal asks for.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--into", required=True, type=FILE, help="Folder of the log; must be new or empty.")
@click.option("--replace", is_flag=True, help="Overwrite a log that an earlier simulation left there.")
def simulate(agreement: Path, leads: int | None, seed: int, into: Path, replace: bool) -> None:
    """A year of both teams' work, invented: the same agreement, number and seed give the same log."""
    from accord.agreement.parse import read_agreement
    from accord.simulate.company import simulate as invent

    with progress("simulating") as told:
        outcome = invent(
            read_agreement(agreement), leads=leads, seed=seed, into=into, progress=told, replace=replace
        )
    click.echo(str(outcome))


@click.command(short_help="What the numbers mean, and their SQL.")
@click.argument("name", required=False)
def measures(name: str | None) -> None:
    """List the measures, or print one: its definition and its SQL."""
    from accord.ledger.measures import describe, listing

    click.echo(describe(name) if name else listing())


@click.command(short_help="The score of both sides as one page.")
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
    "--engine",
    default="duckdb",
    show_default=True,
    help="What counts: duckdb, spark on this machine, or a Spark master such as spark://HOST:7077.",
)
@click.option(
    "--output",
    "-o",
    type=FILE,
    help="File to write, - for standard output; by default report.html, for JSON standard output.",
)
def report(
    agreement: Path,
    log: Path,
    from_on: date | None,
    to_on: date | None,
    as_of: datetime | None,
    form: str,
    engine: str,
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
    with log_folder(log) as folder:
        of = period_of(terms, folder, from_on, to_on, as_of)
        result = score(terms, folder, from_on=of.from_on, to_on=of.to_on, as_of=of.as_of, engine=engine)
    if form == "json":
        emit(score_json(result), output)
        return
    page, needed = output or Path("report.html"), plan_or_none(terms)
    emit(render_page(result, terms, needed), page)
    told = [*five_lines(result, terms, needed), *([f"page: {page}"] if page != STDOUT else [])]
    click.echo("\n".join(told), err=page == STDOUT)


@click.command(short_help="Why a verdict is what it is.")
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

    with log_folder(log) as folder:
        click.echo(why(read_agreement(agreement), folder, lead, as_of=as_of))


@contextmanager
def log_folder(log: Path) -> Iterator[Path]:
    """The folder of the log; of a map, a folder that holds its exports while the report is made."""
    if log.is_dir() or log.suffix not in {".yaml", ".yml"}:
        yield log
        return
    from accord.sources.importing import run_import
    from accord.sources.map import read_map

    with TemporaryDirectory(prefix="accord-") as folder, progress("importing") as told:
        report = run_import(read_map(log), Path(folder), progress=told)
        for line in (line for file in report.files for line in file.lines()):
            click.echo(line, err=True)
        if report.rejected:
            click.echo(f"to read the rejected rows: accord import {log} --into DIR", err=True)
        yield Path(folder)
