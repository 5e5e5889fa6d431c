"""Who may invite, change and switch off whom: the rules as tables."""

import threading
from typing import Any

import pytest
from django.db import connections

from accord.errors import EditConflict, EntryInvalid, NotAllowed
from accord.server.audit.models import Entry
from accord.server.people import keeping, rights
from accord.server.people.models import Role, Side, User
from server_fixture import PEOPLE, People, actor, make_people

pytestmark = pytest.mark.django_db

OF_THE_SIDE = {
    "mina": [("marketing", role) for role in ("head", "manager", "member")],
    "sara": [("marketing", role) for role in ("manager", "member")],
    "omar": [("sales", role) for role in ("head", "manager", "member")],
    "ines": [("sales", role) for role in ("manager", "member")],
    "hedda": [(side, role) for side in Side.values for role in Role.values],
    "kai": [(side, role) for side in Side.values for role in ("manager", "member")],
}
EDITS = {  # who: whose record; everybody's own profile is another matter
    "mina": {"mina", "sara", "tomas"},
    "omar": {"omar", "ines", "leyla"},
    "hedda": set(PEOPLE),
    "kai": set(PEOPLE),
}
ENTERS = {  # who: whose absences; everybody enters their own, and nobody misses a viewer
    "mina": {"mina", "sara", "tomas"},
    "sara": {"mina", "sara", "tomas"},
    "tomas": {"tomas"},
    "omar": {"omar", "ines", "leyla"},
    "ines": {"omar", "ines", "leyla"},
    "leyla": {"leyla"},
    "hedda": set(PEOPLE) - {"vera"},
    "kai": set(PEOPLE) - {"vera"},
    "runa": {"runa"},
}


@pytest.mark.parametrize("who", PEOPLE)
def test_people_are_let_in_by_their_own_side_and_by_operations(people: People, who: str) -> None:
    allowed = {
        (side, role)
        for side in Side.values
        for role in Role.values
        if rights.may_give(people[who], side, role)
    }
    assert allowed == set(OF_THE_SIDE.get(who, []))


@pytest.mark.parametrize("who", PEOPLE)
def test_a_record_is_changed_by_the_head_of_the_side_and_by_operations(people: People, who: str) -> None:
    assert {key for key in people if rights.may_edit(people[who], people[key])} == EDITS.get(who, set())


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_switches_themselves_off_or_changes_their_own_place(people: People, who: str) -> None:
    others = EDITS.get(who, set()) - {who}
    assert {key for key in people if rights.may_switch(people[who], people[key])} == others
    assert {key for key in people if rights.may_place(people[who], people[key])} == others


@pytest.mark.parametrize("who", PEOPLE)
def test_absences_are_entered_by_oneself_and_by_who_leads_the_side(people: People, who: str) -> None:
    assert {key for key in people if rights.may_enter_absence(people[who], people[key])} == ENTERS.get(
        who, set()
    )


def test_a_head_may_not_move_somebody_to_the_other_side(people: People) -> None:
    with pytest.raises(NotAllowed, match="your own side"):
        keeping.edit(actor(people.mina), people.tomas, side="sales")
    assert User.objects.get(pk=people.tomas.pk).side == "marketing"


def test_a_head_may_make_a_member_head_of_the_same_side(people: People) -> None:
    assert keeping.edit(actor(people.mina), people.tomas, role="head").role == "head"


def test_a_head_does_not_touch_another_head(people: People) -> None:
    keeping.edit(actor(people.hedda), people.sara, role="head")
    with pytest.raises(NotAllowed):
        keeping.switch(actor(people.mina), people.sara, on=False)


def test_the_last_head_of_operations_cannot_be_switched_off_or_placed_elsewhere(people: People) -> None:
    with pytest.raises(EditConflict, match="last head of operations"):
        keeping.switch(actor(people.kai), people.hedda, on=False)
    with pytest.raises(EditConflict, match="last head of operations"):
        keeping.edit(actor(people.kai), people.hedda, role="manager")
    with pytest.raises(EditConflict, match="last head of operations"):
        keeping.edit(actor(people.kai), people.hedda, side="sales", role="manager")
    keeping.edit(actor(people.hedda), people.kai, role="head")
    assert not keeping.switch(actor(people.kai), people.hedda, on=False).is_active


