import workspaces.locked
from django.db import migrations

PURPOSE = "answers"


def lock_all(apps, schema_editor):
    change_all(schema_editor, lambda body: workspaces.locked._locks(PURPOSE).encrypt(body))


def unlock_all(apps, schema_editor):
    change_all(schema_editor, lambda body: workspaces.locked._locks(PURPOSE).decrypt(body))


def change_all(schema_editor, change):
    """One at a time: there may be a day's worth, a megabyte each."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select id from workspaces_idempotencykey order by id")
        for (pk,) in cursor.fetchall():
            cursor.execute("select body from workspaces_idempotencykey where id = %s", [pk])
            body = change(bytes(cursor.fetchone()[0]))
            cursor.execute("update workspaces_idempotencykey set body = %s where id = %s", [body, pk])


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0013_erasures'),
    ]

    operations = [
        migrations.AlterField(
            model_name='idempotencykey',
            name='body',
            field=workspaces.locked.LockedBytes(purpose='answers'),
        ),
        migrations.RunPython(lock_all, unlock_all),
    ]
