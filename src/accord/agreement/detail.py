"""The parts of the rendered agreement that explain it: words, calendars, people, and all detail."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from accord.agreement.handover import Criterion, Escalation, FollowUpRule
from accord.agreement.hours import CalendarTerms, Span, Version
from accord.agreement.markdown import bullets, escaped, listed, section, spoken, table
from accord.agreement.quantities import show_percent
from accord.agreement.terms import Agreement
from accord.worktime.duration import Duration, Unit


def money(amount: Decimal, agreement: Agreement) -> str:
    return f"{amount:,} {agreement.currency}"


def whom(agreement: Agreement, key: str) -> str:
    """A person by name, anything else (a pool, a role) by its key."""
    person = agreement.people.get(key)
    return escaped(person.name if person is not None and person.name else key)


_UNITS = {
    Unit.SECOND: "second",
    Unit.MINUTE: "minute",
    Unit.HOUR: "hour",
    Unit.DAY: "day",
    Unit.WEEK: "week",
    Unit.MONTH: "month",
}


def length(duration: Duration) -> str:
    """A length of time in words: 60 minutes, 1 month, 60 days of wall time."""
    number = str(duration).partition(" ")[0]
    plural = "" if duration.count == 1 else "s"
    return f"{number} {_UNITS[duration.unit]}{plural}{' of wall time' if duration.wall else ''}"


def stages(agreement: Agreement) -> str:
    """Each stage with its definition and owner, then the other words that are defined."""
    rows = []
    for stage in agreement.stages:
        meaning = stage.definition or agreement.definitions.get(stage.name, "")
        yes = f" For example {listed(map(escaped, stage.examples))}." if stage.examples else ""
        no = f" Not: {listed(map(escaped, stage.non_examples), 'or')}." if stage.non_examples else ""
        owner = whom(agreement, stage.owner) if stage.owner else ""
        rows.append((escaped(stage.name), f"{escaped(meaning)}{'.' if yes or no else ''}{yes}{no}", owner))
    own = {stage.name for stage in agreement.stages if not stage.definition}
    others = {word: text for word, text in agreement.definitions.items() if word not in own}
    bare = not any(meaning or owner for _, meaning, owner in rows)
    way = " → ".join(name for name, _, _ in rows)
    return "\n\n".join(
        part
        for part in (
            f"Our stages: {way}." if bare else table(("Stage", "Meaning", "Owner"), rows),
            bullets(f"**{escaped(word)}**: {escaped(text)}" for word, text in others.items()),
        )
        if part
    )


def calendars(agreement: Agreement) -> str:
    said = [
        f"**{escaped(name)}** ({escaped(terms.zone)}): {_hours(terms)}"
        for name, terms in agreement.calendars.items()
    ]
    clocks = agreement.clocks
    rules = [
        "Times are working time of these calendars, unless they say wall; the last second is still in time."
    ]
    if clocks.pauses:
        rules.append(f"A clock stands still only for {listed(map(spoken, clocks.pauses), 'or')}.")
    within = f" within {length(clocks.excuse_within)}" if clocks.excuse_within else ""
    rules.append(f"Only the {clocks.excused_by} may excuse a breach{within}; it stays on record.")
    if clocks.quiet_hours:
        rules.append(f"Nobody is alerted during {escaped(clocks.quiet_hours)}.")
    return f"{bullets(said)}\n\n{' '.join(rules)}"


def _hours(terms: CalendarTerms) -> str:
    parts = [_week(terms)]
    if terms.closed:
        parts.append(f"closed {listed(map(_span, terms.closed))}")
    if terms.open:
        parts.append(f"open {listed(f'{day.on}{_windows(day.hours)}' for day in terms.open)}")
    if terms.half_days:
        parts.append(
            f"half days {listed(f'{day}{_windows(hours)}' for day, hours in terms.half_days.items())}"
        )
    parts += [f"from {later.start} {_week(later)}" for later in terms.versions]
    return "; ".join(parts)


def _week(version: Version) -> str:
    days = [f"{escaped(days)}{_windows(windows)}" for days, windows in version.hours.items()]
    national = version.holidays
    region = f" ({escaped(national.subdivision)})" if national and national.subdivision else ""
    until = f", half days until {national.half_days_until}" if national and national.half_days_until else ""
    return "; ".join(days + ([f"holidays of {national.country}{region}{until}"] if national else []))


def _windows(windows: Iterable[str]) -> str:
    said = listed(map(escaped, windows))
    return f" {said}" if said else ""


def _span(span: Span) -> str:
    days = f"{span.start}" if span.start == span.end else f"{span.start} to {span.end}"
    return f"{days} ({escaped(span.name)})" if span.name else days


def detail(agreement: Agreement) -> str:
    """Everything that the first two screens left out, each part only where something is said."""
    parts = (
        section("In detail: people", _people(agreement)),
        section("In detail: when a lead is ready", *_qualification(agreement)),
        section("In detail: what goes with a lead", _shared(agreement)),
        section("In detail: follow-up", _follow_up(agreement)),
        section("In detail: nurture", _nurture(agreement)),
        section("In detail: value, flow and capacity", _numbers(agreement)),
        section("In detail: who is told when", bullets(map(_escalation, agreement.escalation))),
        section("In detail: what else we watch", _kpis(agreement)),
        section(
            "In detail: assumptions", bullets(map(escaped, (*agreement.assumptions, *agreement.calculation)))
        ),
    )
    return "\n\n".join(part for part in parts if part)


def _people(agreement: Agreement) -> str:
    rows = [
        (
            escaped(person.name or key) + (f" × {person.count}" if person.count > 1 else ""),
            f"{person.side}, {person.role}",
            escaped(person.pool or ""),
            escaped(person.calendar or ""),
            whom(agreement, person.backup) if person.backup else "",
            escaped(person.email or ""),
        )
        for key, person in agreement.people.items()
    ]
    return table(("Who", "Side and role", "Pool", "Calendar", "Backup", "E-mail"), rows) if rows else ""


def _qualification(agreement: Agreement) -> list[str]:
    terms = agreement.qualification
    rules = {
        "A lead is an MQL when": terms.mql,
        "Sales confirms it as an SQL when": terms.sql,
        "It qualifies at once by": listed(map(escaped, terms.auto_qualify), "or"),
        "Around this go": listed(map(escaped, terms.route_around)),
    }
    axes = {"Fit": terms.fit, "Interest": terms.interest}
    lists = [
        f"{axis}:\n\n{bullets(map(_criterion, criteria))}" for axis, criteria in axes.items() if criteria
    ]
    grades = [
        f"{axis} {', '.join(f'{escaped(grade)} from {points}' for grade, points in steps.items())}"
        for axis, steps in terms.grades.items()
    ]
    out = [f"{escaped(rule.when)} ({spoken(rule.reason or 'no reason given')})" for rule in terms.disqualify]
    return [
        bullets(
            f"{words} {escaped(said) if said in (terms.mql, terms.sql) else said}."
            for words, said in rules.items()
            if said
        ),
        *lists,
        f"Grades: {'; '.join(grades)}." if grades else "",
        f"Ruled out: {listed(out)}." if out else "",
    ]


def _criterion(rule: Criterion) -> str:
    fades = f", half after {length(rule.half_life)}" if rule.half_life else ""
    return f"{escaped(rule.when)}: {rule.points:+d}{fades}"


def _shared(agreement: Agreement) -> str:
    handoff = agreement.handoff
    lines = [f"at {escaped(stage)}: {listed(map(escaped, what))}" for stage, what in handoff.shared.items()]
    if handoff.carrier:
        lines.append(f"by {escaped(handoff.carrier)}")
    if handoff.notice:
        lines.append(f"announced by {listed(map(escaped, handoff.notice))}")
    reasons = handoff.return_after.reasons.items()
    lines += [f"returned for {spoken(reason)}: track {spoken(track)}" for reason, track in reasons]
    return bullets(lines)


def _follow_up(agreement: Agreement) -> str:
    terms, touches = agreement.follow_up, agreement.follow_up.touches
    counts = {
        "calls": touches.call,
        "voicemails": touches.voicemail,
        "e-mails": touches.email,
        "videos": touches.video,
    }
    owed = listed(f"{count} {kind}" for kind, count in counts.items() if count)
    lines = [f"one lead is owed {owed or 'no touches'}"]
    if touches.automated:
        lines.append(f"sent by a machine: {listed(map(escaped, touches.automated))}")
    lines.append(f"mail sent by a machine counts for {terms.automated_email_counts}, never for speed")
    lines.append(f"given up only for {listed(map(spoken, terms.disqualify_reasons), 'or')}")
    if terms.data_entry:
        within = f" within {length(terms.data_entry_within)}" if terms.data_entry_within else ""
        lines.append(f"recorded of every attempt: {listed(map(escaped, terms.data_entry))}{within}")
    lines += [f"{spoken(kind)}: {_rule(rule)}" for kind, rule in terms.lead_types.items()]
    return bullets(lines)


def days(age: Duration) -> str:
    """The age of a lead in whole or broken days of calendar time."""
    return f"{float(age.seconds / 86_400):g}"


def _rule(rule: FollowUpRule) -> str:
    said = [f"{point.attempts} attempts by day {days(point.by)}" for point in rule.cadence or ()]
    if rule.minimum_gap is not None:
        said.append(f"at least {length(rule.minimum_gap)} apart")
    if rule.decide_within is not None:
        said.append(f"a verdict within {length(rule.decide_within)}")
    return listed(said)


def _nurture(agreement: Agreement) -> str:
    lines = []
    for name, track in agreement.nurture.tracks.items():
        steps = ", ".join(f"{escaped(step.asset)} after {length(step.after)}" for step in track.steps)
        by_hand = "; sales may start it by hand" if track.start_by_hand else ""
        about = f" {escaped(track.about)}" if track.about else ""
        lines.append(f"**{spoken(name)}** ({escaped(track.stage)}):{about} {steps}{by_hand}")
    return bullets(lines)


def _numbers(agreement: Agreement) -> str:
    value, flow, capacity = agreement.value, agreement.delivery, agreement.capacity
    prices = listed(f"{escaped(key)} {money(price, agreement)}" for key, price in value.prices.items())
    by = value.by.replace("_", " ")
    lines = [
        f"a lead is worth, by {by}: {prices}" if prices else "a lead is worth its rates times the deal value"
    ]
    line, every = f"the goal line by {agreement.goal_line}", agreement.term.interval
    lines.append(f"the running total stays within {show_percent(flow.flow_band)} of {line}")
    lines.append(f"{flow.over_delivery_alarm} {every}s in a row above the band are told to both heads")
    spread = f"spread over the next {flow.carry_over}" if flow.carry_over else "not carried over"
    lines.append(f"what is missing at the end is {spread}")
    if capacity.hours_per_month:
        share = (
            show_percent(capacity.for_marketing_leads) if capacity.for_marketing_leads is not None else "part"
        )
        lines.append(
            f"a rep works {capacity.hours_per_month} hours a month, {share} of it on marketing's leads"
        )
    lines.append(f"whose lead it is: {agreement.attribution}")
    return bullets(lines)


def _escalation(step: Escalation) -> str:
    when = (
        f"{length(step.after)} after the breach"
        if step.after
        else f"at {show_percent(step.at or Fraction(0))} of the window"
    )
    return f"{when}: {listed(map(escaped, step.tell))}"


def _kpis(agreement: Agreement) -> str:
    lines = []
    for side, kpis in agreement.kpis.items():
        for kpi in kpis:
            meaning = f", {escaped(kpi.definition)}" if kpi.definition else ""
            goal = f": {escaped(kpi.goal)}" if kpi.goal else ""
            lines.append(f"{side}: {escaped(kpi.name)}{meaning}{goal}")
    return bullets(lines)
