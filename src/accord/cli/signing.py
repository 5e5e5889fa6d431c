"""Commands by which both sides propose, go through, and sign a version, and prove it afterwards."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.common import FILE, Instant, emit
from accord.errors import ChainInvalid

if TYPE_CHECKING:
    from accord.agreement.signing.keys import SigningKey

JSON = click.Choice(["text", "json"])


@click.command(short_help="A key to sign with.")
@click.argument("person")
@click.option("--output", "-o", type=FILE, help="File of the private key; by default PERSON.pem.")
@click.option("--no-passphrase", is_flag=True, help="Do not protect the file of the key.")
def keygen(person: str, output: Path | None, no_passphrase: bool) -> None:
    """Make an Ed25519 key for PERSON and print the line that goes into the agreement."""
    from accord.agreement.signing.keys import write_key

    if Path(person).name != person:
        raise click.UsageError(f"{person!r} is no name under `people`; write it as it stands there")
    secret = None if no_passphrase else _new_passphrase()
    path = output or Path(f"{person}.pem")
    key = write_key(path, secret)
    click.echo(f"private key: {path} (yours alone: never hand it on)", err=True)
    click.echo(f"{person}: {{key: {key.public}}}")


@click.command(short_help="Lay a version before both sides.")
@click.argument("agreement", type=FILE)
@click.option("--by", required=True, metavar="PERSON", help="Who proposes: a name under `people`.")
@click.option("--reason", default="", help="Why; needed if it resets a version before that one's end.")
@click.option("--withdraw", is_flag=True, help="Take the open proposal back instead.")
def propose(agreement: Path, by: str, reason: str, withdraw: bool) -> None:
    """Propose this version, with its calculation, as the next one; the chain stands beside the file."""
    from accord.agreement.parse import read_agreement
    from accord.agreement.signing import files, sign
    from accord.agreement.signing.output import standing_text
    from accord.plan.walk import calculation

    terms, path, at = read_agreement(agreement), files.chain_path(agreement), datetime.now(UTC)
    chain = files.read_chain(path)
    if withdraw:
        longer = sign.withdraw(chain, by=by, at=at, reason=reason)
    else:
        longer = sign.propose(chain, terms, by=by, at=at, calculation=calculation(terms), reason=reason)
    files.append_chain(path, longer)
    click.echo(standing_text(longer, at, terms).rstrip())


@click.command("sign", short_help="Go through the numbers, then sign.")
@click.argument("agreement", type=FILE)
@click.argument("person")
@click.option("--key", "key_file", type=FILE, help="Your private key; without one you type your full name.")
def sign_(agreement: Path, person: str, key_file: Path | None) -> None:
    """Walk PERSON through the goal, the numbers and both sides' promises, and record the signature."""
    from accord.agreement.parse import read_agreement
    from accord.agreement.signing import files, sign
    from accord.agreement.signing.output import standing_text
    from accord.agreement.signing.proposals import full_name
    from accord.plan.walk import calculation, walk

    terms, path = read_agreement(agreement), files.chain_path(agreement)
    chain = files.read_chain(path)
    if key_file and not key_file.is_file():
        _key(key_file)  # says so before the walk: nobody goes through all of it for a lost file
    for step in walk(terms, person):
        click.echo(f"\n{click.style(step.title, bold=True)}\n\n{step.whole.rstrip()}\n")
        click.confirm("I have read this", abort=True)
    key = _key(key_file) if key_file else None
    typed = None if key else click.prompt(f"Type your full name to sign ({full_name(terms, person)})")
    at = datetime.now(UTC)
    longer = sign.sign(
        chain, terms, person=person, at=at, calculation=calculation(terms), key=key, typed=typed
    )
    files.append_chain(path, longer)
    click.echo(standing_text(longer, at, terms).rstrip())


@click.command(short_help="Prove that what is signed is what stands here.")
@click.argument("agreement", type=FILE)
@click.option("--head", help="Digest of the last entry, as somebody noted it elsewhere.")
@click.option("--format", "form", type=JSON, default="text", show_default=True)
def verify(agreement: Path, head: str | None, form: str) -> None:
    """Recompute the chain and name every fault: a changed byte, a missing signature, a forged one.

    Ends with exit code 20 unless everything holds.
    """
    from accord.agreement.parse import read_written
    from accord.agreement.signing import files
    from accord.agreement.signing.output import report_json, report_text
    from accord.agreement.signing.verify import verify as prove

    chain = files.read_chain(files.chain_path(agreement))
    report = prove(chain, [read_written(agreement)], head=head)
    emit(report_json(report) if form == "json" else report_text(report), None)
    sys.exit(0 if report.ok else ChainInvalid.exit_code)


@click.command(short_help="Which version is in force.")
@click.argument("agreement", type=FILE)
@click.option("--at", type=Instant(), help="At this instant instead of now.")
@click.option("--format", "form", type=JSON, default="text", show_default=True)
def status(agreement: Path, at: datetime | None, form: str) -> None:
    """Draft, proposed, signed, active, expired or reset, by the chain, the term and the instant."""
    from accord.agreement.parse import read_agreement
    from accord.agreement.signing import files
    from accord.agreement.signing.output import standing_json, standing_text

    chain = files.read_chain(files.chain_path(agreement))
    show = standing_json if form == "json" else standing_text
    emit(show(chain, at or datetime.now(UTC), read_agreement(agreement)), None)


@click.command(short_help="What both sides mean by their words.")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="AGREEMENT | --compare FORM...")
@click.option("--side", type=click.Choice(["marketing", "sales"]), help="For whom the form is.")
@click.option("--compare", is_flag=True, help="Show where the answers in the forms differ.")
@click.option("--format", "form", type=JSON, default="text", show_default=True)
@click.option("--output", "-o", type=FILE, help="Write to this file instead of standard output.")
def survey(files: tuple[Path, ...], side: str | None, compare: bool, form: str, output: Path | None) -> None:
    """A form of questions for one side; then, with --compare, the answers of both, question by question.

    \b
    accord survey ours.yaml --side marketing -o marketing.yaml
    accord survey ours.yaml --side sales -o sales.yaml
    accord survey --compare marketing.yaml sales.yaml
    """
    from accord.agreement.clauses.people import Side
    from accord.agreement.parse import read_agreement
    from accord.agreement.survey import output as shown
    from accord.agreement.survey.compare import compare as take_apart
    from accord.agreement.survey.form import form_text, read_form

    if compare:
        result = take_apart([read_form(file) for file in files])
        emit(shown.comparison_json(result) if form == "json" else shown.comparison_text(result), output)
    elif side is None or len(files) != 1:
        raise click.UsageError("name one agreement and --side, or --compare and the filled-in forms")
    else:
        emit(form_text(read_agreement(files[0]), Side(side)), output)


def _key(file: Path) -> "SigningKey":
    from accord.agreement.signing.keys import read_key

    secret = ""
    if file.is_file() and b"ENCRYPTED" in file.read_bytes():
        secret = click.prompt(f"Passphrase of {file}", hide_input=True)
    return read_key(file, secret or None)


def _new_passphrase() -> str | None:
    secret = click.prompt(
        "Passphrase (empty for none)",
        hide_input=True,
        confirmation_prompt=True,
        default="",
        show_default=False,
    )
    return secret or None
