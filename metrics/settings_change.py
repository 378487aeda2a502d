"""A change of metric settings: seen beforehand, then made."""

import datetime as dt
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from jobs.actions import queue_run
from jobs.models import Run
from metrics.actions import request_closing
from metrics.queries import closed_through
from workspaces import roles
from workspaces.actions.settings import add_metric_settings, update_metric_settings, withdraw_metric_settings
from workspaces.activity import plain
from workspaces.actor import Actor
from workspaces.models import MetricSettings

KIND = "settings_preview"
ADD, UPDATE, WITHDRAW = "add", "update", "withdraw"


@dataclass(frozen=True)
class SettingsChange:
    """What is to be done (`ADD`, `UPDATE` or `WITHDRAW`) to the settings that hold from a day on, with which values."""

    what: str
    effective_from: dt.date
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "SettingsChange":
        """The change that a run's `params` say."""
        return cls(params["what"], dt.date.fromisoformat(params["effective_from"]), params["values"])

    @property
    def params(self) -> dict[str, Any]:
        return plain({"what": self.what, "effective_from": self.effective_from, "values": dict(self.values)})

    def make(self, *, workspace, by: Actor) -> None:
        """Make it through the settings' own actions; raises what they raise."""
        where = {"workspace": workspace, "effective_from": self.effective_from, "by": by}
        if self.what == ADD:
            add_metric_settings(**where, **self.values)
        elif self.what == UPDATE:
            update_metric_settings(**where, **self.values)
        else:
            withdraw_metric_settings(**where)


class _Undone(Exception):
    pass


@contextmanager
def undone():
    """Whatever is written inside is undone at the end; the transaction around it goes on."""
    try:
        with transaction.atomic():
            yield
            raise _Undone
    except _Undone:
        pass


def settings_as_of(workspace) -> dt.datetime:
    """When metric settings were last changed."""
    return MetricSettings.objects.filter(workspace=workspace).aggregate(last=Max("changed_at"))["last"]


@transaction.atomic
def request_preview(*, workspace, change: SettingsChange, by: Actor) -> Run:
    """Ask for what a change would do to closed periods. Nothing is changed; raises what making it would raise."""
    by.require(roles.MANAGE_WORKSPACE)
    with undone():
        change.make(workspace=workspace, by=by)
    params = change.params
    key = " ".join([change.what, params["effective_from"], *(f"{k}={v}" for k, v in sorted(params["values"].items()))])
    return queue_run(workspace=workspace, kind=KIND, key=key[:200], params=params, by=by)


@transaction.atomic
def apply_previewed(*, workspace, run: Run, by: Actor, at: dt.datetime) -> Run:
    """Make the change that `run` has looked at, and ask for the closed days to be computed again: that run.

    Raises ValidationError when the settings have changed since it looked, for then it showed something else.
    """
    by.require(roles.MANAGE_WORKSPACE)
    Run.objects.select_for_update().get(workspace=workspace, pk=run.pk)
    through = closed_through(workspace)
    if through is None or run.result is None or run.result["settings_as_of"] != settings_as_of(workspace).isoformat():
        raise ValidationError(_("The settings have changed since. Look at what would change once more."))
    SettingsChange.from_params(run.params).make(workspace=workspace, by=by)
    return request_closing(workspace=workspace, until=through, by=by, at=at)
