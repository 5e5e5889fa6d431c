"""Agreements through the API: drafts written by two at once, proposing, signing with a key, working out."""

from datetime import UTC, datetime, timedelta

import pytest

from accord.agreement.canonical import dump_yaml
from accord.agreement.parse import parse_agreement
from accord.agreement.signing import sign as signing
from accord.agreement.signing.chain import HEADER, parse_chain
from accord.agreement.signing.keys import new_key
from accord.agreement.signing.proposals import full_name
from accord.plan.walk import calculation
from accord.server.agreements import acts
from accord.server.agreements.models import AgreementFile, Clash
from accord.server.audit.models import Action, Entry
from accord.server.audit.trail import Actor
from api_fixture import Api, is_problem

pytestmark = pytest.mark.django_db


def test_an_agreement_goes_from_text_to_proposal(people, acme_text) -> None:
    api = Api(people.kai)
    started = api.post("/agreements", {"text": acme_text})
    assert started.status_code == 201 and started.headers["ETag"] == '"1"'
    draft = started.json()
    base = f"/agreements/{draft['agreement']}"
    assert (draft["number"], draft["state"], draft["text"]) == (1, "open", acme_text)
    proposed = api.post(f"{base}/drafts/1/propose", {"saved": 1})
    assert proposed.status_code == 201, proposed.content
    version = proposed.json()
    assert (version["version"], version["status"]) == (1, "proposed")
    assert version["missing"] == [
        {"side": "marketing", "person": "mina"},
        {"side": "sales", "person": "omar"},
    ]
    read = api.get(f"{base}/versions/{version['mark']}").json()
    assert read["digest"] == version["digest"] and parse_agreement(read["text"]).name == version["name"]
    assert read["proposed"]["person"] == "kai" and read["signatures"] == []
    listed = api.get("/agreements").json()["items"]
    assert [(one["slug"], one["in_force"], one["waiting"]["mark"]) for one in listed] == [
        (draft["agreement"], None, version["mark"])
    ]
    withdrawn = api.post(f"{base}/withdraw", {"reason": "a wrong number"})
    assert withdrawn.json()["waiting"] is None
    assert api.get(f"{base}/drafts/1").json()["state"] == "open"


def test_the_version_in_force_is_read_with_its_signatures_and_standings(people, in_force) -> None:
    api, base = Api(people.vera, "agreements:read"), f"/agreements/{in_force.slug}"
    read = api.get(base).json()
    assert read["in_force"]["status"] == "active" and read["head"] == in_force.head
    version = api.get(f"{base}/versions/{read['in_force']['mark']}").json()
    assert [(one["person"], one["way"]) for one in version["signatures"]] == [
        ("mina", "acknowledged"),
        ("omar", "acknowledged"),
    ]
    assert [one["status"] for one in version["standings"]][:2] == ["proposed", "signed"]
    assert api.get(f"{base}/verify").json()["ok"] is True
    assert api.get(f"{base}/verify?head=sha256:{'0' * 64}").json()["ok"] is False
    chain = api.get(f"{base}/chain").json()
    assert chain["text"].startswith(HEADER) and chain["entries"] == 3


@pytest.mark.parametrize(
    ("form", "starts"),
    [("yaml", b"accord: 1"), ("html", b"<!doctype html>"), ("pdf", b"%PDF"), ("signatures", b'{"format"')],
)
def test_a_version_is_downloaded_as_a_file(people, in_force, form: str, starts: bytes) -> None:
    api, base = Api(people.kai), f"/agreements/{in_force.slug}"
    mark = api.get(base).json()["in_force"]["mark"]
    answer = api.get(f"{base}/versions/{mark}/download/{form}")
    assert answer.content.lower().startswith(starts.lower())
    assert f'.{form}"' in answer.headers["Content-Disposition"]


# Drafts -------------------------------------------------------------------------------------------------


def test_a_saving_says_what_it_starts_from(people, draft) -> None:
    api, path = Api(people.kai), f"/agreements/{draft.file.slug}/drafts/1"
    assert is_problem(api.put(path, {"text": "a: 1"}), 422, "entry-invalid")
    saved = api.put(path, {"text": "a: 1", "started_from": 1})
    assert saved.json()["saved"] == 2 and saved.headers["ETag"] == '"2"'
    again = api.put(path, {"text": "a: 2"}, If_Match='"2"')
    assert again.json()["saved"] == 3
    assert [one["number"] for one in api.get(f"{path}/savings").json()["items"]] == [3, 2, 1]
    assert api.get(f"{path}/savings/2").json()["text"] == "a: 1"
    back = api.post(f"{path}/savings/2/restore", {"started_from": 3})
    assert (back.json()["saved"], back.json()["text"]) == (4, "a: 1")


