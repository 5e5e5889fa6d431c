"""Which way a change of an agreement weighs: who owes more after it, and who less.

A judge answers with burdens; with none where nobody's duty changes; and with None where it cannot tell, which
is said as such. Judges look at the change alone: what it does to the numbers is the plan's to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from accord.agreement.clauses.handover import Checkpoint, FollowUpRule, Touches
from accord.agreement.clauses.people import Person, Side
from accord.agreement.clauses.promised import Promise
from accord.agreement.clauses.quantities import parse_money, parse_share, parse_whole
from accord.agreement.comparing.diff import Change, Kind
from accord.agreement.measures import PROMISABLE, MeasureUnit
from accord.agreement.terms import Agreement
from accord.worktime.duration import Duration, Unit
from accord.worktime.weekly import parse_week

MARKETING, SALES, BOTH = Side.MARKETING, Side.SALES, Side.BOTH


@dataclass(frozen=True)
class Burden:
    """A side that owes more than before, or less."""

    side: Side
    more: bool

    @property
    def gains(self) -> Side | None:
        """Who is better off: the other side of whoever owes more, or whoever owes less; None for both."""
        if self.side is BOTH:
            return None
        return self.side if not self.more else (SALES if self.side is MARKETING else MARKETING)


Burdens = tuple[Burden, ...] | None


@dataclass(frozen=True)
class Case:
    """A change between two agreements; `names` are what stood in the path where the rule has a name."""

    change: Change
    before: Agreement
    after: Agreement
    names: tuple[str, ...]


Judge = Callable[[Case], Burdens]


def neither(_: Case) -> Burdens:
    """Nobody's duty changes."""
    return ()


def unsaid(_: Case) -> Burdens:
    """No table can tell who owes more; people have to read it."""
    return None


def higher(*burdens: Burden) -> Judge:
    """A greater number means these burdens, a smaller one the opposite."""
    return lambda case: _signed(_sign(_number(case.change.before), _number(case.change.after)), burdens)


def shorter(*burdens: Burden) -> Judge:
    """A shorter window means these burdens; a window where there was none counts as shorter."""
    return lambda case: _signed(_minus(_windows(case.change.before, case.change.after)), burdens)


def longer_list(*burdens: Burden) -> Judge:
    """A new entry means these burdens, one that is gone the opposite; of one that changed, nobody knows."""

    def judge(case: Case) -> Burdens:
        signs = {Kind.ADDED: 1, Kind.REMOVED: -1, Kind.REORDERED: 0}
        return _signed(signs.get(case.change.kind), burdens)

    return judge


def more(side: Side) -> Burden:
    return Burden(side, more=True)


def less(side: Side) -> Burden:
    return Burden(side, more=False)


def _signed(sign: int | None, burdens: tuple[Burden, ...]) -> Burdens:
    if sign is None:
        return None
    return tuple(Burden(each.side, each.more == (sign > 0)) for each in burdens) if sign else ()


def _minus(sign: int | None) -> int | None:
    return None if sign is None else -sign


def _sign(before: Fraction | None, after: Fraction | None) -> int | None:
    return None if before is None or after is None else (after > before) - (after < before)


def _number(value: object) -> Fraction | None:
    return Fraction(value) if isinstance(value, int | Fraction | Decimal) else None


def _windows(before: object, after: object) -> int | None:
    """1 if the later window is longer, −1 if shorter, 0 if equal; None if only a calendar could tell."""
    if before is None or after is None:
        return (before is not None) - (after is not None)
    if not isinstance(before, Duration) or not isinstance(after, Duration) or before.wall != after.wall:
        return None
    if before.unit is after.unit:
        return _sign(before.count, after.count)
    by_calendar = {before.unit, after.unit} & {Unit.DAY, Unit.WEEK} and not before.wall
    if by_calendar or Unit.MONTH in (before.unit, after.unit):
        return None
    return _sign(before.seconds, after.seconds)


def first_touch(case: Case) -> Burdens:
    """By what holds for the lead type, said or not; `default` by the leads that say nothing of their own."""
    kind = case.names[0]
    before, after = case.before.first_touch(kind), case.after.first_touch(kind)
    return _signed(_minus(_windows(before, after)), (more(SALES),))


