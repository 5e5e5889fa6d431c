"""Sliders: other times and hours, tried on a fold, say what a whole replay says."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from ledger_fixture import F15_NOW, agreement, at, f15, write_log
from test_replay import AGREEMENTS, STARTS, many

from accord.agreement.terms import Agreement
from accord.errors import FoldUnusable
from accord.ledger.fold import make_fold
from accord.ledger.replay.running import replay
from accord.ledger.replay.settings import with_settings
from accord.ledger.replay.trying import Trial, trial
from accord.promises import PromiseOf

DAYS = {"from_on": date(2026, 1, 1), "to_on": date(2026, 12, 31)}
NO_LIMIT = AGREEMENTS["no limit"]  # on excuses: the sliders count every excuse that came


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of lively leads, with pauses, excuses, frozen due times and six calendars, and its fold."""
    folder = tmp_path_factory.mktemp("trying")
    log = write_log(folder / "log", *many(STARTS[1], 1500))
    make_fold(NO_LIMIT, log, as_of=datetime(2026, 4, 14, 5, tzinfo=UTC), into=folder / "fold.duckdb")
    return folder


def tried(folder: Path, after: Agreement) -> Trial:
    return trial(folder / "fold.duckdb", NO_LIMIT, after, **DAYS)


@pytest.mark.parametrize(
    "settings",
    [
        (),
        ("first_touch=30 min",),
        ("first_touch.demo=1 h", "first_touch.partner=20 min wall"),
        ("hours.split=08:00-20:00",),
        ("hours.gulf=10:00-12:00", "first_touch.content=3 h"),
        ("hours.office=06:00-22:00", "hours.night=21:00-23:00", "first_touch=2 h"),
    ],
)
def test_a_slider_counts_what_a_whole_replay_counts(folder: Path, settings: tuple[str, ...]) -> None:
    after = with_settings(NO_LIMIT, settings)
    whole = replay(NO_LIMIT, after, folder / "log", **DAYS, as_of=datetime(2026, 4, 14, 5, tzinfo=UTC))
    expected = next(one.all for one in whole.judged if one.promise is PromiseOf.FIRST_TOUCH)
    found = tried(folder, after).counts
    assert found[0].lead_type is None
    assert (found[0].was, found[0].then) == (expected.was, expected.then)
    assert found[0].newly_broken == expected.newly_broken
    assert found[0].newly_kept == expected.newly_kept
    for which in ("was", "then"):
        parts = [getattr(one, which) for one in found[1:]]
        assert sum(part.kept for part in parts) == getattr(found[0], which).kept
        assert sum(part.broken for part in parts) == getattr(found[0], which).broken


def test_the_curve_rises_and_meets_what_the_slider_says(folder: Path) -> None:
    after = with_settings(NO_LIMIT, ["first_touch=45 min"])
    found = trial(folder / "fold.duckdb", NO_LIMIT, after, **DAYS, minutes=[44, 46])
    curve = found.curves[None]
    assert [point.minutes for point in curve] == sorted({point.minutes for point in curve})
    assert {44, 45, 46} <= {point.minutes for point in curve}
    kept = [point.kept for point in curve]
    assert kept == sorted(kept)
    broken = [point.broken for point in curve]
    assert broken == sorted(broken, reverse=True)
    here = next(point for point in curve if point.minutes == 45)
    strict = {one.lead_type: one for one in found.counts}
    assert (here.kept, here.broken) == (strict[None].then.kept, strict[None].then.broken)


def test_of_f15_an_hour_keeps_five_of_seven_and_thirty_minutes_fewer(tmp_path: Path) -> None:
    ours = agreement()
    log = write_log(tmp_path / "log", *f15())
    make_fold(ours, log, as_of=at(F15_NOW), into=tmp_path / "fold.duckdb")
    curve = trial(tmp_path / "fold.duckdb", ours, ours, **DAYS).curves[None]
    shares = {point.minutes: (point.kept, point.kept + point.broken) for point in curve}
    assert shares[60] == (5, 7), "never 5 of 6: a lead that nobody touched and that is overdue counts"
    assert shares[30] == (3, 7)
    assert shares[240] == (6, 6), "F would still have time"


def test_a_period_without_leads_has_no_share(folder: Path) -> None:
    days = {"from_on": date(2026, 8, 1), "to_on": date(2026, 8, 31)}
    found = trial(folder / "fold.duckdb", NO_LIMIT, NO_LIMIT, **days)
    assert found.counts[0].was.share is None
    assert found.curves == {}


def test_a_fold_of_other_terms_or_none_is_refused(folder: Path) -> None:
    with pytest.raises(FoldUnusable):
        trial(folder / "nowhere.duckdb", NO_LIMIT, NO_LIMIT, **DAYS)
    with pytest.raises(FoldUnusable):
        trial(folder / "fold.duckdb", agreement(), agreement(), **DAYS)
