"""The commands as people type them, also with wrong arguments: one message, the right exit code."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accord.cli import main

ROOT = Path(__file__).parents[2]
SMALL = str(ROOT / "examples" / "small.yaml")
PACKHELP = str(ROOT / "examples" / "packhelp.yaml")
CRM = str(ROOT / "examples" / "maps" / "crm.yaml")
CALENDAR = f"""\
accord: 1
name: F15
term: 2026-01-01
calendars: {{office: {{zone: UTC, hours: {{mon-fri: "09:00-17:00"}}}}}}
goal: {{revenue: 500000, deal_value: 2000}}
lead_types: {{web_form: {{lead_to_customer: {2}%}}}}
"""


def accord(*arguments: str, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(main, list(arguments), input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def office(tmp_path: Path) -> str:
    path = tmp_path / "office.yaml"
    path.write_text(CALENDAR, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("crm") / "log"
    result = accord("import", CRM, "--into", str(folder))
    assert result.exit_code == 0, result.output
    return str(folder)


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_explains_itself(command: str) -> None:
    result = accord(command, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4


def test_whoever_wonders_about_an_articles_figures_is_told_where_they_are_wrong() -> None:
    said = " ".join(accord("plan", "--help").output.split())
    page = "docs/explanation/article-errors.md"
    assert page in said
    assert (ROOT / page).is_file()


@pytest.mark.parametrize("command", sorted(main.commands))
def test_the_list_of_commands_says_each_in_a_whole_sentence(command: str) -> None:
    (line,) = [line for line in accord("--help").output.splitlines() if line.startswith(f"  {command} ")]
    assert not line.endswith("...")


def test_the_plan_of_the_published_example_comes_out_as_published() -> None:
    result = accord("plan", PACKHELP, "--format", "json")
    assert result.exit_code == 0
    assert {"3900", "2675"} <= set(result.output.replace(",", " ").split())
    json.loads(result.output)


def test_elapsed_and_due_answer_rows_of_csv(office: str) -> None:
    rows = "from,to\n2026-03-13T16:30:00Z,2026-03-16T09:30:00Z\n"
    answered = accord("elapsed", office, "office", stdin=rows)
    assert [row["elapsed_seconds"] for row in csv.DictReader(io.StringIO(answered.stdout))] == ["3600"]
    back = accord("due", office, "office", stdin="from,budget\n2026-03-13T16:30:00Z,60 min\n")
    assert [row["due"] for row in csv.DictReader(io.StringIO(back.stdout))] == ["2026-03-16T09:30:00Z"]


def test_a_bad_row_is_named_and_stops_no_other(office: str) -> None:
    rows = "from,to\n2026-03-13T16:30:00,x\n2026-03-13T16:30:00Z,2026-03-16T09:30:00Z\n"
    result = accord("elapsed", office, "office", stdin=rows)
    assert result.exit_code == 2
    assert [row["elapsed_seconds"] for row in csv.DictReader(io.StringIO(result.stdout))] == ["", "3600"]
    assert ":2:" in result.stderr


def test_check_counts_what_it_found_and_ends_with_its_code() -> None:
    assert accord("check", SMALL, PACKHELP).exit_code == 0
    broken = accord("check", str(next((ROOT / "tests" / "agreements" / "broken").glob("*.yaml"))))
    assert broken.exit_code == 3
    assert "error" in broken.output.splitlines()[-1]


def test_report_writes_one_page_and_says_what_it_shows_in_five_lines(log: str, tmp_path: Path) -> None:
    page = tmp_path / "deep" / "page.html"
    result = accord("report", SMALL, log, "--to", "2026-03-31", "-o", str(page))
    assert result.exit_code == 0, result.output
    *five, where = result.stdout.splitlines()
    assert len(five) == 5
    assert where == f"page: {page}"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_dash_as_output_is_standard_output(
    log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = accord("report", SMALL, log, "--to", "2026-03-31", "-o", "-")
    assert result.stdout.startswith("<!doctype html>")
    assert len(result.stderr.splitlines()) == 5
    assert list(tmp_path.iterdir()) == []


def test_a_note_on_the_data_is_counted_in_the_terminal(log: str, tmp_path: Path) -> None:
    """Somebody who never opens the page must not miss that leads were of no known type."""
    result = accord("report", SMALL, log, "--to", "2026-03-31", "-o", str(tmp_path / "page.html"))
    assert "note on the page" in result.stdout.splitlines()[3].replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_message_not_a_traceback() -> None:
    call = [sys.executable, "-c", "from accord.cli import main; main()", "measures", "speed"]
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(call, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (run.returncode, len(run.stderr.splitlines())) == (2, 1), run.stderr
    assert "make room" in run.stderr


def test_check_looks_at_every_file_also_after_one_it_cannot_read() -> None:
    result = accord("check", "nowhere.yaml", SMALL)
    assert result.exit_code == 15
    assert "nowhere.yaml" in result.stderr
    assert f"{SMALL}: 0 errors" in result.stdout


def test_an_import_of_which_nothing_could_be_used_ends_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("id,when\n1,soon\n")
    text = "import: 1\nfiles: [{read: calls.csv, lead: id, events: [{kind: attempted, at: when}]}]\n"
    (tmp_path / "map.yaml").write_text(text)
    result = accord("import", str(tmp_path / "map.yaml"), "--into", str(tmp_path / "log"))
    assert result.exit_code == 6
    assert "rejected 1" in result.stdout


def test_report_as_json_goes_to_standard_output(log: str) -> None:
    result = accord("report", SMALL, log, "--to", "2026-03-31", "--format", "json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)


def test_one_command_goes_from_agreement_and_exports_to_the_page(tmp_path: Path) -> None:
    result = accord("report", SMALL, CRM, "--to", "2026-03-31", "-o", str(tmp_path / "page.html"))
    assert result.exit_code == 0, result.output
    assert "rejected" in result.stderr
    assert "new events" not in result.stderr  # of a log that is gone when the command ends


def test_explain_tells_the_story_of_one_lead(log: str) -> None:
    result = accord("explain", SMALL, log, "L-0001")
    assert result.exit_code == 0, result.output
    assert "L-0001" in result.output


def test_the_same_import_again_brings_nothing_new(log: str) -> None:
    assert ": 0 new events" in accord("import", CRM, "--into", log).output


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("plan", "nowhere.yaml"), 15, "nowhere.yaml"),
        (("elapsed", SMALL, "nocalendar"), 14, "known are office"),
        (("measures", "sped"), 9, "did you mean 'speed'?"),
        (("report", SMALL, "nowhere"), 7, "accord import"),
        (("report", SMALL, "nowhere", "--from", "1.1.2026"), 2, "write it as 2026-03-31"),
        (("report", SMALL, "nowhere", "--as-of", "2026-03-31T17:00"), 2, "has no zone"),
        (("import", "nowhere.yaml", "--into", "x"), 5, "nowhere.yaml"),
        (("simulate", SMALL, "--leads", "-1", "--into", "x"), 2, "--leads"),
        (("plan",), 2, "Missing argument"),
        (("plam",), 2, "No such command 'plam'; did you mean 'plan'?"),
        (("--plam",), 2, "No such option"),
        (("plan", SMALL, "--months", "--capacity"), 2, "ask for one at a time"),
        (("plan", SMALL, "--within", "3"), 2, "add --best-mix"),
        (("plan", SMALL, "--from", "2026-05-01"), 2, "add --capacity"),
        (("plan", SMALL, "--certainty", "--format", "csv"), 2, "comes as table or json"),
        (("report", SMALL, "nowhere", "--to", "9999-12-31"), 2, "outside 1970 to 2100"),
        (("report", SMALL, "nowhere", "--as-of", "9999-12-31T23:59:59Z"), 2, "outside 1970 to 2100"),
        (("render", SMALL, "--format", "pdf", "-o", "-"), 2, "goes to a file"),
        (("render", SMALL, "-o", f"{SMALL}/page.md"), 2, "a part of its path is a file"),
    ],
)
def test_a_wrong_call_says_what_to_do(arguments: tuple[str, ...], code: int, said: str) -> None:
    result = accord(*arguments)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr


def test_a_key_is_looked_for_before_the_long_walk(tmp_path: Path) -> None:
    ours = tmp_path / "ours.yaml"
    ours.write_text(Path(SMALL).read_text(encoding="utf-8"), encoding="utf-8")
    assert accord("propose", str(ours), "--by", "mina").exit_code == 0
    result = accord("sign", str(ours), "mina", "--key", str(tmp_path / "nowhere.pem"), stdin="")
    assert result.exit_code == 22
    assert "I have read this" not in result.output


def test_a_key_is_made_for_a_name_and_not_for_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert accord("keygen", "../mina", "--no-passphrase").exit_code == 2
    assert not (tmp_path / "mina.pem").exists()


def test_a_lead_that_is_not_there_is_named_with_the_nearest(log: str) -> None:
    result = accord("explain", SMALL, log, "L-001")
    assert result.exit_code == 8
    assert "did you mean" in result.stderr


def test_a_page_that_cannot_be_written_says_so(log: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = accord("report", SMALL, log, "--to", "2026-03-31", "-o", str(tmp_path / "file" / "page.html"))
    assert result.exit_code == 2
    assert "cannot write" in result.stderr


def test_a_simulated_log_is_overwritten_only_when_told(tmp_path: Path) -> None:
    into = ("--leads", "5", "--into", str(tmp_path / "log"))
    assert accord("simulate", SMALL, *into).exit_code == 0
    assert accord("simulate", SMALL, *into).exit_code == 2
    assert accord("simulate", SMALL, *into, "--replace").exit_code == 0


def test_two_heads_sign_what_they_have_read_and_the_print_shows_it(tmp_path: Path) -> None:
    """`sign` asks about each page; a name typed wrong signs nothing; a changed text unsigns all."""
    file = tmp_path / "ours.yaml"
    assert accord("init", str(file), "--yes").exit_code == 0
    assert accord("propose", str(file), "--by", "marketing_head").exit_code == 0
    read = "y\n" * 6
    wrong = accord("sign", str(file), "marketing_head", stdin=read + "Somebody\n")
    assert (wrong.exit_code, "not their full name" in wrong.stderr) == (21, True)
    assert accord("sign", str(file), "marketing_head", stdin="n\n").exit_code == 1
    for person in ("marketing_head", "sales_head"):
        assert accord("verify", str(file)).exit_code == 20
        name = person.replace("_head", "").join(["Head of ", ""])
        signed = accord("sign", str(file), person, stdin=f"{read}{name}\n")
        assert signed.exit_code == 0, signed.output
    assert accord("verify", str(file)).exit_code == 0
    assert "is in force" in accord("status", str(file)).output
    assert accord("render", str(file), "--format", "html").output.count("by typing the name") == 2
    file.write_text(file.read_text(encoding="utf-8").replace("target: 90%", "target: 91%"), encoding="utf-8")
    changed = accord("verify", str(file))
    assert (changed.exit_code, "changed text" in changed.output) == (20, True)
    assert "by typing the name" not in accord("render", str(file), "--format", "html").output


def test_init_asks_again_with_the_reason_and_overwrites_only_when_told(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    answers = "Acme\nmany\nEUR 300,000\n" + "\n" * 6
    asked = accord("init", str(file), stdin=answers)
    assert asked.exit_code == 0, asked.output
    assert "EUR" in file.read_text(encoding="utf-8")
    assert "many" in asked.stderr
    assert accord("init", str(file), "--yes").exit_code == 2
    assert accord("init", str(file), "--yes", "--replace", "--template", "agency").exit_code == 0
    assert accord("init", str(file), "--template", "agencia").exit_code == 17


def test_forms_of_both_sides_are_compared_question_by_question(tmp_path: Path) -> None:
    forms = [str(tmp_path / f"{side}.yaml") for side in ("marketing", "sales")]
    for form, side in zip(forms, ("marketing", "sales"), strict=True):
        assert accord("survey", SMALL, "--side", side, "-o", form).exit_code == 0
        empty = Path(form).read_text(encoding="utf-8")
        Path(form).write_text(empty.replace("person:  # your name", f"person: {side} head"), encoding="utf-8")
    compared = accord("survey", "--compare", *forms)
    assert compared.exit_code == 0, compared.output
    assert accord("survey", SMALL).exit_code == 2
    assert json.loads(accord("survey", "--compare", *forms, "--format", "json").stdout)


def test_a_pdf_needs_a_file_and_is_one(tmp_path: Path) -> None:
    assert accord("render", SMALL, "--format", "pdf").exit_code == 2
    target = tmp_path / "small.pdf"
    assert accord("render", SMALL, "--format", "pdf", "-o", str(target)).exit_code == 0
    assert target.read_bytes().startswith(b"%PDF")


def test_a_key_signs_and_is_asked_for_its_passphrase(tmp_path: Path) -> None:
    pem = tmp_path / "mina.pem"
    made = accord("keygen", "mina", "-o", str(pem), stdin="secret\nsecret\n")
    assert (made.exit_code, pem.stat().st_mode & 0o777) == (0, 0o600)
    public = made.stdout.split("key: ")[1].rstrip("}\n")
    file = tmp_path / "ours.yaml"
    accord("init", str(file), "--yes")
    text = file.read_text(encoding="utf-8").replace(
        'name: "Head of marketing"', f'name: Mina, key: "{public}"'
    )
    file.write_text(text, encoding="utf-8")
    assert accord("propose", str(file), "--by", "marketing_head").exit_code == 0
    signed = accord("sign", str(file), "marketing_head", "--key", str(pem), stdin="y\n" * 6 + "secret\n")
    assert signed.exit_code == 0, signed.output
    assert "with ed25519:" in accord("verify", str(file)).output


def test_two_versions_are_compared_in_sentences() -> None:
    result = accord("diff", SMALL, PACKHELP)
    assert result.exit_code == 0
    assert "owes" in result.output