@pytest.mark.parametrize(
    ("condition", "status"),
    [({"If_Match": '"1"'}, 412), ({"If_Match": "*"}, 412), ({}, 409)],
)
def test_who_saves_second_gets_the_text_of_the_first_and_loses_nothing(
    people, draft, condition, status
) -> None:
    path = f"/agreements/{draft.file.slug}/drafts/1"
    Api(people.kai).put(path, {"text": "theirs: 1", "started_from": 1})
    refused = Api(people.ines).put(path, {"text": "mine: 1", "started_from": 1}, **condition)
    assert is_problem(refused, status, "edit-conflict")
    current = refused.json()["current"]
    assert (current["saved"], current["text"], current["saved_by"]["name"]) == (2, "theirs: 1", "Kai Berger")
    api = Api(people.ines)
    kept = api.get(f"{path}/clashes").json()["items"]
    assert [(one["text"], one["by"]["name"]) for one in kept] == [("mine: 1", "Inês Krause")]
    api.post(f"{path}/clashes/{kept[0]['id']}/settle")
    assert api.get(f"{path}/clashes").json()["items"] == [] and Clash.objects.count() == 1


def test_a_draft_is_put_away_and_taken_up(people, draft) -> None:
    api, path = Api(people.kai), f"/agreements/{draft.file.slug}/drafts/1"
    assert api.post(f"{path}/discard").json()["state"] == "discarded"
    assert is_problem(api.post(f"{path}/discard"), 409, "edit-conflict")
    assert api.post(f"{path}/take-up").json()["state"] == "open"


def test_the_next_version_is_started_from_the_last(people, in_force) -> None:
    text = Api(people.kai).post(f"/agreements/{in_force.slug}/drafts", {}).json()["text"]
    assert "version: 2" in text and in_force.course[-1]["digest"] in text


def test_problems_come_with_line_and_path(people, draft) -> None:
    found = (
        Api(people.vera, "agreements:read")
        .post("/check", {"text": "accord: 1\nname: 4\nterm: never\n"})
        .json()
    )
    assert found["ok"] is False
    assert {"line", "path", "what", "allowed", "severity"} == set(found["problems"][0])
    assert any(one["line"] == 3 and one["path"] == "term" for one in found["problems"])
    path = f"/agreements/{draft.file.slug}/drafts/1"
    assert Api(people.kai).get(f"{path}/problems").json()["ok"] is True
    Api(people.kai).put(path, {"text": "accord: 1\n", "started_from": 1})
    refused = Api(people.kai).post(f"{path}/propose", {"saved": 2})
    assert is_problem(refused, 422, "agreement-invalid") and refused.json()["problems"]


# Working out --------------------------------------------------------------------------------------------


def test_the_plan_answers_what_if_exactly(people, in_force) -> None:
    api, path = Api(people.kai), f"/agreements/{in_force.slug}/plan"
    plain = api.get(path).json()
    assert plain["settings"] == [] and plain["comparison"] is None and plain["plan"]["total"]["leads"] > 0
    tried = api.get(f"{path}?set=win_rate=25%25&set=goal.revenue=600000").json()
    assert tried["settings"] == ["win_rate=25%", "goal.revenue=600000"]
    assert tried["comparison"]["columns"][:2] == ["before", "after"]
    assert tried["plan"]["goal"]["revenue"] == {"decimal": "600000", "exact": "600000"}
    assert is_problem(api.get(f"{path}?set=nothing=1"), 422, "plan-impossible")


def test_the_plan_is_asked_month_by_month_for_the_reps_and_for_its_reasons(people, in_force) -> None:
    api, path = Api(people.kai), f"/agreements/{in_force.slug}/plan"
    assert api.get(f"{path}?view=months").json()["plan"]["lines"]
    assert api.get(f"{path}?view=capacity&set=reps=12").json()["plan"]["pools"]
    assert "leads" in api.get(f"{path}/explain?number=leads").json()["text"].lower()
    assert is_problem(api.get(f"{path}/explain?number=luck"), 404, "number-unknown")


def test_two_texts_are_compared_in_sentences(people, in_force) -> None:
    api, base = Api(people.kai), f"/agreements/{in_force.slug}"
    text = api.post(f"{base}/drafts", {}).json()["text"].replace("first_touch:", "first_touch:")
    number = api.get(base).json()["open_drafts"][-1]
    api.put(f"{base}/drafts/{number}", {"text": text.replace("5 min", "7 min"), "started_from": 1})
    found = api.get(f"{base}/diff?to=draft-{number}").json()
    assert any("5 min → 7 min" in one["text"] for one in found["changes"])
    assert is_problem(api.get(f"{base}/diff?from=draft-99"), 404, "page-unknown")


