"""Drafts: written by people at the same time, so that every saving says what it starts from."""

import re
from typing import Annotated

from django.http import HttpResponse
from ninja import Header, Query, Router, Status

from accord.errors import EditConflict, EntryInvalid, PageUnknown, Problem
from accord.server.agreements import acts
from accord.server.agreements.finding import find_draft, find_file
from accord.server.agreements.models import Clash, Saving
from accord.server.agreements.standings import stood
from accord.server.api import problems
from accord.server.api.operations.calling import Call, actor, now
from accord.server.api.operations.working_out import checked
from accord.server.api.paging import Page as PageOf
from accord.server.api.paging import Paging, page_of_rows
from accord.server.api.shapes import agreements as shape
from accord.server.api.shapes.common import Json, Page
from accord.server.api.shapes.working_out import CheckAnswer
from accord.server.api.showing import (
    clash_in_full,
    current,
    draft_in_full,
    draft_short,
    saving_short,
    version_short,
)

router = Router(tags=["Drafts"])
DRAFTS = "/agreements/{slug}/drafts"
DRAFT = f"{DRAFTS}/{{int:number}}"
IfMatch = Annotated[str, Header(alias="If-Match", description='The ETag that was read, such as `"3"`.')]
_TAG = re.compile(r'(?:W/)?"(\d{1,7})"')


@router.get(DRAFTS, url_name="drafts", response=Page[shape.DraftShort])
def list_drafts(request: Call, slug: str, paging: Query[Paging]) -> PageOf:
    """List drafts.

    Every draft of an agreement, newest first, also those that were proposed or discarded.
    """
    rows = find_file(slug).drafts.select_related("file", "started_by", "saved_by").defer("text")
    return page_of_rows(request, rows, paging, draft_short, by="-number")


@router.post(DRAFTS, url_name="drafts", response={201: shape.DraftAnswer})
def start_draft(request: Call, slug: str, body: shape.DraftIn, response: HttpResponse) -> Status[Json]:
    """Start a draft.

    Of the text given, or of the next version: what was proposed last, with number and predecessor set.
    """
    return Status(201, draft_in_full(acts.start_draft(actor(request), find_file(slug), body.text), response))


@router.get(DRAFT, url_name="draft", response=shape.DraftAnswer)
def read_draft(request: Call, slug: str, number: int, response: HttpResponse) -> Json:
    """Read a draft.

    Its text and how often it was saved. The ETag is what a saving says in If-Match.
    """
    return draft_in_full(find_draft(slug, number), response)


@router.put(DRAFT, url_name="draft", response=shape.DraftAnswer)
def save_draft(
    request: Call,
    slug: str,
    number: int,
    body: shape.SavingIn,
    *,
    response: HttpResponse,
    if_match: IfMatch = "",
) -> Json | HttpResponse:
    """Save a draft.

    Say what the text starts from: by If-Match (else 412) or `started_from` (else 409). If somebody saved in
    between, your text is kept as a clash, and the refusal carries theirs under `current`: nothing is lost.
    """
    draft = find_draft(slug, number)
    by_tag = _tagged(if_match)
    started_from = by_tag if by_tag is not None else body.started_from
    if started_from is None:
        what = "a saving says what it starts from"
        raise EntryInvalid([Problem("", 0, "body.started_from", what, "say it, or send If-Match")])
    try:
        saved = acts.save_draft(actor(request), draft, body.text, started_from=started_from)
    except EditConflict as error:
        status = 412 if by_tag is not None else error.http_status
        return problems.of_error(request, error, status, current=current(find_draft(slug, number)))
    return draft_in_full(saved, response)


@router.get(f"{DRAFT}/problems", url_name="draft-problems", response=CheckAnswer)
def check_draft(request: Call, slug: str, number: int) -> Json:
    """Check a draft.

    Every problem of its text, with line and path, as `accord check` finds them.
    """
    return checked(find_draft(slug, number).text, slug, now().date())


