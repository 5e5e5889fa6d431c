"""What changed between two versions, in plain sentences, and who owes more after it.

`saying_rules.py` is the one table of places and judges. A change that no rule knows is said all the same, by
its path and without a verdict.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from accord.agreement.clauses.clause import Clause
from accord.agreement.clauses.goals import ONLY_STREAM
from accord.agreement.clauses.people import Side
from accord.agreement.comparing.diff import Change, Kind
from accord.agreement.comparing.saying_rules import RULES, Rule
from accord.agreement.comparing.shifting import moved_along
from accord.agreement.comparing.showing import plain, show
from accord.agreement.comparing.stakes import BOTH, MARKETING, SALES, Burden, Burdens, Case
from accord.agreement.measures import PROMISABLE
from accord.agreement.rendering.markdown import listed
from accord.agreement.terms import Agreement


@dataclass(frozen=True)
class Sentence:
    """One change in words. `text` holds names as they were written: escape it before it is shown.

    `burdens` is empty where nobody owes more or less, and None where that cannot be told from the change.
    """

    change: Change
    text: str
    burdens: Burdens
    about: str = ""  # the place alone, as people call it
    moved: bool = False  # nothing but dates that moved along with the term: nobody's burden

    @property
    def verdict(self) -> str:
        """`Sales owes more.`; empty where nobody does, or nobody can tell."""
        return verdict(self.burdens)

    @property
    def gains(self) -> tuple[Side, ...]:
        """The sides that are better off."""
        sides = (burden.gains for burden in self.burdens or ())
        return tuple(dict.fromkeys(side for side in sides if side is not None))


@dataclass(frozen=True)
class Group:
    """The sentences that weigh the same way, under a heading that says which way."""

    title: str
    sentences: tuple[Sentence, ...]


def sentences(changes: Sequence[Change], before: Agreement, after: Agreement) -> tuple[Sentence, ...]:
    """One sentence a change, in the same order: `First touch for Web form: 60 min → 30 min`."""
    found = zip(changes, moved_along(changes, before, after), strict=True)
    return tuple(
        replace(said, moved=True, burdens=()) if moved else said
        for change, moved in found
        for said in (_sentence(change, before, after),)
    )


def gathered(said: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences; those whose dates only moved along with the term as one, where the first stood."""
    moved = [sentence for sentence in said if sentence.moved]
    if not moved:
        return tuple(said)
    places = dict.fromkeys(one.about for one in moved if one.change.kind is not Kind.REMOVED)
    whole = replace(moved[0], text=f"Dates moved along with the term: {'; '.join(places)}", about="")
    return tuple(whole if one is moved[0] else one for one in said if one is moved[0] or not one.moved)


def groups(said: Sequence[Sentence]) -> tuple[Group, ...]:
    """The sentences by whom they burden: marketing, sales, both, no verdict, nobody.

    Dates that only moved along with the term are one sentence.
    """
    by: dict[str, list[Sentence]] = {}
    for sentence in sorted(gathered(said), key=lambda each: _order(each.burdens)):
        by.setdefault(heading(sentence.burdens), []).append(sentence)
    return tuple(Group(title, tuple(each)) for title, each in by.items())


def summary(said: Sequence[Sentence]) -> str:
    """All in one sentence: how many changes, and in how many of them which side owes more or less."""
    if not said:
        return "Nothing changed: the two agreements mean the same."
    said = gathered(said)
    tally = Counter(burden for sentence in said for burden in sentence.burdens or ())
    parts = []
    for side in (MARKETING, SALES, BOTH):
        counts = [
            f"{word} in {tally[Burden(side, is_more)]}"
            for word, is_more in (("more", True), ("less", False))
            if tally[Burden(side, is_more)]
        ]
        if counts:
            name = "both sides owe" if side is BOTH else f"{side} owes"
            parts.append(f"{name} {listed(counts)}")
    open_ = sum(sentence.burdens is None for sentence in said)
    if open_:
        parts.append(f"{open_} without a verdict")
    count = f"{len(said)} change{'' if len(said) == 1 else 's'}"
    return f"{count}: {'; '.join(parts)}." if parts else f"{count}; nobody owes more or less."


def verdict(burdens: Burdens) -> str:
    parts = [_owes(burden) for burden in burdens or ()]
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _owes(burden: Burden) -> str:
    name = "both owe" if burden.side is BOTH else f"{burden.side} owes"
    return f"{name} {'more' if burden.more else 'less'}"


def heading(burdens: Burdens) -> str:
    """What stands above the changes that weigh this way."""
    if burdens is None:
        return "No verdict: read these together"
    if not burdens:
        return "Nobody owes more or less"
    gains = [burden.gains for burden in burdens if burden.more and burden.gains is not None]
    for_whom = f" ({listed(dict.fromkeys(gains))} gains)" if gains else ""
    return f"{verdict(burdens)[:-1]}{for_whom}"


