"""Tables of the public data's facts that need the log cut in another way, through measures all the same."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from public_data import imported, needs
from test_bank import FULL
from test_bpi2017 import ATTEMPTS
from test_measures_on_public_data import terms

from accord.ledger.engine import Ledger
from accord.ledger.log import open_log

Rows = list[dict[str, object]]
pytestmark = pytest.mark.real
# Items of every activity, table C
ITEMS = {
    "W_Validate application": 68708,
    "W_Call incomplete files": 58562,
    "W_Call after offers": 58134,
    "W_Complete application": 49983,
    "W_Handle leads": 4481,
    "W_Assess potential fraud": 905,
    "W_Shortened completion": 72,
    "W_Personal Loan collection": 9,
}
MONTHS = {
    "apr": (2932, 577), "aug": (6247, 688), "dec": (214, 100), "feb": (2649, 441), "jan": (1403, 142),
    "jul": (6895, 627), "jun": (5341, 546), "mar": (477, 248), "may": (13766, 925), "nov": (3970, 403),
    "oct": (738, 323), "sep": (579, 269),
}  # fmt: skip
CUMULATED = [0.4842, 0.7491, 0.8659, 0.9259, 0.9522, 0.9696, 0.9784, 0.9845, 0.9885]


def loans(folder: Path, **changes: str) -> Ledger:
    imported("bpi2017", folder, **changes)
    span = {"from_on": date(2016, 1, 1), "to_on": date(2017, 2, 28)}
    return Ledger(
        terms("Europe/Amsterdam", "24 h wall"),
        open_log(folder),
        as_of=datetime(2017, 3, 1, tzinfo=UTC),
        **span,
    )


def clients(folder: Path, **changes: str) -> Ledger:
    imported("bank", folder, **changes)
    span = {"from_on": date(2008, 1, 1), "to_on": date(2008, 12, 31)}
    return Ledger(
        terms("Europe/Lisbon", "24 h wall"),
        open_log(folder),
        as_of=datetime(2009, 1, 1, tzinfo=UTC),
        **span,
    )


def quantile(values: list[float], share: float) -> float:
    """By linear interpolation, as the facts have it."""
    ordered, place = sorted(values), share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def spread(rows: Rows, what: str = "leads") -> list[float]:
    """One value a lead, from leads counted by their number of attempts; those without any left out."""
    counted = Counter({int(str(row["attempts"])): int(str(row[what])) for row in rows})
    return [float(number) for number in counted.elements() if number]


@needs("bpi2017")
@pytest.mark.parametrize("activity", ITEMS)
def test_items_of_every_activity_are_those_of_c_and_c1(activity: str, tmp_path: Path) -> None:
    with loans(tmp_path, **{"activity: W_Call after offers": f"activity: {activity}"}) as ledger:
        tried = spread(ledger.measure("attempts").table.dicts())
    assert sum(tried) == ITEMS[activity]
    if activity in ATTEMPTS:
        mean, middle, late = sum(tried) / len(tried), quantile(tried, 0.5), quantile(tried, 0.9)
        figures = (len(tried), sum(tried), mean, middle, late, max(tried))
        assert figures == pytest.approx(ATTEMPTS[activity], abs=5e-5)


@needs("bpi2017")
def test_from_the_end_of_one_step_to_the_next_takes_the_hours_of_c4(tmp_path: Path) -> None:
    """Handed off where the first handling of the lead ended, touched where the application was taken up."""
    handled = "when: {activity: W_Handle leads}\n        at: end_time"
    changes = {
        "at: start_time\n        first_per: case_id": handled,
        "activity: W_Call after offers": "activity: W_Complete application",
    }
    with loans(tmp_path, **changes) as ledger:
        [row] = [row for row in ledger.measure("speed").table.dicts() if row["by"] == "all"]
        touches = [one for one in ledger.measure("first_touch").table.dicts() if one["touched_at"]]
    assert (row["delivered"], row["responded"], row["before_delivery"]) == (3339, 3325, 0)
    hours = [float(str(one["wall"])) / 3600 for one in touches]
    assert float(str(row["wall_mean"])) / 3600 == pytest.approx(1.448, abs=5e-5)
    shares = {0.1: 0, 0.25: 0, 0.5: 0, 0.75: 0.0025, 0.9: 0.5694, 0.95: 2.6107, 0: 0, 1: 114.0183}
    for share, figure in shares.items():
        assert quantile(hours, share) == pytest.approx(figure, abs=5e-5)


@needs("bpi2017")
def test_the_first_case_began_when_the_facts_say(tmp_path: Path) -> None:
    with loans(tmp_path) as ledger:
        rows = ledger.measure("first_touch").table.dicts()
    assert min(str(row["delivered_at"]) for row in rows) == "2016-01-02 07:05:02"
    assert len({row["lead"] for row in rows}) == 30_276


@needs("bank")
def test_contacts_of_k_with_their_means_and_every_cumulated_share(tmp_path: Path) -> None:
    with clients(tmp_path) as ledger:
        rows = ledger.measure("attempts").table.dicts()
    every, won = spread(rows), spread(rows, "won")
    assert (len(every), sum(every), len(won)) == (45_211, 124_956, 5289)
    assert sum(won) / len(won) == pytest.approx(2.141047, abs=5e-7)
    assert (sum(every) - sum(won)) / (len(every) - len(won)) == pytest.approx(2.84635, abs=5e-6)
    first = [row for row in rows if int(str(row["attempts"])) in range(1, 10)]
    assert [row["share_of_wins"] for row in first] == pytest.approx(CUMULATED, abs=5e-5)
    assert [row["win_share"] for row in first] == pytest.approx([won / n for _, n, won in FULL[:9]])
    assert rows[-1]["share_of_wins"] == 1


@needs("bank")
def test_months_earlier_contacts_and_silent_calls_are_those_of_k(tmp_path: Path) -> None:
    changes = {
        "source: contact": "source: month\n      persona: duration",
        "segment: poutcome": "segment: pdays",
    }
    with clients(tmp_path, **changes) as ledger:
        rows = [row for row in ledger.measure("outcomes").table.dicts() if row["basis"] == "cohort"]
    by = {(row["by"], row["key"]): (row["leads"], row["won"]) for row in rows}
    assert {key: figures for (what, key), figures in by.items() if what == "source"} == MONTHS
    assert by["segment", "-1"][0] == 36_954, "never contacted before"
    assert by["persona", "0"][0] == 3, "calls that lasted no time"
