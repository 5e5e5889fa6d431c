"""What people do to agreements: nothing anybody wrote is lost, every act is on record.

The chain on the server is the one that the command line writes.
"""

import itertools
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accord.agreement.parse import parse_written
from accord.agreement.signing.chain import parse_chain
from accord.agreement.signing.verify import verify
from accord.cli import main
from accord.errors import EditConflict, InputError, NotFound, SignatureRefused
from accord.server.agreements import acts
from accord.server.agreements.models import AgreementFile, ChainLine, Clash, Draft, Saving
from accord.server.agreements.standings import told
from accord.server.audit.models import Action, Entry
from accord.server.people.models import User
from server_fixture import ACME, PEOPLE, SMALL, YEAR, actor, sign_by_heads

pytestmark = pytest.mark.django_db
COMMENT = "\n# one more line\n"


def recorded() -> list[str]:
    """Every act on record, oldest first."""
    return list(Entry.objects.order_by("id").values_list("action", flat=True))


def reread(thing):
    return type(thing).objects.get(pk=thing.pk)


def test_a_new_agreement_has_a_draft_with_its_first_saving(people) -> None:
    draft = acts.start_file(actor(people.kai), ACME)
    assert (draft.number, draft.saved, draft.text, draft.state) == (1, 1, ACME, Draft.State.OPEN)
    assert draft.file.title == "Acme marketing and sales"
    assert [saving.text for saving in draft.savings.all()] == [ACME]
    assert recorded() == [Action.FILE_STARTED, Action.DRAFT_STARTED]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "Untitled agreement"),
        ("name: 'Half a thought'\npeople: [", "Half a thought"),
        ("no yaml: at: all", "Untitled agreement"),
        ("accord: 1\nname: پیمان فروش\n", "پیمان فروش"),
        ("name: <script>alert(1)</script>\n", "<script>alert(1)</script>"),
        ("name: " + "x" * 500, "x" * 199 + "…"),
        ("name: ../../etc/passwd\n", "../../etc/passwd"),
    ],
)
def test_a_draft_may_start_from_any_text_and_has_an_address(people, text: str, title: str) -> None:
    draft = acts.start_file(actor(people.mina), text)
    assert draft.file.title == title
    assert draft.file.slug
    assert not set(draft.file.slug) & set("/.<>?#% ")
    assert draft.text == text


def test_two_agreements_of_one_name_have_addresses_of_their_own(people) -> None:
    slugs = [acts.start_file(actor(people.kai), SMALL).file.slug for _ in range(3)]
    assert len(set(slugs)) == 3
    assert slugs[1] == f"{slugs[0]}-2"


def test_saving_keeps_every_text_that_a_draft_ever_had(people, draft) -> None:
    for count in range(1, 4):
        draft = acts.save_draft(actor(people.sara), draft, ACME + COMMENT * count, started_from=count)
    assert draft.saved == 4
    assert draft.saved_by == people.sara
    texts = list(draft.savings.order_by("number").values_list("text", flat=True))
    assert texts == [ACME + COMMENT * count for count in range(4)]
    assert recorded().count(Action.DRAFT_SAVED) == 3


def test_a_second_person_who_saves_from_an_old_page_loses_nothing_and_is_told(people, draft) -> None:
    acts.save_draft(actor(people.sara), draft, ACME + "# Sara\n", started_from=1)
    with pytest.raises(EditConflict, match="سارا رضایی saved this draft after you opened it"):
        acts.save_draft(actor(people.ines), draft, ACME + "# Ines\n", started_from=1)
    assert reread(draft).text == ACME + "# Sara\n"
    clash = Clash.objects.get()
    assert (clash.text, clash.by, clash.started_from) == (ACME + "# Ines\n", people.ines, 1)
    acts.save_draft(actor(people.ines), draft, ACME + "# Sara\n# Ines\n", started_from=2)
    assert reread(clash).settled_at is not None


def test_who_saves_the_same_text_as_somebody_else_has_no_conflict(people, draft) -> None:
    acts.save_draft(actor(people.sara), draft, SMALL, started_from=1)
    assert acts.save_draft(actor(people.ines), draft, SMALL, started_from=1).saved == 2
    assert not Clash.objects.exists()


def test_a_clash_stands_in_the_audit_once_and_an_invented_saving_makes_none(people, draft) -> None:
    acts.save_draft(actor(people.sara), draft, SMALL, started_from=1)
    with pytest.raises(InputError, match="no saving 999"):
        acts.save_draft(actor(people.ines), draft, ACME + COMMENT, started_from=999)
    assert not Clash.objects.exists()
    with pytest.raises(EditConflict):
        acts.save_draft(actor(people.ines), draft, ACME + COMMENT, started_from=1)
    clash = Clash.objects.get()
    for _ in range(3):
        acts.settle_clash(actor(people.sara), clash)
    assert recorded().count(Action.DRAFT_CLASHED) == recorded().count(Action.CLASH_SETTLED) == 1


