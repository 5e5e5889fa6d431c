"""The command that runs a log under another agreement."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.common import FILE, STDOUT, Day, Instant, emit
from accord.cli.logs import log_folder

if TYPE_CHECKING:
    from accord.agreement.terms import Agreement
    from accord.ledger.replay.running import Replaying
    from accord.ledger.replay.values import Moved

_GROUPINGS = click.Choice(["lead_type", "stream", "segment", "pool", "calendar", "month"])


@click.command(short_help="What another agreement would have said of a log.")
@click.argument("agreement", type=FILE)
@click.argument("log", type=FILE)
@click.option("--under", "draft", type=FILE, metavar="DRAFT", help="The agreement to try on the log.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Change a term. Repeatable.")
@click.option("--from", "from_on", type=Day(), help="First day of the period; by default the term's first.")
@click.option("--to", "to_on", type=Day(), help="Last day; by default the last with a fact in the log.")
@click.option(
    "--as-of", type=Instant(), help="What was known at this instant; by default at the log's last fact."
)
@click.option("--by", type=_GROUPINGS, help="Show the promises that move apart by this.")
@click.option("--list", "listed", is_flag=True, help="List every verdict that moves, and why.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
@click.option("--output", "-o", type=FILE, help="Write to this file instead of standard output.")
def replay(
    agreement: Path,
    log: Path,
    draft: Path | None,
    settings: tuple[str, ...],
    from_on: date | None,
    to_on: date | None,
    as_of: datetime | None,
    by: str | None,
    listed: bool,
    form: str,
    output: Path | None,
) -> None:
    """What would have been kept and broken in LOG under a draft, beside what was under AGREEMENT.

    \b
    accord replay ours.yaml log --under draft.yaml               how often, and of what
    accord replay ours.yaml log --set first_touch=30min          the same agreement with one term changed
    accord replay ours.yaml log --under draft.yaml --list        every verdict that moves, and why

    What can be set: first_touch, first_touch.TYPE, decide_within, accept_within, feedback_within,
    hours.CALENDAR (09:00-17:00), and whatever `accord plan --set` can. LOG is the folder of a log, or an
    import map. A replay says what the clocks would have said, not what people would have done.
    """
    from accord.agreement.parse import read_agreement
    from accord.ledger.period import period_of
    from accord.ledger.replay.running import Replaying
    from accord.ledger.replay.settings import with_settings

    if draft is None and not settings:
        raise click.UsageError("say what to try: --under DRAFT.yaml, or --set first_touch=30min")
    before = read_agreement(agreement)
    after = with_settings(read_agreement(draft) if draft else before, settings)
    with log_folder(log) as folder:
        of = period_of(before, folder, from_on, to_on, as_of)
        with Replaying(
            before, after, folder, from_on=of.from_on, to_on=of.to_on, as_of=of.as_of, changed=settings
        ) as both:
            emit(_said(both, before, form, by, listed=listed), output or STDOUT)


def _said(both: "Replaying", agreement: "Agreement", form: str, by: str | None, *, listed: bool) -> str:
    from accord.ledger.replay import output

    why = _why(agreement) if listed else None
    moved = both.moved() if listed else iter(())
    if form == "json":
        return output.as_json(both.result(), moved, why)
    if form == "csv":
        return "".join(output.moved_csv(moved, why)) if why else output.as_csv(both.result(), by)
    return output.as_text(both.result(), by, moved, why)


def _why(agreement: "Agreement") -> "Callable[[Moved], str]":
    from accord.ledger.replay.saying import why, zone_of

    return lambda moved: why(moved, zone_of(agreement, moved.calendar, moved.started_at.date()))
