"""The decisions of the week, on its first working day: what is open and late, what was done and dropped."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accord.server.rituals import deciding, once, saying
from accord.server.rituals.posting import WEEKLY, post
from accord.server.rituals.timing import Company, company_at

_DAY = timedelta(days=1)


def send_due(at: datetime) -> bool:
    """Write this week's list, if its morning has come and it holds anything; False if there was nothing to
    do. A week that passed while nothing ran is not made up for."""
    company = company_at(at)
    if company is None:
        return False
    monday = company.today - _DAY * company.today.weekday()
    name = f"weekly {monday}"
    if at < company.morning(_first_working_day(company, monday)) or once.is_done(name):
        return False
    with transaction.atomic():
        if not once.claim(name):
            return False
        found = deciding.week(company.today)
        if found["open"] or found["ended"]:
            link = saying.address("decisions")
            post(WEEKLY, str(monday), at, lambda user: saying.week(found, company.today, user, link))
    return True


def _first_working_day(company: Company, monday: date) -> date:
    days = (monday + _DAY * step for step in range(7))
    return next((day for day in days if company.calendar.is_working_day(day)), monday)
