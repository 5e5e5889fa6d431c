"""One lead's verdicts explained, from the log alone: also where the lead came with an import.

Viewers see what was judged and when, and no words or names of people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.agreement.terms import Agreement
from accord.ledger.history import history
from accord.ledger.log import open_log
from accord.ledger.why import explain
from accord.promises import PromiseOf, State, Verdict, judge
from accord.server.desk.models import Lead
from accord.server.look import figures as say
from accord.server.score import making
from accord.server.score.owning import called, names

_TITLES: dict[PromiseOf, str | Promise] = {
    PromiseOf.FIRST_TOUCH: gettext_lazy("First touch"),
    PromiseOf.DECIDED: gettext_lazy("Decision"),
    PromiseOf.FEEDBACK: gettext_lazy("Reason of the reject"),
    PromiseOf.CADENCE: gettext_lazy("Cadence"),
    PromiseOf.CREDIT: gettext_lazy("Credit for marketing"),
    PromiseOf.COMPLETE: gettext_lazy("Complete hand-off"),
}
_TONES = {"kept": "good", "broken": "bad", "pending": "info", "excused": "warn", "void": "muted"}


@dataclass(frozen=True)
class Block:
    """One verdict, or what is known of the lead; `state` is empty where nothing is judged."""

    title: str
    state: str
    tone: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Explained:
    """`whole` says that names and words of people are told; `on_desk` that the lead has a card."""

    lead: str
    opening: Block
    verdicts: tuple[Block, ...]
    record: Block | None
    whole: bool
    on_desk: bool


def explained(agreement: Agreement, lead: str, at: datetime, *, whole: bool, zone: str) -> Explained:
    """What was judged about a lead as known at an instant, and why; LeadUnknown names the nearest."""
    on_desk = Lead.objects.filter(key=lead).exists()
    if not whole:
        return Explained(lead, *_judged(agreement, lead, at, zone), None, whole, on_desk)
    opening, *blocks = _blocks(explain(called(agreement, names()), making.log_folder(), lead, at))
    return Explained(lead, opening, tuple(blocks[:-1]), blocks[-1], whole, on_desk)


def _blocks(text: str) -> Iterator[Block]:
    """The parts of an explanation: a heading, then lines set in."""
    for part in text.split("\n\n"):
        title, *lines = part.split("\n")
        name, colon, state = title.partition(": ")
        judged = bool(colon) and state in _TONES
        yield Block(
            name if judged else title,
            state if judged else "",
            _TONES[state] if judged else "",
            tuple(line.strip() for line in lines),
        )


def _judged(agreement: Agreement, lead: str, at: datetime, zone: str) -> tuple[Block, tuple[Block, ...]]:
    """The verdicts with their times and nothing that somebody wrote."""
    who, events = history(open_log(making.log_folder()), lead)
    verdicts = judge(agreement, who, events, at.astimezone(UTC))
    known = say.or_dash(say.instant(at, zone))
    opening = Block(_("Lead %(lead)s, as known on %(at)s") % {"lead": lead, "at": known}, "", "", ())
    return opening, tuple(_block(verdict, zone) for verdict in verdicts)


def _block(verdict: Verdict, zone: str) -> Block:
    times = (
        (_("Delivered on %(at)s."), verdict.delivered_at),
        (_("Due by %(at)s."), verdict.due_at),
        (_("Done on %(at)s."), verdict.met_at),
        (_("Ended on %(at)s."), verdict.ended_at),
    )
    lines = tuple(words % {"at": say.instant(at, zone)} for words, at in times if at is not None)
    state = State(verdict.state).value
    return Block(str(_TITLES[verdict.promise]), state, _TONES[state], lines)
