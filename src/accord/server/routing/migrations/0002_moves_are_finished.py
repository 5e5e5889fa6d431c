from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routing", "0001_tables")]

    operations = [migrations.AddField("Move", "done_at", models.DateTimeField(null=True))]
