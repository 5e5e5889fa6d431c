from django.db import migrations

from accord.server.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_entries_append_only"),
        ("book", "0001_tables"),
    ]

    operations = [
        append_only("book_closing"),
        append_only("book_restatement"),
        append_only("book_note"),
        append_only("book_look"),
    ]