def test_working_time_is_counted_by_the_calendars_of_the_agreement(people, in_force) -> None:
    api, base = Api(people.kai), f"/agreements/{in_force.slug}/calendars"
    names = [one["name"] for one in api.get(base).json()["items"]]
    span = "from=2026-03-16T06:00:00Z&to=2026-03-17T06:00:00Z"
    passed = api.get(f"{base}/{names[0]}/elapsed?{span}").json()
    assert float(passed["seconds"]) > 0 and passed["start"] == "2026-03-16T06:00:00Z"
    due = api.get(f"{base}/{names[0]}/due?from=2026-03-16T06:00:00Z&budget={passed['seconds']}").json()
    assert due["due"] <= "2026-03-17T06:00:00Z"
    assert is_problem(api.get(f"{base}/{names[0]}/due?from=today&budget=4 h"), 400, "input-error")
    assert is_problem(
        api.get(f"{base}/{names[0]}/due?from=2026-03-16T06:00:00&budget=4 h"), 400, "naive-time"
    )
    assert is_problem(
        api.get(f"{base}/{names[0]}/due?from=2026-03-16T06:00:00Z&budget=soon"), 400, "input-error"
    )
    assert is_problem(api.get(f"{base}/moon/elapsed?{span}"), 404, "calendar-unknown")


def test_the_walk_is_for_the_person_of_the_token(people, proposed) -> None:
    mark = Api(people.mina).get(f"/agreements/{proposed.slug}").json()["waiting"]["mark"]
    walked = Api(people.mina).get(f"/agreements/{proposed.slug}/versions/{mark}/walk").json()
    assert walked["person"] == "mina" and walked["steps"][0]["title"] == "What we want"
    refused = Api(people.vera).get(f"/agreements/{proposed.slug}/versions/{mark}/walk")
    assert is_problem(refused, 409, "signature-refused")


# Signing ------------------------------------------------------------------------------------------------

KEY = new_key()


@pytest.fixture
def keyed(people, acme_text) -> AgreementFile:
    """The example proposed on a page, with Mina's public key in it."""
    agreement = parse_agreement(acme_text)
    mina = agreement.people["mina"].model_copy(update={"key": KEY.public})
    text = dump_yaml(agreement.model_copy(update={"people": {**agreement.people, "mina": mina}}))
    by = Actor(people.kai, "page")
    acts.propose(by, acts.start_file(by, text), saved=1)
    return AgreementFile.objects.get()


def signed_chain(file: AgreementFile, person: str = "mina", at: datetime | None = None, **how: object) -> str:
    """The chain as `accord sign` makes it from the one that the API hands out."""
    chain = file.chain()
    agreement = signing.judge(chain).proposals[-1].agreement
    return signing.sign(
        chain, agreement, person=person, at=at or datetime.now(UTC), calculation=calculation(agreement), **how
    ).text


def test_a_signature_with_the_persons_own_key_is_taken(people, keyed) -> None:
    api, path = Api(people.mina), f"/agreements/{keyed.slug}/chain"
    assert parse_chain(api.get(path).json()["text"]).head == keyed.head
    answer = api.post(path, {"text": signed_chain(keyed, key=KEY)})
    assert answer.status_code == 200, answer.content
    assert answer.json()["entries"] == 2
    assert Entry.objects.filter(action=Action.SIGNED, via="api:crm", who=people.mina).count() == 1
    assert is_problem(api.post(path, {"text": api.get(path).json()["text"]}), 409, "signature-refused")


def test_a_token_alone_is_nobodys_consent(people, keyed, proposed) -> None:
    """No typed name, nothing of somebody else's, no key that nobody vouched for, nothing but signatures."""
    path = f"/agreements/{keyed.slug}/chain"
    typed = signed_chain(keyed, "omar", typed=full_name(parse_agreement(acme(keyed)), "omar"))
    assert is_problem(Api(people.omar).post(path, {"text": typed}), 409, "signature-refused")
    assert is_problem(
        Api(people.omar).post(path, {"text": signed_chain(keyed, key=KEY)}), 409, "signature-refused"
    )
    withdrawn = signing.withdraw(keyed.chain(), by="mina", at=datetime.now(UTC), reason="no").text
    assert is_problem(Api(people.mina).post(path, {"text": withdrawn}), 409, "signature-refused")
    assert is_problem(Api(people.mina).post(path, {"text": keyed.chain().text}), 409, "signature-refused")
    assert is_problem(Api(people.mina).post(path, {"text": "{}\n"}), 422, "chain-invalid")
    stranger = signed_chain(proposed, "mina", key=new_key())  # the version names no key of hers
    refused = Api(people.mina).post(f"/agreements/{proposed.slug}/chain", {"text": stranger})
    assert is_problem(refused, 409, "signature-refused") and "nobody has vouched" in refused.json()["detail"]
    tomorrow = signed_chain(keyed, at=datetime.now(UTC) + timedelta(days=1), key=KEY)
    assert is_problem(Api(people.mina).post(path, {"text": tomorrow}), 409, "signature-refused")
    assert not Entry.objects.filter(action=Action.SIGNED).exists()


