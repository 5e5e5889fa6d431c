"""The measures themselves on public data, through import and SQL files, against independent figures."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from public_data import imported, needs

from accord.agreement.terms import Agreement
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log

Rows = list[dict[str, object]]


def terms(zone: str, budget: str) -> Agreement:
    return Agreement.model_validate(
        {
            "accord": 1,
            "name": "Public data",
            "term": "2016-01-01",
            "goal": {"revenue": "500000", "deal_value": "2000"},
            "calendars": {"office": {"zone": zone, "hours": {"mon-fri": "09:00-17:00"}}},
            "lead_types": {
                "any": {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"}
            },
            "follow_up": {"first_touch": budget},
        }
    )


def opened(name: str, folder: Path, zone: str, *, span: tuple[str, str], as_of: str) -> Ledger:
    imported(name, folder)
    return Ledger(
        terms(zone, "24 h wall"),
        open_log(folder),
        from_on=date.fromisoformat(span[0]),
        to_on=date.fromisoformat(span[1]),
        as_of=datetime.fromisoformat(as_of).replace(tzinfo=UTC),
    )


@pytest.fixture(scope="module")
def bank_2016(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder = tmp_path_factory.mktemp("bpi2017")
    with opened(
        "bpi2017", folder, "Europe/Amsterdam", span=("2016-01-01", "2017-02-28"), as_of="2017-03-01"
    ) as ledger:
        yield ledger


@pytest.mark.real
@needs("bpi2017")
class TestBpi2017:
    def test_speed_in_wall_time_gives_the_figures_of_c3(self, bank_2016: Ledger) -> None:
        row = bank_2016.measure("speed").table.dicts()[0]
        assert (row["by"], row["delivered"], row["responded"]) == ("all", 30276, 30143)
        assert float(str(row["wall_mean"])) / 3600 == pytest.approx(21.8759, abs=5e-5)
        assert float(str(row["wall_median"])) / 3600 == pytest.approx(0.4367, abs=5e-5)

    def test_the_rows_behind_speed_give_every_quantile_of_c3(self, bank_2016: Ledger) -> None:
        waits = [row["wall"] for row in bank_2016.measure("first_touch").table.dicts() if row["touched_at"]]
        hours = sorted(float(str(wait)) / 3600 for wait in waits)
        assert (len(hours), hours.count(0.0), round(hours[-1], 4)) == (30143, 1752, 743.0539)
        for share, figure in {0.1: 0.0739, 0.25: 0.1511, 0.75: 20.196, 0.9: 54.1678, 0.95: 96.7952}.items():
            place = share * (len(hours) - 1)  # linear interpolation, as FACTS.md has it
            low = int(place)
            exact = hours[low] + (place - low) * (hours[low + 1] - hours[low])
            assert exact == pytest.approx(figure, abs=5e-5)

    def test_cases_never_called_are_overdue_and_not_forgotten(self, bank_2016: Ledger) -> None:
        row = bank_2016.measure("speed").table.dicts()[0]
        assert (row["open_overdue"], row["pending"]) == (133, 0)
        assert len(bank_2016.measure("overdue").table.rows) == 30276 - 30143
        assert row["kept"] + row["broken"] == 30276  # type: ignore[operator]

    def test_attempts_are_distributed_as_in_c1_and_c2(self, bank_2016: Ledger) -> None:
        rows = bank_2016.measure("attempts").table.dicts()
        leads = {int(str(row["attempts"])): int(str(row["leads"])) for row in rows}
        assert [leads[n] for n in range(1, 8)] == [6006, 21653, 1849, 358, 127, 62, 32]
        assert sum(count for n, count in leads.items() if n >= 8) == 56
        assert (sum(n * count for n, count in leads.items()), max(leads)) == (58134, 31)
        per_lead = bank_2016.measure("attempts_per_lead").table.dicts()
        tried = sorted(int(str(row["attempts"])) for row in per_lead if row["attempts"])
        assert sum(tried) / len(tried) == pytest.approx(1.9286, abs=5e-5)

    def test_cases_by_month_of_delivery_are_those_of_c5(self, bank_2016: Ledger) -> None:
        rows = [row for row in bank_2016.measure("speed").table.dicts() if row["by"] == "month"]
        assert {row["key"]: row["delivered"] for row in rows} == {
            "2016-01": 2017, "2016-02": 2349, "2016-03": 2370, "2016-04": 2055, "2016-05": 1920,
            "2016-06": 2854, "2016-07": 2924, "2016-08": 3005, "2016-09": 3044, "2016-10": 2875,
            "2016-11": 2550, "2016-12": 2274, "2017-01": 39,
        }  # fmt: skip


@pytest.fixture(scope="module")
def maven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, str], Rows]]:
    folder = tmp_path_factory.mktemp("maven")
    found: dict[tuple[str, str], Rows] = {}
    with opened(
        "maven", folder, "America/New_York", span=("2016-10-01", "2017-12-31"), as_of="2018-01-01 05:00"
    ) as ledger:
        for row in ledger.measure("outcomes").table.dicts():
            found.setdefault((str(row["basis"]), str(row["by"])), []).append(row)
    yield found


FIGURES = ("won", "closed", "win_rate", "revenue", "average_deal", "median_cycle")


def figures(row: dict[str, object]) -> tuple[float, ...]:
    closed = {**row, "closed": int(str(row["won"])) + int(str(row["lost"]))}
    return tuple(float(str(closed[name])) for name in FIGURES)


@pytest.mark.real
@needs("maven")
class TestMaven:
    def test_won_lost_open_revenue_and_cycles_are_those_of_m1(
        self, maven: dict[tuple[str, str], Rows]
    ) -> None:
        [whole], [closed] = maven["log", "all"], maven["closed", "all"]
        assert (whole["leads"], whole["won"], whole["lost"], whole["open"]) == (8800, 4238, 2473, 1589 + 500)
        assert whole["won_of_all"] == pytest.approx(0.481591, abs=5e-7)
        assert closed["win_rate"] == pytest.approx(0.631501, abs=5e-7)
        assert (closed["revenue"], closed["median_deal"]) == (10005534, 1117)
        assert closed["average_deal"] == pytest.approx(2360.909391)
        assert (closed["median_cycle"], closed["lost_median_cycle"]) == (57, 14)
        assert closed["mean_cycle"] == pytest.approx(51.781973)
        assert closed["lost_mean_cycle"] == pytest.approx(41.479175)

    @pytest.mark.parametrize(
        ("by", "key", "expected"),
        [
            ("stream", "GTX Pro", (729, 1147, 0.6356, 3510578, 4815.6077, 47)),
            ("stream", "GTK 500", (15, 25, 0.6, 400612, 26707.4667, 69)),
            ("stream", "MG Advanced", (654, 1084, 0.6033, 2216387, 3388.9709, 57.5)),
            ("owner", "Darcel Schlecht", (349, 553, 0.6311, 1153214, 3304.3381, 48)),
            ("owner", "Elease Gluck", (80, 126, 0.6349, 289195, 3614.9375, 17.5)),
            ("segment", "Central", (1629, 2604, 0.6256, 3346293, 2054.2007, 58)),
            ("segment", "East", (1171, 1858, 0.6302, 3090594, 2639.2775, 52)),
            ("segment", "West", (1438, 2249, 0.6394, 3568647, 2481.6739, 59)),
            ("persona", "technology", (671, 1058, 0.6342, 1515487, 2258.5499, 55)),
            ("close_quarter", "2017-Q1", (531, 647, 0.8207, 1134672, 2136.8588, 74)),
            ("close_quarter", "2017-Q2", (1254, 2032, 0.6171, 3086111, 2461.0136, 52)),
            ("close_quarter", "2017-Q3", (1257, 2047, 0.6141, 2982255, 2372.5179, 49)),
            ("close_quarter", "2017-Q4", (1196, 1985, 0.6025, 2802496, 2343.2241, 51)),
            ("close_month", "2017-04", (285, 586, 0.4863, 721932, 2533.0947, 7)),
            ("close_month", "2017-12", (511, 651, 0.7849, 1131573, 2214.4286, 76)),
        ],
    )
    def test_closed_deals_by_product_agent_region_and_time_are_those_of_m2_to_m8(
        self, maven: dict[tuple[str, str], Rows], by: str, key: str, expected: tuple[float, ...]
    ) -> None:
        [row] = [row for row in maven["closed", by] if row["key"] == key]
        assert figures(row) == pytest.approx(expected, abs=5e-5)

    def test_cohorts_by_quarter_of_engagement_are_those_of_m9(
        self, maven: dict[tuple[str, str], Rows]
    ) -> None:
        names = (
            "leads",
            "won",
            "won_within_30",
            "won_within_90",
            "won_of_all",
            "median_cycle",
            "lost",
            "open",
        )
        found = {
            row["key"]: tuple(float(str(row[name])) for name in names)
            for row in maven["cohort", "begin_quarter"]
        }
        expected = {
            "2016-Q4": (358, 250, 0, 81, 0.6983, 98, 55, 53),
            "2017-Q1": (1619, 898, 205, 606, 0.5547, 76, 424, 297),
            "2017-Q2": (2388, 1246, 571, 981, 0.5218, 49, 776, 366),
            "2017-Q3": (2770, 1207, 558, 967, 0.4357, 49, 805, 758),
            "2017-Q4": (1165, 637, 483, 637, 0.5468, 10, 413, 115),
        }
        assert found == {key: pytest.approx(row, abs=5e-5) for key, row in expected.items()}


@pytest.mark.real
@needs("bank")
def test_attempts_against_outcome_are_table_k(tmp_path: Path) -> None:
    with opened(
        "bank", tmp_path, "Europe/Lisbon", span=("2008-01-01", "2008-12-31"), as_of="2009-01-01"
    ) as ledger:
        rows = ledger.measure("attempts").table.dicts()
    found = {int(str(row["attempts"])): (row["leads"], row["won"]) for row in rows}
    assert [found[n] for n in range(1, 10)] == [
        (17544, 2561), (12505, 1401), (5521, 618), (3522, 317), (1764, 139),
        (1291, 92), (735, 47), (540, 32), (327, 21),
    ]  # fmt: skip
    many = [counts for n, counts in found.items() if n >= 10]
    assert (sum(int(str(leads)) for leads, _ in many), sum(int(str(won)) for _, won in many)) == (1462, 61)
    shares = {int(str(row["attempts"])): row["share_of_wins"] for row in rows}
    assert shares[3] == pytest.approx(0.8659, abs=5e-5)
