"""The parts of the rendered agreement that explain it: words, calendars, people, and all detail."""

from fractions import Fraction

from accord.agreement.clauses.funnels import Stage
from accord.agreement.clauses.handover import Criterion, Escalation
from accord.agreement.clauses.people import Person
from accord.agreement.clauses.promised import Kpi
from accord.agreement.clauses.quantities import show_percent
from accord.agreement.comparing.saying_words import length, whom
from accord.agreement.rendering import numbers as detail_numbers
from accord.agreement.rendering.follow_up import follow_up
from accord.agreement.rendering.hours import shown_span
from accord.agreement.rendering.markdown import (
    bullets,
    escaped,
    listed,
    section,
    spoken,
    stage_name,
    table,
)
from accord.agreement.rendering.words import MARK, NOTE, USUAL_STAGES, USUAL_WORDS
from accord.agreement.terms import Agreement


def stages(agreement: Agreement) -> str:
    """Each stage with its definition and owner, then the other words; usual meanings where none is given."""
    rows = [_stage(stage, agreement) for stage in agreement.stages]
    own = {stage.name for stage in agreement.stages if not stage.definition}
    others = [
        f"**{escaped(word)}**: {escaped(text)}"
        for word, text in agreement.definitions.items()
        if word not in own
    ]
    defined = {word.casefold() for word in agreement.definitions}
    others += [f"**{word}**: {text} {MARK}" for word, text in USUAL_WORDS.items() if word not in defined]
    bare = not any(meaning or owner for _, meaning, owner in rows)
    way = " → ".join(name for name, _, _ in rows)
    shown = f"Our stages: {way}." if bare else table(("Stage", "Meaning", "Owner"), rows)
    listed_others = bullets(others)
    note = NOTE if MARK in shown + listed_others else ""
    return "\n\n".join(part for part in (shown, listed_others, note) if part)


def _stage(stage: Stage, agreement: Agreement) -> tuple[str, str, str]:
    """Name, meaning and owner of one stage, for its row."""
    usual = USUAL_STAGES.get(stage.name.casefold(), "")
    said = stage.definition or agreement.definitions.get(stage.name, "")
    meaning = escaped(said) if said else f"{usual} {MARK}" if usual else ""
    yes = f" For example {listed(map(escaped, stage.examples))}." if stage.examples else ""
    no = f" Not: {listed(map(escaped, stage.non_examples), 'or')}." if stage.non_examples else ""
    owner = whom(agreement, stage.owner) if stage.owner else ""
    return stage_name(stage.name), f"{meaning}{'.' if yes or no else ''}{yes}{no}", owner


def detail(agreement: Agreement) -> str:
    """Everything that the first two screens left out, each part only where something is said."""
    parts = (
        section("In detail: the term", _term(agreement)),
        section("In detail: people", _people(agreement)),
        section("In detail: whom we sell to", _profiles(agreement)),
        section("In detail: when a lead is ready", *_qualification(agreement)),
        section("In detail: what goes with a lead", _shared(agreement)),
        section("In detail: follow-up", follow_up(agreement)),
        section("In detail: nurture", _nurture(agreement)),
        section("In detail: what prospects are promised", _commitments(agreement)),
        section("In detail: streams", detail_numbers.streams(agreement)),
        section("In detail: lead types", detail_numbers.lead_types(agreement)),
        section("In detail: value, flow and capacity", detail_numbers.numbers(agreement)),
        section("In detail: who is told when", bullets(map(_escalation, agreement.escalation))),
        section("In detail: what else we watch", _kpis(agreement)),
        section(
            "In detail: assumptions", bullets(map(escaped, (*agreement.assumptions, *agreement.calculation)))
        ),
    )
    return "\n\n".join(part for part in parts if part)


def _term(agreement: Agreement) -> str:
    term = agreement.term
    lines = [
        f"both sides review progress every {term.review}",
        f"the rates are measured anew every {term.refresh}, at least",
    ]
    if term.reset_when:
        lines.append(f"it is reset before its end on {listed(map(escaped, term.reset_when), 'or')}")
    if agreement.supersedes:
        lines.append(f"it supersedes {escaped(agreement.supersedes)}")
    return bullets(lines)


