"""Figures by owner are a league table: only who leads sales sees others' (DOMAIN 7, 8.7)."""

import csv
import io
from dataclasses import replace

import pytest

from accord.agreement.parse import parse_agreement
from accord.ledger.score import Table
from accord.report.grid import Column, grid
from accord.report.naming import person
from accord.report.view import Part, Section
from accord.server.people.models import User
from accord.server.score.owning import called, names, seen, seen_sections
from server_fixture import ACME, People, signed_in


def figures(people: People) -> Table:
    rows = (
        ("all", None, 9),
        ("owner", people.leyla.email.upper(), 4),
        ("owner", "other@acme.example", 5),
        ("owner", None, 1),
    )
    return Table(("by", "key", "leads"), rows)


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "rows"), [("omar", 4), ("leyla", 2), ("mina", 1), ("vera", 1), ("runa", 1)])
def test_rows_by_owner_are_for_who_leads_sales_and_for_oneself(people: People, who: str, rows: int) -> None:
    table = figures(people)
    assert len(seen(table, "speed", people[who]).rows) == rows
    part = Table(("owner", "leads"), tuple(row[1:] for row in table.rows if row[0] == "owner"))
    assert len(seen(part, "speed", people[who]).rows) == max(0, rows - 1)


@pytest.mark.django_db
def test_all_see_the_leads_but_not_whose_they_are(people: People) -> None:
    table = Table(("lead", "owner"), (("L1", people.leyla.email), ("L2", "other@acme.example")))
    assert seen(table, "first_touch", people.omar) == table
    assert seen(table, "first_touch", people.leyla).rows == (("L1", people.leyla.email), ("L2", None))
    others = seen(table, "first_touch", people.vera)
    assert (others.columns, others.rows) == (("lead",), (("L1",), ("L2",))), "an empty column says: unknown"


@pytest.mark.django_db
def test_what_is_ones_own_is_found_by_the_name_that_the_agreement_gives_one_too(people: People) -> None:
    table = Table(("owner", "leads"), (("leyla", 4), ("jonas", 5)))
    assert seen(table, "speed", people.leyla, parse_agreement(ACME)).rows == (("leyla", 4),)
    assert seen(table, "speed", people.leyla).rows == ()
    assert seen(table, "speed", people.mina, parse_agreement(ACME)).rows == ()


@pytest.mark.django_db
def test_the_owners_of_sources_are_sides_and_no_people(people: People) -> None:
    table = Table(("basis", "reading", "owner"), (("closed", "recorded", "marketing"),))
    assert seen(table, "attribution", people.vera) == table


@pytest.mark.django_db
@pytest.mark.usefixtures("undrawn", "scored")
def test_pages_and_files_tell_no_owner_to_others(people: People) -> None:
    whole = signed_in(people.omar).get("/score/measures/attempts_per_lead.csv?period=term").content.decode()
    owners = {row["owner"] for row in csv.DictReader(io.StringIO(whole))} - {""}
    assert owners
    for client in (signed_in(people.vera), signed_in(people.mina)):
        for path in ("attempts_per_lead", "first_touch", "speed", "attempts_per_lead.csv", "speed.csv"):
            text = client.get(f"/score/measures/{path}?period=term").content.decode()
            assert not [owner for owner in owners if owner in text], path
        rows = client.get("/score/rows/S1/kept?period=term").content.decode()
        file = b"".join(client.get("/score/rows/S1/kept.csv?period=term").streaming_content).decode()
        assert not [owner for owner in owners if owner in rows or owner in file]


@pytest.mark.django_db
@pytest.mark.usefixtures("undrawn", "scored")
def test_rows_name_lead_types_as_people_do_and_end_their_sentence_once(people: People) -> None:
    text = signed_in(people.omar).get("/score/rows/S1/kept?period=term").content.decode()
    assert "<bdi>web_form</bdi>" not in text
    assert "..</bdi>" not in text


@pytest.mark.django_db
@pytest.mark.usefixtures("undrawn", "scored")
def test_rows_by_owner_are_found_wherever_the_table_has_them(people: People) -> None:
    columns, row = ("basis", "by", "key", "won"), ("closed", "owner", "other@acme.example", 3)
    for who in (people.vera, people.mina, people.runa):
        assert seen(Table(columns, (row,)), "outcomes", who).rows == ()
    assert seen(Table(columns, (row,)), "outcomes", people.omar).rows == (row,)


