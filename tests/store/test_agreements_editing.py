"""Drafts are written in a form and a text that mirror each other; nothing that anybody typed is lost."""

import html
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accord.agreement.parse import parse_agreement
from accord.server.agreements import acts
from accord.server.agreements.models import Clash, Draft, Saving
from server_fixture import actor

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
RATE = ("lead_types", "web_form", "streams", "smb", "mql_to_sql")


def at(*path):
    return f"at:{json.dumps(path, ensure_ascii=False)}"


def url(draft, name="draft"):
    return reverse(name, args=[draft.file.slug, draft.number])


def read(response):
    return response.content.decode()


def text_in(answer):
    """What the answer puts into the box of the text."""

    inner = (
        answer.split('<textarea class="editor__text" id="text"', 1)[1]
        .split(">", 1)[1]
        .split("</textarea>", 1)[0]
    )
    return html.unescape(inner.removeprefix("\n"))


@pytest.fixture
def kai(people, client_of):
    return client_of(people.kai)


def test_the_page_shows_text_form_problems_and_figures(kai, draft):
    page = read(kai.get(url(draft)))
    assert "Leads in one month" in page
    assert 'id="text"' in page
    assert "Acme marketing and sales" in page
    assert "# An invented company" in text_in(page)
    assert text_in(page) == draft.text


def test_every_section_of_the_form_can_be_opened_and_sent_back_unchanged(kai, draft):
    from accord.server.agreements.editor.applying import says
    from accord.server.agreements.editor.fields import build, section_names

    for section in section_names():
        assert kai.get(url(draft), {"section": section}).status_code == 200
        sent = {"text": draft.text, "section": section}
        for part in build(section, says(draft.text)).controls():
            if part.kind == "flag":
                sent[part.switch] = "shown"
            if part.kind != "flag" or part.is_on:
                sent[part.name] = (
                    part.value or "true" if part.kind == "flag" else part.value.replace("\n", "\r\n")
                )
        answer = kai.post(url(draft, "draft-form"), sent, headers=HTMX)
        assert text_in(read(answer)) == draft.text, section
        assert answer.headers["HX-Reswap"] == "none"


def test_a_changed_rate_changes_its_line_and_the_leads(kai, draft):
    sent = {"text": draft.text, "section": "lead_types", at(*RATE): "40%"}
    answer = read(kai.post(url(draft, "draft-form"), sent, headers=HTMX))
    lines = list(zip(draft.text.split("\n"), text_in(answer).split("\n"), strict=True))
    assert [new for old, new in lines if old != new] == [
        "      smb:        {mix: 45%, cost: 40, at_most: 600, mql_to_sql: 40%, "
        "sql_to_opportunity: 82% of 340, opportunity_to_customer: 23% of 279}"
    ]
    assert "was 1,308" in answer or "was" in answer
    assert Draft.objects.get(pk=draft.pk).text == draft.text  # nothing is saved until somebody saves


def test_a_problem_stands_at_its_line_and_at_its_field(kai, draft):
    broken = draft.text.replace("revenue: 500000", "revenue: much", 1)
    answer = read(kai.post(url(draft, "draft-check"), {"text": broken, "section": "goal"}, headers=HTMX))
    line = broken.split("\n").index("  revenue: much") + 1
    assert f'data-line="{line}"' in answer
    field = answer.split(f'name="{at("goal", "revenue").replace(chr(34), "&quot;")}"', 1)[1].split(
        "</div>", 1
    )[0]
    assert "is no amount" in field


def test_a_text_that_cannot_be_read_is_answered_with_its_line(kai, draft):
    for text in (
        "a: [",
        "\x00",
        "x" * 200_001,
        "[" * 5000,
        "a: &a [*a]",
        "- " * 3000 + "x",
        "a: \ud7ff\ufffe",
    ):
        answer = kai.post(url(draft, "draft-check"), {"text": text, "section": "goal"}, headers=HTMX)
        assert answer.status_code == 200
        assert "Line 1" in read(answer)


