"""What becomes of a customer, said on the lead that was won: stays, has left, how it is (S4.4, S4.14)."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from accord.agreement.terms import Side as Of
from accord.lead.acting import CUSTOMER, Act
from accord.lead.events import Event, Kind
from accord.lead.outcomes import NOT_SATISFIED, SATISFIED
from accord.server.audit.trail import Actor
from accord.server.desk.acts.doing import Doing, begin, money, must_be, must_work, own_words, wrong
from accord.server.desk.models import Lead
from accord.server.desk.recording import one_step
from accord.server.people.models import Side

_SECOND = timedelta(seconds=1)
_SAID = {  # each fact of `CUSTOMER` as it is told with its day
    Kind.WON: "the lead was won",
    Kind.RENEWED: "the customer renewed",
    Kind.CHURNED: "the customer left",
}
assert set(_SAID) == set(CUSTOMER)  # noqa: S101


@one_step()
def renew(  # noqa: PLR0917 - as every act: who, which lead, what was said, when
    by: Actor, lead: int, amount: Decimal | None, on: date | None, note: str, at: datetime
) -> Lead:
    """A customer stays, or buys again; `amount` is that order's revenue."""
    doing = begin(by, lead, Act.RENEW, at)
    must_work(doing)
    fact = doing.fact(Kind.RENEWED, amount=money(amount), occurred_at=_next_day(doing, on))
    doing.add(fact, note=note)
    return doing.done()


@one_step()
def churn(  # noqa: PLR0917 - as every act
    by: Actor, lead: int, reason: str, on: date | None, note: str, at: datetime
) -> Lead:
    """A customer left; the reason is in somebody's own words, and needed."""
    doing = begin(by, lead, Act.CHURN, at)
    must_work(doing)
    reason = own_words(reason, "say in a few words why they left")
    doing.add(doing.fact(Kind.CHURNED, reason=reason, occurred_at=_next_day(doing, on)), note=note)
    return doing.done()


@one_step()
def rate(  # noqa: PLR0917 - as every act
    by: Actor, lead: int, satisfied: bool, on: date | None, note: str, at: datetime
) -> Lead:
    """A customer said how it is; whoever heard it, of either side, records it."""
    doing = begin(by, lead, Act.RATE, at)
    must_be(doing, (Side.SALES, Side.MARKETING))
    said = {"outcome": SATISFIED if satisfied else NOT_SATISFIED, "side": "prospect"}
    doing.add(doing.fact(Kind.RATED, occurred_at=_on_day(doing, on), **said), note=note)
    return doing.done()


def _next_day(doing: Doing, on: date | None) -> datetime:
    """An instant of a day not before the last word on whether they stay: an earlier one changes nothing."""
    last = max((event for event in doing.cycle.events if event.kind in CUSTOMER), key=_when, default=None)
    if on is not None and last is not None and on < (since := _when(last).astimezone(_zone(doing)).date()):
        raise wrong("on", f"this is before {_SAID[last.kind]}, on {since}", f"{since} or later")
    return _on_day(doing, on)


def _on_day(doing: Doing, on: date | None) -> datetime:
    """An instant of a day since the win, on the calendar of sales: after whatever that day has already."""
    if on is None:
        return doing.at
    zone = _zone(doing)
    known = [_when(event) for event in doing.cycle.events if event.kind in (*CUSTOMER, Kind.RATED)]
    won = doing.cycle.first_at(Kind.WON) or doing.at
    first, today = won.astimezone(zone).date(), doing.at.astimezone(zone).date()
    if not first <= on <= today:
        what = "this day lies ahead" if on > today else "this is before the lead was won"
        raise wrong("on", what, f"a day from {first} to {today}")
    same = [when + _SECOND for when in known if when.astimezone(zone).date() == on]
    return min(max([datetime.combine(on, time(12), zone), *same]), doing.at)


def _zone(doing: Doing) -> tzinfo:
    agreement = doing.agreement
    return agreement.calendar_of(Of.SALES).zone_on(doing.at.date()) if agreement else UTC


def _when(event: Event) -> datetime:
    return event.occurred_at
