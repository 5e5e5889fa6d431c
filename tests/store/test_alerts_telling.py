"""Who is told, when, and in how many messages: people who can act, in their hours, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.alerts import gathering
from accord.server.alerts.choosing import Chat, add_chat
from accord.server.alerts.gathering import gather
from accord.server.alerts.hours import Hours
from accord.server.alerts.models import Notice, Recipient
from accord.server.alerts.noticing import tell
from accord.server.alerts.whom import LEAD_QUESTIONS, Roster, reached
from accord.server.desk import acts, cadence
from accord.server.desk.arriving import take_event, take_in
from accord.server.desk.models import Duty, Lead
from accord.server.desk.recording import Fact, record_facts
from accord.server.mail.models import Message
from accord.server.people.models import Absence, User
from accord.worktime.calendar import Calendar, Rules
from accord.worktime.weekly import parse_week
from desk_fixture import a_contact, a_delivered_lead, a_hand
from server_fixture import People, actor

A_MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)  # a Wednesday, noon in Istanbul


def whom(*words: str, lead: Lead | None = None, duty: Duty | None = None) -> list[str]:
    found = reached(words, lead, duty, Roster(timezone.now()))
    return sorted(user.email.partition("@")[0] for user in found)


def away(user: User, cover: User | None = None) -> None:
    today = timezone.now().date()
    days = {"from_on": today - timedelta(days=1), "to_on": today + timedelta(days=1)}
    Absence.objects.create(user=user, cover=cover, **days)


def always(*people: User, **more: object) -> None:
    """Let these be told at once, whatever the hour of the test."""
    for user in people:
        known = {"at_any_hour": True, "gather_minutes": 10, **more}
        Recipient.objects.update_or_create(user=user, defaults=known)


def mails() -> list[tuple[str, str]]:
    """To whom and about what, in order; those about signatures are not ours."""
    rows = Message.objects.filter(notices__isnull=False).distinct().order_by("pk")
    return [(row.to.partition("@")[0], row.subject) for row in rows]


# Whom --------------------------------------------------------------------------------------------------


def test_words_of_the_ladder_reach_those_who_can_act(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = lead.duties.get(kind="first_touch_in_time")
    assert whom("owner", lead=lead, duty=duty) == ["leyla"]
    assert whom("manager", lead=lead, duty=duty) == ["ines"]
    assert whom("heads", lead=lead, duty=duty) == ["mina", "omar"]
    assert whom("marketing", lead=lead, duty=duty) == ["mina", "sara", "tomas"]
    assert whom("kai", lead=lead, duty=duty) == ["kai"]
    assert whom("owner", "manager", "ines", lead=lead, duty=duty) == ["ines", "leyla"]  # nobody twice


def test_who_is_away_is_stood_in_for_and_never_told(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    away(people.leyla, cover=people.ines)
    assert whom("owner", lead=lead) == ["ines"]
    away(people.ines)  # whose backup in the agreement is Omar
    assert whom("owner", lead=lead) == ["omar"]


def test_where_nobody_stands_in_the_next_who_can_act_is_told(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    away(people.leyla)
    assert whom("owner", lead=lead) == ["ines"]
    User.objects.filter(side="sales").update(is_active=False)
    assert whom("owner", lead=lead) == ["hedda", "kai"]  # an alert that is due reaches somebody


def test_a_lead_that_is_nobodys_is_told_to_whoever_gets_what_nobody_got(
    people: People, in_force: AgreementFile
) -> None:
    assert whom("owner", lead=a_delivered_lead()) == ["ines"]


# When --------------------------------------------------------------------------------------------------

ISTANBUL, BERLIN = ZoneInfo("Europe/Istanbul"), ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def hours(zone: ZoneInfo, *quiet: str, work: str = "") -> Hours:
    week = parse_week({"mon-fri": [work]}) if work else None
    return Hours(zone, Calendar("own", (Rules(zone, week),)) if week else None, quiet)


@pytest.mark.parametrize(
    ("when", "then", "of"),
    [
        ("2026-03-04T12:00", "2026-03-04T12:00", hours(ISTANBUL, "19:00-08:00")),
        ("2026-03-04T19:00", "2026-03-05T08:00", hours(ISTANBUL, "19:00-08:00")),
        ("2026-03-05T03:00", "2026-03-05T08:00", hours(ISTANBUL, "19:00-08:00")),
        ("2026-03-05T08:00", "2026-03-05T08:00", hours(ISTANBUL, "19:00-08:00")),
        ("2026-03-04T12:30", "2026-03-04T13:00", hours(ISTANBUL, "12:00-13:00")),
        ("2026-03-04T18:30", "2026-03-05T09:00", hours(ISTANBUL, "19:00-08:00", work="09:00-18:00")),
        ("2026-03-06T18:30", "2026-03-09T09:00", hours(ISTANBUL, work="09:00-18:00")),  # over the weekend
        ("2026-03-04T12:00", "2026-03-04T12:00", hours(ISTANBUL)),
        ("2026-03-04T23:00", "2026-03-05T10:00", hours(ISTANBUL, "19:00-08:00", "07:00-10:00")),
        # The night in which Berlin's clocks are put forward is an hour shorter, and ends at the same hour.
        ("2026-03-28T22:00", "2026-03-29T08:00", hours(BERLIN, "22:00-08:00")),
        ("2026-10-24T22:00", "2026-10-25T08:00", hours(BERLIN, "22:00-08:00")),
    ],
)  # fmt: skip
def test_who_is_told_is_told_at_the_next_opening(when: str, then: str, of: Hours) -> None:
    assert of.opening(at(when, of.zone)) == at(then, of.zone)


def test_hours_that_leave_nothing_open_end_with_the_quiet_ones() -> None:
    never = hours(ISTANBUL, "08:00-20:00", work="09:00-18:00")
    begin = at("2026-03-04T10:00", ISTANBUL)
    assert never.opening(begin) >= begin  # late is better than never, and it ends


def test_people_are_told_in_their_own_hours_and_on_call_at_any(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    tomorrow = timezone.now().astimezone(ISTANBUL) + timedelta(days=1)
    night = tomorrow.replace(hour=2, minute=0).astimezone(UTC)
    always(people.omar)
    tell([people.leyla, people.omar], lead, "breach", night, "a")
    tell([people.omar], lead, "warn", night, "b")
    waits = {(row.recipient.user, row.what): row.quiet_until for row in Notice.objects.all()}
    assert waits[people.omar, "breach"] == night
    assert waits[people.omar, "warn"] > night  # a warning is not urgent
    opening = waits[people.leyla, "breach"].astimezone(ISTANBUL)
    assert (opening.hour, opening.minute) == (9, 0)
    assert opening.weekday() < 5


# In how many messages ----------------------------------------------------------------------------------


def test_the_first_goes_out_at_once_and_what_follows_is_gathered(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    always(people.leyla)
    now = timezone.now()
    for number, minute in enumerate((0, 1, 2, 3)):
        Recipient.objects.update(at_any_hour=True)
        tell(
            [people.leyla],
            lead,
            "breach" if number == 0 else "unassigned",
            now + minute * A_MINUTE,
            f"{number}",
        )
        gather(now + minute * A_MINUTE)
    assert [subject for _, subject in mails()][1:] == ["2 alerts"]  # at 0, and 1 and 2 together at 2


def test_what_is_not_urgent_waits_for_ten_minutes(
    people: People, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "accord.server.alerts.noticing._hours", lambda *_args, **_more: Hours(ZoneInfo("UTC"))
    )
    lead = a_delivered_lead(people.leyla)
    now = timezone.now()
    for number in range(4):
        tell([people.leyla], lead, "signal", now + number * A_MINUTE, f"{number}", words="Came back.")
        gather(now + number * A_MINUTE)
    assert len(mails()) == 1
    assert gather(now + 9 * A_MINUTE) == 0
    gather(now + 10 * A_MINUTE)
    assert [subject for _, subject in mails()][1:] == ["3 alerts"]
    assert "Came back." in Message.objects.get(subject="3 alerts").text


def test_nothing_is_told_twice_however_often_it_is_said(people: People, in_force: AgreementFile) -> None:
    lead, now = a_delivered_lead(people.leyla), timezone.now()
    always(people.leyla)
    assert [tell([people.leyla], lead, "breach", now, "once") for _ in range(3)] == [1, 0, 0]
    for minute in range(0, 60, 10):
        gather(now + minute * A_MINUTE)
    assert len(mails()) == 1


def test_a_warning_of_what_was_done_since_is_not_told(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = lead.duties.get(kind="first_touch_in_time")
    tell(["owner"], duty, "warn", timezone.now(), "w")
    Duty.objects.filter(pk=duty.pk).update(state="kept")
    gather(timezone.now() + timedelta(days=10))
    assert mails() == [] and Notice.objects.get().state == Notice.State.SETTLED


def test_of_a_warning_and_the_breach_after_it_a_digest_says_the_breach(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = lead.duties.get(kind="first_touch_in_time")
    for what in ("warn", "breach"):
        tell(["owner"], duty, what, timezone.now(), what)
    gather(timezone.now() + timedelta(days=10))
    [(_, subject)] = mails()
    assert subject.startswith("Overdue")
    assert set(Notice.objects.values_list("state", flat=True)) <= {Notice.State.SETTLED, Notice.State.TOLD}


def test_who_wants_no_mail_finds_it_on_the_page(people: People, in_force: AgreementFile) -> None:
    always(people.leyla, by_mail=False)
    tell([people.leyla], a_delivered_lead(people.leyla), "breach", timezone.now(), "x")
    gather(timezone.now() + A_MINUTE)
    assert mails() == [] and Notice.objects.get().state == Notice.State.SHOWN


def test_each_reads_it_in_their_own_language_and_clock(people: People, in_force: AgreementFile) -> None:
    User.objects.filter(pk=people.leyla.pk).update(language="fa", zone="Asia/Tehran")
    lead = a_delivered_lead(people.leyla)
    duty = lead.duties.get(kind="first_touch_in_time")
    always(people.leyla)
    tell(["owner"], duty, "breach", timezone.now(), "x")
    gather(timezone.now() + A_MINUTE)
    text = Message.objects.get(notices__isnull=False).text
    local = duty.due_at.astimezone(ZoneInfo("Asia/Tehran"))
    assert (
        f"{local:%H:%M}".translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) in text
        or f"{local:%H:%M}" in text
    )


def test_no_message_says_who_a_prospect_is(people: People, in_force: AgreementFile) -> None:
    contact = a_contact(name="Nadia Quill", company="Harbour Ltd", phone="+90 212 1")
    lead = a_delivered_lead(people.leyla, contact=contact)
    add_chat(actor(people.kai), Chat("#all", "slack", "https://hooks.slack.example/x"))
    duty = lead.duties.get(kind="first_touch_in_time")
    tell(["owner"], duty, "breach", timezone.now(), "x")
    gather(timezone.now() + timedelta(days=10))
    texts = [f"{row.subject} {row.text}" for row in Message.objects.filter(notices__isnull=False).distinct()]
    assert len(texts) == 2
    for text in texts:
        assert contact.company in text
        assert not any(known in text for known in (contact.name, contact.email, contact.phone))


def test_a_chat_is_told_what_concerns_it(people: People, in_force: AgreementFile) -> None:
    by = actor(people.kai)
    for name, more in (
        ("#all", {}), ("#warned", {"warnings": True}), ("#enterprise", {"pool": "enterprise"}),
        ("#inbound", {"pool": "inbound"}), ("#marketing", {"side": "marketing"}),
        ("#off", {"is_active": False}),
    ):  # fmt: skip
        add_chat(by, Chat(name, "slack", "https://hooks.slack.example/x", **more))  # type: ignore[arg-type]
    lead = a_delivered_lead(people.leyla)  # of the pool inbound
    duty = lead.duties.get(kind="first_touch_in_time")
    tell(["owner"], duty, "warn", timezone.now(), "w")
    tell(["owner"], duty, "breach", timezone.now(), "b")
    told = Notice.objects.filter(recipient__channel__isnull=False).order_by("id")
    assert [(row.what, row.recipient.channel.name) for row in told if row.recipient.channel] == [
        ("warn", "#warned"), ("breach", "#all"), ("breach", "#inbound"), ("breach", "#warned"),
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["letter", "update_rows"])
def test_a_worker_that_dies_while_it_gathers_loses_and_doubles_nothing(
    people: People, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    always(people.leyla, people.ines)
    tell([people.leyla, people.ines], a_delivered_lead(people.leyla), "breach", timezone.now(), "x")
    real, calls = getattr(gathering, step), []

    def dies(*args: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(gathering, step, dies)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            gather(timezone.now())
    assert mails() == []
    gather(timezone.now())
    gather(timezone.now())
    assert sorted(who for who, _ in mails()) == ["ines", "leyla"]


def test_absences_are_counted_by_the_day_where_people_are(people: People, in_force: AgreementFile) -> None:
    User.objects.filter(pk=people.leyla.pk).update(zone="Pacific/Auckland")
    Absence.objects.create(
        user=people.leyla, from_on=date(2026, 3, 5), to_on=date(2026, 3, 5), cover=people.ines
    )
    evening = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)  # the fifth in Auckland
    assert people.leyla.pk in Roster(evening).absences
    assert people.leyla.pk not in Roster(NOON - timedelta(hours=3)).absences


# What marketing hears of --------------------------------------------------------------------------------


def heard() -> list[tuple[str, str, str]]:
    """What was told beside the clocks, to whom, and the words with it."""
    rows = Notice.objects.filter(duty=None).exclude(what="assigned").order_by("id")
    of = rows.select_related("recipient__user")
    return [(row.what, str(row.recipient.user.email).partition("@")[0], row.about) for row in of]


def test_marketing_hears_once_of_what_it_can_do_something_about(
    people: People, in_force: AgreementFile
) -> None:
    at, sales, marketing = timezone.now(), actor(people.leyla), actor(people.sara)
    lead = a_delivered_lead(people.leyla)
    acts.reject(sales, lead.pk, None, "", at)
    acts.feedback(sales, lead.pk, "duplicate", "", at)
    acts.dispute(marketing, lead.pk, "Nobody called.", at)
    record_facts(lead.pk, [], at)  # brought up to date again, it is told no more
    asked = heard()[0][1]
    assert whom(LEAD_QUESTIONS, lead=lead) == [asked] and asked in ("mina", "sara", "tomas")
    assert heard()[:2] == [("rejected_bare", asked, ""), ("rejected", asked, "duplicate")]
    assert {(what, who) for what, who, _ in heard()[2:]} == {
        ("disputed", "ines"), ("disputed", "mina"), ("disputed", "omar"),
    }  # fmt: skip


def test_who_did_it_need_not_hear_of_it(people: People, in_force: AgreementFile) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    acts.reject(actor(people.leyla), lead.pk, "duplicate", "", at)
    acts.dispute(actor(people.mina), lead.pk, "Nobody called.", at)
    assert ("disputed", "mina", "") not in heard() and ("disputed", "omar", "") in heard()


@pytest.mark.parametrize("way", ["told by another tool", "by itself"])
def test_whichever_way_a_lead_comes_back_marketing_hears_of_it(
    people: People, in_force: AgreementFile, way: str
) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    if way == "by itself":
        cadence.pull_back(lead.duties.get(kind="first_touch_in_time"), at)
    else:
        take_event("api:crm", "9", lead.key, Fact(Kind.RETURNED, at, reason="no_fit"), at)
    [about] = [words for what, _, words in heard() if what == "returned"]
    assert about == ("dormant" if way == "by itself" else "no fit")


def test_what_is_missing_is_asked_for_once_and_no_more_when_it_is_known(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    hand = a_hand(at, contact={"email": "ada@buyer.example", "name": "Ada", "company": "Buyer Ltd"})
    lead = take_in(hand, at).lead
    take_in(replace(hand, origin_id="again"), at)
    [(what, _, about)] = heard()
    assert (what, about) == ("missing", ", ".join(lead.missing)) and about
    Lead.objects.filter(pk=lead.pk).update(standing="assigned")  # it was filled in, and went to sales
    gather(at + timedelta(days=9))
    assert Notice.objects.get(what="missing").state == Notice.State.SETTLED


def test_of_what_happened_long_ago_nobody_is_told(people: People, in_force: AgreementFile) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    record_facts(lead.pk, [Fact(Kind.REJECTED, at - timedelta(days=9), side="sales")], at)
    assert heard() == []
