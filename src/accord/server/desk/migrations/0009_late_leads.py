from django.db import migrations, models
from django.db.models import Q

_IN_SALES = ["delivered", "assigned", "accepted", "sales_qualified", "opportunity", "proposal"]


class Migration(migrations.Migration):
    """The board of what is overdue reads leads, each once, no duties."""

    dependencies = [("desk", "0008_long_lists_and_beginnings")]

    operations = [
        migrations.RemoveIndex(model_name="duty", name="duty_overdue"),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                fields=["due_at"],
                condition=Q(standing__in=_IN_SALES, due_at__isnull=False),
                name="leads_late",
            ),
        ),
    ]
