"""The desk's tables. Personal data stands in `contacts.py` alone; the log, which lasts, names nobody.

What was handed off carries a copy of it, and notes may hold some: an erasure empties both.
"""

from accord.server.desk.models.contacts import Account, Consent, Contact, Signal, Suppression
from accord.server.desk.models.duties import Duty
from accord.server.desk.models.handing import HandOff, Likeness
from accord.server.desk.models.leads import Lead
from accord.server.desk.models.log import Event, Note

__all__ = [
    "Account",
    "Consent",
    "Contact",
    "Duty",
    "Event",
    "HandOff",
    "Lead",
    "Likeness",
    "Note",
    "Signal",
    "Suppression",
]
