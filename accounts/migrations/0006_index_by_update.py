from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_traits_and_custom_fields")]

    operations = [
        migrations.AddIndex(
            model_name=name,
            index=models.Index(fields=["workspace", "updated_at", "id"], name=f"{name}_by_update"),
        )
        for name in ("account", "contact", "contract")
    ]
