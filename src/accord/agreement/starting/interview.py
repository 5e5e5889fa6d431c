"""The eight questions from which a first agreement is made, and how their answers are read.

A question is asked until its answer can be used; the reason of a refusal is handed to whoever asks. Nothing
here knows a terminal: `ask` may be a prompt, a form or a test.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pydantic import ValidationError

from accord.agreement.clauses.clause import quoted
from accord.agreement.clauses.hours import CalendarTerms
from accord.agreement.clauses.quantities import (
    parse_price,
    parse_share,
    parse_window,
    show_money,
    show_percent,
)
from accord.agreement.clauses.rates import counted_on, parse_rate, show_rate
from accord.errors import CalendarInvalid
from accord.worktime.duration import Duration
from accord.worktime.weekly import parse_weekdays, parse_windows

MOST_CHARACTERS = 500
RATES = ("mql_to_sql", "sql_to_opportunity", "opportunity_to_customer")
_UNKNOWN = ("", "?", "-", "don't know", "dont know", "don’t know", "do not know", "unknown", "no idea")


@dataclass(frozen=True)
class Question:
    """What to ask: a line, an explanation with an example, and what holds if nothing is answered."""

    key: str
    text: str
    hint: str
    default: str


Ask = Callable[[Question, str], str]  # the question, and why the answer before was refused (empty at first)


@dataclass(frozen=True)
class Hours:
    """Working hours of everybody, until somebody writes another calendar."""

    zone: str
    days: str
    windows: tuple[str, ...]
    country: str | None  # whose public holidays are days off

    def __str__(self) -> str:
        return ", ".join((self.zone, self.days, *self.windows, self.country or "no holidays"))


@dataclass(frozen=True)
class Answers:
    """What the eight questions yielded. `revenue` is of one month; `rates` is None if nobody knows."""

    company: str
    currency: str
    revenue: Decimal
    deal_value: Decimal
    from_marketing: Fraction
    rates: tuple[str, ...] | None  # as written in the file: `34%` or `68 of 200`
    hours: Hours
    heads: tuple[str, str]  # of marketing, of sales
    first_touch: Duration


def read_company(answer: str) -> str:
    return _name(answer, "the company")


def read_goal(answer: str) -> tuple[str, Decimal]:
    """`EUR 500,000` or `500000 EUR`: the currency and an amount."""
    match = re.fullmatch(r"([A-Za-z]{3})\s*([\d.,_]+)|([\d.,_]+)\s*([A-Za-z]{3})", answer.strip(), re.ASCII)
    if match is None:
        raise ValueError(f"{quoted(answer)} is no goal; write currency and amount, such as EUR 500,000")
    currency, amount = match[1] or match[4], match[2] or match[3]
    return currency.upper(), read_amount(amount)


def read_amount(answer: str) -> Decimal:
    """`2,000` or `1999.90`; `2.000` is refused, since it is two thousand to some people and two to others."""
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", answer.strip(), re.ASCII):
        whole = answer.strip().replace(".", ",")
        raise ValueError(f"{quoted(answer)} can be read in two ways; write {whole}, or without thousands")
    return parse_price(answer)


def read_share(answer: str) -> Fraction:
    """A percentage above 0: without a share from marketing there is nothing to agree on."""
    share = parse_share(answer)
    if not share:
        raise ValueError("at 0% marketing would promise nothing; write the share that its leads bring")
    return share


_RATE = re.compile(r"\d+(?:[,_]\d{3})*\s+of\s+\d+(?:[,_]\d{3})*|\d+(?:\.\d+)?\s*%", re.ASCII)


def read_rates(answer: str) -> tuple[str, ...] | None:
    """`34%, 82%, 23%` or `68 of 200, 56 of 68, 13 of 56`; None for "don't know"."""
    if answer.strip().lower() in _UNKNOWN:
        return None
    found = _RATE.findall(answer)
    rest = _RATE.sub("", answer).strip(" ,;/>→-")
    if len(found) != len(RATES) or re.search(r"[^\s,;/>→-]", rest):
        raise ValueError(f"{quoted(answer)} are not three rates; write such as 34%, 82%, 23%, or: don't know")
    rates = [" ".join(text.split()) for text in found]
    if not all(parse_rate(rate) for rate in rates):
        raise ValueError("at a rate of 0% no number of leads is enough; write the real rate, or: don't know")
    return tuple(show_rate(parse_rate(rate), counted_on(rate)) for rate in rates)


def read_hours(answer: str) -> Hours:
    """`Europe/Berlin, mon-fri, 09:00-12:30, 13:30-18:00, DE` in any order; days and holidays may lack."""
    zone, days, windows, country = "", "", list[str](), ""
    for part in filter(None, map(str.strip, re.split(r"[,;،]", answer))):
        if re.search(r"\d:\d", part):
            windows.append(part)
        elif part.lower() in ("no holidays", "none", "no"):
            country = "none"
        elif _are_weekdays(part):
            days = f"{days}, {part.lower()}" if days else part.lower()
        elif re.fullmatch(r"[A-Za-z]{2}", part):
            country = part.upper()
        elif zone:
            raise ValueError(f"{quoted(part)} is neither hours nor a country; write such as 09:00-17:00, DE")
        else:
            zone = part
    if not zone or not windows:
        raise ValueError(
            "the time zone or the hours are missing; write such as Europe/Berlin, 09:00-17:00, DE"
        )
    found = Hours(zone, days or "mon-fri", tuple(windows), country if country not in ("", "none") else None)
    _check_hours(found)
    return found


def _are_weekdays(part: str) -> bool:
    try:
        parse_weekdays(part)
    except CalendarInvalid:
        return False
    return True


def _check_hours(hours: Hours) -> None:
    written: dict[str, object] = {"zone": hours.zone, "hours": {hours.days: list(hours.windows)}}
    if hours.country:
        written["holidays"] = hours.country
    try:
        parse_windows(hours.windows)
        CalendarTerms.model_validate(written).build("office")
    except CalendarInvalid as error:
        raise ValueError(str(error)) from None
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def read_heads(answer: str) -> tuple[str, str]:
    """`Mina Yılmaz, Omar Haddad`: marketing's head first."""
    names = [part for part in re.split(r"[,;،؛、]", answer) if part.strip()]
    if len(names) != 2:
        raise ValueError(f"{quoted(answer)} are not two names; write such as Mina Yılmaz, Omar Haddad")
    return _name(names[0], "the head of marketing"), _name(names[1], "the head of sales")