def test_an_entry_is_added_and_removed_by_its_buttons(kai, draft):
    place = json.dumps(["people"])
    sent = {"text": draft.text, "section": "people", "add": place}
    sent |= {f"new:{place}:": "nina", f"new:{place}:side": "marketing"}
    added = text_in(read(kai.post(url(draft, "draft-form"), sent, headers=HTMX)))
    assert parse_agreement(added).people["nina"].side == "marketing"
    assert len(added.split("\n")) == len(draft.text.split("\n")) + 1
    sent = {"text": added, "section": "people", "remove": json.dumps(["people", "nina"])}
    assert text_in(read(kai.post(url(draft, "draft-form"), sent, headers=HTMX))) == draft.text


def test_places_that_do_not_exist_are_refused_in_a_sentence(kai, draft):
    for place in (
        "[]",
        "x",
        "[1]",
        '["people", "nobody"]',
        '[{"a": 1}]',
        "[" * 3000,
        '["\\ud800"]',
        "[true]",
    ):
        for button in ("remove", "add"):
            answer = kai.post(
                url(draft, "draft-form"),
                {"text": draft.text, "section": "people", button: place},
                headers=HTMX,
            )
            assert answer.status_code == 200
            assert 'role="alert"' in read(answer)
            assert text_in(read(answer)) == draft.text


def test_saving_keeps_the_text_and_who_saved_it(people, client_of, draft):
    client_of(people.sara).post(url(draft), {"text": draft.text + "# سارا\r\n", "started_from": 1})
    now = Draft.objects.get(pk=draft.pk)
    assert now.text == draft.text + "# سارا\n"
    assert (now.saved, now.saved_by) == (2, people.sara)


def test_a_draft_with_errors_can_be_saved(kai, draft):
    assert kai.post(url(draft), {"text": "accord: 1\n", "started_from": 1}).status_code == 302
    assert Draft.objects.get(pk=draft.pk).text == "accord: 1\n"


def test_without_script_a_section_is_saved_by_its_button(kai, draft):
    sent = {"section": "goal", "started_from": 1, at("goal", "revenue"): "600000"}
    assert kai.post(url(draft), sent).status_code == 302
    assert parse_agreement(Draft.objects.get(pk=draft.pk).text).goal.revenue == 600000


def test_what_cannot_be_saved_is_shown_again_as_it_was_typed(kai, draft):
    answer = kai.post(url(draft), {"text": "name: \x00 lost?", "started_from": 1})
    assert answer.status_code == 400
    assert "U+0000" in read(answer)
    assert "lost?" in text_in(read(answer))
    answer = kai.post(url(draft), {"text": "name: kept", "started_from": "x"})
    assert answer.status_code == 400
    assert "name: kept" in text_in(read(answer))


def test_two_people_who_save_from_the_same_text_both_see_both_texts(people, client_of, draft):
    omar, sara = client_of(people.omar), client_of(people.sara)
    first = draft.text.replace("currency: USD", "currency: EUR")
    second = draft.text.replace("revenue: 500000", "revenue: 600000", 1)
    assert omar.post(url(draft), {"text": first, "started_from": 1}).status_code == 302
    answer = sara.post(url(draft), {"text": second, "started_from": 1})
    assert answer.status_code == 409
    page = read(answer)
    assert "Omar Haddad" in page
    assert "both changes fit together" in page
    clash = Clash.objects.get()
    assert clash.text == second
    assert f"?clash={clash.pk}" in read(omar.get(url(draft)))
    together = first.replace("revenue: 500000", "revenue: 600000", 1)
    assert together in page.replace("&#x27;", "'").replace("&quot;", '"').replace("&gt;", ">")
    omar.post(url(draft), {"text": together, "started_from": 2, "clash": clash.pk})
    assert Clash.objects.get().settled_at is not None
    assert Draft.objects.get(pk=draft.pk).text == together


