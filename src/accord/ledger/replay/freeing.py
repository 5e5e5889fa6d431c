"""The log as a draft would have met it: what hand-offs froze of the terms that the draft changes is let go.

A hand-off writes down the due time of the first touch and the worth of the lead, so that no later version can
touch them. A replay asks what another agreement would have written there. Where it says the same as the one
that was in force, what was written stays: so an agreement replayed under itself changes nothing.
"""

from dataclasses import dataclass
from functools import cached_property

from accord.agreement.terms import Agreement, Side
from accord.ledger.log import Log, sql_text
from accord.ledger.terms import term_rows
from accord.promises.terms import ANY_TYPE, known_types

_CALENDAR_SAID = "coalesce(c.calendar_said, '')"


@dataclass(frozen=True)
class Freeing:
    """Which of the frozen values another agreement lets go."""

    before: Agreement
    after: Agreement

    @cached_property
    def types(self) -> tuple[dict[str, bool], bool]:
        """Lead types with terms of their own → whether their first touch changes; whether others' does."""
        known = sorted({*known_types(self.before), *known_types(self.after)} - {ANY_TYPE})
        changes = {
            name: self.before.first_touch(name) != self.after.first_touch(name) for name in (*known, ANY_TYPE)
        }
        others = changes.pop(ANY_TYPE)
        return changes, others

    @cached_property
    def calendars(self) -> tuple[dict[str, bool], bool]:
        """Calendars by name → whether the hours behind the name change; and whether those of sales do."""
        known = {*self.before.calendars, *self.after.calendars}
        changes = {name: self._hours(self.before, name) != self._hours(self.after, name) for name in known}
        return changes, self._hours(self.before, "") != self._hours(self.after, "")

    @cached_property
    def value(self) -> bool:
        """Whether leads would have another worth."""
        was, then = (term_rows(one)["term_value"] for one in (self.before, self.after))
        return self.before.value.by != self.after.value.by or was != then

    def due(self, lead_type: str | None, calendar: str | None) -> bool:
        """Whether the due time of such a lead is let go: the row form of `due_sql`."""
        types, other_types = self.types
        calendars, other_calendars = self.calendars
        changed = types.get(lead_type or ANY_TYPE, other_types)
        return changed or calendars.get(calendar or "", other_calendars)

    def due_sql(self, leads_sql: str) -> str:
        """The same on a row of the events; `leads_sql` says which type a lead is of."""
        calendar = _named(self.calendars, "coalesce(calendar, '')")
        return f"({_either(self.types, leads_sql)} OR {calendar})"

    def cycle_sql(self) -> str:
        """The same on a row `c` of the ledger's `cycle`."""
        lead_type = _named(self.types, "coalesce(c.lead_type, '')")
        return f"({lead_type} OR {_named(self.calendars, _CALENDAR_SAID)})"

    @staticmethod
    def _hours(agreement: Agreement, name: str) -> object:
        """The terms of the calendar by which a lead of this name is judged."""
        known = name if name in agreement.calendars else agreement.calendar_of(Side.SALES).name
        return agreement.calendars[known]


@dataclass(frozen=True)
class FreedLog(Log):
    """A log whose hand-offs have let go what `freeing` lets go; its files are those of the log."""

    freeing: Freeing

    @property
    def events_sql(self) -> str:
        due = self.freeing.due_sql(self.leads_sql)
        worth = "NULL" if self.freeing.value else "value"
        events = self.plain.events_sql
        return (
            f"SELECT * FROM ({events}) WHERE kind <> 'handed_off' UNION ALL "  # noqa: S608 - our own names
            f"SELECT * REPLACE (CASE WHEN {due} THEN NULL ELSE due_at END AS due_at, {worth} AS value) "
            f"FROM ({events}) WHERE kind = 'handed_off'"
        )

    @property
    def leads_sql(self) -> str:
        return self.plain.leads_sql

    @property
    def plain(self) -> Log:
        """The log as it is."""
        return Log(self.folder, self.layout, self.leads_files, self.events_files)


def freed(log: Log, before: Agreement, after: Agreement) -> Log:
    """The log as `after` would have met it; the log itself where it changes nothing that was frozen."""
    freeing = Freeing(before, after)
    touched = (*freeing.types[0].values(), freeing.types[1], *freeing.calendars[0].values())
    if not any((*touched, freeing.calendars[1], freeing.value)):
        return log
    return FreedLog(log.folder, log.layout, log.leads_files, log.events_files, freeing)


def _either(types: tuple[dict[str, bool], bool], leads_sql: str) -> str:
    """Whether the lead of an event is of a type that changes."""
    named, others = types
    wanted = [name for name, changes in named.items() if changes is not others]
    if not wanted:
        return "TRUE" if others else "FALSE"
    listed = ", ".join(map(sql_text, wanted))
    found = f"lead IN (SELECT lead FROM ({leads_sql}) WHERE lead_type IN ({listed}))"  # noqa: S608
    return f"NOT {found}" if others else found


def _named(changes: tuple[dict[str, bool], bool], column: str) -> str:
    """Whether what the column names changes."""
    named, others = changes
    wanted = [name for name, changed in named.items() if changed is not others]
    if not wanted:
        return "TRUE" if others else "FALSE"
    found = f"{column} IN ({', '.join(map(sql_text, wanted))})"
    return f"NOT {found}" if others else found
