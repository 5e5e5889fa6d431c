"""What each measure that can be promised counts, and by which rules: the one table of both."""

from dataclasses import dataclass

from accord.agreement.terms import Promise


@dataclass(frozen=True)
class Basis:
    """What a promised figure counts, in a sentence, and the ids of the rules it follows."""

    definition: str
    requirements: tuple[str, ...]


BASES = {
    "accepted_leads": Basis(
        "Leads handed off in the period and accepted by hand, by going on with them, or by "
        "silence once the window to reject them has closed; they count on the day of hand-off",
        ("S0.4", "S0.34", "S1.21", "S4.26", "5.4"),
    ),
    "delivered_leads": Basis(
        "Leads handed off in the period, whatever became of them, duplicates aside",
        ("S0.4", "S0.34", "S4.26", "5.4"),
    ),
    "lead_value": Basis(
        "Value of the accepted leads, as frozen at hand-off, else by the agreement's prices or rates",
        ("S0.24", "S4.24", "S4.26", "5.4"),
    ),
    "complete_handoffs": Basis(
        "Leads handed off in the period with all the minimum information ÷ those and the "
        "incomplete ones; hand-offs that do not say are in neither",
        ("S1.21", "5.8"),
    ),
    "acceptance_rate": Basis(
        "Accepted ÷ (accepted + rejected) of the leads handed off in the period, silence "
        "included; undecided leads are in neither",
        ("S1.21", "5.4"),
    ),
    "first_touch_in_time": Basis(
        "Touched by a person of sales within the time promised ÷ (those + the late and "
        "the overdue), of the leads handed off in the period",
        ("S0.25", "S0.36", "S1.21", "5.1"),
    ),
    "cadence_kept": Basis(
        "Leads whose checkpoints so far were all met ÷ (those + leads that missed one), of the "
        "leads handed off in the period that reached a checkpoint unconnected",
        ("S0.25", "S0.37", "S4.33", "5.2"),
    ),
    "decided_in_time": Basis(
        "Accepted or rejected by a person within the window ÷ (those + the late and the "
        "undecided past it), of the leads handed off in the period; acceptance by silence is no decision",
        ("S1.21", "5.4"),
    ),
    "feedback_in_time": Basis(
        "Rejected leads whose reason came with the reject or within the time agreed ÷ (those + the late "
        "and the overdue), of the leads rejected in the period",
        ("S1.21", "5.8"),
    ),
    "win_rate": Basis(
        "Won ÷ (won + lost) of the opportunities opened in the period; open ones are pending",
        ("S4.31", "S4.35", "5.3"),
    ),
    "revenue": Basis(
        "Amounts of the deals won in the period",
        ("S0.13", "S0.34", "S4.26"),
    ),
    "retention": Basis(
        "Customers at the start of the period that are still customers at its end, or at as-of while it "
        "runs ÷ customers at its start; an account is one customer",
        ("S4.10", "S4.14", "5.10"),
    ),
    "satisfaction": Basis(
        "Customers that said they are satisfied ÷ customers that said whether they are, in the period; the "
        "last word of each counts",
        ("S4.4", "5.10"),
    ),
    "accounts_managed": Basis(
        "Customers with somebody who answers for them and kept the meetings agreed ÷ customers in the period",
        ("S4.4",),
    ),
}


def definition_of(promise: Promise) -> str:
    """What the promise's figure counts: as both sides wrote it, else by the table."""
    return promise.definition or BASES[promise.measure].definition


def requirements_of(measure: str) -> tuple[str, ...]:
    """Ids of the rules that a promised measure follows; empty for what nobody can promise."""
    basis = BASES.get(measure)
    return basis.requirements if basis else ()
