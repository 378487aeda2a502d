from django.apps import AppConfig
from django.db.backends.signals import connection_created


class WorkspacesConfig(AppConfig):
    name = "workspaces"
    verbose_name = "Workspaces"

    def ready(self):
        # Checks and lookups are registered by import, and checks import models, so they must wait for the app registry.
        from workspaces import checks, lookups  # noqa: F401, PLC0415

        connection_created.connect(checks.refuse_unbound_role, dispatch_uid="refuse_unbound_role")
