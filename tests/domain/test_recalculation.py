"""The inputs measured anew: pooled, with evidence, a draft and never applied (F1, F9, F11, S4.28)."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from ledger_fixture import at, event, write_log

from accord.agreement.comparing.diff import diff
from accord.agreement.parse import parse_agreement
from accord.cli import main
from accord.errors import InputError
from accord.lead.events import Event, Lead
from accord.ledger.recalibrating import recalibrate
from accord.plan.funnel import plan
from accord.plan.recalculation import (
    Evidence,
    Input,
    Measured,
    Proposal,
    Sums,
    pooled,
    recalculate,
)
from accord.plan.redrafting import draft_text

MONTHS = (
    Sums(5000, 100, Fraction(210_000), Fraction(350_000)),
    Sums(5500, 99, Fraction(198_000), Fraction(360_000)),
    Sums(4500, 101, Fraction(192_000), Fraction(290_000)),
)
TEXT = """accord: 1
name: Ours
term: 2026-01-01
goal:
  revenue: 500000   # of a month
  deal_value: 2100  # measured last year
  from_marketing: 55%
lead_types:
  web_form: {mql_to_customer: 1.8%}   # the only one
"""


def evidence(
    n: int = 15_000, low: float | None = None, high: float | None = None, few: bool = False
) -> Evidence:
    return Evidence(n, "leads", date(2026, 1, 1), date(2026, 3, 31), 3, low, high, few)


def measured(**known: object) -> Measured:
    nothing: dict[str, object] = {
        "rates": {}, "deal_values": {}, "shares": {}, "cycles": {}, "profiles": {}, "prices": {},
    }  # fmt: skip
    return Measured(**{**nothing, **known})  # type: ignore[arg-type]


def test_months_are_pooled_to_the_digit_of_f9() -> None:
    whole = pooled(MONTHS)
    assert (whole.conversion, whole.average_deal, whole.share) == (Fraction(2, 100), 2000, Fraction(60, 100))
    means = [
        sum(rates) / 3
        for rates in (
            [row.conversion or Fraction(0) for row in MONTHS],
            [row.average_deal or Fraction(0) for row in MONTHS],
            [row.share or Fraction(0) for row in MONTHS],
        )
    ]
    assert [round(float(mean), 5) for mean in means] == [0.02015, 2000.33003, 0.60402]
    assert whole.conversion != means[0] and whole.average_deal != means[1] and whole.share != means[2]


def test_a_rate_is_the_pool_s_and_not_the_mean_of_the_months_stark_case() -> None:
    whole = pooled([Sums(100, 2, None, None), Sums(1000, 50, None, None)])
    assert whole.conversion == Fraction(52, 1100)
    assert f"{float(whole.conversion or 0):.2%}" == "4.73%"  # and not 3.5 %


def test_what_is_unknown_stays_unknown() -> None:
    nothing = pooled([])
    assert (nothing.conversion, nothing.average_deal, nothing.share) == (None, None, None)
    assert pooled([Sums(10, 2, None, None, unpriced=2)]).average_deal is None


def test_pooled_figures_feed_the_plan_again_f1() -> None:
    whole = pooled(MONTHS)
    agreement = parse_agreement(TEXT)
    found = recalculate(
        agreement,
        measured(
            rates={("all", "web_form", "mql_to_customer"): (whole.customers, evidence(whole.leads))},
            deal_values={"all": (whole.average_deal, evidence(300))},
            shares={"all": (whole.share, evidence(450))},
        ),
    )
    draft = draft_text(TEXT, found.proposals)
    after = parse_agreement(draft)
    assert [demand.leads for demand in plan(after).demands()] == [7500]
    assert [demand.leads for demand in plan(agreement).demands()] != [7500]
    assert "# of a month" in draft and "# measured last year" in draft and "# the only one" in draft
    assert "mql_to_customer: 300 of 15000" in draft and "from_marketing: 60%" in draft
    assert {change.where for change in diff(agreement, after)} >= {"goal.streams.all.deal_value"}


def test_the_closing_profile_of_f11_is_written_so_that_it_makes_a_whole() -> None:
    text = TEXT.replace("55%\n", "55%\n  closing_profile: [60%, 40%]\n")
    thirds = measured(profiles={"all": ((1, 1, 1), evidence(3))})
    (item,) = [
        one for one in recalculate(parse_agreement(text), thirds).proposals if one.kind is Input.PROFILE
    ]
    assert item.new == "33.4%, 33.3%, 33.3%"
    assert item.noise is False, "a month in which nothing was agreed has a win"
    parse_agreement(draft_text(text, [item]))
    f11 = measured(profiles={"all": ((40, 30, 10), evidence(80))})
    (item,) = [one for one in recalculate(parse_agreement(text), f11).proposals if one.kind is Input.PROFILE]
    assert item.new == "50%, 37.5%, 12.5%"


@pytest.mark.parametrize(
    ("low", "high", "few", "noise", "advised"),
    [
        (0.017, 0.023, False, True, False),
        (0.019, 0.023, False, False, True),
        (0.019, 0.023, True, False, False),
        (None, None, False, None, False),
    ],
)
def test_a_change_is_advised_where_it_is_more_than_chance_and_rests_on_enough(
    low: float | None, high: float | None, few: bool, noise: bool | None, advised: bool
) -> None:
    rates = {("all", "web_form", "mql_to_customer"): (300, evidence(15_000, low, high, few))}
    (item,) = recalculate(parse_agreement(TEXT), measured(rates=rates)).proposals
    assert (item.noise, item.advised) == (noise, advised)


def test_inputs_about_which_the_log_is_silent_are_named() -> None:
    found = recalculate(parse_agreement(TEXT), measured())
    assert not found.proposals
    assert "lead_types.web_form.streams.all.mql_to_customer" in found.unmeasured
    assert "goal.streams.all.deal_value" in found.unmeasured


def test_nothing_is_drafted_where_nothing_is_chosen_or_a_place_cannot_be_changed() -> None:
    with pytest.raises(InputError, match="choose at least one"):
        draft_text(TEXT, [])
    shared = TEXT.replace("deal_value: 2100", "deal_value: &value 2100")
    item = Proposal(
        Input.DEAL_VALUE, ("goal", "streams", "all", "deal_value"), "2100", "2000", evidence(), None
    )
    with pytest.raises(InputError, match="shared under a name"):
        draft_text(shared, [item])


# By hand -------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, Path]:
    """An agreement and a log: 120 leads in each of two months, 40 and 50 won, and sales' own deals."""
    leads, events = [], list[Event]()
    for month, won in ((1, 40), (2, 50)):
        for number in range(120):
            name = f"m{month}-{number}"
            leads.append(Lead(name, lead_type="web_form", source_owner="marketing"))
            events.append(event(name, "handed_off", f"2026-0{month}-05 10:00"))
            if number < won:
                amount = Decimal(1000 + 10 * number)
                events.append(event(name, "won", f"2026-0{month}-09 10:00", amount=amount))
        leads.append(Lead(f"s{month}", source_owner="sales"))
        events.append(event(f"s{month}", "won", f"2026-0{month}-09 10:00", amount=Decimal(9000)))
    write_log(tmp_path / "log", leads, [*events, event("m1-0", "attempted", "2026-06-01 00:00")])
    (tmp_path / "ours.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path / "ours.yaml", tmp_path / "log"


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(one) for one in arguments])
    return done.exit_code, done.output


