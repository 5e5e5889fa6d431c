"""Remarks on people: who signs, who answers for what, who is there to do it."""

from collections import defaultdict
from collections.abc import Iterator

from accord.agreement.clauses.goals import Term
from accord.agreement.clauses.people import Person, Role, Side
from accord.agreement.reading.text import Path
from accord.agreement.remarks.remark import Case, Remark, Remarks
from accord.agreement.rendering.markdown import listed
from accord.agreement.terms import Agreement

SIDES = (Side.MARKETING, Side.SALES)


def both_sides_promise(case: Case) -> Remarks:
    sides = {promise.side for promise in case.agreement.promises}
    for side in SIDES:
        if side not in sides:
            what = f"{side} promises nothing of its own"
            yield Remark(("promises",), what, "an agreement binds both sides")


def somebody_signs(case: Case) -> Remarks:
    for side in SIDES:
        people = case.agreement.people.values()
        if not any(who.side is side and who.role is Role.HEAD for who in people):
            yield Remark(("people",), f"nobody can sign for {side}", f"give one person of {side} role: head")


def lead_types_have_owners(case: Case) -> Remarks:
    """Where marketing is one person, that person brings them all."""
    kinds = case.agreement.lead_types
    marketing = [who for who in case.agreement.people.values() if who.side is Side.MARKETING]
    several = sum(who.count for who in marketing) > 1
    for key, kind in kinds.items():
        if kind.owner is None and (several or any(other.owner for other in kinds.values())):
            yield Remark(("lead_types", key), f"nobody answers for {key}", "name its owner")


def stages_have_owners(case: Case) -> Remarks:
    stages = case.agreement.stages
    if any(stage.owner for stage in stages):
        for at, stage in enumerate(stages):
            if stage.owner is None:
                what = f"nobody answers for the stage {stage.name}, though others have an owner"
                yield Remark(("stages", at), what, "name its owner")


def _duties(agreement: Agreement) -> dict[str, list[str]]:
    """Who is named for what; pools and sides are never away, so only people matter to those who ask."""
    duties: dict[str, list[str]] = defaultdict(list)
    for who, what in _named(agreement):
        if who in agreement.people:
            duties[who].append(what)
    return duties


def _named(agreement: Agreement) -> Iterator[tuple[str | None, str]]:
    receive = agreement.handoff.receive
    yield receive.person, "who receives leads"
    yield receive.catch_all, "who gets what nobody else can take"
    yield from ((kind.owner, f"owner of {key}") for key, kind in agreement.lead_types.items())
    yield from ((stage.owner, f"owner of the stage {stage.name}") for stage in agreement.stages)
    yield from ((who, f"contact for {about}") for about, who in agreement.contacts.items())
    yield from ((item.owner, f"owner of the goal: {item.goal}") for item in agreement.goal.others)
    yield from ((item.owner, f"keeper of {key}") for key, item in agreement.commitments.items())


def people_are_there(case: Case) -> Remarks:
    """Nobody is named who comes after the term, went before it, or leaves in it without a backup."""
    term, duties = case.agreement.term, _duties(case.agreement)
    for key, person in case.agreement.people.items():
        if person.since is not None and person.until is not None and person.until < person.since:
            what = f"{key} leaves on {person.until}, before coming on {person.since}"
            yield Remark(("people", key, "until"), what, "swap or change the days")
        elif absence := _outside(person, term):
            yield Remark(("people", key), f"{key} {absence}", "drop the entry, or change the days")
        elif person.until is not None and person.until < term.end and not person.backup and key in duties:
            what = f"{key} leaves on {person.until}, but stays {_said(duties[key])} until {term.end}"
            yield Remark(("people", key, "until"), what, "name a backup, or somebody else")


def _outside(person: Person, term: Term) -> str:
    if person.since is not None and person.since > term.end:
        return f"comes on {person.since}, after the term ends on {term.end}"
    if person.until is not None and person.until < term.start:
        return f"left on {person.until}, before the term starts on {term.start}"
    return ""


def _said(duties: list[str]) -> str:
    return listed([*duties[:3], *(["more"] if len(duties) > 3 else [])])


def absences_are_covered(case: Case) -> Remarks:
    """Whoever answers for something has a backup while away, and that backup is not away too."""
    people, duties = case.agreement.people, _duties(case.agreement)
    for key, person in people.items():
        backup = people.get(person.backup or "")
        for at, span in enumerate(person.away):
            if person.backup is None and key in duties and person.count == 1 and _ahead(case, span.end):
                what = f"nobody stands in for {key}, {_said(duties[key])}, from {span.start} to {span.end}"
                yield Remark(("people", key, "away", at), what, "name a backup")
            elif backup is not None and _ahead(case, span.end):
                both = [other for other in backup.away if other.start <= span.end and span.start <= other.end]
                if both:
                    what = f"{person.backup} stands in for {key}, but is away from {both[0].start} too"
                    yield Remark(("people", key, "backup"), what, "name another backup, or move the days")


def _ahead(case: Case, end: object) -> bool:
    """Absences that are over by now need no remark."""
    return case.on is None or str(end) >= str(case.on)


def backups_can_stand_in(case: Case) -> Remarks:
    people = case.agreement.people
    for key, person in people.items():
        backup = people.get(person.backup or "")
        if person.backup == key:
            yield Remark(("people", key, "backup"), f"{key} stands in for {key}", "name somebody else")
        elif backup is not None and backup.side is not person.side:
            what = f"{person.backup} of {backup.side} stands in for {key} of {person.side}"
            yield Remark(("people", key, "backup"), what, f"name somebody of {person.side}")


def escalations_reach_somebody(case: Case) -> Remarks:
    people = case.agreement.people.values()
    managers = any(who.side is Side.SALES and who.role is Role.MANAGER for who in people)
    reaches = {"manager": managers, "backup": any(who.backup for who in people)}
    lacking = {"manager": "sales has no manager", "backup": "nobody has a backup"}
    for at, step in enumerate(case.agreement.escalation if people else ()):
        for place, whom in enumerate(step.tell):
            if not reaches.get(whom, True):
                path = ("escalation", at, "tell", place)
                yield Remark(path, f"{whom} is told, but {lacking[whom]}", "name one, or tell others")


def pools_have_reps(case: Case) -> Remarks:
    agreement = case.agreement
    receive = agreement.handoff.receive
    pools: dict[Path, str | None] = {("handoff", "receive", "pool"): receive.pool}
    pools |= {("handoff", "receive", "streams", name): pool for name, pool in receive.streams.items()}
    for path, pool in pools.items():
        members = [who for who in agreement.people.values() if who.pool == pool]
        if pool is not None and members and not any(who.side is Side.SALES for who in members):
            what = f"leads go to the pool {pool}, but nobody of sales is in it"
            yield Remark(path, what, "put reps into it, or name another pool")


def nothing_is_lost(case: Case) -> Remarks:
    receive = case.agreement.handoff.receive
    if receive.pool is not None and receive.catch_all is None:
        what = "nobody gets the leads that nobody in the pool can take"
        yield Remark(("handoff", "receive"), what, "name one person as catch_all")
