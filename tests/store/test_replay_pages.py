"""What a draft would have meant: the card, the pages, the sliders, and what hostile addresses get."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from accord.agreement.parse import parse_agreement
from accord.agreement.signing.proposals import agreement_in
from accord.ledger.fold import make_fold
from accord.ledger.log import open_log
from accord.server.agreements import acts
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.desk import terms
from accord.server.look import figures
from accord.server.replay import making as replays
from accord.server.replay.models import Kept
from accord.server.replay.views import trying
from accord.server.running.models import Chore
from accord.server.score import folding, making
from accord.server.score.models import Fold
from accord.simulate.company import simulate
from server_fixture import ACME, YEAR, People, actor, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
WHOLE = (date(YEAR, 1, 1), date(YEAR, 12, 31))
LAST = datetime(YEAR, 12, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replays") / "log"
    simulate(parse_agreement(ACME), leads=400, seed=3, into=folder)
    return folder


@pytest.fixture
def log(simulated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A year of leads, looked at as a whole whenever the test runs."""
    monkeypatch.setattr(making, "log_folder", lambda: simulated)
    for module in (replays, trying):
        monkeypatch.setattr(module, "days_of", lambda _span, _agreement, _at: WHOLE)
    monkeypatch.setattr(replays, "FORGOTTEN", timedelta(days=400))  # the year's end may be far
    return simulated


@pytest.fixture
def strict(people: People, in_force: AgreementFile) -> Draft:
    """A draft that halves the time for web forms."""
    draft = acts.start_draft(actor(people.kai), in_force)
    text = draft.text.replace("web_form: 60 min", "web_form: 10 min")
    assert text != draft.text
    return acts.save_draft(actor(people.kai), draft, text, started_from=1)


@pytest.fixture
def fold(log: Path, in_force: AgreementFile) -> Fold:
    found = terms.in_force(timezone.now())
    assert found is not None
    mark, agreement = found
    row = Fold.objects.create(
        name=f"{mark}-replay", agreement=mark, as_of=LAST, log="", used_at=LAST, made_at=LAST, tried_at=LAST
    )
    if not folding.path_of(row).exists():
        make_fold(agreement, open_log(log), as_of=LAST, into=folding.path_of(row))
    return row


def address(draft: Draft, rest: str = "") -> str:
    return f"/agreements/{draft.file.slug}/drafts/{draft.number}/replay{rest}"


