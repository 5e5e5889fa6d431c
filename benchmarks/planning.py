"""A wide plan with its certainty: 20 streams × 10 lead types × 36 months, 10,000 draws of 600 rates.

    python benchmarks/planning.py

Target: under 1 s after import. The floor, in the same run, is NumPy drawing as many raw Betas (6 million)
without a plan around them. Medians of paired runs; the ratio is what a noisy machine changes least.
"""

from statistics import median
from time import perf_counter

import numpy as np

from accord.agreement.terms import Agreement
from accord.plan.funnel import plan
from accord.plan.odds.certainty import DRAWS, certainty

STREAMS, TYPES, MONTHS, RUNS = 20, 10, 36, 7


def wide() -> Agreement:
    """Rates of unlike size and evidence, so that no two lead types share a distribution."""

    def funnel(at: int) -> dict[str, str]:
        seen = 150 + 17 * at
        return {
            "mix": "10%",
            "mql_to_sql": f"{seen * (25 + at % 20) // 100} of {seen}",
            "sql_to_opportunity": f"{seen * (60 + at % 25) // 100} of {seen}",
            "opportunity_to_customer": f"{seen * (15 + at % 12) // 100} of {seen}",
        }

    streams = {f"s{at}": {"share": "5%", "deal_value": 1000 + 250 * at} for at in range(STREAMS)}
    kinds = {
        f"t{kind}": {"streams": {name: funnel(at * TYPES + kind) for at, name in enumerate(streams)}}
        for kind in range(TYPES)
    }
    said = {"accord": 1, "name": "Wide", "term": "2026-01-01", "lead_types": kinds}
    return Agreement.model_validate({**said, "goal": {"revenue": 20_000_000, "streams": streams}})


def planned(agreement: Agreement) -> float:
    start = perf_counter()
    worked = plan(agreement)
    months = [
        {(d.stream, d.lead_type): d.leads_exact * (80 + at) / 100 for d in worked.demands()}
        for at in range(MONTHS)
    ]
    certainty(agreement, months=months, plan=worked)
    return perf_counter() - start


def raw_betas() -> float:
    random, start = np.random.default_rng(1), perf_counter()
    for _ in range(STREAMS * TYPES * 3):
        random.beta(68.5, 132.5, DRAWS)
    return perf_counter() - start


def main() -> None:
    agreement = wide()
    planned(agreement), raw_betas()
    pairs = [(planned(agreement), raw_betas()) for _ in range(RUNS)]
    ours, floor = median(a for a, _ in pairs), median(b for _, b in pairs)
    print(f"plan, certainty and {MONTHS} months  {ours:.3f} s (target under 1 s)")
    print(f"floor: 6 million raw Betas      {floor:.3f} s")
    print(f"ratio {median(a / b for a, b in pairs):.2f}, fastest {min(a for a, _ in pairs):.3f} s")


if __name__ == "__main__":
    main()