def test_proposals_come_from_the_log_with_their_evidence(kept: tuple[Path, Path]) -> None:
    found = {
        item.key: item
        for item in recalibrate(parse_agreement(TEXT), kept[1], at("2026-06-01 00:00")).proposals
    }
    rate = found["lead_types.web_form.streams.all.mql_to_customer"]
    assert (rate.new, rate.evidence.n, rate.evidence.cohorts) == ("90 of 240", 240, 2)
    assert (rate.evidence.from_on, rate.evidence.to_on) == (date(2026, 1, 1), date(2026, 2, 28))
    assert rate.advised
    share = found["goal.streams.all.from_marketing"]
    assert share.evidence.low is not None and share.new == "85.9%"  # 110,050 of 128,050


def test_recalibrate_prints_the_evidence_and_writes_a_draft(kept: tuple[Path, Path], tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    code, text = run("recalibrate", *kept, "--output", draft, "--as-of", "2026-06-01T00:00:00Z")
    assert code == 0, text
    assert "90 of 240" in text and "240 leads of 2 months, 2026-01-01 to 2026-02-28" in text
    assert "mql_to_customer: 90 of 240" in draft.read_text(encoding="utf-8")
    assert kept[0].read_text(encoding="utf-8") == TEXT, "what is agreed is never changed"


def test_only_the_chosen_inputs_go_into_the_draft(kept: tuple[Path, Path], tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    code, _ = run("recalibrate", *kept, "-o", draft, "--only", "goal.streams.all.deal_value")
    assert code == 0
    assert "mql_to_customer: 1.8%" in draft.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--all"], "name its file with --output"),
        (["-o", "x.yaml", "--all", "--only", "y"], "contradict each other"),
        (
            ["-o", "x.yaml", "--only", "goal.streams.all.deal_valu"],
            "did you mean 'goal.streams.all.deal_value'?",
        ),
    ],
)
def test_wrong_arguments_say_what_to_do(kept: tuple[Path, Path], arguments: list[str], said: str) -> None:
    code, text = run("recalibrate", *kept, *arguments)
    assert code and said in text


def test_the_ledger_says_that_its_days_lie_outside_of_the_term_and_of_what_is_known(
    kept: tuple[Path, Path],
) -> None:
    code, text = run("ledger", *kept, "--from", "2030-01-01", "--to", "2030-02-01")
    assert code == 0
    assert "! the term ends on " in text and "! nothing is known of these days" in text
    assert "!" not in run("ledger", *kept, "--to", "2026-03-31", "--format", "csv")[1]


def test_the_ledger_prints_both_bases_and_the_pool(kept: tuple[Path, Path]) -> None:
    code, text = run("ledger", *kept, "--to", "2026-03-31")
    assert code == 0, text
    lines = [line.split() for line in text.splitlines() if line.strip().startswith("pooled")]
    assert [line[1:3] for line in lines] == [["240", "90"], ["240", "90"]]
    assert "37.500%" in text
    told = json.loads(run("ledger", *kept, "--format", "json")[1])
    assert told["lines"][0]["conversion"] == "0.333333" and told["lines"][0]["basis"] == "cohort"
    assert run("ledger", *kept, "--format", "csv")[1].startswith("basis,interval,from,to,leads")
