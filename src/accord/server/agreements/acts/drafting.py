"""Drafts: started, saved, restored, put away. Nothing that anybody wrote is lost."""

from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from accord.agreement.parse import parse_agreement
from accord.agreement.plain import clean
from accord.errors import AgreementInvalid, EditConflict, InputError, PageUnknown
from accord.server.agreements.acts.next_version import next_text
from accord.server.agreements.acts.parties import user_of
from accord.server.agreements.models import AgreementFile, Clash, Draft, Saving
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.models import User

MOST_CHARACTERS = 200_000


def draft_link(draft: Draft) -> str:
    return reverse("draft", args=[draft.file.slug, draft.number])


@transaction.atomic
def start_file(by: Actor, text: str) -> Draft:
    """A new agreement with its first draft. The text may still have problems; its name is what it says."""
    title = _title_in(text) or "Untitled agreement"
    file = _new_file(title, user_of(by))
    record(by, Action.FILE_STARTED, file, link=reverse("agreement", args=[file.slug]))
    return _new_draft(by, file, text)


@transaction.atomic
def start_draft(by: Actor, file: AgreementFile, text: str | None = None) -> Draft:
    """A draft of the next version: `text`, else what was proposed last with number and predecessor set."""
    return _new_draft(by, file, next_text(file) if text is None else text)


def save_draft(by: Actor, draft: Draft, text: str, *, started_from: int) -> Draft:
    """Keep `text` as the draft's next saving. `started_from` is the saving that the writer had before them.

    EditConflict where somebody saved in between: the text is then kept as a clash that both see, so that
    nothing of either is lost.
    """
    text = _written(text)
    if _save(by, draft, text, started_from):
        return Draft.objects.select_related("file", "saved_by").get(pk=draft.pk)
    now = _kept_beside(by, draft, text, started_from)
    if now.text == text:
        return now
    raise EditConflict(
        f"{clean(now.saved_by.name, 80)} saved this draft after you opened it; your text is kept beside it, "
        "so compare the two and save what both should say"
    )


@transaction.atomic
def _kept_beside(by: Actor, draft: Draft, text: str, started_from: int) -> Draft:
    """The draft as somebody else left it; a text that says something else is kept as a clash."""
    now = Draft.objects.select_related("file", "saved_by").get(pk=draft.pk)
    if now.state != Draft.State.OPEN:
        raise EditConflict(f"this draft was {now.get_state_display()} in the meantime; start a new one")
    if started_from > now.saved:
        raise InputError(f"this draft has no saving {started_from}; load it again and save what you changed")
    if now.text != text:
        Clash.objects.create(draft=draft, started_from=started_from, text=text, by=user_of(by))
        record(by, Action.DRAFT_CLASHED, now.file, link=draft_link(now), draft=now.number, saving=now.saved)
    return now


@transaction.atomic
def _save(by: Actor, draft: Draft, text: str, started_from: int) -> bool:
    AgreementFile.objects.select_for_update().get(pk=draft.file_id)  # first, as whoever proposes does
    changed = Draft.objects.filter(pk=draft.pk, state=Draft.State.OPEN, saved=started_from).update(
        text=text, saved=F("saved") + 1, saved_by=user_of(by), saved_at=timezone.now()
    )
    if changed:
        Saving.objects.create(draft=draft, number=started_from + 1, text=text, by=user_of(by))
        Clash.objects.filter(draft=draft, by=user_of(by), settled_at=None).update(settled_at=timezone.now())
        _retitle(draft.file, text)
        record(
            by,
            Action.DRAFT_SAVED,
            draft.file,
            link=draft_link(draft),
            draft=draft.number,
            saving=started_from + 1,
        )
    return bool(changed)


def restore_saving(by: Actor, draft: Draft, number: int, *, started_from: int) -> Draft:
    """Save again what the draft said at an earlier saving; what it says now stays in its history."""
    saving = Saving.objects.filter(draft=draft, number=number).first()
    if saving is None:
        raise PageUnknown(f"saving {number}")
    return save_draft(by, draft, saving.text, started_from=started_from)


@transaction.atomic
def settle_clash(by: Actor, clash: Clash) -> None:
    """Put a text aside that was not saved; it stays in the history."""
    if Clash.objects.filter(pk=clash.pk, settled_at=None).update(settled_at=timezone.now()):
        draft = clash.draft
        record(by, Action.CLASH_SETTLED, draft.file, link=draft_link(draft), draft=draft.number)


@transaction.atomic
def discard_draft(by: Actor, draft: Draft) -> None:
    """Put a draft away; `take_up` brings it back."""
    _switch(draft, Draft.State.OPEN, Draft.State.DISCARDED)
    record(by, Action.DRAFT_DISCARDED, draft.file, link=draft_link(draft), draft=draft.number)


@transaction.atomic
def take_up(by: Actor, draft: Draft) -> None:
    """Bring a discarded draft back."""
    _switch(draft, Draft.State.DISCARDED, Draft.State.OPEN)
    record(by, Action.DRAFT_RESTORED, draft.file, link=draft_link(draft), draft=draft.number)


def _switch(draft: Draft, before: Draft.State, after: Draft.State) -> None:
    if not Draft.objects.filter(pk=draft.pk, state=before).update(state=after):
        raise EditConflict(f"{draft} is not {before.label} any more; load its page again")
    draft.state = after


def _new_draft(by: Actor, file: AgreementFile, text: str) -> Draft:
    text, user = _written(text), user_of(by)
    AgreementFile.objects.select_for_update().get(pk=file.pk)  # one at a time counts on
    highest = file.drafts.aggregate(highest=Max("number"))["highest"] or 0
    draft = Draft.objects.create(file=file, number=highest + 1, text=text, started_by=user, saved_by=user)
    Saving.objects.create(draft=draft, number=1, text=text, by=user)
    record(by, Action.DRAFT_STARTED, file, link=draft_link(draft), draft=draft.number)
    return draft


def _written(text: str) -> str:
    """Text as it is kept: line ends as `\\n`, no NUL, which PostgreSQL has no place for."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MOST_CHARACTERS:
        raise InputError(
            f"the text has {len(text):,} characters; an agreement has at most {MOST_CHARACTERS:,}"
        )
    if "\x00" in text:
        raise InputError("the text holds the sign U+0000; it is no text file: save it as UTF-8")
    return text


def _retitle(file: AgreementFile, text: str) -> None:
    """Until something is proposed, a file is called what its draft says."""
    if not file.course and (title := _title_in(text)):
        AgreementFile.objects.filter(pk=file.pk).update(title=title)


def _title_in(text: str) -> str:
    try:
        return clean(parse_agreement(text).name, 200)
    except AgreementInvalid:
        line = next((line for line in text.splitlines() if line.startswith("name:")), "")
        return clean(line.removeprefix("name:").strip(" '\""), 200)


def _new_file(title: str, user: User) -> AgreementFile:
    base = str(slugify(title, allow_unicode=True))[:50].strip("-") or "agreement"
    taken = set(AgreementFile.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    for slug in _numbered(base):
        if slug in taken:
            continue
        try:
            with transaction.atomic():
                return AgreementFile.objects.create(slug=slug, title=title, started_by=user)
        except IntegrityError:
            continue  # somebody took it at the same moment
    raise EditConflict("too many agreements have this name; give this one another")


def _numbered(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}-{number}" for number in range(2, 100_000))
