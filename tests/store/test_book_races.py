"""Both sides at the same moment: an interval is closed once, and never on figures that nobody saw alike."""

import pytest
from test_boards_races import at_once

from accord.errors import EditConflict
from accord.server.agreements.models import AgreementFile
from accord.server.alerts.models import Notice
from accord.server.audit.models import Entry
from accord.server.book import acts, reading
from accord.server.book.models import Closing, Confirmation, Restatement
from accord.server.book.reminding import remind
from book_fixture import MAY, keep_sheet
from server_fixture import People, actor

pytestmark = [pytest.mark.django_db(transaction=True)]


def seen() -> str:
    return reading.row_of(reading.sheet(), MAY).seen


def test_two_sides_that_confirm_at_once_close_it_once(people: People, in_force: AgreementFile) -> None:
    keep_sheet(in_force)
    known = seen()
    found = at_once(
        lambda: acts.confirm(actor(people.mina), MAY, seen=known),
        lambda: acts.confirm(actor(people.omar), MAY, seen=known),
    )
    assert sorted(found) == [False, True], found  # type: ignore[type-var]
    assert Closing.objects.count() == 1
    assert Entry.objects.filter(action="book closed").count() == 1


def test_two_of_one_side_confirm_once(people: People, in_force: AgreementFile) -> None:
    keep_sheet(in_force)
    known = seen()
    found = at_once(
        lambda: acts.confirm(actor(people.mina), MAY, seen=known),
        lambda: acts.confirm(actor(people.sara), MAY, seen=known),
    )
    assert sum(isinstance(one, EditConflict) for one in found) == 1, found
    assert Confirmation.objects.count() == 1


def test_taking_back_and_closing_at_once_end_in_one_of_both(people: People, in_force: AgreementFile) -> None:
    keep_sheet(in_force)
    known = seen()
    acts.confirm(actor(people.mina), MAY, seen=known)
    found = at_once(
        lambda: acts.take_back(actor(people.mina), MAY),
        lambda: acts.confirm(actor(people.omar), MAY, seen=known),
    )
    closed = Closing.objects.exists()
    assert closed is isinstance(found[0], EditConflict), found
    assert found[1] is closed
    assert Confirmation.objects.filter(ended_at=None).count() == (2 if closed else 1)


def test_a_restatement_is_written_once(people: People, in_force: AgreementFile) -> None:
    keep_sheet(in_force)
    for user in (people.mina, people.omar):
        acts.confirm(actor(user), MAY, seen=seen())
    keep_sheet(in_force, close_4={"revenue": "12000"})
    known = seen()
    found = at_once(
        lambda: acts.restate(actor(people.mina), MAY, "late invoice", seen=known),
        lambda: acts.restate(actor(people.omar), MAY, "late invoice", seen=known),
    )
    assert sum(isinstance(one, EditConflict) for one in found) == 1, found
    assert Restatement.objects.count() == 1


def test_two_workers_remind_once(people: People, in_force: AgreementFile) -> None:
    keep_sheet(in_force)
    counts = at_once(remind, remind, remind)
    told = Notice.objects.filter(what="book").values_list("recipient__user", "about")
    assert len(told) == len(set(told)) > 0
    assert sum(int(str(count)) for count in counts) == Notice.objects.count()
