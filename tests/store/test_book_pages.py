"""The book on the server: closed by both sides, restated with reasons, and nothing of it lost (5.7)."""

from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accord.agreement.parse import parse_agreement
from accord.errors import EditConflict, EntryInvalid, NotAllowed
from accord.ledger.book_output import book_rows
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.audit.models import Entry
from accord.server.book import acts, making, reading
from accord.server.book.models import Closing, Confirmation, Look, Note, Restatement, Sheet
from book_fixture import APRIL, JUNE, MAY, PRICED, book, keep_sheet
from score_fixture import log, scored, year_of_acme  # noqa: F401
from server_fixture import ACME, People, actor, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(in_force: AgreementFile) -> Sheet:
    return keep_sheet(in_force)


def row(on: str = MAY) -> reading.Row:
    return reading.row_of(reading.sheet(), on)


def confirm(user: Any, on: str = MAY) -> bool:
    return acts.confirm(actor(user), on, seen=row(on).seen)


def close(people: People, on: str = MAY) -> None:
    assert not confirm(people.mina, on)
    assert confirm(people.ines, on)


def text_of(client: Client, name: str, *args: str) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_interval_is_closed_by_named_people_of_both_sides(people: People, kept: Sheet) -> None:
    assert row().standing is reading.Standing.OPEN
    assert not confirm(people.sara)
    assert row().standing is reading.Standing.HALF and not Closing.objects.exists()
    assert confirm(people.omar)
    closing = Closing.objects.get()
    assert (closing.as_of, closing.watermark, closing.figures["close"]["revenue"]) == (
        kept.as_of, "a" * 64, "10000",
    )  # fmt: skip
    assert [one.by for one in row().confirmations] == [people.sara, people.omar]
    assert list(Entry.objects.order_by("id").values_list("action", flat=True))[-3:] == [
        "book confirmed", "book confirmed", "book closed",
    ]  # fmt: skip


def test_two_of_one_side_do_not_close_it(people: People, kept: Sheet) -> None:
    confirm(people.mina)
    with pytest.raises(EditConflict, match="Mina Yılmaz has confirmed May 2026 for your side already"):
        confirm(people.sara)


@pytest.mark.parametrize("key", ["kai", "hedda", "leyla", "tomas", "vera"])
def test_only_who_leads_a_side_confirms_for_it(people: People, kept: Sheet, key: str) -> None:
    with pytest.raises(NotAllowed):
        confirm(people[key])
    assert (
        signed_in(people[key]).post(reverse("book-confirm", args=[MAY]), {"seen": row().seen}).status_code
        == 403
    )


def test_a_running_interval_is_not_confirmed(people: People, kept: Sheet) -> None:
    with pytest.raises(EntryInvalid, match="June 2026 is not over"):
        confirm(people.mina, JUNE)


def test_a_confirmation_is_taken_back_until_the_other_side_confirms(people: People, kept: Sheet) -> None:
    confirm(people.mina)
    acts.take_back(actor(people.sara), MAY)
    assert row().standing is reading.Standing.OPEN
    close(people)
    with pytest.raises(EditConflict, match="closed by both sides; restate it with a reason instead"):
        acts.take_back(actor(people.mina), MAY)
    with pytest.raises(EditConflict, match="closed already"):
        confirm(people.omar)


def test_what_is_confirmed_is_what_was_on_the_page(
    people: People, kept: Sheet, in_force: AgreementFile
) -> None:
    seen = row().seen
    keep_sheet(in_force, close_4={"revenue": "12000"})
    with pytest.raises(EditConflict, match="have changed since you read them"):
        acts.confirm(actor(people.mina), MAY, seen=seen)


def test_a_confirmation_of_other_figures_lapses_and_closes_nothing(
    people: People, kept: Sheet, in_force: AgreementFile
) -> None:
    confirm(people.mina)
    keep_sheet(in_force, close_4={"revenue": "12000"})
    assert not confirm(people.omar)
    assert [one.by for one in row().confirmations] == [people.omar]
    assert confirm(people.mina)
    assert Closing.objects.get().figures["close"]["revenue"] == "12000"
    assert Confirmation.objects.count() == 3, "what was confirmed before stays on record"


