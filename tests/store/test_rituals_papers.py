"""Sheet, nightly mail, pack and announcements: made at their minute, once, and told in people's hours."""

import email
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import get_connection
from django.test import Client

from accord.agreement.parse import parse_agreement
from accord.errors import NotAllowed
from accord.ledger.fold import make_fold
from accord.ledger.log import open_log
from accord.server.agreements.models import AgreementFile
from accord.server.alerts.choosing import Chat, Wish, add_chat, wish
from accord.server.alerts.models import Recipient
from accord.server.desk import terms
from accord.server.mail.models import Enclosure, Message
from accord.server.mail.sending import forget_old, send_due
from accord.server.people.models import Absence
from accord.server.rituals import (
    announcing,
    counting,
    nightly,
    packing,
    posting,
    saying,
    standing,
    timing,
    weekly,
)
from accord.server.rituals.deciding import Wanted, add
from accord.server.rituals.models import Announcement, Decision, Delivery, Done, Pack, Sheet
from accord.server.score import folding
from accord.server.score.models import Fold
from accord.simulate.company import simulate
from book_fixture import keep_sheet
from desk_fixture import a_delivered_lead
from server_fixture import ACME, YEAR, People, actor, signed_in

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
TUESDAY = next(date(YEAR, 3, day) for day in range(17, 24) if date(YEAR, 3, day).weekday() == 1)


def at(hour: int, minute: int = 0, on: date = TUESDAY) -> datetime:
    """An instant by Istanbul's clock, which is marketing's."""
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=UTC) - timedelta(hours=3)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rituals") / "log"
    simulate(parse_agreement(ACME), leads=300, seed=5, into=folder)
    return folder


