"""What can be promised: the one table of measures that an agreement may name, with side, unit and meaning.

The ledger computes each of them from the log under the same name; nothing else may be promised.
"""

from dataclasses import dataclass
from enum import StrEnum


class MeasureUnit(StrEnum):
    SHARE = "share"  # kept ÷ (kept + broken); the target is a percentage
    LEADS = "leads"  # a count; the target is a whole number
    MONEY = "money"  # in the agreement's currency; the target is an amount


@dataclass(frozen=True)
class Promisable:
    """One measure that a side can promise.

    `sides` may promise it; `sources` are what `from` may say instead of a target; `title` is its name for
    people; `sentence` completes "We promise …", with `{target}` where the number stands. `in_log` says
    whether the ledger can count it from the log; where not, people have to say where the figure comes from.
    `by_plan` is the whole sentence under `from: plan` where no words for a number fit into `sentence`.
    """

    sides: tuple[str, ...]
    unit: MeasureUnit
    sources: tuple[str, ...]
    title: str
    sentence: str
    in_log: bool = True
    by_plan: str = ""


_MARKETING, _SALES, _BOTH = ("marketing",), ("sales",), ("both", "marketing", "sales")

PROMISABLE = {
    "accepted_leads": Promisable(
        _MARKETING,
        MeasureUnit.LEADS,
        ("plan",),
        "Accepted leads",
        "{target} leads that sales accepts, by hand or by silence",
    ),
    "delivered_leads": Promisable(
        _MARKETING,
        MeasureUnit.LEADS,
        ("plan",),
        "Delivered leads",
        "{target} leads handed off to sales",
    ),
    "lead_value": Promisable(
        _MARKETING,
        MeasureUnit.MONEY,
        ("plan",),
        "Value of leads",
        "accepted leads worth {target} by their value at hand-off",
        by_plan="accepted leads worth as much, by their value at hand-off, as those that the plan asks for",
    ),
    "complete_handoffs": Promisable(
        _MARKETING,
        MeasureUnit.SHARE,
        (),
        "Complete hand-offs",
        "{target} of the leads handed off carry all the minimum information",
    ),
    "acceptance_rate": Promisable(
        _MARKETING,
        MeasureUnit.SHARE,
        (),
        "Acceptance rate",
        "{target} of the leads decided on are accepted, by hand or by silence",
    ),
    "first_touch_in_time": Promisable(
        _SALES,
        MeasureUnit.SHARE,
        (),
        "First touch in time",
        "{target} of the leads are first touched within the time agreed for their type",
    ),
    "cadence_kept": Promisable(
        _SALES,
        MeasureUnit.SHARE,
        (),
        "Cadence kept",
        "{target} of the leads not yet reached get every attempt of the cadence",
    ),
    "decided_in_time": Promisable(
        _SALES,
        MeasureUnit.SHARE,
        (),
        "Decided in time",
        "{target} of the leads are accepted or rejected within the window",
    ),
    "feedback_in_time": Promisable(
        _SALES,
        MeasureUnit.SHARE,
        (),
        "Feedback in time",
        "{target} of the rejected leads have their reason within the time agreed",
    ),
    "win_rate": Promisable(
        _BOTH,
        MeasureUnit.SHARE,
        (),
        "Win rate",
        "{target} of the opportunities opened become customers",
    ),
    "revenue": Promisable(
        _BOTH,
        MeasureUnit.MONEY,
        ("goal", "plan"),  # the whole goal, or what the plan expects from marketing's leads
        "Revenue",
        "revenue of {target}",
        by_plan="the revenue that marketing's leads should bring by the plan",
    ),
    "retention": Promisable(
        _BOTH,
        MeasureUnit.SHARE,
        (),
        "Retention",
        "{target} of the customers stay",
    ),
    "satisfaction": Promisable(
        _BOTH,
        MeasureUnit.SHARE,
        (),
        "Satisfaction",
        "{target} of the customers asked say that they are satisfied",
    ),
    "accounts_managed": Promisable(
        _BOTH,
        MeasureUnit.SHARE,
        (),
        "Accounts managed",
        "{target} of the customers have somebody who answers for them and keeps the meetings agreed",
        in_log=False,
    ),
}