def test_an_account_on_another_side_or_below_its_role_signs_for_nobody(people, proposed) -> None:
    digest = proposed.course[-1]["digest"]
    for key, change in (
        ("mina", {"side": "sales"}),
        ("mina", {"role": "member"}),
        ("omar", {"side": "viewer"}),
    ):
        taken = copy(people[key])
        for name, value in change.items():
            setattr(taken, name, value)
        with pytest.raises(SignatureRefused, match="ask operations to mend the account"):
            acts.sign(actor(taken), proposed, digest, typed=people[key].name)
    assert len(AgreementFile.objects.get().chain().links) == 1


def test_an_address_that_accounts_spell_otherwise_is_the_same_person(people) -> None:
    text = ACME.replace("omar@acme.example", "Omar@xn--bcher-kva.example")
    User.objects.filter(pk=people.omar.pk).update(email="omar@bücher.example")
    draft = acts.start_file(actor(people.kai), text)
    proposal = acts.propose(actor(people.kai), draft, saved=1)
    acts.sign(actor(reread(people.omar)), draft.file, proposal.digest, typed=people.omar.name)


def test_an_address_that_no_mail_can_be_sent_to_stops_no_signature(people) -> None:
    text = ACME.replace("leyla@acme.example", "leyla@intranet").replace(
        "sara@acme.example", "sara@acme..example"
    )
    draft = acts.start_file(actor(people.kai), text)
    proposal = acts.propose(actor(people.kai), draft, saved=1)
    sign_by_heads(people, draft.file, proposal.digest)
    assert not AgreementFile.objects.get(pk=draft.file_id).course[-1]["missing"]


def test_a_clash_can_be_put_aside_and_stays_in_the_history(people, draft) -> None:
    acts.save_draft(actor(people.sara), draft, SMALL, started_from=1)
    with pytest.raises(EditConflict):
        acts.save_draft(actor(people.ines), draft, ACME + COMMENT, started_from=1)
    clash = Clash.objects.get()
    acts.settle_clash(actor(people.ines), clash)
    assert reread(clash).settled_at is not None
    assert reread(clash).text == ACME + COMMENT
    assert recorded()[-1] == Action.CLASH_SETTLED


def test_an_earlier_saving_comes_back_as_a_new_one(people, draft) -> None:
    acts.save_draft(actor(people.sara), draft, SMALL, started_from=1)
    again = acts.restore_saving(actor(people.ines), draft, 1, started_from=2)
    assert (again.saved, again.text) == (3, ACME)
    with pytest.raises(NotFound):
        acts.restore_saving(actor(people.ines), draft, 77, started_from=3)


@pytest.mark.parametrize("bad", ["x" * (acts.MOST_CHARACTERS + 1), "name: a\x00b"])
def test_a_text_that_cannot_be_kept_is_refused_before_anything_changes(people, draft, bad: str) -> None:
    with pytest.raises(InputError):
        acts.save_draft(actor(people.sara), draft, bad, started_from=1)
    with pytest.raises(InputError):
        acts.start_file(actor(people.sara), bad)
    assert reread(draft).saved == 1
    assert AgreementFile.objects.count() == 1


def test_line_ends_of_every_system_are_kept_as_one(people, draft) -> None:
    saved = acts.save_draft(actor(people.sara), draft, "name: a\r\nb: c\rd: e\n", started_from=1)
    assert saved.text == "name: a\nb: c\nd: e\n"


def test_a_draft_that_was_put_away_can_be_taken_up_again_and_not_saved_meanwhile(people, draft) -> None:
    acts.discard_draft(actor(people.kai), draft)
    with pytest.raises(EditConflict, match="discarded"):
        acts.save_draft(actor(people.sara), draft, SMALL, started_from=1)
    with pytest.raises(EditConflict):
        acts.discard_draft(actor(people.kai), draft)
    with pytest.raises(EditConflict):
        acts.propose(actor(people.kai), draft, saved=1)
    assert not ChainLine.objects.exists()
    acts.take_up(actor(people.sara), draft)
    assert acts.save_draft(actor(people.sara), draft, SMALL, started_from=1).saved == 2
    assert recorded()[-3:] == [Action.DRAFT_DISCARDED, Action.DRAFT_RESTORED, Action.DRAFT_SAVED]


def test_what_was_proposed_is_what_the_proposer_read(people, draft) -> None:
    acts.save_draft(actor(people.sara), draft, ACME.replace("500000", "1"), started_from=1)
    with pytest.raises(EditConflict, match="changed since you read it"):
        acts.propose(actor(people.kai), draft, saved=1)
    assert not ChainLine.objects.exists()
    assert reread(draft.file).course == []


