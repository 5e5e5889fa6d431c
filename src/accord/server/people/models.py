"""People with an account, the invitations that let them in, and their absences."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accord.server.people.addresses import normal_address

MOST_LEADS_PER_MONTH = 100_000


class Side(models.TextChoices):
    """Which side somebody is on; the first three are those of the agreement."""

    MARKETING = "marketing", _("Marketing")
    SALES = "sales", _("Sales")
    OPERATIONS = "operations", _("Operations")
    VIEWER = "viewer", _("Viewer")  # sees every report, changes nothing


class Role(models.TextChoices):
    HEAD = "head", _("Head")  # signs for the side
    MANAGER = "manager", _("Manager")  # writes drafts, excuses breaches of the other side
    MEMBER = "member", _("Member")


class Users(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=normal_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who can sign in. The e-mail address joins the account to a person of an agreement."""

    email = models.EmailField(_("e-mail address"), unique=True)  # in lower case
    name = models.CharField(_("full name"), max_length=120)
    side = models.CharField(_("side"), max_length=12, choices=Side.choices)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.MEMBER)
    calendar = models.CharField(
        _("calendar"), max_length=80, blank=True, help_text=_("Working hours by their name in the agreement")
    )
    pool = models.CharField(
        _("pool"), max_length=80, blank=True, help_text=_("The queue that leads come from")
    )
    leads_per_month = models.PositiveIntegerField(
        _("capacity"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_LEADS_PER_MONTH)],
        help_text=_("Leads a month that this person can follow up; leave it empty if nobody knows"),
    )
    language = models.CharField(_("language"), max_length=10, blank=True)  # empty: the installation's first
    zone = models.CharField(_("time zone"), max_length=64, blank=True)  # empty: UTC
    is_active = models.BooleanField(default=True)  # switched off: cannot sign in, stays in every record
    joined_at = models.DateTimeField(default=timezone.now)
    sessions_ended = models.PositiveIntegerField(
        default=0, db_default=0
    )  # counting up ends every session of the person

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "side"]
    objects: ClassVar[Users] = Users()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_in_lower_case"),
            models.CheckConstraint(
                condition=Q(leads_per_month__isnull=True) | Q(leads_per_month__gte=1),
                name="capacity_positive",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.email = normal_address(self.email)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session ends once this differs from when it began: by a new password, or `sessions_ended`."""
        salt, value = "accord.server.people.models.User", f"{self.password}:{self.sessions_ended}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class Invitation(models.Model):
    """A link that lets one person in, once, as what the inviter chose. Only its token's digest is kept."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("full name"), max_length=120, blank=True)
    side = models.CharField(_("side"), max_length=12, choices=Side.choices)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.MEMBER)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_sent")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-invited_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation_per_email",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email


class SetUp(models.Model):
    """The one-time token of an empty installation, as a digest; gone once the first person has used it."""

    token_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"made {self.made_at:%Y-%m-%d %H:%M}"


class Absence(models.Model):
    """Days on which somebody is away, both included, and who covers."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    from_on = models.DateField(_("first day"))
    to_on = models.DateField(_("last day"))
    cover = models.ForeignKey(
        User, verbose_name=_("cover"), null=True, blank=True, on_delete=models.PROTECT, related_name="covers"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True)  # taken back; the row stays

    class Meta:
        ordering = ("from_on", "id")
        constraints = (
            models.CheckConstraint(condition=Q(from_on__lte=F("to_on")), name="absence_has_days"),
            models.CheckConstraint(condition=~Q(cover=F("user")), name="absence_covered_by_another"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.from_on} – {self.to_on}"

    def clean(self) -> None:
        if self.from_on and self.to_on and self.from_on > self.to_on:
            raise ValidationError({"to_on": _("The last day lies before the first.")})
