"""The score on the server: what is shown before there is one, how pages are kept, what is served."""

import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from accord.agreement.parse import parse_agreement
from accord.server.agreements.models import AgreementFile
from accord.server.running.demo import later, moved
from accord.server.score import making
from accord.server.score.models import Page
from accord.simulate.company import simulate
from server_fixture import ACME, YEAR, People, signed_in

pytestmark = pytest.mark.django_db
NOON = datetime(YEAR, 3, 18, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("score") / "log"
    simulate(parse_agreement(ACME), leads=400, seed=3, into=folder)
    return folder


@pytest.fixture
def log(simulated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(making, "log_folder", lambda: simulated)
    return simulated


@pytest.fixture
def agreed(in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch) -> AgreementFile:
    """As `in_force`; on every day of the year, though it was signed today."""
    course = in_force.course
    course[0]["standings"][-2][1] = datetime(YEAR - 1, 12, 31, 21, tzinfo=UTC).isoformat()
    AgreementFile.objects.filter(pk=in_force.pk).update(course=course)
    found = making.version_in_force(datetime.now(UTC))
    monkeypatch.setattr(making, "version_in_force", lambda _at: found)
    return in_force


def text_of(client, path: str = "/score/report/this") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_an_agreement_in_force_the_score_says_how_to_get_one(people: People) -> None:
    assert "No agreement is in force" in text_of(signed_in(people.leyla), "/score/")


def test_without_a_log_the_score_says_how_to_bring_one_in(people: People, in_force: AgreementFile) -> None:
    text = text_of(signed_in(people.leyla), "/score/")
    assert "Nothing has been recorded yet" in text
    assert str(Path(settings.ENV.data) / "log") in text


def test_the_worker_makes_the_interval_the_one_before_and_the_term(agreed: AgreementFile, log: Path) -> None:
    assert making.refresh_pages(NOON) == [Page.Span.THIS, Page.Span.LAST, Page.Span.TERM]
    days = {page.span: (page.from_on, page.to_on) for page in Page.objects.all()}
    assert days == {
        "this": (date(YEAR, 3, 1), date(YEAR, 3, 31)),
        "last": (date(YEAR, 2, 1), date(YEAR, 2, 28 + (YEAR % 4 == 0))),
        "term": (date(YEAR, 1, 1), date(YEAR, 12, 31)),
    }


def test_a_page_is_made_anew_when_it_is_stale_and_not_before(agreed: AgreementFile, log: Path) -> None:
    making.refresh_pages(NOON)
    assert making.refresh_pages(NOON + timedelta(minutes=4)) == []
    assert making.refresh_pages(NOON + timedelta(minutes=5)) == [Page.Span.THIS]
    Page.objects.filter(span="last").update(wanted=True)
    assert making.refresh_pages(NOON + timedelta(minutes=6)) == [Page.Span.LAST]
    assert not Page.objects.filter(wanted=True).exists()


def test_in_the_first_interval_of_a_term_there_is_no_page_of_the_one_before() -> None:
    days = making.spans(parse_agreement(ACME), datetime(YEAR, 1, 5, 12, tzinfo=UTC))
    assert list(days) == [Page.Span.THIS, Page.Span.TERM]


def test_what_is_promised_is_the_whole_intervals_and_what_is_due_that_of_today(
    people: People, agreed: AgreementFile, log: Path
) -> None:
    making.refresh_pages(NOON, only=Page.Span.THIS)
    text = text_of(signed_in(people.mina))
    assert "1,386&nbsp;leads" in text or "1,386\xa0leads" in text  # promised for the month
    assert "(draft)" not in text


def test_after_its_term_a_version_is_judged_by_its_last_interval() -> None:
    days = making.spans(parse_agreement(ACME), datetime(YEAR + 1, 2, 5, 12, tzinfo=UTC))
    assert days[Page.Span.THIS] == making.Days(date(YEAR, 12, 1), date(YEAR, 12, 31))


def test_why_a_page_could_not_be_made_is_shown_over_the_last_one_that_could(
    people: People, agreed: AgreementFile, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.refresh_pages(NOON, only=Page.Span.THIS)
    kept = Page.objects.get().body

    def fail(*_args: object, **_bounds: object) -> None:
        raise making.LogUnreadable("the log <was> cut off; import it anew")

    monkeypatch.setattr(making, "score", fail)
    making.refresh_pages(NOON + timedelta(hours=1), only=Page.Span.THIS)
    assert bytes(Page.objects.get().body) == bytes(kept)
    text = text_of(signed_in(people.omar))
    assert "No newer page could be made: the log &lt;was&gt; cut off; import it anew" in text


def test_the_served_page_is_the_kept_one_with_a_bar_and_without_a_policy_of_its_own(
    people: People, agreed: AgreementFile, log: Path
) -> None:
    making.refresh_pages(NOON)
    answer = signed_in(people.vera).get("/score/report/this")
    text, kept = answer.content.decode(), gzip.decompress(Page.objects.get(span="this").body).decode()
    before, after = kept.split(making.ABOVE)
    assert text.startswith(before.replace('<meta name="referrer" content="no-referrer">', ""))
    assert text.endswith(after)
    assert "Vera Novák" in text
    assert 'http-equiv="Content-Security-Policy"' not in text
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "'sha256-" in answer["Content-Security-Policy"]


def test_a_viewer_sees_every_page_but_orders_none(people: People, agreed: AgreementFile, log: Path) -> None:
    making.refresh_pages(NOON)
    client = signed_in(people.vera)
    for span in Page.Span:
        assert "/score/refresh" not in text_of(client, f"/score/report/{span}")
    assert client.post("/score/refresh").status_code == 403
    assert signed_in(people.leyla).post("/score/refresh").status_code == 302
    assert Page.objects.filter(wanted=True).count() == 3


def test_asking_anew_while_a_page_is_made_is_heard_in_the_next_round(
    agreed: AgreementFile, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.refresh_pages(NOON, only=Page.Span.THIS)
    real = making.score

    def meanwhile(*args: object, **bounds: object) -> object:
        Page.objects.update(wanted=True)
        return real(*args, **bounds)

    monkeypatch.setattr(making, "score", meanwhile)
    assert making.refresh_pages(NOON + timedelta(minutes=5), only=Page.Span.THIS) == [Page.Span.THIS]
    assert making.refresh_pages(NOON + timedelta(minutes=6), only=Page.Span.THIS) == [Page.Span.THIS]


def test_why_the_first_page_cannot_be_made_is_said_and_not_tried_every_minute(
    people: People, agreed: AgreementFile, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_bounds: object) -> None:
        raise making.LogUnreadable("the log was cut off; import it anew")

    monkeypatch.setattr(making, "score", fail)
    assert making.refresh_pages(NOON, only=Page.Span.THIS) == [Page.Span.THIS]
    assert Page.objects.get().problem == "the log was cut off; import it anew"
    assert making.refresh_pages(NOON + timedelta(minutes=1), only=Page.Span.THIS) == []
    assert signed_in(people.omar).get("/score/report/this").status_code == 404


def test_a_very_long_name_of_an_agreement_does_not_stop_its_pages(
    agreed: AgreementFile, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = making.version_in_force(NOON)
    long = found.agreement.model_copy(update={"name": "Acme " * 200})
    monkeypatch.setattr(making, "version_in_force", lambda _at: SimpleNamespace(agreement=long))
    making.refresh_pages(NOON, only=Page.Span.THIS)
    assert Page.objects.get().body


def test_days_that_nobody_keeps_a_page_of_are_not_found(people: People) -> None:
    assert signed_in(people.vera).get("/score/report/decade").status_code == 404


def test_when_the_agreement_is_no_longer_in_force_its_pages_go(
    agreed: AgreementFile, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.refresh_pages(NOON)
    monkeypatch.setattr(making, "version_in_force", lambda _at: None)
    assert making.refresh_pages(NOON) == []
    assert not Page.objects.exists()


@pytest.mark.parametrize(
    ("text", "months", "moved_text"),
    [
        ("from: 2026-01-31", 1, "from: 2026-02-28"),
        ("from: 2026-12-31", 2, "from: 2027-02-28"),
        ("from: 2026-02-28", -12, "from: 2025-02-28"),
        ("{2026-11: 35}", 3, "{2027-02: 35}"),
        ("sha256:20260131", 1, "sha256:20260131"),
        ("counted in 2025", 5, "counted in 2025"),
    ],
)
def test_the_demo_moves_dates_by_whole_months(text: str, months: int, moved_text: str) -> None:
    assert later(text, months) == moved_text


@pytest.mark.parametrize(
    "today", [date(2026, 11, 21), date(2028, 2, 29), date(2031, 1, 1), date(2026, 8, 31)]
)
def test_the_demos_year_always_holds_today_and_is_an_agreement(today: date) -> None:
    example = (Path(__file__).parents[2] / "examples" / "acme.yaml").read_text("utf-8")
    term = parse_agreement(moved(example, today)).term
    assert term.start <= today <= term.end
    assert (term.end - term.start).days in (364, 365)