def read_window(answer: str) -> Duration:
    return parse_window(answer)


def _name(answer: str, of: str) -> str:
    """A name in any script on one line; refused if empty, endless, or with signs that cannot be seen."""
    name = " ".join(answer.split())
    if not name:
        raise ValueError(f"the name of {of} is missing; write one")
    if len(name) > MOST_CHARACTERS:
        raise ValueError(f"the name of {of} has {len(name)} characters; write at most {MOST_CHARACTERS}")
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Cn") or sign == "\ufeff" for sign in name):
        raise ValueError(f"the name of {of} holds a sign that cannot be shown; write it without")
    return name


def questions(defaults: Mapping[str, str]) -> tuple[Question, ...]:
    """The eight questions, in order, with the defaults of a template."""
    return tuple(Question(key, text, hint, defaults[key]) for key, text, hint, _ in _QUESTIONS)


def interview(ask: Ask, defaults: Mapping[str, str]) -> Answers:
    """The answers to all eight; a question is asked again, with the reason, until its answer can be read.

    An empty answer takes the default. `ask` ends the interview by raising.
    """
    values: dict[str, object] = {}
    for question in questions(defaults):
        values[question.key] = _answer(ask, question)
    return _answers(values)


def answers(given: Mapping[str, str]) -> Answers:
    """The same from answers at hand; ValueError says which cannot be used and why."""
    values = {}
    for key, _, _, read in _QUESTIONS:
        try:
            values[key] = read(given[key])
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from None
    return _answers(values)


def _answer(ask: Ask, question: Question) -> object:
    refused = ""
    while True:
        answer = ask(question, refused).strip() or question.default
        try:
            return _READ[question.key](answer)
        except ValueError as error:
            refused = str(error)


def _answers(values: Mapping[str, object]) -> Answers:
    (currency, revenue), rest = values["goal"], {key: item for key, item in values.items() if key != "goal"}  # type: ignore[misc]
    return Answers(currency=currency, revenue=revenue, **rest)  # type: ignore[arg-type, has-type]


_QUESTIONS: tuple[tuple[str, str, str, Callable[[str], object]], ...] = (
    ("company", "What is the company called?", "Any script, such as Acme or شرکت نمونه.", read_company),
    (
        "goal",
        "What revenue do you want in a month, in which currency?",
        "All of it, existing customers included, such as EUR 500,000.",
        read_goal,
    ),
    (
        "deal_value",
        "What does one new customer bring, on average?",
        "In the same currency, such as 2,000.",
        read_amount,
    ),
    (
        "from_marketing",
        "Which share of new revenue should come from marketing's leads?",
        "Such as 60%; the rest sales finds itself.",
        read_share,
    ),
    (
        "rates",
        "How many of the leads go on: to a confirmed lead (SQL), to an opportunity, to a customer?",
        "Three rates such as 34%, 82%, 23%, or as counted: 68 of 200, 56 of 68, 13 of 56. "
        "If you don't know, say so: the template's rates hold until you have measured yours.",
        read_rates,
    ),
    (
        "hours",
        "When do you work: time zone, hours, country of your holidays?",
        "Such as Europe/Istanbul, 09:00-12:30, 13:30-18:00, TR. Other days than mon-fri: add sun-thu. "
        "Two letters for the country, or: no holidays.",
        read_hours,
    ),
    ("heads", "Who signs for marketing, and who for sales?", "Two names with a comma between.", read_heads),
    (
        "first_touch",
        "How soon does sales get in touch with a lead that asked to be contacted?",
        "In working time, such as 60 min or 4 h.",
        read_window,
    ),
)
_READ = {key: read for key, _, _, read in _QUESTIONS}


def as_texts(given: Answers) -> dict[str, str]:
    """The inverse of `answers`."""
    return {
        "company": given.company,
        "goal": f"{given.currency} {show_money(given.revenue)}",
        "deal_value": show_money(given.deal_value),
        "from_marketing": show_percent(given.from_marketing),
        "rates": ", ".join(given.rates) if given.rates else "don't know",
        "hours": str(given.hours),
        "heads": ", ".join(given.heads),
        "first_touch": str(given.first_touch),
    }
