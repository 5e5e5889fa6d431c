"""One file's part of the map as SQL: from the raw cells of its rows to facts, each with its fault if any.

A fact is a row with what its events need: columns `lead`, `a_stream` … for the lead, and `e0_on`, `e0_at` …
for the first rule, `e1_on` … for the second. What is the same for every row is no column: see `constants`.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from accord.errors import Problem, nearest
from accord.lead.events import Channel, Kind, Side
from accord.ledger.log import sql_text
from accord.sources import expressions as sql
from accord.sources.fields import SKIP, LeadField, NumberField, TextField, TimeField
from accord.sources.layers import Layers, Source, TimeUse
from accord.sources.map import Conditions, EventRule, FileMap, ImportMap
from accord.sources.marked import Path as MapPath

TIMES = ("at", "recorded_at", "due_at")
AMOUNTS = ("amount", "value")
TEXTS = ("actor", "outcome", "reason", "agreement", "calendar")
CLOSED: dict[str, tuple[type[StrEnum], str]] = {
    "kind": (Kind, "kind of event"),
    "side": (Side, "side"),
    "channel": (Channel, "channel"),
}
NO_ZONE = "no zone: "  # begins the fault of a time that needs a zone which the map does not give


@dataclass
class Compiled:
    """`query` reads table `raw`, whose columns are `c0`, `c1` … for the `needed` positions in the header."""

    query: str = ""
    needed: list[int] = field(default_factory=list)
    zones: set[str] = field(default_factory=set)
    times: list[TimeUse] = field(default_factory=list)
    constants: list[dict[str, str]] = field(default_factory=list)  # a rule: column of the log → SQL
    outputs: list[str] = field(default_factory=list)  # columns beside file, row, kept, lead, fault
    about: bool = False  # whether every row says something about its lead, even if it tells of no event
    problems: list[Problem] = field(default_factory=list)


def compile_file(whole: ImportMap, part: FileMap, at: MapPath, source: Source) -> Compiled:
    """The facts of one file as a query. Columns that are not there stand in `problems`, all of them."""
    return _Compiler(whole, part, at, source).compiled()


class _Compiler:
    def __init__(self, whole: ImportMap, part: FileMap, at: MapPath, source: Source) -> None:
        self.whole, self.part, self.at, self.source = whole, part, at, source
        empty = whole.empty if part.empty is None else part.empty
        self.layers, self.done = Layers(source, empty, part.translate), Compiled()

    def compiled(self) -> Compiled:
        self._names()
        kept = self._conditions(self.part.where, (*self.at, "where"))
        lead = self._lead(self.part.lead)
        self._attributes()
        for number, rule in enumerate(self.part.events):
            self._rule(number, rule)
        self.done.query, self.done.times = self.layers.query(kept, lead), self.layers.times
        self.done.outputs = list(self.layers.outputs)
        return self.done

    def _names(self) -> None:
        """Keys of joins and columns that are translated must be there; no column may have two origins."""
        for n, (ours, _) in enumerate(self.source.keys):
            self._cell(ours, (*self.at, "join", n, "on"))
            if ours in self.source.taken:
                what, allowed = f"column {ours!r} comes from a join itself", "join on a column of the file"
                self._problem((*self.at, "join", n, "on"), what, allowed)
        for name in self.source.taken:
            if name in self.source.header:
                what, allowed = (
                    f"column {name!r} is in {self.source.label} too",
                    "take it as {new_name: its_name}",
                )
                self._problem((*self.at, "join"), what, allowed)
        for name in self.part.translate:
            self._cell(name, (*self.at, "translate", name))

    def _problem(self, path: MapPath, what: str, allowed: str) -> None:
        self.done.problems.append(self.whole.problem(path, what, allowed))

    def _cell(self, name: str, path: MapPath) -> str:
        """The SQL name of a column's cell; a problem with the nearest name if the file lacks it."""
        if name not in self.layers.cells:
            if name not in self.source.taken:
                self._position(name, path)
            self.layers.cells[name] = f"x{len(self.layers.cells)}"
        return self.layers.cells[name]

    def _position(self, name: str, path: MapPath) -> None:
        found = [n for n, title in enumerate(self.source.header) if title == name]
        if len(found) == 1:
            self.done.needed.append(found[0])
            return
        if found:
            what = f"column {name!r} stands {len(found)} times in the header of {self.source.label}"
            self._problem(path, what, "rename it in the export")
            return
        hint = nearest(name, [*self.source.header, *self.source.taken]).removeprefix("; ")
        self._problem(path, f"{self.source.label} has no column {name!r}", hint)

    def _conditions(self, conditions: Conditions, path: MapPath) -> str:
        tests = [
            sql.condition_sql(self._cell(name, (*path, name)), condition)
            for name, condition in conditions.items()
        ]
        return " AND ".join(f"({test})" for test in tests) or "true"

    def _lead(self, spec: LeadField) -> str:
        if spec.generate is None:
            column = spec.column or ""
            text = sql.text_sql(spec, self._cell(column, (*self.at, "lead")))
            self._fault(f"{text} IS NULL", f"column {column!r} is empty: no lead")
            return text
        before, _, after = spec.generate.replace("{file}", self.source.stem).partition("{row}")
        return f"{sql_text(before)} || row || {sql_text(after)}"

    def _fault(self, condition: str, reason: str) -> None:
        self.layers.faults.append((condition, sql_text(reason)))

    def _text(self, spec: TextField, path: MapPath) -> str:
        if spec.constant is not None:
            return sql_text(spec.constant)
        return sql.text_sql(spec, self._cell(spec.column or "", path))

    def _time(self, spec: TimeField, path: MapPath, on: str) -> tuple[str, str]:
        """The instant and the text it is read from; a fault where there is text but no time in it."""
        if spec.constant is not None:
            instant = spec.instant().replace(tzinfo=None).isoformat(sep=" ")
            return f"TIMESTAMP {sql_text(instant)}", "''"
        column = spec.column or ""
        use = TimeUse(
            text=sql.text_sql(spec, self._cell(column, path)),
            column=column,
            zone=spec.zone or self.part.zone or self.whole.zone,
            formats=spec.formats or self.part.times or self.whole.times,
            date_only=spec.date_only or self.part.date_only or self.whole.date_only,
            path=path,
        )
        number = self._time_number(use)
        if use.zone is None:
            self._fault(f"{on} AND l{number} IS NOT NULL AND z{number} IS NULL", f"{NO_ZONE}{number}")
        unread = f"{on} AND s{number} IS NOT NULL AND t{number} IS NULL"
        self._fault(
            unread, f"column {column!r}: no time in the form {' or '.join(use.formats)}, 1970 to 2100"
        )
        return f"t{number}", f"s{number}"

    def _time_number(self, use: TimeUse) -> int:
        for number, other in enumerate(self.layers.times):
            same = (use.text, use.zone, use.formats, use.date_only)
            if same == (other.text, other.zone, other.formats, other.date_only):
                return number
        self.layers.times.append(use)
        if use.zone is not None:
            self.done.zones.add(use.zone)
        return len(self.layers.times) - 1

    def _amount(self, spec: NumberField, path: MapPath, on: str) -> str:
        if spec.constant is not None:
            return f"{spec.constant}::DECIMAL(18,4)"
        column, decimal = spec.column or "", spec.decimal or self.part.decimal or self.whole.decimal
        text = sql.text_sql(spec, self._cell(column, path))
        number = len(self.layers.amounts)
        self.layers.amounts.append((text, sql.amount_text_sql(f"n{number}", decimal, spec.strip)))
        read = f"{on} AND n{number} IS NOT NULL"
        self._fault(f"{read} AND m{number} IS NULL", f"column {column!r}: no amount, or more than 14 digits")
        self._fault(f"{read} AND m{number} < 0", f"column {column!r}: negative amount")
        return f"m{number}"

    def _closed(self, name: str, text: str, on: str) -> None:
        known, noun = CLOSED[name]
        words = ", ".join(sql_text(word) for word in known)
        reason = f"{sql_text(f'unknown {noun} ')} || chr(39) || left({text}, 40) || chr(39)"
        self.layers.faults.append((f"{on} AND {text} NOT IN ({words})", reason))

    def _attributes(self) -> None:
        for name, spec in self.part.attributes.given().items():
            path = (*self.at, "attributes", name)
            self.done.about = self.done.about or spec.column is not None
            if isinstance(spec, TimeField):
                self.layers.outputs[f"a_{name}"] = self._time(spec, path, "kept")[0]
            else:
                self.layers.outputs[f"a_{name}"] = self._text(spec, path)

    def _rule(self, number: int, rule: EventRule) -> None:
        path: MapPath = (*self.at, "events", number)
        self.done.constants.append({})
        applies, on = f"e{number}_applies", f"e{number}_on"
        tests = [self._conditions(rule.when, (*path, "when"))]
        kind = self._text(rule.kind, (*path, "kind"))
        tests.append(f"{kind} IS DISTINCT FROM {sql_text(SKIP)}")
        if rule.kind.column is not None:
            self._fault(
                f"{applies} AND {kind} IS NULL", f"column {rule.kind.column!r} is empty: no kind of event"
            )
            self._closed("kind", kind, applies)
        self._put(number, "kind", kind, constant=rule.kind.constant is not None)
        self._when(number, rule, tests, path)
        for name in ("recorded_at", "due_at", *AMOUNTS, *TEXTS, "channel"):
            self._optional(number, rule, name, (*path, name))
        self._side(number, rule, path)
        if rule.first_per is not None:
            self.layers.outputs[f"e{number}_key"] = self._cell(rule.first_per, (*path, "first_per"))
        if rule.repeat is not None:
            self._repeat(number, rule.repeat.column, (*path, "repeat"))
        self.layers.applies[applies] = " AND ".join(tests)
        self.layers.outputs.setdefault(on, applies)

    def _when(self, number: int, rule: EventRule, tests: list[str], path: MapPath) -> None:
        """The event's time: a row without one is a fault, or tells of no such event."""
        applies = f"e{number}_applies"
        instant, text = self._time(rule.at, (*path, "at"), applies)
        if rule.at.constant is None:
            if rule.needs_time:
                column = rule.at.column
                self._fault(
                    f"{applies} AND {text} IS NULL", f"column {column!r} is empty: no time of the event"
                )
            else:
                tests.append(f"{text} IS NOT NULL")
        self._put(number, "at", instant, constant=rule.at.constant is not None)

    def _optional(self, number: int, rule: EventRule, name: str, path: MapPath) -> None:
        spec, on = getattr(rule, name), f"e{number}_applies"
        if spec is None:
            return
        if isinstance(spec, TimeField):
            text = self._time(spec, path, on)[0]
        elif isinstance(spec, NumberField):
            text = self._amount(spec, path, on)
        else:
            text = self._text(spec, path)
            if name in CLOSED and spec.constant is None:
                self._closed(name, text, on)
        self._put(number, name, text, constant=spec.constant is not None)

    def _side(self, number: int, rule: EventRule, path: MapPath) -> None:
        if rule.side is not None:
            self._optional(number, rule, "side", (*path, "side"))
        elif rule.actor is not None and self.whole.sides:
            actor = self._text(rule.actor, (*path, "actor"))
            cases = " ".join(
                f"WHEN {sql.pattern_sql(actor, names)} THEN {sql_text(side)}"
                for side, names in self.whole.sides.items()
            )
            self._put(number, "side", f"CASE {cases} END")

    def _repeat(self, number: int, column: str, path: MapPath) -> None:
        text = sql.digits_sql(self._cell(column, path))
        times, applies = sql.count_sql(text), f"e{number}_applies"
        reason = f"column {column!r}: no whole number from 0 to {sql.MOST_REPEATS:,}"
        self._fault(f"{applies} AND {times} IS NULL", reason)
        self.layers.outputs[f"e{number}_times"] = times
        self.layers.outputs[f"e{number}_on"] = f"{applies} AND {times} > 0"

    def _put(self, number: int, name: str, text: str, *, constant: bool = False) -> None:
        if constant:
            self.done.constants[number][name] = text
        else:
            self.layers.outputs[f"e{number}_{name}"] = text
