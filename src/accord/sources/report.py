"""What an import did: every row that was read is counted once, as used, filtered or rejected."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

_SHOWN = 8  # reasons printed a file; the rejects file has all


@dataclass(frozen=True)
class FileReport:
    """One file. `rows` = `used` + filtered + rejected; blank lines and the header are no rows."""

    file: str
    rows: int
    used: int
    filtered: Mapping[str, int]
    rejected: Mapping[str, int]
    events: int  # told of by the used rows
    leads: int  # different leads in the used rows
    first: Mapping[str, int | str] = field(default_factory=dict)  # line on which a reason was met first

    @property
    def balanced(self) -> bool:
        return self.rows == self.used + sum(self.filtered.values()) + sum(self.rejected.values())

    def lines(self) -> list[str]:
        """The file in lines for people."""
        head = (
            f"{self.file}: {_count(self.rows, 'row')}: {self.used:,} used ({_count(self.events, 'event')}, "
        )
        head += f"{_count(self.leads, 'lead')}), {sum(self.filtered.values()):,} filtered, "
        head += f"{sum(self.rejected.values()):,} rejected"
        rejected = _reasons("rejected", self.rejected, self.first)
        return [head, *_reasons("filtered", self.filtered), *rejected]


@dataclass(frozen=True)
class ImportReport:
    """One import. `events_known` are those that the log had before; `rejects` is the file of bad rows."""

    name: str
    into: Path
    files: tuple[FileReport, ...]
    events_new: int
    events_known: int
    leads_new: int
    leads_total: int
    rejects: Path | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def rejected(self) -> int:
        return sum(sum(file.rejected.values()) for file in self.files)

    @property
    def useless(self) -> bool:
        """Rows were rejected and none could be used: the map does not fit the exports."""
        return self.rejected > 0 and not any(file.used for file in self.files)

    @property
    def filtered(self) -> int:
        return sum(sum(file.filtered.values()) for file in self.files)

    def __str__(self) -> str:
        lines = [line for file in self.files for line in file.lines()]
        lines += [f"note: {note}" for note in self.notes]
        lines.append(
            f"{self.into}: {_count(self.events_new, 'new event')}, {self.events_known:,} known before; "
            f"{_count(self.leads_new, 'new lead')}, {self.leads_total:,} in all"
        )
        if self.rejects is not None:
            lines.append(
                f"{self.rejects}: {_count(self.rejected, 'rejected row')} with file, line and reason"
            )
        return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _reasons(
    what: str, reasons: Mapping[str, int], first: Mapping[str, int | str] = MappingProxyType({})
) -> list[str]:
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    lines = [
        f"  {what} {count:,}: {reason}{_place(count, first.get(reason))}"
        for reason, count in ordered[:_SHOWN]
    ]
    if rest := ordered[_SHOWN:]:
        lines.append(f"  {what} {sum(count for _, count in rest):,}: {len(rest)} other reasons")
    return lines


def _place(count: int, line: int | str | None) -> str:
    if not line:
        return ""
    return f" (line {line})" if count == 1 else f" (first on line {line})"
