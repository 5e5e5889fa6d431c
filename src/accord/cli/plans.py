"""Commands about the numbers behind the promises."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.common import FILE, Day, emit
from accord.errors import PlanImpossible

if TYPE_CHECKING:
    from accord.agreement.parse import Written
    from accord.agreement.terms import Agreement

FORMS = click.Choice(["table", "json", "csv"])
Views = dict[str, Callable[[], str]]  # the text of a view by format


@click.command(short_help="How many leads the goal needs.")
@click.argument("agreement", type=FILE)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="What if? Repeatable.")
@click.option("--months", is_flag=True, help="Leads to deliver month by month, ahead of the quota.")
@click.option("--capacity", is_flag=True, help="Whether reps can follow up so many.")
@click.option("--certainty", is_flag=True, help="The chance to reach the goal.")
@click.option("--best-mix", is_flag=True, help="The cheapest leads that reach the goal.")
@click.option("--explain", metavar="NUMBER", help="Where a number comes from, such as smb.mql.")
@click.option("--from", "from_on", type=Day(), help="First day of the weeks that --capacity shows.")
@click.option("--to", "to_on", type=Day(), help="Last day of the weeks that --capacity shows.")
@click.option("--within", type=click.IntRange(1, 120), help="Months in which leads of --best-mix must close.")
@click.option("--seed", type=click.IntRange(min=0), help="Of the draws of --certainty; by default 2026.")
@click.option("--history", type=FILE, metavar="LOG", help="Log whose rates --certainty rests on.")
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
@click.option("--output", "-o", type=FILE, help="Write to this file instead of standard output.")
def plan(
    agreement: Path,
    settings: tuple[str, ...],
    months: bool,
    capacity: bool,
    certainty: bool,
    best_mix: bool,
    explain: str | None,
    from_on: date | None,
    to_on: date | None,
    within: int | None,
    seed: int | None,
    history: Path | None,
    form: str,
    output: Path | None,
) -> None:
    """How many leads the revenue goal needs, by stream and lead type, back up the funnel.

    \b
    accord plan ours.yaml                               the plan, stage by stage
    accord plan ours.yaml --set win_rate=25% --set reps=12     before and after, side by side
    accord plan ours.yaml --explain leads               the formulas behind a number

    Figures differ from an article's? Some articles are wrong; the errors we know are in
    docs/explanation/article-errors.md.
    """
    from accord.agreement.parse import read_written
    from accord.plan.changes.whatif import apply

    asked = {"--months": months, "--capacity": capacity, "--certainty": certainty, "--best-mix": best_mix}
    asked["--explain"] = explain is not None
    view = _only_view([name for name, given in asked.items() if given])
    _belongs(view, "--capacity", {"--from": from_on, "--to": to_on})
    _belongs(view, "--best-mix", {"--within": within})
    _belongs(view, "--certainty", {"--seed": seed, "--history": history})
    written = read_written(agreement)
    terms = apply(written.agreement, settings) if settings else written.agreement
    if explain is not None:
        views = _explained(written, terms, explain)
    elif view is None and settings:
        views = _compared(written.agreement, terms)
    else:
        of: dict[str | None, Callable[[], Views]] = {
            None: lambda: _planned(terms),
            "--months": lambda: _by_month(terms),
            "--capacity": lambda: _for_reps(terms, from_on or terms.term.start, to_on or terms.term.end),
            "--certainty": lambda: _sure(terms, seed, history),
            "--best-mix": lambda: _cheapest(terms, within),
        }
        views = of[view]()
    if form not in views:
        raise click.UsageError(f"this view comes as {' or '.join(views)}, not as {form}")
    emit(views[form](), output)


def _only_view(asked: list[str]) -> str | None:
    if len(asked) > 1:
        raise click.UsageError(f"{' and '.join(asked)} are views of their own; ask for one at a time")
    return asked[0] if asked else None


def _belongs(view: str | None, owner: str, options: dict[str, object]) -> None:
    """Refuse an option that the view does not look at: it would be passed over in silence."""
    idle = [name for name, value in options.items() if value is not None]
    if idle and view != owner:
        raise click.UsageError(f"{' and '.join(idle)} says something to {owner} only; add {owner}")


def _planned(agreement: "Agreement") -> Views:
    from accord.plan import output
    from accord.plan.changes.output import comparison_table
    from accord.plan.changes.whatif import with_improvements
    from accord.plan.funnel import plan as work_back

    worked = work_back(agreement)

    def table() -> str:
        better = with_improvements(agreement)
        return output.as_table(worked) + ("\n" + comparison_table(better, all_rows=False) if better else "")

    return {"table": table, "json": lambda: output.as_json(worked), "csv": lambda: output.as_csv(worked)}


def _compared(before: "Agreement", after: "Agreement") -> Views:
    from accord.plan.changes import output
    from accord.plan.changes.whatif import compare

    comparison = compare(before, after)
    return {
        "table": lambda: output.comparison_table(comparison),
        "json": lambda: output.comparison_json(comparison),
        "csv": lambda: output.comparison_csv(comparison),
    }


def _explained(written: "Written", agreement: "Agreement", number: str) -> Views:
    from accord.plan.lineage.lineage import explain_number

    return {"table": lambda: explain_number(agreement, number, file=written.file, place=written.place)}


def _by_month(agreement: "Agreement") -> Views:
    from accord.plan.months import output
    from accord.plan.months.lag import lag_plan

    months = lag_plan(agreement)
    return {
        "table": lambda: output.lag_table(months),
        "json": lambda: output.lag_json(months),
        "csv": lambda: output.lag_csv(months),
    }


def _for_reps(agreement: "Agreement", from_on: date, to_on: date) -> Views:
    from accord.plan.reps import output
    from accord.plan.reps.capacity import capacity_plan
    from accord.plan.reps.rota import pool_months, rota

    needed = capacity_plan(agreement)
    months, weeks = pool_months(agreement, from_on, to_on), rota(agreement, from_on, to_on)
    return {
        "table": lambda: output.capacity_table(needed, months, weeks),
        "json": lambda: output.capacity_json(needed, months, weeks),
        "csv": lambda: output.weeks_csv(weeks),
    }


def _sure(agreement: "Agreement", seed: int | None, log: Path | None) -> Views:
    from accord.ledger.evidence import history
    from accord.plan.odds.certainty import SEED, certainty
    from accord.plan.odds.output import certainty_json, certainty_table

    result = certainty(
        agreement, seed=SEED if seed is None else seed, history=history(agreement, log) if log else None
    )
    return {"table": lambda: certainty_table(result), "json": lambda: certainty_json(result)}


def _cheapest(agreement: "Agreement", within: int | None) -> Views:
    from accord.plan.mix.best_mix import best_mix
    from accord.plan.mix.output import best_mix_json, best_mix_table

    mix = best_mix(agreement, within=within)
    if not mix.possible:
        raise PlanImpossible(best_mix_table(mix))
    return {"table": lambda: best_mix_table(mix), "json": lambda: best_mix_json(mix)}
