"""The plan's inputs measured anew: pooled from the ledger, proposed beside what was agreed (S0.19 to S0.22).

Nothing here is applied (5.7): a proposal becomes the text of a draft, which both sides read, amend and sign.
Sums and rates are exact; the bounds of chance are statistics, and so floats.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.clauses.rates import show_rate
from accord.agreement.terms import Agreement, Stream
from accord.plan.months.cycle import months_of
from accord.plan.rounding import half_up
from accord.worktime.duration import Duration

FEW = 30  # conversions under which nothing should be planned on
_STEPS = 1000  # shares are proposed to a tenth of a percent
_DAYS_A_MONTH = Fraction(487, 16)  # 365.25 ÷ 12


@dataclass(frozen=True)
class Sums:
    """What one interval adds up to, or several pooled; money is None where an amount is unknown."""

    leads: int  # marketing's (S0.18 a)
    customers: int  # of those (b)
    revenue: Fraction | None  # from those (c; d by the month of the close)
    total_revenue: Fraction | None  # of all customers (e)
    unpriced: int = 0  # of the customers, without an amount

    @property
    def conversion(self) -> Fraction | None:
        """Customers ÷ leads (S0.20)."""
        return Fraction(self.customers, self.leads) if self.leads else None

    @property
    def average_deal(self) -> Fraction | None:
        """Revenue ÷ customers whose amount is known (S0.21)."""
        priced = self.customers - self.unpriced
        return self.revenue / priced if priced and self.revenue is not None else None

    @property
    def share(self) -> Fraction | None:
        """Revenue from marketing's leads ÷ total revenue (S0.22)."""
        known = self.revenue is not None and self.total_revenue
        return Fraction(self.revenue or 0) / Fraction(self.total_revenue or 1) if known else None


def pooled(rows: Iterable[Sums]) -> Sums:
    """Several intervals as one: sums are added, and rates follow from them; never a mean of rates (F9)."""
    held = tuple(rows)
    return Sums(
        sum(row.leads for row in held),
        sum(row.customers for row in held),
        _sum([row.revenue for row in held]),
        _sum([row.total_revenue for row in held]),
        sum(row.unpriced for row in held),
    )


def _sum(amounts: Sequence[Fraction | None]) -> Fraction | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Fraction(0)) if len(known) == len(amounts) or known else None


class Input(StrEnum):
    RATE = "rate"  # from one stage to another
    DEAL_VALUE = "deal value"  # average revenue of a won deal
    SHARE = "share"  # of the revenue that comes from marketing's leads
    CYCLE = "cycle"  # usual time to close
    PROFILE = "profile"  # share of wins by month
    PRICE = "price"  # of one lead, by the price list
    TARGET = "target"  # value of leads that is promised, by the prices


@dataclass(frozen=True)
class Evidence:
    """What a measured value rests on: how many of what, from which months, how far chance reaches."""

    n: int
    of: str  # what was counted: leads, customers
    from_on: date | None = None
    to_on: date | None = None
    cohorts: int = 0  # months that were old enough
    low: float | None = None  # 95 % interval, in the unit of the value
    high: float | None = None
    few: bool = False  # fewer than 30 conversions, of its own
    pooled: bool = False  # the value is that of more than what it is for, which has too few of its own


@dataclass(frozen=True)
class Measured:
    """What the log says of an agreement's inputs, each with its evidence; what it cannot tell is missing.

    `rates` by (stream, lead type, rate) as (reached, evidence on those who entered); `profiles` as wins by
    month.
    """

    rates: Mapping[tuple[str, str, str], tuple[int, Evidence]]
    deal_values: Mapping[str, tuple[Fraction, Evidence]]
    shares: Mapping[str, tuple[Fraction, Evidence]]
    cycles: Mapping[str, tuple[Fraction, Evidence]]  # days
    profiles: Mapping[str, tuple[tuple[int, ...], Evidence]]
    prices: Mapping[str, tuple[Fraction, Evidence]]


@dataclass(frozen=True)
class Weighed:
    """Leads of one price in a promised value: how many came, at the agreed price and at the measured one.

    `taken` is whether the measured price is meant to hold.
    """

    key: str
    leads: int
    old: Decimal
    new: Decimal
    taken: bool = True

    @property
    def price(self) -> Decimal:
        """The price that would hold."""
        return self.new if self.taken else self.old


