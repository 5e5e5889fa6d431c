"""The main tables of the score page as somebody would write them in pandas: the peer of `score.py`.

Grouping is vectorised, as every introduction teaches it; working time, which pandas does not know, is counted
row by row with `apply`, day by day. It is given more than a user would have: the agreement's terms as plain
values, and every calendar's windows as UTC instants. What no simulated log holds (pauses, excuses,
arbitrations, facts taken back) it leaves out, and so has less to do than the score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

Figures = dict[str, dict[str, object]]
Windows = Mapping[date, list[tuple[datetime, datetime]]]
NOTHING, DAY = timedelta(0), timedelta(days=1)
UNKNOWN, BY_SILENCE = "", "by silence"
GOING_ON = ["sales_qualified", "opportunity", "proposal", "won"]
PATIENCE = timedelta(days=60)  # wall time in which any clock of these terms has run out


@dataclass(frozen=True)
class Terms:
    """What the agreement says, as plain values; instants are UTC without a zone, as pandas has them."""

    as_of: datetime
    from_on: date
    to_on: date
    zone: str  # of marketing, which cuts the days
    windows: Mapping[str, Windows]  # working windows a day by calendar, in UTC
    touch_within: Mapping[str, timedelta]  # working time by lead type
    accept_within: timedelta
    automated: Mapping[str, frozenset[str]]  # channels that machines use, by lead type
    prices: Mapping[str, float]  # by persona
    steps: tuple[tuple[str, str], ...]  # conversions
    goals: Mapping[str, float]  # a month's, by what is counted
    band: float


def figures(leads: pd.DataFrame, events: pd.DataFrame, terms: Terms) -> Figures:
    """Every figure as a table of one number by key."""
    events = events[(events.occurred_at <= terms.as_of) & (events.recorded_at <= terms.as_of)]
    events = events.drop_duplicates("seq").sort_values(["occurred_at", "recorded_at"])
    leads = leads.fillna({"lead_type": UNKNOWN})
    one = wide(leads, events, terms)
    given = one[within(one.delivered_on, terms)]
    counted = credit(given, terms)
    credited = one[one.merged.isna()]
    return {
        **first_touch(given, terms),
        **delivery(given, counted),
        "handed over complete": complete(given),
        "rejections by reason": rejections(given, events),
        **pace(given[counted.state == "kept"], credited, terms),
        "leads by attempts": attempts(given, events),
        **conversion(credited, terms),
        **closing(credited, terms),
        "attribution by first touch": attribution(credited, events, terms),
    }


def wide(leads: pd.DataFrame, events: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """One row a lead: when each kind of event came first, and what its first hand-off and its win said."""
    silent = (events.kind == "accepted") & (events.outcome == BY_SILENCE)
    kind = events.kind.mask(silent, "accepted_in_silence")
    one = leads.set_index("lead").join(events.groupby(["lead", kind]).occurred_at.min().unstack())
    handed = events[events.kind == "handed_off"].drop_duplicates("lead").set_index("lead")
    one["calendar"], one["complete"] = handed.calendar, handed.outcome.map({"complete": 1, "incomplete": 0})
    one["price"] = handed.value.astype(float).fillna(one.persona.map(terms.prices))
    one["amount"] = (
        events[events.kind == "won"].drop_duplicates("lead").set_index("lead").amount.astype(float)
    )
    one["touched"] = touches(leads, events, terms)
    one["delivered_on"] = local_day(one.handed_off, terms)
    return one


def touches(leads: pd.DataFrame, events: pd.DataFrame, terms: Terms) -> pd.Series:
    """When sales first did something: a try that no machine made, or a live contact."""
    tries = events[(events.kind == "attempted") & (events.side == "sales")]
    kind_of = tries.lead.map(leads.set_index("lead").lead_type)
    by_machine = [
        channel in terms.automated[kind] for kind, channel in zip(kind_of, tries.channel, strict=True)
    ]
    tries = tries[~np.array(by_machine, dtype=bool)]
    contacts = events[(events.kind == "connected") & (events.side != "machine")]
    return pd.concat([tries, contacts]).groupby("lead").occurred_at.min()


def local_day(at: pd.Series, terms: Terms) -> pd.Series:
    return at.dt.tz_localize("UTC").dt.tz_convert(terms.zone).dt.tz_localize(None).dt.normalize()


def within(days: pd.Series, terms: Terms) -> pd.Series:
    return days.between(pd.Timestamp(terms.from_on), pd.Timestamp(terms.to_on))


def worked(windows: Windows, start: datetime, end: datetime) -> timedelta:
    """Working time between two instants: day by day, window by window."""
    total, on, last = NOTHING, start.date() - DAY, end.date() + DAY
    while on <= last:
        for opens, closes in windows.get(on, ()):
            total += max(min(end, closes) - max(start, opens), NOTHING)
        on += DAY
    return total


def working_time(given: pd.DataFrame, end: pd.Series, terms: Terms) -> pd.Series:
    """From each hand-off to the instant of the same lead; unknown where that is."""
    spans = pd.DataFrame({"start": given.handed_off, "end": end, "calendar": given.calendar}).dropna()
    if spans.empty:
        return pd.Series(pd.NaT, index=given.index, dtype="timedelta64[us]")
    spent = spans.apply(
        lambda row: worked(terms.windows[row.calendar], row.start.to_pydatetime(), row.end.to_pydatetime()),
        axis=1,
    )
    return spent.reindex(given.index)


def until_now(given: pd.DataFrame, terms: Terms) -> pd.Series:
    """As-of, but no later than any clock can still run: whoever counts a year day by day waits long."""
    return (given.handed_off + PATIENCE).clip(upper=pd.Timestamp(terms.as_of))


def first_touch(given: pd.DataFrame, terms: Terms) -> Figures:
    """Kept if touched in time; broken if later, or untouched and out of time; void if it ended in time."""
    budget = given.lead_type.map(terms.touch_within)
    ended = given[["merged", "opted_out", "rejected"]].min(axis=1)
    met = given.touched.notna() & ~(ended < given.touched)
    over = ~met & ended.notna()
    stop = given.touched.where(met, ended.where(over, until_now(given, terms)))
    spent = working_time(given, stop, terms)
    state = pd.Series("broken", index=given.index)
    state[spent <= budget] = "pending"
    state[met & (spent <= budget)] = "kept"
    state[over & (spent <= budget)] = "void"
    found = pd.DataFrame(
        {"state": state, "hours": spent[met].dt.total_seconds() / 3600, "kind": given.lead_type}
    )
    found = found[found.state != "void"]
    kinds = {"all": found, **dict(list(found.groupby("kind")))}
    judged = {key: rows[rows.state.isin(["kept", "broken"])] for key, rows in kinds.items()}
    return {
        "first touch in time": {key: (rows.state == "kept").mean() for key, rows in judged.items()},
        "first touch missed": {key: (rows.state == "broken").sum() for key, rows in judged.items()},
        "hours to first touch, median": {key: rows.hours.median() for key, rows in kinds.items()},
        "hours to first touch, p90": {key: nearest_rank(rows.hours, 0.9) for key, rows in kinds.items()},
    }


def nearest_rank(values: pd.Series, share: float) -> float:
    return float(np.quantile(values.dropna(), share, method="inverted_cdf"))


def credit(given: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Accepted by hand, by going on with the lead, or by silence once the window to reject has closed."""
    by_hand = given[["accepted", *GOING_ON]].min(axis=1)
    silent = given.accepted_in_silence.notna() & ~(by_hand <= given.accepted_in_silence)
    met = given.accepted_in_silence.where(silent, by_hand)
    in_time = working_time(given, met, terms) <= terms.accept_within
    refused = (working_time(given, given.rejected, terms) <= terms.accept_within) & ~(met <= given.rejected)
    closed = working_time(given, until_now(given, terms), terms) > terms.accept_within
    state = pd.Series("pending", index=given.index)
    state[in_time | closed] = "kept"
    state[refused] = "broken"
    state[given.merged.notna()] = "void"
    return pd.DataFrame({"state": state, "by_hand": in_time & ~silent})


