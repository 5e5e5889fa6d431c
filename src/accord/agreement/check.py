"""What an agreement may say but probably should not: remarks, after the parser has found no errors.

Each rule is one small function in the table at the end. A warning says that something will not work as
meant, advice that it could be better.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from accord.agreement.handover import FIRST_TOUCH, Checkpoint
from accord.agreement.parse import Written
from accord.agreement.people import Role, Side
from accord.agreement.terms import Agreement, GoalLine
from accord.agreement.text import Path
from accord.errors import Problem, Severity
from accord.worktime.duration import Duration


@dataclass(frozen=True)
class Remark:
    """One thing to think about: where, what, and what to do."""

    path: Path
    what: str
    allowed: str


Remarks = Iterator[Remark]
_SIDES = (Side.MARKETING, Side.SALES)


def check(agreement: Agreement, on: date | None = None, written: Written | None = None) -> list[Problem]:
    """Warnings and advice on an agreement that has no errors, in the order of the text, then of the table.

    `on` is the day by which its term is judged; without it nothing is said about time. `written` (from
    `parse.read_written`) gives each remark its file and line; without it the file is empty and the line 0.
    """
    found = []
    for severity, rule in _RULES:
        for remark in rule(agreement):
            found.append(_problem(severity, remark, written))
    for remark in _time(agreement, on) if on is not None else ():
        found.append(_problem(Severity.WARNING, remark, written))
    return sorted(found, key=lambda problem: problem.line)


def _problem(severity: Severity, remark: Remark, written: Written | None) -> Problem:
    if written is None:
        path = ".".join(map(str, remark.path))
        return Problem("", 0, path, remark.what, remark.allowed, severity)
    line, path = written.place(remark.path)
    return Problem(written.file, line, path, remark.what, remark.allowed, severity)


def _time(agreement: Agreement, on: date) -> Remarks:
    term = agreement.term
    if on < term.start:
        yield Remark(("term",), f"the term has not begun on {on}", f"it holds from {term.start}")
    elif on > term.end:
        yield Remark(
            ("term",), f"the term has ended before {on}", "renew it start to finish, then sign again"
        )
    elif on >= term.reset_review > term.start and term.reset_review != term.end:
        what = f"the reset review of {term.reset_review} is due by {on}"
        yield Remark(("term", "reset_review"), what, "go through it start to finish, then move the review")


def _both_sides_promise(agreement: Agreement) -> Remarks:
    """S1.20: the agreement holds both sides to something."""
    sides = {promise.side for promise in agreement.promises}
    for side in _SIDES:
        if side not in sides:
            yield Remark(
                ("promises",), f"{side} promises nothing of its own", "an agreement binds both sides"
            )


def _somebody_signs(agreement: Agreement) -> Remarks:
    for side in _SIDES:
        if not any(who.side is side and who.role is Role.HEAD for who in agreement.people.values()):
            yield Remark(("people",), f"nobody can sign for {side}", f"give one person of {side} role: head")


def _rates_are_known(agreement: Agreement) -> Remarks:
    for key, kind in agreement.lead_types.items():
        if not any(funnel.rates for funnel in kind.streams.values()):
            what = "no rates are given, so no plan can say how many of these leads are needed"
            yield Remark(("lead_types", key), what, "add rates such as mql_to_sql: 34%")
        for stream, funnel in kind.streams.items():
            for rate, share in funnel.rates.items():
                if not share:
                    path: Path = ("lead_types", key, "streams", stream, "rates", rate)
                    yield Remark(path, "at a rate of 0% no number of leads is enough", "write the real rate")


def _streams_have_leads(agreement: Agreement) -> Remarks:
    fed = {stream for kind in agreement.lead_types.values() for stream in kind.streams}
    for name, stream in agreement.goal.streams.items():
        path: Path = ("goal", "streams", name)
        if stream.from_marketing and name not in fed:
            yield Remark(path, "no lead type feeds this stream", "add its rates under a lead type")
        if agreement.goal.revenue is not None and stream.deal_value is None:
            what = "no deal value is given, so no plan can say how many customers are needed"
            yield Remark(path, what, "add deal_value")


def _own_first_touch(agreement: Agreement) -> Remarks:
    """S0.26, Roberge: speed is promised by lead type, for a demo is not a download."""
    said = agreement.follow_up.first_touch
    for key in agreement.lead_types:
        if key not in said and "default" not in said:
            what = f"no first touch is said for {key}, so {agreement.first_touch(key)} holds"
            yield Remark(("lead_types", key), what, "say it under follow_up.first_touch")


def _first_touch_is_used(agreement: Agreement) -> Remarks:
    for key in agreement.follow_up.first_touch:
        if key in FIRST_TOUCH and key not in agreement.lead_types and key != "default":
            what = f"a first touch is promised for {key}, but there is no such lead type"
            yield Remark(("follow_up", "first_touch", key), what, "add the lead type, or drop this")


def _longer(one: Duration, other: Duration) -> bool:
    """Whether `one` is surely longer: only lengths of the same clock and unit kind can be compared."""
    days = {one.unit, other.unit} & {"d", "w"}
    comparable = one.wall == other.wall and (one.unit == other.unit or one.wall or not days)
    return comparable and one.seconds > other.seconds


def _touched_before_accepted(agreement: Agreement) -> Remarks:
    window = agreement.handoff.accept_within
    for key in agreement.lead_types:
        touch = agreement.first_touch(key)
        if _longer(touch, window):
            what = f"{key} is accepted by silence after {window}, before its first touch is due after {touch}"
            yield Remark(("handoff", "accept_within"), what, "accept later, or touch sooner")


def _decided_while_open(agreement: Agreement) -> Remarks:
    window, decide = agreement.handoff.accept_within, agreement.follow_up.decide_within
    if _longer(decide, window):
        what = f"sales has {decide} to decide, but leads are accepted by silence after {window}"
        yield Remark(("follow_up", "decide_within"), what, "let both be the same")


def _cadence_fits_return(agreement: Agreement) -> Remarks:
    limit = agreement.handoff.return_after.attempts
    rules = {key: rule.cadence for key, rule in agreement.follow_up.lead_types.items() if rule.cadence}
    cadences: dict[Path, tuple[Checkpoint, ...]] = {("follow_up", "cadence"): agreement.follow_up.cadence}
    cadences |= {("follow_up", "lead_types", key, "cadence"): cadence for key, cadence in rules.items()}
    for path, cadence in cadences.items():
        if cadence and cadence[-1].attempts > limit:
            what = f"{cadence[-1].attempts} attempts are owed, but leads go back after {limit}"
            yield Remark(path, what, "raise handoff.return_after.attempts, or owe fewer")


def _nothing_is_lost(agreement: Agreement) -> Remarks:
    """DOMAIN 5.12: leads without an owner must be none."""
    if agreement.handoff.receive.pool is not None and agreement.handoff.receive.catch_all is None:
        what = "nobody gets the leads that nobody in the pool can take"
        yield Remark(("handoff", "receive"), what, "name one person as catch_all")


def _working_days_are_known(agreement: Agreement) -> Remarks:
    marketing = [who for who in agreement.people.values() if who.side is Side.MARKETING]
    if agreement.goal_line is GoalLine.WORKING_DAYS and not any(who.calendar for who in marketing):
        what = "the goal line follows marketing's working days, but nobody in marketing has a calendar"
        yield Remark(("goal_line",), what, "give one of them a calendar")


_RULES: tuple[tuple[Severity, Callable[[Agreement], Remarks]], ...] = (
    (Severity.WARNING, _both_sides_promise),
    (Severity.WARNING, _rates_are_known),
    (Severity.WARNING, _streams_have_leads),
    (Severity.WARNING, _first_touch_is_used),
    (Severity.WARNING, _touched_before_accepted),
    (Severity.WARNING, _decided_while_open),
    (Severity.WARNING, _cadence_fits_return),
    (Severity.WARNING, _working_days_are_known),
    (Severity.ADVICE, _own_first_touch),
    (Severity.ADVICE, _nothing_is_lost),
    (Severity.ADVICE, _somebody_signs),
)