def test_changes_of_the_same_line_are_never_put_together_silently(people, client_of, draft):
    omar, sara = client_of(people.omar), client_of(people.sara)
    omar.post(url(draft), {"text": draft.text.replace("revenue: 500000", "revenue: 1", 1), "started_from": 1})
    page = read(
        sara.post(
            url(draft), {"text": draft.text.replace("revenue: 500000", "revenue: 2", 1), "started_from": 1}
        )
    )
    assert "a person has to decide" in page
    clash = Clash.objects.get()
    omar.post(url(draft), {"settle": clash.pk})
    assert Clash.objects.get().settled_at is not None
    assert "revenue: 1" in Draft.objects.get(pk=draft.pk).text


def test_a_text_that_was_not_saved_is_settled_or_put_aside_before_proposing(people, client_of, draft):
    omar, sara = client_of(people.omar), client_of(people.sara)
    omar.post(url(draft), {"text": draft.text + "# omar\n", "started_from": 1})
    sara.post(url(draft), {"text": draft.text + "# sara\n", "started_from": 1})
    clash = Clash.objects.get()
    assert f"?clash={clash.pk}" in read(omar.get(url(draft, "draft-propose")))
    sent = {"saved": 2, "reason": "the next year"}
    answer = omar.post(url(draft, "draft-propose"), sent)
    assert answer.status_code == 422
    assert "put aside" in read(answer)
    assert Draft.objects.get(pk=draft.pk).state == Draft.State.OPEN
    assert omar.post(url(draft, "draft-propose"), {**sent, "aside": "on"}).status_code == 302
    assert Draft.objects.get(pk=draft.pk).state == Draft.State.PROPOSED
    assert Clash.objects.get().settled_at is not None
    assert "?clash=" not in read(omar.get(url(draft)))


def test_only_what_was_typed_in_the_form_goes_into_a_text_that_is_ahead_of_it(kai, draft):
    from accord.server.agreements.editor.applying import drawn_of, says
    from accord.server.agreements.editor.fields import build

    form = build("goal", says(draft.text))
    drawn = drawn_of(form.controls())
    fields = {part.name: part.value for part in form.controls() if part.kind != "flag"}
    ahead = draft.text.replace("revenue: 500000", "revenue: 700000", 1)
    sent = {"text": ahead, "section": "goal", "drawn": drawn, "started_from": 1, **fields}
    kai.post(url(draft), {**sent, at("goal", "retention_share"): "25%"})
    now = Draft.objects.get(pk=draft.pk).text
    assert now == ahead.replace("retention_share: 20%", "retention_share: 25%")


def test_what_the_text_cannot_take_from_the_form_is_shown_again(kai, draft):
    sent = {"section": "capacity", "started_from": 1, "text": draft.text}
    sent |= {"drawn": "", at("goal", "others"): "[a: {"}
    sent["section"] = "goal"
    answer = kai.post(url(draft), sent)
    assert answer.status_code == 422
    assert "[a: {" in html.unescape(read(answer))
    gone = {"section": "people", "started_from": 1, "text": draft.text, at("people", "nobody", "name"): "Kim"}
    answer = kai.post(url(draft), gone)
    assert answer.status_code == 422
    assert "people.nobody.name has no place in the text as it stands: Kim" in read(answer)
    unread = kai.post(url(draft), {**sent, "text": "a: [", at("goal", "revenue"): "123456"})
    assert unread.status_code == 422
    assert "123456" in read(unread)
    assert Draft.objects.get(pk=draft.pk).saved == 1


def test_an_entry_typed_beside_its_button_is_saved_too(kai, draft):
    place = json.dumps(["people"])
    sent = {"text": draft.text, "section": "people", "started_from": 1}
    sent |= {f"new:{place}:": "nina", f"new:{place}:side": "marketing"}
    assert kai.post(url(draft), sent).status_code == 302
    assert parse_agreement(Draft.objects.get(pk=draft.pk).text).people["nina"].side == "marketing"


def test_another_view_keeps_from_which_saving_somebody_writes(people, client_of, draft):
    omar, sara = client_of(people.omar), client_of(people.sara)
    omar.post(url(draft), {"text": draft.text + "# omar\n", "started_from": 1})
    page = read(sara.post(url(draft), {"text": draft.text + "# sara\n", "started_from": 1, "look": "text"}))
    assert 'name="started_from" value="1"' in page
    assert "# sara" in text_in(page)
    assert Clash.objects.count() == 0


