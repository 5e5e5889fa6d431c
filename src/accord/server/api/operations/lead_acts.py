"""What is done with one lead, by the same acts as on pages. Every answer is the lead afterwards."""

from collections.abc import Callable
from datetime import datetime

from ninja import Router

from accord.server.api.operations.calling import Call, actor, now, owner
from accord.server.api.operations.leads import card, find
from accord.server.api.shapes import leads as shape
from accord.server.api.shapes.common import Json
from accord.server.audit.trail import Actor
from accord.server.desk import acts
from accord.server.desk.erasing import erase_person, export_person

router = Router(tags=["Leads"])
Act = Callable[[Actor, int, datetime], object]


def _done(request: Call, key: str, act: Act) -> Json:
    act(actor(request), find(key).pk, now())
    return card(find(key), owner(request))


@router.post("/leads/{key}/accept", url_name="lead-accept", response=shape.LeadCard)
def accept_lead(request: Call, key: str, body: shape.Nothing) -> Json:
    """Accept a lead.

    One of nobody becomes yours.
    """
    del body
    return _done(request, key, acts.accept)


@router.post("/leads/{key}/reject", url_name="lead-reject", response=shape.LeadCard)
def reject_lead(request: Call, key: str, body: shape.Reject) -> Json:
    """Reject a lead.

    Before any contact, for one of the agreed reasons; without one the clock for the reason runs.
    """
    return _done(request, key, lambda by, lead, at: acts.reject(by, lead, body.reason, body.note, at))


@router.post("/leads/{key}/feedback", url_name="lead-feedback", response=shape.LeadCard)
def give_feedback(request: Call, key: str, body: shape.Feedback) -> Json:
    """Say why a lead was rejected."""
    return _done(request, key, lambda by, lead, at: acts.feedback(by, lead, body.reason, body.note, at))


@router.post("/leads/{key}/attempts", url_name="lead-attempts", response=shape.LeadCard)
def log_attempt(request: Call, key: str, body: shape.Attempt) -> Json:
    """Log an attempt to reach the person.

    Refused through channels that the person does not want, and by phone outside of 8 to 21 o'clock where the
    person is, unless they `asked` for it. What another tool has done is told as an event instead.
    """
    return _done(
        request,
        key,
        lambda by, lead, at: acts.attempt(
            by,
            lead,
            body.channel,
            body.outcome,
            body.note,
            at,
            occurred_at=body.occurred_at,
            asked=body.asked,
        ),
    )


@router.post("/leads/{key}/connects", url_name="lead-connects", response=shape.LeadCard)
def log_conversation(request: Call, key: str, body: shape.Conversation) -> Json:
    """Log a conversation that the person began."""
    return _done(
        request,
        key,
        lambda by, lead, at: acts.connect(
            by, lead, body.channel, body.note, at, occurred_at=body.occurred_at
        ),
    )


@router.post("/leads/{key}/sales-qualify", url_name="lead-sales-qualify", response=shape.LeadCard)
def sales_qualify_lead(request: Call, key: str, body: shape.Noted) -> Json:
    """Confirm a lead as qualified by sales."""
    return _done(request, key, lambda by, lead, at: acts.sales_qualify(by, lead, body.note, at))


@router.post("/leads/{key}/opportunity", url_name="lead-opportunity", response=shape.LeadCard)
def open_opportunity(request: Call, key: str, body: shape.Worth) -> Json:
    """Open an opportunity."""
    return _done(
        request, key, lambda by, lead, at: acts.open_opportunity(by, lead, body.amount, body.note, at)
    )


@router.post("/leads/{key}/proposal", url_name="lead-proposal", response=shape.LeadCard)
def record_proposal(request: Call, key: str, body: shape.Worth) -> Json:
    """Record that a priced offer went out."""
    return _done(request, key, lambda by, lead, at: acts.propose(by, lead, body.amount, body.note, at))


