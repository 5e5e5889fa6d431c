"""What the stand-up sheet calls overdue is what the board and the score list, at the same instant (S0.38)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accord.agreement.parse import parse_agreement
from accord.lead.events import Kind
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log
from accord.server.agreements.models import AgreementFile
from accord.server.boards import risk
from accord.server.desk.models import Lead
from accord.server.desk.recording import Fact, record_facts
from accord.server.rituals import saying, standing
from accord.server.rituals.models import Sheet
from accord.server.score import archiving
from desk_fixture import a_delivered_lead
from server_fixture import ACME, People, signed_in

pytestmark = pytest.mark.django_db


def touched(lead: Lead, after: timedelta) -> Lead:
    assert lead.delivered_at is not None
    at = lead.delivered_at + after
    fact = Fact(Kind.ATTEMPTED, at, actor="person:leyla", side="sales", channel="call")
    return record_facts(lead.pk, [fact], at)


def ended(lead: Lead, kind: Kind, after: timedelta) -> Lead:
    assert lead.delivered_at is not None
    at = lead.delivered_at + after
    return record_facts(lead.pk, [Fact(kind, at, side="sales", reason="wrong person")], at)


def test_the_sheet_the_board_and_the_score_count_the_same_leads(
    people: People, in_force: AgreementFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Untouched, touched in time, touched late, refused without a touch, and one whose time runs."""
    monkeypatch.setattr("accord.server.score.making.log_folder", lambda: tmp_path / "log")
    monkeypatch.setattr(archiving, "log_folder", lambda: tmp_path / "log")
    start = timezone.now()
    waits = [a_delivered_lead(people.leyla, delivered_at=start) for _ in range(3)]
    touched(a_delivered_lead(people.leyla, delivered_at=start), timedelta(minutes=1))
    touched(a_delivered_lead(people.leyla, delivered_at=start), timedelta(days=4))
    ended(a_delivered_lead(people.leyla, delivered_at=start), Kind.REJECTED, timedelta(minutes=5))
    now = start + timedelta(days=5)
    a_delivered_lead(people.leyla, delivered_at=now - timedelta(seconds=30))
    archiving.archive(now)

    agreement = parse_agreement(ACME)
    days = {"from_on": start.date() - timedelta(days=2), "to_on": now.date() + timedelta(days=2)}
    with Ledger(agreement, open_log(tmp_path / "log"), as_of=now, **days) as ledger:
        listed = {str(row["lead"]) for row in ledger.measure("overdue").table.dicts()}
        speed = next(row for row in ledger.measure("speed").table.dicts() if row["by"] == "all")
    assert listed == {lead.key for lead in waits}
    assert speed["open_overdue"] == risk.untouched(now) == len(waits) == 3

    company = standing.company_at(now)
    assert company is not None
    found = standing.values_of(company, company.today)["overdue"]
    assert (found["count"], found["untouched"]) == (len(risk.overdue(now).rows), 3)
    assert found["count"] >= found["untouched"], "what is late is more than the first touch"


def test_the_sheet_says_how_many_of_what_is_late_the_score_lists(people: People, client: Client) -> None:
    empty = {"count": 0, "more": False, "rows": []}
    values = {
        "from_on": "2026-03-16", "to_on": "2026-03-16", "currency": "USD", "progress": [], "counted": True,
        "problem": "", "touched": 0, "touches_due": 0, "risk": empty,
        "overdue": {"count": 16, "more": False, "rows": [], "untouched": 9},
        "capacity": {"people": 1, "there": 1, "left": None, "unknown": 1, "away": []},
        "win": None, "block": None, "decisions": [],
    }  # fmt: skip
    sheet = Sheet.objects.create(
        on="2026-03-17", made_at=timezone.now(), agreement="version 1", values=values
    )
    sheet.refresh_from_db()
    said = "9 leads still wait for a first touch that is late."
    assert said in saying.sheet(sheet, "").text
    page = signed_in(people.omar).get(reverse("stand-up-day", args=["2026-03-17"])).content.decode()
    assert said in page
    sheet.values["overdue"] |= {"count": 500, "more": True, "untouched": 730}
    assert "730 leads still wait" in saying.sheet(sheet, "").text, "no part of a list that was cut"
    del sheet.values["overdue"]["untouched"]  # made before it was counted
    assert "first touch" not in saying.sheet(sheet, "").text
