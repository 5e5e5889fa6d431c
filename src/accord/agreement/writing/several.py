"""Several places of a text changed at once: marked once, spliced from its end to its start, read back once.

What comes out is what the changes would make one after the other. Those that have to do with one another, or
open a bare value, or touch a list, are done by themselves; so are those of a batch that does not read back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from accord.agreement.reading.text import Path, Unreadable
from accord.agreement.reading.wording import show_path
from accord.agreement.writing.change import remove_at, set_at
from accord.agreement.writing.marks import Mark, read_marks
from accord.agreement.writing.places import (
    deepest,
    parent_in_braces,
    plain_of,
    refuse_names,
    tree_of,
    value_at,
    values_in,
    with_value,
    without_value,
    wrapped,
)
from accord.agreement.writing.splice import Edit, replaced, with_entry, without_entry
from accord.errors import InputError

Change = tuple[Path, object]  # where, and what is written there; None takes away what stands there
MOST_ROUNDS = 40  # times that a text is marked and read for one `set_all`


def set_all(text: str, changes: Sequence[Change]) -> tuple[str, dict[int, InputError]]:
    """The text with every change that can be made, and by its position why one cannot.

    The same as `set_at` and `remove_at` one after the other, except that what is left after `MOST_ROUNDS` is
    refused: so many changes have to do with one another only where somebody means them to.
    """
    work = _Work(text)
    left = list(enumerate(changes))
    while left and work.rounds < MOST_ROUNDS:
        left = work.round(left)
    for at, (path, _written) in left:
        what = "more was changed at once than can be written in one go"
        work.refused[at] = InputError(f"{show_path(path)}: {what}; save, then change this again")
    return work.text, work.refused


Numbered = list[tuple[int, Change]]


@dataclass
class _Work:
    text: str
    refused: dict[int, InputError] = field(default_factory=dict)
    rounds: int = 0
    most: int = 1_000_000  # changes of one batch; less after one that did not read back

    def round(self, left: Numbered) -> Numbered:
        """Makes the first changes of `left` that have nothing to do with one another; those left over."""
        self.rounds += 1
        try:
            batch = _Batch(self.text, values_in(self.text), read_marks(self.text))
        except InputError as error:  # the text cannot be read
            self.refused |= {at: error for at, _change in left}
            return []
        taken = 0
        for at, (path, written) in left[: self.most]:
            try:
                if not batch.takes(path, written):
                    break
            except InputError as error:
                self.refused[at] = error
            taken += 1
        if taken and (new := batch.done()) is not None:
            self.text, self.most = new, max(self.most, 1) * 2
            return left[taken:]
        if taken > 1:  # one of them does not read back: half as many, to find it
            self.most = taken // 2
            for at, _change in left[:taken]:
                self.refused.pop(at, None)
            return left
        self.most = max(self.most, 1) * 2
        self._one(*left[0])
        return left[1:]

    def _one(self, at: int, change: Change) -> None:
        path, written = change
        try:
            self.text = remove_at(self.text, path) if written is None else set_at(self.text, path, written)
        except InputError as error:
            self.refused[at] = error


@dataclass
class _Batch:
    """Changes of one text that have nothing to do with one another."""

    text: str
    says: object
    root: Mark | None
    edits: list[Edit] = field(default_factory=list)
    touched: set[Path] = field(default_factory=set)
    above: set[Path] = field(default_factory=set)  # what a touched place lies in
    added: dict[Path, int] = field(default_factory=dict)  # by holder, the edit that adds to it
    removed: dict[Path, int] = field(default_factory=dict)  # by holder, how many entries go

    def takes(self, path: Path, written: object) -> bool:
        """Whether the change is one of this batch; InputError where it can be made in no way."""
        if not path or self.root is None or self._meets(path):
            return False
        if written is None:
            return self._removes(path)
        if value_at(self.says, path) == written:
            return True
        refuse_names(self.root, path)
        holder, known = deepest(self.root, path)
        if holder is not None and len(known) < len(path):
            return self._adds(holder, known, path, written)
        return holder is not None and self._replaces(holder, path, written)

    def done(self) -> str | None:
        """The text with all of it; None where that does not say what was meant."""
        text = self.text
        for edit in sorted(self.edits, key=lambda one: (one.start, one.end), reverse=True):
            text = edit.made_in(text)
        try:
            return text if text == self.text or plain_of(tree_of(text)[0]) == self.says else None
        except Unreadable:
            return None

    def _replaces(self, holder: Mark, path: Path, written: object) -> bool:
        if holder.entries is not None:
            return False
        edit = replaced(self.text, holder, written, in_braces=parent_in_braces(self.root, path))
        return self._keeps(edit, path, with_value(self.says, path, written))

    def _adds(self, holder: Mark, known: Path, path: Path, written: object) -> bool:
        steps = path[len(known) :]
        if not holder.entries or not known or not all(isinstance(step, str) for step in steps):
            return False
        if not holder.keyed:
            return False
        edit = with_entry(
            self.text, holder, str(steps[0]), wrapped(steps[1:], written), len(holder.entries) - 1
        )
        says, place = with_value(self.says, path, written), path[: len(known) + 1]
        if (at := self.added.get(known)) is not None:  # behind what was added there
            self.edits[at] = Edit(edit.start, edit.end, self.edits[at].written + edit.written)
            self._notes(place, says)
            return True
        if not self._keeps(edit, place, says):
            return False
        self.added[known] = len(self.edits) - 1
        return True

    def _removes(self, path: Path) -> bool:
        refuse_names(self.root, path)
        holder, known = deepest(self.root, path[:-1])
        found = holder.entry(path[-1]) if holder is not None and len(known) == len(path) - 1 else None
        if holder is None or found is None or not holder.keyed:
            return False
        gone = self.removed.get(known, 0) + 1
        if gone >= len(holder.entries or ()):
            return False
        if not self._keeps(without_entry(self.text, holder, found[0]), path, without_value(self.says, path)):
            return False
        self.removed[known] = gone
        return True

    def _meets(self, path: Path) -> bool:
        """Whether a place that is touched lies in this one, or this one in it."""
        return path in self.above or any(path[: at + 1] in self.touched for at in range(len(path)))

    def _keeps(self, edit: Edit, place: Path, says: object) -> bool:
        if any(_meet(edit, other) for other in self.edits):
            return False
        self.edits.append(edit)
        self._notes(place, says)
        return True

    def _notes(self, place: Path, says: object) -> None:
        self.says = says
        self.touched.add(place)
        self.above |= {place[:at] for at in range(1, len(place))}


def _meet(one: Edit, other: Edit) -> bool:
    """Whether two edits change the same signs, or which of them comes first would show."""
    first, second = sorted((one, other), key=lambda edit: (edit.start, edit.end))
    if first.end == second.start:
        return first.start == first.end or second.start == second.end
    return first.end > second.start
