from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """The table behind `CACHES`, in which the counts for the rate limits stand."""
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("DROP TABLE cache")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_people")]
    operations = [migrations.RunPython(make, drop)]
