"""A bank's follow-up in 2016: attempts a case and the time to the first call, against independent figures."""

from pathlib import Path

import pytest
from public_data import Query, imported, needs

pytestmark = [pytest.mark.real, needs("bpi2017")]

# C1: activity → cases, items, mean, median, p90, max
ATTEMPTS = {
    "W_Handle leads": (3339, 4481, 1.342, 1, 2, 23),
    "W_Complete application": (28497, 49983, 1.754, 1, 3, 29),
    "W_Call after offers": (30143, 58134, 1.9286, 2, 2, 31),
    "W_Call incomplete files": (14248, 58562, 4.1102, 3, 8, 45),
    "W_Validate application": (20878, 68708, 3.2909, 3, 7, 24),
}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Query:
    folder = tmp_path_factory.mktemp("bpi2017")
    report = imported("bpi2017", folder)
    assert report.rows == 240_854
    assert report.rejected == 0
    assert all(file.balanced for file in report.files)
    return Query(folder)


@pytest.mark.parametrize("activity", ATTEMPTS)
def test_attempts_a_case_are_those_of_c1(activity: str, tmp_path: Path) -> None:
    imported("bpi2017", tmp_path, **{"activity: W_Call after offers": f"activity: {activity}"})
    found = Query(tmp_path).rows("""
        SELECT count(*), sum(n), round(avg(n), 4), median(n), quantile_cont(n, 0.9), max(n)
        FROM (SELECT lead, count(*) AS n FROM events WHERE kind = 'attempted' GROUP BY lead)
    """)
    assert found[0] == pytest.approx(ATTEMPTS[activity])


def test_calls_after_offers_are_distributed_as_in_c2(log: Query) -> None:
    found = log.rows("""
        SELECT least(n, 8), count(*)
        FROM (SELECT count(*) AS n FROM events WHERE kind = 'attempted' GROUP BY lead) GROUP BY 1 ORDER BY 1
    """)
    assert found == [(1, 6006), (2, 21653), (3, 1849), (4, 358), (5, 127), (6, 62), (7, 32), (8, 56)]


def test_every_case_is_handed_off_once_at_its_first_item(log: Query) -> None:
    assert log.rows("SELECT count(*), count(DISTINCT lead) FROM events WHERE kind = 'handed_off'") == [
        (30276, 30276)
    ]
    assert str(log.one("SELECT min(occurred_at) FROM events")) == "2016-01-02 07:05:02"


def test_hours_from_the_first_item_to_the_first_call_are_those_of_c3(log: Query) -> None:
    found = log.rows("""
        WITH span AS (
            SELECT epoch(min(occurred_at) FILTER (kind = 'attempted')
                - min(occurred_at) FILTER (kind = 'handed_off')) / 3600 AS h
            FROM events GROUP BY lead
        )
        SELECT count(h), avg(h), quantile_cont(h, 0.1), quantile_cont(h, 0.25), quantile_cont(h, 0.5),
            quantile_cont(h, 0.75), quantile_cont(h, 0.9), quantile_cont(h, 0.95), min(h), max(h)
        FROM span WHERE h IS NOT NULL
    """)
    figures = [30143, 21.8759, 0.0739, 0.1511, 0.4367, 20.196, 54.1678, 96.7952, 0, 743.0539]
    assert found[0] == pytest.approx(figures, abs=5e-5)


def test_cases_called_at_once_are_as_many_as_c3_counts(log: Query) -> None:
    assert (
        log.one("""
        SELECT count(*) FROM (SELECT min(occurred_at) FILTER (kind = 'attempted') AS called,
            min(occurred_at) FILTER (kind = 'handed_off') AS given FROM events GROUP BY lead)
        WHERE called = given
    """)
        == 1752
    )


def test_the_same_import_again_changes_no_byte(log: Query, tmp_path: Path) -> None:
    imported("bpi2017", tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.rglob("*.parquet")}
    again = imported("bpi2017", tmp_path)
    assert (again.events_new, again.events_known, again.leads_new) == (0, 88_410, 0)
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*.parquet")} == before
