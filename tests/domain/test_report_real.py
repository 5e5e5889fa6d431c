"""The page over the real ledger: the hand-made score of the other tests has the ledger's own columns, and a
simulated company fills every section.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from report_fixture import measure, measures
from report_fixture import score as hand_made

from accord.agreement.measures import PROMISABLE
from accord.agreement.parse import read_agreement
from accord.agreement.terms import Agreement
from accord.ledger.measures import MEASURES, find
from accord.ledger.promised import BASES
from accord.ledger.scoring import SHOWN, score
from accord.plan.funnel import plan
from accord.report.as_json import score_json
from accord.report.page import render_page
from accord.report.view import label
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
    assert len(page) < 800_000
    told = json.loads(score_json(found))
    assert all(
        result["columns"][c]
        for result in told["measures"].values()
        for c in result["columns"]
        if c not in _KEYS
    )


_KEYS = {"day", "week", "month", "lead_type", "owner", "stream", "segment", "persona", "source", "account"}


def test_each_measure_that_can_be_promised_says_what_it_counts_and_by_which_rules() -> None:
    assert BASES.keys() == PROMISABLE.keys()
    for name, basis in BASES.items():
        assert basis.definition, name
        assert basis.requirements, name


def test_a_checkpoint_of_one_type_alone_names_the_type(tmp_path: Path) -> None:
    agreement = read_agreement(EXAMPLE)
    said = {"by_days": 14.0, "judged": 50, "kept": 40, "share": 0.8, "pending": 0, "small": False}
    demo, rest = {**said, "step": 1, "attempts": 4}, {**said, "step": 1, "attempts": 3}
    rows = {
        "cadence": [{"lead_type": None, **demo}, {"lead_type": None, **rest}],
        "cadence_by_lead_type": [
            {"lead_type": "demo", **demo},
            {"lead_type": "web_form", **rest},
            {"lead_type": "webinar", **rest},
        ],
    }
    found = hand_made(measures={name: measure(name, name, held) for name, held in rows.items()})
    page = render_page(found, agreement, None)
    table = page.partition('<section aria-labelledby="depth">')[2].partition("</table>")[0]
    labels = [label(name, agreement) for name in ("demo", "web_form", "webinar")]
    assert "all types" not in table
    assert f"{labels[1]}, {labels[2]}" in table
    assert table.count(labels[0]) == 1


def everything_promised(agreement: Agreement) -> Agreement:
    """The example with one more promise for each measure that it does not promise, a share of 50 %."""
    said = agreement.model_dump(mode="json", by_alias=True, exclude_none=True)
    named = {promise.measure for promise in agreement.promises}
    said["promises"] += [
        {"id": f"X{n}", "side": kind.sides[0], "measure": name, "target": "50%"}
        for n, (name, kind) in enumerate(PROMISABLE.items())
        if name not in named and kind.unit.value == "share"
    ]
    return Agreement.model_validate(said)


def undefined(value: Any, path: str, defined: frozenset[str]) -> Iterator[str]:
    """Paths of the numbers under `value` that nothing beside or above them defines."""
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from undefined(item, f"{path}[{place}]", defined)
    elif isinstance(value, dict):
        columns = value.get("columns", {})
        defined |= {name for name, text in columns.items() if text}
        for key, item in value.items():
            is_figure = key == "value" and bool(value.get("definition"))
            if isinstance(item, int | float) and not isinstance(item, bool):
                if key not in defined and not is_figure:
                    yield f"{path}.{key}"
            else:
                yield from undefined(item, f"{path}.{key}", defined)


def test_every_number_of_the_json_has_a_definition_and_every_promise_a_requirement(
    tmp_path: Path,
) -> None:
    agreement = everything_promised(read_agreement(EXAMPLE))
    simulate(agreement, leads=3000, seed=4, into=tmp_path / "log")
    as_of = datetime(2026, 4, 20, 12, tzinfo=UTC)
    told = json.loads(
        score_json(score(agreement, tmp_path / "log", date(2026, 3, 1), date(2026, 3, 31), as_of))
    )
    promises = [each for side in told["sides"] for each in side["promises"]]
    assert {each["actual"]["measure"] for each in promises} >= {"retention", "complete_handoffs", "revenue"}
    assert any(each["state"] == "unmeasured" for each in promises)
    for each in promises:
        for figure in ("actual", "target", "due_by_now", "attainment"):
            assert each[figure]["definition"], (each["id"], figure)
            assert each[figure]["requirements"], (each["id"], figure)
    for name, result in told["measures"].items():
        assert result["meaning"], name
        assert result["requirements"], name
        assert [column for column, text in result["columns"].items() if not text] == [], name
    counts = frozenset(key for key, text in told["counts"].items() if text) | {"layout"}
    assert list(undefined(told, "", counts)) == []
