"""The same functions by hand: `accord COMMAND`. No rule lives here; a command reads, calls, and shows."""

import click

from accord import __version__
from accord.cli import agreements, books, hours, logs, plans, replays, server, signing
from accord.cli.common import Errors


@click.group(cls=Errors, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="accord")
def main() -> None:
    """Keep the agreement between marketing and sales: plan it, run by it, show both sides the same score.

    \b
    Start with      accord init
    then            accord check agreement.yaml; accord plan agreement.yaml
    and, with data  accord report AGREEMENT.yaml MAP.yaml --from 2026-01-01 --to 2026-03-31
    """


for _command in (
    agreements.init_,
    agreements.check,
    agreements.render,
    plans.plan,
    agreements.diff,
    signing.survey,
    signing.propose,
    signing.sign_,
    signing.verify,
    signing.status,
    signing.keygen,
    logs.import_,
    logs.simulate,
    logs.measures,
    logs.report,
    logs.explain,
    books.ledger,
    books.recalibrate,
    replays.replay,
    hours.elapsed,
    hours.due,
    agreements.schema,
    server.serve,
    server.worker,
    server.backup,
    server.restore,
    server.doctor,
    server.manage,
):
    main.add_command(_command)
