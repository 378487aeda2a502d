"""What closed periods were said to be: reads of PublishedFigures as of any instant."""

import datetime as dt
from collections.abc import Sequence

from metrics import figure_sets
from metrics.models import PublishedFigures
from metrics.registry import METRICS


def standing(workspace, *, before: dt.datetime | None = None) -> list[PublishedFigures]:
    """The last row of each period, of those published before an instant if one is given; also of periods that are no
    more (`figures` is None).
    """
    rows = PublishedFigures.objects.filter(workspace=workspace)
    if before is not None:
        rows = rows.filter(published_at__lt=before)
    return list(rows.order_by("interval", "starts_on", "-id").distinct("interval", "starts_on"))


def end_of(workspace, day: dt.date) -> dt.datetime:
    """The instant at which a local day of the workspace is over."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), workspace.zone)


def figures_of(rows: Sequence[PublishedFigures]) -> dict[figure_sets.Key, dict[str, figure_sets.Value]]:
    """The set of figures that the rows hold; periods that are no more are not in it."""
    return {
        (row.interval, row.starts_on): figure_sets.from_json(row.figures) for row in rows if row.figures is not None
    }


def rows_as_published(
    workspace, *, keys: Sequence[str], first: dt.date, last: dt.date, interval: str, day: dt.date
) -> list[dict[str, object]]:
    """Rows as of `metrics.queries.series`, as they stood at the end of the local `day`; `keys` are metrics or parts of
    the bridge. Periods that were not closed and published by then are left out. One query.
    """
    published = standing(workspace, before=end_of(workspace, day))
    figures = figures_of(published)
    rows = []
    for row in published:
        key = (row.interval, row.starts_on)
        if row.interval != interval or key not in figures or row.ends_on < first or row.starts_on > last:
            continue
        rows.append(
            {"period": row.name, "starts_on": row.starts_on, "through": row.ends_on, "closed": True}
            | _values(key, figures, keys)
        )
    return rows


def _values(key, figures, keys: Sequence[str]) -> dict[str, object]:
    sums = figure_sets.sums_of(key, figures)
    values: dict[str, object] = {}
    for name in keys:
        if name == "fx":
            values[name] = figure_sets.fx(figures[key])
        else:
            values[name] = METRICS[name].compute(sums) if name in METRICS else getattr(sums, name)
    return values
