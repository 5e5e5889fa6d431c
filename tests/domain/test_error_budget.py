"""The error budget of a share: what a period can bear, and a warning that small numbers do not set off."""

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ledger_fixture import agreement, at, event, ledger
from scipy.stats import binom  # type: ignore[import-untyped]

from accord.lead.events import Event, Lead
from accord.ledger.budget import FEWEST, Budget, Progress, Window, at_least, budget_of, clopper_pearson_low
from accord.ledger.score import PromiseScore, PromiseState
from accord.ledger.scoring import score_of
from accord.ledger.tally import Tally, tally

NINETY = Fraction(90, 100)
NOBODY = Window(0, 0)


def may(done: int) -> Progress:
    return Progress(done, 31 - done, date(2026, 5, 1) + timedelta(days=done - 1))


def like_so_far(kept: int, broken: int, done: int, pending: int = 0) -> Fraction:
    return Fraction((kept + broken + pending) * (31 - done), done)


def month(kept: int, broken: int, done: int, recent: Window = NOBODY, pending: int = 0) -> Budget:
    to_come = like_so_far(kept, broken, done, pending)
    found = budget_of(NINETY, Window(kept, broken), recent, may(done), pending=pending, to_come=to_come)
    assert found is not None
    return found


def test_a_month_of_124_leads_bears_twelve_misses() -> None:
    found = month(29, 3, 8)
    assert (found.allowed, found.spent, found.left, found.expected) == (12, 3, 9, 124)
    assert found.sentence == "3 of 12 misses used by day 8 of 31; 9 left."
    assert not found.burning, "three of twelve by day 8 of 31 is the promised pace"


def test_too_fast_a_pace_is_said_with_the_day_on_which_the_promise_breaks() -> None:
    found = month(36, 14, 8)
    assert found.burning
    assert (found.allowed, found.left) == (19, 5)
    # 6 more misses at 14 of 50 are 21.4 leads, at 6.25 a day 3.4 days
    assert found.breaks_on == date(2026, 5, 12)
    assert found.sentence == (
        "14 of 19 misses used by day 8 of 31; at this pace (95% sure) the promise breaks around 12 May."
    )


def test_what_is_lost_or_just_used_up_says_so() -> None:
    lost = month(20, 30, 8)
    assert (lost.left, lost.burning, lost.breaks_on) == (-11, False, None)
    assert (
        lost.sentence
        == "30 of 19 misses used by day 8 of 31: the promise can no longer be kept in this period."
    )
    last = month(81, 9, 28)
    assert (last.allowed, last.left) == (9, 0)
    assert "the next one breaks the promise" in last.sentence


def test_nothing_counted_has_no_budget_and_an_ended_period_no_warning() -> None:
    assert budget_of(NINETY, NOBODY, NOBODY, may(3)) is None
    ended = budget_of(NINETY, Window(90, 10), Window(0, 10), may(31))
    assert ended == Budget(allowed=10, spent=10, expected=100, day=31, days=31)
    assert ended.sentence == "10 of 10 misses used at the end of the period; 0 left."
    lost = replace(ended, spent=11)
    assert lost.sentence == "11 of 10 misses used at the end of the period: the promise is broken."


def test_leads_that_are_open_are_told_apart_and_are_no_misses() -> None:
    calm = month(36, 3, 8, pending=5)
    assert (calm.spent, calm.open) == (3, 5)
    assert calm.sentence.endswith("left. 5 more are still open and not counted as missed.")
    one = replace(calm, open=1)
    assert one.sentence.endswith("1 more is still open and not counted as missed.")
    lost, soon = month(20, 30, 8, pending=5), month(36, 14, 8, pending=5)
    assert lost.left < 0 and soon.breaks_on is not None
    for found in (lost, soon):
        assert found.sentence.endswith(" 5 more are still open and not counted as missed.")


def test_no_day_is_named_where_what_is_open_alone_uses_up_what_is_left() -> None:
    """Each falls due by its own clock, so the next day would be a date that nothing says."""
    found = month(60, 40, 20, pending=200)
    assert found.burning
    assert found.breaks_on is None
    assert found.sentence == (
        "40 of 46 misses used by day 20 of 31; 6 left, and at this pace (95% sure) the 200 that can still "
        "be missed use them up."
    )