def overdue() -> Section:
    rows = [{"lead": "L1", "owner": "noor@acme.example", "overdue": 60.0}]
    columns = (Column("lead", "Lead"), Column("owner", "Owner"), Column("overdue", "Overdue", numeric=True))
    return Section("overdue", "Overdue", "Who waits?", (Part(grids=(grid("late", "Late", columns, rows),)),))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "named"), [("omar", True), ("leyla", True), ("kai", True), ("mina", False), ("vera", False)]
)
def test_the_list_of_what_is_overdue_names_owners_to_who_works_leads(
    people: People, who: str, named: bool
) -> None:
    """Without a name nobody of sales could act; for all others it would be a poster of who is slow."""
    (section,) = seen_sections((overdue(),), people[who])
    (found,) = section.parts[0].grids
    assert ("noor@acme.example" in str(found)) is named
    assert ("noor@acme.example" in found.csv) is named
    assert "L1" in found.csv
    table = Table(("lead", "owner"), (("L1", "noor@acme.example"),))
    assert (seen(table, "overdue", people[who]) == table) is named


@pytest.mark.django_db
def test_of_other_sections_nothing_is_left_out(people: People) -> None:
    other = replace(overdue(), id="pace")
    assert seen_sections((other,), people.vera) == (other,)


@pytest.mark.django_db
def test_a_page_calls_people_by_the_names_of_their_accounts_and_counts_as_agreed(people: People) -> None:
    """Of whom the agreement only counts, the log has the address and nobody else the name."""
    User.objects.create_user("reps-5@acme.example", name="Deniz Koç", side="sales", pool="inbound")
    User.objects.filter(pk=people.leyla.pk).update(name="Leyla Ş.")
    agreement = parse_agreement(ACME)
    worded = called(agreement, names())
    assert person("reps-5@acme.example", worded) == "Deniz Koç"
    assert person("leyla", worded) == person(people.leyla.email, worded) == "Leyla Ş."
    assert person("reps-5@acme.example", agreement) == "reps-5@acme.example"
    assert agreement.people["leyla"].name != "Leyla Ş."


@pytest.mark.django_db
@pytest.mark.usefixtures("undrawn", "scored")
def test_a_measure_follows_a_name_that_changes_and_its_file_keeps_the_log_s_keys(people: People) -> None:
    boss = signed_in(people.omar)
    assert "Somebody Else" not in boss.get("/score/measures/speed?period=term").content.decode()
    User.objects.filter(side="sales").update(name="Somebody Else")
    assert "Somebody Else" in boss.get("/score/measures/speed?period=term").content.decode()
    file = boss.get("/score/measures/speed.csv?period=term").content.decode()
    assert "Somebody Else" not in file


@pytest.mark.django_db
@pytest.mark.usefixtures("undrawn", "scored")
def test_pages_and_files_of_what_is_overdue_name_owners_to_who_works_leads_alone(people: People) -> None:
    """As a marketing head, a sales head and a plain rep; a file must not say what its page hides."""
    file, page = "/score/tables/overdue/overdue-leads.csv?period=term", "/score/sales/?period=term"
    whole = signed_in(people.omar).get(file).content.decode()
    (named,) = {"owner" in line.split(",") for line in whole.splitlines()[:1]}
    owners = {row["owner"] for row in csv.DictReader(io.StringIO(whole))} - {""}
    assert named and owners
    for who, sees in (("omar", True), ("leyla", True), ("mina", False), ("vera", False)):
        client = signed_in(people[who])
        told = client.get(file).content.decode()
        measure = client.get("/score/measures/overdue.csv?period=term").content.decode()
        assert len(told.splitlines()) == len(whole.splitlines())
        for text in (told, measure):
            assert any(owner in text for owner in owners) is sees, who
        shown = client.get(page).content.decode()
        table = shown[shown.index('id="t-overdue-leads"') :]
        assert ("<bdi>Owner</bdi>" in table[: table.index("</table>")]) is sees, who
        assert not sees or client.get("/score/measures/overdue?period=term").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("undrawn", "scored")
def test_who_may_not_see_owners_has_no_column_that_says_unknown(people: People) -> None:
    for who, sees in (("omar", True), ("mina", False), ("vera", False)):
        text = signed_in(people[who]).get("/score/rows/S1/kept?period=term").content.decode()
        assert (">Owner</th>" in text) is sees, who
