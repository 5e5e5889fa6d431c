"""Who got which lead and why; the turns of each pool; the rules, every set of them that was ever used."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accord.server.desk.models import Event, Lead
from accord.server.people.models import Absence


class Pool(models.Model):
    """The turns of one pool. Its row is locked while somebody is chosen from it, so that counts are right.

    `owed` and `weights` are `accord.lead.turns.Turns` by the number of the account, fractions as text.
    """

    name = models.CharField(max_length=80, unique=True)  # as the agreement calls it; empty: all reps of sales
    weights = models.JSONField(default=dict)
    owed = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name or "everybody"


class RuleSet(models.Model):
    """Rules and weights that hold together. One is a draft, one is in force, those before it stay."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being written")
        USED = "used", _("in force")
        FORMER = "former", _("no longer in force")

    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    rules = models.JSONField(default=list)  # accord.server.routing.rules.Rule, in order
    weights = models.JSONField(
        default=dict
    )  # share of turns by number of the account, where not the capacity
    saved = models.PositiveIntegerField(default=1)  # counts the savings of a draft
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = tuple(
            models.UniqueConstraint(fields=["state"], condition=Q(state=one), name=f"one_rule_set_{one}")
            for one in ("draft", "used")
        )

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"


class Move(models.Model):
    """Leads of somebody that went to others together: by hand, or because the person is away or has left."""

    class Why(models.TextChoices):
        HAND = "hand", _("moved by hand")
        AWAY = "away", _("away")
        OFF = "off", _("switched off")
        BACK = "back", _("moved back")

    of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="moves")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=8, choices=Why.choices)
    at = models.DateTimeField()
    absence = models.OneToOneField(Absence, null=True, on_delete=models.PROTECT, related_name="move")
    undone_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)  # of an absence: when all of its leads had been looked at

    class Meta:
        indexes = (models.Index(fields=["-at"], name="moves_newest"),)

    def __str__(self) -> str:
        return f"{self.of_id}: {self.why} {self.at:%Y-%m-%d %H:%M}"


class Routing(models.Model):
    """One assignment, or the finding that nobody could take a lead: by which rule, who was passed over."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="routings")
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="routings"
    )  # None: nobody
    left = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # who had it before
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # who moved it by hand; None: the rules did
    rule = models.CharField(max_length=12)  # accord.lead.routing.By
    why = models.CharField(max_length=200, blank=True)  # what made it move: a word of `Cause`, or somebody's
    about = models.CharField(max_length=200, blank=True)  # the rule's or the pool's name, as it was then
    instead_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # for whom `to` covers
    considered = models.JSONField(
        default=list
    )  # [{"who": account, "step": By, "why": Skip, "used", "allowed"}]
    counts = models.BooleanField(default=True)  # against the month's capacity of `to`
    move = models.ForeignKey(Move, null=True, on_delete=models.PROTECT, related_name="routings")

    class Meta:
        indexes = (
            models.Index(fields=["to", "at"], name="routing_of_person"),
            models.Index(fields=["-at", "-id"], name="routing_newest"),
            models.Index(fields=["lead", "at"], name="routing_of_lead"),
        )

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.to_id} ({self.rule})"