def test_a_sudden_fall_warns_by_the_last_days_while_the_period_so_far_looks_well() -> None:
    calm = month(186, 14, 20)
    fallen = month(186, 14, 20, recent=Window(6, 12))
    assert not calm.burning
    assert fallen.burning
    assert fallen.breaks_on is not None


def test_a_bad_start_that_is_over_does_not_warn_for_the_rest_of_the_month() -> None:
    assert month(74, 16, 15).burning
    assert not month(74, 16, 15, recent=Window(40, 2)).burning
    assert month(74, 16, 15, recent=Window(3, 0)).burning, "three leads show nothing"


def test_the_limit_is_the_published_one() -> None:
    """Clopper and Pearson for 10 of 100 at 95 %, two-sided: 4.90 % to 17.62 %; for 5 of 5 it is α^(1/5)."""
    assert clopper_pearson_low(10, 100, 0.025) == pytest.approx(0.0490, abs=5e-5)
    assert clopper_pearson_low(5, 5, 0.025) == pytest.approx(0.025**0.2, rel=1e-12)
    assert clopper_pearson_low(0, 20, 0.025) == 0
    assert at_least(3, 2, 0.5) == 0
    assert at_least(0, 0, 0.5) == 1
    assert at_least(2, 3, 0.5) == pytest.approx(0.5)
    low = clopper_pearson_low(14, 50, 0.025)
    assert float(binom.sf(13, 50, low)) == pytest.approx(0.025), "14 or more at that rate: one in forty"


@pytest.mark.parametrize(("judged", "done"), [(10, 3), (30, 8), (60, 10), (150, 15), (400, 25)])
def test_a_warning_comes_true_also_where_the_true_rate_is_just_what_was_promised(
    judged: int, done: int
) -> None:
    """The least favourable case: bad luck so far, and from now on the promised rate of 10 %."""
    warned = wrong = 0.0
    for broken in range(judged + 1):
        found = month(judged - broken, broken, done)
        if found.burning:
            chance = float(binom.pmf(broken, judged, 0.1))
            to_come = int(like_so_far(judged - broken, broken, done))
            warned += chance
            wrong += chance * float(binom.cdf(found.left, to_come, 0.1))
    assert warned > 0
    assert wrong / warned < 0.1
    assert wrong < 0.0005


def test_twice_the_promised_misses_are_seen_before_the_budget_is_used_up() -> None:
    """Ten leads a day, exactly one in five missed: 31 misses are allowed, 20 of them used when it warns."""
    early, warned = month(40, 10, 5), month(80, 20, 10)
    assert (early.burning, warned.burning) == (False, True)
    assert (warned.allowed, warned.spent) == (31, 20)


def warns_of_silence(rejected: list[tuple[int, bool]], today: int, *, windowed: bool) -> bool:
    """A promise of 90 % accepted, where a reject is known at once and silence accepts after three days."""
    seen = [(day, no) for day, no in rejected if day <= today]

    def window(since: int, until: int) -> Window:
        judged = [no for day, no in seen if since < day and (no or day <= today - 3) and day <= until]
        return Window(judged.count(False), judged.count(True))

    closed_until = today - 3 if windowed else today
    so_far = window(0, today)
    found = budget_of(
        NINETY,
        so_far,
        window(today - 7, closed_until),
        Progress(today, 30 - today, date(2026, 6, today)),
        closed=window(0, closed_until),
        pending=len(seen) - so_far.judged,
        to_come=Fraction(len(seen) * (30 - today), today),
    )
    return found is not None and found.burning


@pytest.mark.parametrize(("windowed", "low", "high"), [(True, 0, 0), (False, 10, 25)])
def test_rejects_that_are_known_before_silence_accepts_raise_no_alarm(
    windowed: bool, low: int, high: int
) -> None:
    """200 months of 15 leads a day, one in twenty rejected: half the budget is used, no promise breaks."""
    rng = random.Random(1)  # noqa: S311 - a log, not a secret
    warned = 0
    for _ in range(200):
        leads = [(day, rng.random() < 0.05) for day in range(1, 31) for _ in range(15)]
        assert sum(no for _, no in leads) <= len(leads) // 10
        warned += any(warns_of_silence(leads, day, windowed=windowed) for day in range(1, 30))
    assert low <= warned <= high


