import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("reason", models.CharField(max_length=60)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("domain", models.CharField(max_length=253, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.CharField(blank=True, max_length=254)),
                ("email_key", models.CharField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("phone_key", models.CharField(blank=True, max_length=20)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("name_key", models.CharField(blank=True, max_length=200)),
                ("company", models.CharField(blank=True, max_length=200)),
                ("role", models.CharField(blank=True, max_length=120)),
                ("linkedin", models.CharField(blank=True, max_length=254)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("zone", models.CharField(blank=True, max_length=64)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("more", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="desk.account",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=12)),
                ("allowed", models.BooleanField()),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("consent", "consent"),
                            ("contract", "contract"),
                            ("legitimate interest", "legitimate interest"),
                            ("none", "none: objected or refused"),
                        ],
                        max_length=24,
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200)),
                ("wording", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="desk.contact",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("cycle", models.PositiveIntegerField(default=1)),
                ("account_name", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("lead_type", models.CharField(blank=True, max_length=80)),
                ("stream", models.CharField(blank=True, max_length=80)),
                ("segment", models.CharField(blank=True, max_length=80)),
                ("persona", models.CharField(blank=True, max_length=80)),
                ("source", models.CharField(blank=True, max_length=120)),
                ("source_owner", models.CharField(blank=True, max_length=40)),
                ("fit", models.FloatField(null=True)),
                ("interest", models.FloatField(null=True)),
                ("grade", models.CharField(blank=True, max_length=12)),
                ("reasons", models.JSONField(default=list)),
                ("missing", models.JSONField(default=list)),
                ("scored_at", models.DateTimeField(null=True)),
                ("scored_by", models.CharField(blank=True, max_length=12)),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("raised", "came in"),
                            ("qualified", "qualified"),
                            ("delivered", "delivered"),
                            ("assigned", "assigned"),
                            ("accepted", "accepted"),
                            ("sales_qualified", "qualified by sales"),
                            ("opportunity", "opportunity"),
                            ("proposal", "proposal"),
                            ("won", "won"),
                            ("lost", "lost"),
                            ("rejected", "rejected"),
                            ("disqualified", "disqualified"),
                            ("returned", "returned"),
                            ("merged", "merged"),
                            ("opted_out", "opted out"),
                            ("erased", "erased"),
                        ],
                        default="raised",
                        max_length=16,
                    ),
                ),
                ("delivered_at", models.DateTimeField(null=True)),
                ("assigned_at", models.DateTimeField(null=True)),
                ("agreement", models.CharField(blank=True, max_length=200)),
                ("value", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("touched_at", models.DateTimeField(null=True)),
                ("connected_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("due_kind", models.CharField(blank=True, max_length=24)),
                ("broken", models.PositiveSmallIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="desk.contact",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("actor", models.CharField(blank=True, max_length=120)),
                ("side", models.CharField(blank=True, max_length=12)),
                ("channel", models.CharField(blank=True, max_length=12)),
                ("outcome", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, max_length=120)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("value", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("agreement", models.CharField(blank=True, max_length=200)),
                ("calendar", models.CharField(blank=True, max_length=80)),
                ("due_at", models.DateTimeField(null=True)),
                ("origin", models.CharField(blank=True, max_length=120)),
                ("origin_id", models.CharField(blank=True, max_length=200)),
                (
                    "lead",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="desk.lead",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=24)),
                ("number", models.PositiveIntegerField(default=0)),
                ("side", models.CharField(max_length=12)),
                ("state", models.CharField(default="pending", max_length=8)),
                ("start_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("met_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("moments", models.JSONField(default=list)),
                ("rung", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("broken_at", models.DateTimeField(null=True)),
                ("cause", models.CharField(blank=True, max_length=24)),
                ("calendar", models.CharField(blank=True, max_length=80)),
                (
                    "broken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="breaches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="desk.lead",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("text", models.TextField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="desk.event",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="desk.lead",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Signal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("count", models.PositiveIntegerField(default=1)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("origin", models.CharField(blank=True, max_length=120)),
                ("origin_id", models.CharField(blank=True, max_length=200)),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="desk.contact",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("email_key", ""), _negated=True),
                fields=["email_key"],
                name="contact_by_email",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("phone_key", ""), _negated=True),
                fields=["phone_key"],
                name="contact_by_phone",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["account", "name_key"], name="contact_by_company_and_name"),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["contact", "channel", "-at"], name="desk_consen_contact_5623d5_idx"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(
                    (
                        "standing__in",
                        ["delivered", "assigned", "accepted", "sales_qualified", "opportunity", "proposal"],
                    )
                ),
                fields=["owner", "due_at"],
                name="queue_of_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("standing", "delivered")),
                fields=["delivered_at"],
                name="unassigned_leads",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["contact", "-cycle"], name="cycles_of_contact"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["standing", "-created_at"], name="leads_by_standing"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["-created_at", "-id"], name="leads_newest"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["lead", "occurred_at"], name="events_of_lead"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                condition=models.Q(("origin_id", ""), _negated=True),
                fields=("origin", "origin_id"),
                name="event_comes_once",
            ),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="duty_next"
            ),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["side", "due_at"], name="duty_pending"
            ),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                condition=models.Q(("broken_at__isnull", False)), fields=["broken_at"], name="duty_broken"
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(fields=("lead", "kind", "number"), name="one_duty_a_kind"),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["lead", "at"], name="desk_note_lead_id_681cc9_idx"),
        ),
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(
                fields=["contact", "name", "occurred_at"], name="desk_signal_contact_b4fad8_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("origin_id", ""), _negated=True),
                fields=("origin", "origin_id"),
                name="signal_comes_once",
            ),
        ),
    ]
