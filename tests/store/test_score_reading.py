"""How the pages of the score are read: kept folds and scores, what is made ahead, when it is made anew."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accord.ledger.scope import Scope
from accord.ledger.scoring import score
from accord.server.agreements.models import AgreementFile
from accord.server.score import folding, keeping, making, reading, warming
from accord.server.score.asked import View, presets
from accord.server.score.models import Drawn, Fold, Reading
from score_fixture import counted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("undrawn")]


def usual(at, name="this"):
    mark, agreement = folding.in_force(at)
    return mark, agreement, View(presets(agreement, at)[name])


def test_the_usual_views_and_their_pictures_are_kept_before_the_fold_is_announced(scored) -> None:
    for name in ("this", "last", "term"):
        mark, _, view = usual(scored, name)
        answer = reading.read(mark, view, scored)
        assert answer.score is not None and not answer.newer
    assert Drawn.objects.count() > 10
    assert not Reading.objects.filter(body=None).exists()


def test_a_kept_score_says_what_the_score_itself_says(scored, log: Path) -> None:
    mark, agreement, view = usual(scored, "term")
    kept = reading.read(mark, view, scored).score
    as_of = Fold.objects.get().as_of
    straight = score(agreement, log, view.days.from_on, view.days.to_on, as_of)
    assert kept.sides == straight.sides
    assert kept.warnings == straight.warnings
    assert kept.measures.keys() == straight.measures.keys()
    for name, result in straight.measures.items():
        most = keeping.LISTED if "lead" in result.table.columns else None
        assert kept.measures[name].table.columns == result.table.columns
        assert sorted(map(repr, kept.measures[name].table.rows)) == sorted(
            map(repr, result.table.rows[:most])
        ), name


def test_what_nobody_kept_is_asked_of_the_worker_and_then_kept(scored) -> None:
    mark, _, view = usual(scored, "quarter")
    view = View(view.days, Scope(lead_type=("demo",)))
    first = reading.read(mark, view, scored)
    assert first.score is None and not first.problem
    assert reading.make_wanted(timezone.now()) == 1
    assert reading.make_wanted(timezone.now()) == 0
    found = reading.read(mark, view, scored).score
    assert 0 < found.leads < reading.read(*usual(scored, "term")[::2], scored).score.leads


def test_numbers_promised_of_all_leads_have_no_target_for_some_of_them(scored) -> None:
    mark, _, view = usual(scored, "term")
    narrow = View(view.days, Scope(lead_type=("demo",)))
    reading.read(mark, narrow, scored)
    counted()
    promises = [p for side in reading.read(mark, narrow, scored).score.sides for p in side.promises]
    numbers = [p for p in promises if p.unit != "share" and p.actual is not None]
    assert numbers
    assert all(p.target is None and p.attainment is None and "all leads" in p.note for p in numbers)
    assert any(p.target is not None for p in promises if p.unit == "share")


def test_a_fold_is_made_anew_when_the_log_has_moved_and_not_at_every_look(scored, log: Path) -> None:
    soon, later = scored + timedelta(minutes=1), scored + timedelta(minutes=6)
    part = next((log / "events").glob("*.parquet"))
    known = part.stat()
    try:
        os.utime(part, ns=(known.st_atime_ns, known.st_mtime_ns + 1_000_000))
        assert folding.keep(soon) == 0, "younger than some minutes is good enough"
        assert folding.keep(later) == 1
    finally:
        os.utime(part, ns=(known.st_atime_ns, known.st_mtime_ns))


def test_time_alone_makes_a_fold_old(scored) -> None:
    assert folding.keep(scored + timedelta(minutes=6)) == 0
    assert folding.keep(scored + timedelta(minutes=16)) == 1


def test_no_more_than_an_eighth_of_the_workers_time_goes_into_folds(scored) -> None:
    Fold.objects.update(took=600.0)
    assert folding.keep(scored + timedelta(minutes=79)) == 0
    assert folding.keep(scored + timedelta(minutes=81)) == 1


def test_an_older_fold_goes_some_time_after_a_newer_one_has_come(scored, log: Path) -> None:
    folding.keep(scored + timedelta(minutes=16))
    assert Fold.objects.count() == 2
    Fold.objects.order_by("made_at").update(made_at=scored - timedelta(hours=1))
    folding.keep(scored + timedelta(minutes=17))
    assert Fold.objects.count() == 1
    assert len(list(folding.folder().glob("*.duckdb"))) == 1


def test_while_a_newer_score_is_counted_the_former_one_is_shown(scored) -> None:
    mark, _, view = usual(scored, "quarter")
    reading.read(mark, view, scored)
    counted()
    before = reading.read(mark, view, scored)
    assert folding.keep(scored + timedelta(minutes=16)) == 1
    shown = reading.read(mark, view, scored)
    assert shown.newer and shown.score == before.score
    counted()
    assert not reading.read(mark, view, scored).newer


def test_another_version_in_force_is_never_answered_from_the_former_ones_scores(scored) -> None:
    _, _, view = usual(scored)
    assert reading.read("0123456789ab", view, scored).score is None


def test_an_earlier_instant_is_made_by_the_worker_and_knows_less(scored) -> None:
    mark, _, view = usual(scored, "term")
    then = scored - timedelta(days=60)
    assert reading.read(mark, view, scored, then).score is None
    folding.keep(timezone.now())
    earlier = reading.read(mark, view, scored, then)
    if earlier.score is None:
        counted()
        earlier = reading.read(mark, view, scored, then)
    assert earlier.score.events < reading.read(mark, view, scored).score.events
    assert folding.newest(mark).as_of > then, "looking back does not move the page of today"


def test_when_no_agreement_is_in_force_no_fold_is_kept(
    scored, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "in_force", lambda _at: None)
    assert folding.keep() == 0
    assert not Fold.objects.exists() and not list(folding.folder().glob("*"))


def test_why_a_fold_could_not_be_made_is_kept_for_people_to_read(
    in_force: AgreementFile, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise making.LogUnreadable("the log was cut off; import it anew")

    monkeypatch.setattr(folding, "make_fold", fail)
    at = timezone.now()
    assert folding.keep(at) == 0
    mark, _, view = usual(at)
    assert reading.read(mark, view, at).problem == "the log was cut off; import it anew"


def test_what_is_kept_is_bounded_and_what_everybody_looks_at_stays(
    scored, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, _, view = usual(scored, "quarter")
    reading.read(mark, view, scored)
    monkeypatch.setattr(keeping, "MOST_BYTES", 1)
    counted()
    assert not Reading.objects.filter(standing=False).exists()
    assert reading.read(*usual(scored)[::2], scored).score is not None


def test_the_web_process_unpacks_the_usual_scores_before_anybody_asks(scored, monkeypatch) -> None:
    mark, agreement = folding.in_force(scored)
    reading.kept_score.cache_clear()
    reading._sections.cache_clear()
    name = warming.warm()
    assert name == folding.newest(mark).name
    monkeypatch.setattr(keeping, "unpack", lambda _body: 1 / 0)
    for period in ("this", "term"):
        answer = reading.read(mark, View(presets(agreement, scored)[period]), scored)
        assert answer.score is not None
        assert reading.sections_of(answer, mark)
    reading.kept_score.cache_clear()
    assert warming.warm(name) == name  # nothing is unpacked twice