def _owed(cadence: tuple[Checkpoint, ...], by: Checkpoint) -> int:
    return max((point.attempts for point in cadence if _windows(by.by, point.by) in (0, -1)), default=0)


def _cadences(before: tuple[Checkpoint, ...], after: tuple[Checkpoint, ...]) -> int | None:
    """1 if more attempts are owed at some age and fewer at none, −1 for the opposite; None for both."""
    every = (*before, *after)
    if any(_windows(one.by, other.by) is None for one, other in pairwise(every)):
        return None
    signs = {_sign(Fraction(_owed(before, at)), Fraction(_owed(after, at))) for at in every} - {0}
    return None if len(signs) > 1 else next(iter(signs), 0)


def cadence(case: Case) -> Burdens:
    kind = case.names[0] if case.names else None
    before, after = _cadence_of(case.before, kind), _cadence_of(case.after, kind)
    return _signed(_cadences(before, after), (more(SALES),))


def _cadence_of(agreement: Agreement, lead_type: str | None) -> tuple[Checkpoint, ...]:
    rule = agreement.follow_up.lead_types.get(lead_type or "")
    return agreement.follow_up.cadence if rule is None or rule.cadence is None else rule.cadence


def follow_up_rule(case: Case) -> Burdens:
    """A lead type that gets rules of its own, or loses them: against what held or holds for all."""
    kind, signs = case.names[0], set[int | None]()
    signs.add(_cadences(_cadence_of(case.before, kind), _cadence_of(case.after, kind)))
    old, new = _rule(case.before, kind), _rule(case.after, kind)
    signs.add(_minus(_windows(old.decide_within, new.decide_within)))
    signs.add(_touches(old.touches or Touches(), new.touches or Touches()))
    signs.discard(0)
    return _signed(next(iter(signs), 0) if len(signs) < 2 else None, (more(SALES),))


def touches(case: Case) -> Burdens:
    """Touches of its own for one lead type, or no longer."""
    old, new = (_rule(one, case.names[0]).touches or Touches() for one in (case.before, case.after))
    return _signed(_touches(old, new), (more(SALES),))


def _rule(agreement: Agreement, lead_type: str) -> FollowUpRule:
    """What holds for one lead type: its own rule, filled up with the rule for all."""
    general = agreement.follow_up
    own = general.lead_types.get(lead_type, FollowUpRule())
    return FollowUpRule(
        cadence=own.cadence or general.cadence,
        touches=own.touches or general.touches,
        minimum_gap=own.minimum_gap or general.minimum_gap,
        decide_within=own.decide_within or general.decide_within,
    )


def _touches(before: Touches, after: Touches) -> int | None:
    pairs = (
        (before.call, after.call),
        (before.voicemail, after.voicemail),
        (before.email, after.email),
        (before.video, after.video),
    )
    signs = {(new > old) - (new < old) for old, new in pairs} - {0}
    return None if len(signs) > 1 else next(iter(signs), 0)


def attempts_by_machine(case: Case) -> Burdens:
    """Mail sent by a machine no longer counts as an attempt, or counts again."""
    return (more(SALES),) if case.change.after == "never" else (less(SALES),)


def trigger(case: Case) -> Burdens:
    """A hand-off at a later stage asks more of marketing and leaves less to sales."""
    stages = [stage.name for stage in case.after.stages]
    before, after = case.change.before, case.change.after
    if before not in stages or after not in stages:
        return None
    later = stages.index(str(after)) > stages.index(str(before))
    return (Burden(MARKETING, later), Burden(SALES, not later))


def _promises(case: Case) -> tuple[Promise | None, Promise | None]:
    found = [
        next((promise for promise in agreement.promises if promise.id == case.names[0]), None)
        for agreement in (case.before, case.after)
    ]
    return found[0], found[1]


def promise(case: Case) -> Burdens:
    """A promise that is new, or no longer given."""
    old, new = _promises(case)
    if old is None and new is not None:
        return (more(new.side),)
    return (less(old.side),) if old is not None and new is None else None