def test_only_people_whom_the_version_names_propose_and_sign_it(people, draft, proposed) -> None:
    with pytest.raises(SignatureRefused, match="nobody's address under `people`"):
        acts.sign(actor(people.tomas), proposed, proposed.course[-1]["digest"], typed=people.tomas.name)
    other = acts.start_file(actor(people.hedda), ACME)
    with pytest.raises(SignatureRefused, match="nobody's address"):
        acts.propose(actor(people.hedda), other, saved=1)
    with pytest.raises(SignatureRefused, match="on no side"):
        acts.sign(actor(people.kai), proposed, proposed.course[-1]["digest"], typed=people.kai.name)


@pytest.mark.parametrize("typed", ["", "mina", "Mina Yılmaz Mina", "Omar Haddad"])
def test_a_signature_needs_the_full_name(people, proposed, typed: str) -> None:
    with pytest.raises(SignatureRefused):
        acts.sign(actor(people.mina), proposed, proposed.course[-1]["digest"], typed=typed)
    assert reread(proposed).chain().text == proposed.chain().text


def test_nobody_signs_twice_and_strangers_not_at_all(people, proposed) -> None:
    digest = proposed.course[-1]["digest"]
    acts.sign(actor(people.mina), proposed, digest, typed=people.mina.name)
    with pytest.raises(SignatureRefused, match="signed version 1 before"):
        acts.sign(actor(people.mina), proposed, digest, typed=people.mina.name)
    with pytest.raises(InputError, match="sign in first"):
        acts.sign(actor(None), proposed, digest, typed="x")
    with pytest.raises(NotFound):
        acts.sign(actor(people.omar), proposed, "sha256:" + "0" * 64, typed=people.omar.name)


def test_a_version_is_taken_back_with_a_reason_and_its_draft_is_open_again(people, proposed) -> None:
    with pytest.raises(SignatureRefused, match="reason"):
        acts.withdraw(actor(people.kai), proposed, reason=" ")
    with pytest.raises(SignatureRefused, match="neither proposed it nor is a head"):
        acts.withdraw(actor(people.sara), proposed, reason="too early")
    acts.withdraw(actor(people.omar), proposed, reason="too early")
    assert proposed.drafts.get().state == Draft.State.OPEN
    with pytest.raises(SignatureRefused, match="no version waits"):
        acts.withdraw(actor(people.omar), proposed, reason="again")
    draft = proposed.drafts.get()
    acts.propose(actor(people.kai), draft, saved=draft.saved)
    assert [item["number"] for item in reread(proposed).course] == [1, 1]
    assert recorded()[-2:] == [Action.WITHDRAWN, Action.PROPOSED]


def test_the_next_version_names_its_predecessor_and_resets_it_with_a_reason(people, in_force) -> None:
    draft = acts.start_draft(actor(people.kai), in_force)
    assert "version: 2" in draft.text
    assert f"supersedes: {in_force.course[0]['digest']}" in draft.text
    with pytest.raises(SignatureRefused, match="say the reason for the reset"):
        acts.propose(actor(people.kai), draft, saved=1)
    acts.propose(actor(people.kai), draft, saved=1, reason="the team grew")
    assert recorded()[-2:] == [Action.PROPOSED, Action.RESET]
    digest = reread(in_force).course[-1]["digest"]
    for key in ("omar", "mina"):
        acts.sign(actor(people[key]), reread(in_force), digest, typed=people[key].name)
    first, second = reread(in_force).course
    assert first["standings"][-1][0] == "reset"
    assert "the team grew" in first["standings"][-1][2]
    assert [status for status, *_ in second["standings"]][:2] == ["proposed", "signed"]


def test_every_act_leaves_an_entry_that_says_who_did_what(people, in_force) -> None:
    acts.start_draft(actor(people.sara), in_force)
    told_of = list(Entry.objects.order_by("id").values_list("name", "side", "action", "address", "about"))
    name, title = PEOPLE["kai"][0], in_force.title
    assert told_of == [
        (name, "operations", Action.FILE_STARTED, "127.0.0.1", title),
        (name, "operations", Action.DRAFT_STARTED, "127.0.0.1", title),
        (name, "operations", Action.PROPOSED, "127.0.0.1", title),
        ("Mina Yılmaz", "marketing", Action.SIGNED, "127.0.0.1", title),
        ("Omar Haddad", "sales", Action.SIGNED, "127.0.0.1", title),
        (PEOPLE["sara"][0], "marketing", Action.DRAFT_STARTED, "127.0.0.1", title),
    ]
    links = set(Entry.objects.values_list("link", flat=True))
    assert all(link.startswith(f"/agreements/{in_force.slug}/") for link in links)


