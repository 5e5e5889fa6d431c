"""Pages that tell: the list, the agreement, its versions, numbers, differences, files and proof."""

import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accord.agreement.parse import parse_agreement
from accord.agreement.signing.chain import digest_of, parse_chain
from accord.agreement.signing.verify import verify
from accord.server.agreements import acts
from accord.server.agreements.finding import mark_of
from accord.server.agreements.models import AgreementFile, Draft
from server_fixture import ACME, SMALL, YEAR, People, actor, sign_by_heads

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]


def at(file: AgreementFile, rest: str = "") -> str:
    return f"/agreements/{file.slug}/{rest}"


def mark(file: AgreementFile, which: int = -1) -> str:
    return mark_of(AgreementFile.objects.get(pk=file.pk).course[which]["digest"])


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def second(people: People, file: AgreementFile, **changes: str) -> Draft:
    """A draft of the next version, with a goal of 600,000."""
    draft = acts.start_draft(actor(people.kai), file)
    text = draft.text.replace("revenue: 500000", "revenue: 600000")
    return acts.save_draft(actor(people.kai), draft, text, started_from=draft.saved)


def test_a_hash_that_is_none_is_said_to_be_none(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    client = client_of(people.vera)
    answer = client.post(at(proposed, "verify"), {"head": "sha256:abc"})
    assert answer.status_code == 422
    assert "This is no hash" in answer.content.decode()
    answer = client.post(at(proposed, "verify"), {"head": f" {proposed.head.upper()} "})
    assert "This is the hash of the last entry" in answer.content.decode()


# The list ----------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_an_agreement_is_and_how_to_start_one(
    people: People, client_of: ClientOf
) -> None:
    said = page(client_of(people.mina), "/agreements/")
    assert "No agreement yet" in said
    assert 'href="/agreements/new"' in said
    assert 'href="/agreements/new"' not in page(client_of(people.vera), "/agreements/")