def test_a_closed_interval_keeps_its_figures_and_says_that_they_differ(
    people: People, kept: Sheet, in_force: AgreementFile
) -> None:
    close(people)
    keep_sheet(in_force, close_4={"revenue": "12000"}, cohort_4={"customers": 7})
    shown = row()
    assert shown.standing is reading.Standing.DIFFERS and shown.figures["close"]["revenue"] == "10000"
    assert [(one.basis, one.name, one.held) for one in shown.differences] == [
        ("close", "revenue", True), ("cohort", "customers", False),
    ]  # fmt: skip
    text = text_of(signed_in(people.vera), "book-month", MAY)
    assert "the past was corrected" in text and "it ripened" in text
    assert f'href="{reverse("book-month", args=[MAY])}#since"' in text_of(signed_in(people.vera), "book")


def test_a_cohort_that_ripens_is_no_correction(people: People, kept: Sheet, in_force: AgreementFile) -> None:
    close(people)
    keep_sheet(in_force, cohort_4={"customers": 7, "revenue": "14000"})
    assert row().standing is reading.Standing.CLOSED
    keep_sheet(in_force, cohort_4={"customers": 4})
    assert row().standing is reading.Standing.DIFFERS, "a customer less can only be a correction"


def test_a_restatement_keeps_both_figures_with_its_reason(
    people: People, kept: Sheet, in_force: AgreementFile
) -> None:
    close(people)
    keep_sheet(in_force, close_4={"revenue": "12000"})
    acts.restate(actor(people.ines), MAY, "an invoice came in late", seen=row().seen)
    made = Restatement.objects.get()
    assert (made.before["close"]["revenue"], made.after["close"]["revenue"]) == ("10000", "12000")
    assert row().standing is reading.Standing.CLOSED and row().figures["close"]["revenue"] == "12000"
    assert Closing.objects.get().figures["close"]["revenue"] == "10000"
    with pytest.raises(EditConflict, match="nothing to restate"):
        acts.restate(actor(people.ines), MAY, "again", seen=row().seen)
    assert "an invoice came in late" in text_of(signed_in(people.mina), "book-month", MAY)


def test_a_restatement_needs_a_closed_interval_and_a_reason(people: People, kept: Sheet) -> None:
    with pytest.raises(EntryInvalid, match="is open"):
        acts.restate(actor(people.ines), MAY, "why", seen=row().seen)
    with pytest.raises(EntryInvalid, match="write a few words"):
        acts.restate(actor(people.ines), MAY, " \x00 ", seen=row().seen)


