"""Working calendars: `elapsed(from, to)` and `due(from, budget)`, each the other's inverse.

from accord.worktime import Calendar, WALL
"""

from accord.worktime.calendar import Calendar
from accord.worktime.wall import WALL, Clock, clock_for

__all__ = ["WALL", "Calendar", "Clock", "clock_for"]
