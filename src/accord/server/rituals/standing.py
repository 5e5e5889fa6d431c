"""The stand-up sheet: made once a day at the agreed minute, kept with the figures of that minute (S4.8)."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum

from accord.lead.events import Kind
from accord.lead.standing import Standing
from accord.ledger.score import PromiseScore
from accord.promises.duties import DutyKind
from accord.promises.verdict import State
from accord.report.standup import Lately, Said, one_block, one_win, progress
from accord.server.boards import risk
from accord.server.desk.models import Duty, Event, Lead
from accord.server.people.models import Absence, Side
from accord.server.rituals import saying
from accord.server.rituals.counting import counted
from accord.server.rituals.deciding import due_by
from accord.server.rituals.models import Sheet
from accord.server.rituals.posting import STAND_UP, post, post_into_chats
from accord.server.rituals.timing import Company, company_at
from accord.server.routing import team

_SHOWN = 5  # leads of a list; the board has the rest
_DAY = timedelta(days=1)


def make_due(at: datetime) -> Sheet | None:
    """Today's sheet, if its minute has come and nobody made it; a day that was missed is not made up for."""
    company = company_at(at)
    if company is None or company.stand_up is None:
        return None
    on = company.today
    if not company.stand_up.meets_on(on) or at < company.stand_up.begins(on):
        return None
    if Sheet.objects.filter(on=on).exists():
        return None
    return make(company, on)


def make(company: Company, on: date) -> Sheet | None:
    """Make a day's sheet and hand it out; None where somebody else made it meanwhile."""
    values = values_of(company, on)
    with transaction.atomic():
        sheet, made = Sheet.objects.get_or_create(
            on=on,
            defaults={"made_at": company.at, "agreement": company.agreement.in_force_label, "values": values},
        )
        if not made:
            return None
        link = saying.address("stand-up-day", on.isoformat())
        post(STAND_UP, on.isoformat(), company.at, lambda _user: saying.sheet(sheet, link))
        post_into_chats(STAND_UP, on.isoformat(), company.at, lambda: saying.sheet(sheet, ""), link)
    return sheet


def values_of(company: Company, on: date) -> dict[str, Any]:
    """All that the sheet of a day shows, as JSON. Leads stand here by number alone, so that an erased person
    is gone from old sheets too."""
    at = company.at
    from_on = company.stand_up.before(on) if company.stand_up else on - _DAY
    to_on = on - _DAY
    days = company.interval(to_on)
    score, problem = counted(company, *days, at) if days else (None, "")
    late, near = risk.overdue(at), risk.at_risk(at)
    lately = _lately(company, from_on, on, len(late.rows))
    return {
        "from_on": from_on.isoformat(),
        "to_on": to_on.isoformat(),
        "currency": company.agreement.currency,
        "progress": [asdict(one) for one in progress(score, from_on, to_on)] if score else [],
        "counted": score is not None,
        "problem": problem,
        "touched": lately.touched,
        "touches_due": lately.touches_due,
        "overdue": {**_list(late), "untouched": risk.untouched(at)},
        "risk": _list(near),
        "capacity": _capacity(company),
        "win": _said(one_win(score, lately)),
        "block": _said(one_block(score, lately)),
        "decisions": due_by(on),
    }


def _lately(company: Company, from_on: date, on: date, overdue: int) -> Lately:
    start, end = company.starts(from_on), company.starts(on)
    won = Event.objects.filter(kind=Kind.WON.value, occurred_at__gte=start, occurred_at__lt=end)
    deals = won.aggregate(count=Count("pk"), amount=Sum("amount"))
    due = Duty.objects.filter(kind=DutyKind.FIRST_TOUCH.value, due_at__gte=start, due_at__lt=end)
    touches = due.aggregate(
        kept=Count("pk", filter=Q(state=State.KEPT.value)),
        all=Count("pk", filter=Q(state__in=(State.KEPT.value, State.BROKEN.value))),
    )
    return Lately(
        won=deals["count"],
        won_amount=None if deals["amount"] is None else float(deals["amount"]),
        touched=touches["kept"],
        touches_due=touches["all"],
        unassigned=Lead.objects.filter(standing=Standing.DELIVERED.value).count(),
        overdue=overdue,
    )


def _list(found: risk.Urgent) -> dict[str, Any]:
    rows = [{"lead": lead, "due_at": due_at.isoformat()} for lead, _owner, due_at in found.rows[:_SHOWN]]
    for row, kind in zip(rows, _kinds(row["lead"] for row in rows), strict=True):
        row["kind"] = kind
    return {"count": len(found.rows), "more": found.more, "rows": rows}


def _kinds(leads: Iterable[Any]) -> list[str]:
    """What is owed first of each lead."""
    numbers = list(leads)
    found = dict(Lead.objects.filter(pk__in=numbers).values_list("pk", "due_kind"))
    return [found.get(pk) or "" for pk in numbers]


def _capacity(company: Company) -> dict[str, Any]:
    """Who of both sides is away today, and how many leads sales has room for this month, rounded down."""
    rows = [row for row in team.rows(company.at) if row.state != "off"]
    known = [row.left for row in rows if row.left is not None and row.state != "away"]
    return {
        "people": len(rows),
        "there": sum(row.state != "away" for row in rows),
        "left": int(sum(known)) if known else None,
        "unknown": sum(row.month is None for row in rows),
        "away": _away(company.today),
    }


def _away(on: date) -> list[dict[str, Any]]:
    away = Absence.objects.filter(removed_at=None, from_on__lte=on, to_on__gte=on, user__is_active=True)
    rows = away.filter(user__side__in=(Side.MARKETING, Side.SALES)).order_by("user__side", "user__name")
    fields = rows.values_list("user", "user__side", "to_on", "cover")
    return [
        {"user": user, "side": side, "until": until.isoformat(), "cover": cover}
        for user, side, until, cover in fields
    ]


def _said(one: Said | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"what": one.what, "count": one.count, "of": one.of, "amount": one.amount,
            "promise": _promise(one.promise)}  # fmt: skip


def _promise(one: PromiseScore | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"title": one.title, "side": one.side, "unit": one.unit, "actual": one.actual,
            "due": one.due_by_now, "kept": one.numerator, "of": one.denominator}  # fmt: skip
