"""The page over the real ledger: the hand-made score of the other tests has the ledger's own columns, and a
simulated company fills every section.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from report_fixture import measures

from accord.agreement.parse import read_agreement
from accord.ledger.measures import MEASURES, find
from accord.ledger.scoring import SHOWN, score
from accord.plan.funnel import plan
from accord.report.as_json import score_json
from accord.report.page import render_page
from accord.simulate.company import simulate

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme.yaml"


@pytest.mark.parametrize("name", sorted(measures()))
def test_the_hand_made_score_has_the_columns_of_the_ledger(name: str) -> None:
    base, _, group = name.partition("_by_")
    assert base in MEASURES
    assert base in SHOWN
    columns = set(find(base).columns) | {group}
    assert set(measures()[name].table.columns) <= columns


def test_a_simulated_company_fills_every_section(tmp_path: Path) -> None:
    agreement = read_agreement(EXAMPLE)
    simulate(agreement, leads=6000, seed=3, into=tmp_path / "log")
    as_of = datetime(2026, 4, 20, 12, tzinfo=UTC)
    found = score(agreement, tmp_path / "log", date(2026, 3, 1), date(2026, 3, 31), as_of)
    page = render_page(found, agreement, plan(agreement))
    for id in ("pace", "speed", "depth", "conversion", "outcomes", "overdue", "plan"):
        section = page.partition(f'<section aria-labelledby="{id}">')[2].partition("</section>")[0]
        assert '<div class="card">' in section
        if id != "overdue":  # nobody may be waiting
            assert 'class="empty"' not in section, id
    assert len(page) < 500_000
    told = json.loads(score_json(found))
    assert all(
        result["columns"][c]
        for result in told["measures"].values()
        for c in result["columns"]
        if c not in _KEYS
    )


_KEYS = {"day", "week", "month", "lead_type", "owner", "stream", "segment", "persona", "source", "account"}