def delivery(given: pd.DataFrame, counted: pd.DataFrame) -> Figures:
    """What marketing delivered, by type: number, acceptance and worth."""
    kept = counted.state == "kept"
    by_type = given.assign(
        accepted=kept,
        rejected=counted.state == "broken",
        by_hand=kept & counted.by_hand,
        worth=given.price.where(kept, 0.0),
    ).groupby("lead_type")
    sums = by_type[["accepted", "rejected", "by_hand", "worth"]].sum()
    return {
        "accepted leads by type": sums.accepted.to_dict(),
        "accepted by hand by type": sums.by_hand.to_dict(),
        "acceptance by type": (sums.accepted / (sums.accepted + sums.rejected)).to_dict(),
        "worth of accepted leads by type": sums.worth.to_dict(),
    }


def complete(given: pd.DataFrame) -> dict[str, object]:
    return given.groupby("lead_type").complete.mean().to_dict()


def rejections(given: pd.DataFrame, events: pd.DataFrame) -> dict[str, object]:
    """Leads refused, in the window or later, by the first reason that was given, with the reject or after."""
    said = events[events.kind.isin(["rejected", "feedback"]) & events.reason.fillna("").ne("")]
    reason = said.drop_duplicates("lead").set_index("lead").reason
    refused = given[given.rejected.notna()]
    return reason.reindex(refused.index).fillna("not said").value_counts().to_dict()


