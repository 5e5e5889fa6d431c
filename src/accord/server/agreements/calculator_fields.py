"""The inputs of the calculator: what `accord.plan.changes.settings` can set, once each, with what is agreed.

Names that mean several at once, such as `win_rate`, have no input of their own; they can be typed as lines.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accord.agreement.clauses.quantities import show_money, show_percent
from accord.agreement.clauses.rates import show_rate
from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.plan.changes.settings import settable
from accord.plan.reps.capacity import CHANNELS, EVERYBODY, pool_of, reps_of
from accord.plan.reps.touches import USUAL_MINUTES


@dataclass(frozen=True)
class Slide:
    """A range to slide over; `unit` is written behind the number."""

    least: str
    most: str
    step: str
    unit: str = ""


@dataclass(frozen=True)
class Field:
    """One thing that can be set. `agreed` is written as a setting would be; empty where nothing is said."""

    key: str
    label: str
    agreed: str
    slide: Slide | None = None
    hint: str = ""


@dataclass(frozen=True)
class Part:
    """Inputs that belong together, such as the rates of one lead type; `title` may be empty."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    parts: tuple[Part, ...]


_PERCENT = Slide("0", "100", "1", "%")


def groups(agreement: Agreement) -> tuple[Group, ...]:
    """All inputs: goal, streams, rates, reps, prices; groups without any are left out."""
    known = settable(agreement)
    made = (
        Group("goal", _("Goal"), (Part("", tuple(_of_goal(agreement))),)),
        Group("streams", _("Streams"), tuple(_of_streams(agreement))),
        Group("rates", _("Rates"), tuple(_of_rates(agreement))),
        Group("reps", _("Reps"), tuple(_of_reps(agreement))),
        Group("prices", _("Prices"), (Part("", tuple(_of_prices(agreement))),)),
    )
    kept = [
        Group(group.key, group.title, tuple(part for part in _only(group.parts, known) if part.fields))
        for group in made
    ]
    return tuple(group for group in kept if group.parts)


def fields_of(made: tuple[Group, ...]) -> tuple[Field, ...]:
    return tuple(field for group in made for part in group.parts for field in part.fields)


def _only(parts: tuple[Part, ...], known: Collection[str]) -> Iterator[Part]:
    for part in parts:
        yield Part(part.title, tuple(field for field in part.fields if field.key in known))


def _of_goal(agreement: Agreement) -> Iterator[Field]:
    goal = agreement.goal
    if goal.revenue is not None:
        label = _("Revenue, %(currency)s") % {"currency": agreement.currency}
        yield _amount("goal.revenue", label, goal.revenue)
    else:
        yield _count("goal.customers", _("Customers"), goal.customers)
    share = show_percent(goal.retention_share)
    yield Field("retention_share", _("From existing customers"), share, _PERCENT)


def _of_streams(agreement: Agreement) -> Iterator[Part]:
    for name, stream in agreement.goal.streams.items():
        dot = "" if name == ONLY_STREAM else f".{name}"
        yield Part(
            "" if name == ONLY_STREAM else name,
            (
                Field(f"share{dot}", _("Share of new business"), show_percent(stream.share), _PERCENT),
                _amount(f"deal_value{dot}", _("One customer brings"), stream.deal_value),
                Field(
                    f"from_marketing{dot}", _("From marketing"), show_percent(stream.from_marketing), _PERCENT
                ),
                Field(f"cycle{dot}", _("Usual time to close"), str(stream.cycle), hint=_("such as 2 months")),
            ),
        )


def _of_rates(agreement: Agreement) -> Iterator[Part]:
    for kind, terms in agreement.lead_types.items():
        for stream, funnel in terms.streams.items():
            dot = f"{kind}" if stream == ONLY_STREAM else f"{kind}.{stream}"
            found = []
            if funnel.mix is not None:
                found.append(
                    Field(f"mix.{dot}", _("Share of the customers"), show_percent(funnel.mix), _PERCENT)
                )
            for rate, value in funnel.rates.items():
                counted = funnel.evidence.get(rate)
                hint = show_rate(value, counted) if counted is not None else ""
                found.append(Field(f"{rate}.{dot}", _rate_words(rate), show_percent(value), _PERCENT, hint))
            if funnel.deal_value is not None:
                found.append(_amount(f"deal_value.{dot}", _("One customer brings"), funnel.deal_value))
            label = terms.label or kind
            yield Part(label if stream == ONLY_STREAM else f"{label}, {stream}", tuple(found))


def _rate_words(rate: str) -> str:
    lower, _to, upper = rate.partition("_to_")
    return _("%(lower)s to %(upper)s") % {"lower": lower.replace("_", " "), "upper": upper.replace("_", " ")}


def _of_reps(agreement: Agreement) -> Iterator[Part]:
    pools = list(dict.fromkeys(pool_of(agreement, stream) for stream in agreement.goal.streams))
    there = []
    for pool in pools:
        count = sum(person.count for person in reps_of(agreement, pool).values())
        label = _("Reps") if pool == EVERYBODY else _("Reps in %(pool)s") % {"pool": pool}
        there.append(_count("reps" if pool == EVERYBODY else f"reps.{pool}", label, count))
    capacity = agreement.capacity
    hours = "" if capacity.hours_per_month is None else str(capacity.hours_per_month)
    there.append(Field("hours_per_month", _("Hours of a rep a month"), hours, Slide("0", "220", "4")))
    for key, label in (
        ("for_marketing_leads", _("Of those, for marketing's leads")),
        ("connect_rate", _("Chance that a call reaches somebody")),
    ):
        share = getattr(capacity, key)
        there.append(Field(key, label, "" if share is None else show_percent(share), _PERCENT))
    yield Part("", tuple(there))
    yield Part(_("What a lead is owed"), tuple(_of_touches(agreement)))


def _of_touches(agreement: Agreement) -> Iterator[Field]:
    touches = agreement.follow_up.touches
    names = {"call": _("Calls"), "voicemail": _("Voicemails"), "email": _("E-mails"), "video": _("Videos")}
    each = _("minutes each")
    for channel in CHANNELS:
        yield Field(
            f"touches.{channel}", names[channel], str(getattr(touches, channel)), Slide("0", "20", "1")
        )
    for channel in CHANNELS:
        length = touches.minutes.get(channel)
        agreed = str(USUAL_MINUTES[channel]) if length is None else str(length)
        yield Field(f"minutes.{channel}", f"{names[channel]}, {each}", agreed, hint=_("such as 5 or 90 s"))
    machine = ", ".join(touches.automated) or "none"
    yield Field("automated", _("Sent by a machine"), machine, hint=_("such as email, or none"))


def _of_prices(agreement: Agreement) -> Iterator[Field]:
    for key, price in agreement.value.prices.items():
        yield _amount(f"price.{key}", key, price)


def _amount(key: str, label: str, value: Decimal | None) -> Field:
    """An amount, with a slide up to twice of it in steps of about a hundredth."""
    if value is None:
        return Field(key, label, "")
    step = Decimal(10) ** max(value.adjusted() - 2, -2)
    return Field(key, label, show_money(value), Slide("0", f"{2 * value:f}", f"{step:f}"))


def _count(key: str, label: str, value: int | None) -> Field:
    return Field(
        key, label, "" if value is None else str(value), Slide("0", str(max(10, 2 * (value or 0))), "1")
    )