@dataclass(frozen=True)
class Proposal:
    """One input beside what the log says: as the agreement writes it, and as it would be written.

    `path` is where it stands in the terms. `noise` is whether the agreed value lies within what chance alone
    explains; None where that cannot be told. `weighed` is what a promised value follows from.
    """

    kind: Input
    path: tuple[str, ...]
    old: str
    new: str
    evidence: Evidence
    noise: bool | None
    weighed: tuple[Weighed, ...] = ()

    @property
    def key(self) -> str:
        """Its name on pages and in forms."""
        return ".".join(self.path)

    @property
    def advised(self) -> bool:
        """Whether it is more than noise and rests on enough."""
        return self.noise is False and not self.evidence.few and not self.evidence.pooled


@dataclass(frozen=True)
class Recalculation:
    """All proposals in the agreement's order, and the inputs about which the log says nothing yet."""

    proposals: tuple[Proposal, ...]
    unmeasured: tuple[str, ...]
    unchanged: tuple[str, ...]


def recalculate(agreement: Agreement, measured: Measured) -> Recalculation:
    """What the agreement's inputs would be by the log. Values that are already agreed so are `unchanged`."""
    found = [*_rates(agreement, measured), *_streams(agreement, measured), *_prices(agreement, measured)]
    named = {".".join(path): item for path, item in found}
    return Recalculation(
        tuple(item for item in named.values() if item is not None and item.old != item.new),
        tuple(name for name, item in named.items() if item is None),
        tuple(name for name, item in named.items() if item is not None and item.old == item.new),
    )


def inputs_of(agreement: Agreement) -> tuple[str, ...]:
    """Every input of an agreement that can be measured, by its name on pages and in forms."""
    known = recalculate(agreement, Measured({}, {}, {}, {}, {}, {})).unmeasured
    deals = (f"goal.streams.{name}.deal_value" for name in agreement.goal.streams)
    return tuple(dict.fromkeys((*known, *deals)))


_Found = Iterator[tuple[tuple[str, ...], Proposal | None]]


def _rates(agreement: Agreement, measured: Measured) -> _Found:
    for lead_type, kind in agreement.lead_types.items():
        for stream, funnel in kind.streams.items():
            for rate, old in funnel.rates.items():
                path = ("lead_types", lead_type, "streams", stream, rate)
                known = measured.rates.get((stream, lead_type, rate))
                if known is None or not known[1].n:
                    yield path, None
                    continue
                reached, evidence = known
                written = show_rate(old, funnel.evidence.get(rate))
                new = show_rate(Fraction(reached, evidence.n), evidence.n)
                yield path, Proposal(Input.RATE, path, written, new, evidence, _noise(old, evidence))


def _streams(agreement: Agreement, measured: Measured) -> _Found:
    for name, stream in agreement.goal.streams.items():
        at = ("goal", "streams", name)
        if stream.deal_value is not None or name in measured.deal_values:
            yield (
                (*at, "deal_value"),
                _deal_value((*at, "deal_value"), stream, measured.deal_values.get(name)),
            )
        share = measured.shares.get(name)
        yield (*at, "from_marketing"), share and _share((*at, "from_marketing"), stream, *share)
        if stream.closing_profile:
            profile = measured.profiles.get(name)
            path = (*at, "closing_profile")
            yield path, profile and _profile(path, stream, *profile)
        else:
            cycle = measured.cycles.get(name)
            yield (*at, "cycle"), cycle and _cycle((*at, "cycle"), stream, *cycle)


def _deal_value(
    path: tuple[str, ...], stream: Stream, known: tuple[Fraction, Evidence] | None
) -> Proposal | None:
    if known is None:
        return None
    value, evidence = known
    old = stream.deal_value
    written = "" if old is None else money(Fraction(old))
    noise = None if old is None else _noise(Fraction(old), evidence)
    return Proposal(Input.DEAL_VALUE, path, written, money(value), evidence, noise)


