"""Commands about the book that both sides keep: ledger, recalibrate."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.common import FILE, STDOUT, Day, Instant, counted, emit
from accord.cli.logs import log_folder
from accord.errors import InputError, NotFound

if TYPE_CHECKING:
    from accord.plan.recalculation import Proposal, Recalculation

FORMS = click.Choice(["table", "json", "csv"])


@click.command(short_help="The monthly ledger on both bases, pooled.")
@click.argument("agreement", type=FILE)
@click.argument("log", type=FILE)
@click.option("--from", "from_on", type=Day(), help="First day; by default the term's first.")
@click.option("--to", "to_on", type=Day(), help="Last day, included; by default the last with a fact.")
@click.option(
    "--as-of", type=Instant(), help="What was known at this instant; by default at the log's last fact."
)
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
@click.option("--output", "-o", type=FILE, help="Write to this file instead of standard output.")
def ledger(
    agreement: Path,
    log: Path,
    from_on: date | None,
    to_on: date | None,
    as_of: datetime | None,
    form: str,
    output: Path | None,
) -> None:
    """The calculation of every interval as it came out: leads, customers, revenue, and their rates.

    On two bases: by the leads that began in an interval, and by the deals that were won in it. The pooled row
    divides sums; rates are never averaged. LOG is the folder of a log, or an import map.

    \b
    accord ledger ours.yaml log                          both bases, interval by interval
    accord ledger ours.yaml log --format csv -o book.csv       for a spreadsheet
    """
    from accord.agreement.parse import read_agreement
    from accord.ledger import book_output
    from accord.ledger.book import book_of
    from accord.ledger.period import outside, period_of

    terms = read_agreement(agreement)
    if from_on is not None and from_on < terms.term.start:
        click.echo(f"! the term begins on {terms.term.start}: no goal is set for the days before", err=True)
    with log_folder(log) as folder:
        days = period_of(terms, folder, from_on, to_on, as_of)
        for warning in outside(days, terms):
            click.echo(f"! {warning}", err=True)
        book = book_of(terms, folder, days.from_on, days.to_on, days.as_of)
    shown = {"table": book_output.book_table, "json": book_output.book_json, "csv": book_output.book_csv}
    emit(shown[form](book), output)


@click.command(short_help="The plan's inputs, measured anew.")
@click.argument("agreement", type=FILE)
@click.argument("log", type=FILE)
@click.option(
    "--only", multiple=True, metavar="INPUT", help="Write only this one into the draft. Repeatable."
)
@click.option("--all", "everything", is_flag=True, help="Write also what is within chance or rests on few.")
@click.option(
    "--as-of", type=Instant(), help="What was known at this instant; by default at the log's last fact."
)
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
@click.option("--output", "-o", type=FILE, help="Write the draft of the next agreement to this file.")
def recalibrate(
    agreement: Path,
    log: Path,
    only: tuple[str, ...],
    everything: bool,
    as_of: datetime | None,
    form: str,
    output: Path | None,
) -> None:
    """What the rates, deal values, shares, cycles and prices of AGREEMENT came out as, with the evidence.

    Nothing is changed. With --output a draft is written: the agreement's own text with the measured values
    in their places, for both sides to read, amend and sign. By default it takes over what is more than
    chance and rests on enough.

    \b
    accord recalibrate ours.yaml log                     proposals beside what was agreed
    accord recalibrate ours.yaml log -o draft.yaml       and a draft; then: accord diff ours.yaml draft.yaml
    accord recalibrate ours.yaml log -o draft.yaml --only goal.streams.smb.deal_value
    """
    from accord.agreement.parse import read_agreement
    from accord.ledger import book_output
    from accord.ledger.recalibrating import measurable
    from accord.ledger.recalibrating import recalibrate as measure

    if (only or everything) and output is None:
        raise click.UsageError("--only and --all say what goes into a draft; name its file with --output")
    if only and everything:
        raise click.UsageError("--only and --all contradict each other; use one of them")
    terms = read_agreement(agreement)
    known = measurable(terms)
    for name in only:
        if name not in known:
            raise NotFound(name, known, noun="input that can be measured")  # before a large log is read
    with log_folder(log) as folder:
        found = measure(terms, folder, as_of)
    shown = {
        "table": book_output.proposals_table,
        "json": book_output.proposals_json,
        "csv": book_output.proposals_csv,
    }
    click.echo(shown[form](found).rstrip("\n"), err=output == STDOUT)
    if output is not None:
        _write(agreement, output, found, _chosen(found, only, everything=everything))


def _chosen(found: "Recalculation", only: Sequence[str], *, everything: bool) -> "list[Proposal]":
    by_name = {item.key: item for item in found.proposals}
    for name in only:
        if name not in by_name:
            why = "came out as agreed" if name in found.unchanged else "has nothing old enough to tell"
            raise InputError(f"{name} {why}; leave it out of the draft")
    if only:
        return [by_name[name] for name in only]
    return [item for item in found.proposals if everything or item.advised]


def _write(agreement: Path, output: Path, found: "Recalculation", chosen: "list[Proposal]") -> None:
    from accord.plan.redrafting import draft_text
    from accord.plan.revaluing import arithmetic, left_behind, settled

    if not chosen:
        click.echo("no draft was written: no change is more than chance; --all takes all of them", err=True)
        return
    emit(draft_text(agreement.read_text(encoding="utf-8"), chosen), output)
    for item in settled(chosen):
        if item.weighed:
            click.echo(f"{item.key} follows from the prices: {item.new} = {arithmetic(item)}", err=True)
    for item in left_behind(chosen, found.proposals):
        said = f"! {item.key} stays {item.old} although prices change; --only {item.key} changes it with them"
        click.echo(said, err=True)
    told = f"{counted(len(chosen), 'input')} written into {output}; to read what it changes: "
    click.echo(f"{told}accord diff {agreement} {output}", err=True)
