"""An interval that was announced and restated since: told once more, as a correction, and nothing twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accord.agreement.parse import parse_agreement
from accord.report.announcing import Closing, Told
from accord.server.alerts.choosing import Chat, add_chat
from accord.server.book.models import Interval, Restatement
from accord.server.desk import terms
from accord.server.mail.models import Message
from accord.server.rituals import announcing
from accord.server.rituals.models import Announcement
from server_fixture import ACME, YEAR, People, actor, signed_in

pytestmark = pytest.mark.django_db
MARCH, LAST = date(YEAR, 3, 1), date(YEAR, 3, 31)
REVENUE = Told("J1", "Revenue", "both", "USD", 318_607.0, 224_000.0, None, None, None)
LEADS = Told("M1", "Accepted leads", "marketing", "leads", 1_000.0, 1_386.0, None, None, None)
TOUCH = Told("S1", "First touch in time", "sales", "share", 0.9, 0.9, 90, 100, 0)
DEALS = Told("S3", "Decided in time", "sales", "share", None, 0.95, None, None, 4)


def of(
    wins: tuple[Told, ...], misses: tuple[Told, ...] = (LEADS,), undecided: tuple[Told, ...] = ()
) -> Closing:
    return Closing(MARCH, LAST, wins, misses, (), undecided)


class Story:
    """The days of April one after the other, with what the score says of March on each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said, self.day = of((REVENUE, TOUCH)), date(YEAR, 4, 1)
        agreement = parse_agreement(ACME)
        monkeypatch.setattr(terms, "in_force", lambda _at: ("mark", agreement))
        monkeypatch.setattr(announcing, "counted", lambda *_asked: (object(), ""))
        monkeypatch.setattr(announcing, "closing", self._closing)
        monkeypatch.setattr(announcing, "early", lambda _score, _today: ())
        monkeypatch.setattr(announcing, "_LOOKED_BACK", 1)

    def _closing(self, _score: object) -> Closing:
        return self.said

    def mornings(self, days: int = 1) -> list[str]:
        """So many days go by; what went out to the channel, by its subject."""
        before = set(Message.objects.values_list("pk", flat=True))
        for _day in range(days):
            morning = datetime(self.day.year, self.day.month, self.day.day, 6, 20, tzinfo=UTC)
            announcing.draft_due(morning)
            announcing.send_due(morning + timedelta(hours=2))
            self.day += timedelta(days=1)
        fresh = Message.objects.filter(to="#all").exclude(pk__in=before).order_by("pk")
        return [one.subject.replace("\xa0", " ") for one in fresh]


@pytest.fixture
def story(people: People, monkeypatch: pytest.MonkeyPatch) -> Story:
    add_chat(actor(people.kai), Chat("#all", "slack", "https://hooks.slack.example/x"))
    return Story(monkeypatch)


def text_for(to: str, **about: str) -> str:
    return Message.objects.filter(to=to, **about).latest("pk").text.replace("\xa0", " ")


def restate(people: People, number: int = 1, at: datetime | None = None) -> Restatement:
    interval, _ = Interval.objects.get_or_create(from_on=MARCH, defaults={"to_on": LAST})
    now = timezone.now()
    return Restatement.objects.create(
        interval=interval, number=number, by=people.mina, reason="a file came late", as_of=now, at=at or now,
        watermark="a" * 64, agreement="version 1", before={}, after={},
    )  # fmt: skip


def test_nobody_is_told_twice_the_same_thing(story: Story) -> None:
    assert story.mornings(20) == [f"Wins and misses of 1–31 March {YEAR}"]
    assert Announcement.objects.count() == 1


def test_figures_that_move_without_a_restatement_are_told_to_nobody(story: Story) -> None:
    story.mornings()
    story.said = of((TOUCH,), (LEADS, replace(REVENUE, actual=200_000.0)))
    assert story.mornings(10) == []


def test_a_restatement_is_told_as_one_and_once(people: People, story: Story) -> None:
    story.mornings()
    story.said = of((TOUCH,), (LEADS, replace(REVENUE, actual=200_000.0)))
    restate(people)
    (subject,) = story.mornings(10)
    assert subject == f"Restated: what was announced of 1–31 March {YEAR}"
    one = Announcement.objects.get(key__contains="restated")
    text = text_for("mina@acme.example", subject__startswith="Restated")
    assert (
        "Revenue, USD 200,000 of USD 224,000 promised: Missed. Announced before: USD 318,607, Kept." in text
    )
    assert "The reason stands in the book." in text and "a file came late" not in text
    assert "Accepted leads" not in text and "First touch" not in text, "what did not move is not told again"
    assert [row["now"]["promise"] for row in one.values["restated"]] == ["J1"]
    page = signed_in(people.vera).get("/announcements/").content.decode()
    assert "Restated since it was announced" in page and "318,607, Kept" in page


def test_a_second_restatement_is_compared_with_what_the_first_told(people: People, story: Story) -> None:
    story.mornings()
    story.said = of((TOUCH,), (LEADS, replace(REVENUE, actual=200_000.0)))
    restate(people)
    assert len(story.mornings(2)) == 1
    restate(people, 2)
    assert story.mornings(3) == [], "the second moved nothing that was told"
    story.said = of((TOUCH, replace(REVENUE, actual=230_000.0)))
    restate(people, 3)
    assert len(story.mornings(3)) == 1
    text = text_for("#all")
    assert "USD 230,000 of USD 224,000 promised: Kept. Announced before: USD 200,000, Missed." in text


