"""Pages that only tell: the agreement, its versions and drafts, its numbers, differences, and its proof."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accord.agreement.signing.output import MOST_SHOWN
from accord.agreement.signing.verify import verify as verified
from accord.agreement.terms import Status
from accord.errors import AgreementInvalid
from accord.plan.lineage.lineage import explain
from accord.server.agreements.finding import find_file
from accord.server.agreements.frame import Frame, Version, frame_of, reader_of, user_of
from accord.server.agreements.views import checking, differences, downloads
from accord.server.agreements.views.explaining import others, steps
from accord.server.agreements.views.papers import paper_of


@require_safe
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """What binds both sides now: the version in force, else the one to come, else the latest draft."""
    frame = frame_of(slug)
    if (shown := frame.shown) is None:
        return _unproposed(request, frame)
    return render(request, "agreements/read.html", {"tab": "read", **_of_version(request, frame, shown)})


def _unproposed(request: HttpRequest, frame: Frame) -> HttpResponse:
    """A file of which nothing was proposed yet, or all of it was withdrawn: its latest draft as text."""
    draft, paper, wrong = frame.latest_draft(), None, 0
    if draft is not None:
        try:
            paper = paper_of(draft.text, Status.DRAFT)
        except AgreementInvalid as error:
            wrong = len(error.problems)
    known = {
        "frame": frame,
        "file": frame.file,
        "tab": "read",
        "draft": draft,
        "paper": paper,
        "wrong": wrong,
    }
    return render(request, "agreements/read.html", known)


@require_safe
def version(request: HttpRequest, slug: str, mark: str) -> HttpResponse:
    """One version as it was proposed, with whoever signed it, and its files."""
    frame = frame_of(slug)
    known = _of_version(request, frame, frame.version(mark))
    return render(request, "agreements/version.html", {"tab": "versions", **known})


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """All versions from the newest, each with its standings and signatures."""
    frame = frame_of(slug)
    found = tuple(reversed(frame.versions))
    known = {"frame": frame, "file": frame.file, "tab": "versions", "versions": found}
    return render(request, "agreements/versions.html", known)


@require_safe
def drafts(request: HttpRequest, slug: str) -> HttpResponse:
    """All drafts from the newest."""
    file = find_file(slug)
    found = file.drafts.select_related("saved_by", "started_by")
    return render(request, "agreements/drafts.html", {"file": file, "tab": "drafts", "drafts": found})


@require_safe
def number(request: HttpRequest, slug: str, mark: str, name: str) -> HttpResponse:
    """Where one number of a version comes from (S4.7)."""
    frame = frame_of(slug)
    shown = frame.version(mark)
    told = explain(shown.proposal.agreement, name)
    known = {
        "frame": frame,
        "file": frame.file,
        "tab": "read",
        "version": shown,
        "told": told,
        "steps": steps(shown.proposal, told),
        "others": others(shown.proposal.agreement),
    }
    return render(request, "agreements/number.html", known)


@require_safe
def download(request: HttpRequest, slug: str, mark: str, form: str) -> HttpResponse:
    """A version as a file; the address names the form."""
    frame = frame_of(slug)
    return downloads.download(frame, frame.version(mark), form, get_language() or "en")


@require_safe
def diff(request: HttpRequest, slug: str) -> HttpResponse:
    """Any two texts of the file, chosen by `from` and `to`."""
    frame = frame_of(slug)
    texts = differences.texts_of(frame)
    usual = differences.usual_pair(frame, texts)
    before, after = (
        differences.chosen(frame, texts, request.GET.get(key, ""), key_)
        for key, key_ in zip(("from", "to"), usual, strict=True)
    )
    known = {
        "frame": frame,
        "file": frame.file,
        "tab": "diff",
        "texts": texts,
        "before": before,
        "after": after,
    }
    if before is not None and after is not None:
        known["difference"] = differences.compared(before.text, after.text)
        known["unreadable"] = [one for one in {before, after} if one.agreement is None]
    return render(request, "agreements/diff.html", known)


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, slug: str) -> HttpResponse:
    """The chain worked out anew on every call; a copy or a noted hash is held against it."""
    file = find_file(slug)
    chain = file.chain()
    posted = request.method == "POST"
    form = checking.CopyForm(request.POST, request.FILES) if posted else checking.CopyForm()
    answers = checking.compare(chain, form) if posted and form.is_valid() else []
    report = verified(chain)
    faults = [one for one in report.findings if one.fault not in checking.NO_FAULTS]
    known = {
        "file": file,
        "tab": "verify",
        "report": report,
        "most_shown": f":{MOST_SHOWN}",
        "more": max(len(faults) - MOST_SHOWN, 0),
        "faults": faults,
        "waits": checking.waits(report),
        "at_head": file.head == chain.head,
        "form": form,
        "answers": answers,
    }
    return render(request, "agreements/verify.html", known, status=422 if form.errors else 200)


def _of_version(request: HttpRequest, frame: Frame, shown: Version) -> dict[str, object]:
    return {
        "frame": frame,
        "file": frame.file,
        "version": shown,
        "ended": frame.reset_by(shown),
        "reader": reader_of(shown, user_of(request)),
        "paper": paper_of(shown.proposal.entry.text, shown.status),
    }
