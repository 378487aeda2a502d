from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "workspaces"
    verbose_name = "Workspaces"

    def ready(self):
        from workspaces import checks  # noqa: F401, PLC0415 - registers system checks, which must wait for the app registry