counts = st.integers(0, 60)
budgets = st.builds(
    dict,
    target=st.sampled_from([Fraction(n, 100) for n in (50, 80, 90, 95, 99)]),
    recent=st.builds(Window, counts, counts),
    before=st.builds(Window, counts, counts),
    pending=counts,
    to_come=st.fractions(0, 300, max_denominator=31),
    done=st.integers(1, 31),
)


def made(  # noqa: PLR0917 - what there is to vary
    target: Fraction, recent: Window, before: Window, pending: int, to_come: Fraction, done: int
) -> Budget | None:
    so_far = Window(recent.kept + before.kept, recent.broken + before.broken)
    to_come = to_come if done < 31 else Fraction(0)
    return budget_of(target, so_far, recent, may(done), pending=pending, to_come=to_come)


@given(budgets)
def test_left_is_what_is_allowed_without_what_is_spent_and_a_day_comes_with_the_warning_only(
    case: dict[str, object],
) -> None:
    found = made(**case)  # type: ignore[arg-type]
    assume(found is not None)
    assert found is not None
    assert found.left == found.allowed - found.spent
    assert found.burning or found.breaks_on is None
    if found.breaks_on:
        assert found.left >= 0
        assert may(found.day).known_on < found.breaks_on <= date(2026, 5, 31)


@given(budgets, st.booleans(), st.integers(1, 5))
def test_more_kept_never_worsens(case: dict[str, object], lately: bool, more: int) -> None:
    before = made(**case)  # type: ignore[arg-type]
    assume(before is not None)
    assert before is not None
    window = case["recent" if lately else "before"]
    assert isinstance(window, Window)
    after = made(**{**case, "recent" if lately else "before": replace(window, kept=window.kept + more)})  # type: ignore[arg-type]
    assert after is not None
    assert after.left >= before.left
    assert before.burning or before.left < 0 or not after.burning


def test_fewer_than_five_misses_never_warn_however_few_the_leads() -> None:
    for kept, broken, done in product(range(10), range(FEWEST), (1, 5, 20)):
        if kept + broken:
            found = month(kept, broken, done, recent=Window(kept, broken))
            assert not found.burning, (kept, broken, done)


# In the score


def day_of_work(day: int, missed: int, met: int) -> tuple[list[Lead], list[Event]]:
    leads, events = [], []
    for n in range(missed + met):
        lead, start = f"{day:02d}-{n:03d}", at(f"2026-06-{day:02d} 10:00")
        touched = start + timedelta(minutes=90 if n < missed else 30)
        leads.append(Lead(lead, lead_type="web_form"))
        events += [
            event(lead, "handed_off", start),
            event(lead, "attempted", touched, side="sales", actor="ana", channel="call"),
        ]
    return leads, events


def scored(folder: Path, days: dict[int, tuple[int, int]], known: str) -> PromiseScore:
    facts = [day_of_work(day, *counts) for day, counts in days.items()]
    terms = agreement(
        promises=[{"id": "S1", "side": "sales", "measure": "first_touch_in_time", "target": "90%"}]
    )
    book = ledger(
        folder,
        [lead for leads, _ in facts for lead in leads],
        [one for _, events in facts for one in events],
        at(known),
        terms=terms,
        from_on=date(2026, 6, 1),
        to_on=date(2026, 6, 30),
    )
    with book as opened:
        sides = score_of(opened).sides
    return next(promise for side in sides for promise in side.promises if promise.id == "S1")


WEEKDAYS = [1, 2, 3, 4, 5, 8, 9, 10, 11, 12]


