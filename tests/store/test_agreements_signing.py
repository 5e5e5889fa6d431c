"""Proposing, going through it, signing, withdrawing: on pages, with mails, and several people at once."""

import io
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.agreement.parse import parse_agreement
from accord.agreement.signing.keys import SigningKey, new_key
from accord.agreement.signing.sign import sign
from accord.agreement.signing.verify import verify
from accord.errors import AccordError, EditConflict, SignatureRefused
from accord.plan.walk import calculation
from accord.server.agreements import acts
from accord.server.agreements.acts import agreeing
from accord.server.agreements.finding import mark_of
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.agreements.views.preview import today_in
from accord.server.audit.models import Action, Entry
from accord.server.mail.models import Message
from server_fixture import ACME, PASSWORD, YEAR, People, actor, sign_by_heads

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
STEPS = 6


@pytest.fixture(autouse=True)
def _outbox(settings: Any) -> None:
    """Mail goes into the outbox, as outside tests."""
    settings.EMAIL_BACKEND = "accord.server.mail.backend.Outbox"


def at(file: AgreementFile, rest: str = "") -> str:
    return f"/agreements/{file.slug}/{rest}"


def digest(file: AgreementFile) -> str:
    return str(AgreementFile.objects.get(pk=file.pk).course[-1]["digest"])


def version(file: AgreementFile, rest: str = "") -> str:
    return at(file, f"versions/{mark_of(digest(file))}/{rest}")


def walked(client: Client, file: AgreementFile) -> Client:
    for step in range(1, STEPS + 1):
        assert client.post(version(file, "walk"), {"step": step}).status_code == 302
    return client


def second(people: People, file: AgreementFile) -> Draft:
    draft = acts.start_draft(actor(people.kai), file)
    text = draft.text.replace("revenue: 500000", "revenue: 600000")
    return acts.save_draft(actor(people.kai), draft, text, started_from=draft.saved)


# Propose -----------------------------------------------------------------------------------------------


def test_before_it_is_proposed_its_errors_stand_with_links_to_their_lines(
    people: People, draft: Draft, client_of: ClientOf
) -> None:
    text = ACME.replace("currency: USD", "currency: Dollars")
    acts.save_draft(actor(people.kai), draft, text, started_from=1)
    answer = client_of(people.kai).get(at(draft.file, "drafts/1/propose"))
    said = answer.content.decode()
    line = text.splitlines().index("currency: Dollars") + 1
    assert f"{at(draft.file, 'drafts/1/')}?view=text#line-{line}" in said
    assert "Propose version" not in said
    answer = client_of(people.kai).post(at(draft.file, "drafts/1/propose"), {"saved": 2})
    assert answer.status_code == 422
    assert not AgreementFile.objects.get().course


def test_proposing_says_who_signs_from_when_it_holds_and_asks_both_heads_by_mail(
    people: People, draft: Draft, client_of: ClientOf
) -> None:
    client = client_of(people.kai)
    said = client.get(at(draft.file, "drafts/1/propose")).content.decode()
    assert "Mina Yılmaz" in said
    assert "as soon as the last head has signed" in said
    answer = client.post(at(draft.file, "drafts/1/propose"), {"saved": 1, "reason": ""}, follow=True)
    assert "Version 1 is proposed." in answer.content.decode()
    mails = {mail.to: mail for mail in Message.objects.all()}
    assert set(mails) == {"mina@acme.example", "omar@acme.example"}
    assert mails["mina@acme.example"].subject == "Please sign Acme marketing and sales, version 1"
    assert version(draft.file, "walk") in mails["mina@acme.example"].text