@pytest.fixture
def agreed(people: People, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    """The example in force on every day of its year, though nobody signed it then; nothing on record."""
    agreement = parse_agreement(ACME)
    monkeypatch.setattr(terms, "in_force", lambda _at: ("mark", agreement))
    monkeypatch.setattr(counting, "has_log", lambda: False)
    yield people


@pytest.fixture
def logged(agreed: People, simulated: Path, monkeypatch: pytest.MonkeyPatch) -> People:
    """The same, with a year on record."""
    monkeypatch.setattr(counting, "has_log", lambda: True)
    monkeypatch.setattr(counting, "log_folder", lambda: simulated)
    return agreed


def want(people: People, key: str, *kinds: str, **more: Any) -> None:
    wish(actor(people[key]), people[key], Wish(rituals=kinds, **more))


# Stand-up -----------------------------------------------------------------------------------------------


def test_the_sheet_is_made_at_the_agreed_minute_and_once(agreed: People) -> None:
    assert standing.make_due(at(9, 14)) is None
    sheet = standing.make_due(at(9, 15))
    assert sheet is not None
    assert sheet.on == TUESDAY
    assert standing.make_due(at(9, 16)) is None
    assert standing.make(standing.company_at(at(9, 17)), TUESDAY) is None  # type: ignore[arg-type]  # second worker
    assert Sheet.objects.count() == 1


def test_no_sheet_is_made_on_a_day_off_nor_for_a_day_that_was_missed(agreed: People) -> None:
    assert standing.make_due(at(12, on=TUESDAY - timedelta(days=2))) is None  # a Sunday
    sheet = standing.make_due(at(16, 30))  # the server was away in the morning, and since Friday
    assert sheet is not None
    assert list(Sheet.objects.values_list("on", flat=True)) == [TUESDAY]


def test_without_an_hour_in_the_agreement_there_is_no_sheet(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = parse_agreement(ACME.replace('"09:15 working days, 15 minutes"', "every morning"))
    monkeypatch.setattr(terms, "in_force", lambda _at: ("mark", bare))
    assert standing.make_due(at(12)) is None


def test_the_sheet_holds_what_the_desk_knows_of_this_minute(agreed: People) -> None:
    lead = a_delivered_lead(agreed.leyla)
    now = lead.due_at + timedelta(days=3)
    company = standing.company_at(now)
    assert company is not None
    values = standing.values_of(company, company.today)
    assert values["overdue"]["count"] == 1
    assert values["overdue"]["rows"][0]["lead"] == lead.pk
    assert lead.contact is not None
    assert lead.contact.company not in str(values)  # an erasure finds nothing here
    assert lead.contact.name not in str(values)
    assert values["counted"] is False


def test_the_sheet_says_who_is_away_and_who_covers(agreed: People) -> None:
    Absence.objects.create(user=agreed.leyla, cover=agreed.ines, from_on=TUESDAY, to_on=TUESDAY)
    Absence.objects.create(user=agreed.sara, from_on=TUESDAY, to_on=TUESDAY)
    sheet = standing.make_due(at(9, 15))
    assert sheet is not None
    assert [(one["user"], one["side"]) for one in sheet.values["capacity"]["away"]] == [
        (agreed.sara.pk, "marketing"), (agreed.leyla.pk, "sales"),
    ]  # fmt: skip


def test_the_room_names_its_month() -> None:
    """Today's people stand beside the whole month's leads: without its period the number reads as today's."""
    line = saying.capacity_line({"there": 12, "people": 13, "left": 1640})
    assert line == "12 of 13 in sales are there, with room for 1,640 more leads this month."


def test_yesterday_stands_against_what_the_line_rose_by(logged: People) -> None:
    sheet = standing.make_due(at(9, 15))
    assert sheet is not None
    assert (sheet.values["from_on"], sheet.values["to_on"]) == (str(TUESDAY - timedelta(days=1)),) * 2
    rows = {row["promise"]: row for row in sheet.values["progress"]}
    days = 31
    assert rows["M1"]["line"] / (TUESDAY.day - 1) * days == pytest.approx(rows["M1"]["due"] * days)
    assert sheet.values["win"] or sheet.values["block"]


def test_the_sheet_goes_to_those_who_want_it_and_into_chats(agreed: People) -> None:
    want(agreed, "leyla", posting.STAND_UP)
    want(agreed, "omar", posting.NIGHTLY)
    want(agreed, "ines", posting.STAND_UP, by_mail=False)
    add_chat(actor(agreed.kai), Chat("#all", "slack", "https://hooks.slack.example/x"))
    add_chat(actor(agreed.kai), Chat("#pool", "slack", "https://hooks.slack.example/y", pool="inbound"))
    add_chat(actor(agreed.kai), Chat("#quiet", "slack", "https://hooks.slack.example/z", rituals=False))
    standing.make_due(at(9, 15))
    told = set(Message.objects.values_list("to", flat=True))
    assert {"leyla@acme.example", "#all", "mina@acme.example"} <= told  # a head gets it without choosing
    assert not told & {"omar@acme.example", "ines@acme.example", "tomas@acme.example", "#pool", "#quiet"}
    text = Message.objects.get(to="leyla@acme.example").text
    assert f"/stand-up/{TUESDAY}/" in text
    assert "/alerts/" in text


def test_nobody_is_written_to_outside_their_hours_or_while_away(agreed: People) -> None:
    want(agreed, "mina", posting.STAND_UP, quiet="09:00-11:00")
    Absence.objects.create(user=agreed.omar, from_on=TUESDAY, to_on=TUESDAY)
    standing.make_due(at(9, 15))
    assert Message.objects.get(to="mina@acme.example").due_at == at(11)
    assert not Message.objects.filter(to="omar@acme.example").exists()


def test_a_newer_sheet_takes_the_place_of_one_that_still_waits(agreed: People) -> None:
    for day in range(3):
        standing.make_due(at(9, 15, on=TUESDAY + timedelta(days=day)))
    assert Message.objects.filter(to="mina@acme.example").count() == 1
    assert Delivery.objects.filter(user=agreed.mina).count() == 3


def test_yesterdays_sheet_can_be_looked_at_and_keeps_peoples_words(
    agreed: People, client_of: ClientOf
) -> None:
    standing.make_due(at(9, 15))
    standing.make_due(at(9, 15, on=TUESDAY + timedelta(days=1)))
    client = client_of(agreed.leyla)
    said = {"win": "Rona's first deal", "block": "<script>alert(1)</script>"}
    assert client.post(f"/stand-up/{TUESDAY}/say", said).status_code == 302
    text = client.get(f"/stand-up/{TUESDAY}/").content.decode()
    assert "Rona&#x27;s first deal" in text
    assert "<script>alert" not in text
    assert "Rona" not in client.get("/stand-up/").content.decode()
    assert client_of(agreed.vera).post(f"/stand-up/{TUESDAY}/say", said).status_code == 403
    assert client.get("/stand-up/2026-13-45/").status_code == 404
    assert client.get("/stand-up/1999-01-01/").status_code == 404


# Nightly mail -------------------------------------------------------------------------------------------


def test_the_nightly_mail_comes_once_after_midnight_and_only_the_last_is_told(logged: People) -> None:
    assert nightly.send_due(at(0, 5)) is False
    assert nightly.send_due(at(0, 15)) is True
    assert nightly.send_due(at(0, 20)) is False
    assert nightly.send_due(at(8, on=TUESDAY + timedelta(days=4))) is True  # four nights later: one mail
    assert Message.objects.filter(to="mina@acme.example").count() == 1
    assert Done.objects.filter(name__startswith="nightly").count() == 2


def test_the_nightly_mail_waits_for_the_readers_morning(logged: People) -> None:
    nightly.send_due(at(0, 15))
    due = Message.objects.get(to="mina@acme.example").due_at
    assert due == at(9)  # the example's hours begin then


def the_mail(people: People) -> EmailMessage:
    nightly.send_due(at(0, 15))
    Message.objects.exclude(to="mina@acme.example").delete()
    Message.objects.update(due_at=datetime.now(UTC))
    connection = get_connection("django.core.mail.backends.locmem.EmailBackend")
    from django.core import mail

    mail.outbox.clear()
    assert send_due(connection) == 1
    return email.message_from_bytes(mail.outbox[0].message().as_bytes(), policy=default)  # type: ignore[return-value]


def test_every_picture_of_the_nightly_mail_comes_with_it(logged: People) -> None:
    """As a mail client reads it: the HTML names its pictures by Content-ID, and each is a part beside it."""
    sent = the_mail(logged)
    assert sent.get_content_type() == "multipart/alternative"
    plain, related = sent.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    page, *pictures = related.iter_parts()  # type: ignore[attr-defined]
    html = page.get_content()
    wanted = re.findall(r'src="cid:([^"]+)"', html)
    assert len(wanted) == 2
    found = {part["Content-ID"].strip("<>"): part.get_payload(decode=True) for part in pictures}
    assert set(wanted) == set(found)
    for body in found.values():
        assert body.startswith(b"\x89PNG\r\n\x1a\n")
        assert 3_000 < len(body) < 200_000
    assert re.findall(r"<img[^>]+src=\"(?!cid:)", html) == []
    assert re.findall(r"url\(|<link|@import|<script", html) == []
    assert len(re.findall(r'<img[^>]+alt="[^"]{20,}"', html)) == 2
    assert "/alerts/" in html


def test_the_plain_text_of_the_nightly_mail_has_the_same_numbers(logged: People) -> None:
    plain, related = the_mail(logged).iter_parts()
    html = next(iter(related.iter_parts())).get_content()  # type: ignore[attr-defined]
    figures = re.findall(r"<td><bdi>([^<]+)</bdi>", html)
    assert len(figures) > 8
    text = plain.get_content()  # type: ignore[attr-defined]
    assert [figure for figure in figures if figure.replace("&#x27;", "'") not in text] == []


def test_pictures_are_kept_once_and_go_when_nobody_waits_for_them(logged: People) -> None:
    nightly.send_due(at(0, 15))
    assert Message.objects.count() > 2
    assert Enclosure.objects.count() == 2
    Enclosure.objects.update(made_at=at(0) - timedelta(days=3))
    forget_old()
    assert Enclosure.objects.count() == 2  # some mail has not gone out yet
    Message.objects.update(state=Message.State.SENT)
    forget_old()
    assert Enclosure.objects.count() == 0


# Decisions of the week ----------------------------------------------------------------------------------


def test_the_decisions_of_the_week_come_on_its_first_working_morning(agreed: People) -> None:
    add(
        actor(agreed.mina),
        Wanted("Ask for the phone", agreed.sara.pk, TUESDAY - timedelta(days=9)),
        TUESDAY - timedelta(days=9),
    )
    monday = TUESDAY - timedelta(days=1)
    assert weekly.send_due(at(9, 14, on=monday)) is False
    assert weekly.send_due(at(9, 15, on=monday)) is True
    assert weekly.send_due(at(10)) is False
    letter = Message.objects.get(to="sara@acme.example")
    assert letter.subject == "Decisions: 1 open, 1 overdue"
    assert "Ask for the phone" in letter.text
    assert "1 of them is yours" in letter.text


def test_every_week_of_a_quarter_has_its_list_once_while_a_decision_is_open(agreed: People) -> None:
    day = TUESDAY + timedelta(days=1)
    add(actor(agreed.omar), Wanted("Ask for the phone", agreed.omar.pk, day + timedelta(days=90)), day)
    sent = [
        day + timedelta(days=step)
        for step in range(63)
        if [weekly.send_due(at(hour, on=day + timedelta(days=step))) for hour in (8, 10, 17)].count(True)
    ]
    weeks = [one - timedelta(days=one.weekday()) for one in sent]
    assert len(weeks) == len(set(weeks)) == 10, "nine weeks after the one that has begun"
    assert all(one.weekday() < 5 for one in sent)


def test_a_week_without_decisions_sends_nothing(agreed: People) -> None:
    assert weekly.send_due(at(10)) is True
    assert not Message.objects.exists()


# Pack ---------------------------------------------------------------------------------------------------

FIRST = next(date(YEAR, 4, day) for day in range(1, 8) if date(YEAR, 4, day).weekday() < 5)


def test_the_pack_is_made_on_the_first_working_day_and_can_be_made_anew_until_the_review(
    logged: People,
) -> None:
    assert packing.make_due(at(9, 14, on=FIRST)) is None
    pack = packing.make_due(at(9, 15, on=FIRST))
    assert pack is not None
    assert pack.month == date(YEAR, 3, 1)
    assert pack.review_on is not None
    assert pack.review_on.weekday() == 1  # the first Tuesday of the month
    assert pack.pdf is not None
    assert bytes(pack.pdf).startswith(b"%PDF-")
    assert packing.make_due(at(12, on=FIRST)) is None
    packing.ask_anew(actor(logged.mina), pack, FIRST)
    assert packing.make_due(at(12, on=FIRST)) is not None
    Pack.objects.update(wanted=True)
    assert packing.make_due(at(12, on=pack.review_on + timedelta(days=1))) is None


def test_a_pack_made_after_its_meeting_does_not_say_that_the_meeting_saw_it(logged: People) -> None:
    pack = packing.make_due(at(9, 15, on=FIRST))
    assert pack is not None
    assert not packing.is_missed(pack)
    assert pack.review_on is not None
    pack.made_at = at(12, on=pack.review_on)
    assert not packing.is_missed(pack)
    pack.made_at = at(1, on=pack.review_on + timedelta(days=1))
    assert packing.is_missed(pack)


def test_the_pack_puts_problems_first_and_checks_the_last_decisions(logged: People) -> None:
    add(actor(logged.mina), Wanted("Ask for the phone", logged.sara.pk, FIRST), FIRST)
    Decision.objects.update(made_at=at(9))
    pack = packing.make_due(at(9, 15, on=FIRST))
    assert pack is not None
    assert [one["text"] for one in pack.values["actions"]] == ["Ask for the phone"]
    assert [one["state"] for one in pack.values["problems"]][:1] in (["broken"], ["over"])
    assert pack.values["opening"][0]["label"] == "Leads handed to sales"
    assert any(part["charts"] for one in pack.values["sections"] for part in one["parts"])


def test_the_packs_page_says_what_is_on_it_and_each_place_is_there(logged: People) -> None:
    assert packing.make_due(at(9, 15, on=FIRST)) is not None
    text = signed_in(logged.mina).get("/pack/", follow=True).content.decode()
    listed = text[text.index("toc__wide") :]
    places = re.findall(r'href="#([^"]+)"', listed[: listed.index("</ul>")])
    assert places[:2] == ["problems", "actions"]
    assert len(places) > 8
    assert not [place for place in places if f'id="{place}"' not in text]


def test_the_pack_lists_a_handful_of_what_the_record_proposes_the_surest_first(logged: People) -> None:
    started = AgreementFile.objects.create(slug="acme", title="Acme", started_by=logged.mina)
    sheet = keep_sheet(started)
    noise = {**sheet.inputs["proposals"][2], "n": 9000}
    sheet.inputs = {"proposals": [*[noise] * 6, {**sheet.inputs["proposals"][0], "why": "300 customers"}]}
    sheet.save()
    pack = packing.make_due(at(9, 15, on=FIRST))
    assert pack is not None
    assert len(pack.values["proposals"]) == 5
    assert pack.values["proposals"][0] == {
        "what": "goal.streams.smb.deal_value", "was": "2000", "new": "2310", "why": "300 customers",
    }  # fmt: skip


def test_papers_of_now_are_read_from_the_fold_and_say_what_the_log_says(
    logged: People, simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "folder", lambda: tmp_path)
    now = at(9)
    company = timing.company_at(now)
    assert company is not None
    days = date(YEAR, 3, 1), date(YEAR, 3, 31)
    from_log, _ = counting.counted(company, *days, now)
    fold = Fold.objects.create(
        name="kept", agreement=company.mark, as_of=now, log="a", made_at=now, tried_at=now, used_at=now
    )
    make_fold(company.agreement, open_log(simulated), as_of=now, into=folding.path_of(fold))

    def not_the_log(*_all: object, memory: str, threads: int) -> None:
        assert (memory, threads) == (folding.MEMORY, folding.THREADS)
        raise AssertionError("the log was read")

    monkeypatch.setattr(counting, "score", not_the_log)
    assert counting.counted(company, *days, now) == (from_log, "")
    with pytest.raises(AssertionError, match="the log was read"):  # as of another instant
        counting.counted(company, *days, now - timedelta(hours=9))
    Fold.objects.update(as_of=now - timedelta(hours=2))
    with pytest.raises(AssertionError, match="the log was read"):
        counting.counted(company, *days, now)


def test_the_pack_is_sent_once_on_the_eve_of_the_review_with_its_file(logged: People) -> None:
    pack = packing.make_due(at(9, 15, on=FIRST))
    assert pack is not None
    assert pack.review_on is not None
    company = standing.company_at(at(9, on=FIRST))
    assert company is not None
    eve = max(company.eve(pack.review_on), FIRST)
    if eve > FIRST:
        assert packing.send_due(at(9, 15, on=FIRST)) is False
    assert packing.send_due(at(9, 15, on=eve)) is True
    assert packing.send_due(at(9, 16, on=eve)) is False
    message = Message.objects.get(to="omar@acme.example")
    (file,) = message.enclosures.all()
    assert (file.kind, file.cid) == ("application/pdf", "")
    assert len(bytes(file.data)) < 4_000_000


# Announcements ------------------------------------------------------------------------------------------


def the_draft(people: People) -> Announcement:
    assert announcing.draft_due(at(9, 15, on=FIRST)) >= 1
    return Announcement.objects.get(kind="closed")


def test_wins_and_misses_are_drafted_once_and_go_out_an_hour_later(logged: People) -> None:
    add_chat(actor(logged.kai), Chat("#all", "slack", "https://hooks.slack.example/x"))
    draft = the_draft(logged)
    assert announcing.draft_due(at(9, 30, on=FIRST)) == 0
    assert announcing.draft_due(at(9, 30, on=FIRST + timedelta(days=1))) == 0 or FIRST.weekday() == 4
    announcing.send_due(draft.goes_at - timedelta(minutes=1))
    assert not Message.objects.filter(to="#all").exists()
    announcing.send_due(draft.goes_at)
    announcing.send_due(draft.goes_at + timedelta(hours=1))
    closed = Message.objects.filter(to="#all", subject__startswith="Wins and misses")
    assert closed.count() == 1
    assert Message.objects.filter(to="tomas@acme.example", subject__startswith="Wins and misses").count() == 1


def test_an_announcement_tells_of_both_sides_and_names_nobody(logged: People) -> None:
    draft = the_draft(logged)
    announcing.send_due(draft.goes_at)
    text = Message.objects.get(to="mina@acme.example", subject__startswith="Wins and misses").text
    assert "Marketing: " in text
    assert "Sales: " in text
    names = [user.name.split()[0] for user in logged.values()] + ["failed", "fault", "blame"]
    assert [name for name in names if name.lower() in text.lower()] == []


def test_a_head_holds_an_announcement_back_and_lets_it_out(logged: People, client_of: ClientOf) -> None:
    draft = the_draft(logged)
    hold, release = (f"/announcements/{draft.pk}/{what}" for what in ("hold", "release"))
    assert client_of(logged.ines).post(hold, {"note": "x"}).status_code == 403
    assert client_of(logged.kai).post(hold, {"note": "x"}).status_code == 403
    client = client_of(logged.omar)
    client.post(hold, {"note": ""})
    assert Announcement.objects.get(pk=draft.pk).state == "draft"  # not without a reason
    client.post(hold, {"note": "the import of Friday is missing"})
    announcing.send_due(draft.goes_at + timedelta(days=1))
    assert not Message.objects.filter(subject__startswith="Wins and misses").exists()
    assert "the import of Friday is missing" in client_of(logged.vera).get("/announcements/").content.decode()
    client_of(logged.mina).post(release)
    announcing.send_due(datetime.now(UTC) + timedelta(minutes=1))
    assert Message.objects.filter(subject__startswith="Wins and misses").exists()


def test_only_heads_hold_even_where_the_table_is_passed_by(logged: People) -> None:
    with pytest.raises(NotAllowed):
        announcing.hold(actor(logged.ines), the_draft(logged).pk, "no")


# Choices ------------------------------------------------------------------------------------------------


def test_everybody_chooses_which_papers_come_by_mail(people: People, client_of: ClientOf) -> None:
    client = client_of(people.tomas)
    page = client.get("/alerts/").content.decode()
    assert len(re.findall(r'name="rituals"[^>]* checked', page)) == 2  # a member: the week, wins and misses
    sent = {"by_mail": "on", "gather_minutes": "10", "quiet": "", "rituals": ["nightly", "pack"]}
    assert client.post("/alerts/", sent).status_code == 302
    assert posting.chosen(Recipient.objects.get(user=people.tomas), people.tomas) == {"nightly", "pack"}
    assert client.post("/alerts/", {**sent, "rituals": ["everything"]}).status_code == 422
    client.post("/alerts/", {**sent, "rituals": []})
    assert posting.chosen(Recipient.objects.get(user=people.tomas), people.tomas) == set()


def test_a_wish_without_papers_leaves_what_was_chosen(people: People) -> None:
    want(people, "mina", posting.PACK)
    wish(actor(people.mina), people.mina, replace(Wish(), gather_minutes=30))
    assert posting.chosen(Recipient.objects.get(user=people.mina), people.mina) == {"pack"}


def test_pages_without_anything_say_what_is_missing(
    people: People, client_of: ClientOf, in_force: AgreementFile
) -> None:
    client = client_of(people.vera)
    assert "still to come" in client.get("/stand-up/").content.decode()
    assert "still to come" in client.get("/pack/").content.decode()
    assert "No decision is open" in client.get("/decisions/").content.decode()
    assert "Nothing was announced yet" in client.get("/announcements/").content.decode()
    assert client.get("/pack/2026-03/pdf").status_code == 404


def test_without_an_agreement_nothing_is_made_and_the_pages_say_so(
    people: People, client_of: ClientOf
) -> None:
    for make in (
        standing.make_due,
        nightly.send_due,
        weekly.send_due,
        packing.make_due,
        announcing.draft_due,
    ):
        assert not make(at(10))
    assert "No agreement is in force" in client_of(people.mina).get("/stand-up/").content.decode()
    assert "No agreement is in force" in client_of(people.mina).get("/pack/").content.decode()
