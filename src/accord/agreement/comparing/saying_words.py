"""Words for single values in the rendered agreement: money, lengths of time, people."""

from decimal import Decimal

from accord.agreement.rendering.markdown import escaped, spoken
from accord.agreement.terms import Agreement
from accord.worktime.duration import Duration, Unit

_UNITS = {
    Unit.SECOND: "second",
    Unit.MINUTE: "minute",
    Unit.HOUR: "hour",
    Unit.DAY: "day",
    Unit.WEEK: "week",
    Unit.MONTH: "month",
}


def money(amount: Decimal, agreement: Agreement) -> str:
    """`2,000 USD`."""
    return f"{amount:,} {agreement.currency}"


def whom(agreement: Agreement, key: str) -> str:
    """A person by name, anything else (a pool, a role) by its key."""
    person = agreement.people.get(key)
    return escaped(person.name if person is not None and person.name else key)


def kind_of_lead(agreement: Agreement, lead_type: str) -> str:
    """A lead type by the name that people see."""
    kind = agreement.lead_types.get(lead_type)
    return escaped(kind.label) if kind is not None and kind.label else spoken(lead_type)


def length(duration: Duration) -> str:
    """A length of time in words: 60 minutes, 1 month, 60 days of wall time."""
    number = str(duration).partition(" ")[0]
    plural = "" if duration.count == 1 else "s"
    return f"{number} {_UNITS[duration.unit]}{plural}{' of wall time' if duration.wall else ''}"


def days(age: Duration) -> str:
    """The age of a lead in whole or broken days of calendar time."""
    return f"{float(age.seconds / 86_400):g}"