def test_what_waits_for_a_head_stands_first_for_that_head_only(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    other = acts.start_file(actor(people.kai), SMALL.replace("name:", "name: A") + "\n").file
    assert AgreementFile.objects.first() == other or other.title < proposed.title
    said = page(client_of(people.mina), "/agreements/")
    assert "Waits for you" in said
    assert at(proposed, f"versions/{mark(proposed)}/walk") in said
    assert "Waits for you" not in page(client_of(people.sara), "/agreements/")
    acts.sign(actor(people.mina), proposed, proposed.course[-1]["digest"], typed="Mina Yılmaz")
    said = page(client_of(people.mina), "/agreements/")
    assert "Waits for you" not in said
    assert "You may sign too" not in said
    assert "Omar Haddad" in said
    assert "Mina Yılmaz</bdi> (marketing)" not in said


def test_whoever_is_named_in_a_waiting_version_is_led_to_it_too_and_seen_among_those_who_have_not_signed(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    leyla, walk = client_of(people.leyla), at(proposed, f"versions/{mark(proposed)}/walk")
    said = page(leyla, "/agreements/")
    assert "You may sign too" in said
    assert walk in said
    assert "You may sign too" not in page(client_of(people.hedda), "/agreements/")
    version = at(proposed, f"versions/{mark(proposed)}/")
    assert "Leyla Şahin</bdi> (sales)" in page(leyla, version)
    acts.sign(actor(people.leyla), proposed, proposed.course[-1]["digest"], typed="Leyla Şahin")
    assert "You may sign too" not in page(leyla, "/agreements/")
    assert "Leyla Şahin</bdi> (sales)" not in page(leyla, version)


def test_an_agreement_whose_drafts_are_all_discarded_is_put_away_and_stays_within_reach(
    people: People, draft: Draft, client_of: ClientOf
) -> None:
    acts.discard_draft(actor(people.kai), draft)
    said = page(client_of(people.kai), "/agreements/")
    assert "Put away" in said
    assert at(draft.file, "drafts/") in said
    assert 'href="/agreements/new"' in said


def test_the_list_tells_term_review_and_drafts_without_reading_a_text(
    people: People, in_force: AgreementFile, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    second(people, in_force)

    def refuse(*_: object) -> None:
        raise AssertionError("a list reads no text")

    for place in (
        "accord.agreement.signing.proposals.parse_agreement",
        "accord.agreement.parse.parse_written",
    ):
        monkeypatch.setattr(place, refuse)
    monkeypatch.setattr(AgreementFile, "chain", refuse)
    said = page(client_of(people.vera), "/agreements/")
    assert "in force" in said
    assert (
        f"1\N{NO-BREAK SPACE}January – 31\N{NO-BREAK SPACE}December\N{NO-BREAK SPACE}{YEAR}" in said
        or "Term" in said
    )
    assert at(in_force, "drafts/") in said


def test_the_list_asks_as_few_questions_for_many_files_as_for_one(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    client = client_of(people.mina)
    page(client, "/agreements/")
    with CaptureQueriesContext(connection) as few:
        page(client, "/agreements/")
    for number in range(5):
        acts.start_file(actor(people.kai), SMALL + f"# {number}\n")
    with CaptureQueriesContext(connection) as many:
        page(client, "/agreements/")
    assert len(many) == len(few) < 20


# The agreement -----------------------------------------------------------------------------------------


def test_a_new_hire_reads_promises_words_and_contacts_of_the_version_in_force(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    said = page(client_of(people.vera), at(in_force))
    for words in ("1,386", "What our words mean", "head of a team of twenty", "Whom to ask", "Kai Berger"):
        assert words in said
    assert said.count("<h1") == 1
    assert "<style" not in said
    assert " style=" not in said


def test_a_promised_number_leads_to_where_it_comes_from(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    client = client_of(people.tomas)
    number = at(in_force, f"versions/{mark(in_force)}/numbers/leads")
    assert f'href="{number}"' in page(client, at(in_force))
    said = page(client, number)
    assert "The goal of one month is 500,000 USD." in said
    assert "goal.revenue" in said
    assert number.replace("/leads", "/smb.leads") in said
    assert "smb.leads" in page(client, number.replace("/leads", "/smb.lead"), 404)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("mina", "you signed version 1 on"),
        ("sara", "you may sign version 1 too"),
        ("kai", "nothing for you to sign"),
    ],
)
def test_whoever_is_named_reads_what_it_asks_of_them(
    people: People, in_force: AgreementFile, client_of: ClientOf, key: str, words: str
) -> None:
    said = page(client_of(people[key]), at(in_force))
    assert people[key].name in said
    assert words in said


def test_somebody_who_is_not_named_reads_no_line_about_themselves(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    assert "in this agreement:" not in page(client_of(people.vera), at(in_force))


def test_a_head_who_has_yet_to_sign_is_told_so(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    said = page(client_of(people.omar), at(proposed))
    assert "you have yet to sign version 1" in said
    assert at(proposed, f"versions/{mark(proposed)}/walk") in said


def test_a_file_with_nothing_proposed_shows_its_draft_or_how_many_problems_that_has(
    people: People, draft: Draft, client_of: ClientOf
) -> None:
    client = client_of(people.sara)
    assert "Nobody is bound by it yet" in page(client, at(draft.file))
    acts.save_draft(actor(people.kai), draft, draft.text.replace("band: 10%", "band: x%"), started_from=1)
    said = page(client, at(draft.file))
    assert "problem" in said
    assert at(draft.file, "drafts/1/") in said
    acts.discard_draft(actor(people.kai), Draft.objects.get())
    assert "No open draft" in page(client, at(draft.file))


def test_what_is_in_force_stays_on_the_page_while_the_next_version_waits(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    draft = second(people, in_force)
    acts.propose(actor(people.kai), draft, saved=draft.saved, reason="We grew.")
    said = page(client_of(people.mina), at(in_force))
    assert "Version 2 is proposed and waits for signatures." in said
    assert "1,386" in said
    assert "We grew." in said
    sign_by_heads(people, AgreementFile.objects.get(), AgreementFile.objects.get().course[-1]["digest"])
    said = page(client_of(people.mina), at(in_force, "versions/"))
    assert "Reset on" in said
    assert "1,659" in page(client_of(people.mina), at(in_force))


def test_with_the_next_version_signed_nobody_is_told_to_renew_and_its_day_is_the_agreements(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    draft = acts.start_draft(actor(people.kai), in_force)
    text = draft.text.replace(f"{YEAR}-", f"{YEAR + 1}-")
    draft = acts.save_draft(actor(people.kai), draft, text, started_from=draft.saved)
    acts.propose(actor(people.kai), draft, saved=draft.saved)
    file = AgreementFile.objects.get()
    sign_by_heads(people, file, file.course[-1]["digest"])
    people.vera.zone = "America/New_York"  # the first of January begins there on the last of December
    people.vera.save()
    begins = f"1\N{NO-BREAK SPACE}January\N{NO-BREAK SPACE}{YEAR + 1}"
    read = page(client_of(people.vera), at(file))
    assert f"Version 2 is signed and comes into force on {begins}." in read
    listed = page(client_of(people.vera), "/agreements/")
    assert f"version 2, from {begins}" in listed
    for said in (read, listed):
        assert "renew it" not in said
        assert "review due" not in said
    past = page(client_of(people.vera), at(file, "versions/"))
    assert "have yet to sign" not in past
    assert "<strong>expires</strong>. <bdi>Its term ends on 31 December" in past
    assert f">{begins}</time>" in past
    assert "Thu 31 Dec" not in past


def test_text_that_people_wrote_is_never_a_tag(people: People, client_of: ClientOf) -> None:
    bad = "<script>alert(1)</script>"
    text = ACME.replace("Mina Yılmaz", f"'{bad}'").replace(
        "a person, whatever we want", f"{bad} whatever we want"
    )
    draft = acts.start_file(actor(people.kai), text.replace("name: Acme marketing", f"name: {bad} marketing"))
    acts.propose(actor(people.kai), draft, saved=1, reason=f"because {bad}")
    file = AgreementFile.objects.get()
    client = client_of(people.kai)
    found = mark(file)
    for rest in (
        "",
        "versions/",
        f"versions/{found}/",
        "drafts/",
        "diff",
        "verify",
        f"versions/{found}/numbers/leads",
        "withdraw",
    ):
        said = page(client, at(file, rest))
        assert "<script>alert" not in said, rest
    assert "<script>alert" not in page(client_of(people.omar), at(file, f"versions/{found}/walk"))
    assert "<script>alert" not in page(client, "/agreements/")
    html = client.get(at(file, f"versions/{found}/download/html"))
    assert b"<script>alert" not in html.content


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "versions/",
        "drafts/",
        "diff",
        "verify",
        "versions/MARK/",
        "versions/MARK/walk",
        "versions/MARK/numbers/leads",
    ],
)
def test_a_page_asks_few_questions_of_the_database(
    people: People, in_force: AgreementFile, client_of: ClientOf, rest: str
) -> None:
    client, address = client_of(people.mina), at(in_force, rest.replace("MARK", mark(in_force)))
    page(client, address)
    with CaptureQueriesContext(connection) as asked:
        page(client, address)
    assert len(asked) < 10


# Files -------------------------------------------------------------------------------------------------


def test_the_signed_text_has_the_digest_and_verifies_with_the_chain(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    client = client_of(people.vera)
    folder = at(in_force, f"versions/{mark(in_force)}/download/")
    text, chain = client.get(folder + "yaml"), client.get(folder + "signatures")
    assert digest_of(text.content.decode()) == in_force.course[-1]["digest"]
    assert parse_agreement(text.content.decode()).version == 1
    assert verify(parse_chain(chain.content.decode())).ok
    assert text["Content-Disposition"] == f'attachment; filename="{in_force.slug}.yaml"'
    assert chain["Content-Disposition"] == f'attachment; filename="{in_force.slug}.signatures"'


def test_page_and_paper_of_a_version_name_who_signed(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    client, folder = client_of(people.vera), at(in_force, f"versions/{mark(in_force)}/download/")
    html = client.get(folder + "html")
    assert "by typing the name" in html.content.decode()
    assert "Version 1, active." in re.sub(r"<[^>]+>", "", html.content.decode())
    assert html["Content-Security-Policy"].startswith("sandbox;")
    assert html["X-Content-Type-Options"] == "nosniff"
    pdf = client.get(folder + "pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


def test_an_unknown_form_or_version_names_those_there_are(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    client = client_of(people.vera)
    assert "html, pdf, signatures, yaml" in page(
        client, at(in_force, f"versions/{mark(in_force)}/download/doc"), 404
    )
    assert mark(in_force) in page(client, at(in_force, "versions/0123456789ab/"), 404)
    for path in ("..%2f..%2fetc%2fpasswd", "yaml%00", "../../../../etc/passwd"):
        answer = client.get(at(in_force, f"versions/{mark(in_force)}/download/{path}"))
        assert answer.status_code == 404
        assert b"root:" not in answer.content


def test_a_file_keeps_a_name_in_any_script(people: People, client_of: ClientOf) -> None:
    draft = acts.start_file(actor(people.kai), ACME.replace("Acme marketing and sales", "توافق بازاریابی", 1))
    acts.propose(actor(people.kai), draft, saved=1)
    file = AgreementFile.objects.get()
    answer = client_of(people.vera).get(at(file, f"versions/{mark(file)}/download/yaml"))
    assert "filename*=utf-8''%D8%AA" in answer["Content-Disposition"]


# Differences -------------------------------------------------------------------------------------------


def test_two_versions_are_compared_in_sentences_and_in_numbers(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    draft = second(people, in_force)
    said = page(client_of(people.vera), at(in_force, "diff"))
    assert f"Version 1 → Draft {draft.number}" in said
    assert "Revenue goal: 500,000 USD → 600,000 USD" in said
    assert "Both owe more" in said
    assert '<td class="num">1,659</td>' in said
    assert "<ins>+   revenue: 600000</ins>" in said
    back = page(client_of(people.vera), at(in_force, f"diff?from=draft-{draft.number}&to={mark(in_force)}"))
    assert "600,000 USD → 500,000 USD" in back


def test_the_same_text_and_texts_that_mean_the_same_have_an_answer(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    client, one = client_of(people.vera), mark(in_force)
    assert "Both are the same text" in page(client, at(in_force, f"diff?from={one}&to={one}"))
    assert "both mean the same" in page(client, at(in_force, f"diff?from=draft-1&to={one}"))


def test_a_draft_with_errors_is_compared_by_its_lines(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    draft = second(people, in_force)
    acts.save_draft(
        actor(people.kai),
        draft,
        draft.text.replace("currency: USD", "currency: Dollars"),
        started_from=draft.saved,
    )
    said = page(client_of(people.vera), at(in_force, "diff"))
    assert "has errors, so only its lines can be compared" in said
    assert "<ins>+ currency: Dollars</ins>" in said


def test_a_text_that_is_not_there_is_named_with_those_that_are(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    for key in ("draft-99", "nonsense", "draft-x", "draft-" + "9" * 40):
        assert client_of(people.vera).get(at(in_force, "diff"), {"from": key}).status_code == 404


# The proof ---------------------------------------------------------------------------------------------


def test_the_proof_is_worked_out_anew_and_gives_the_hash_to_note(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    said = page(client_of(people.vera), at(in_force, "verify"))
    assert "Nothing is wrong" in said
    assert in_force.chain().head in said


def test_a_signature_that_is_still_to_come_is_no_fault(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    said = page(client_of(people.vera), at(proposed, "verify"))
    assert "waits for" in said
    assert "missing signature" not in said
    assert "finding" not in said
    assert "Nothing is wrong: every entry stands as it was written." in said


def test_a_chain_that_somebody_changed_in_the_table_is_found(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    last = in_force.chain_lines.order_by("-line").first()
    raw = last.raw.replace("Omar Haddad", "Omar Hadda")
    table, kind = last._meta.db_table, connection.vendor
    with connection.cursor() as cursor:
        if kind == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET raw = %s WHERE id = %s", [raw, last.pk])
        if kind != "sqlite":
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    said = page(client_of(people.vera), at(in_force, "verify"))
    assert "changed entry" in said
    assert client_of(people.vera).get(at(in_force)).status_code == 422


def hand_in(client: Client, file: AgreementFile, **what: object) -> tuple[int, str]:
    answer = client.post(at(file, "verify"), what)
    return answer.status_code, answer.content.decode()


def test_a_noted_hash_is_looked_for(people: People, in_force: AgreementFile, client_of: ClientOf) -> None:
    client, chain = client_of(people.vera), in_force.chain()
    assert "hash of the last entry" in hand_in(client, in_force, head=chain.head)[1]
    assert "others were added after it" in hand_in(client, in_force, head=chain.links[0].hash)[1]
    assert "not in the chain" in hand_in(client, in_force, head="sha256:" + "0" * 64)[1]


def test_copies_of_text_and_signatures_are_held_against_the_chain(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    client, chain = client_of(people.vera), in_force.chain()
    text = chain.links[0].entry.text  # type: ignore[union-attr]
    copies = {
        "text": SimpleUploadedFile("acme.yaml", text.encode()),
        "signatures": SimpleUploadedFile("acme.signatures", chain.text.encode()),
    }
    said = hand_in(client, in_force, **copies)[1]
    assert "says what version 1 says" in said
    assert "byte for byte" in said
    changed = SimpleUploadedFile("acme.yaml", text.replace("revenue: 500000", "revenue: 400000").encode())
    said = hand_in(client, in_force, text=changed)[1]
    assert "does not say what was proposed" in said
    assert "goal.revenue" in said
    shorter = SimpleUploadedFile("a.signatures", "".join(chain.text.splitlines(True)[:2]).encode())
    assert "2 entries were added since" in hand_in(client, in_force, signatures=shorter)[1]
    forged = SimpleUploadedFile("a.signatures", chain.text.replace("Omar Haddad", "Omar Hadda").encode())
    assert "cannot be trusted" in hand_in(client, in_force, signatures=forged)[1]


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (b"\xff\xfe\x00", "save it as UTF-8"),
        (b"a\x00b", "no text file: choose the right file"),
        (b"x" * 800_001, "too big"),
    ],
)
def test_what_is_no_text_or_too_big_is_refused_with_what_to_do(
    people: People, in_force: AgreementFile, client_of: ClientOf, content: bytes, remedy: str
) -> None:
    status, said = hand_in(client_of(people.vera), in_force, text=io.BytesIO(content))
    assert status == 422
    assert remedy in said
    status, said = hand_in(client_of(people.vera), in_force)
    assert status == 422
    assert "Type a hash" in said


# From right to left ------------------------------------------------------------------------------------


def test_a_page_from_right_to_left_sets_each_english_sentence_apart(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    people.sara.language = "fa"
    people.sara.save()
    said = page(client_of(people.sara), at(in_force))
    assert 'dir="rtl"' in said
    assert "<bdi><strong>M1</strong>" in said
    assert "<bdi>سارا رضایی</bdi>" in said