def test_other_facts_of_the_last_head_of_operations_may_change(people: People) -> None:
    saved = keeping.edit(actor(people.kai), people.hedda, role="head", side="operations", pool="inbound")
    assert saved.pool == "inbound"


def test_nobody_locks_themselves_out(people: People) -> None:
    with pytest.raises(NotAllowed, match="nobody switches themselves off"):
        keeping.switch(actor(people.kai), people.kai, on=False)
    with pytest.raises(NotAllowed, match="their own side or role"):
        keeping.edit(actor(people.kai), people.kai, role="head")


def test_what_stays_the_same_leaves_no_entry_in_the_audit(people: People) -> None:
    keeping.edit(actor(people.kai), people.tomas, role="member", pool="")
    assert not Entry.objects.filter(action="person changed").exists()


def test_what_changes_stands_in_the_audit_with_before_and_after(people: People) -> None:
    keeping.edit(actor(people.kai), people.tomas, role="manager", leads_per_month=150)
    entry = Entry.objects.get(action="person changed")
    assert (entry.who, entry.about) == (people.kai, "Tomás Quintana")
    assert entry.detail == {"changes": {"role": ["member", "manager"], "leads_per_month": [None, 150]}}


@pytest.mark.parametrize(
    "wanted",
    [
        {"side": "moon"},
        {"role": "king"},
        {"calendar": "c" * 81},
        {"pool": "p" * 81},
        {"leads_per_month": 0},
        {"leads_per_month": -1},
        {"leads_per_month": 100_001},
    ],
)
def test_what_does_not_fit_is_refused_whichever_way_it_comes(people: People, wanted: dict[str, Any]) -> None:
    with pytest.raises(EntryInvalid) as caught:
        keeping.edit(actor(people.kai), people.tomas, **wanted)
    assert [problem.path for problem in caught.value.problems] == list(wanted)


@pytest.mark.parametrize(
    "wanted", [{"name": ""}, {"name": "n" * 121}, {"zone": "Mars/Olympus"}, {"language": "xx"}]
)
def test_what_is_ones_own_has_to_fit_too(people: People, wanted: dict[str, Any]) -> None:
    with pytest.raises(EntryInvalid):
        keeping.edit_own(actor(people.kai), **wanted)


def test_what_belongs_to_others_is_not_edited_as_ones_own(people: People) -> None:
    with pytest.raises(TypeError):
        keeping.edit_own(actor(people.tomas), role="head")


@pytest.mark.parametrize("change", [{"role": "member"}, {"side": "viewer"}, {"is_active": False}])
def test_what_an_editor_may_is_read_with_the_change_not_before(
    people: People, change: dict[str, Any]
) -> None:
    """The request knows its user from before; meanwhile somebody placed or switched off the editor."""
    before = actor(people.kai)
    User.objects.filter(pk=people.kai.pk).update(**change)
    with pytest.raises(NotAllowed):
        keeping.edit(before, people.tomas, role="manager")
    with pytest.raises(NotAllowed):
        keeping.switch(before, people.tomas, on=False)
    assert User.objects.get(pk=people.tomas.pk).role == "member"


def test_a_manager_of_operations_gives_no_role_above_their_own(people: People) -> None:
    with pytest.raises(NotAllowed, match="not above yours"):
        keeping.edit(actor(people.kai), people.tomas, side="operations", role="head")
    assert keeping.edit(actor(people.kai), people.mina, pool="inbound").role == "head"


@pytest.mark.django_db(transaction=True)
def test_of_two_last_heads_who_switch_each_other_off_one_stays() -> None:
    people = make_people()
    keeping.edit(actor(people.hedda), people.kai, role="head")
    people = People({key: User.objects.get(pk=user.pk) for key, user in people.items()})
    start, done = threading.Barrier(2), []

    def switch(who: str, whom: str) -> None:
        start.wait()
        try:
            keeping.switch(actor(people[who]), people[whom], on=False)
            done.append("off")
        except NotAllowed:  # switched off while they waited
            done.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=switch, args=pair) for pair in (("kai", "hedda"), ("hedda", "kai"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["off", "refused"]
    assert User.objects.filter(side="operations", role="head", is_active=True).count() == 1
