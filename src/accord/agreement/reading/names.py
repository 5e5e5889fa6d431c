"""The names that an agreement defines, and the rules that whoever uses one must use a defined one.

Names are taken from the text as it was written, so that a person with a bad calendar is still a person, and
one mistake is reported once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accord.agreement.clauses.clause import quoted
from accord.agreement.clauses.funnels import MOST_STAGES, STAGES
from accord.agreement.clauses.goals import ONLY_STREAM
from accord.agreement.clauses.handover import FIRST_TOUCH, TOLD
from accord.agreement.clauses.people import Side
from accord.agreement.reading.text import Path
from accord.agreement.terms import Agreement
from accord.errors import nearest

CHANNELS = ("call", "voicemail", "email", "video")
_SIDES = frozenset(map(str, (Side.MARKETING, Side.SALES, Side.BOTH, Side.OPERATIONS)))
_OWNER = "side, person or pool"


@dataclass(frozen=True)
class Finding:
    """Two parts of an agreement that do not fit together: where, what is wrong, what is allowed.

    It holds only where what stands at `path`, and at each of `rests_on`, could be read.
    """

    path: Path
    what: str
    allowed: str = ""
    rests_on: tuple[Path, ...] = ()


Findings = Iterator[Finding]


@dataclass(frozen=True)
class Names:
    """What the text defines; None where that part is so broken that nobody can tell."""

    calendars: frozenset[str] | None
    people: frozenset[str] | None
    pools: frozenset[str]
    streams: frozenset[str] | None
    stages: tuple[str, ...]
    lead_types: frozenset[str] | None
    tracks: frozenset[str] | None

    @property
    def who(self) -> frozenset[str] | None:
        """People and pools together."""
        return None if self.people is None else self.people | self.pools

    @property
    def owners(self) -> frozenset[str] | None:
        """Whoever can answer for something: people, pools and sides."""
        return None if self.who is None else self.who | _SIDES


def names_in(raw: Mapping[str, object]) -> Names:
    """The names defined in an agreement as it was written, shorthands included."""
    people = raw.get("people", {})
    entries = people.values() if isinstance(people, Mapping) else ()
    pools = {str(who["pool"]) for who in entries if isinstance(who, Mapping) and "pool" in who}
    goal, nurture = raw.get("goal"), raw.get("nurture", {})
    streams = goal.get("streams", {ONLY_STREAM: {}}) if isinstance(goal, Mapping) else {ONLY_STREAM: {}}
    return Names(
        calendars=_keys(raw.get("calendars", {"office": {}})),
        people=_keys(people),
        pools=frozenset(pools),
        streams=_keys(streams) if goal else None,
        stages=_stage_names(raw.get("stages")),
        lead_types=_keys(raw.get("lead_types")),
        tracks=_keys(nurture.get("tracks", {}) if isinstance(nurture, Mapping) else None),
    )


def _keys(section: object) -> frozenset[str] | None:
    return frozenset(map(str, section)) if isinstance(section, Mapping) else None


def _stage_names(stages: object) -> tuple[str, ...]:
    if not isinstance(stages, list) or len(stages) > MOST_STAGES:
        return STAGES
    return tuple(str(stage.get("name", "")) if isinstance(stage, Mapping) else str(stage) for stage in stages)


def known_as(
    path: Path, kind: str, name: str | None, names: frozenset[str] | None, *rests_on: Path
) -> Findings:
    """A finding unless `name` is one of `names`, or not given, or nobody can tell."""
    if name is None or names is None or name in names:
        return
    hint = nearest(name, names).removeprefix("; ") or f"the agreement defines no {kind}"
    yield Finding(path, f"no {kind} is called {quoted(name)}", hint, rests_on)


def people_fit(agreement: Agreement, names: Names) -> Findings:
    for key, person in agreement.people.items():
        yield from known_as(("people", key, "calendar"), "calendar", person.calendar, names.calendars)
        yield from known_as(("people", key, "backup"), "person", person.backup, names.people)


def lead_types_fit(agreement: Agreement, names: Names) -> Findings:
    for key, kind in agreement.lead_types.items():
        yield from known_as(("lead_types", key, "owner"), "person", kind.owner, names.people)
        for stream in kind.streams:
            path: Path = ("lead_types", key, "streams", stream)
            if stream == ONLY_STREAM and names.streams and stream not in names.streams:
                what = "the rates name no stream, but the goal has several"
                yield Finding(path, what, f"write them under `streams`: {', '.join(sorted(names.streams))}")
            else:
                yield from known_as(path, "stream", stream, names.streams)


def scope_fits(agreement: Agreement, names: Names) -> Findings:
    for at, stream in enumerate(agreement.scope.streams):
        yield from known_as(("scope", "streams", at), "stream", stream, names.streams)


def stages_fit(agreement: Agreement, names: Names) -> Findings:
    """Each stage stands once, and its owner is a side, a person or a pool."""
    for at, stage in enumerate(agreement.stages):
        yield from known_as(("stages", at, "owner"), _OWNER, stage.owner, names.owners)
        if stage.name in names.stages[:at]:
            what = f"the stage {quoted(stage.name)} stands twice"
            yield Finding(("stages", at), what, "keep one", (("stages",),))


def owners_fit(agreement: Agreement, names: Names) -> Findings:
    """Whoever answers for a further goal, a commitment or a figure is a side, a person or a pool."""
    for at, further in enumerate(agreement.goal.others):
        path: Path = ("goal", "others", at)
        yield from known_as((*path, "owner"), _OWNER, further.owner, names.owners)
        yield from known_as((*path, "stream"), "stream", further.stream, names.streams)
    for key, commitment in agreement.commitments.items():
        yield from known_as(("commitments", key, "owner"), _OWNER, commitment.owner, names.owners)
    for side, kpis in agreement.kpis.items():
        for at, kpi in enumerate(kpis):
            yield from known_as(("kpis", side, at, "owner"), _OWNER, kpi.owner, names.owners)


def handoff_fits(agreement: Agreement, names: Names) -> Findings:
    receive, back = agreement.handoff.receive, agreement.handoff.return_after
    yield from known_as(("handoff", "receive", "pool"), "pool", receive.pool, names.people and names.pools)
    for stream, pool in receive.streams.items():
        path: Path = ("handoff", "receive", "streams", stream)
        yield from known_as(path, "stream", stream, names.streams)
        yield from known_as(path, "pool", pool, names.people and names.pools)
    yield from known_as(("handoff", "receive", "person"), "person", receive.person, names.people)
    yield from known_as(("handoff", "receive", "catch_all"), "person or pool", receive.catch_all, names.who)
    yield from known_as(("handoff", "return_after", "to"), "nurture track", back.to, names.tracks)
    for reason, track in back.reasons.items():
        yield from known_as(
            ("handoff", "return_after", "reasons", reason), "nurture track", track, names.tracks
        )
    for stage in agreement.handoff.shared:
        yield from known_as(("handoff", "shared", stage), "stage", stage, frozenset(names.stages))


def return_reasons_fit(agreement: Agreement, _: Names) -> Findings:
    reasons = frozenset((*agreement.handoff.reject_reasons, *agreement.follow_up.disqualify_reasons))
    both = ("handoff", "reject_reasons"), ("follow_up", "disqualify_reasons")
    for reason in agreement.handoff.return_after.reasons:
        yield from known_as(("handoff", "return_after", "reasons", reason), "reason", reason, reasons, *both)
    for reason in agreement.follow_up.sub_reasons:
        yield from known_as(("follow_up", "sub_reasons", reason), "reason", reason, reasons, *both)


def follow_up_fits(agreement: Agreement, names: Names) -> Findings:
    """First touch may also be said for the usual lead types (Appendix B), used yet or not."""
    kinds, terms = names.lead_types, agreement.follow_up
    for kind in terms.first_touch:
        known = None if kinds is None else kinds | frozenset(FIRST_TOUCH)
        yield from known_as(("follow_up", "first_touch", kind), "lead type", kind, known)
    for kind, rule in terms.lead_types.items():
        path: Path = ("follow_up", "lead_types", kind)
        yield from known_as(path, "lead type", kind, kinds)
        for channel in rule.touches.minutes if rule.touches else ():
            yield from known_as(
                (*path, "touches", "minutes", channel), "channel", channel, frozenset(CHANNELS)
            )
    for channel in terms.touches.minutes:
        path = ("follow_up", "touches", "minutes", channel)
        yield from known_as(path, "channel", channel, frozenset(CHANNELS))
    for at, channel in enumerate(terms.touches.automated):
        path = ("follow_up", "touches", "automated", at)
        yield from known_as(path, "channel", channel, frozenset(CHANNELS))


def contacts_fit(agreement: Agreement, names: Names) -> Findings:
    for question, who in agreement.contacts.items():
        yield from known_as(("contacts", question), "person or pool", who, names.who)


def escalation_fits(agreement: Agreement, names: Names) -> Findings:
    known = None if names.who is None else names.who | frozenset(TOLD)
    for at, step in enumerate(agreement.escalation):
        for place, who in enumerate(step.tell):
            yield from known_as(("escalation", at, "tell", place), "person, pool or role", who, known)


def prices_fit(agreement: Agreement, names: Names) -> Findings:
    for key in agreement.value.prices if agreement.value.by == "lead_type" else ():
        yield from known_as(("value", "prices", key), "lead type", key, names.lead_types, ("value", "by"))


def segments_priced_fit(agreement: Agreement, _: Names) -> Findings:
    segments = frozenset(agreement.scope.segments) or None
    for key in agreement.value.prices if agreement.value.by == "segment" else ():
        rests_on = ("value", "by"), ("scope", "segments")
        yield from known_as(("value", "prices", key), "segment", key, segments, *rests_on)