def test_what_is_decided_since_is_no_restatement_and_has_a_name_of_its_own(story: Story) -> None:
    story.said = of((REVENUE,), undecided=(DEALS,))
    story.mornings()
    story.said = of((REVENUE, replace(DEALS, actual=0.97, kept=97, of=100)))
    (subject,) = story.mornings(5)
    assert subject == f"Decided since: wins and misses of 1–31 March {YEAR}"
    text = text_for("#all")
    assert "Decided in time" in text and "Revenue" not in text


def test_what_is_held_back_is_made_anew_and_no_correction_of_it_is_told(people: People, story: Story) -> None:
    announcing.draft_due(datetime(YEAR, 4, 1, 6, 20, tzinfo=UTC))
    draft = Announcement.objects.get()
    announcing.hold(actor(people.omar), draft.pk, "a file is missing")
    story.said = of((TOUCH,), (LEADS, replace(REVENUE, actual=200_000.0)))
    restate(people, at=draft.made_at + timedelta(hours=3))
    story.day = date(YEAR, 4, 2)
    assert story.mornings(3) == []
    announcing.release(actor(people.mina), draft.pk, datetime(YEAR, 4, 5, tzinfo=UTC))
    announcing.send_due(datetime(YEAR, 4, 5, 1, tzinfo=UTC))
    text = text_for("#all")
    assert "USD 200,000" in text and "318,607" not in text
    assert Announcement.objects.count() == 1


def test_what_drifts_after_a_restatement_that_moved_nothing_is_no_restatement(
    people: People, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.mornings()
    restate(people)
    assert story.mornings() == []
    asked: list[date] = []

    def counted(_company: object, first: date, *_days: object) -> tuple[object, str]:
        asked.append(first)
        return object(), ""

    monkeypatch.setattr(announcing, "counted", counted)
    assert story.mornings(7) == [] and asked and MARCH not in asked, "it was looked at once"
    story.said = of((TOUCH,), (LEADS, replace(REVENUE, actual=200_000.0)))
    assert story.mornings(5) == [], "a drift is told to nobody as a restatement"


def test_a_restatement_before_anything_was_announced_corrects_nothing(people: People, story: Story) -> None:
    restate(people)
    assert len(story.mornings()) == 1
    story.said = of((TOUCH,), (LEADS, replace(REVENUE, actual=200_000.0)))
    assert story.mornings(5) == []


def test_what_a_restatement_makes_undecided_is_told_once_it_is_decided(people: People, story: Story) -> None:
    story.mornings()
    story.said = of((REVENUE,), undecided=(replace(TOUCH, pending=5),))
    restate(people)
    assert len(story.mornings(3)) == 1
    assert "Announced before: 90.0%, Kept." in text_for("#all")
    story.said = of((REVENUE,), (LEADS, replace(TOUCH, actual=0.8, kept=80)))
    (subject,) = story.mornings(5)
    assert subject.startswith("Decided since")
    assert "First touch in time" in (text := text_for("#all")) and "Revenue" not in text


def drafted(story: Story) -> Announcement:
    announcing.draft_due(datetime(YEAR, 4, 1, 6, 20, tzinfo=UTC))
    return Announcement.objects.get()


def test_a_restatement_within_the_hour_changes_the_words_that_go_out(people: People, story: Story) -> None:
    draft = drafted(story)
    story.said = of((TOUCH,), (LEADS, replace(REVENUE, actual=200_000.0)))
    restate(people, at=draft.made_at + timedelta(minutes=20))
    announcing.send_due(draft.goes_at)
    text = text_for("#all")
    assert "USD 200,000" in text and "318,607" not in text
    story.day = date(YEAR, 4, 2)
    story.said = of((TOUCH,), (LEADS, replace(REVENUE, actual=199_000.0)))
    assert story.mornings(3) == [] and Announcement.objects.count() == 1


def test_what_has_nothing_left_to_say_is_withdrawn(
    people: People, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.said = of((REVENUE,), ())
    draft = drafted(story)
    story.said = of((), (), (replace(REVENUE, actual=None),))
    restate(people, at=draft.made_at + timedelta(minutes=20))
    with monkeypatch.context() as patched:
        patched.setattr(announcing, "counted", lambda *_asked: (None, "no log"))
        assert announcing.send_due(draft.goes_at) == 0, "it waits for its figures"
    assert announcing.send_due(draft.goes_at) == 0
    assert not Message.objects.exists() and Announcement.objects.get().state == "gone"
    assert "nothing is left to say" in signed_in(people.vera).get("/announcements/").content.decode()
    story.day, story.said = date(YEAR, 4, 2), of((REVENUE,), ())
    assert [one.startswith("Decided since") for one in story.mornings(4)] == [True]


def test_a_correction_that_is_held_back_is_made_anew_and_told_once(people: People, story: Story) -> None:
    story.mornings()
    story.said = of((TOUCH,), (LEADS, replace(REVENUE, actual=200_000.0)))
    restate(people, at=datetime(YEAR, 4, 1, 12, tzinfo=UTC))
    announcing.draft_due(datetime(YEAR, 4, 2, 6, 20, tzinfo=UTC))
    held = Announcement.objects.get(key__contains="restated")
    announcing.hold(actor(people.omar), held.pk, "another file is to come")
    story.said = of((TOUCH,), (LEADS, replace(REVENUE, actual=190_000.0)))
    restate(people, 2, at=datetime(YEAR, 4, 2, 12, tzinfo=UTC))
    story.day = date(YEAR, 4, 3)
    assert story.mornings(2) == []
    announcing.release(actor(people.mina), held.pk, datetime(YEAR, 4, 5, tzinfo=UTC))
    announcing.send_due(datetime(YEAR, 4, 5, 1, tzinfo=UTC))
    assert "USD 190,000" in (text := text_for("#all")) and "USD 200,000" not in text
    assert Announcement.objects.filter(key__contains="restated").count() == 1
