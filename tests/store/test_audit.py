"""The audit: everything that was done stands there, nobody changes it, and it reads well."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accord.server.audit.models import Action, Entry
from accord.server.audit.reading import PAGE_SIZE
from accord.server.audit.trail import Actor, record

pytestmark = pytest.mark.django_db


def _entry(people, who="mina", action=Action.SIGNED, about="Acme", address="192.0.2.7", **rest) -> Entry:
    return record(Actor(people[who], "page", address), action, about, **rest)


def _page(client, **asked) -> str:
    return client.get("/audit/", asked).content.decode()


# Append-only


@pytest.mark.parametrize("way", ["UPDATE audit_entry SET name = 'x'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_or_delete_an_entry(people, way):
    entry = _entry(people)
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(way)
    assert Entry.objects.get(pk=entry.pk).name == people.mina.name


def test_a_queryset_cannot_change_or_delete_entries(people):
    entry = _entry(people)
    for change in (
        lambda: Entry.objects.filter(pk=entry.pk).update(about="other"),
        lambda: Entry.objects.bulk_update([Entry(pk=entry.pk, about="other")], ["about"]),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: Entry.objects.filter(pk=entry.pk)._raw_delete(Entry.objects.db),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()
    assert Entry.objects.get(pk=entry.pk).about == "Acme"


def test_an_entry_refuses_to_be_saved_again_or_deleted(people):
    entry = _entry(people)
    entry.about = "other"
    for change in (entry.save, entry.delete):
        with pytest.raises(TypeError, match="never changed"):
            change()


# Reading


def test_an_entry_reads_as_a_sentence_with_its_thing_linked(people, client_of):
    _entry(people, about="Acme marketing and sales", link="/agreements/acme/", version=2, digest="sha256:abc")
    page = _page(client_of(people.omar))
    sentence = " ".join(page.replace("\n", " ").split())
    assert "<strong>Mina Yılmaz</strong> (marketing) signed" in sentence
    assert '<a href="/agreements/acme/">Acme marketing and sales</a>, version 2' in sentence
    assert "sha256:abc" not in page


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ((Action.SIGN_IN_FAILED, "priya@acme.example", {}), "failed to sign in as priya@acme.example"),
        ((Action.JOINED, "Kai Berger", {"invited_by": "Mina"}), "accepted the invitation of Mina"),
        ((Action.SET_UP, "Kai Berger", {"company": "Acme"}), "set the installation up, company: Acme"),
        ((Action.BACKED_UP, "x.zip", {"rows": 1360}), "made the backup x.zip (1,360 rows)"),
        (
            (Action.RESTORED, "x.zip", {"rows": 1, "of": "noon"}),
            "restored the backup x.zip (1 row), of: noon",
        ),
        (
            (Action.PERSON_CHANGED, "Kai Berger", {"changes": {"zone": ["", "UTC"]}}),
            "changed their own record, zone: – → UTC",
        ),
        (
            (Action.PERSON_CHANGED, "Mina", {"changes": {"role": ["member", "head"]}}),
            "changed the record of Mina, role: member → head",
        ),
        (
            (Action.ABSENCE_ADDED, "Kai Berger", {"from": "2026-01-02"}),
            "entered an absence of their own, from: 2026-01-02",
        ),
        ((Action.SIGNED, "Acme", {"entries": ["Mina", "Mina", "Omar"]}), "signed Acme, by Mina, Omar"),
    ],
)
def test_every_entry_reads_as_a_sentence(people, client_of, entry, says):
    action, about, detail = entry
    _entry(people, "kai", action, about, **detail)
    page = _page(client_of(people.kai), action=action)
    said = re.sub(r"<[^>]+>", "", page.split("<strong>Kai Berger</strong>")[1].split("</p>")[0])
    assert said == f" (operations) {says}"


def test_everybody_who_is_signed_in_sees_what_both_sides_did(people, client_of):
    _entry(people, "mina", about="by marketing")
    _entry(people, "omar", about="by sales")
    for who in ("mina", "leyla", "kai", "vera"):
        page = _page(client_of(people[who]))
        assert "by marketing" in page
        assert "by sales" in page


def test_a_stranger_is_sent_to_the_sign_in(people, client_of):
    answer = client_of(None).get("/audit/")
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


def test_only_operations_and_the_person_see_an_address(people, client_of):
    _entry(people, "mina", address="192.0.2.77")
    shown = {
        who: "192.0.2.77" in _page(client_of(people[who])) for who in ("mina", "omar", "sara", "vera", "kai")
    }
    assert shown == {"mina": True, "omar": False, "sara": False, "vera": False, "kai": True}
    rows = {who: _csv(client_of(people[who])) for who in ("omar", "kai")}
    assert [any("192.0.2.77" in row for row in rows[who]) for who in ("omar", "kai")] == [False, True]


def test_a_failed_sign_in_is_shown_to_operations_and_to_the_person_only(people, client_of):
    record(Actor(None, "page", "192.0.2.9"), Action.SIGN_IN_FAILED, people.mina.email)
    record(Actor(None, "page", "192.0.2.9"), Action.SIGN_IN_FAILED, "my-secret-password")
    pages = {who: _page(client_of(people[who])) for who in ("mina", "omar", "kai")}
    assert [people.mina.email in pages[who].split("</header>")[1] for who in pages] == [True, False, True]
    assert ["my-secret-password" in pages[who] for who in pages] == [False, False, True]
    assert "my-secret-password" not in _page(client_of(people.omar), text="secret")
    assert not any("my-secret-password" in row for row in _csv(client_of(people.omar)))


def test_what_nobody_signed_in_did_is_done_by_somebody_and_not_by_the_page(people, client_of):
    record(Actor(None, "page"), Action.SIGN_IN_FAILED, "x@acme.example")
    record(Actor(None, "worker"), Action.BACKED_UP)
    page = _page(client_of(people.kai))
    assert "<strong>Somebody</strong>" in page
    assert "<strong>The server</strong>" in page


def test_names_and_things_are_shown_as_text_whatever_they_hold(people, client_of):
    _entry(
        people,
        about="<script>alert(1)</script>",
        reason="<img src=x onerror=alert(1)>",
        link="javascript:alert(1)",
    )
    _entry(people, about="elsewhere", link="//evil.example/")
    page = _page(client_of(people.omar))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "javascript:" not in page
    assert "evil.example" not in page


# Filters and pages


def test_filters_by_person_action_text_and_days_hold_together(people, client_of):
    _entry(people, "mina", about="Acme one")
    _entry(people, "omar", about="Acme two")
    _entry(people, "mina", Action.PROPOSED, about="Acme three")
    client, today = client_of(people.kai), timezone.now().date()
    page = _page(client, who=people.mina.pk, action="signed", text="acme")
    assert [about in page for about in ("Acme one", "Acme two", "Acme three")] == [True, False, False]
    assert "Acme one" not in _page(client, from_on=today + timedelta(days=2))
    assert "Acme one" not in _page(client, to_on=today - timedelta(days=2))
    assert "Acme one" in _page(client, from_on=today - timedelta(days=1), to_on=today + timedelta(days=1))


def test_a_day_is_one_of_the_viewers_zone(people, client_of):
    _entry(people, about="now")
    people.omar.zone = "Pacific/Kiritimati"
    people.omar.save()
    there = timezone.now() + timedelta(hours=14)
    client = client_of(people.omar)
    found = client.get("/audit/", {"from_on": there.date(), "to_on": there.date()}).context["page"].lines
    assert "now" in [line.about for line in found]


def test_a_filter_that_cannot_be_read_says_so_at_its_field_and_keeps_what_was_typed(people, client_of):
    page = _page(client_of(people.kai), from_on="yesterday", text="Acme")
    assert "Enter a valid date" in page
    assert 'value="yesterday"' in page


@pytest.mark.parametrize("asked", ["who=999999", "action=nonsense", "to_on=2026-13-40"])
def test_a_bad_filter_lists_nothing_rather_than_everything(people, client_of, asked):
    _entry(people, about="Acme one")
    for form in ("", "&form=csv"):
        answer = client_of(people.kai).get(f"/audit/?{asked}{form}")
        assert answer.status_code == 422
        assert "Acme one" not in answer.content.decode()
        assert 'aria-invalid="true"' in answer.content.decode()


def test_pages_follow_each_other_without_gap_or_repeat_while_entries_are_added(people, client_of):
    for at in range(PAGE_SIZE + 5):
        _entry(people, about=f"thing-{at:03}")
    client = client_of(people.kai)
    first = client.get("/audit/")
    _entry(people, about="added-meanwhile")
    second = client.get("/audit/", {"before": first.context["page"].before})
    seen = [line.about for page in (first, second) for line in page.context["page"].lines]
    things = [about for about in seen if about.startswith("thing")]
    assert things == [f"thing-{at:03}" for at in reversed(range(PAGE_SIZE + 5))]
    assert "added-meanwhile" not in seen
    assert second.context["page"].before is None


@pytest.mark.parametrize("before", ["x", "-1", "9" * 18, "9" * 400, "1e3", "٣"])
def test_a_page_number_that_is_none_breaks_nothing(people, client_of, before):
    assert client_of(people.kai).get("/audit/", {"before": before}).status_code == 200


def test_the_next_page_keeps_the_filters(people, client_of):
    for _ in range(PAGE_SIZE + 1):
        _entry(people)
    page = _page(client_of(people.kai), action="signed", text="Acme")
    assert "action=signed" in page.split('rel="next"')[1].split(">")[0]


def test_where_nothing_fits_the_page_says_so_and_leads_back(people, client_of):
    assert "Nothing like that was done" in _page(client_of(people.kai), text="no such thing")


def test_more_entries_take_no_more_queries(people, client_of, django_assert_max_num_queries):
    client = client_of(people.kai)
    _entry(people, link="/agreements/acme/", version=1)
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(8) as queries:
            client.get("/audit/")
        counts.append(len(queries))
        for at in range(60):
            _entry(people, ("mina", "omar")[at % 2], link="/agreements/acme/", version=1)
    assert counts[0] == counts[1]


# CSV


def _csv(client, **asked) -> list[list[str]]:
    answer = client.get("/audit/", {**asked, "form": "csv"})
    assert answer.streaming
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_csv_has_every_entry_of_the_filter_not_only_those_of_a_page(people, client_of):
    for at in range(PAGE_SIZE + 5):
        _entry(people, about=f"thing-{at}")
    _entry(people, "omar", about="other")
    rows = _csv(client_of(people.kai), who=people.mina.pk)
    assert rows[0][:5] == ["at", "name", "side", "action", "about"]
    assert len(rows) == PAGE_SIZE + 6


@pytest.mark.parametrize("bad", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1"])
def test_no_cell_of_the_csv_is_a_formula(people, client_of, bad):
    _entry(people, about=bad, reason=bad)
    people.mina.name = bad
    people.mina.save()
    _entry(people)
    cells = [cell for row in _csv(client_of(people.kai)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


@pytest.mark.parametrize(
    "days", ["to_on=9999-12-31", "from_on=0001-01-01", "from_on=9999-12-31&to_on=0001-01-01"]
)
def test_the_first_and_the_last_day_there_is_are_answered(people, client_of, days) -> None:
    assert client_of(people.mina).get(f"/audit/?{days}").status_code == 200