@router.post(f"{DRAFT}/discard", url_name="draft-discard", response=shape.DraftAnswer)
def discard_draft(request: Call, slug: str, number: int, response: HttpResponse) -> Json:
    """Discard a draft.

    It is put away; nothing is deleted, and taking it up brings it back.
    """
    acts.discard_draft(actor(request), find_draft(slug, number))
    return draft_in_full(find_draft(slug, number), response)


@router.post(f"{DRAFT}/take-up", url_name="draft-take-up", response=shape.DraftAnswer)
def take_up_draft(request: Call, slug: str, number: int, response: HttpResponse) -> Json:
    """Take a discarded draft up again.

    It is open for writing as it was.
    """
    acts.take_up(actor(request), find_draft(slug, number))
    return draft_in_full(find_draft(slug, number), response)


@router.post(f"{DRAFT}/propose", url_name="draft-propose", response={201: shape.VersionShort})
def propose_draft(request: Call, slug: str, number: int, body: shape.ProposeIn) -> Status[Json]:
    """Propose a draft.

    Lay the saving that you have read before both sides, with its calculation. 422 with every problem where
    the text has errors, 409 where it was saved since or another version waits for signatures.
    """
    proposal = acts.propose(actor(request), find_draft(slug, number), saved=body.saved, reason=body.reason)
    versions = stood(find_file(slug).course)
    proposed = next(one for one in reversed(versions) if one.digest == proposal.digest)
    return Status(201, version_short(proposed, now()))


@router.get(f"{DRAFT}/savings", url_name="savings", response=Page[shape.SavingShort])
def list_savings(request: Call, slug: str, number: int, paging: Query[Paging]) -> PageOf:
    """List the savings of a draft.

    Its history, newest first; every text that anybody saved is kept.
    """
    rows = find_draft(slug, number).savings.select_related("by").defer("text")
    return page_of_rows(request, rows, paging, saving_short, by="-number")


@router.get(f"{DRAFT}/savings/{{int:saving}}", url_name="saving", response=shape.SavingAnswer)
def read_saving(request: Call, slug: str, number: int, saving: int) -> Json:
    """Read a saving of a draft.

    What the draft said then.
    """
    found = Saving.objects.select_related("by").filter(draft=find_draft(slug, number), number=saving).first()
    if found is None:
        raise PageUnknown(f"saving {saving}")
    return {**saving_short(found), "text": found.text}


@router.post(f"{DRAFT}/savings/{{int:saving}}/restore", url_name="saving-restore", response=shape.DraftAnswer)
def restore_saving(
    request: Call, slug: str, number: int, saving: int, body: shape.StartFrom, *, response: HttpResponse
) -> Json:
    """Restore a saving of a draft.

    Saves again what the draft said then; what it says now stays in its history.
    """
    draft = find_draft(slug, number)
    return draft_in_full(
        acts.restore_saving(actor(request), draft, saving, started_from=body.started_from), response
    )


@router.get(f"{DRAFT}/clashes", url_name="clashes", response=Page[shape.ClashAnswer])
def list_clashes(request: Call, slug: str, number: int, paging: Query[Paging]) -> PageOf:
    """List the clashes of a draft.

    Texts that were not saved because somebody else saved in between, and that nobody has settled yet.
    """
    rows = find_draft(slug, number).clashes.filter(settled_at=None).select_related("by")
    return page_of_rows(request, rows, paging, clash_in_full)


@router.post(f"{DRAFT}/clashes/{{int:clash}}/settle", url_name="clash-settle", response=shape.ClashAnswer)
def settle_clash(request: Call, slug: str, number: int, clash: int) -> Json:
    """Settle a clash.

    Puts the text aside that was not saved; it stays in the history.
    """
    clashes = Clash.objects.select_related("by", "draft__file")
    found = clashes.filter(draft=find_draft(slug, number), pk=clash).first()
    if found is None:
        raise PageUnknown(f"clash {clash}")
    acts.settle_clash(actor(request), found)
    return clash_in_full(found)


def _tagged(if_match: str) -> int | None:
    """The saving in an If-Match; one that is none matches nothing."""
    if not if_match:
        return None
    found = _TAG.fullmatch(if_match.strip())
    return int(found[1]) if found else 0
