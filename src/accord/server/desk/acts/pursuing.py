"""Sales goes on with a lead, or ends it: confirmed, won, lost, disqualified, returned."""

from datetime import datetime
from decimal import Decimal

from accord.lead.acting import Act
from accord.lead.events import Kind
from accord.server.audit.trail import Actor
from accord.server.desk.acts import choices
from accord.server.desk.acts.doing import begin, money, must_work, one_of, own_words, take_it
from accord.server.desk.models import Lead
from accord.server.desk.recording import one_step


@one_step()
def sales_qualify(by: Actor, lead: int, note: str, at: datetime) -> Lead:
    return _went_on(by, lead, (Act.SALES_QUALIFY, Kind.SALES_QUALIFIED), at, note=note)


@one_step()
def open_opportunity(by: Actor, lead: int, amount: Decimal | None, note: str, at: datetime) -> Lead:
    return _went_on(by, lead, (Act.OPEN_OPPORTUNITY, Kind.OPPORTUNITY), at, amount=amount, note=note)


@one_step()
def propose(by: Actor, lead: int, amount: Decimal | None, note: str, at: datetime) -> Lead:
    return _went_on(by, lead, (Act.PROPOSE, Kind.PROPOSAL), at, amount=amount, note=note)


@one_step()
def win(by: Actor, lead: int, amount: Decimal | None, note: str, at: datetime) -> Lead:
    return _went_on(by, lead, (Act.WIN, Kind.WON), at, amount=amount, note=note)


@one_step()
def lose(by: Actor, lead: int, reason: str, note: str, at: datetime) -> Lead:
    """The pursuit ended without a sale; the reason is in the rep's own words, and needed (5.10)."""
    doing = begin(by, lead, Act.LOSE, at)
    must_work(doing)
    reason = own_words(reason, "say in a few words why it was lost")
    doing.add(doing.fact(Kind.LOST, reason=reason), note=note)
    return doing.done()


@one_step()
def disqualify(  # noqa: PLR0917 - as every act: who, which lead, what was said, when
    by: Actor, lead: int, reason: str, sub_reason: str, note: str, at: datetime
) -> Lead:
    """End a lead after contact attempts; `unable_to_reach` only after the agreed minimum (2.6)."""
    doing = begin(by, lead, Act.DISQUALIFY, at, reason=reason)
    must_work(doing)
    one_of("reason", reason, choices.disqualify_reasons(doing.agreement))
    if asked := choices.sub_reasons(doing.agreement, reason):
        one_of("sub_reason", sub_reason, asked)
    doing.add(doing.fact(Kind.DISQUALIFIED, reason=reason, outcome=sub_reason[:120]), note=note)
    return doing.done()


@one_step()
def return_(  # noqa: PLR0917 - as every act
    by: Actor, lead: int, reason: str, track: str, note: str, at: datetime
) -> Lead:
    """Give a lead back to marketing, into a nurture track: the one asked for, else the one agreed (S3.11)."""
    doing = begin(by, lead, Act.RETURN, at, reason=reason)
    must_work(doing)
    one_of("reason", reason, choices.return_reasons(doing.agreement))
    if track:
        one_of("track", track, choices.tracks(doing.agreement))
    facts = [doing.fact(Kind.RETURNED, reason=reason)]
    if into := track or choices.track_for(doing.agreement, reason):
        facts.append(doing.fact(Kind.ENROLLED, outcome=into, reason=reason))
    doing.add(*facts, note=note)
    return doing.done()


def _went_on(
    by: Actor,
    lead: int,
    what: tuple[Act, Kind],
    at: datetime,
    *,
    amount: Decimal | None = None,
    note: str = "",
) -> Lead:
    """Going on with a lead decides about it too, so one of nobody is taken."""
    act, kind = what
    doing = begin(by, lead, act, at)
    must_work(doing)
    doing.add(*take_it(doing), doing.fact(kind, amount=money(amount)), note=note)
    return doing.done()
