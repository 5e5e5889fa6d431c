from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rituals", "0001_tables"),
    ]

    operations = [
        migrations.AlterField(
            model_name="announcement",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "goes out soon"),
                    ("held", "held back"),
                    ("sent", "announced"),
                    ("gone", "withdrawn"),
                ],
                default="draft",
                max_length=8,
            ),
        ),
    ]