@pytest.mark.parametrize("model", [Closing, Restatement, Note, Look])
def test_the_database_refuses_to_change_what_is_kept(
    people: People, kept: Sheet, in_force: AgreementFile, model: Any
) -> None:
    close(people)
    keep_sheet(in_force, close_4={"revenue": "12000"})
    acts.restate(actor(people.ines), MAY, "late", seen=row().seen)
    acts.add_note(actor(people.tomas), MAY, "the fair")
    acts.all_stays(actor(people.kai), "too early")
    one = model.objects.get()
    for change in (lambda: model.objects.filter(pk=one.pk).update(id=one.pk), one.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_pages_show_the_book_and_lead_to_each_interval(people: People, kept: Sheet) -> None:
    text = text_of(signed_in(people.vera), "book")
    assert "May 2026" in text and reverse("book-month", args=[APRIL]) in text and "Pooled" in text
    assert "90.0%" in text and "Few customers." in text
    text = text_of(signed_in(people.mina), "book-month", MAY)
    assert "Confirm these figures" in text and "Closed revenue from marketing" in text
    assert "Confirm these figures" not in text_of(signed_in(people.vera), "book-month", MAY)


def test_figures_of_an_interval_open_to_what_stands_behind_them(people: People, kept: Sheet) -> None:
    page = text_of(signed_in(people.leyla), "book-month", MAY)
    days = f"?from={MAY}&amp;to=2026-05-31"
    assert f'href="{reverse("score-measure", args=["book"])}{days}"' in page
    assert f'href="{reverse("score-measure", args=["key_deals"])}{days}"' in page
    held = {one.id for one in parse_agreement(ACME).promises}
    for goal in row().figures["goals"]:  # a promise that is in force no more has no rows to show
        address = f'href="{reverse("score-rows", args=[goal["promise"]])}{days}"'
        assert (address in page) == (goal["promise"] in held)


def test_a_day_that_begins_no_interval_has_no_page(people: People, kept: Sheet) -> None:
    for wrong in ("2026-05-02", "soon", "9999-99-99", "20260501"):
        assert signed_in(people.mina).get(reverse("book-month", args=[wrong])).status_code == 404


def test_an_interval_is_found_by_its_month_too(people: People, kept: Sheet) -> None:
    page = text_of(signed_in(people.vera), "book-month", "2026-05")
    assert "May 2026" in page and reverse("book-note", args=[MAY]) not in page
    assert reverse("book-note", args=[MAY]) in text_of(signed_in(people.mina), "book-month", "2026-05")
    answer = signed_in(people.mina).post(reverse("book-note", args=["2026-05"]), {"text": "a strike"})
    assert answer.status_code == 302 and row().interval is not None


@pytest.mark.parametrize(
    "wrong",
    ["2026-13", "2026-1", "2026-00", "1999-05", "202605", "99999-05", "2026-5-1", "9" * 400, "2026-05-"],
)
def test_a_month_that_is_none_has_no_page(people: People, kept: Sheet, wrong: str) -> None:
    client = signed_in(people.mina)
    answer = client.get(reverse("book-month", args=[wrong]))
    assert answer.status_code == 404 and len(answer.content) < 50_000
    assert client.post(reverse("book-confirm", args=[wrong]), {"seen": "x"}).status_code == 404


def test_goals_are_among_what_a_closed_interval_has_become(
    people: People, kept: Sheet, in_force: AgreementFile
) -> None:
    close(people)
    keep_sheet(in_force, goal_4={"goal": 120.0, "low": 108.0, "high": 132.0, "actual": 88.0})
    assert row().standing is reading.Standing.DIFFERS
    page = " ".join(text_of(signed_in(people.mina), "book-month", MAY).split())
    for said in ("M1 · Accepted leads: what came", "M1 · Accepted leads: the goal", "it was agreed anew"):
        assert said in page
    acts.restate(actor(people.mina), MAY, "a file came late", seen=row().seen)
    assert row().standing is reading.Standing.CLOSED and not row().differences
    page = text_of(signed_in(people.vera), "book-month", MAY)
    assert "M1 · Accepted leads: what came" in page and "a file came late" in page


def test_another_goal_alone_is_shown_and_is_no_correction(
    people: People, kept: Sheet, in_force: AgreementFile
) -> None:
    close(people)
    keep_sheet(in_force, goal_4={"goal": 120.0})
    assert row().standing is reading.Standing.CLOSED
    assert "it was agreed anew" in text_of(signed_in(people.mina), "book-month", MAY)


def test_new_prices_alone_are_no_correction(
    people: People, kept: Sheet, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(people)
    keep_sheet(in_force, cohort_4={"value": "9000"})
    assert row().standing is reading.Standing.DIFFERS, "by the same version only a correction moves it"
    Sheet.objects.update(agreement="version 2")
    assert row().standing is reading.Standing.CLOSED and [one.agreed for one in row().differences] == [True]
    assert "it was agreed anew" in text_of(signed_in(people.mina), "book-month", MAY)
    monkeypatch.setattr(reading, "_revaluing", lambda *_asked: set())  # its prices are the same
    assert row().standing is reading.Standing.DIFFERS


def test_versions_are_told_apart_by_what_a_lead_is_worth() -> None:
    acme = parse_agreement(ACME)
    dearer = acme.model_copy(update={"value": acme.value.model_copy(update={"prices": {"x": 1}})})
    assert reading._worth(acme) != reading._worth(dearer)
    assert reading._worth(acme) == reading._worth(acme.model_copy(update={"version": 2}))


def test_goals_of_value_stand_in_money_and_every_table_has_a_caption(
    people: People, in_force: AgreementFile
) -> None:
    keep_sheet(in_force, goal_4={"measure": "lead_value", "goal": 75_000.0, "low": 70_000.0})
    client = signed_in(people.vera)
    page = " ".join(text_of(client, "book-month", MAY).split())
    assert "USD 75,000" in page and "USD 70,000 – USD 110" in page
    assert "on the cohort basis" not in page and "deal_evidence" not in page
    for name, args in (("book", ()), ("book-month", (MAY,)), ("book-inputs", ())):
        page = text_of(client, name, *args)
        assert page.count("<table") == page.count("<caption") > 0


def test_measured_rates_stand_as_shares_with_their_interval_over_the_counts(
    people: People, kept: Sheet
) -> None:
    page = text_of(signed_in(people.vera), "book-inputs").replace("\xa0", " ")
    for said in ("34.0%", "30.0%", "(10.0%–20.0%)", "340 of 1000", "90 of 300"):
        assert said in page
    assert "41 d wall" in page


def test_figures_that_another_release_kept_come_last_in_the_csv_and_missing_ones_are_empty() -> None:
    lines = [{"interval": 1, "basis": "close", "odd": 7}, {"interval": None, "basis": "close", "leads": 3}]
    assert book_rows(lines) == [
        ["basis", "interval", "leads", "odd"], ["close", "1", "", "7"], ["close", "pooled", "3", ""],
    ]  # fmt: skip
    assert book_rows([]) == [[]]


def test_the_csv_has_every_figure_and_its_state(people: People, kept: Sheet) -> None:
    close(people)
    answer = signed_in(people.vera).get(reverse("book-csv"))
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("state,basis,interval,from,to,leads,customers,revenue,total_revenue")
    assert any(line.startswith("closed,close,4,2026-05-01,2026-05-31,100,5,10000,16000") for line in lines)
    assert sum("pooled" in line.split(",")[2] for line in lines[1:]) == 2


def test_an_empty_book_says_what_it_waits_for(
    people: People, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing has been recorded yet" in text_of(signed_in(people.leyla), "book")
    assert "Nothing is measured yet" in text_of(signed_in(people.leyla), "book-inputs")


def test_names_and_notes_are_shown_as_they_are_and_run_nowhere(people: People, kept: Sheet) -> None:
    acts.add_note(actor(people.tomas), MAY, "<script>alert(1)</script> =1+1")
    text = text_of(signed_in(people.mina), "book-month", MAY)
    assert "<script>alert" not in text and "&lt;script&gt;" in text


# Inputs --------------------------------------------------------------------------------------------------


def test_chosen_proposals_become_a_draft_that_both_sides_can_amend(people: People, kept: Sheet) -> None:
    client = signed_in(people.sara)
    chosen = ["goal.streams.smb.deal_value", "lead_types.web_form.streams.smb.mql_to_sql"]
    answer = client.post(reverse("book-draft"), {"input": chosen, "reason": "the first half of the year"})
    draft = Draft.objects.latest("id")
    assert answer.status_code == 302 and answer["Location"] == reverse(
        "draft", args=[draft.file.slug, draft.number]
    )
    assert "deal_value: 2310" in draft.text and "mql_to_sql: 90 of 300" in draft.text
    assert "41 d wall" not in draft.text and "version: 2" in draft.text
    parse_agreement(draft.text)
    look = Look.objects.get()
    assert (look.draft, look.reason, len(look.chosen)) == (draft, "the first half of the year", 2)
    assert "the first half of the year" in text_of(client, "book-inputs")


def test_a_draft_needs_a_choice_and_a_reason(people: People, kept: Sheet) -> None:
    for keys, reason, said in (([], "why", "choose at least one"), (["x"], "why", "choose at least one"),
                               (["goal.streams.smb.deal_value"], " ", "write a few words")):  # fmt: skip
        with pytest.raises(EntryInvalid, match=said):
            acts.draft_inputs(actor(people.sara), keys, reason)
    assert not Look.objects.exists()


def offer(proposals: list[dict[str, Any]]) -> None:
    Sheet.objects.update(inputs={"proposals": proposals})


def test_a_promised_value_is_proposed_with_its_arithmetic(people: People, kept: Sheet) -> None:
    offer(PRICED)
    page = " ".join(text_of(signed_in(people.sara), "book-inputs").split())
    assert "so M2 is proposed with them" in page and "M2: value of leads promised" in page
    assert "75,000 × 18,500 ÷ 12,500" in page and "100 × 150 (before 100)" in page
    assert "stays as it is unless the draft changes it" not in page


def test_a_promised_value_that_nothing_tells_of_is_warned_of(people: People, kept: Sheet) -> None:
    offer(PRICED[:2])
    page = text_of(signed_in(people.sara), "book-inputs")
    assert "what M2 stood for: it stays as it is unless the draft changes it" in page
    offer([])
    assert "Other prices" not in text_of(signed_in(people.sara), "book-inputs")


def test_the_draft_works_a_promised_value_out_from_the_prices_that_were_chosen(
    people: People, kept: Sheet
) -> None:
    offer(PRICED)
    keys = ["value.prices.ceo", "promises.M2.target"]
    signed_in(people.sara).post(reverse("book-draft"), {"input": keys, "reason": "prices of the spring"})
    draft = parse_agreement(Draft.objects.latest("id").text)
    assert next(one for one in draft.promises if one.id == "M2").target == "105000"  # 100 × 150 + 50 × 50
    assert (draft.value.prices["ceo"], draft.value.prices["director"]) == (150, 50)
    taken = {one["input"]: one for one in Look.objects.get().chosen}
    assert taken["promises.M2.target"]["measured"] == "105000"
    assert "75,000 × 17,500 ÷ 12,500" in taken["promises.M2.target"]["why"]


def test_prices_alone_are_drafted_and_what_stays_behind_is_said(people: People, kept: Sheet) -> None:
    offer(PRICED)
    client = signed_in(people.sara)
    answer = client.post(reverse("book-draft"), {"input": ["value.prices.ceo"], "reason": "r"}, follow=True)
    assert "M2 stays at 75000 although prices change" in answer.content.decode()
    assert "target: 75000" in Draft.objects.latest("id").text


def test_a_promised_value_alone_is_refused_in_a_sentence(people: People, kept: Sheet) -> None:
    offer(PRICED)
    sent = {"input": ["promises.M2.target"], "reason": "r"}
    answer = signed_in(people.sara).post(reverse("book-draft"), sent, follow=True)
    assert "A promised value follows from prices; choose prices with it" in answer.content.decode()
    assert not Look.objects.exists()


def test_that_all_stays_is_kept_too(people: People, kept: Sheet) -> None:
    signed_in(people.ines).post(reverse("book-stay"), {"reason": "too few wins"})
    assert Look.objects.get().draft is None
    assert "too few wins" in text_of(signed_in(people.vera), "book-inputs")


def test_the_curves_say_that_they_are_not_causal(people: People, kept: Sheet) -> None:
    assert "What went together, and not what caused it" in text_of(signed_in(people.vera), "book-inputs")


# The worker ----------------------------------------------------------------------------------------------


def test_the_worker_works_the_book_out_once_for_each_fold(scored: datetime) -> None:  # noqa: F811
    assert making.refresh_sheet(scored)
    rows, kept = reading.rows(reading.sheet()), Sheet.objects.get()
    assert rows[0].standing is reading.Standing.RUNNING and rows[0].from_on.month == scored.month
    assert [row.from_on.month for row in rows] == list(range(scored.month, 0, -1))
    assert kept.as_of <= scored and kept.watermark and kept.inputs["proposals"]
    assert not making.refresh_sheet(scored), "the same fold says the same"
    assert set(book()["lines"][0]) == set(kept.book["lines"][0]), (
        "the made-up book has the form of a real one"
    )
    assert set(book()["goals"][0]) == set(kept.book["goals"][0])


def test_what_keeps_the_book_from_being_made_is_shown(
    people: People,
    scored: datetime,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    making.refresh_sheet(scored)

    def fail(*_args: object) -> None:
        raise making.AccordError("the log <was> cut off; import it anew")

    monkeypatch.setattr(making, "measure", fail)
    Sheet.objects.update(fold="another")
    making.refresh_sheet(scored)
    assert Sheet.objects.get().book["lines"]
    assert "the log &lt;was&gt; cut off; import it anew" in text_of(signed_in(people.omar), "book")
