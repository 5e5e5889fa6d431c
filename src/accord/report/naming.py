"""What people call what the log and the agreement name by a key. Files and JSON keep the keys."""

from accord.agreement.terms import Agreement
from accord.ledger import wording
from accord.report import format as say
from accord.report.grid import Row
from accord.report.view import label

UNKNOWN = "unknown"
# Notes under tables whose rows somebody may want to add up
TWICE = (
    "The same leads stand here once under each word of the column By: counts and amounts add up within one "
    "of them only, and shares, rates and medians never do."
)
NO_SUM = "Counts add up over the rows; shares, medians and means do not. Those of all leads stand above."


def plain(key: object) -> str:
    """A key of an agreement as words; `unknown` where there is none."""
    return UNKNOWN if key is None or key == "" else wording.plain(str(key))


def stream(key: object) -> str | None:
    """The name of a stream in a table; None where the log knows none."""
    return None if key is None else say.name(plain(key))


def group_of(row: Row, agreement: Agreement) -> str:
    """The group that a row with `by` and `key` tells of; only a lead type has a label, streams are words.

    Sources and segments are texts of the log and stand as they came.
    """
    by, key = row.get("by"), row.get("key")
    if by == "lead_type":
        return label(key, agreement)
    if by == "owner":
        return person(key, agreement) or UNKNOWN
    return plain(key) if by == "stream" else str(key or UNKNOWN)


def person(who: object, agreement: Agreement) -> str | None:
    """The name of somebody whom the log names; None where it names nobody."""
    return None if who is None or who == "" else wording.person(str(who), agreement)
