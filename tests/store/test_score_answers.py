"""What the score answers to an address it cannot read, and while it waits; how measures write figures."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from accord.agreement.parse import parse_agreement
from accord.server.score import folding, reading
from accord.server.score.asked import NAMES
from accord.server.score.cells import heading, shown
from accord.server.score.listing import listed
from accord.server.score.models import Fold, Reading
from server_fixture import ACME, People, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("undrawn", "scored")]
PAGES = ("/score/", "/score/sales/", "/score/rows/S1/", "/score/measures/speed")
POLL = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("stream=nope", "nothing is called nope; there are enterprise, smb"),
        ("type=fax&type=demo", "nothing is called fax; there are content, demo, outbound, web_form"),
        ("from=2026-13-01&to=2026-03-01", "is no day that can be asked for; write a day such as 2026-03-16"),
        ("period=decade", "there is no such period; there are"),
    ],
)
def test_what_an_address_asks_and_there_is_not_is_told_and_no_other_figures_shown(
    people: People, query: str, told: str
) -> None:
    client = signed_in(people.leyla)
    for path in PAGES:
        answer = client.get(f"{path}?{query}")
        text = unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))
        assert answer.status_code == 400
        assert told in text, path
        assert "Without filters" in text
        assert 'value="nope"' not in answer.content.decode(), "it is no option"
        assert "Attainment" not in text
    assert client.get(f"/score/tables/speed/speed-by-type.csv?{query}").status_code == 400
    assert not Reading.objects.filter(body=None).exists(), "and the worker is not asked to count it"


def test_what_the_agreement_speaks_of_can_be_asked_for_though_no_lead_has_it(people: People) -> None:
    Fold.objects.update(choices={"type": ["demo"], "stream": [], "segment": [], "source": []})
    assert signed_in(people.leyla).get("/score/?type=outbound").status_code == 200


def test_where_the_names_are_too_many_to_be_kept_none_is_called_unknown(people: People) -> None:
    many = [f"campaign {number}" for number in range(folding.MOST_CHOICES)]
    Fold.objects.update(choices={"source": many})
    assert signed_in(people.leyla).get("/score/?source=rare").status_code == 200


def test_a_parameter_that_nobody_knows_is_told_and_left_out(people: People) -> None:
    answer = signed_in(people.leyla).get("/score/?utm_source=mail&strem=smb")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "utm_source, strem" in text
    assert "Attainment" in text
    for name in NAMES[:-1]:
        assert name in text
    assert "does not know" not in signed_in(people.leyla).get("/score/?period=term").content.decode()


def test_a_page_that_waits_asks_quietly_and_says_once_that_the_figures_are_there(people: People) -> None:
    client, path = signed_in(people.leyla), "/score/sales/?stream=smb"
    waits = client.get(path).content.decode()
    assert 'role="status"' in waits and "being counted" in waits
    link = r'<a class="button" href="/score/sales/\?stream=smb">Load again'
    assert re.search(link, waits), "without script"
    asked_again = client.get(path, headers=POLL)
    assert (asked_again.status_code, asked_again.content) == (204, b""), "nothing is read aloud again"
    while reading.make_wanted(timezone.now()):
        pass
    there = client.get(path, headers=POLL).content.decode()
    assert re.search(r'id="counted" role="status">The figures are there', there)
    assert not re.search(r'id="counted" role="status">The', client.get(path).content.decode())


def test_a_page_that_waits_in_vain_is_told_why_at_once(people: People) -> None:
    client, path = signed_in(people.leyla), "/score/?segment=small"
    client.get(path)
    Reading.objects.filter(body=None).update(problem="the disk is full")
    told = client.get(path, headers=POLL)
    assert told.status_code == 200
    assert "the disk is full" in told.content.decode() and "Load again" in told.content.decode()


def test_a_measures_page_writes_figures_as_people_read_them_and_its_file_as_they_are(people: People) -> None:
    client = signed_in(people.mina)
    page = client.get("/score/measures/outcomes?period=term").content.decode()
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert '<th scope="col" class="num"><bdi>Win rate</bdi></th>' in page and "<code>win_rate</code>" in page
    assert re.search(r"<bdi>\d+\.\d%</bdi>", table) and "USD\N{NO-BREAK SPACE}" in table
    assert "<bdi>Web form</bdi>" in table and "web_form" not in table
    assert not re.search(r"<bdi>0\.\d{3,}</bdi>", table)
    assert ".." not in page[page.index('class="lede"') : page.index("</p>", page.index('class="lede"'))]
    file = client.get("/score/measures/outcomes.csv?period=term").content.decode()
    rows = list(csv.DictReader(io.StringIO(file)))
    assert "web_form" in {row["key"] for row in rows}
    assert 0 < float(rows[0]["win_rate"]) < 1


@pytest.mark.parametrize(
    ("measure", "row", "texts"),
    [
        (
            "speed",
            {"median": 5400.0, "wall_median": 90000.0, "share_in_time": 0.887},
            ["1 h 30 min", "1 d 1 h", "88.7%"],
        ),
        ("depth", {"median": 5.0, "mean": 4.8123}, ["5", "4.81"]),
        (
            "pace_summary",
            {"measure": "revenue", "actual": 263284.0, "of_pace": 1.68},
            ["Revenue", "USD 263,284", "168.0%"],
        ),
        ("pace_summary", {"measure": "accepted_leads", "goal": 1386.0}, ["Accepted leads", "1,386"]),
        (
            "breach_causes",
            {"cause": "rep_delay", "by": "lead_type", "key": "demo"},
            ["rep delay", "lead type", "Demo request"],
        ),
        ("first_touch", {"lead": "L_1", "owner": "noor", "state": None}, ["L_1", "Noor Demir", None]),
    ],
)
def test_a_column_is_written_as_what_it_holds(measure: str, row: dict[str, object], texts: list[str]) -> None:
    said = shown(measure, row, parse_agreement(ACME))
    assert [text and text.replace("\N{NO-BREAK SPACE}", " ") for text in said] == texts


def test_a_heading_is_a_columns_name_in_words() -> None:
    assert heading("won_of_all") == "Won of all"


def test_a_leads_page_and_the_leads_behind_a_figure_name_types_and_people_as_the_agreement_does(
    people: People,
) -> None:
    client = signed_in(people.omar)
    rows = client.get("/score/rows/S1/kept?period=term").content.decode()
    for kind in ("web_form", "outbound", "content"):
        assert f"<bdi>{kind}</bdi>" not in rows
    for lead in re.findall(r'href="(/score/leads/[^"]+)"', rows)[:5]:
        told = client.get(lead).content.decode()
        assert not re.search(r"Type (web_form|outbound|content|demo)\.", told)
        assert "by mina," not in told


def test_long_pages_say_what_is_on_them_with_and_without_room(people: People) -> None:
    text = signed_in(people.mina).get("/score/sales/?period=term").content.decode()
    for name in ("toc__wide", "toc__narrow"):
        part = text[text.index(name) :]
        targets = re.findall(r'href="#(s-[^"]+)"', part[: part.index("</ul>")])
        assert len(targets) > 5
        assert all(f'id="{target}"' in text for target in targets)
    assert "toc" not in signed_in(people.mina).get("/score/").content.decode()


def test_a_page_that_waits_is_shown_what_became_unreadable_and_stops_asking(people: People) -> None:
    address = "/score/?period=term&type=nothing-of-this-name"
    client = signed_in(people.omar)
    assert client.get(address).status_code == 400
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200, "a refusal would not be swapped in, and it asked for ever"
    text = answer.content.decode()
    assert "every 2s" not in text
    assert text.index("This could not be read") < text.index('<details class="filters"'), "the problem first"


def test_the_leads_behind_money_have_its_currency_and_no_due_time(people: People) -> None:
    client = signed_in(people.omar)
    text = client.get("/score/rows/J1/counted?period=term").content.decode().replace("\xa0", " ")
    assert ">Amount</th>" in text and ">Due</th>" not in text
    assert f'<td class="num">{parse_agreement(ACME).currency} ' in text
    assert ">Due</th>" in client.get("/score/rows/S1/kept?period=term").content.decode()


def test_a_page_past_the_end_is_the_last_one(people: People) -> None:
    client = signed_in(people.omar)
    last = client.get("/score/rows/M1/counted?period=term&page=2").content.decode()
    assert "No lead stands under this word" not in last
    for page in ("9999", "999999", "9" * 40):
        text = client.get(f"/score/rows/M1/counted?period=term&page={page}").content.decode()
        assert "No lead stands under this word" not in text
        assert _leads(text) == _leads(
            client.get("/score/rows/M1/counted?period=term&page=99").content.decode()
        )
    assert _leads(last) != _leads(client.get("/score/rows/M1/counted?period=term&page=1").content.decode())


def _leads(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="([^"?]*)', text)


def test_what_was_done_in_the_minute_in_which_it_was_due_says_how_late(people: People) -> None:
    due = datetime(2026, 3, 16, 9, 5, 10, tzinfo=UTC)
    agreement = parse_agreement(ACME)

    def later(seconds: float) -> object:
        row = {"due_at": due, "met_at": due + timedelta(seconds=seconds)}
        return listed(row, agreement, "first_touch_in_time")["later"]

    assert str(later(12)).replace("\xa0", " ") == "12 s"
    assert later(0.2) == "less than a second"
    assert [later(at) for at in (-5, 0, 55)] == ["", "", ""], "where the minutes tell it, nothing is added"


def test_no_lead_type_means_all_where_the_measure_says_so(people: People) -> None:
    text = signed_in(people.omar).get("/score/measures/cadence?period=term").content.decode()
    assert "<bdi>all</bdi>" in text
    row = {"lead_type": None, "pending": None}
    assert shown("cadence", row, parse_agreement(ACME), {"lead_type"}) == ["all", None]
