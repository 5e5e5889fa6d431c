"""A replay as text for people, and as JSON and CSV for programs."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from fractions import Fraction

from accord.ledger.replay.saying import GROUPED, sentence
from accord.ledger.replay.values import Group, Judged, Moved, Promised, Replay, States
from accord.ledger.score import PromiseScore
from accord.ledger.wording import counted
from accord.plan.layout import aligned, cell, number, printable
from accord.plan.rounding import half_up

LAYOUT = 1  # of the JSON; goes up when a key changes its meaning
MOST_ROWS = 20  # of one grouping in the text; JSON and CSV have all
Why = Callable[[Moved], str]


def as_text(
    replay: Replay, by: str | None = None, moved: Iterable[Moved] = (), why: Why | None = None
) -> str:
    """What a terminal shows; `by` adds one grouping, `moved` the list of verdicts that differ."""
    blocks = [[printable(sentence(replay))], _judged_lines(replay), _promise_lines(replay)]
    if by is not None:
        blocks += [_group_lines(one, by) for one in replay.judged if one.by(by) and one.all.moved]
    if why is not None:
        blocks.append(_moved_lines(moved, why))
    blocks.append([f"- {printable(note)}" for note in replay.notes])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def as_json(replay: Replay, moved: Iterable[Moved] = (), why: Why | None = None) -> str:
    """Everything as JSON: shares as decimal and exact fraction, unknowns null, instants UTC with `Z`."""
    said: dict[str, object] = {
        "format": "accord-replay",
        "layout": LAYOUT,
        "sentence": sentence(replay),
        "was": replay.was,
        "then": replay.then,
        "period": {"from": replay.from_on.isoformat(), "to": replay.to_on.isoformat(), "zone": replay.zone},
        "as_of": _instant(replay.as_of),
        "leads": replay.leads,
        "moved": replay.moved,
        "headline": asdict(replay.headline),
        "judged": [
            {
                "promise": one.promise.value,
                "title": one.title,
                "all": _group_json(one.all),
                "groups": [_group_json(group) for group in one.groups],
            }
            for one in replay.judged
        ],
        "promises": [_promise_json(one) for one in replay.promises],
        "notes": list(replay.notes),
    }
    if why is not None:
        said["verdicts"] = [_moved_json(one, why) for one in moved]
    return json.dumps(said, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_csv(replay: Replay, by: str | None = None) -> str:
    """One row a promise and group: of one grouping, else of all of them."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    states = [f"{which}_{state}" for which in ("was", "then") for state in asdict(States())]
    rows.writerow(("promise", "by", "key", *states, "moved", "newly_broken", "newly_kept"))
    for one in replay.judged:
        for group in (one.all, *(one.by(by) if by else one.groups)):
            counts = (*asdict(group.was).values(), *asdict(group.then).values())
            moves = (group.moved, group.newly_broken, group.newly_kept)
            rows.writerow((one.promise.value, group.by, cell(group.key or ""), *counts, *moves))
    return text.getvalue()


MOVED_COLUMNS = (
    *(
        "promise",
        "lead",
        "was",
        "then",
        "lead_type",
        "stream",
        "segment",
        "pool",
        "calendar",
        "month",
        "actor",
    ),
    *("started_at", "due_was", "due_then", "met_at", "ended_at", "why"),
)


def moved_row(moved: Moved, why: Why) -> list[str]:
    """One verdict that differs as cells under MOVED_COLUMNS; nothing is escaped yet."""
    said = {**_moved_json(moved, why)}
    return ["" if said[name] is None else str(said[name]) for name in MOVED_COLUMNS]


def moved_csv(moved: Iterable[Moved], why: Why) -> Iterator[str]:
    """A line a verdict that differs; no cell is one that a spreadsheet would run."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(MOVED_COLUMNS)
    for one in moved:
        rows.writerow([cell(said) for said in moved_row(one, why)])
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def _judged_lines(replay: Replay) -> list[str]:
    head = ["Judged lead by lead", "kept", "broken", "share", "→", "kept", "broken", "share", "moved"]
    rows = [head, *([one.title, *_figures(one.all)] for one in replay.judged)]
    return aligned(rows, left=1) if replay.judged else []


def _group_lines(judged: Judged, by: str) -> list[str]:
    groups = judged.by(by)
    head = [GROUPED[by].capitalize(), "kept", "broken", "share", "→", "kept", "broken", "share", "moved"]
    rows = [[printable(group.key or "unknown"), *_figures(group)] for group in groups[:MOST_ROWS]]
    left = len(groups) - MOST_ROWS
    more = [f"  … and {left:,} more; --format csv lists all"] if left > 0 else []
    return [f"{judged.title}, by {GROUPED[by]}", *aligned([head, *rows], left=1), *more]


def _figures(group: Group) -> list[str]:
    def states(of: States) -> list[str]:
        return [f"{of.kept:,}", f"{of.broken:,}", _share(of.share)]

    return [*states(group.was), "→", *states(group.then), f"{group.moved:,}"]


def _share(share: Fraction | None) -> str:
    return "–" if share is None else f"{half_up(share * 100, 1)}%"


def _promise_lines(replay: Replay) -> list[str]:
    head = ["Promise", "", "as it was", "", "target", "→", "then", "", "target"]
    rows = [[one.one.id, one.one.title, *_score(one.was), "→", *_score(one.then)] for one in replay.promises]
    return aligned([head, *([printable(text) for text in row] for row in rows)], left=2)


def _score(score: PromiseScore | None) -> list[str]:
    if score is None:
        return ["not promised", "", ""]
    target = score.due_by_now if score.due_by_now is not None else score.target
    return [_amount(score.actual, score.unit), str(score.state), _amount(target, score.unit)]


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    exact = Fraction(str(value))
    return _share(exact) if unit == "share" else f"{half_up(exact, 0):,f}"


def _moved_lines(moved: Iterable[Moved], why: Why) -> list[str]:
    lines = [
        f"  {printable(one.lead)}  {one.promise.value}: {_state(one.was)} → {_state(one.then)}. "
        f"{printable(why(one))}"
        for one in moved
    ]
    return [f"{counted(len(lines), 'verdict')} that {'moves' if len(lines) == 1 else 'move'}", *lines]


def _state(state: object) -> str:
    return "not asked for" if state is None else str(state)


def _group_json(group: Group) -> dict[str, object]:
    return {
        "by": group.by,
        "key": group.key,
        "was": {**asdict(group.was), "share": number(group.was.share)},
        "then": {**asdict(group.then), "share": number(group.then.share)},
        "moved": group.moved,
        "newly_broken": group.newly_broken,
        "newly_kept": group.newly_kept,
    }


def _promise_json(one: Promised) -> dict[str, object]:
    def score(of: PromiseScore | None) -> object:
        keys = (
            "state",
            "target",
            "due_by_now",
            "actual",
            "attainment",
            "numerator",
            "denominator",
            "pending",
        )
        return None if of is None else {key: getattr(of, key) for key in keys}

    held = one.one
    about = {
        "id": held.id,
        "side": held.side,
        "measure": held.measure,
        "title": held.title,
        "unit": held.unit,
    }
    return {**about, "was": score(one.was), "then": score(one.then)}


def _moved_json(moved: Moved, why: Why) -> dict[str, object]:
    plain = {
        name: _instant(value) if isinstance(value, datetime) else value
        for name, value in asdict(moved).items()
    }
    return {**plain, "promise": moved.promise.value, "why": why(moved)}


def _instant(at: datetime) -> str:
    utc = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return utc.isoformat().replace("+00:00", "Z")
