import workspaces.locked
from django.db import migrations

COLUMNS, PURPOSE = ("url", "secret", "old_secret"), "webhooks"


def lock_all(apps, schema_editor):
    change_all(schema_editor, workspaces.locked.lock)


def unlock_all(apps, schema_editor):
    """Stops at what no key of today's opens, rather than losing it."""
    change_all(schema_editor, workspaces.locked.unlock)


def change_all(schema_editor, change):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"select id, {', '.join(COLUMNS)} from jobs_webhook")
        for pk, *texts in cursor.fetchall():
            changed = [change(text, purpose=PURPOSE) if text else text for text in texts]
            cursor.execute("update jobs_webhook set url = %s, secret = %s, old_secret = %s where id = %s", [*changed, pk])


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0013_import_plan'),
    ]

    operations = [
        migrations.AlterField(
            model_name='webhook',
            name='url',
            field=workspaces.locked.LockedText(max_length=2000, purpose='webhooks', verbose_name='address'),
        ),
        migrations.AlterField(
            model_name='webhook',
            name='secret',
            field=workspaces.locked.LockedText(max_length=100, purpose='webhooks'),
        ),
        migrations.AlterField(
            model_name='webhook',
            name='old_secret',
            field=workspaces.locked.LockedText(blank=True, default='', max_length=100, purpose='webhooks'),
        ),
        migrations.RunPython(lock_all, unlock_all),
    ]