def test_without_typing_another_view_is_an_address(kai, draft):
    sent = {"text": draft.text, "started_from": 1, "section": "goal", "show": "people", "look": "form"}
    answer = kai.post(url(draft), sent)
    assert answer.status_code == 302
    assert answer["Location"].endswith("?view=form&section=people")


def test_the_form_starts_at_the_goal_or_where_the_first_error_is(kai, draft):
    assert '<option value="goal" selected>' in read(kai.get(url(draft)))
    broken = draft.text.replace("side: operations", "side: nowhere", 1)
    acts.save_draft(actor(draft.started_by), draft, broken, started_from=1)
    assert '<option value="people" selected>' in read(kai.get(url(draft)))


def test_what_the_server_writes_is_shown_and_has_no_control(kai, draft):
    page = read(kai.get(url(draft), {"section": "file"}))
    assert "follows from its signatures" in page
    for key in ("accord", "version", "supersedes", "status"):
        assert f'name="{at(key)}"'.replace('"', "&quot;") not in page
        assert html.escape(at(key)) not in page


def test_labels_are_words_that_people_know(kai, draft):
    page = read(kai.get(url(draft), {"section": "lead_types"}))
    assert "<bdi>MQL to SQL</bdi>" in page
    assert ">KPIs" in page


@pytest.mark.parametrize("htmx", [True, False])
def test_whoever_is_signed_out_gets_back_what_was_typed(client_of, draft, htmx):
    sent = {"text": draft.text, "section": "goal", "started_from": 1, at("goal", "revenue"): "612345"}
    answer = client_of(None).post(url(draft), sent, headers=HTMX if htmx else {})
    assert answer.status_code == 401
    if htmx:
        assert answer["HX-Retarget"] == "#messages"
    else:
        assert "revenue: 612345" in read(answer)
        assert 'name="started_from" value="1"' in read(answer)
    assert Draft.objects.get(pk=draft.pk).saved == 1


def test_another_sites_form_is_shown_and_not_offered_to_be_sent(people, client_of, draft):
    sent = {"text": "evil: yes", "started_from": 1}
    client = client_of(people.kai, enforce_csrf_checks=True)
    for origin in ("https://evil.example", "null"):
        page = client.post(url(draft), sent, headers={"origin": origin})
        assert page.status_code == 403
        assert "evil: yes" in read(page)
        assert "Save it now" not in read(page)
    page = client.post(url(draft), sent, headers={"origin": "http://testserver"})
    assert "Save it now" in read(page)
    assert "opened too long ago" in read(page)


def test_a_text_for_a_draft_that_was_put_away_is_not_lost(people, client_of, draft):
    acts.discard_draft(actor(people.kai), draft)
    answer = client_of(people.sara).post(url(draft), {"text": "name: typed", "started_from": 1})
    assert answer.status_code == 409
    assert "name: typed" in text_in(read(answer))


def test_an_open_editor_is_told_that_somebody_else_saved(people, client_of, draft):
    sara = client_of(people.sara)
    assert read(sara.get(url(draft), {"since": 1}, headers=HTMX)).strip() == ""
    acts.save_draft(actor(people.omar), draft, "name: x", started_from=1)
    assert "Omar Haddad</bdi> saved this draft" in read(sara.get(url(draft), {"since": 1}, headers=HTMX))


def test_the_history_says_what_each_saving_changed_and_takes_one_back(people, client_of, draft):
    omar = client_of(people.omar)
    acts.save_draft(
        actor(people.sara),
        draft,
        draft.text.replace("first_touch: {demo: 5 min", "first_touch: {demo: 9 min"),
        started_from=1,
    )
    page = read(omar.get(url(draft, "draft-history"), {"saving": 2}))
    assert "سارا رضایی" in page
    assert "5 min → 9 min" in page
    omar.post(url(draft, "draft-restore"), {"saving": 1, "started_from": 2})
    now = Draft.objects.get(pk=draft.pk)
    assert (now.text, now.saved) == (draft.text, 3)
    assert Saving.objects.filter(draft=draft).count() == 3


