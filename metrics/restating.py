"""Writes down what a closing changed of the past: which figures, because of which facts, by whom."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Max, Q

from accounts.models import ChangedFact
from metrics import figure_sets, statements
from metrics.calendar import Period
from metrics.figure_sets import FigureSet
from metrics.models import Closing, Reason, Restatement, RestatementBatch, RestatementFact
from workspaces.models import Activity

# An import may be a hundred thousand facts; the log counts them all and keeps so many.
MOST_FACTS = 1_000
MOST_ACTORS = 20


def log(
    workspace,
    *,
    was: FigureSet,
    now: FigureSet,
    at: dt.datetime,
    from_day: dt.date,
    through: dt.date,
    reason: str,
    accounts: int,
    facts: Sequence[int],
    settings_after: dt.datetime | None,
) -> None:
    """Keep a batch with the periods that differ between `was` and `now`, and mark the closed days from `from_day` on.

    facts: ids of the ChangedFact rows that were worked in; those of days after `through` changed nothing closed.
    settings_after: what the trail says of settings since then belongs to it; None: nothing does. Quarters and years of
    another fiscal calendar are other periods, not other figures: they are published, not restated.
    """
    periods = figure_sets.changes(was, now)
    if reason == Reason.CALENDAR:
        periods = [change for change in periods if change.interval == "month"]
    batch = RestatementBatch.objects.create(
        workspace=workspace, at=at, reason=reason, from_day=from_day, accounts_changed=accounts
    )
    statements.execute(
        "restatement_facts",
        workspace=workspace.pk,
        batch=batch.pk,
        facts=list(facts),
        through=through,
        most=MOST_FACTS,
    )
    _keep_settings(workspace, batch, settings_after)
    names = RestatementFact.objects.filter(workspace=workspace, batch=batch).exclude(actor="")
    last = names.values("actor").annotate(last=Max("at")).order_by("-last", "actor")[:MOST_ACTORS]
    batch.actors = [row["actor"] for row in last]
    batch.facts = _count(workspace, batch, facts, through)
    batch.save(update_fields=["actors", "facts"])
    Restatement.objects.bulk_create(
        Restatement(
            workspace=workspace,
            batch=batch,
            interval=change.interval,
            starts_on=change.starts_on,
            name=Period(change.starts_on, change.interval, workspace.fiscal_year_start_month).name,
            before=change.before and figure_sets.to_json(change.before),
            after=change.after and figure_sets.to_json(change.after),
        )
        for change in periods
    )
    Closing.objects.filter(workspace=workspace, day__gte=from_day).update(restated_at=at)


def _keep_settings(workspace, batch: RestatementBatch, after: dt.datetime | None) -> None:
    """Changed settings are facts too; the trail has said who and when."""
    if after is None:
        return
    is_choice = Q(subject_type="metricsettings") | Q(
        Q(after__has_key="timezone") | Q(after__has_key="fiscal_year_start_month"),
        subject_type="workspace",
        verb="updated",
    )
    rows = Activity.objects.filter(is_choice, workspace=workspace, at__gt=after).order_by("-id")[:MOST_FACTS]
    RestatementFact.objects.bulk_create(
        RestatementFact(
            workspace=workspace,
            batch=batch,
            at=row.at,
            actor=row.actor,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            subject_label=row.subject_label,
            from_day=batch.from_day,
            accounts=0,
        )
        for row in rows
    )


def _count(workspace, batch: RestatementBatch, facts: Sequence[int], through: dt.date) -> int:
    """How many things the facts are about, those that are not kept too."""
    kept = RestatementFact.objects.filter(workspace=workspace, batch=batch).count()
    if kept < MOST_FACTS:
        return kept
    changed = ChangedFact.objects.filter(workspace=workspace, id__any_of=facts, from_day__lte=through)
    return max(kept, changed.values("subject_type", "subject_id").distinct().count())
