"""An agreement file on the server: drafts that people write, and the chain of what was proposed and signed.

The chain is the same text that stands in `NAME.signatures` beside a file, one row a line, so that `verify`
reads both alike. A version's status is never stored: it follows from the chain, the term and the instant.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accord.agreement.signing.chain import HEADER, Chain, digest_of, parse_chain


class AgreementFile(models.Model):
    """One agreement through all its versions."""

    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    title = models.CharField(
        _("name"), max_length=200
    )  # of the version proposed last, else of the first draft
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    head = models.CharField(max_length=71, default=digest_of(HEADER))  # hash of the chain's last line
    course = models.JSONField(
        default=list
    )  # what `standings.py` tells of each version, worked out from the chain

    class Meta:
        ordering = ("title", "id")

    def __str__(self) -> str:
        return self.title

    def chain(self) -> Chain:
        """The chain as the domain reads it; what cannot be trusted stands in its `flaws`."""
        raws = self.chain_lines.order_by("line").values_list("raw", flat=True)
        return parse_chain("\n".join([HEADER, *raws]) + "\n", f"{self.slug}.signatures")


class ChainLine(models.Model):
    """One entry of the chain, as it stands in the file. Rows are appended; the database changes none."""

    file = models.ForeignKey(AgreementFile, on_delete=models.PROTECT, related_name="chain_lines")
    line = models.PositiveIntegerField()  # from 2, as in the file: line 1 is the header
    raw = models.TextField()

    class Meta:
        ordering = ("file", "line")
        constraints = (models.UniqueConstraint(fields=["file", "line"], name="one_entry_a_line"),)

    def __str__(self) -> str:
        return f"{self.file_id}:{self.line}"


class Draft(models.Model):
    """A text that nobody signed yet. `saved` counts its savings: who saves names the one they began from."""

    class State(models.TextChoices):
        OPEN = "open", _("open")  # being written
        PROPOSED = "proposed", _("proposed")  # laid before both sides as it stood then
        DISCARDED = "discarded", _("discarded")  # put away; can be taken up again

    file = models.ForeignKey(AgreementFile, on_delete=models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField()  # from 1 within the file
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    text = models.TextField()
    saved = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=71, blank=True)  # of the version that it was proposed as
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("file", "-number")
        constraints = (models.UniqueConstraint(fields=["file", "number"], name="one_draft_a_number"),)

    def __str__(self) -> str:
        return f"{self.file}, draft {self.number}"


class Saving(models.Model):
    """What a draft said at each saving, so that nothing anybody wrote is lost."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="savings")
    number = models.PositiveIntegerField()
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("draft", "-number")
        constraints = (models.UniqueConstraint(fields=["draft", "number"], name="one_text_a_saving"),)

    def __str__(self) -> str:
        return f"{self.draft}, saving {self.number}"


class Clash(models.Model):
    """A text that was not saved because somebody else saved in between: kept and shown until settled."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="clashes")
    started_from = models.PositiveIntegerField()  # the saving that the writer had before them
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("draft", "id")

    def __str__(self) -> str:
        return f"{self.draft}, not saved by {self.by}"


class StepRead(models.Model):
    """That somebody has read one step of the walk through a version: for exactly this text, by its digest.

    Kept beyond the session, so that nobody has to read all again after signing in anew (S4.9).
    """

    file = models.ForeignKey(AgreementFile, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=71)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField()  # from 1
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "file", "digest", "step"], name="a_step_is_read_once"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.file}, step {self.step}"


class Survey(models.Model):
    """Both sides asked apart what they mean by their words (S1.15); answers are shown once it is closed."""

    file = models.ForeignKey(AgreementFile, on_delete=models.PROTECT, related_name="surveys")
    text = models.TextField()  # of the agreement that it asks about
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["file"], condition=Q(closed_at__isnull=True), name="one_open_survey_a_file"
            ),
        )

    def __str__(self) -> str:
        return f"{self.file}, survey of {self.opened_at:%Y-%m-%d}"


class SurveyAnswer(models.Model):
    """One person's answers, by the key of the question; the side is the one the person was on."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=12)
    answers = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["survey", "user"], name="one_answer_a_person"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.survey}"
