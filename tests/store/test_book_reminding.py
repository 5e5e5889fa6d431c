"""Who is reminded of the book and of the inputs, when, and once (S4.28)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.alerts.models import Notice
from accord.server.alerts.saying import link_of, sentence
from accord.server.alerts.tidying import forget_old
from accord.server.book import acts, reading, reminding
from accord.server.book.models import Look
from book_fixture import APRIL, MARCH, keep_sheet
from server_fixture import YEAR, People, actor

pytestmark = pytest.mark.django_db
LEADING = {"mina@acme.example", "omar@acme.example", "hedda@acme.example", "kai@acme.example"}


@pytest.fixture
def agreed(in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch) -> AgreementFile:
    """In force since the beginning of the year, with the book of the spring."""
    course = in_force.course
    course[0]["standings"][-2][1] = datetime(YEAR - 1, 12, 31, 21, tzinfo=UTC).isoformat()
    AgreementFile.objects.filter(pk=in_force.pk).update(course=course)
    in_force.refresh_from_db()
    found = reminding.version_in_force(timezone.now())
    monkeypatch.setattr(reminding, "version_in_force", lambda _at: found)
    keep_sheet(in_force)
    return in_force


def on(month: int, day: int) -> datetime:
    return datetime(YEAR, month, day, 9, tzinfo=UTC)


def told(what: str) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(what=what).order_by("id")
    return [
        (row.recipient.user.email, row.about)
        for row in rows.select_related("recipient__user")
        if row.recipient.user
    ]


@pytest.mark.skipif(YEAR != 2026, reason="the made-up book is of 2026")
def test_an_open_interval_is_told_of_after_five_working_days_and_once(
    people: People, agreed: AgreementFile
) -> None:
    for day in (MARCH, APRIL):
        for user in (people.mina, people.omar):
            acts.confirm(actor(user), day, seen=reading.row_of(reading.sheet(), day).seen)
    assert reminding.remind(on(6, 5)) and not told("book"), (
        "31 May was a Sunday: Friday is the fifth working day"
    )
    reminding.remind(on(6, 6))
    assert {who for who, _ in told("book")} == LEADING
    assert {about for _, about in told("book")} == {"May 2026"}
    for later in (on(6, 7), on(6, 30), on(7, 20)):
        reminding.remind(later)
    assert len(told("book")) == len(LEADING)


@pytest.mark.skipif(YEAR != 2026, reason="the made-up book is of 2026")
def test_a_reminder_outlives_the_notices_that_told_it(people: People, agreed: AgreementFile) -> None:
    reminding.remind(on(6, 8))
    Notice.objects.update(state=Notice.State.TOLD, made_at=on(6, 8) - timedelta(days=400))
    forget_old(timezone.now())
    assert not Notice.objects.exists()
    assert reminding.remind(on(6, 9)) == 0


def test_the_inputs_are_told_of_a_quarter_after_they_were_measured(
    people: People, agreed: AgreementFile
) -> None:
    reminding.remind(on(3, 31))
    assert not told("inputs"), "in force since 1 January, though it is still 31 December in UTC"
    reminding.remind(on(4, 1))
    assert {who for who, _ in told("inputs")} == LEADING
    reminding.remind(on(4, 20))
    assert len(told("inputs")) == len(LEADING)
    reminding.remind(on(6, 30))
    assert len(told("inputs")) == len(LEADING)
    reminding.remind(on(7, 1))
    assert len(told("inputs")) == 2 * len(LEADING), "a second quarter has gone by"
    notice = Notice.objects.filter(what="inputs").latest("id")
    assert "wants them measured anew" in sentence(notice, zone="UTC", at=timezone.now())
    assert link_of(notice).endswith("/book/inputs/")


def test_whoever_looked_at_the_inputs_is_not_reminded(people: People, agreed: AgreementFile) -> None:
    look = acts.all_stays(actor(people.kai), "looked")
    found = reminding.version_in_force(timezone.now())
    assert found is not None
    measured_on, due_on, number = reminding.refresh_due(found, look.at.date())
    assert (measured_on, number) == (look.at.date(), 1) and due_on > look.at.date() + timedelta(days=85)


def walked(first: date, last: date) -> list[date]:
    """The days between two on which somebody was reminded of the inputs, the worker looking twice a day."""
    days, found = [first + timedelta(days=step) for step in range((last - first).days + 1)], []
    for day in days:
        before = len(told("inputs"))
        for hour in (4, 15):
            reminding.remind(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
        if len(told("inputs")) > before:
            assert len(told("inputs")) == before + len(LEADING), "everybody once"
            found.append(day)
    return found


def test_a_year_without_a_look_reminds_at_the_end_of_each_quarter(
    people: People, agreed: AgreementFile
) -> None:
    year = walked(date(YEAR, 1, 2), date(YEAR, 12, 31))
    assert year == [date(YEAR, 4, 1), date(YEAR, 7, 1), date(YEAR, 10, 1)]


def test_a_look_in_between_begins_the_quarter_anew(people: People, agreed: AgreementFile) -> None:
    assert walked(date(YEAR, 3, 20), date(YEAR, 5, 15)) == [date(YEAR, 4, 1)]
    Look.objects.create(file=agreed, by=people.mina, reason="looked", at=on(5, 15))
    assert walked(date(YEAR, 5, 16), date(YEAR, 12, 31)) == [date(YEAR, 8, 15), date(YEAR, 11, 15)]


def test_a_quarter_after_the_last_of_a_month_is_the_last_of_a_shorter_one() -> None:
    assert reminding._later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert reminding._later(date(2026, 12, 31), 2) == date(2027, 2, 28)
