"""One row for every change that anybody made (issue 4, item 4)."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    SET_UP = "set up", _("set the installation up")
    SIGNED_IN = "signed in", _("signed in")
    SIGN_IN_FAILED = "sign-in failed", _("failed to sign in")
    SIGNED_OUT = "signed out", _("signed out")
    PASSWORD_CHANGED = "password changed", _("changed the password")
    FACTOR_CHANGED = "second factor changed", _("changed the second factor")
    INVITED = "invited", _("invited")
    INVITATION_WITHDRAWN = "invitation withdrawn", _("withdrew the invitation of")
    JOINED = "joined", _("accepted the invitation")
    PERSON_CHANGED = "person changed", _("changed the record of")
    PERSON_SWITCHED_OFF = "person switched off", _("switched off")
    PERSON_SWITCHED_ON = "person switched on", _("switched on")
    ABSENCE_ADDED = "absence added", _("entered an absence of")
    ABSENCE_REMOVED = "absence removed", _("took back an absence of")
    FILE_STARTED = "agreement started", _("started")
    DRAFT_STARTED = "draft started", _("started a draft of")
    DRAFT_SAVED = "draft saved", _("saved a draft of")
    DRAFT_CLASHED = "draft clashed", _("wrote a text beside a later saving of a draft of")
    CLASH_SETTLED = "clash settled", _("put an unsaved text aside in a draft of")
    DRAFT_DISCARDED = "draft discarded", _("discarded a draft of")
    DRAFT_RESTORED = "draft restored", _("took up again a draft of")
    PROPOSED = "proposed", _("proposed")
    WITHDRAWN = "withdrawn", _("withdrew")
    RESET = "reset", _("reset")
    SIGNED = "signed", _("signed")
    SURVEY_OPENED = "survey opened", _("opened a survey about")
    SURVEY_ANSWERED = "survey answered", _("answered the survey about")
    SURVEY_CLOSED = "survey closed", _("closed the survey about")
    TOKEN_MADE = "token made", _("made a token for")
    TOKEN_REVOKED = "token revoked", _("revoked the token of")
    MAIL_TRIED_AGAIN = "mail tried again", _("had another try made at the mail")
    TEXT_SAVED = "text saved", _("wrote the text of a mail that goes out by itself:")
    TEXT_PUT_AWAY = "text put away", _("put away the text of a mail:")
    RISK_RULES_CHANGED = "risk rules changed", _("changed the rules of the board:")
    REJECT_CLOSED = "reject closed", _("accepted the reject of")
    TRACK_STOPPED = "track stopped", _("stopped the track of")
    CONTACT_CORRECTED = "contact corrected", _("filled in what is known about the lead")
    LEADS_MERGED = "leads merged", _("merged into another the lead")
    PEOPLE_JOINED = "people joined", _("found to be one person with another the person of the lead")
    PEOPLE_APART = "people told apart", _("told apart from another the person of the lead")
    OPTED_OUT = "opted out", _("recorded the opt-out of the person of the lead")
    BREACH_EXCUSED = "breach excused", _("excused a breach about the lead")
    DISPUTE_SETTLED = "dispute settled", _("noted how a dispute was settled about the lead")
    PERSON_EXPORTED = "personal data exported", _("exported all that is known of the person of the lead")
    PERSON_ERASED = "personal data erased", _("erased the person of the lead")
    ROUTING_CHANGED = "routing changed", _("changed the rules of routing:")
    ROUTING_USED = "routing used", _("put rules of routing in force:")
    LEADS_MOVED = "leads moved", _("moved leads of")
    ACCOUNT_OWNED = "account owned", _("said who has the account")
    SOURCE_MADE = "source made", _("made the source")
    SOURCE_CHANGED = "source changed", _("changed the source")
    SOURCE_SECRET = "source secret", _("gave a new secret to the source")
    SOURCE_SWITCHED = "source switched", _("switched the source")
    ARRIVAL_MENDED = "arrival mended", _("mended what came in as")
    ARRIVAL_TRIED = "arrival tried", _("had another try made at what came in as")
    ARRIVAL_ASIDE = "arrival aside", _("put aside what came in as")
    UPLOAD_CONFIRMED = "upload confirmed", _("had the file taken in")
    UPLOAD_DROPPED = "upload dropped", _("dropped the file")
    ALERTS_CHOSEN = "alerts chosen", _("changed how alerts reach")
    CHANNEL_ADDED = "chat added", _("added the chat")
    CHANNEL_CHANGED = "chat changed", _("changed the chat")
    CHANNEL_REMOVED = "chat removed", _("removed the chat")
    BOOK_CONFIRMED = "book confirmed", _("confirmed the figures of")
    BOOK_TAKEN_BACK = "book taken back", _("took back the confirmation of")
    BOOK_CLOSED = "book closed", _("closed the book of")
    BOOK_RESTATED = "book restated", _("restated the book of")
    BOOK_NOTED = "book noted", _("wrote a note in the book of")
    INPUTS_MEASURED = "inputs measured", _("looked at the measured inputs of")
    SHEET_SAID = "stand-up said", _("put into words the stand-up of")
    DECISION_ADDED = "decision added", _("noted the decision")
    DECISION_DONE = "decision done", _("noted as done the decision")
    DECISION_DROPPED = "decision dropped", _("dropped the decision")
    DECISION_REOPENED = "decision reopened", _("opened again the decision")
    DECISION_CARRIED = "decision carried", _("gave a later day to the decision")
    DECISION_HANDED = "decision handed on", _("gave another owner to the decision")
    PACK_ANEW = "pack asked anew", _("had the pack made anew of")
    ANNOUNCEMENT_HELD = "announcement held", _("held back the announcement about")
    ANNOUNCEMENT_FREED = "announcement freed", _("let go out the announcement about")
    BACKED_UP = "backed up", _("made a backup")
    RESTORED = "restored", _("restored a backup")


class Entry(models.Model):
    """Who did what, when, from where. Rows are appended; the database itself refuses to change one."""

    at = models.DateTimeField(db_index=True)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="audit_entries"
    )  # None: nobody who is signed in, or the system itself
    name = models.CharField(max_length=254)  # as people knew the person then
    side = models.CharField(max_length=12, blank=True)
    via = models.CharField(max_length=100)  # page, api:NAME OF TOKEN, command, worker
    address = models.CharField(max_length=45, blank=True)  # where the request came from
    action = models.CharField(max_length=32, choices=Action.choices)
    about = models.CharField(max_length=254, blank=True)  # what was changed, as people call it
    link = models.CharField(max_length=254, blank=True)  # path of its page
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("action", "-id")), models.Index(fields=("who", "-id")))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise TypeError("the audit is appended to, never changed; write another entry")