def test_a_version_that_ends_another_early_says_so_and_takes_a_reason(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    draft, client = second(people, in_force), client_of(people.kai)
    page = at(in_force, f"drafts/{draft.number}/propose")
    said = client.get(page).content.decode()
    assert "is reset: it ends when this one comes into force" in said
    assert "Revenue goal: 500,000 USD → 600,000 USD" in said
    answer = client.post(page, {"saved": draft.saved, "reason": "  "})
    assert answer.status_code == 422
    assert "Say why: both sides will read it." in answer.content.decode()
    assert client.post(page, {"saved": draft.saved, "reason": "We grew."}).status_code == 302
    assert Entry.objects.filter(action=Action.RESET).exists()
    assert "The reason: We grew." in Message.objects.order_by("id").last().text
    for reader in (
        client.get(version(in_force)),
        walked(client_of(people.mina, confirmed=True), in_force).get(version(in_force, "sign")),
    ):
        said = reader.content.decode()
        assert "We grew." in said
        assert "version 1, which ends when this one comes into force" in said


def test_the_day_of_a_draft_is_that_of_its_calendar_wherever_it_is_read() -> None:
    evening = datetime(YEAR, 12, 31, 22, tzinfo=UTC)  # in Istanbul the new year has begun
    assert today_in(ACME, evening) == date(YEAR + 1, 1, 1)


def test_a_draft_that_changed_since_the_page_was_shown_is_not_proposed_and_the_reason_stays(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    draft = second(people, in_force)
    acts.save_draft(actor(people.sara), draft, draft.text + "# more\n", started_from=draft.saved)
    answer = client_of(people.kai).post(
        at(in_force, f"drafts/{draft.number}/propose"), {"saved": draft.saved, "reason": "We grew."}
    )
    assert answer.status_code == 409
    assert "The draft has changed since you read it" in answer.content.decode()
    assert ">\nWe grew.</textarea>" in answer.content.decode()
    assert len(AgreementFile.objects.get().course) == 1


def test_a_second_proposal_waits_until_the_first_is_signed_or_withdrawn(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    draft = acts.start_draft(actor(people.kai), proposed)
    page = at(proposed, f"drafts/{draft.number}/propose")
    said = client_of(people.kai).get(page).content.decode()
    assert "Version 1 is proposed already and waits for signatures" in said
    answer = client_of(people.kai).post(page, {"saved": draft.saved})
    assert answer.status_code == 409
    assert len(AgreementFile.objects.get().course) == 1


def test_a_version_that_begins_later_says_on_which_day(people: People, client_of: ClientOf) -> None:
    start = date(YEAR + 1, 1, 1)
    text = ACME.replace(f"{YEAR}-", f"{YEAR + 1}-")
    draft = acts.start_file(actor(people.kai), text)
    said = client_of(people.kai).get(at(draft.file, "drafts/1/propose")).content.decode()
    assert f"January\N{NO-BREAK SPACE}{start.year}, or when the last head signs if that is later" in said
    acts.propose(actor(people.kai), draft, saved=1)
    file = AgreementFile.objects.get()
    sign_by_heads(people, file, digest(file))
    said = client_of(people.vera).get(at(file)).content.decode()
    assert f"it holds from 1 January {start.year}." in said
    assert "signed" in client_of(people.vera).get("/agreements/").content.decode()


def test_a_head_without_an_account_or_an_address_is_pointed_out(people: People, client_of: ClientOf) -> None:
    text = ACME.replace(
        "role: head, name: Omar Haddad, email: omar@acme.example", "role: head, name: Omar Haddad"
    )
    draft, client = acts.start_file(actor(people.kai), text), client_of(people.kai)
    assert (
        "no account with their address yet" in client.get(at(draft.file, "drafts/1/propose")).content.decode()
    )
    said = client.post(at(draft.file, "drafts/1/propose"), {"saved": 1}, follow=True).content.decode()
    assert "ask for the signatures of Mina Yılmaz here" in said
    assert "no e-mail address of Omar Haddad" in said


# Walk and sign -----------------------------------------------------------------------------------------


def test_the_walk_shows_every_step_and_remembers_what_was_read_for_this_text_only(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    client = client_of(people.mina, confirmed=True)
    first = client.get(version(proposed, "walk")).content.decode()
    assert "Step 1 of 6" in first
    assert "USD\N{NO-BREAK SPACE}500,000 each month" in first
    assert f"31\N{NO-BREAK SPACE}December\N{NO-BREAK SPACE}{YEAR}" in first
    assert "What my side promises: Growth team" in first
    answer = client.post(version(proposed, "walk"), {"step": 1})
    assert answer["Location"] == version(proposed, "walk") + "?step=2"
    numbers = client.get(answer["Location"]).content.decode()
    assert "<caption><bdi>Web form: 45% of the customers</bdi></caption>" in numbers
    assert '<th scope="row"><bdi>MQL</bdi></th>' in numbers
    assert "USD\N{NO-BREAK SPACE}500,000" in numbers
    assert "The text that is signed" in numbers
    walked(client, proposed)
    assert client.get(version(proposed, "sign")).status_code == 200
    acts.withdraw(actor(people.kai), proposed, reason="A number was wrong.")
    draft = Draft.objects.get(state=Draft.State.OPEN)
    draft = acts.save_draft(
        actor(people.kai),
        draft,
        draft.text.replace("revenue: 500000", "revenue: 400000"),
        started_from=draft.saved,
    )
    acts.propose(actor(people.kai), draft, saved=draft.saved)
    answer = client.get(version(proposed, "sign"))
    assert answer["Location"] == version(proposed, "walk")


@pytest.mark.parametrize("step", ["0", "7", "x", "-1", "9" * 30, "²"])
def test_a_step_that_is_not_there_is_unknown(
    people: People, proposed: AgreementFile, client_of: ClientOf, step: str
) -> None:
    assert client_of(people.mina).get(version(proposed, "walk"), {"step": step}).status_code == 404


def test_signing_opens_only_after_every_step(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    client = client_of(people.mina, confirmed=True)
    for step in (1, 2, 4, 5, 6):
        client.post(version(proposed, "walk"), {"step": step})
    for answer in (
        client.get(version(proposed, "sign")),
        client.post(version(proposed, "sign"), {"typed": "Mina Yılmaz"}),
    ):
        assert answer["Location"] == version(proposed, "walk")
    assert len(proposed.chain().links) == 1
    answer = client.post(version(proposed, "walk"), {"step": 3})
    assert answer["Location"] == version(proposed, "sign")


def test_signing_asks_again_who_it_is_on_the_page_as_on_the_signature(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    client = walked(client_of(people.mina), proposed)
    page = version(proposed, "sign")
    assert client.get(page)["Location"].startswith("/account/reauthenticate/")
    assert client.post(page, {"typed": "Mina Yılmaz"})["Location"] == page
    assert len(AgreementFile.objects.get().chain().links) == 1
    client.get(page)
    answer = client.post("/account/reauthenticate/", {"password": PASSWORD, "next": page})
    assert answer["Location"] == page
    assert len(AgreementFile.objects.get().chain().links) == 1  # they press the button again themselves
    assert 'value="Mina Yılmaz"' in client.get(page).content.decode()


def test_whoever_only_has_the_companys_account_signs_soon_after_signing_in(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    people.mina.set_unusable_password()
    people.mina.save()
    client = walked(client_of(people.mina), proposed)
    assert client.get(version(proposed, "sign")).status_code == 200
    session = client.session
    session["signed_in_at"] -= 360  # six minutes
    session.save()
    answer = client.post(version(proposed, "sign"), {"typed": "Mina Yılmaz"})
    assert answer.status_code == 401
    assert "sign out, sign in again" in answer.content.decode()
    assert len(AgreementFile.objects.get().chain().links) == 1


def test_a_signature_says_who_is_missing_and_the_last_one_from_when_it_holds(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    Message.objects.all().delete()
    mina, omar = (walked(client_of(people[key], confirmed=True), proposed) for key in ("mina", "omar"))
    said = mina.get(version(proposed, "sign")).content.decode()
    for words in (
        digest(proposed),
        "Digest of the calculation",
        "accepts, by hand or by silence",
        "Mina Yılmaz",
    ):
        assert words in said
    answer = mina.post(version(proposed, "sign"), {"typed": "mina  yilmaz"}, follow=True)
    assert "You have signed version 1. Still missing: Omar Haddad." in answer.content.decode()
    assert not Message.objects.exists()
    answer = omar.post(version(proposed, "sign"), {"typed": "Omar Haddad"}, follow=True)
    assert "The heads of both sides have signed: in force from" in answer.content.decode()
    told = {mail.to for mail in Message.objects.all()}
    assert {"mina@acme.example", "omar@acme.example", "kai@acme.example", "priya@acme.example"} <= told
    assert len(told) == Message.objects.count()
    assert verify(AgreementFile.objects.get().chain()).ok


def test_a_name_that_is_not_the_signers_is_refused_and_stays_in_the_field(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    client = walked(client_of(people.mina, confirmed=True), proposed)
    answer = client.post(version(proposed, "sign"), {"typed": "Mina <Yilmas>"})
    said = answer.content.decode()
    assert answer.status_code == 409
    assert "That is not your full name as the agreement has it: type Mina Yılmaz" in said
    assert 'value="Mina &lt;Yilmas&gt;"' in said
    answer = client.post(version(proposed, "sign"), {"typed": " "})
    assert answer.status_code == 422
    assert "Type your full name" in answer.content.decode()
    assert len(AgreementFile.objects.get().chain().links) == 1


def test_a_member_may_sign_too_and_somebody_who_is_not_named_may_not(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    client = walked(client_of(people.leyla, confirmed=True), proposed)
    answer = client.post(version(proposed, "sign"), {"typed": "Leyla Şahin"}, follow=True)
    assert "Still missing: Mina Yılmaz, Omar Haddad." in answer.content.decode()
    answer = client_of(people.tomas, confirmed=True).get(version(proposed, "sign"))
    assert answer.status_code == 409
    assert "tomas@acme.example" in answer.content.decode()
    for key in ("kai", "vera"):
        assert client_of(people[key], confirmed=True).get(version(proposed, "sign")).status_code == 403


def test_signing_twice_is_answered_with_once_is_enough(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    client = walked(client_of(people.mina, confirmed=True), proposed)
    client.post(version(proposed, "sign"), {"typed": "Mina Yılmaz"})
    assert "once is enough" in client.get(version(proposed, "sign")).content.decode()
    answer = client.post(version(proposed, "sign"), {"typed": "Mina Yılmaz"})
    assert answer.status_code == 409
    assert len(AgreementFile.objects.get().chain().links) == 2


def test_a_promise_stands_with_its_figures_and_with_what_it_means_for_whoever_reads(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    own = client_of(people.leyla).get(version(proposed, "walk") + "?step=3").content.decode()
    for words in (
        "Web form: within 60 minutes of working time",
        "3 attempts by day 14, 5 attempts by day 28 and 7 attempts by day 56",
        "The window: 24 hours of working time",
        "What it means for you",
        "mon-fri 09:00-12:30, 13:30-18:00",
        "pool inbound",
        "5,760 minutes",
    ):
        assert words in own
    first = client_of(people.leyla).get(version(proposed, "walk")).content.decode()
    assert "Opportunity to customer (web form, smb only) shall go from 23% to 25%" in first
    assert "What changes against" not in first


def test_before_a_later_version_stands_what_changes_and_whom_it_burdens(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    draft = second(people, in_force)
    text = draft.text.replace("web_form: 60 min", "web_form: 30 min")
    draft = acts.save_draft(actor(people.kai), draft, text, started_from=draft.saved)
    acts.propose(actor(people.kai), draft, saved=draft.saved, reason="We grew.")
    said = client_of(people.omar).get(version(in_force, "walk")).content.decode()
    assert "What changes against version 1" in said
    assert "First touch for Web form: 60 min → 30 min" in said
    assert "Sales owes more" in said
    assert "Version before this one" not in said


def test_what_was_read_is_remembered_after_signing_in_anew(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    walked(client_of(people.mina), proposed)
    assert client_of(people.mina, confirmed=True).get(version(proposed, "sign")).status_code == 200
    assert client_of(people.omar, confirmed=True).get(version(proposed, "sign")).status_code == 302


def test_signing_asks_few_questions_of_the_database(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    client = walked(client_of(people.mina, confirmed=True), proposed)
    with CaptureQueriesContext(connection) as asked:
        client.get(version(proposed, "sign"))
    assert len(asked) < 20


def test_the_last_signature_may_come_with_a_key_from_elsewhere_and_is_told_all_the_same(
    people: People, proposed: AgreementFile
) -> None:
    acts.sign(actor(people.mina), proposed, digest(proposed), typed="Mina Yılmaz")
    Message.objects.all().delete()
    chain = AgreementFile.objects.get().chain()
    agreement = parse_agreement(chain.links[0].entry.text)  # type: ignore[union-attr]
    longer = sign(
        chain, agreement, person="omar", at=timezone.now(), calculation=calculation(agreement), key=new_key()
    )
    acts.append_signed(actor(people.omar), AgreementFile.objects.get(), longer)
    assert Message.objects.filter(to="kai@acme.example", subject__startswith="Signed:").exists()


def test_whoever_has_a_key_hands_in_what_it_signed_and_nothing_else(
    people: People, client_of: ClientOf, acme_text: str
) -> None:
    key, stranger = new_key(), new_key()
    text = acme_text.replace("omar:  {", f'omar:  {{key: "{key.public}", ', 1)
    draft = acts.start_file(actor(people.kai), text)
    acts.propose(actor(people.kai), draft, saved=draft.saved)
    file = AgreementFile.objects.get(pk=draft.file_id)
    client, chain = walked(client_of(people.omar, confirmed=True), file), file.chain()
    page = client.get(version(file, "sign")).content.decode()
    assert "accord sign" in page
    assert "Your full name" not in page

    def signed_by(with_key: SigningKey, person: str = "omar") -> io.BytesIO:
        agreement = parse_agreement(chain.links[0].entry.text)  # type: ignore[union-attr]
        entry = {"person": person, "at": timezone.now(), "calculation": calculation(agreement)}
        return io.BytesIO(sign(chain, agreement, key=with_key, **entry).text.encode())

    for wrong, status in (
        (io.BytesIO(chain.text.encode()), 409),  # nothing was added
        (signed_by(stranger, "mina"), 409),  # somebody else's
        (io.BytesIO(b"\x00\xff"), 422),
        (io.BytesIO(b"no chain at all"), 422),
    ):
        assert client.post(version(file, "sign"), {"signatures": wrong}).status_code == status
    assert len(AgreementFile.objects.get(pk=file.pk).chain().links) == 1
    answer = client.post(version(file, "sign"), {"signatures": signed_by(key)}, follow=True)
    assert "Still missing: Mina Yılmaz" in answer.content.decode()
    assert Entry.objects.filter(action=Action.SIGNED, who=people.omar).count() == 1


# Withdraw ----------------------------------------------------------------------------------------------


def test_a_proposal_is_withdrawn_with_a_reason_and_its_draft_is_open_again(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    acts.sign(actor(people.mina), proposed, digest(proposed), typed="Mina Yılmaz")
    Message.objects.all().delete()
    client, page = client_of(people.kai), at(proposed, "withdraw")
    assert "Withdraw version 1" in client.get(page).content.decode()
    assert client.post(page, {"digest": digest(proposed), "reason": ""}).status_code == 422
    answer = client.post(page, {"digest": digest(proposed), "reason": "A number was wrong."}, follow=True)
    assert "The proposal is withdrawn" in answer.content.decode()
    assert Draft.objects.get().state == Draft.State.OPEN
    assert {mail.to for mail in Message.objects.all()} == {"mina@acme.example", "omar@acme.example"}
    assert "A number was wrong." in client.get(at(proposed, "versions/")).content.decode()
    assert "No version waits for signatures" in client.get(page).content.decode()
    omar = walked(client_of(people.omar, confirmed=True), proposed)
    assert (
        "This version was withdrawn: A number was wrong."
        in omar.get(version(proposed, "sign")).content.decode()
    )


def test_only_the_version_that_was_read_is_withdrawn(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    answer = client_of(people.kai).post(
        at(proposed, "withdraw"), {"digest": "sha256:" + "0" * 64, "reason": "Not this one."}
    )
    assert answer.status_code == 409
    assert "Not this one.</textarea>" in answer.content.decode()
    assert len(AgreementFile.objects.get().chain().links) == 1


# At once -----------------------------------------------------------------------------------------------


def at_once(*acts_: Callable[[], object]) -> list[object]:
    """What each act gave, or the error that it raised, when all began at the same moment."""
    gate, found = threading.Barrier(len(acts_)), [None] * len(acts_)

    def run(which: int) -> None:
        gate.wait()
        try:
            found[which] = acts_[which]()  # type: ignore[call-overload]
        except AccordError as error:
            found[which] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(which,)) for which in range(len(acts_))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.mark.django_db(transaction=True)
def test_two_people_who_sign_at_once_have_both_signed(people: People, proposed: AgreementFile) -> None:
    wanted = digest(proposed)
    keys = ("mina", "omar", "leyla", "ines")

    def signs(key: str) -> Callable[[], object]:
        return lambda: acts.sign(
            actor(people[key]), AgreementFile.objects.get(pk=proposed.pk), wanted, typed=people[key].name
        )

    found = at_once(*map(signs, keys))
    chain = AgreementFile.objects.get().chain()
    refused = [one for one in found if isinstance(one, AccordError)]
    assert all(isinstance(one, EditConflict) for one in refused)  # who lost twice is told to do it again
    assert len(chain.links) == 1 + len(keys) - len(refused)
    assert len(refused) <= 2
    for key, one in zip(keys, found, strict=True):
        if isinstance(one, AccordError):
            signs(key)()
    report = verify(AgreementFile.objects.get().chain())
    assert report.ok
    assert {entry.person for entry in report.proposals[-1].signatures} == set(keys)
    assert Entry.objects.filter(action=Action.SIGNED).count() == len(keys)
    assert Message.objects.filter(subject__startswith="Signed").values("to").distinct().count() == (
        Message.objects.filter(subject__startswith="Signed").count()
    )


@pytest.mark.django_db(transaction=True)
def test_a_signature_and_a_withdrawal_at_once_leave_one_order_and_nothing_lost(
    people: People, proposed: AgreementFile
) -> None:
    wanted = digest(proposed)
    signed, withdrawn = at_once(
        lambda: acts.sign(
            actor(people.mina), AgreementFile.objects.get(pk=proposed.pk), wanted, typed="Mina Yılmaz"
        ),
        lambda: acts.withdraw(
            actor(people.kai), AgreementFile.objects.get(pk=proposed.pk), reason="Wrong.", digest=wanted
        ),
    )
    file = AgreementFile.objects.get()
    kinds = [type(link.entry).__name__ for link in file.chain().links]
    assert not isinstance(withdrawn, AccordError)
    assert kinds in (["Proposed", "Signed", "Withdrawn"], ["Proposed", "Withdrawn"])
    assert isinstance(signed, SignatureRefused) == (len(kinds) == 2)
    assert not file.chain().flaws
    assert file.head == file.chain().head


@pytest.mark.django_db(transaction=True)
def test_of_two_who_propose_at_once_one_wins_and_the_other_is_told(people: People, draft: Draft) -> None:
    other = acts.start_draft(actor(people.kai), draft.file, ACME.replace("500000", "400000", 1))

    def proposes(one: Draft) -> Callable[[], object]:
        return lambda: acts.propose(actor(people.kai), Draft.objects.get(pk=one.pk), saved=1)

    found = at_once(proposes(draft), proposes(other), proposes(draft))
    errors = [one for one in found if isinstance(one, AccordError)]
    assert len(errors) == 2
    file = AgreementFile.objects.get()
    assert len(file.chain().links) == len(file.course) == 1
    assert Draft.objects.filter(state=Draft.State.PROPOSED).count() == 1
    assert Entry.objects.filter(action=Action.PROPOSED).count() == 1
    assert Message.objects.count() == 2


def test_a_chain_that_has_grown_is_read_again_once(
    people: People, proposed: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody signs between the reading and the keeping, as two web processes on PostgreSQL can."""
    real, calls = agreeing.signing.sign, []

    def slow(*what: Any, **how: Any) -> Any:
        longer = real(*what, **how)
        calls.append(longer)
        if len(calls) == 1:
            again = AgreementFile.objects.get(pk=proposed.pk)
            acts.sign(actor(people.omar), again, digest(proposed), typed="Omar Haddad")
        return longer

    monkeypatch.setattr(agreeing.signing, "sign", slow)
    signed = acts.sign(actor(people.mina), proposed, digest(proposed), typed="Mina Yılmaz")
    assert signed.complete_at is not None
    assert len(calls) == 3
    assert verify(AgreementFile.objects.get().chain()).ok


def test_nobody_signs_what_was_withdrawn_while_the_page_was_open(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    client = walked(client_of(people.mina, confirmed=True), proposed)
    assert client.get(version(proposed, "sign")).status_code == 200
    acts.withdraw(actor(people.kai), proposed, reason="A number was wrong.")
    answer = client.post(version(proposed, "sign"), {"typed": "Mina Yılmaz"})
    assert answer.status_code == 409
    assert "This version was withdrawn: A number was wrong." in answer.content.decode()
