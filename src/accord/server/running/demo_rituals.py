"""The demo's meetings: decisions of the last weeks, a stand-up sheet, last month's pack and announcement."""

from datetime import date, datetime, timedelta

from accord.server.people.models import User
from accord.server.rituals import announcing, packing, standing
from accord.server.rituals.models import Announcement, Decision
from accord.server.rituals.timing import Company, company_at, month_before

_DAY = timedelta(days=1)
State, Meeting = Decision.State, Decision.Meeting
_DECISIONS = (  # text, owner, due in days, meeting, state, note, made so many days ago
    ("Ask for the phone number on the demo form", "sara", -3, Meeting.STAND_UP, State.OPEN, "", 9),
    ("Call the twelve leads of the trade fair", "ines", 0, Meeting.STAND_UP, State.OPEN, "", 2),
    ("Try a second person on late shift on Thursdays", "omar", 6, Meeting.REVIEW, State.OPEN, "", 12),
    ("Write down what counts as out of market", "mina", 13, Meeting.REVIEW, State.OPEN, "", 12),
    ("Answer demos from the pool before lunch", "ines", -16, Meeting.REVIEW, State.DONE,
     "First touches before noon went up", 40),
    ("Pause the campaign that brings students", "sara", -20, Meeting.STAND_UP, State.DONE, "Paused", 30),
    ("Buy a second dialler", "omar", -10, Meeting.REVIEW, State.DROPPED, "The first one does both teams", 41),
)  # fmt: skip


def fill(at: datetime) -> None:
    """Everything as it would have been made by itself."""
    company = company_at(at)
    if company is None:
        return
    _decisions(company)
    on = next(day for back in range(10) if _meets(company, day := company.today - _DAY * back))
    standing.make(company, on)
    packing.make(company, month_before(company.today))
    told = announcing.closed(company)
    for one in told:
        one.state, one.sent_at = Announcement.State.SENT, at
    Announcement.objects.bulk_create(told)


def _meets(company: Company, on: date) -> bool:
    return company.stand_up is not None and company.stand_up.meets_on(on)


def _decisions(company: Company) -> None:
    people = {user.email.partition("@")[0]: user for user in User.objects.all()}
    Decision.objects.bulk_create(
        Decision(
            text=text,
            owner=people[owner],
            due_on=company.today + _DAY * days,
            meeting=meeting,
            state=state,
            note=note,
            made_by=people["mina"],
            made_at=company.at - _DAY * ago,
            ended_at=None if state == State.OPEN else company.at + _DAY * days,
        )
        for text, owner, days, meeting, state, note, ago in _DECISIONS
    )