def read(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_the_page_of_a_draft_has_a_card_that_asks_for_it(people: People, strict: Draft) -> None:
    page = read(signed_in(people.vera).get(f"/agreements/{strict.file.slug}/drafts/{strict.number}/"))
    assert address(strict, "/card") in page
    assert "Under this draft" in page


def test_whoever_looks_first_has_the_worker_make_it_and_then_reads_how_often(
    people: People, strict: Draft, log: Path
) -> None:
    client = signed_in(people.leyla)
    waiting = read(client.get(address(strict, "/card")))
    assert 'hx-trigger="load delay:3s"' in waiting
    assert Chore.objects.get(name="replays").due_at <= timezone.now()
    assert Kept.objects.get().wanted_at is not None
    assert replays.make_wanted(LAST) == 1
    made = read(client.get(address(strict, "/card")))
    assert "would have been broken" in made
    assert "hx-trigger" not in made
    kept = Kept.objects.get()
    assert kept.wanted_at is None
    assert kept.told["headline"]["more"] > 0
    page = read(client.get(address(strict)))
    assert "all of them in lead type <bdi>Web form</bdi>" in page
    assert "First touch in time" in page
    assert "how people" not in page
    assert "not what they would have done under other terms" in page


def test_a_promise_that_moves_is_on_the_card_with_its_figures_and_state(
    people: People, strict: Draft, log: Path
) -> None:
    client = signed_in(people.leyla)
    text = strict.text.replace("measure: lead_value, target: 75000", "measure: lead_value, target: 100")
    acts.save_draft(actor(people.kai), strict, text, started_from=2)
    client.get(address(strict, "/card"))
    assert replays.make_wanted(LAST) == 1
    told = next(one for one in Kept.objects.get().told["promises"] if one["id"] == "M2")
    assert (told["was"]["state"], told["then"]["state"]) == ("at risk", "over")
    card = read(client.get(address(strict, "/card")))
    line = next(one for one in card.split("<li>") if "<bdi>M2</bdi>" in one)
    for which in ("was", "then"):
        asked = figures.amount(told[which]["due_by_now"], told["unit"])
        assert f"where {asked} was asked" in line
    assert line.index("at risk") < line.index("over")
    assert "<bdi>M3</bdi>" not in card, "what stands as it stood is no news"
    page = read(client.get(address(strict)))
    row = next(one for one in page.split("<tr>") if "<bdi>M2</bdi>" in one)
    assert row.count('class="badge"') == 2


def test_one_breach_is_not_called_all_of_them() -> None:
    most = {"broken": 1, "by_word": "segment", "word": "north"}
    assert "all of" not in render_to_string("replay/_most.html", {"most": most, "total": 1})
    assert "all of" in render_to_string("replay/_most.html", {"most": {**most, "broken": 2}, "total": 2})


def test_how_it_was_is_read_from_the_scores_fold_and_says_the_same(
    people: People, strict: Draft, log: Path, fold: Fold, monkeypatch: pytest.MonkeyPatch
) -> None:
    folds: list[Path | None] = []

    class Watched(replays.Replaying):
        def __init__(self, *of: Any, **more: Any) -> None:
            folds.append(more["fold"])
            super().__init__(*of, **more)

    monkeypatch.setattr(replays, "Replaying", Watched)

    def told() -> Any:
        Kept.objects.all().delete()
        signed_in(people.leyla).get(address(strict, "/card"))
        assert replays.make_wanted(LAST) == 1
        return Kept.objects.get().told

    from_log = told()  # the fold says another place of the log
    Fold.objects.update(log=folding.log_mark())
    assert told() == from_log
    assert folds == [None, folding.path_of(fold)]
    assert Kept.objects.get().as_of == fold.as_of


def test_one_replay_is_made_in_one_go_and_the_next_waits_no_minute(
    people: People, strict: Draft, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for span in ("month", "term"):
        signed_in(people.leyla).get(address(strict, f"/card?span={span}"))
    waiting = Kept.objects.count()
    monkeypatch.setattr(replays, "_replayed", lambda _kept, _at: {"told": {}})
    Chore.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert replays.make_wanted(LAST) == 1
    assert Kept.objects.filter(wanted_at__isnull=False).count() == waiting - 1
    assert (Chore.objects.get(name="replays").due_at <= timezone.now()) == (waiting > 1)


def test_the_same_text_is_worked_out_once_and_another_saving_again(
    people: People, strict: Draft, log: Path
) -> None:
    client = signed_in(people.kai)
    for _ in range(3):
        client.get(address(strict))
    assert Kept.objects.count() == 1
    acts.save_draft(actor(people.kai), strict, strict.text + "# more\n", started_from=2)
    client.get(address(strict))
    assert Kept.objects.count() == 2
    assert [replays.make_wanted(LAST) for _ in range(3)] == [1, 1, 0], "one at a time"
    first, second = Kept.objects.values_list("told", flat=True)
    assert first["judged"] == second["judged"]


def test_the_leads_that_move_are_listed_page_by_page_with_their_reasons_and_as_csv(
    people: People, strict: Draft, log: Path
) -> None:
    client = signed_in(people.vera)
    client.get(address(strict))
    replays.make_wanted(LAST)
    moved = Kept.objects.get().told["moved"]
    page = read(client.get(address(strict, "/leads?by=lead_type&key=web_form")))
    assert "too late; as it was" in page
    rows = list(csv.DictReader(io.StringIO(_streamed(client.get(address(strict, "/leads.csv"))))))
    assert len(rows) == moved > 0
    assert {row["lead_type"] for row in rows} == {"web_form"}
    none = list(
        csv.DictReader(io.StringIO(_streamed(client.get(address(strict, "/leads.csv?promise=cadence_kept")))))
    )
    assert none == []


def _streamed(answer) -> str:
    return b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize(
    "query",
    [
        "?span=%00&page=-1&by=x&key=y",
        "?page=99999999999999999999",
        "?page=99999",
        "?page=NaN&by=segment&key=%27%20OR%201=1--",
        "?by=segment&key=%00",
        "?promise=%3Cscript%3E",
        "?by=pool&key=" + "a" * 3000,
    ],
)
def test_hostile_addresses_get_a_page(people: People, strict: Draft, log: Path, query: str) -> None:
    client = signed_in(people.kai)
    client.get(address(strict))
    replays.make_wanted(LAST)
    for rest in ("", "/card", "/leads"):
        text = read(client.get(address(strict, rest) + query))
        assert "<script>" not in text.replace("<script ", "")
    assert client.get(address(strict, "/leads.csv") + query).status_code == 200


def test_a_text_with_errors_and_a_log_that_is_not_there_are_said(
    people: People, in_force: AgreementFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = acts.start_draft(actor(people.kai), in_force, "accord: 1\nname: x\n")
    client = signed_in(people.kai)
    assert "has errors" in read(client.get(address(draft)))
    assert Kept.objects.count() == 0
    monkeypatch.setattr(making, "log_folder", lambda: tmp_path / "none")
    good = acts.start_draft(actor(people.kai), in_force)
    client.get(address(good))
    assert replays.make_wanted() == 0
    assert "no such folder" in read(client.get(address(good, "/card")))


def test_the_sliders_say_what_is_agreed_and_what_another_time_would_keep(people: People, fold: Fold) -> None:
    client = signed_in(people.vera)
    slug = AgreementFile.objects.get().slug
    plain = read(client.get(f"/agreements/{slug}/try"))
    assert 'name="t.web_form" value="60"' in plain
    assert 'name="o.hq" value="09:00"' in plain
    assert "Write this into a draft" not in plain
    moved = read(client.get(f"/agreements/{slug}/try?t.web_form=5&o.hq=08:00&c.hq=20:00"))
    assert "newly broken" in moved
    assert 'value="5"' in moved
    assert "Write this into a draft" not in moved, "a viewer writes nothing"
    assert "Write this into a draft" in read(
        signed_in(people.kai).get(f"/agreements/{slug}/try?t.web_form=5")
    )


@pytest.mark.parametrize(
    "value", ["-5", "0", "NaN", "1e9", "99999", "5.5", "٥", "1" * 100, "<b>", "\x00", "inf"]
)
def test_what_is_no_time_is_refused_at_its_field_and_the_rest_is_tried(
    people: People, fold: Fold, value: str
) -> None:
    slug = AgreementFile.objects.get().slug
    client = signed_in(people.kai)
    page = read(client.get(f"/agreements/{slug}/try", {"t.web_form": value, "t.demo": "3"}))
    assert "whole minutes from 1 to" in page
    assert "<b>" not in page
    assert "first touches would have been in time" in page


@pytest.mark.parametrize(
    ("opens", "closes"), [("25:00", "18:00"), ("soon", "18:00"), ("-1", "18:00"), ("09:00", "99:99")]
)
def test_hours_that_cannot_be_are_refused(people: People, fold: Fold, opens: str, closes: str) -> None:
    slug = AgreementFile.objects.get().slug
    page = read(signed_in(people.kai).get(f"/agreements/{slug}/try", {"o.hq": opens, "c.hq": closes}))
    assert "field--error" in page
    assert "first touches would have been in time" in page


def test_what_the_sliders_say_becomes_a_draft_that_says_it_with_its_comments(
    people: People, fold: Fold
) -> None:
    file = AgreementFile.objects.get()
    said = {"t.web_form": "25", "o.hq": "08:30", "c.hq": "18:30"}
    answer = signed_in(people.kai).post(f"/agreements/{file.slug}/try", said)
    assert answer.status_code == 302
    draft = file.drafts.first()
    assert draft is not None
    written = agreement_in(draft.text)
    assert str(written.first_touch("web_form")) == "25 min"
    assert str(written.first_touch("demo")) == "5 min"
    assert written.calendars["hq"].hours["mon-fri"] == ("08:30-12:30", "13:30-18:30")
    assert "# " in draft.text, "comments stay"
    assert signed_in(people.vera).post(f"/agreements/{file.slug}/try", said).status_code == 403


def test_a_slider_that_was_not_moved_writes_nothing(people: People, fold: Fold) -> None:
    file = AgreementFile.objects.get()
    before = Draft.objects.count()
    assert signed_in(people.kai).post(f"/agreements/{file.slug}/try", {}).status_code == 422
    assert Draft.objects.count() == before


def test_without_a_version_in_force_or_a_fold_the_page_says_what_is_missing(
    people: People, in_force: AgreementFile
) -> None:
    client = signed_in(people.kai)
    assert "Not worked out yet" in read(client.get(f"/agreements/{in_force.slug}/try"))
    other = acts.start_file(actor(people.kai), ACME.replace("name: Acme marketing and sales", "name: Other"))
    assert "Nothing is in force yet" in read(client.get(f"/agreements/{other.file.slug}/try"))


def test_days_are_whole_quarters_and_months_also_over_the_turn_of_the_year() -> None:
    ours = parse_agreement(ACME)
    at = datetime(2027, 1, 15, 12, tzinfo=UTC)
    assert replays.days_of("quarter", ours, at) == (date(2026, 10, 1), date(2026, 12, 31))
    assert replays.days_of("month", ours, at) == (date(2026, 12, 1), date(2026, 12, 31))
    at = datetime(2026, 5, 31, 22, tzinfo=UTC)  # June by then in Istanbul
    assert replays.days_of("quarter", ours, at) == (date(2026, 1, 1), date(2026, 3, 31))
    assert replays.days_of("month", ours, at) == (date(2026, 5, 1), date(2026, 5, 31))


def test_what_nobody_looked_at_for_a_week_goes_with_its_file(
    people: People, strict: Draft, log: Path
) -> None:
    signed_in(people.kai).get(address(strict))
    replays.make_wanted(LAST)
    kept = Kept.objects.get()
    assert replays.moved_file(kept).exists()
    Kept.objects.update(used_at=datetime(YEAR - 2, 1, 1, tzinfo=UTC))
    replays.make_wanted(LAST)
    assert Kept.objects.count() == 0
    assert not replays.moved_file(kept).exists()


def test_an_engine_that_fails_is_said_without_its_words_and_nobody_waits_for_ever(
    people: People, strict: Draft, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_kept: Kept, _at: datetime) -> dict[str, object]:
        raise duckdb.IOException("/secret/place: no room")

    monkeypatch.setattr(replays, "_replayed", fails)
    client = signed_in(people.kai)
    client.get(address(strict))
    assert replays.make_wanted(LAST) == 0
    page = read(client.get(address(strict)))
    assert "/secret" not in page
    assert "could not be run" in page
    assert Kept.objects.get().wanted_at is None
