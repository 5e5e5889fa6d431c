"""Figures by owner are a league table: only who leads sales sees others' (DOMAIN 7, 8.7)."""

import csv
import io

import pytest

from accord.ledger.score import Table
from accord.server.score.owning import seen
from server_fixture import People, signed_in


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
    assert seen(table, "overdue", people.omar) == table
    assert seen(table, "overdue", people.leyla).rows == (("L1", people.leyla.email), ("L2", None))
    assert seen(table, "overdue", people.vera).rows == (("L1", None), ("L2", None))


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