@pytest.mark.parametrize("table", ["agreements_chainline", "agreements_saving", "audit_entry"])
@pytest.mark.parametrize("words", ["UPDATE {} SET id = id", "DELETE FROM {}", "DELETE FROM {} WHERE 1 = 0"])
def test_the_database_itself_keeps_what_is_only_ever_appended(in_force, table: str, words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        before = cursor.fetchone()
        assert before[0] > 0
        if connection.vendor == "sqlite" and "1 = 0" in words:
            return  # its triggers look at rows, and there is none
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            cursor.execute(words.format(table))
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == before


@pytest.mark.parametrize("model", [Entry, Saving, ChainLine])
def test_nor_does_the_code_change_or_delete_such_a_row(in_force, model: type) -> None:
    row = model.objects.order_by("id").first()
    with pytest.raises((TypeError, DatabaseError)), transaction.atomic():
        row.save()
    with pytest.raises((TypeError, DatabaseError)), transaction.atomic():
        row.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()


def test_the_chain_is_the_one_that_the_command_line_writes(
    people, draft, monkeypatch, tmp_path: Path
) -> None:
    start = datetime(YEAR, 1, 5, 9, 30, tzinfo=UTC)
    clock = itertools.count()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=next(clock)))
    acts.propose(actor(people.kai), draft, saved=1, reason="our first")
    digest = reread(draft.file).course[-1]["digest"]
    acts.sign(actor(people.mina), reread(draft.file), digest, typed="Mina Yılmaz")
    acts.withdraw(actor(people.omar), reread(draft.file), reason="a slip")
    acts.propose(actor(people.kai), draft, saved=1)
    for key in ("mina", "omar"):
        acts.sign(actor(people[key]), reread(draft.file), digest, typed=people[key].name)

    times = iter([link.entry.at for link in draft.file.chain().links])

    class AsThen(datetime):
        @classmethod
        def now(cls, _zone=None):
            return next(times)

    monkeypatch.setattr("accord.cli.signing.datetime", AsThen)
    path = tmp_path / "acme.yaml"
    path.write_text(ACME, encoding="utf-8")
    yes = "y\n" * 20
    for words, typed in (
        (["propose", str(path), "--by", "kai", "--reason", "our first"], ""),
        (["sign", str(path), "mina"], "Mina Yılmaz\n"),
        (["propose", str(path), "--by", "omar", "--withdraw", "--reason", "a slip"], ""),
        (["propose", str(path), "--by", "kai"], ""),
        (["sign", str(path), "mina"], "Mina Yılmaz\n"),
        (["sign", str(path), "omar"], "Omar Haddad\n"),
    ):
        steps = _steps(path) if words[0] == "sign" else 0
        done = CliRunner().invoke(main, words, input=yes[: 2 * steps] + typed)
        assert done.exit_code == 0, done.output
    assert (tmp_path / "acme.signatures").read_text(encoding="utf-8") == reread(draft.file).chain().text


def _steps(path: Path) -> int:
    from accord.agreement.parse import read_agreement
    from accord.plan.walk import walk

    return len(list(walk(read_agreement(path), "mina")))


def test_what_is_taken_from_the_server_verifies_on_the_command_line(in_force, tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(ACME, encoding="utf-8")
    (tmp_path / "acme.signatures").write_text(in_force.chain().text, encoding="utf-8")
    done = CliRunner().invoke(main, ["verify", str(tmp_path / "acme.yaml"), "--head", in_force.head])
    assert done.exit_code == 0, done.output


def test_kept_standings_are_those_of_the_chain(in_force) -> None:
    chain = in_force.chain()
    assert in_force.course == told(chain)
    assert in_force.head == chain.head
    report = verify(chain, [parse_written(ACME, "acme.yaml")])
    assert report.ok, report.findings


def test_a_chain_that_was_signed_with_a_key_elsewhere_is_taken_over(people, proposed) -> None:
    from accord.agreement.signing.keys import new_key
    from accord.agreement.signing.sign import sign
    from accord.plan.walk import calculation

    agreement = parse_written(ACME, "acme.yaml").agreement
    longer = sign(
        proposed.chain(),
        agreement,
        person="mina",
        at=timezone.now(),
        calculation=calculation(agreement),
        key=new_key(),
    )
    acts.append_signed(actor(people.mina), proposed, parse_chain(longer.text))
    assert reread(proposed).chain().text == longer.text
    with pytest.raises(SignatureRefused, match="do not follow"):
        acts.append_signed(actor(people.mina), reread(proposed), parse_chain(longer.text))
    assert recorded()[-1] == Action.SIGNED


def test_a_chain_with_a_forged_end_is_refused(people, proposed) -> None:
    text = proposed.chain().text
    doubled = parse_chain(text + text.splitlines()[-1] + "\n")
    with pytest.raises(InputError):
        acts.append_signed(actor(people.mina), proposed, doubled)
    assert reread(proposed).chain().text == text
