"""Customers of the simulated company answer, buy again and leave as often as is said (S4.4)."""

from datetime import UTC, date, datetime
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from accord.agreement.parse import read_agreement
from accord.lead.events import Kind
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log
from accord.simulate.company import simulate
from accord.simulate.customers import ANSWERED, BUYS_AGAIN, LEAVES, QUARTERS, SATISFIED, followed
from accord.simulate.names import IS_SATISFIED, KIND, Names
from accord.simulate.sheet import COLUMNS, Column
from accord.simulate.shifts import DAY

ACME = read_agreement(Path(__file__).parents[2] / "examples" / "acme.yaml")
NAMES = Names.of(ACME, (), ("rep",), "hq")
WON_AT = 1_780_000_000_000_000


def won(count: int, *, twice: int = 0) -> dict[str, Column]:
    """So many leads, each won at one instant; the facts of the first ones stand twice."""
    rows = count + twice
    facts = {name: np.full(rows, unknown, dtype=kind) for name, (kind, unknown) in COLUMNS.items()}
    facts |= {"lead": np.r_[np.arange(count), np.arange(twice)], "amount": np.full(rows, 1000.0)}
    facts |= {name: np.full(rows, WON_AT) for name in ("occurred", "recorded")}
    return facts | {"kind": np.full(rows, KIND[Kind.WON], dtype=np.int16)}


def of(facts: dict[str, Column], kind: Kind) -> dict[str, Column]:
    rows = facts["kind"] == KIND[kind]
    return {name: column[rows] for name, column in facts.items()}


def fits(found: int, count: int, share: float) -> bool:
    return abs(found / count - share) < 4 * sqrt(share * (1 - share) / count)


def test_they_do_it_as_often_as_is_said() -> None:
    count = 20_000
    facts = followed(won(count), NAMES, np.random.default_rng(1))
    rated, left, again = (of(facts, kind) for kind in (Kind.RATED, Kind.CHURNED, Kind.RENEWED))
    assert fits(len(rated["lead"]), count, ANSWERED)
    assert fits(int((rated["outcome"] == IS_SATISFIED).sum()), len(rated["lead"]), SATISFIED)
    assert fits(len(left["lead"]), count, 1 - (1 - LEAVES) ** QUARTERS)
    stayed = count * sum((1 - LEAVES) ** (quarter + 1) for quarter in range(QUARTERS))
    assert fits(len(again["lead"]), round(stayed), BUYS_AGAIN)
    assert again["amount"].mean() == pytest.approx(1000, rel=0.02)
    assert (again["occurred"] > WON_AT + 90 * DAY).all()


def test_who_left_is_heard_of_no_more_and_who_was_won_twice_is_one_customer() -> None:
    facts = followed(won(5_000, twice=500), NAMES, np.random.default_rng(2))
    left, again = of(facts, Kind.CHURNED), of(facts, Kind.RENEWED)
    assert len(set(left["lead"])) == len(left["lead"])
    gone = dict(zip(left["lead"], left["occurred"], strict=True))
    after = [
        lead for lead, at in zip(again["lead"], again["occurred"], strict=True) if at > gone.get(lead, at)
    ]
    assert after == []
    assert len(set(of(facts, Kind.RATED)["lead"])) == len(of(facts, Kind.RATED)["lead"])


def test_nothing_that_was_there_moves_and_a_company_without_customers_stays_as_it_is() -> None:
    before = won(300, twice=3)
    facts = followed(before, NAMES, np.random.default_rng(3))
    for name, column in of(facts, Kind.WON).items():
        assert column.dtype == before[name].dtype
        np.testing.assert_array_equal(np.sort(column), np.sort(before[name]))
    assert (np.diff(facts["recorded"]) >= 0).all()
    assert len(followed(won(0), NAMES, np.random.default_rng(3))["lead"]) == 0


def test_the_measure_finds_both_again_in_a_log(tmp_path: Path) -> None:
    simulate(ACME, leads=4000, seed=11, into=tmp_path)
    days = {"from_on": date(2027, 1, 1), "to_on": date(2027, 6, 30)}
    with Ledger(ACME, open_log(tmp_path), as_of=datetime(2028, 12, 31, tzinfo=UTC), **days) as ledger:
        row = next(one for one in ledger.measure("customers").table.dicts() if one["by"] == "all")
    assert row["retention_low"] < (1 - LEAVES) ** 2 < row["retention_high"]
    assert row["satisfaction_low"] < SATISFIED < row["satisfaction_high"]
    assert row["renewed"] > 0 and row["at_start"] > 100