@router.post("/leads/{key}/win", url_name="lead-win", response=shape.LeadCard)
def win_lead(request: Call, key: str, body: shape.Worth) -> Json:
    """Record that a lead became a customer."""
    return _done(request, key, lambda by, lead, at: acts.win(by, lead, body.amount, body.note, at))


@router.post("/leads/{key}/renew", url_name="lead-renew", response=shape.LeadCard)
def renew_lead(request: Call, key: str, body: shape.Renewal) -> Json:
    """Record that a customer stays, or bought again."""
    return _done(request, key, lambda by, lead, at: acts.renew(by, lead, body.amount, body.on, body.note, at))


@router.post("/leads/{key}/churn", url_name="lead-churn", response=shape.LeadCard)
def churn_lead(request: Call, key: str, body: shape.Churn) -> Json:
    """Record that a customer has left."""
    return _done(request, key, lambda by, lead, at: acts.churn(by, lead, body.reason, body.on, body.note, at))


@router.post("/leads/{key}/rate", url_name="lead-rate", response=shape.LeadCard)
def rate_lead(request: Call, key: str, body: shape.Rating) -> Json:
    """Record what a customer said of how it is."""
    return _done(
        request, key, lambda by, lead, at: acts.rate(by, lead, body.satisfied, body.on, body.note, at)
    )


@router.post("/leads/{key}/lose", url_name="lead-lose", response=shape.LeadCard)
def lose_lead(request: Call, key: str, body: shape.Feedback) -> Json:
    """Record that a pursuit ended without a sale."""
    return _done(request, key, lambda by, lead, at: acts.lose(by, lead, body.reason, body.note, at))


@router.post("/leads/{key}/disqualify", url_name="lead-disqualify", response=shape.LeadCard)
def disqualify_lead(request: Call, key: str, body: shape.Disqualify) -> Json:
    """Disqualify a lead after contact attempts."""
    return _done(
        request,
        key,
        lambda by, lead, at: acts.disqualify(by, lead, body.reason, body.sub_reason, body.note, at),
    )


@router.post("/leads/{key}/return", url_name="lead-return", response=shape.LeadCard)
def return_lead(request: Call, key: str, body: shape.Return) -> Json:
    """Return a lead to marketing, into a nurture track."""
    return _done(
        request, key, lambda by, lead, at: acts.return_(by, lead, body.reason, body.track, body.note, at)
    )


@router.post("/leads/{key}/dispute", url_name="lead-dispute", response=shape.LeadCard)
def dispute_reject(request: Call, key: str, body: shape.Words) -> Json:
    """Dispute a reject."""
    return _done(request, key, lambda by, lead, at: acts.dispute(by, lead, body.text, at))


@router.post("/leads/{key}/arbitrate", url_name="lead-arbitrate", response=shape.LeadCard)
def settle_dispute(request: Call, key: str, body: shape.Arbitration) -> Json:
    """Note how both sides settled a dispute."""
    return _done(request, key, lambda by, lead, at: acts.arbitrate(by, lead, body.overturned, body.note, at))


@router.post("/leads/{key}/excuse", url_name="lead-excuse", response=shape.LeadCard)
def excuse_breach(request: Call, key: str, body: shape.Excuse) -> Json:
    """Excuse a breach of the other side."""
    return _done(request, key, lambda by, lead, at: acts.excuse(by, lead, body.kind, body.reason, at))


@router.post("/leads/{key}/pause", url_name="lead-pause", response=shape.LeadCard)
def pause_lead(request: Call, key: str, body: shape.Pause) -> Json:
    """Let the clocks stand still for an agreed reason."""
    return _done(request, key, lambda by, lead, at: acts.pause(by, lead, body.reason, body.until, at))


@router.post("/leads/{key}/resume", url_name="lead-resume", response=shape.LeadCard)
def resume_lead(request: Call, key: str, body: shape.Nothing) -> Json:
    """Let the clocks go on."""
    del body
    return _done(request, key, acts.resume)


