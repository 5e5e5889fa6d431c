"""One of each of the meetings' papers, for what walks over all pages."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from django.utils import timezone
from report_fixture import agreement, measures, score

from accord.report.pack import plain
from accord.server.desk.models import Lead
from accord.server.people.models import User
from accord.server.rituals.models import Announcement, Decision, Pack, Sheet

DAY, MONTH = date(2026, 3, 17), date(2026, 2, 1)
_PROGRESS = {
    "promise": "M1", "title": "Accepted leads", "side": "marketing", "unit": "leads", "gained": 98.0,
    "due": 130.0,
    "actual": 1400.0, "line": 1560.0, "of_pace": 0.8974, "state": "broken",
}  # fmt: skip
_TOLD = {
    "promise": "M1", "title": "Accepted leads", "side": "marketing", "unit": "leads", "actual": 4012.0,
    "promised": 3900.0, "kept": None, "of": None, "pending": 0,
}  # fmt: skip
_SHARE = {
    "promise": "S1", "title": "First touch in time", "side": "sales", "unit": "share", "actual": 0.71,
    "promised": 0.9, "kept": 71, "of": 100, "pending": 0,
}  # fmt: skip


def a_sheet(lead: Lead, away: User, cover: User, on: date = DAY) -> Sheet:
    rows = [{"lead": lead.pk, "due_at": timezone.now().isoformat(), "kind": "first_touch_in_time"}]
    promise = {"title": "Cadence kept", "side": "sales", "unit": "share", "actual": 0.61, "due": 0.8,
               "kept": 61,
               "of": 100}  # fmt: skip
    values: dict[str, Any] = {
        "from_on": str(on - timedelta(days=3)),
        "to_on": str(on - timedelta(days=1)),
        "currency": "USD",
        "progress": [_PROGRESS, {**_PROGRESS, "title": "Lead value", "unit": "USD", "state": "kept"},
                     {**_PROGRESS, "title": "Revenue", "unit": "USD", "state": "over", "of_pace": 1.2}],
        "counted": True,
        "problem": "",
        "touched": 41,
        "touches_due": 44,
        "overdue": {"count": 7, "more": False, "rows": rows * 5},
        "risk": {"count": 12, "more": False, "rows": rows * 5},
        "capacity": {
            "people": 12, "there": 10, "left": 310, "unknown": 1,
            "away": [{"user": away.pk, "side": "sales", "until": str(on), "cover": cover.pk}],
        },
        "win": {"what": "won", "count": 2, "of": None, "amount": 4000.0, "promise": None},
        "block": {"what": "broken", "count": None, "of": None, "amount": None, "promise": promise},
        "decisions": [{"text": "Ask for the phone", "owner": away.name, "due_on": str(on - timedelta(days=1)),
                       "state": "open", "note": "", "carried": 1}],
    }  # fmt: skip
    return Sheet.objects.create(on=on, made_at=timezone.now(), agreement="version 1", values=values)


def a_pack(month: date = MONTH) -> Pack:
    return Pack.objects.create(
        month=month, review_on=timezone.localdate() + timedelta(days=3), made_at=timezone.now(),
        agreement="version 1",
        values=_pack(), pdf=b"%PDF-1.7 for tests",
    )  # fmt: skip


@cache
def _pack() -> dict[str, Any]:
    actions = [{"text": "Ask for the phone", "owner": "Sara", "due_on": "2026-02-12", "state": "done",
                "note": "It is asked", "carried": 0}]  # fmt: skip
    return plain(score(measures=measures()), agreement(), actions=actions)


def an_announcement(**fields: Any) -> Announcement:
    now = timezone.now()
    known = {
        "key": f"closed {Announcement.objects.count()}", "kind": "closed", "from_on": MONTH,
        "to_on": date(2026, 2, 28), "made_at": now, "goes_at": now + timedelta(hours=1),
        "values": {"wins": [_TOLD], "misses": [_SHARE], "over": [], "undecided": []},
    }  # fmt: skip
    return Announcement.objects.create(**{**known, **fields})


def papers(people: Any, lead: Lead) -> dict[str, dict[str, Any]]:
    """One of each, and by which arguments their addresses find them."""
    a_sheet(lead, people.leyla, people.ines)
    a_pack()
    told = an_announcement()
    an_announcement(state="held", held_by=people.omar, note="the import of Friday is missing")
    decision = Decision.objects.create(
        text="Ask for the phone", owner=people.sara, due_on=DAY, made_by=people.mina, meeting="review"
    )
    return {
        "stand-up-day": {"on": DAY},
        "stand-up-say": {"on": DAY},
        "decisions-act": {"pk": decision.pk, "what": "done"},
        **{name: {"month": MONTH} for name in ("pack-month", "pack-pdf", "pack-anew")},
        "announcements-hold": {"pk": told.pk, "what": "hold"},
    }