def test_a_key_that_a_token_brought_in_counts_for_nothing(people, acme_text) -> None:
    agreement, key = parse_agreement(acme_text), new_key()
    mina = agreement.people["mina"].model_copy(update={"key": key.public})
    text = dump_yaml(agreement.model_copy(update={"people": {**agreement.people, "mina": mina}}))
    api = Api(people.mina)
    slug = api.post("/agreements", {"text": text}).json()["agreement"]
    assert api.post(f"/agreements/{slug}/drafts/1/propose", {"saved": 1}).status_code == 201
    file = AgreementFile.objects.get()
    refused = api.post(f"/agreements/{slug}/chain", {"text": signed_chain(file, key=key)})
    assert is_problem(refused, 409, "signature-refused")


def acme(file: AgreementFile) -> str:
    return signing.judge(file.chain()).proposals[-1].entry.text


# Surveys ------------------------------------------------------------------------------------------------


def test_a_survey_shows_answers_only_once_it_is_closed(people, started) -> None:
    path = f"/agreements/{started.slug}/surveys"
    opened = Api(people.kai).post(path)
    assert opened.status_code == 201, opened.content
    one = f"{path}/{opened.json()['id']}"
    said = {"attempt": "a call", "discarded": ["students", "competitors"], "first_touch_minutes": "60"}
    assert Api(people.mina).put(f"{one}/answers", {"answers": said}).json()["answers"] == said
    Api(people.omar).put(f"{one}/answers", {"answers": {**said, "attempt": "any touch"}})
    assert Api(people.ines).get(f"{one}/answers").json() == {"at": None, "answers": {}}
    assert is_problem(Api(people.ines).get(f"{one}/comparison"), 403, "not-allowed")
    assert [who["name"] for who in Api(people.ines).get(one).json()["answered"]] == [
        "Mina Yılmaz",
        "Omar Haddad",
    ]
    assert is_problem(Api(people.kai).post(path), 409, "edit-conflict")
    assert Api(people.kai).post(f"{one}/close", {}).json()["closed_at"]
    compared = Api(people.ines).get(f"{one}/comparison").json()
    assert {row["key"]: row["verdict"] for row in compared["questions"]}["attempt"] == "differ"
    bad = Api(people.mina).put(f"{one}/answers", {"answers": said})
    assert is_problem(bad, 409, "edit-conflict")


def test_a_text_is_named_by_the_number_of_its_version_too(people, in_force) -> None:
    api, base = Api(people.vera, "agreements:read"), f"/agreements/{in_force.slug}"
    mark = api.get(base).json()["in_force"]["mark"]
    assert api.get(f"{base}/plan?of=1").json()["of"] == mark
    assert api.get(f"{base}/diff?from=1&to={mark}").json()["changes"] == []
    missing = api.get(f"{base}/diff?from=1&to=nope")
    assert is_problem(missing, 404, "page-unknown")
    assert "no version or draft of this agreement named 'nope'; known are" in missing.json()["detail"]
    assert "1" in api.get(f"{base}/plan?of=7").json()["detail"]
    assert "no agreement named" in api.get("/agreements/nothing").json()["detail"]


def test_what_the_api_does_not_know_is_refused_with_the_nearest_that_it_knows(people, started) -> None:
    api, base = Api(people.kai), f"/agreements/{started.slug}"
    unknown = api.get(f"{base}/diff?form=1&to=draft-1")
    assert is_problem(unknown, 422, "entry-invalid")
    (said,) = unknown.json()["problems"]
    assert (said["path"], "did you mean 'from'" in said["what"]) == ("query.form", True)
    body = api.put(f"/people/{people.leyla.pk}", {"capacity": 40, "leads_per_mont": 40})
    if body.status_code == 405:
        body = api("PATCH", f"/people/{people.leyla.pk}", {"leads_per_mont": 40})
    assert is_problem(body, 422, "entry-invalid")
    assert "known are" in body.json()["detail"] or "did you mean 'leads_per_month'" in body.json()["detail"]
    assert api.post(f"{base}/drafts", {"texts": "x"}).json()["problems"][0]["path"] == "body.texts"
    assert api.get("/agreements?limit=1").status_code == 200