def _order(burdens: Burdens) -> tuple[int, str]:
    if burdens is None:
        return 8, ""
    if not burdens:
        return 9, ""
    first = burdens[0]
    sides = (MARKETING, SALES, BOTH)
    return sides.index(first.side) * 2 + (not first.more), verdict(burdens)


def _sentence(change: Change, before: Agreement, after: Agreement) -> Sentence:
    for rule in RULES:
        if (names := rule.match(change.path)) is not None:
            case = Case(change, before, after, names)
            words = _words(rule, names, before, after)
            title = rule.title.format_map(words)
            if rule.pattern.endswith("**"):
                title = ", ".join([title, *map(plain, change.path[1:])])
            counted = _counted(change) if rule.counts else change
            said = _said(counted, case, in_list=rule.pattern.endswith("<item>"))
            return Sentence(change, f"{title}: {said}", rule.judge(case), title)
    said = _said(change, Case(change, before, after, ()), in_list=True)
    title = ", ".join(map(plain, change.path))
    return Sentence(change, f"{title}: {said}", None, title)


def _words(rule: Rule, names: Sequence[str], before: Agreement, after: Agreement) -> Mapping[str, str]:
    """What the names in a path are called by people."""
    slots = [step[1:-1] for step in rule.pattern.split(".") if step.startswith("<")]
    words = {slot: _called(slot, name, before, after) for slot, name in zip(slots, names, strict=True)}
    stream = words.get("stream", "")
    words["in_stream"] = "" if stream in ("", "everything") else f" in {stream}"
    return words


def _called(slot: str, name: str, before: Agreement, after: Agreement) -> str:
    call = _CALLED.get(slot)
    return name if call is None else str(call(name, after, before))


def _type(name: str, *agreements: Agreement) -> str:
    if name == "default":
        return "every other lead type"
    found = (agreement.lead_types.get(name) for agreement in agreements)
    return next((kind.label for kind in found if kind and kind.label), name)


def _person(name: str, *agreements: Agreement) -> str:
    found = (agreement.people.get(name) for agreement in agreements)
    return next((who.name for who in found if who and who.name), name)


def _promise(name: str, *agreements: Agreement) -> str:
    found = next((one for agreement in agreements for one in agreement.promises if one.id == name), None)
    measure = PROMISABLE.get(found.measure) if found else None
    return f"{name} ({measure.title.lower()})" if measure else name


_CALLED: Mapping[str, Callable[..., str]] = {
    "type": _type,
    "person": _person,
    "promise": _promise,
    "stream": lambda name, *_: "everything" if name == ONLY_STREAM else name,
    "field": lambda name, *_: plain(name),
    "any": lambda name, *_: plain(name),
    "rate": lambda name, *_: name.replace("_to_", " to "),
}


def _said(change: Change, case: Case, *, in_list: bool) -> str:
    if change.path[:2] == ("follow_up", "first_touch") and len(change.path) == 3:
        return _said_first_touch(change, case)
    if change.kind is Kind.REORDERED:
        return f"now in the order {listed(map(str, _tuple(change.after)))}"
    old, new = (show(value, agreement) for value, agreement in _sides(change, case))
    if in_list and _is_entry(change):
        return f"“{change.path[-1]}” is {'new' if change.kind is Kind.ADDED else 'dropped'}"
    if change.kind is Kind.ADDED and isinstance(change.after, Clause):
        return f"new{f' ({new})' if new else ''}"
    if change.kind is Kind.REMOVED and isinstance(change.before, Clause):
        return f"dropped{f' (was {old})' if old else ''}"
    return f"{old or 'nothing said'} → {new or 'nothing said'}"


def _counted(change: Change) -> Change:
    """The change with its amounts as plain numbers, so that they are not shown as money."""
    return replace(change, before=_number(change.before), after=_number(change.after))


def _number(value: object) -> object:
    return f"{value:,}" if isinstance(value, Decimal) else value


def _sides(change: Change, case: Case) -> tuple[tuple[object, Agreement], tuple[object, Agreement]]:
    return (change.before, case.before), (change.after, case.after)


def _is_entry(change: Change) -> bool:
    """An entry of a list of texts, whose key is its text."""
    given = change.before if change.after is None else change.after
    return change.kind in (Kind.ADDED, Kind.REMOVED) and isinstance(given, str) and given == change.path[-1]


def _said_first_touch(change: Change, case: Case) -> str:
    """What held where nothing was said is said too: the rule for all, or the usual time."""
    kind = case.names[0]
    old = f"{case.before.first_touch(kind)}{'' if change.before else ' (by default)'}"
    new = f"{case.after.first_touch(kind)}{'' if change.after else ' (by default)'}"
    return f"{old} → {new}"


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)
