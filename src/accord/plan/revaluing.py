"""What a promised value of leads becomes with other prices: the same leads, worth what they came out as.

A target in value is a number of leads in disguise. Prices that change alone would ask for more of them, or
fewer, without anybody having said so; so the target is proposed along with them (S0.23, S0.24, S4.28).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from accord.agreement.clauses.quantities import parse_money
from accord.agreement.terms import Agreement, Promise
from accord.errors import InputError
from accord.plan.layout import money
from accord.plan.recalculation import Evidence, Input, Proposal, Recalculation, Weighed, rounded


def valued(agreement: Agreement) -> tuple[Promise, ...]:
    """Promises of a value of leads that is written out, where leads are worth what a price list says."""
    if agreement.value.by == "conversion":
        return ()
    return tuple(one for one in agreement.promises if one.measure == "lead_value" and one.target is not None)


def path_of(promise: Promise) -> tuple[str, ...]:
    """Where its target stands in the terms."""
    return ("promises", promise.id, "target")


def with_targets(
    agreement: Agreement, found: Recalculation, leads: Mapping[str, Mapping[str, int]]
) -> Recalculation:
    """The proposals, with the promised values that follow from those about prices.

    `leads` are the accepted leads of each promise by the key of their price. A target follows from those of
    its own leads' prices that are advised, or from all where none is.
    """
    prices = {item.path[-1]: item for item in found.proposals if item.kind is Input.PRICE}
    if not prices:
        return found
    targets = {
        promise.id: _target(agreement, promise, prices, leads.get(promise.id, {}))
        for promise in valued(agreement)
    }
    held = [item for item in targets.values() if item is not None]
    unknown = [".".join(path_of(one)) for one in valued(agreement) if targets[one.id] is None]
    return replace(
        found,
        proposals=(*found.proposals, *(item for item in held if moves(item))),
        unmeasured=(*found.unmeasured, *unknown),
        unchanged=(*found.unchanged, *(item.key for item in held if not moves(item))),
    )


def _target(
    agreement: Agreement, promise: Promise, prices: Mapping[str, Proposal], leads: Mapping[str, int]
) -> Proposal | None:
    """None where no lead with a price has come, so that nobody can tell what the target stood for."""
    own = {key: price for key, price in agreement.value.prices.items() if leads.get(key)}
    found = {key: prices[key] for key in own if key in prices}
    advised = {key for key, item in found.items() if item.advised}
    taken = advised or set(found)
    weighed = tuple(
        Weighed(key, leads[key], price, Decimal(found[key].new) if key in found else price, key in taken)
        for key, price in own.items()
    )
    if not worth_before(weighed):
        return None
    known = Evidence(sum(one.leads for one in weighed), "leads", few=not advised)
    old = str(promise.target)
    noise = False if advised else None
    return Proposal(Input.TARGET, path_of(promise), old, _scaled(old, weighed), known, noise, weighed)


def settled(chosen: Iterable[Proposal]) -> list[Proposal]:
    """The chosen proposals, with promised values that follow from the prices among them and no others.

    InputError for a promised value without any price: it follows from nothing then.
    """
    held = list(chosen)
    prices = {item.path[-1] for item in held if item.kind is Input.PRICE}
    return [_settled(item, prices) if item.kind is Input.TARGET else item for item in held]


def _settled(item: Proposal, prices: set[str]) -> Proposal:
    if not prices:
        raise InputError(f"{item.key}: it follows from prices; choose those as well, or leave it as it is")
    weighed = tuple(replace(one, taken=one.key in prices) for one in item.weighed)
    return replace(item, new=_scaled(item.old, weighed), weighed=weighed)


def left_behind(chosen: Iterable[Proposal], offered: Iterable[Proposal]) -> list[Proposal]:
    """Promised values that stay although prices change that they follow from: those of their own leads."""
    held = list(chosen)
    keys = {item.key for item in held}
    prices = {item.path[-1] for item in held if item.kind is Input.PRICE}
    values = (item for item in offered if item.kind is Input.TARGET and item.key not in keys)
    return [item for item in values if any(one.key in prices for one in item.weighed)]


def moves(item: Proposal) -> bool:
    """Whether a promised value becomes another amount; another way to write the same one is no change."""
    return parse_money(item.old) != parse_money(item.new)


def worth_before(weighed: Iterable[Weighed]) -> Decimal:
    """What the leads were worth by the agreed prices."""
    return sum((one.leads * one.old for one in weighed), Decimal(0))


def worth_after(weighed: Iterable[Weighed]) -> Decimal:
    """What they are worth by the prices that would hold."""
    return sum((one.leads * one.price for one in weighed), Decimal(0))


def arithmetic(item: Proposal) -> str:
    """How a promised value comes about: `75,000 × 61,000 ÷ 55,000; ceo 100 × 160, manager 50 × 90 …`."""
    before, after = worth_before(item.weighed), worth_after(item.weighed)
    parts = ", ".join(f"{one.leads:,} {one.key} × {_amount(one.price)}" for one in item.weighed)
    said = _amount(parse_money(item.old))
    return f"{said} × {_amount(after)} ÷ {_amount(before)}: {parts}, before {_amount(before)}"


def _amount(value: Decimal) -> str:
    return money(Fraction(value))


def _scaled(old: str, weighed: tuple[Weighed, ...]) -> str:
    """As it was written where the leads are worth what they were: then nothing about it changes."""
    before, after = Fraction(worth_before(weighed)), Fraction(worth_after(weighed))
    if before == after:
        return old
    return rounded(Fraction(parse_money(old)) * after / before)
