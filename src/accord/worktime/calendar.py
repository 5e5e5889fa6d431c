"""Working calendars: weekly hours, holidays, zone, versions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Calendar:
    name: str
