"""Agreements and their versions: lists, texts, standings, signatures."""

from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Query, Router, Status

from accord.agreement.signing.standing import courses
from accord.plan.walk import walk
from accord.server.agreements import acts
from accord.server.agreements.finding import find_file, find_version
from accord.server.agreements.frame import frame_of
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.agreements.standings import stood
from accord.server.agreements.views.downloads import download
from accord.server.api.operations.calling import Call, actor, now, owner
from accord.server.api.paging import Page as PageOf
from accord.server.api.paging import Paging, page_of, page_of_rows
from accord.server.api.shapes import agreements as shape
from accord.server.api.shapes.common import Json, Page
from accord.server.api.showing import agreement_short, chain_of, draft_in_full, version_in_full, version_short

router = Router(tags=["Agreements"])
FILE = "/agreements/{slug}"
VERSION = f"{FILE}/versions/{{mark}}"


@router.get("/agreements", url_name="agreements", response=Page[shape.AgreementShort])
def list_agreements(request: Call, paging: Query[Paging]) -> PageOf:
    """List agreements.

    Every agreement with what is in force and what waits for signatures, oldest first.
    """
    at = now()
    return page_of_rows(request, AgreementFile.objects.all(), paging, lambda file: agreement_short(file, at))


@router.post("/agreements", url_name="agreements", response={201: shape.DraftAnswer})
def start_agreement(request: Call, body: shape.AgreementIn, response: HttpResponse) -> Status[Json]:
    """Start an agreement.

    A new agreement with its first draft. Its name, and from it the slug, is what the text says.
    """
    return Status(201, draft_in_full(acts.start_file(actor(request), body.text), response))


@router.get(FILE, url_name="agreement", response=shape.AgreementAnswer)
def read_agreement(request: Call, slug: str) -> Json:
    """Read an agreement.

    What is in force, what waits for signatures, the head of the chain, and the drafts being written.
    """
    file, at = find_file(slug), now()
    drafts = file.drafts.filter(state=Draft.State.OPEN).order_by("number")
    return {
        **agreement_short(file, at),
        "as_of": at,
        "head": file.head,
        "open_drafts": list(drafts.values_list("number", flat=True)),
    }


@router.get(f"{FILE}/versions", url_name="versions", response=Page[shape.VersionShort])
def list_versions(request: Call, slug: str, paging: Query[Paging]) -> PageOf:
    """List versions.

    Every version that was proposed, in that order, with its status now and whose signature it lacks.
    """
    at = now()
    return page_of(request, stood(find_file(slug).course), paging, lambda one: version_short(one, at))


@router.get(VERSION, url_name="version", response=shape.VersionAnswer)
def read_version(request: Call, slug: str, mark: str) -> Json:
    """Read a version.

    Its text, the calculation that belongs to it, its signatures, and every status with its instant.
    """
    chain = find_file(slug).chain()
    found = find_version(chain, mark)
    return version_in_full(
        found, next(one for one in courses(chain) if one.proposal.line == found.line), now()
    )


@router.get(f"{VERSION}/download/{{form}}", url_name="version-download", response={200: None})
def download_version(request: Call, slug: str, mark: str, form: shape.DownloadForm) -> HttpResponse:
    """Download a version.

    As YAML, as one HTML file that needs no network or as PDF with the lines that it was signed on, or the
    chain of signatures, which lies beside the YAML.
    """
    frame = frame_of(slug)
    return download(frame, frame.version(mark), form, get_language() or "en")


@router.get(f"{VERSION}/walk", url_name="version-walk", response=shape.WalkAnswer)
def walk_version(request: Call, slug: str, mark: str) -> Json:
    """Walk through a version.

    What the token's owner goes through before signing: the goal, the numbers, both sides' promises.
    Refused for whoever is not named under `people` by e-mail address.
    """
    found = find_version(find_file(slug).chain(), mark)
    person = acts.must_be_party(found.agreement, owner(request))
    steps = [{"title": step.title, "text": step.whole} for step in walk(found.agreement, person)]
    return {"version": found.number, "digest": found.digest, "person": person, "steps": steps}


@router.get(f"{FILE}/chain", url_name="chain", response=shape.ChainAnswer)
def read_chain(request: Call, slug: str) -> Json:
    """Read the chain of signatures.

    As the file `NAME.signatures` has it: save it beside the agreement, and `accord verify` proves both.
    """
    return chain_of(find_file(slug))


@router.post(f"{FILE}/chain", url_name="chain", response=shape.ChainAnswer)
def sign(request: Call, slug: str, body: shape.ChainIn) -> Json:
    """Sign.

    Hand in the chain with your signature, made by `accord sign AGREEMENT PERSON --key FILE`. A token is
    nobody's consent: only signatures of the token's owner with their own Ed25519 key are taken, no typed
    names, and a key counts once its person has signed with it or somebody proposed it on a page.
    """
    file = find_file(slug)
    acts.hand_in(actor(request), file, request.chain or body.text, now())
    return chain_of(file)


@router.post(f"{FILE}/withdraw", url_name="withdraw", response=shape.AgreementShort)
def withdraw(request: Call, slug: str, body: shape.WithdrawIn) -> Json:
    """Withdraw the version that waits for signatures.

    Signatures that it has no longer count; its draft is open again.
    """
    file = find_file(slug)
    acts.withdraw(actor(request), file, reason=body.reason)
    return agreement_short(find_file(slug), now())