def test_the_score_of_a_share_holds_its_budget(tmp_path: Path) -> None:
    promise = scored(tmp_path, dict.fromkeys(WEEKDAYS, (1, 14)), "2026-06-13 00:00")
    assert promise.state is PromiseState.KEPT
    assert promise.budget is not None
    # 150 leads in 12 of 30 days: 375 in the month bear 37 misses
    assert (promise.budget.allowed, promise.budget.spent, promise.budget.expected) == (37, 10, 375)
    assert (promise.budget.day, promise.budget.days, promise.budget.burning) == (12, 30, False)


def test_a_burning_budget_in_the_score_knows_the_last_days(tmp_path: Path) -> None:
    promise = scored(tmp_path, {day: (0, 15) if day < 6 else (4, 8) for day in WEEKDAYS}, "2026-06-13 00:00")
    assert promise.budget is not None
    assert promise.budget.burning
    assert promise.state is PromiseState.AT_RISK
    assert promise.budget.breaks_on is not None


@pytest.mark.parametrize("missed", [0, 1, 3, 6, 8, 9, 12, 15])
def test_nothing_is_left_exactly_where_the_promise_is_broken(tmp_path: Path, missed: int) -> None:
    promise = scored(tmp_path, {1: (missed, 15 - missed), 2: (0, 3)}, "2026-06-16 00:00")
    assert promise.budget is not None
    assert (promise.budget.left < 0) == (promise.state is PromiseState.BROKEN)


def test_counts_and_amounts_have_no_budget(tmp_path: Path) -> None:
    terms = agreement(
        promises=[{"id": "M1", "side": "marketing", "measure": "accepted_leads", "from": "plan"}]
    )
    with ledger(tmp_path, *day_of_work(1, 0, 3), at("2026-06-13 00:00"), terms=terms) as opened:
        promises = [promise for side in score_of(opened).sides for promise in side.promises]
    assert [promise.budget for promise in promises] == [None]


def accepted_or_kept(folder: Path, measure: str, events: list[Event], known: str, **terms: object) -> Tally:
    names = sorted({one.lead for one in events})
    said = agreement(promises=[{"id": "P", "side": "sales", "measure": measure, "target": "90%"}], **terms)
    leads = [Lead(name, lead_type="web_form") for name in names]
    days = {"from_on": date(2026, 6, 1), "to_on": date(2026, 6, 30)}
    with ledger(folder, leads, events, at(known), terms=said, **days) as opened:
        return tally(opened, said.promises[0])


def test_an_early_reject_counts_as_spent_but_for_no_rate_until_its_window_closes(tmp_path: Path) -> None:
    events = [
        event("old", "handed_off", "2026-06-01 09:00"),
        event("new", "handed_off", "2026-06-09 09:00"),
        event("new", "rejected", "2026-06-09 11:00", side="sales", reason="no_budget"),
    ]
    terms = {"handoff": {"accept_within": "24 h wall"}}
    now = accepted_or_kept(tmp_path / "now", "acceptance_rate", events, "2026-06-09 12:00", **terms)
    later = accepted_or_kept(tmp_path / "later", "acceptance_rate", events, "2026-06-10 12:00", **terms)
    assert (now.kept, now.broken, now.closed, now.recent) == (1, 1, Window(1, 0), Window(0, 0))
    assert (later.kept, later.broken, later.closed, later.recent) == (1, 1, Window(1, 1), Window(0, 1))
    assert (now.today, later.today) == (1, 0)


def test_a_cadence_kept_so_far_is_settled_with_its_last_checkpoint(tmp_path: Path) -> None:
    events = [event("a", "handed_off", "2026-06-01 09:00")]
    events += [
        event("a", "attempted", f"2026-06-0{day} 10:00", side="sales", channel="call") for day in (2, 8)
    ]
    terms = {
        "follow_up": {
            "first_touch": "60 min",
            "cadence": [{"by": "3 d", "attempts": 1}, {"by": "9 d", "attempts": 2}],
        }
    }
    first = accepted_or_kept(tmp_path / "first", "cadence_kept", events, "2026-06-05 00:00", **terms)
    last = accepted_or_kept(tmp_path / "last", "cadence_kept", events, "2026-06-12 00:00", **terms)
    assert (first.kept, first.open, first.closed) == (1, 1, Window(0, 0))
    assert (last.kept, last.open, last.closed) == (1, 0, Window(1, 0))
