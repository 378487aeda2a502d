"""Opens the demo company on the first call, closes its days through the worker, and says how to sign in."""

import datetime as dt
import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from b2bops.demo.load import demo_login, open_demo_workspace
from jobs.models import Run
from metrics.actions import request_closing
from metrics.queries import closed_through
from workspaces.actor import system_actor
from workspaces.models import Workspace
from workspaces.scope import workspace_scope


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--language", choices=[code for code, _name in Workspace.LANGUAGES], default="zh-hans")
        parser.add_argument("--wait", type=int, default=150, help="seconds to wait for the worker to close the days")

    def handle(self, *args, language, wait, **options):
        yesterday = timezone.now().astimezone(dt.timezone(dt.timedelta(hours=8))).date() - dt.timedelta(days=1)
        workspace = open_demo_workspace(last_day=yesterday, language=language)
        with workspace_scope(workspace):
            closed = closed_through(workspace)
        if closed is None:
            self.close(workspace, yesterday, wait)
        self.stdout.write(f"{settings.PUBLIC_URL}/w/{workspace.slug}/")
        login = demo_login()
        if login:
            self.stdout.write(f"{login.email}  {login.password}")
        else:
            self.stdout.write("Sign in with the login that you gave the demo.")

    def close(self, workspace, until, wait):
        with workspace_scope(workspace):
            run = request_closing(workspace=workspace, until=until, by=system_actor("command"), at=timezone.now())
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            with workspace_scope(workspace):
                run = Run.objects.get(workspace=workspace, pk=run.pk)
            if run.state not in Run.OPEN:
                break
            self.stderr.write(f"closing the demo's days: {run.progress:.0%}")
            time.sleep(1)
        if run.state == Run.FAILED:
            self.stderr.write(f"closing the demo's days failed: {run.error}")
        elif run.state != Run.SUCCEEDED:
            self.stderr.write("the demo's days are still being closed; the closings page shows how far")
