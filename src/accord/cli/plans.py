"""Commands about the numbers behind the promises."""

from pathlib import Path

import click

from accord.cli.common import FILE


@click.command(short_help="How many leads the goal needs.")
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
