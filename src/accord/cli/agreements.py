"""Commands about the agreement itself: check, render, schema."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.common import FILE, STDOUT, Day, counted, emit, emit_bytes, plan_or_none, said
from accord.errors import AgreementInvalid, AgreementUnreadable, Severity

if TYPE_CHECKING:
    from accord.agreement.starting.interview import Question


@click.command(short_help="Is it sound? Every problem with its line.")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="AGREEMENT...")
@click.option("--on", type=Day(), help="Judge terms by this day instead of today.")
@click.option("--history", type=FILE, metavar="LOG", help="Log whose best months targets are compared with.")
@click.option("--strict", is_flag=True, help="Let warnings fail too.")
def check(files: tuple[Path, ...], on: date | None, history: Path | None, strict: bool) -> None:
    """Say everything that is wrong or foolish in an agreement, each with its place and what is allowed.

    Errors (and with --strict warnings) end with exit code 3, a file that cannot be read with 15; all else
    with 0. Every file is looked at, whatever is wrong with the others.
    """
    from accord.agreement.check import worst
    from accord.agreement.parse import read_written
    from accord.ledger.evidence import best
    from accord.plan.remarks import check_all

    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}

    code = 0
    for file in files:
        try:
            written = read_written(file)
            reached = best(written.agreement, history) if history else None
            problems = check_all(written, on or datetime.now(UTC).date(), reached)
        except AgreementInvalid as error:
            problems = list(error.problems)
        except AgreementUnreadable as error:
            click.echo(said(error), err=True)
            code = error.exit_code
            continue
        for problem in problems:
            click.echo(f"{file}: {problem}" if not problem.file else str(problem))
        code = code or (AgreementInvalid.exit_code if worst(problems) in failing else 0)
        kinds = [sum(problem.severity is kind for problem in problems) for kind in Severity]
        said_of = (counted(kinds[0], "error"), counted(kinds[1], "warning"), f"{kinds[2]} of advice")
        click.echo(f"{file}: {', '.join(said_of)}")
    sys.exit(code)


@click.command(short_help="The agreement in plain words.")
@click.argument("agreement", type=FILE)
@click.option("--format", "form", type=click.Choice(["md", "html", "pdf"]), default="md", show_default=True)
@click.option("--lang", default="en", help="Language code of the reader; decides the direction of the page.")
@click.option("--output", "-o", type=FILE, help="File to write; needed for a PDF.")
def render(agreement: Path, form: str, lang: str, output: Path | None) -> None:
    """One or two screens of plain words for whoever has to live by the agreement, the detail after."""
    from accord.agreement.parse import read_agreement
    from accord.agreement.rendering.render import render_markdown
    from accord.agreement.signing import files
    from accord.report.document import print_pdf, render_html
    from accord.report.signed import signature_lines

    terms = read_agreement(agreement)
    if form == "md":
        emit(render_markdown(terms), output)
        return
    lines, digest = signature_lines(terms, files.read_chain(files.chain_path(agreement)))
    if form == "html":
        emit(render_html(terms, plan_or_none(terms), signatures=lines, digest=digest, lang=lang), output)
    elif output is None or output == STDOUT:
        raise click.UsageError("a PDF goes to a file: add -o NAME.pdf")
    else:
        printed = print_pdf(terms, plan_or_none(terms), signatures=lines, digest=digest, lang=lang)
        emit_bytes(printed.pdf, output)
        for warning in printed.warnings:
            click.echo(f"{output}: warning: {warning}", err=True)


@click.command(short_help="What changed between two versions.")
@click.argument("earlier", type=FILE)
@click.argument("later", type=FILE)
@click.option(
    "--format", "form", type=click.Choice(["text", "md", "json"]), default="text", show_default=True
)
def diff(earlier: Path, later: Path, form: str) -> None:
    """In sentences: what changed, who owes more, and what it does to the leads and to the reps' load."""
    from accord.agreement.parse import read_agreement
    from accord.plan.changes import effect_output

    show = {"text": effect_output.as_text, "md": effect_output.as_markdown, "json": effect_output.as_json}[
        form
    ]
    emit(show(read_agreement(earlier), read_agreement(later)), None)


@click.command("init", short_help="A first agreement from eight questions.")
@click.argument("file", type=FILE, default="agreement.yaml")
@click.option("--template", default="b2b_saas", show_default=True, help="b2b_saas, manufacturer or agency.")
@click.option("--yes", is_flag=True, help="Ask nothing: take the template's own answers.")
@click.option("--replace", is_flag=True, help="Overwrite FILE if it exists.")
def init_(file: Path, template: str, yes: bool, replace: bool) -> None:
    """Ask eight questions and write a valid agreement with comments that teach."""
    from accord.agreement.starting import init

    answers = init.default_answers(template) if yes else init.ask_all(_ask, template)
    init.write_new(init.draft(answers, template, datetime.now(UTC).date()), file, replace=replace)
    click.echo(f"wrote {file}; next: accord check {file}, then accord plan {file}")


@click.command(short_help="The JSON Schema, for editors.")
def schema() -> None:
    """The JSON Schema of the agreement file, for editors that complete and check as you type."""
    from accord.agreement.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _ask(question: "Question", refused: str) -> str:
    """One question on the terminal; Enter takes the default."""
    if refused:
        click.secho(refused, fg="red", err=True)
    else:
        click.echo(f"\n{question.text}\n  {question.hint}")
    return str(click.prompt("", default=question.default, prompt_suffix="> "))
