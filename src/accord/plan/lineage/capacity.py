"""The sentences that explain what reps can do and how many are needed (F12)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.plan.layout import figure, money
from accord.plan.lineage.reasons import Explanation, Path, Reason
from accord.plan.reps.capacity import PoolCapacity, TypeLoad, minutes_per_lead, reps_of, touch_times
from accord.plan.rounding import half_up

_UNKNOWN = "unknown, since nobody is listed with a known time, or the lead types are alternatives"


@dataclass(frozen=True)
class CapacityTold:
    """Each method answers for one kind of number."""

    agreement: Agreement

    def minutes(self, kind: str, name: str) -> Explanation:
        answer = f"{money(minutes_per_lead(self.agreement, kind))} minutes of a rep's time for one lead"
        return Explanation(name, answer, tuple(self._touches([kind])))

    def reps(self, pool: PoolCapacity, name: str) -> Explanation:
        reasons = [self._time(pool), *self._touches([load.lead_type for load in pool.loads])]
        for minutes in dict.fromkeys(load.minutes_each for load in pool.loads):
            alike = [load for load in pool.loads if load.minutes_each == minutes]
            reasons += _per_rep(pool, minutes, alike)
        if pool.reps_needed is None or pool.reps_exact is None:
            why = "the lead types are alternatives" if pool.alternatives else "nobody's time is known"
            return Explanation(name, f"unknown, since {why}", tuple(reasons))
        if len(pool.loads) > 1:
            reasons.append(Reason(f"Together {figure(pool.reps_exact)}, rounded up {pool.reps_needed}."))
        note = "Leads per rep round down and reps round up. Minutes of a touch are assumptions."
        return Explanation(name, f"{pool.reps_needed} reps are needed", tuple(reasons), (note,))

    def reps_there(self, pool: PoolCapacity, name: str) -> Explanation:
        people = reps_of(self.agreement, pool.pool)
        said = " + ".join(f"{who.count} {who.name or key}" for key, who in people.items())
        paths: tuple[Path, ...] = tuple(("people", key) for key in people)
        reason = Reason(f"{said or 'Nobody is listed'}.", paths)
        return Explanation(name, f"{pool.reps} reps whose time is known", (reason,))

    def leads_per_rep(self, pool: PoolCapacity, name: str) -> Explanation:
        if pool.leads_per_rep is None or pool.leads is None:
            return Explanation(name, _UNKNOWN, ())
        said = f"{money(pool.leads)} leads of a month ÷ {pool.reps} reps = {figure(pool.leads_per_rep)}."
        answer = f"{figure(pool.leads_per_rep)} leads a month fall to each rep"
        return Explanation(name, answer, (Reason(said),))

    def load(self, pool: PoolCapacity, name: str) -> Explanation:
        if pool.load is None or pool.work is None or pool.minutes_each is None:
            return Explanation(name, _UNKNOWN, ())
        there = money(pool.reps * pool.minutes_each)
        said = f"The leads of a month take {money(pool.work)} minutes; {pool.reps} reps have {there}."
        kinds = [load.lead_type for load in pool.loads]
        reasons = (self._time(pool), *self._touches(kinds), Reason(said))
        return Explanation(name, f"{half_up(pool.load * 100, 1)}% of the reps' time is filled", reasons)

    def _time(self, pool: PoolCapacity) -> Reason:
        people = reps_of(self.agreement, pool.pool)
        own = [key for key, who in people.items() if who.minutes_per_month is not None]
        paths: list[Path] = [("people", key, "minutes_per_month") for key in own]
        if len(own) < max(len(people), 1):
            paths += [("capacity", "hours_per_month"), ("capacity", "for_marketing_leads")]
        if pool.minutes_each is None:
            return Reason("Nothing says how much time a rep has for marketing's leads.")
        terms, sum_ = self.agreement.capacity, ""
        if not own and terms.hours_per_month is not None:
            share = terms.for_marketing_leads if terms.for_marketing_leads is not None else Fraction(1)
            sum_ = f"{terms.hours_per_month} h × 60 × {show_percent(share)} = "
        said = f"A rep has {sum_}{money(pool.minutes_each)} minutes a month for marketing's leads."
        return Reason(said, tuple(paths))

    def _touches(self, kinds: Sequence[str]) -> Iterator[Reason]:
        """What a lead is owed, lead types of the same touches together."""
        alike: dict[tuple[str, tuple[Path, ...]], list[str]] = {}
        for kind in dict.fromkeys(kinds):
            alike.setdefault(self._owed(kind), []).append(kind)
        for (owed, paths), same in alike.items():
            yield Reason(f"A lead of type {', '.join(same)} is owed {owed}.", paths)

    def _owed(self, kind: str) -> tuple[str, tuple[Path, ...]]:
        rule = self.agreement.follow_up.lead_types.get(kind)
        own = rule is not None and rule.touches is not None
        base: Path = ("follow_up", "lead_types", kind, "touches") if own else ("follow_up", "touches")
        parts, paths = [], []
        for touch in touch_times(self.agreement, kind):
            paths.append((*base, touch.channel))
            if touch.automated:
                parts.append(f"{touch.touches} {touch.channel} by machine")
                paths.append((*base, "automated"))
            else:
                parts.append(f"{touch.touches} {touch.channel} × {money(touch.each)} min")
                paths.append((*base, "minutes", touch.channel))
        total = money(minutes_per_lead(self.agreement, kind))
        return f"{' + '.join(parts)} = {total} minutes", tuple(paths)


def _per_rep(pool: PoolCapacity, minutes: Fraction, loads: Sequence[TypeLoad]) -> Iterator[Reason]:
    if pool.minutes_each is None or not loads[0].per_rep:
        return
    exact, count, time = pool.minutes_each / minutes, loads[0].per_rep, money(pool.minutes_each)
    down = "" if exact == count else f", rounded down {count:,}"
    yield Reason(f"So a rep follows up {time} ÷ {money(minutes)} = {_plain(exact)}{down} leads a month.")
    for load in loads:
        place = "" if load.stream == ONLY_STREAM else f" in {load.stream}"
        reps = figure(load.leads / count)
        yield Reason(f"{money(load.leads)} leads of {load.label}{place} ÷ {count:,} = {reps} reps.")


def _plain(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else figure(value)
