from django.db import migrations

from accounts.spelling import spell


def spell_all(apps, schema_editor):
    """Names are never empty, so that an empty key is one that was not written yet: begun again, this goes on."""
    for noun in ("Account", "Contact"):
        model = apps.get_model("accounts", noun)
        spell(model._base_manager.using(schema_editor.connection.alias).filter(sort_name=""))


class Migration(migrations.Migration):
    # Each part by itself: a million rows in one transaction would be written twice before the first is free again.
    atomic = False
    dependencies = [("accounts", "0017_spelled_names")]

    operations = [migrations.RunPython(spell_all, migrations.RunPython.noop)]
