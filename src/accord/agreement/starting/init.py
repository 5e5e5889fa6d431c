"""A first agreement from eight answers and a template: YAML with comments that teach, to be changed (S3.6).

Every answer is written as quoted text or as a value that was read before, so that no name can change what the
file says.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from string import Template as Blanks

from accord.agreement.clauses.quantities import show_money, show_percent
from accord.agreement.starting.interview import RATES, Answers, Ask, answers, interview
from accord.errors import AgreementUnreadable, InputError, TemplateUnknown
from accord.worktime.duration import Duration, Unit

_USUAL_WINDOW = Duration.parse("24 h")


@dataclass(frozen=True)
class Template:
    """A kind of company: what it is for, and the answers that hold where none are given."""

    name: str
    about: str
    defaults: Mapping[str, str]


_COMMON = {
    "company": "Our company",
    "rates": "don't know",
    "hours": "UTC, 09:00-17:00, no holidays",
    "heads": "Head of marketing, Head of sales",
}
TEMPLATES: Mapping[str, Template] = {
    template.name: template
    for template in (
        Template(
            "b2b_saas",
            "subscriptions sold to companies: demos, trials, downloads; weeks to a signature",
            {
                **_COMMON,
                "goal": "USD 200,000",
                "deal_value": "6,000",
                "from_marketing": "60%",
                "first_touch": "60 min",
            },
        ),
        Template(
            "manufacturer",
            "machines and parts: quotations, fairs, catalogues; most of a year to an order",
            {
                **_COMMON,
                "goal": "EUR 2,000,000",
                "deal_value": "80,000",
                "from_marketing": "40%",
                "first_touch": "4 h",
            },
        ),
        Template(
            "agency",
            "projects and retainers: referrals, inquiries, events; few leads, each worth much",
            {
                **_COMMON,
                "goal": "EUR 100,000",
                "deal_value": "15,000",
                "from_marketing": "50%",
                "first_touch": "4 h",
            },
        ),
    )
}


def find_template(name: str) -> Template:
    """A template by name; TemplateUnknown names the nearest, or all of them."""
    try:
        return TEMPLATES[name]
    except KeyError:
        raise TemplateUnknown(name, TEMPLATES) from None


def ask_all(ask: Ask, template: str) -> Answers:
    """The eight questions, with the defaults of a template."""
    return interview(ask, find_template(template).defaults)


def default_answers(template: str) -> Answers:
    """What holds if nobody is asked."""
    return answers(find_template(template).defaults)


def draft(given: Answers, template: str, on: date) -> str:
    """The text of an agreement that parses and has no errors; its term starts with the month of `on`."""
    text = files("accord.agreement.starting").joinpath("templates", f"{find_template(template).name}.yaml")
    return Blanks(_with_rates(text.read_text("utf-8"), given)).substitute(_blanks(given, on))


def write_new(text: str, path: str | Path, *, replace: bool = False) -> None:
    """Write the draft to a file that does not exist yet; with `replace`, to one that does.

    InputError if the file exists, AgreementUnreadable if it cannot be written.
    """
    try:
        with Path(path).open("w" if replace else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(
            f"{path} exists already; name another file, or pass replace=True (--replace)"
        ) from None
    except OSError as error:
        raise AgreementUnreadable(f"{path} cannot be written ({error.strerror}); name another file") from None


def _with_rates(text: str, given: Answers) -> str:
    """The template with the rates that were answered, for every lead type; its own where nobody knows."""
    for key, rate in zip(RATES, given.rates or (), strict=False):
        text = re.sub(rf"(\b{key}: )[^\n]*", rf"\g<1>{rate}", text)
    return text


def _blanks(given: Answers, on: date) -> dict[str, str]:
    hours = given.hours
    return {
        "name": _quoted(f"Marketing and sales at {given.company}"),
        "start": on.replace(day=1).isoformat(),
        "currency": given.currency,
        "revenue": show_money(given.revenue),
        "quarterly_revenue": show_money(_times_three(given.revenue)),
        "deal_value": show_money(given.deal_value),
        "from_marketing": show_percent(given.from_marketing),
        "zone": hours.zone,
        "hours": json.dumps({hours.days: list(hours.windows)}),
        "holidays": f"holidays: {_quoted(hours.country)}" if hours.country else "# holidays: DE   # none yet",
        "marketing_head": _quoted(given.heads[0]),
        "sales_head": _quoted(given.heads[1]),
        "first_touch": str(given.first_touch),
        "accept_within": str(accept_window(given.first_touch)),
        "rates_note": _NOTES[given.rates is not None],
        "rates_assumption": _ASSUMPTIONS[given.rates is not None],
    }


_NOTES = {
    True: "Your rates stand for every kind until you know them by kind. 68 of 200 says more than 34%.",
    False: "These rates are the template's, not yours. Measure yours by kind; 68 of 200 says more than 34%.",
}
_ASSUMPTIONS = {
    True: "The rates are an average of all kinds of leads, not yet measured by kind.",
    False: "The rates are a template's, not measured yet.",
}


def _times_three(amount: Decimal) -> Decimal:
    return amount * 3


def accept_window(first_touch: Duration) -> Duration:
    """Time to accept a lead: 24 working hours, or as long as the first touch may take if that is longer."""
    if first_touch.wall or first_touch.unit in (Unit.SECOND, Unit.MINUTE, Unit.HOUR):
        return first_touch if first_touch.seconds > _USUAL_WINDOW.seconds else _USUAL_WINDOW
    return first_touch if first_touch.unit is Unit.WEEK or first_touch.count > 2 else _USUAL_WINDOW


def _quoted(text: str) -> str:
    """As YAML in double quotes, in its own script."""
    return json.dumps(text, ensure_ascii=False)
