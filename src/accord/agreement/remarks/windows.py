"""Remarks on windows: the first touch, the verdict, and what is due while they are open."""

from accord.agreement.clauses.handover import FIRST_TOUCH
from accord.agreement.reading.text import Path
from accord.agreement.remarks.held import always_later, are_due, held, wall_time
from accord.agreement.remarks.remark import Case, Remark, Remarks
from accord.agreement.remarks.week import weeks
from accord.worktime.duration import Duration

_LONGEST_ACCEPT = Duration.parse("72 h")  # of working time: as long as anybody should need (DOMAIN 2.6)


def own_first_touch(case: Case) -> Remarks:
    """S0.26, Roberge: a demo is not a download."""
    said = case.agreement.follow_up.first_touch
    for key in case.agreement.lead_types:
        if key not in said and "default" not in said:
            what = f"no first touch is said for {key}, so {case.agreement.first_touch(key)} holds"
            yield Remark(("lead_types", key), what, "say it under follow_up.first_touch")


def first_touch_is_used(case: Case) -> Remarks:
    kinds = case.agreement.lead_types
    for key in case.agreement.follow_up.first_touch:
        if key in FIRST_TOUCH and key not in kinds and key != "default":
            what = f"a first touch is promised for {key}, but there is no such lead type"
            yield Remark(("follow_up", "first_touch", key), what, "add the lead type, or drop this")


def touched_before_accepted(case: Case) -> Remarks:
    window, every = case.agreement.handoff.accept_within, list(weeks(case.agreement))
    for key in case.agreement.lead_types:
        touch = case.agreement.first_touch(key)
        if always_later(every, touch, window):
            what = f"{key} is accepted by silence after {window}, before its first touch is due after {touch}"
            yield Remark(("handoff", "accept_within"), what, "accept later, or touch sooner")


def accepted_soon_enough(case: Case) -> Remarks:
    """A verdict comes before work, so it must not wait until attempts are owed."""
    window, every = case.agreement.handoff.accept_within, list(weeks(case.agreement))
    for rule in held(case.agreement):
        if rule.cadence and always_later(every, window, wall_time(rule.cadence[0].by)):
            due = f"{are_due(rule.cadence[0], rule.name)} by {rule.cadence[0].by}"
            what = f"a lead can be refused for {window}, but {due}"
            allowed = "shorten handoff.accept_within: a lead is refused before any contact"
            yield Remark(("handoff", "accept_within"), what, allowed)
            return
    if always_later(every, window, _LONGEST_ACCEPT):
        what = f"a lead can be refused for {window}, longer than {_LONGEST_ACCEPT}"
        yield Remark(("handoff", "accept_within"), what, "24 h is usual: nobody works on it in the meantime")


def decided_while_open(case: Case) -> Remarks:
    """The window for a verdict, for all and by lead type."""
    window, terms = case.agreement.handoff.accept_within, case.agreement.follow_up
    every = list(weeks(case.agreement))
    said: dict[Path, Duration] = {("follow_up", "decide_within"): terms.decide_within}
    for key, rule in terms.lead_types.items():
        if rule.decide_within is not None:
            said["follow_up", "lead_types", key, "decide_within"] = rule.decide_within
    for path, decide in said.items():
        if always_later(every, decide, window):
            what = f"sales has {decide} to decide, but leads are accepted by silence after {window}"
            yield Remark(path, what, "let follow_up.decide_within be as long as handoff.accept_within")


def touched_before_checkpoint(case: Case) -> Remarks:
    every = list(weeks(case.agreement))
    cadences = {rule.lead_type: rule for rule in held(case.agreement)}
    for key in case.agreement.lead_types:
        rule = cadences.get(key) or cadences.get(None)
        touch = case.agreement.first_touch(key)
        if rule is not None and rule.cadence and always_later(every, touch, wall_time(rule.cadence[0].by)):
            first = rule.cadence[0]
            what = f"{key} is first touched within {touch}, but {are_due(first)} by {first.by}"
            yield Remark(("follow_up", "first_touch", key), what, "touch sooner, or check later")