def _profiles(agreement: Agreement) -> str:
    lines = []
    for name, profile in agreement.profiles.items():
        parts = [escaped(profile.about)] if profile.about else []
        if profile.signs:
            parts.append(f"good signs: {listed(map(escaped, profile.signs))}")
        if profile.warnings:
            parts.append(f"warnings: {listed(map(escaped, profile.warnings))}")
        if profile.evidence:
            parts.append(f"this rests on {escaped(profile.evidence)}")
        lines.append(f"**{spoken(name)}**{': ' if parts else ''}{'; '.join(parts)}")
    return bullets(lines)


def _commitments(agreement: Agreement) -> str:
    lines = []
    for name, item in agreement.commitments.items():
        who = f", kept by {whom(agreement, item.owner)}" if item.owner else ""
        about = f": {escaped(item.about)}" if item.about else ""
        lines.append(f"**{spoken(name)}** within {length(item.within)}{who}{about}")
    return bullets(lines)


def _presence(person: Person) -> str:
    """When a person is there, and for how long a month."""
    parts = []
    if person.since:
        parts.append(f"from {person.since}")
    if person.until:
        parts.append(f"until {person.until}")
    if person.away:
        parts.append(f"away {listed(map(shown_span, person.away))}")
    if person.minutes_per_month is not None:
        parts.append(f"{person.minutes_per_month:,} minutes a month")
    return "; ".join(parts)


def _people(agreement: Agreement) -> str:
    rows = [
        (
            escaped(person.name or key) + (f" × {person.count}" if person.count > 1 else ""),
            escaped(key) if person.name else "",
            f"{person.side}, {person.role}",
            escaped(person.pool or ""),
            escaped(person.calendar or ""),
            whom(agreement, person.backup) if person.backup else "",
            _presence(person),
            escaped(person.email or ""),
            escaped(person.key or ""),
        )
        for key, person in agreement.people.items()
    ]
    head = ("Who", "Short", "Side and role", "Pool", "Calendar", "Backup", "Presence", "E-mail", "Key")
    return table(head, rows) if rows else ""


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
        bullets(
            f"On the list of **{spoken(name)}**: {listed(map(escaped, values), 'or')}."
            for name, values in terms.lists.items()
        ),
    ]


def _criterion(rule: Criterion) -> str:
    fades = f", half after {length(rule.half_life)}" if rule.half_life else ""
    return f"{escaped(rule.when)}: {rule.points:+d}{fades}"


def _shared(agreement: Agreement) -> str:
    handoff = agreement.handoff
    lines = [
        f"at {stage_name(stage)}: {listed(map(escaped, what))}" for stage, what in handoff.shared.items()
    ]
    if handoff.deliver_within:
        lines.append(f"marketing hands a lead off within {length(handoff.deliver_within)}")
    if handoff.carrier:
        lines.append(f"by {escaped(handoff.carrier)}")
    if handoff.notice:
        lines.append(f"announced by {listed(map(escaped, handoff.notice))}")
    reasons = handoff.return_after.reasons.items()
    lines += [f"returned for {spoken(reason)}: track {spoken(track)}" for reason, track in reasons]
    return bullets(lines)


def _nurture(agreement: Agreement) -> str:
    lines = []
    for name, track in agreement.nurture.tracks.items():
        steps = ", ".join(f"{escaped(step.asset)} after {length(step.after)}" for step in track.steps)
        by_hand = "; sales may start it by hand" if track.start_by_hand else ""
        about = f" {escaped(track.about)}" if track.about else ""
        lines.append(f"**{spoken(name)}** ({escaped(track.stage)}):{about} {steps}{by_hand}")
    return bullets(lines)


def _escalation(step: Escalation) -> str:
    when = (
        f"{length(step.after)} after the breach"
        if step.after
        else f"at {show_percent(step.at or Fraction(0))} of the window"
    )
    return f"{when}: {listed(map(escaped, step.tell))}"


def _kpis(agreement: Agreement) -> str:
    kpis = [(side, kpi) for side, some in agreement.kpis.items() for kpi in some]
    return bullets(f"{side}: {_kpi(kpi, agreement)}" for side, kpi in kpis)


def _kpi(kpi: Kpi, agreement: Agreement) -> str:
    meaning = f", {escaped(kpi.definition)}" if kpi.definition else ""
    goal = f": {escaped(kpi.goal)}" if kpi.goal else ""
    band = "" if kpi.band is None else f" within {show_percent(kpi.band)} either way"
    owner = f", watched by {whom(agreement, kpi.owner)}" if kpi.owner else ""
    return f"{escaped(kpi.name)}{meaning}{goal}{band}{owner}"
