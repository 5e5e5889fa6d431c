"""Every error that Accord raises on purpose.

    AccordError
    ├── Refused                    understood, but not done for you, or not now
    │   ├── NotSignedIn            nobody is signed in, or the token is none
    │   ├── NotAllowed             your side or role may not do this
    │   ├── ScopeMissing           the token was not given the scope that this needs
    │   ├── ReauthenticationNeeded signing asks again who you are
    │   ├── TooManyTries           wait before you try again
    │   └── NotReady               it is being worked out; ask again in some seconds
    ├── InputError                 what was handed over cannot be used; mend it and try again
    │   ├── TimeError              an instant or a span that makes no sense
    │   │   ├── NaiveTime          a time without a zone
    │   │   ├── WrongOrder         an end before its start
    │   │   └── BudgetUnreachable  working time that the calendar never offers
    │   ├── CalendarInvalid        a calendar that cannot be built, or has no working time at all
    │   ├── AgreementInvalid       an agreement with errors; carries every problem found
    │   ├── AgreementUnreadable    a file that is no text, or none at all
    │   ├── PlanImpossible         numbers from which no plan follows
    │   ├── ChainInvalid           a chain of signatures that cannot be trusted; carries every problem found
    │   ├── SignatureRefused       a proposal or a signature that may not be made
    │   ├── KeyUnusable            a signing key that is missing, locked or not one
    │   ├── VersionsOverlap        two versions in force for the same scope
    │   ├── FormInvalid            a survey form with errors; carries every problem found
    │   ├── MapInvalid             an import map with errors; carries every problem found
    │   ├── SettingsInvalid        environment variables that cannot be used; carries every one
    │   ├── EntryInvalid           fields of a form or of a request with errors; carries every problem found
    │   ├── AddressInvalid         filters in an address that cannot be read; carries every problem found
    │   ├── EditConflict           somebody else saved in between; nothing of either is lost
    │   ├── KeyReused              an idempotency key that came with another request before
    │   ├── BackupUnusable         a backup that cannot be restored, or not here
    │   ├── SourceUnreadable       an export that cannot be read at all
    │   ├── TooBig                 more than is read at once
    │   ├── LogUnreadable          a folder that is no log, or one of another layout
    │   ├── FoldUnusable           a fold that is missing, damaged, of another layout or under other terms
    │   └── EngineMissing          another engine was asked for that is not installed here
    ├── Undelivered                a message that a mail server or a chat did not take
    └── NotFound                   a name that does not exist; says which do
        ├── CalendarUnknown
        ├── LeadUnknown
        ├── MeasureUnknown
        ├── PageUnknown            no page, draft, person or token at this address
        ├── NumberUnknown          a number that the plan does not have
        └── TemplateUnknown        a template that `init` does not have

Each leaf has one exit code for the command line and one HTTP status for the server; a message is one sentence
that says what is wrong, where, and what to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"  # cannot be used as it stands
    WARNING = "warning"  # can be used, probably not what was meant
    ADVICE = "advice"  # could be better


@dataclass(frozen=True, order=True)
class Problem:
    """One finding in a text that somebody wrote: where it is, what is wrong, what is allowed."""

    file: str
    line: int
    path: str
    what: str
    allowed: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file else ""
        place += f"{self.path}: " if self.path else ""
        kind = "" if self.severity is Severity.ERROR else f"{self.severity}: "
        return place + kind + self.what + (f"; {self.allowed}" if self.allowed else "")


class AccordError(Exception):
    exit_code = 1
    http_status = 500


class Refused(AccordError):
    exit_code = 30
    http_status = 403


class NotSignedIn(Refused):
    exit_code = 31
    http_status = 401


class NotAllowed(Refused):
    """`by_rights`: because of side or role alone, so that another side or role would be the remedy."""

    exit_code = 32

    def __init__(self, what: str = "", *, by_rights: bool = False) -> None:
        self.by_rights = by_rights
        super().__init__(what)


class ScopeMissing(Refused):
    exit_code = 35

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__(f"this token lacks the scope {scope}; make one that has it under Tokens")


class ReauthenticationNeeded(Refused):
    exit_code = 33
    http_status = 401


class TooManyTries(Refused):
    exit_code = 34
    http_status = 429
    wait = 60  # seconds until another try makes sense


class NotReady(Refused):
    exit_code = 37
    http_status = 503
    wait = 2  # seconds until another try makes sense


class InputError(AccordError):
    exit_code = 2
    http_status = 400


class TimeError(InputError):
    """An instant or a span that makes no sense."""


class NaiveTime(TimeError):
    exit_code = 10


class WrongOrder(TimeError):
    exit_code = 11


class BudgetUnreachable(TimeError):
    exit_code = 12


class CalendarInvalid(InputError):
    exit_code = 13
    http_status = 422


class _WithProblems(InputError):
    http_status = 422

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class AgreementInvalid(_WithProblems):
    exit_code = 3


class AgreementUnreadable(InputError):
    exit_code = 15


class PlanImpossible(InputError):
    exit_code = 4
    http_status = 422


class ChainInvalid(_WithProblems):
    exit_code = 20


class SignatureRefused(InputError):
    exit_code = 21
    http_status = 409


class KeyUnusable(InputError):
    exit_code = 22


class VersionsOverlap(InputError):
    exit_code = 23
    http_status = 409


class FormInvalid(_WithProblems):
    exit_code = 24


class MapInvalid(_WithProblems):
    exit_code = 5


class SettingsInvalid(_WithProblems):
    exit_code = 25


class EntryInvalid(_WithProblems):
    exit_code = 26


class AddressInvalid(_WithProblems):
    exit_code = 43
    http_status = 400


class EditConflict(InputError):
    exit_code = 27
    http_status = 409


class KeyReused(InputError):
    exit_code = 28
    http_status = 422


class BackupUnusable(InputError):
    exit_code = 29


class SourceUnreadable(InputError):
    exit_code = 6


class TooBig(InputError):
    exit_code = 41
    http_status = 413


class LogUnreadable(InputError):
    exit_code = 7


class FoldUnusable(InputError):
    exit_code = 42


class EngineMissing(InputError):
    exit_code = 44

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why}; install Java 17 or newer and `pip install 'accord[spark]'`, or leave --engine out"
        )


class Undelivered(AccordError):
    """`for_good`: another try would fare the same; `for_all`: it is the server, so other messages wait too;
    `wait`: after how many seconds the other end wants to be asked again.
    """

    exit_code = 40
    http_status = 424

    def __init__(
        self, what: str, *, for_good: bool = False, for_all: bool = False, wait: float | None = None
    ) -> None:
        self.for_good, self.for_all, self.wait = for_good, for_all, wait
        super().__init__(what)


class NotFound(AccordError):
    exit_code = 8
    http_status = 404
    noun = "name"
    lists = True  # whether some of the known are named where none is near

    def __init__(self, name: str, known: Iterable[str] = (), *, noun: str = "") -> None:
        """`noun` says more closely what kind of thing it is: `version of this agreement`."""
        self.name = name
        super().__init__(f"no {noun or self.noun} named {name!r}{nearest(name, known, lists=self.lists)}")


class CalendarUnknown(NotFound):
    exit_code = 14
    noun = "calendar"


class LeadUnknown(NotFound):
    exit_code = 8
    noun = "lead"
    lists = False  # others are of no help, and are people


class MeasureUnknown(NotFound):
    exit_code = 9
    noun = "measure"


class PageUnknown(NotFound):
    exit_code = 18
    noun = "page"


class NumberUnknown(NotFound):
    exit_code = 16
    noun = "number of the plan"


class TemplateUnknown(NotFound):
    exit_code = 17
    noun = "template"


def nearest(name: str, known: Iterable[str], *, lists: bool = True) -> str:
    """The hint after an unknown name: the nearest known one, else the first ten if it `lists` them; empty if
    none are known."""
    names = sorted(set(known))
    if close := get_close_matches(name, names, n=1, cutoff=0.6):
        return f"; did you mean {close[0]!r}?"
    if not names or not lists:
        return ""
    return f"; known are {', '.join(names[:10])}{' …' if len(names) > 10 else ''}"