@router.post("/leads/{key}/commitments", url_name="lead-commitments", response=shape.LeadCard)
def make_commitment(request: Call, key: str, body: shape.Commit) -> Json:
    """Note what the person was promised."""
    return _done(
        request, key, lambda by, lead, at: acts.commit(by, lead, body.what, body.due_at, body.about, at)
    )


@router.post("/leads/{key}/fulfil", url_name="lead-fulfil", response=shape.LeadCard)
def fulfil_commitment(request: Call, key: str, body: shape.Fulfil) -> Json:
    """Note a promise to the person as kept."""
    return _done(
        request,
        key,
        lambda by, lead, at: acts.fulfil(by, lead, body.what, at, occurred_at=body.occurred_at),
    )


@router.post("/leads/{key}/opt-out", url_name="lead-opt-out", response=shape.LeadCard)
def opt_out(request: Call, key: str, body: shape.OptOut) -> Json:
    """Record that the person wants no more contact, through one channel or at all."""
    return _done(request, key, lambda by, lead, at: acts.opt_out(by, lead, body.channel, at))


@router.post("/leads/{key}/notes", url_name="lead-notes", response=shape.LeadCard)
def write_note(request: Call, key: str, body: shape.Words) -> Json:
    """Write a note."""
    return _done(request, key, lambda by, lead, at: acts.note(by, lead, body.text, at))


@router.post("/leads/{key}/track", url_name="lead-track", response=shape.LeadCard)
def start_track(request: Call, key: str, body: shape.Track) -> Json:
    """Put a lead into a nurture track."""
    return _done(request, key, lambda by, lead, at: acts.start_track(by, lead, body.track, at))


@router.post("/leads/{key}/merge", url_name="lead-merge", response=shape.LeadCard)
def merge_leads(request: Call, key: str, body: shape.Into) -> Json:
    """Merge a lead into another of the same person.

    The answer is the one that stays.
    """
    acts.merge(actor(request), find(key).pk, find(body.into).pk, now())
    return card(find(body.into), owner(request))


@router.post("/leads/{key}/correct", url_name="lead-correct", response=shape.LeadCard)
def correct_lead(request: Call, key: str, body: shape.Known) -> Json:
    """Fill in what is known of the person.

    A lead that was held back because something was missing goes to sales then.
    """
    return _done(request, key, lambda by, lead, at: acts.correct(by, lead, body.fields, at))


@router.post("/leads/{key}/send-anyway", url_name="lead-send-anyway", response=shape.LeadCard)
def send_anyway(request: Call, key: str, body: shape.Nothing) -> Json:
    """Hand a lead off although minimum information is missing."""
    del body
    return _done(request, key, acts.send_anyway)


@router.post("/leads/{key}/nudge", url_name="lead-nudge", response=shape.LeadCard)
def nudge_owner(request: Call, key: str, body: shape.Noted) -> Json:
    """Remind whoever has a lead."""
    return _done(request, key, lambda by, lead, at: acts.nudge(by, lead, body.note, at))


@router.post("/leads/{key}/undo", url_name="lead-undo", response=shape.LeadCard)
def undo_what_was_logged(request: Call, key: str, body: shape.Undo) -> Json:
    """Take back what you logged by mistake.

    All facts of one act of your own, for ten minutes and while nothing rests on them. The log keeps both.
    """
    return _done(request, key, lambda by, lead, at: acts.undo(by, lead, body.seqs, at))


@router.get("/leads/{key}/person", url_name="lead-person", response=shape.PersonExport)
def export_personal_data(request: Call, key: str) -> Json:
    """Export all that is kept about the person.

    For operations; the audit notes it.
    """
    return export_person(actor(request), find(key).pk, now())


@router.post("/leads/{key}/erase", url_name="lead-erase", response=shape.Erased)
def erase_personal_data(request: Call, key: str, body: shape.Nothing) -> Json:
    """Erase the person behind a lead for good.

    For operations; leads and events stay, without anybody's name.
    """
    del body
    return {"leads": [one.key for one in erase_person(actor(request), find(key).pk, now())]}
