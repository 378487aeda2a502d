from django.db import migrations, models

FIELDS = {
    "sort_name": lambda: models.TextField(blank=True, db_collation="C", db_default="", default="", editable=False),
    "spelling": lambda: models.TextField(blank=True, db_default="", default="", editable=False),
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_demo_accounts_index")]

    operations = [
        migrations.AddField(noun, name, field()) for noun in ("account", "contact") for name, field in FIELDS.items()
    ]
