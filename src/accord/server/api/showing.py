"""What is kept, as answers show it: one function a kind of thing."""

from datetime import datetime

from django.http import HttpResponse

from accord.agreement.signing.chain import Proposed, Reset, Signed, Withdrawn
from accord.agreement.signing.proposals import Proposal
from accord.agreement.signing.standing import Course
from accord.agreement.terms import Status as Stage
from accord.server.agreements.finding import mark_of
from accord.server.agreements.models import AgreementFile, Clash, Draft, Saving
from accord.server.agreements.standings import Stood, stood
from accord.server.api.shapes.common import Json, iso
from accord.server.people.models import User


def person_short(user: User) -> Json:
    return {"id": user.pk, "name": user.name}


# Agreements and versions -------------------------------------------------------------------------------


def agreement_short(file: AgreementFile, at: datetime) -> Json:
    versions = stood(file.course)
    stages = [(one, one.at(at)[0]) for one in versions]
    active = [one for one, stage in stages if stage is Stage.ACTIVE]
    waiting = [one for one, stage in stages if stage is Stage.PROPOSED]
    return {
        "slug": file.slug,
        "title": file.title,
        "started_at": file.started_at,
        "versions": len(versions),
        "in_force": version_short(active[-1], at) if active else None,
        "waiting": version_short(waiting[-1], at) if waiting else None,
    }


def version_short(one: Stood, at: datetime) -> Json:
    status, sentence = one.at(at)
    pairs = [pair.partition(":") for pair in one.missing]
    return {
        "version": one.number,
        "mark": mark_of(one.digest),
        "digest": one.digest,
        "name": one.name,
        "status": str(status),
        "sentence": sentence,
        "start": one.start,
        "end": one.end,
        "reset_review": one.reset_review,
        "missing": [{"side": side, "person": who or None} for side, _, who in pairs],
    }


def version_in_full(found: Proposal, course: Course, at: datetime) -> Json:
    now_, term = course.at(at), found.agreement.term
    missing = [] if found.withdrawn else [{"side": str(side), "person": who} for side, who in found.missing]
    return {
        "version": found.number,
        "mark": mark_of(found.digest),
        "digest": found.digest,
        "name": found.agreement.name,
        "status": str(now_.status),
        "sentence": now_.sentence,
        "start": term.start,
        "end": term.end,
        "reset_review": term.reset_review,
        "missing": missing,
        "supersedes": found.entry.supersedes,
        "text": found.entry.text,
        "calculation": found.entry.calculation,
        "proposed": _done(found.entry),
        "signatures": [_signature(entry) for entry in found.signatures],
        "complete_at": found.complete_at,
        "withdrawn": _done(found.withdrawn),
        "reset": _done(found.reset),
        "standings": [
            {"status": str(one.status), "since": one.since, "sentence": one.sentence}
            for one in course.standings
        ],
    }


def _done(entry: Proposed | Withdrawn | Reset | None) -> Json | None:
    if entry is None:
        return None
    return {"at": entry.at, "person": entry.person, "name": entry.name, "reason": entry.reason}


def _signature(entry: Signed) -> Json:
    return {
        "at": entry.at,
        "person": entry.person,
        "name": entry.name,
        "side": str(entry.side),
        "role": str(entry.role),
        "way": str(entry.way),
        "key": entry.key,
    }


def chain_of(file: AgreementFile) -> Json:
    chain = file.chain()
    return {"head": chain.head, "entries": len(chain.links), "text": chain.text}


# Drafts ------------------------------------------------------------------------------------------------


def draft_in_full(draft: Draft, response: HttpResponse) -> Json:
    """A draft with its text, and the number of its saving as ETag."""
    response["ETag"] = f'"{draft.saved}"'
    return {**draft_short(draft), "text": draft.text}


def current(draft: Draft) -> Json:
    """What a draft says now, beside the refusal of a saving."""
    return {
        "saved": draft.saved,
        "saved_by": person_short(draft.saved_by),
        "saved_at": iso(draft.saved_at),
        "text": draft.text,
    }


def draft_short(draft: Draft) -> Json:
    return {
        "agreement": draft.file.slug,
        "number": draft.number,
        "state": draft.state,
        "saved": draft.saved,
        "started_by": person_short(draft.started_by),
        "started_at": draft.started_at,
        "saved_by": person_short(draft.saved_by),
        "saved_at": draft.saved_at,
        "digest": draft.digest or None,
    }


def saving_short(saving: Saving) -> Json:
    return {"number": saving.number, "by": person_short(saving.by), "at": saving.at}


def clash_in_full(clash: Clash) -> Json:
    return {
        "id": clash.pk,
        "started_from": clash.started_from,
        "by": person_short(clash.by),
        "at": clash.at,
        "text": clash.text,
    }
