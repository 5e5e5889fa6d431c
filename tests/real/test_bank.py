"""Calls of a Portuguese bank: attempts against outcome, table K."""

import pytest
from public_data import Query, imported, needs

pytestmark = [pytest.mark.real, needs("bank")]

FULL = [
    (1, 17544, 2561), (2, 12505, 1401), (3, 5521, 618), (4, 3522, 317), (5, 1764, 139),
    (6, 1291, 92), (7, 735, 47), (8, 540, 32), (9, 327, 21), (10, 1462, 61),
]  # fmt: skip
CONTACTS = """
    WITH client AS (
        SELECT lead, count(*) FILTER (kind = 'attempted') AS contacts, bool_or(kind = 'won') AS yes
        FROM events GROUP BY lead
    )
"""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Query:
    folder = tmp_path_factory.mktemp("bank")
    report = imported("bank", folder)
    assert (report.rows, report.rejected, report.filtered) == (45_211, 0, 0)
    return Query(folder)


def test_contacts_against_outcome_are_table_k(log: Query) -> None:
    assert (
        log.rows(f"""{CONTACTS}
        SELECT least(contacts, 10), count(*), count(*) FILTER (yes) FROM client GROUP BY 1 ORDER BY 1
    """)
        == FULL
    )


def test_contacts_and_their_means_are_those_of_k(log: Query) -> None:
    found = log.rows(f"""{CONTACTS}
        SELECT sum(contacts), avg(contacts) FILTER (yes), avg(contacts) FILTER (NOT yes), count_if(yes)
        FROM client
    """)
    assert found[0] == pytest.approx((124_956, 2.141047, 2.84635, 5289), abs=5e-7)


def test_earlier_outcomes_as_segment_give_ks_rates(log: Query) -> None:
    assert log.rows("""
        SELECT segment, count(*), count(*) FILTER (lead IN (SELECT lead FROM events WHERE kind = 'won'))
        FROM leads GROUP BY segment ORDER BY segment
    """) == [("failure", 4901, 618), ("other", 1840, 307), ("success", 1511, 978), ("unknown", 36959, 3386)]
