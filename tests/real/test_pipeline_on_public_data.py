"""The way to a deal on public data, through the measures: every table of FACTS that the log can tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from public_data import needs
from test_maven import AGENTS, MANAGERS, MONTHS, PRODUCTS, QUARTERS, REGIONS, SECTORS
from test_measures_on_public_data import figures, opened

from accord.ledger.engine import Ledger

Rows = list[dict[str, object]]
Figures = dict[str, tuple[float, ...]]
END = "2018-01-01 05:00"  # midnight of New Year in New York


def maven(folder: Path, first: str = "2016-10-01", last: str = "2017-12-31") -> Ledger:
    return opened("maven", folder, "America/New_York", span=(first, last), as_of=END)


@pytest.fixture(scope="module")
def deals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Rows]]:
    with maven(tmp_path_factory.mktemp("maven")) as ledger:
        names = ("outcomes", "win_loss", "time_to_close", "coverage", "key_deals", "customers")
        yield {name: ledger.measure(name).table.dicts() for name in names}


@pytest.mark.real
@needs("maven")
class TestMaven:
    @pytest.mark.parametrize(
        ("by", "expected"),
        [
            ("stream", PRODUCTS),
            ("owner", AGENTS),
            ("source_owner", MANAGERS),
            ("segment", REGIONS),
            ("persona", SECTORS),
            ("close_quarter", {key.replace("Q", "-Q"): row for key, row in QUARTERS.items()}),
            ("close_month", MONTHS),
        ],
    )
    def test_closed_deals_are_those_of_m2_to_m8_to_the_last_row(
        self, deals: dict[str, Rows], by: str, expected: Figures
    ) -> None:
        rows = [row for row in deals["outcomes"] if (row["basis"], row["by"]) == ("closed", by)]
        known = {row["key"]: figures(row) for row in rows if row["key"] is not None}
        assert known == {key: pytest.approx(row, abs=5e-5) for key, row in expected.items()}

    def test_wins_and_losses_without_reasons_are_counted_as_such(self, deals: dict[str, Rows]) -> None:
        rows = [row for row in deals["win_loss"] if row["by"] == "all"]
        assert [(row["outcome"], row["reason"], row["deals"]) for row in rows] == [
            ("won", None, 4238),
            ("lost", None, 2473),
        ]
        assert rows[0]["amount"] == 10005534
        assert [row["median_cycle"] for row in rows] == [57, 14]

    def test_time_to_close_has_the_medians_of_m1_m2_and_m5(self, deals: dict[str, Rows]) -> None:
        rows = [row for row in deals["time_to_close"] if row["start"] == "opportunity"]
        median = {(row["by"], row["key"]): row["median_days"] for row in rows}
        assert median["all", "all"] == 57
        assert {key: median["stream", key] for key in PRODUCTS} == {k: row[5] for k, row in PRODUCTS.items()}
        assert {key: median["segment", key] for key in REGIONS} == {k: row[5] for k, row in REGIONS.items()}
        [whole] = [row for row in rows if row["by"] == "all"]
        assert whole["mean_days"] == pytest.approx(51.781973)
        assert (whole["timed"], whole["unknown"], whole["orders"]) == (4238, 0, 4238)
        assert whole["deal_value"] == whole["order_value"] == pytest.approx(2360.909391)

    def test_the_largest_deal_is_the_largest_of_all(self, deals: dict[str, Rows]) -> None:
        won = [row for row in deals["key_deals"] if row["outcome"] == "won"]
        amounts = [row["amount"] for row in won]
        assert amounts == sorted(amounts, reverse=True)  # type: ignore[type-var]
        assert len(won) == 20
        assert not [row for row in deals["key_deals"] if row["outcome"] == "lost"], "nobody said their worth"

    def test_the_open_pipeline_is_that_of_m11(self, tmp_path: Path) -> None:
        with maven(tmp_path, "2017-01-01", "2018-12-31") as ledger:
            row = ledger.measure("coverage").table.dicts()[0]
        assert (row["by"], row["open_deals"]) == ("all", 1589)
        assert row["pipeline"] == 1589 * 2000, (
            "no open deal says what it is worth: the agreement's deal value"
        )

    def test_nobody_can_say_which_customers_stayed(self, deals: dict[str, Rows]) -> None:
        assert {row["retention"] for row in deals["customers"]} == {None}

    @pytest.mark.parametrize(
        ("last", "engaged", "column", "won"),
        [("2017-12-01", 8183, "won_within_30", 1740), ("2017-10-02", 7205, "won_within_90", 2667)],
    )
    def test_matured_conversion_is_that_of_m10(
        self, tmp_path: Path, last: str, engaged: int, column: str, won: int
    ) -> None:
        """Engaged at least so many days before the end, so that each had the whole time."""
        with maven(tmp_path, last=last) as ledger:
            rows = ledger.measure("outcomes").table.dicts()
        [row] = [row for row in rows if (row["basis"], row["by"]) == ("cohort", "all")]
        assert (row["leads"], row[column]) == (engaged, won)


@pytest.mark.real
@needs("bank")
def test_earlier_outcomes_and_channels_give_the_rates_of_table_k(tmp_path: Path) -> None:
    with opened(
        "bank", tmp_path, "Europe/Lisbon", span=("2008-01-01", "2008-12-31"), as_of="2009-01-01"
    ) as ledger:
        rows = ledger.measure("outcomes").table.dicts()
    found: dict[object, dict[object, tuple[object, object]]] = {}
    for row in rows:
        if row["basis"] == "cohort":
            found.setdefault(row["by"], {})[row["key"]] = row["leads"], row["won"]
    assert found["all"]["all"] == (45211, 5289)
    assert found["segment"] == {
        "failure": (4901, 618), "other": (1840, 307), "success": (1511, 978), "unknown": (36959, 3386),
    }  # fmt: skip
    assert found["source"] == {
        "cellular": (29285, 4369), "telephone": (2906, 390), "unknown": (13020, 530),
    }  # fmt: skip
    [whole] = [row for row in rows if (row["basis"], row["by"]) == ("cohort", "all")]
    assert whole["won_of_all"] == pytest.approx(0.116985, abs=5e-7)


@pytest.mark.real
@needs("bpi2017")
def test_a_log_without_outcomes_has_none_in_any_measure(tmp_path: Path) -> None:
    with opened(
        "bpi2017", tmp_path, "Europe/Amsterdam", span=("2016-01-01", "2017-02-28"), as_of="2017-03-01"
    ) as ledger:
        [whole] = [
            row
            for row in ledger.measure("outcomes").table.dicts()
            if (row["basis"], row["by"]) == ("cohort", "all")
        ]
        assert (whole["leads"], whole["won"], whole["lost"], whole["win_rate"]) == (30276, 0, 0, None)
        for name in ("win_loss", "key_deals", "time_to_close", "customers"):
            assert ledger.measure(name).table.rows == ()
