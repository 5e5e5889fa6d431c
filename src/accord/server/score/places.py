"""Which section of the report stands on which page: one table, of which every new section gets a place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accord.report.view import Section

Words = str | Promise


@dataclass(frozen=True)
class Place:
    """One page: the name of its address, its title, the question that it answers, its sections in order."""

    name: str
    title: Words
    lede: Words
    sections: tuple[str, ...]


PLACES = (
    Place(
        "score-marketing",
        _("Marketing"),
        _("Did sales get the leads that were promised: so many, worth so much, complete, and in time?"),
        ("pace", "delivery", "band", "handoff", "attribution", "plan"),
    ),
    Place(
        "score-sales",
        _("Sales"),
        _("Were the leads answered as soon and as often as was promised, and where did the time go?"),
        ("speed", "parts", "causes", "depth", "touches", "capacity", "budget", "overdue"),
    ),
    Place(
        "score-pipeline",
        _("Pipeline"),
        _("What becomes of the leads on their way to a deal, and is there enough on the way?"),
        ("links", "conversion", "coverage", "customers"),
    ),
    Place(
        "score-winloss",
        _("Won and lost"),
        _("Which deals were won and which lost, by which reasons, and after how long?"),
        ("winloss", "outcomes"),
    ),
)
ELSEWHERE = "score-pipeline"  # where a section stands that no line names
_PAGES: Mapping[str, str] = {section: place.name for place in PLACES for section in place.sections}


def page_of(section: str) -> str:
    """The name of the page on which a section stands."""
    return _PAGES.get(section, ELSEWHERE)


def on(place: Place, made: Iterable[Section]) -> tuple[Section, ...]:
    """The sections of a page in its order; what no line names comes last on one page."""
    order = {name: number for number, name in enumerate(place.sections)}
    own = [section for section in made if page_of(section.id) == place.name]
    return tuple(sorted(own, key=lambda section: order.get(section.id, len(order))))