def pace(kept: pd.DataFrame, credited: pd.DataFrame, terms: Terms) -> Figures:
    """The running total on each Sunday against the line, and each month against its band, with the streak."""
    days = pd.date_range(terms.from_on, terms.to_on)
    won_on = local_day(credited.won, terms)
    daily = {
        "accepted_leads": kept.groupby("delivered_on").size(),
        "lead_value": kept.groupby("delivered_on").price.sum(),
        "revenue": credited.amount.groupby(won_on).sum(),
    }
    found: Figures = {"pace by week": {}, "months against the band": {}, "months in a row": {}}
    for what, goal in terms.goals.items():
        gained = daily[what].reindex(days, fill_value=0)
        so_far = gained.cumsum() / (goal / days.days_in_month.to_series(index=days)).cumsum()
        found["pace by week"] |= {f"{what} {day:%Y-%m-%d}": so_far[day] for day in days[days.dayofweek == 6]}
        delta = gained.groupby(days.strftime("%Y-%m")).sum() / goal - 1
        state = np.select(
            [delta > terms.band + 1e-9, delta < -terms.band - 1e-9], ["over", "under"], "within"
        )
        state = pd.Series(state, index=delta.index)
        streak = state.groupby((state != state.shift()).cumsum()).cumcount() + 1
        found["months against the band"] |= {f"{what} {on}": state[on] for on in state.index}
        found["months in a row"] |= {f"{what} {on}": streak[on] for on in state.index}
    return found


def attempts(given: pd.DataFrame, events: pd.DataFrame) -> dict[str, object]:
    """How often leads were tried: a call that ends in a voicemail is one attempt."""
    tries = events[(events.kind == "attempted") & events.side.isin(["sales", "machine"])]
    at_once = tries.groupby(["lead", "occurred_at", "channel"]).size().groupby(["lead", "occurred_at"]).max()
    each = at_once.groupby("lead").sum().reindex(given.index, fill_value=0)
    return {"mean": each.mean(), **{str(n): leads for n, leads in each.value_counts().items()}}


def conversion(credited: pd.DataFrame, terms: Terms) -> Figures:
    """Of the leads that entered a stage in a month, how many ever reached the next; a later stage implies the
    earlier."""
    entered = pd.DataFrame({
        "mql": credited[["qualified", "handed_off"]].min(axis=1),
        "sql": credited.sales_qualified,
        "opportunity": credited.opportunity,
        "proposal": credited.proposal,
        "customer": credited.won,
    })  # fmt: skip
    entered = entered.iloc[:, ::-1].cummin(axis=1).ffill(axis=1).iloc[:, ::-1]
    found: Figures = {}
    for begin, end in terms.steps:
        on = local_day(entered[begin], terms)
        rows = pd.DataFrame({"cohort": on.dt.strftime("%Y-%m"), "reached": entered[end].notna()})
        rows = rows[on <= pd.Timestamp(terms.to_on)]
        found[f"{begin} to {end} by cohort"] = rows.groupby("cohort").reached.mean().to_dict()
    return found


def closing(credited: pd.DataFrame, terms: Terms) -> Figures:
    """Deals that closed in the period: win rate, worth, and days from hand-off and opportunity to the win."""
    closed = credited[within(local_day(credited.won.fillna(credited.lost), terms), terms)]
    won = closed[closed.won.notna()]
    won_on = local_day(won.won, terms)
    found: Figures = {
        "win rate by type": closed.won.notna().groupby(closed.lead_type).mean().to_dict(),
        "worth of a deal": {"mean": won.amount.mean(), "median": won.amount.median()},
        "days to close": {},
    }
    for start in ("handed_off", "opportunity"):
        known = won[start].where(won[start] <= won.won)
        days = (won_on - local_day(known, terms)).dt.days
        found["days to close"] |= {
            f"{start}, median": days.median(),
            f"{start}, p90": nearest_rank(days, 0.9),
        }
    return found


def attribution(credited: pd.DataFrame, events: pd.DataFrame, terms: Terms) -> dict[str, object]:
    """Leads, wins and revenue of the leads that began in the period, by whose touch came first."""
    touch = events[events.kind.isin(["created", "signalled", "attempted", "connected"])]
    firsts = touch.groupby(["lead", "side"]).occurred_at.min().unstack().reindex(credited.index)
    marketing = firsts.reindex(columns=["marketing", "prospect"]).min(axis=1)
    owner = pd.Series("marketing", index=credited.index)
    owner[marketing.isna() | (firsts["sales"] < marketing)] = "sales"
    begun = credited.delivered_on.fillna(
        local_day(credited.opportunity.fillna(credited[["created_at", "created"]].min(axis=1)), terms)
    )
    cohort = credited.assign(owner=owner, is_won=credited.won.notna())[within(begun, terms)]
    sums = cohort.groupby("owner").agg(
        leads=("is_won", "size"), won=("is_won", "sum"), revenue=("amount", "sum")
    )
    return {f"{who} {what}": value for who, row in sums.iterrows() for what, value in row.items()}