def test_a_draft_is_put_away_and_taken_up_again(kai, draft):
    kai.post(url(draft, "draft-discard"))
    assert "Take it up again" in read(kai.get(url(draft)))
    kai.post(url(draft, "draft-discard"), {"take_up": "yes"})
    assert Draft.objects.get(pk=draft.pk).state == Draft.State.OPEN


def test_the_next_version_keeps_the_comments_of_the_one_before(kai, in_force):
    kai.post(reverse("draft-new", args=[in_force.slug]))
    new = in_force.drafts.get(number=2)
    assert "# An invented company's whole agreement." in new.text
    agreement = parse_agreement(new.text)
    assert (agreement.version, agreement.supersedes) == (2, in_force.course[-1]["digest"])


def test_a_draft_begins_with_any_version_or_any_other_draft(kai, in_force):
    from accord.server.agreements.finding import mark_of

    mark = mark_of(in_force.course[-1]["digest"])
    kai.post(reverse("draft-new", args=[in_force.slug]), {"mark": mark})
    kai.post(reverse("draft-new", args=[in_force.slug]), {"draft": 1})
    assert parse_agreement(in_force.drafts.get(number=2).text).version == 2
    assert in_force.drafts.get(number=3).text == in_force.drafts.get(number=1).text
    assert kai.post(reverse("draft-new", args=[in_force.slug]), {"mark": "nothing"}).status_code == 404
    assert kai.post(reverse("draft-new", args=[in_force.slug]), {"draft": "99"}).status_code == 404


def test_the_text_is_downloaded_and_taken_from_a_file(kai, draft):
    answer = kai.get(url(draft), {"download": "yaml"})
    assert answer.content.decode() == draft.text
    assert "attachment" in answer["Content-Disposition"]
    file = SimpleUploadedFile("x.yaml", b"\xef\xbb\xbfname: Neu\r\n", content_type="text/yaml")
    page = read(kai.post(url(draft), {"file": file}))
    assert text_in(page) == "name: Neu\n"
    assert "not saved yet" in page
    assert Draft.objects.get(pk=draft.pk).saved == 1


@pytest.mark.parametrize(
    ("raw", "words"),
    [(b"a\n\xff", "Line 2"), (b"a\x00", "U+0000"), (b"a" * 800_001, "too big"), (b"a" * 200_001, "at most")],
)
def test_a_file_that_is_no_agreement_is_refused_in_a_sentence(kai, draft, raw, words):
    answer = kai.post(url(draft), {"file": SimpleUploadedFile("x.yaml", raw)})
    assert answer.status_code == 400
    assert words in read(answer)
    assert text_in(read(answer)) == draft.text


def test_what_people_wrote_is_never_markup(people, client_of):
    evil = "<script>alert(1)</script>"
    text = (
        f"accord: 1\nname: '{evil}'\nterm: '{evil}'\n'{evil}': x\n"
        f"people: {{'{evil}': {{side: '{evil}'}}}}\ndefinitions: {{'{evil}': '{evil}'}}\n"
    )
    draft = acts.start_file(actor(people.kai), text)
    kai = client_of(people.kai)
    for section in ("general", "people", "definitions", "term"):
        assert evil not in read(kai.get(url(draft), {"section": section}))
    assert evil not in read(kai.get(url(draft, "draft-history")))


def test_somebody_who_only_looks_on_sees_the_text_and_cannot_change_it(people, client_of, draft):
    vera = client_of(people.vera)
    page = read(vera.get(url(draft)))
    assert "readonly" in page
    assert "Save" not in page.split("<main", 1)[1].split("Saving", 1)[0]
    assert vera.post(url(draft), {"text": "x", "started_from": 1}).status_code == 403


def test_queries_do_not_grow_with_savings(kai, people, draft, django_assert_max_num_queries):
    for number in range(1, 40):
        acts.save_draft(actor(people.sara), draft, f"name: {number}\n", started_from=number)
    with django_assert_max_num_queries(12):
        kai.get(url(draft))
    with django_assert_max_num_queries(12):
        kai.get(url(draft, "draft-history"))
