"""What an address asks of the score (S0.38)."""

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict

from accord.agreement.parse import parse_agreement
from accord.errors import AddressInvalid
from accord.server.score.asked import Asked, Days, asked_or_why
from server_fixture import ACME

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def asked(query: str) -> Asked:
    found, problems = asked_or_why(QueryDict(query), parse_agreement(ACME), AT, {})
    if problems:
        raise AddressInvalid(problems)
    return found


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("as_of=2026-03-31", (date(2026, 3, 1), date(2026, 3, 31))),
        ("as_of=2026-04-01", (date(2026, 4, 1), date(2026, 4, 30))),
        ("as_of=2026-03-31&period=last", (date(2026, 2, 1), date(2026, 2, 28))),
        ("as_of=2026-03-31&from=2026-01-01&to=2026-01-31", (date(2026, 1, 1), date(2026, 1, 31))),
        ("", (date(2026, 11, 1), date(2026, 11, 30))),
    ],
)
def test_an_earlier_day_is_told_of_its_own_interval(query: str, days: tuple[date, date]) -> None:
    assert asked(query).view.days == Days(*days)


def test_a_score_of_one_owner_is_refused_and_not_answered_with_that_of_all() -> None:
    with pytest.raises(AddressInvalid, match="owner"):
        asked("owner=somebody")