def _share(path: tuple[str, ...], stream: Stream, value: Fraction, evidence: Evidence) -> Proposal:
    old, new = stream.from_marketing, _tenth(value)
    noise = _noise(old, evidence)
    return Proposal(Input.SHARE, path, show_percent(old), show_percent(new), evidence, noise)


def _cycle(path: tuple[str, ...], stream: Stream, days: Fraction, evidence: Evidence) -> Proposal:
    """In whole calendar days; noise is judged in days as well, of which a month has 30.4."""
    agreed = months_of(stream.cycle) * _DAYS_A_MONTH
    noise = _noise(agreed, evidence)
    new = f"{max(int(half_up(days)), 1)} d wall"
    old = str(stream.cycle)
    return Proposal(Input.CYCLE, path, old, str(Duration.parse(new)), evidence, noise)


def _profile(
    path: tuple[str, ...], stream: Stream, wins: Sequence[int], evidence: Evidence
) -> Proposal | None:
    """Noise by the chi-squared distance of the wins from what was agreed, at 95 %."""
    if not sum(wins):
        return None
    shares = _largest_remainders(wins)
    return Proposal(
        Input.PROFILE,
        path,
        _listed(stream.closing_profile),
        _listed(shares),
        evidence,
        _alike(stream.closing_profile, wins),
    )


def _prices(agreement: Agreement, measured: Measured) -> _Found:
    for key, price in agreement.value.prices.items():
        path = ("value", "prices", key)
        known = measured.prices.get(key)
        if known is None:
            yield path, None
            continue
        value, evidence = known
        noise = _noise(Fraction(price), evidence)
        yield path, Proposal(Input.PRICE, path, money(Fraction(price)), rounded(value), evidence, noise)


def _noise(old: Fraction, evidence: Evidence) -> bool | None:
    if evidence.low is None or evidence.high is None:
        return None
    return evidence.low <= float(old) <= evidence.high


# 95 % points of the chi-squared distribution by degrees of freedom (NIST/SEMATECH e-Handbook, 1.3.6.7.4)
_CHI_SQUARED = (3.841, 5.991, 7.815, 9.488, 11.070, 12.592, 14.067, 15.507, 16.919, 18.307, 19.675, 21.026)


def _alike(agreed: Sequence[Fraction], wins: Sequence[int]) -> bool | None:
    """Whether wins by month could come of the agreed profile; None where a month would be too thin."""
    months = max(len(agreed), len(wins))
    shares = [*agreed, *[Fraction(0)] * (months - len(agreed))]
    counts = [*wins, *[0] * (months - len(wins))]
    total = sum(counts)
    if any(count and not share for share, count in zip(shares, counts, strict=True)):
        return False
    expected = [(share * total, count) for share, count in zip(shares, counts, strict=True) if share]
    if len(expected) < 2 or len(expected) - 1 > len(_CHI_SQUARED) or any(e < 5 for e, _ in expected):
        return None
    distance = sum((count - e) ** 2 / e for e, count in expected)
    return float(distance) <= _CHI_SQUARED[len(expected) - 2]


def _tenth(value: Fraction) -> Fraction:
    """A share to a tenth of a percent."""
    return Fraction(half_up(value * _STEPS)) / _STEPS


def _largest_remainders(wins: Sequence[int]) -> tuple[Fraction, ...]:
    """Shares of wins to a tenth of a percent that make 100 %: what is left goes to the largest remainders."""
    total = sum(wins)
    exact = [Fraction(won * _STEPS, total) for won in wins]
    whole = [int(part) for part in exact]
    order = sorted(range(len(wins)), key=lambda at: (whole[at] - exact[at], at))
    for at in order[: _STEPS - sum(whole)]:
        whole[at] += 1
    return tuple(Fraction(part, _STEPS) for part in whole)


def rounded(value: Fraction) -> str:
    """A price or a promised value as it is proposed: to the unit, below 10 to the hundredth."""
    return money(Fraction(half_up(value, 0 if value >= 10 else 2)))


def money(value: Fraction) -> str:
    """An amount as an agreement writes it."""
    amount: Decimal = half_up(value, 2)
    return f"{amount:f}".removesuffix(".00")


def _listed(shares: Sequence[Fraction]) -> str:
    return ", ".join(map(show_percent, shares))
