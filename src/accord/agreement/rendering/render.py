"""The agreement in plain words: what a new hire reads on the first day, in two screens, and the detail below.

It says only what the agreement says; numbers that follow from it are the plan's to tell (`accord plan`).
"""

from fractions import Fraction

from accord.agreement.clauses.funnels import BETWEEN, Funnel
from accord.agreement.clauses.goals import FurtherGoal, Goal, Improvement
from accord.agreement.clauses.people import Side
from accord.agreement.clauses.promised import Promise
from accord.agreement.clauses.quantities import parse_money, parse_whole, show_percent
from accord.agreement.comparing.saying_words import days, kind_of_lead, length, money, whom
from accord.agreement.measures import PROMISABLE, MeasureUnit
from accord.agreement.rendering.detail import detail, stages
from accord.agreement.rendering.hours import calendars
from accord.agreement.rendering.markdown import (
    bullets,
    escaped,
    listed,
    section,
    spoken,
    stage_name,
    table,
)
from accord.agreement.terms import ONLY_STREAM, Agreement


def render_markdown(agreement: Agreement) -> str:
    """The agreement as Markdown; the same agreement always gives the same text."""
    parts = (
        _head(agreement),
        section("What we promise each other", *_promises(agreement)),
        section("Where the numbers come from", *_goal(agreement), _rates(agreement)),
        section("What our words mean", stages(agreement)),
        section("What happens to a lead", _way(agreement)),
        section("When we work", calendars(agreement)),
        section("Whom to ask", _contacts(agreement)),
        section("When we meet", _meetings(agreement)),
        detail(agreement),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(agreement: Agreement) -> str:
    term, parties, scope = agreement.term, agreement.parties, agreement.scope
    facts = [
        f"# {escaped(agreement.name)}",
        f"Between **{escaped(parties.marketing)}** and **{escaped(parties.sales)}**, from {term.start} to "
        f"{term.end}; we go through it start to finish on {term.reset_review}.",
        f"Version {agreement.version}, {agreement.status}. Goals are for one {term.interval}; "
        f"money is in {agreement.currency}.",
    ]
    covered = {"streams": scope.streams, "segments": scope.segments, "regions": scope.regions}
    lists = [f"{kind} {listed(map(spoken, names))}" for kind, names in covered.items() if names]
    covers = f"It covers the {'; '.join(lists)}." if lists else ""
    facts += [" ".join(part for part in (escaped(scope.about), covers) if part)]
    return "\n\n".join(fact for fact in facts if fact)


def _promises(agreement: Agreement) -> list[str]:
    titles = {
        Side.MARKETING: _titled(agreement.parties.marketing, Side.MARKETING),
        Side.SALES: _titled(agreement.parties.sales, Side.SALES),
        Side.BOTH: "**Both promise**",
    }
    blocks = []
    for side, title in titles.items():
        mine = [promise for promise in agreement.promises if promise.side is side]
        if mine:
            blocks += [title, bullets(_promise(promise, agreement) for promise in mine)]
    return blocks


def _titled(party: str, side: Side) -> str:
    role = "" if party.casefold() == side else f" ({side})"
    return f"**{escaped(party)}{role} promises**"


def _promise(promise: Promise, agreement: Agreement) -> str:
    own = f" {escaped(promise.definition)}" if promise.definition else ""
    if (measure := PROMISABLE.get(promise.measure)) is None:
        return f"**{escaped(promise.id)}**: {spoken(promise.measure)} {escaped(promise.target or '')}.{own}"
    words = measure.sentence.format(target=_target(promise, measure.unit, agreement))
    if promise.source == "plan" and measure.by_plan:
        words = measure.by_plan
    kind = f"of the type {kind_of_lead(agreement, promise.lead_type)}" if promise.lead_type else ""
    stream = f"in {spoken(promise.stream)}" if promise.stream else ""
    only = f" ({' '.join(part for part in (kind, stream) if part)} only)" if kind or stream else ""
    each = f", each {agreement.term.interval}, within {show_percent(promise.band)} either way"
    amount = "" if measure.unit is MeasureUnit.SHARE else each
    by = f" Counted from {escaped(promise.measured_by)}." if promise.measured_by else ""
    return f"**{escaped(promise.id)}**: {words}{only}{amount}.{own}{by}"


def _target(promise: Promise, unit: MeasureUnit, agreement: Agreement) -> str:
    if promise.source == "plan":
        return "the plan's number of"
    if promise.source == "goal" and agreement.goal.revenue is not None:
        return f"{money(agreement.goal.revenue, agreement)}, our whole goal"
    target = promise.target or ""
    if unit is MeasureUnit.MONEY:
        return money(parse_money(target), agreement)
    return f"{parse_whole(target):,}" if unit is MeasureUnit.LEADS else escaped(target)


def _goal(agreement: Agreement) -> list[str]:
    goal, kept = agreement.goal, ""
    if goal.revenue is not None:
        whole = money(goal.revenue, agreement)
    else:
        whole = f"{goal.customers:,} new customers"
    if goal.retention_share:
        kept = f", of which {show_percent(goal.retention_share)} comes from existing customers"
    sentences = [f"Our goal is {whole} each {agreement.term.interval}{kept}."]
    sentences += map(_improvement, goal.improvements)
    others = [_further(item, agreement) for item in goal.others]
    return [" ".join(sentences), _streams(goal, agreement), bullets(others)]


def _further(item: FurtherGoal, agreement: Agreement) -> str:
    counted = f" ({escaped(item.counted)})" if item.counted else ""
    where = f" in {spoken(item.stream)}" if item.stream else ""
    start = f" from {escaped(item.source)}" if item.source else ""
    end = f" to {escaped(item.target)}" if item.target else ""
    by = f" by {item.by}" if item.by else ""
    owner = f"; {whom(agreement, item.owner)} answers for it" if item.owner else ""
    change = f"{start}{end}{by}"
    return f"{escaped(item.goal)}{counted}{where}{':' if change else ''}{change}{owner}"


def _improvement(item: Improvement) -> str:
    where = " in ".join(spoken(name) for name in (item.lead_type, item.stream) if name)
    change = f"from {show_percent(item.source)} to {show_percent(item.target)} by {item.by}"
    return f"We want {_rate(item.rate)}{f' of {where}' if where else ''} to go {change}."


def _streams(goal: Goal, agreement: Agreement) -> str:
    rows = [
        (
            "everything" if name == ONLY_STREAM else spoken(name),
            show_percent(stream.share),
            "" if stream.deal_value is None else money(stream.deal_value, agreement),
            length(stream.cycle),
            show_percent(stream.from_marketing),
        )
        for name, stream in goal.streams.items()
    ]
    return table(
        ("Stream", "Share of new revenue", "Deal value", "Time to close", "From marketing's leads"), rows
    )


def _rates(agreement: Agreement) -> str:
    """One row a lead type and stream: the rates on the way down the funnel."""
    rows = [
        (
            kind_of_lead(agreement, key),
            "" if stream == ONLY_STREAM else spoken(stream),
            "" if funnel.mix is None else show_percent(funnel.mix),
            ", ".join(f"{_rate(rate)} {_share(funnel, rate)}" for rate in funnel.rates),
        )
        for key, kind in agreement.lead_types.items()
        for stream, funnel in kind.streams.items()
    ]
    shown = table(("Lead type", "Stream", "Share of customers", "Rates"), rows)
    return f"What becomes of the leads of each type, as far as we know:\n\n{shown}" if rows else ""


def _share(funnel: Funnel, rate: str) -> str:
    """The percentage first, and behind it what it was counted on: `34% (340 of 1,000)`."""
    share, counted = funnel.rates[rate], funnel.evidence.get(rate)
    if counted is None:
        return show_percent(share)
    return f"{show_percent(Fraction(round(share * 1000), 1000))} ({round(share * counted):,} of {counted:,})"


def _rate(rate: str) -> str:
    return " → ".join(map(stage_name, rate.split(BETWEEN)))


def _way(agreement: Agreement) -> str:
    """From hand-off to return, in the order in which it happens."""
    handoff, back = agreement.handoff, agreement.handoff.return_after
    information = listed(map(escaped, handoff.minimum_information)) or "whatever is known"
    accept, feedback = length(handoff.accept_within), length(handoff.feedback_within)
    touches = listed(
        f"{kind_of_lead(agreement, key)} within **{length(agreement.first_touch(key))}**"
        for key in agreement.lead_types
    )
    track = f" and starts the track {spoken(back.to)}" if back.to else ""
    steps = [
        f"**Hand-off.** At {stage_name(handoff.trigger)} marketing hands a lead off{_receiver(agreement)}, "
        f"with {information}.",
        f"**Verdict.** Sales accepts or rejects it within {accept}; after that it is accepted by silence.",
        f"**Reject.** Only for {listed(map(spoken, handoff.reject_reasons), 'or')}, with the reason within "
        f"{feedback}.",
        f"**First touch.** Sales gets in touch, counted from the hand-off: {touches}.",
        f"**Cadence.** {_cadence(agreement)}",
        f"**Return.** After {back.attempts} attempts without a connect it goes back to marketing{track}.",
    ]
    if handoff.pull_back_after is not None:
        idle = length(handoff.pull_back_after)
        steps.append(f"**Pull-back.** After {idle} without activity marketing takes it back.")
    return "\n".join(f"{at}. {step}" for at, step in enumerate(steps, 1))


def _cadence(agreement: Agreement) -> str:
    points = agreement.follow_up.cadence
    owed = listed(f"{point.attempts} by day {days(point.by)}" for point in points)
    gap = length(agreement.follow_up.minimum_gap)
    by = f": {owed}, in calendar days since the hand-off" if owed else ""
    return f"Until the person is reached, attempts at least {gap} apart{by}."


def _receiver(agreement: Agreement) -> str:
    receive = agreement.handoff.receive
    who = receive.pool or receive.person
    others = [f"{spoken(stream)} to {whom(agreement, pool)}" for stream, pool in receive.streams.items()]
    if receive.catch_all:
        others.append(f"{whom(agreement, receive.catch_all)} gets what nobody can take")
    aside = f" ({'; '.join(others)})" if others else ""
    return f" to {whom(agreement, who)}{aside}" if who else aside


def _contacts(agreement: Agreement) -> str:
    contacts = agreement.contacts.items()
    return bullets(f"{spoken(about)}: {whom(agreement, who)}" for about, who in contacts)


def _meetings(agreement: Agreement) -> str:
    return bullets(
        f"{spoken(name)}: {escaped(meeting.when)}{f' ({escaped(meeting.agenda)})' if meeting.agenda else ''}"
        for name, meeting in agreement.meetings.items()
    )
