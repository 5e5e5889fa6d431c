"""How the columns of a measure are written on its page: as people read them; its file has them as they are.

A measure's file says no more of a column than its name and meaning, so what kind of figure it holds is told
here, by name, in one table. A name that stands in none is a count or a text.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from functools import cache

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.agreement.measures import PROMISABLE, MeasureUnit
from accord.agreement.terms import Agreement
from accord.report import format as plain_format
from accord.report.naming import group_of, person, plain, stream
from accord.report.view import label, stage
from accord.server.look import figures as say

Row = Mapping[str, object]
_WALL = ("prospect", "system", "queue_m", "queue_p", "to_")  # lengths by the wall clock, by how they begin
_LENGTHS = {
    "": "budget censored_median oldest_overdue wall_median wall_p90 wall_mean overdue wall_overdue waited "
    "worked wall prospect_median prospect_p90 prospect_mean system_median system_p90 system_mean "
    "queue_median queue_p90 queue_mean queue_worked_mean rep_median rep_p90 rep_mean rep_wall_mean "
    "to_qualified to_delivered to_assigned to_rep to_touched median_gap work expected_work available "
    "reason_median reason_p90 within",
    "speed": "median p90 mean",
    "gaps": "median p90 mean",
}
_SHARES = {
    "": "acceptance acceptance_by_hand completeness rejection reasons_in_time overturned_rate conversion "
    "connect_rate connect_low connect_high sql_rate sql_low sql_high win_rate win_low win_high rate "
    "low high estimate mature_rate mature_low mature_high in_period_ratio to_date_ratio of_closed "
    "of_outcome of_delivered of_pace of_planned value_of_planned opened share planned_share "
    "value_share value_planned_share opportunity_share won_share revenue_share share_in_time "
    "share_with_excused share_short share_whole share_without share_given_up share_unreached "
    "share_of_wins share_reached_at_once share_abandoned share_low share_high cumulative retention "
    "retention_low retention_high satisfaction satisfaction_low satisfaction_high use load win_share "
    "won_of_all",
    "mix": "gap value_gap",
    "band": "delta",
    "pace_summary": "deviation",
    "book_goals": "deviation",
}
_MONEY = {
    "": "revenue total_revenue average_deal median_deal amount average_amount deal_value order_value "
    "deal_low deal_high pipeline aged later needed_pipeline quota quota_left value value_delivered "
    "value_planned value_low value_high revenue_per_lead",
    "coverage": "won",
}
_PROMISED = (  # in the unit of the row's own promise: leads or money
    "actual line low high gap goal due gained projection needed_per_day largest_gap shortfall carried"
)
_OF_PROMISES = ("pace", "pace_summary", "band", "book_goals")
_WORDS = "by reason cause duty outcome state price basis rate_from start alarm"  # keys, told as words


def shown(measure: str, row: Row, agreement: Agreement, whole: Collection[str] = ()) -> list[str | None]:
    """The cells of a row in the words of the page; None where a value is unknown. Of the columns in `whole`
    no value means all there are.
    """
    return [
        _("all") if value is None and name in whole else _shown(measure, name, value, row, agreement)
        for name, value in row.items()
    ]


def heading(column: str) -> str:
    """A column's name as words: `win_rate` is `Win rate`."""
    words = plain(column)
    return words[:1].upper() + words[1:]


def _shown(measure: str, name: str, value: object, row: Row, agreement: Agreement) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return say.instant(value, timezone.get_current_timezone_name())
    if isinstance(value, date):
        return say.day(value)
    if plain_format.known(value) is not None:
        return _figure(measure, name, value, row, agreement)
    return say.name(_named(name, value, row, agreement))


def _figure(measure: str, name: str, value: object, row: Row, agreement: Agreement) -> str | None:
    if measure in _OF_PROMISES and name in _names(_PROMISED):
        return _promised(value, row, agreement)
    if _is(_LENGTHS, measure, name):
        wall = name.startswith(_WALL) or "wall" in name or "gap" in f"{measure} {name}"
        return say.length(value, wall=wall)
    if _is(_SHARES, measure, name):
        return say.percent(value)
    if _is(_MONEY, measure, name):
        return say.money(value, agreement.currency)
    return _count(value)


def _is(kind: Mapping[str, str], measure: str, name: str) -> bool:
    return name in _names(kind[""]) or name in _names(kind.get(measure, ""))


@cache
def _names(text: str) -> frozenset[str]:
    """A page asks for thousands of cells, and the tables above never change."""
    return frozenset(text.split())


def _promised(value: object, row: Row, agreement: Agreement) -> str | None:
    promised = PROMISABLE.get(str(row.get("measure")))
    if promised is not None and promised.unit is MeasureUnit.MONEY:
        return say.money(value, agreement.currency)
    return _count(value)


def _count(value: object) -> str | None:
    figure = plain_format.known(value)
    return say.number(value, 0 if figure is None or figure == int(figure) else 2)


def _named(name: str, value: object, row: Row, agreement: Agreement) -> object:
    """What people call what stands there by its key."""
    known: dict[str, Callable[[], object]] = {
        "lead_type": lambda: label(value, agreement),
        "owner": lambda: person(value, agreement),
        "stream": lambda: stream(value),
        "key": lambda: group_of(dict(row), agreement),
        "measure": lambda: _title(value),
    }
    if name.endswith("stage"):
        return stage(value)
    if name in _names(_WORDS):
        return plain(value)
    return known[name]() if name in known else value


def _title(value: object) -> object:
    promised = PROMISABLE.get(str(value))
    return value if promised is None else promised.title
