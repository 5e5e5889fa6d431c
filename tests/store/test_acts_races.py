"""Several people at the same moment, each in a thread with a connection of their own, on the real database.

Whatever the order turns out to be, the outcome is one that some order explains: nobody's text is lost,
nobody's signature vanishes, and whoever came second is told so.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from accord.agreement.signing.faults import Fault
from accord.agreement.signing.verify import verify
from accord.errors import EditConflict, InputError, SignatureRefused
from accord.server.agreements import acts
from accord.server.agreements.models import AgreementFile, Clash, Draft, Saving
from accord.server.agreements.standings import told
from accord.server.audit.models import Action, Entry
from server_fixture import ACME, SMALL, actor

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts_: Callable[[], object]) -> list[Exception | None]:
    """Start all acts together; what each of them raised."""
    ready = Barrier(len(acts_))

    def run(act: Callable[[], object]) -> Exception | None:
        try:
            ready.wait(timeout=10)
            act()
        except InputError as error:
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(acts_)) as pool:
        return list(pool.map(run, acts_))


def sound(file: AgreementFile) -> AgreementFile:
    """The file as it is now, after a look at everything that must hold whoever was first."""
    file = AgreementFile.objects.get(pk=file.pk)
    chain = file.chain()
    assert (file.head, file.course) == (chain.head, told(chain))
    assert verify(chain).faults <= {Fault.MISSING_SIGNATURE, Fault.NOT_PROPOSED}
    signed = Entry.objects.filter(action=Action.SIGNED).count()
    assert signed == sum(len(item.signatures) for item in verify(chain).proposals)
    return file


@pytest.mark.parametrize("round_", range(3))
def test_of_many_who_save_at_once_one_does_and_the_others_texts_are_kept(people, draft, round_: int) -> None:
    who = ["mina", "sara", "omar", "ines", "kai"]
    faults = at_once(
        *(
            lambda key=key: acts.save_draft(actor(people[key]), draft, f"{ACME}# {key}\n", started_from=1)
            for key in who
        )
    )
    assert faults.count(None) == 1
    assert all(isinstance(fault, EditConflict) for fault in faults if fault)
    draft = Draft.objects.get(pk=draft.pk)
    assert draft.saved == 2
    kept = {*Clash.objects.values_list("text", flat=True), draft.text}
    assert kept == {f"{ACME}# {key}\n" for key in who}
    assert Saving.objects.get(number=2).text == draft.text
    assert Entry.objects.filter(action=Action.DRAFT_SAVED).count() == 1


@pytest.mark.parametrize("round_", range(3))
def test_two_heads_who_sign_at_once_both_sign_or_one_is_asked_again(people, proposed, round_: int) -> None:
    digest = proposed.course[-1]["digest"]

    def signing(key: str) -> Callable[[], object]:
        file = AgreementFile.objects.get(pk=proposed.pk)
        return lambda: acts.sign(actor(people[key]), file, digest, typed=people[key].name)

    faults = at_once(signing("mina"), signing("omar"))
    assert all(fault is None or isinstance(fault, EditConflict) for fault in faults), faults
    for key, fault in zip(("mina", "omar"), faults, strict=True):
        if fault:
            signing(key)()
    assert [standing[0] for standing in sound(proposed).course[-1]["standings"]][:3] == [
        "proposed",
        "signed",
        "active",
    ]


def test_one_person_who_clicks_twice_signs_once(people, proposed) -> None:
    digest = proposed.course[-1]["digest"]
    faults = at_once(
        *[lambda: acts.sign(actor(people.mina), proposed, digest, typed=people.mina.name)] * 3,
    )
    assert faults.count(None) == 1
    assert all(isinstance(fault, EditConflict | SignatureRefused) for fault in faults if fault)
    assert len(sound(proposed).chain().links) == 2


@pytest.mark.parametrize("round_", range(3))
def test_a_draft_is_either_proposed_or_put_away(people, draft, round_: int) -> None:
    faults = at_once(
        lambda: acts.propose(actor(people.kai), draft, saved=1),
        lambda: acts.discard_draft(actor(people.ines), Draft.objects.get(pk=draft.pk)),
    )
    assert faults.count(None) == 1
    state, entries = Draft.objects.get(pk=draft.pk).state, len(sound(draft.file).chain().links)
    assert (state, entries) in ((Draft.State.PROPOSED, 1), (Draft.State.DISCARDED, 0))


@pytest.mark.parametrize("round_", range(3))
def test_a_draft_that_is_saved_while_it_is_proposed_stays_what_the_proposer_read(
    people, draft, round_: int
) -> None:
    faults = at_once(
        lambda: acts.propose(actor(people.kai), draft, saved=1),
        lambda: acts.save_draft(actor(people.sara), draft, SMALL, started_from=1),
    )
    now = Draft.objects.get(pk=draft.pk)
    assert faults.count(None) == 1
    if now.state == Draft.State.PROPOSED:
        assert (now.text, now.saved) == (ACME, 1)
    else:
        assert (now.text, now.saved) == (SMALL, 2)
        assert not sound(draft.file).chain().links


def test_two_drafts_of_one_file_are_not_both_proposed(people, draft) -> None:
    other = acts.start_draft(actor(people.ines), draft.file, ACME.replace("500000", "600000"))
    faults = at_once(
        lambda: acts.propose(actor(people.kai), draft, saved=1),
        lambda: acts.propose(actor(people.ines), other, saved=1),
    )
    assert faults.count(None) == 1
    assert len(sound(draft.file).chain().links) == 1
    states = sorted(Draft.objects.values_list("state", flat=True))
    assert states == [Draft.State.OPEN, Draft.State.PROPOSED]


@pytest.mark.parametrize("round_", range(3))
def test_a_version_is_either_complete_or_withdrawn(people, proposed, round_: int) -> None:
    digest = proposed.course[-1]["digest"]
    acts.sign(actor(people.mina), proposed, digest, typed=people.mina.name)
    proposed = AgreementFile.objects.get(pk=proposed.pk)
    other = AgreementFile.objects.get(pk=proposed.pk)
    faults = at_once(
        lambda: acts.sign(actor(people.omar), proposed, digest, typed=people.omar.name),
        lambda: acts.withdraw(actor(people.mina), other, reason="wait"),
    )
    assert faults.count(None) == 1
    assert sound(proposed).course[-1]["standings"][1][0] in ("signed", "draft")


def test_agreements_of_one_name_that_start_at_once_have_addresses_of_their_own(people) -> None:
    faults = at_once(*[lambda: acts.start_file(actor(people.kai), SMALL)] * 4)
    assert faults == [None] * 4
    assert AgreementFile.objects.count() == 4


def test_drafts_of_one_file_that_start_at_once_are_counted_on(people, draft) -> None:
    faults = at_once(*[lambda: acts.start_draft(actor(people.kai), draft.file, SMALL)] * 4)
    assert faults == [None] * 4
    assert sorted(Draft.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
