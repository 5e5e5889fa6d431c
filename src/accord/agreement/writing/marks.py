"""Where each value of a text begins and ends, in signs from its start: what splicing needs to know.

Only texts that `read_tree` has read come here, so depth and number of values are within its limits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml import events as ev

from accord.agreement.reading.text import read_alike


@dataclass
class Entry:
    """One entry of a mapping or a list. In a list `start` is where the value begins, and there is no key."""

    start: int
    key: str | None
    key_end: int
    value: "Mark"


@dataclass
class Mark:
    """One value: `text[start:end]`. A block over several lines ends where its last value ends."""

    start: int
    end: int
    column: int  # of its first sign, from 0
    text: str | None = None  # of a scalar
    style: str | None = None  # its quote, or the sign of a block of lines
    entries: list[Entry] | None = None
    keyed: bool = False
    in_braces: bool = False
    named: bool = False  # it has an anchor, or is an alias

    @property
    def empty(self) -> bool:
        """Whether nothing was written here, not even quotes."""
        return self.entries is None and not self.named and self.start == self.end

    def entry(self, step: str | int) -> tuple[int, Entry] | None:
        """Place and entry of a key or a position; the first of a key that stands twice, as for the reader."""
        if self.entries is None or self.keyed is isinstance(step, int):
            return None
        if isinstance(step, int):
            return (step, self.entries[step]) if 0 <= step < len(self.entries) else None
        return next(((at, item) for at, item in enumerate(self.entries) if item.key == step), None)


def read_marks(text: str) -> Mark | None:
    """The marked tree; None where the text holds no value at all."""
    loader = yaml.CSafeLoader if read_alike(text) else yaml.SafeLoader
    events = iter(yaml.parse(text, Loader=loader))
    next(events)
    if isinstance(next(events), ev.StreamEndEvent):
        return None
    return _Marker(text, events).mark(next(events))


@dataclass
class _Marker:
    text: str
    events: Iterator[Any]
    names: dict[str, Mark] = field(default_factory=dict)

    def mark(self, event: Any) -> Mark:
        start, column = event.start_mark.index, event.start_mark.column
        named = bool(getattr(event, "anchor", None))
        if isinstance(event, ev.MappingStartEvent | ev.SequenceStartEvent):
            keyed = isinstance(event, ev.MappingStartEvent)
            entries, closing = self._entries(keyed=keyed)
            if event.flow_style:
                end = closing.end_mark.index
            else:
                end = max([start, *(max(item.value.end, item.key_end) for item in entries)])
            return Mark(start, end, column, None, None, entries, keyed, bool(event.flow_style), named)
        style = getattr(event, "style", None) or None
        end = event.end_mark.index
        if style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        return Mark(start, end, column, getattr(event, "value", None), style, named=named)

    def _entries(self, *, keyed: bool) -> tuple[list[Entry], Any]:
        entries: list[Entry] = []
        while not isinstance(event := next(self.events), ev.MappingEndEvent | ev.SequenceEndEvent):
            head = self.mark(event)
            if keyed:
                value = self.mark(next(self.events))
                entries.append(Entry(head.start, head.text, head.end, value))
            else:
                entries.append(Entry(head.start, None, head.start, head))
        return entries, event