def promised_target(case: Case) -> Burdens:
    """A higher target of the same measure; what comes from the plan is for the plan to compare."""
    old, new = _promises(case)
    if old is None or new is None or (old.measure, old.side) != (new.measure, new.side):
        return None
    before, after = (_target(each) for each in (old, new))
    return _signed(_sign(before, after), (more(new.side),))


def _target(promise: Promise) -> Fraction | None:
    measure = PROMISABLE.get(promise.measure)
    if measure is None or promise.target is None:
        return None
    try:
        return Fraction(_READ[measure.unit](promise.target))
    except ValueError:  # the parser refuses such a target; two drafts can be compared all the same
        return None


_READ: Mapping[MeasureUnit, Callable[[object], Fraction | Decimal | int]] = {
    MeasureUnit.SHARE: parse_share,
    MeasureUnit.MONEY: parse_money,
    MeasureUnit.LEADS: parse_whole,
}


def promised_by(case: Case) -> Burdens:
    """The same promise, given by somebody else."""
    old, new = _promises(case)
    return None if old is None or new is None else (less(old.side), more(new.side))


def promised_band(case: Case) -> Burdens:
    _, new = _promises(case)
    return None if new is None else higher(less(new.side))(case)


def promised_for(case: Case) -> Burdens:
    """A promise for fewer leads than before, or for more: None stands for all of them."""
    _, new = _promises(case)
    if new is None or case.change.kind is Kind.CHANGED:
        return None
    return (Burden(new.side, case.change.kind is Kind.REMOVED),)


def improvement(case: Case) -> Burdens:
    """Rates lie between marketing's leads and sales' work, so both have to bring an improvement about."""
    return longer_list(more(BOTH))(case)


def improved_by(case: Case) -> Burdens:
    """Sooner asks more."""
    before, after = str(case.change.before), str(case.change.after)  # days, as ISO dates
    return (Burden(BOTH, after < before),)


def criterion_points(case: Case) -> Burdens:
    """More points let more leads qualify, which is easier for marketing and more work for sales."""
    before, after = (
        _number(value if value is None or isinstance(value, int) else getattr(value, "points", None))
        for value in (case.change.before, case.change.after)
    )
    sign = _sign(before or Fraction(0), after or Fraction(0))
    return _signed(sign, (less(MARKETING), more(SALES)))


def weekly_hours(case: Case) -> Burdens:
    """More working hours a week let the same window end sooner; only sales' clocks run by calendars."""
    users = _sides_of_calendar(case.after, case.names[0]) | _sides_of_calendar(case.before, case.names[0])
    if SALES not in users:
        return ()
    before, after = (_minutes(value) for value in (case.change.before, case.change.after))
    return (
        _signed(_sign(before, after), (more(SALES),)) or None
    )  # as long, but at other times: nobody can say


def _minutes(hours: object) -> Fraction | None:
    if not isinstance(hours, dict):
        return None
    return Fraction(sum(end - start for day in parse_week(hours) for start, end in day))


def _sides_of_calendar(agreement: Agreement, name: str) -> set[Side]:
    """The sides whose clocks run by a calendar: of those whose people name it, or of all who name none."""
    first = next(iter(agreement.calendars), None)
    sides = {who.side for who in agreement.people.values() if (who.calendar or first) == name}
    for side in (MARKETING, SALES):
        if name == first and not any(who.side is side for who in agreement.people.values()):
            sides.add(side)
    return sides


def day_off(case: Case) -> Burdens:
    """A day off moves sales' deadlines back."""
    users = _sides_of_calendar(case.after, case.names[0]) | _sides_of_calendar(case.before, case.names[0])
    return longer_list(less(SALES))(case) if SALES in users else ()


def day_worked(case: Case) -> Burdens:
    days = longer_list(more(SALES))(case)
    users = _sides_of_calendar(case.after, case.names[0]) | _sides_of_calendar(case.before, case.names[0])
    return days if SALES in users else ()


def minutes_for_leads(case: Case) -> Burdens:
    """The time that a rep gives to marketing's leads."""
    who = case.after.people.get(case.names[0])
    return higher(more(SALES))(case) if isinstance(who, Person) and who.side is SALES else ()
