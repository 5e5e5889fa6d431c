"""When the papers are due, by marketing's calendar, whose days cut every score."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from accord.agreement.terms import Agreement, Side, Status
from accord.plan.periods import interval_of
from accord.report.meetings import StandUp, first_working_day, review_on, stand_up_of, working_day_before
from accord.server.desk import terms
from accord.worktime import Calendar

MORNING = time(9, 0)  # where no stand-up is agreed
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Company:
    """The agreement in force at an instant, and the company's days."""

    agreement: Agreement
    at: datetime
    mark: str = ""  # of the version, as folds are named by it

    @cached_property
    def calendar(self) -> Calendar:
        return self.agreement.calendar_of(Side.MARKETING)

    @property
    def zone(self) -> str:
        return self.calendar.zone_on(self.at.date()).key

    @cached_property
    def today(self) -> date:
        return self.at.astimezone(self.calendar.zone_on(self.at.date())).date()

    @cached_property
    def stand_up(self) -> StandUp | None:
        return stand_up_of(self.agreement)

    def starts(self, on: date) -> datetime:
        """The first instant of a local day."""
        return datetime.combine(on, time(), self.calendar.zone_on(on)).astimezone(UTC)

    def morning(self, on: date) -> datetime:
        """The minute of the day at which papers are made: the stand-up's, else nine o'clock."""
        minute = self.stand_up.minute if self.stand_up else MORNING
        return datetime.combine(on, minute, self.calendar.zone_on(on)).astimezone(UTC)

    def interval(self, on: date) -> tuple[date, date] | None:
        """The days of the interval that a day lies in, within the term; None outside of it."""
        term = self.agreement.term
        if not term.start <= on <= term.end:
            return None
        first, last = interval_of(term, on)
        return max(first, term.start), min(last, term.end)

    def opening_day(self, month: date) -> date:
        """The first working day of a month."""
        return first_working_day(self.calendar, month)

    def review(self, month: date) -> date | None:
        """The day of the review meeting in a month."""
        return review_on(self.agreement, month)

    def eve(self, on: date) -> date:
        """The last working day before a day."""
        return working_day_before(self.calendar, on)


def then(company: Company, on: date) -> Company:
    """The company by the agreement that was in force on an earlier day; by today's where none was."""
    found = company_at(company.starts(on) + timedelta(hours=12))
    return replace(found, at=company.at) if found else company


def company_at(at: datetime) -> Company | None:
    """The company as of an instant; None where no agreement is in force."""
    found = terms.in_force(at)
    if found is None:
        return None
    return Company(found[1].model_copy(update={"status": Status.ACTIVE}), at, found[0])


def month_before(on: date) -> date:
    """The first day of the month before the one of a day."""
    return (on.replace(day=1) - _DAY).replace(day=1)


def last_of_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - _DAY
