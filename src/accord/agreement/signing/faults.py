"""What can be wrong with a chain of signatures, each kind with a name of its own."""

from dataclasses import dataclass
from enum import StrEnum

from accord.errors import Problem


class Fault(StrEnum):
    # The file itself: nothing in it can be relied on.
    MALFORMED = "malformed"  # a line that is no entry, or not written as Accord writes it
    UNKNOWN_FORMAT = "unknown format"  # no chain of signatures, or one of a later layout
    CUT_OFF = "cut off"  # entries are missing at the end
    CHANGED_ENTRY = "changed entry"  # an entry does not have the hash that it names
    BROKEN_LINK = "broken link"  # an entry does not follow the one before it: taken out, put in, or moved
    # One entry: it does not count, the others do.
    WRONG_ORDER = "wrong order"  # earlier in time than the entry before it
    NOT_ALLOWED = "not allowed"  # not possible as things stood, such as withdrawing what both sides signed
    UNKNOWN_VERSION = "unknown version"  # about a version that was never proposed
    WRONG_PREDECESSOR = "wrong predecessor"  # supersedes another version than the one signed last
    CHANGED_TEXT = "changed text"  # a text is not the one whose digest was signed
    CHANGED_CALCULATION = "changed calculation"  # signed after another calculation than the one proposed
    NOT_PARTY = "not party"  # by somebody who is not one person of either side
    WRONG_SIDE = "wrong side"  # for the other side than the agreement says
    NOT_HEAD = "not head"  # as head of a side, by somebody who is not
    WRONG_KEY = "wrong key"  # with another key than the person's, or without it
    FORGED = "forged"  # the signature was not made with the key that it names
    NOT_ACKNOWLEDGED = "not acknowledged"  # what was typed is not the person's name
    TOO_EARLY = "too early"  # signed before the version was proposed
    TOO_LATE = "too late"  # signed after the version's term ended
    DUPLICATE = "duplicate"  # the same person signed the same version before
    # The whole: every entry may be in order.
    MISSING_SIGNATURE = "missing signature"  # of somebody who must sign
    NOT_PROPOSED = "not proposed"  # a text that the chain does not know
    OVERLAP = "overlap"  # two versions in force at once, without a reset


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: its kind, and where, what and what to do as for any text."""

    problem: Problem
    fault: Fault

    def __str__(self) -> str:
        return str(self.problem)
