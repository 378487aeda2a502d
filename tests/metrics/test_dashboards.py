"""Dashboards that people arrange: what they show, who sees and changes them, and where a workspace opens."""

import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.actions import save_accounts, save_contracts
from metrics.closing import close_through
from metrics.dashboards import actions
from metrics.dashboards.parts import MOST_PARTS, Part, arranged, is_possible, read_parts, usual, with_part
from metrics.models import Dashboard, StartPage
from metrics.registry import METRICS
from tests.cast import AT
from workspaces.models import Activity, Membership
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)

UNTIL = dt.date(2026, 2, 28)


@pytest.fixture
def book(cast):
    """January: Alpha (east) 1,000 and Beta (west) 500. February: Beta leaves, Gamma (east) joins with 2,000."""
    with workspace_scope(cast.workspace):
        options = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        regions = {"Alpha": "east", "Beta": "west", "Gamma": "east"}
        save_accounts(
            rows=[{"external_id": key, "name": key, "region": value} for key, value in regions.items()], **options
        )
        rows = [
            {
                "external_id": name,
                "account": name,
                "currency": "CNY",
                "starts_on": starts,
                "lines": [{"product": "core", "quantity": 1, "interval": "month", "unit_amount": amount}],
                **more,
            }
            for name, starts, amount, more in (
                ("Alpha", "2026-01-01", "1000", {}),
                ("Beta", "2026-01-01", "500", {"ends_on": "2026-02-10", "cancelled_on": "2026-02-01"}),
                ("Gamma", "2026-02-05", "2000", {}),
            )
        ]
        assert all(result.status == "created" for result in save_contracts(rows=rows, **options))
    close_through(workspace=cast.workspace, until=UNTIL, at=AT)
    return cast


def make(cast, person=None, name="Mine", **fields) -> Dashboard:
    with workspace_scope(cast.workspace):
        return actions.make_dashboard(
            workspace=cast.workspace,
            by=cast.actor(person or cast.owner),
            **{"name": name, "is_shared": False, **fields},
        )


def page(name, *args):
    return reverse(f"metrics:{name}", args=["acme", *args])


def everything() -> list[dict]:
    """A tile and a chart of every metric that there is, as far as a dashboard holds them, and both charts of changes."""
    parts = []
    for kind, key in [
        ("bridge", ""),
        ("movements", ""),
        *(("tile", key) for key in METRICS),
        *(("course", "nrr"),) * 2,
    ]:
        parts = with_part(parts, kind, key)
    return [vars(part) for part in parts]


def shown(cast, dashboard, person=None, **query):
    response = cast.client(person or cast.owner).get(page("dashboard", dashboard.pk), query)
    assert response.status_code == 200
    return response


def part(response, kind, key=""):
    return next(one for one in response.context["parts"] if (one.part.kind, one.part.key) == (kind, key))


IDS = st.sampled_from([str(number) for number in range(1, 9)] + ["x", ""])


@given(
    order=st.lists(IDS, max_size=12),
    sizes=st.dictionaries(IDS, st.sampled_from(["one", "two", "full", "huge"])),
    removed=st.lists(IDS, max_size=4),
)
@hypothesis_settings(max_examples=80, derandomize=True, deadline=None)
def test_arranging_loses_and_doubles_nothing(order, sizes, removed):
    parts = usual()
    found = arranged(parts, order, sizes, removed)
    assert {one.id for one in found} == {one.id for one in parts} - set(removed)
    assert len(found) == len({one.id for one in found})
    asked = [pk for pk in dict.fromkeys(order) if pk in {one.id for one in found}]
    assert [one.id for one in found][: len(asked)] == asked
    assert all(one.size in ("one", "two", "full") for one in found)
    assert read_parts([vars(one) for one in found]) == found


def test_parts_of_metrics_that_are_no_more_are_passed_over():
    assert read_parts([{"id": "1", "kind": "tile", "key": "gone", "size": "one"}]) == []
    assert read_parts([{"id": "1", "kind": "tile", "key": "mrr", "size": "vast"}]) == [Part("1", "tile", "mrr", "one")]
    assert not is_possible("bridge", "mrr")
    assert not is_possible("pie", "mrr")


def test_new_one_shows_the_usual_figures(book):
    response = shown(book, make(book))
    mrr = part(response, "tile", "mrr")
    assert (mrr.tile["full"], mrr.tile["delta"].text) == ("¥3,000", "+100.0\N{NO-BREAK SPACE}%")
    assert mrr.href.endswith("/metrics/mrr/?period=2026-02")
    assert part(response, "tile", "customer_churn_rate").tile["note"] == "1 left"
    bridge = part(response, "bridge").chart["steps"]
    assert [(step["role"], step["full"]) for step in bridge] == [
        ("total", "¥1,500"), ("new", "+¥2,000"), ("churn", "−¥500"), ("total", "¥3,000"),
    ]  # fmt: skip
    assert part(response, "course", "mrr").chart["series"][0]["values"] == [1500.0, 3000.0]
    assert part(response, "movements").chart["x"] == ["Jan 26", "Feb 26"]
    for one in response.context["parts"]:
        assert book.client(book.viewer).get(one.href).status_code == 200
    texts = response.content.decode()
    assert texts.count('id="about-mrr"') == 1, "one definition for a tile and a chart of the same metric"


def test_period_comparison_and_slice_hold_for_every_part(book):
    one = make(book)
    january = shown(book, one, period="2026-01")
    assert part(january, "tile", "mrr").tile["full"] == "¥1,500"
    assert part(january, "course", "mrr").chart["x"] == ["Jan 26"]
    assert part(shown(book, one, compare="year"), "tile", "mrr").tile["delta"] is None
    quarter = shown(book, one, interval="quarter", period="2026-02")
    assert quarter.context["controls"][1]["value"] == "2026-Q1"
    assert part(quarter, "tile", "mrr").tile["full"] == "¥3,000"
    west = shown(book, one, region="west", period="2026-01")
    assert part(west, "tile", "mrr").tile["full"] == "¥500"
    assert "region=west" in part(west, "tile", "mrr").href
    assert "region=west" in part(west, "bridge").chart["steps"][0]["url"]
    assert "region=west" in west.context["tabs"][0]["href"]
    odd = shown(book, one, period="x", interval="week", compare="%00", nonsense="1", group_by="industry")
    assert part(odd, "tile", "mrr").tile["full"] == "¥3,000"


def test_every_metric_can_be_shown_whole_and_sliced(book):
    one = make(book)
    with workspace_scope(book.workspace):
        Dashboard.objects.filter(pk=one.pk).update(parts=everything())
    for query in ({}, {"region": "east"}, {"rates_on": "2026-02-01"}, {"interval": "year"}):
        response = shown(book, one, **query)
        assert len(response.context["parts"]) == len(everything())
        keys = {shown.part.key for shown in response.context["parts"] if shown.part.kind == "tile"}
        assert keys == set(METRICS)
    assert "not for this slice" in part(shown(book, one, region="east"), "tile", "spend").tile["none"]


def test_reading_costs_the_same_however_many_parts_there_are(
    book, django_assert_num_queries, django_assert_max_num_queries
):
    one, client = make(book), book.client(book.owner)
    path = page("dashboard", one.pk)
    client.get(path)
    with django_assert_max_num_queries(28) as few:
        client.get(path)
    with workspace_scope(book.workspace):
        Dashboard.objects.filter(pk=one.pk).update(parts=everything())
    # Renewals that wait, and the churn behind lifetime value, are one query each.
    with django_assert_num_queries(len(few) + 3):
        client.get(path)


def test_before_anything_is_closed(cast):
    empty = make(cast, is_empty=True)
    assert b"Nothing on it yet" in shown(cast, empty).content
    assert b"No figures yet" in shown(cast, make(cast, name="Usual")).content
    assert cast.client(cast.viewer).get(page("dashboards")).status_code == 200


def test_pages_from_making_to_removing(book):
    client = book.client(book.owner)
    assert b"No dashboard of your own yet" in client.get(page("dashboards")).content
    assert client.post(page("dashboard_new"), {"name": " ", "begin": "usual"}).status_code == 422
    assert client.post(page("dashboard_new"), {"name": "Board", "begin": "empty"}).status_code == 302
    with workspace_scope(book.workspace):
        one = Dashboard.objects.get()
    assert client.get(page("dashboards"))["Location"] == page("dashboard", one.pk)
    assert client.post(page("dashboard_new"), {"name": "Board", "begin": "empty"}).status_code == 422, "a name once"
    for add in ("tile:mrr", "course:nrr", "bridge:", "tile:nothing", "bridge:mrr", ""):
        client.post(page("dashboard_add", one.pk), {"add": add})
    with workspace_scope(book.workspace):
        assert [(row["kind"], row["key"]) for row in Dashboard.objects.get().parts] == [
            ("tile", "mrr"), ("course", "nrr"), ("bridge", ""),
        ]  # fmt: skip
    assert b"on it already" in client.get(page("dashboard_add", one.pk)).content
    assert b"Width of" in client.get(page("dashboard_arrange", one.pk)).content
    arranged_as = {"part": ["3", "1", "2"], "size-3": "full", "size-1": "nonsense", "remove": ["2"]}
    client.post(page("dashboard_arrange", one.pk), arranged_as)
    with workspace_scope(book.workspace):
        assert [(row["id"], row["size"]) for row in Dashboard.objects.get().parts] == [("3", "full"), ("1", "one")]
    client.post(page("dashboard_edit", one.pk), {"name": "Board 2", "is_shared": "on"})
    copied = client.post(page("dashboard_new"), {"name": "Copy", "like": str(one.pk)})
    assert copied.status_code == 302
    with workspace_scope(book.workspace):
        copy = Dashboard.objects.get(name="Copy")
        assert (len(copy.parts), copy.is_shared) == (2, False)
    assert client.post(page("dashboard_new"), {"name": "X", "like": "not an id"}).status_code == 404
    client.post(page("dashboard_default", copy.pk))
    assert client.get(page("dashboards"))["Location"] == page("dashboard", copy.pk)
    client.post(page("dashboard_remove", copy.pk))
    assert client.get(page("dashboards"))["Location"] == page("dashboard", one.pk), "the default one is gone"
    with workspace_scope(book.workspace):
        told = list(
            Activity.objects.filter(subject_type="dashboard").order_by("id").values_list("verb", "subject_label")
        )
    assert told == [("updated", "Board 2")], "what concerns one person alone is not in the trail"


def test_who_sees_and_who_changes(book):
    private = make(book, book.member, "Private")
    shared = make(book, book.member, "Shared", is_shared=True)
    viewers = make(book, book.viewer, "Viewer's")
    viewer = book.client(book.viewer)
    assert viewer.get(page("dashboard", private.pk)).status_code == 404
    assert viewer.get(page("dashboard", shared.pk)).status_code == 200
    for name in ("dashboard_arrange", "dashboard_add"):
        assert viewer.get(page(name, shared.pk)).status_code == 302
        assert viewer.post(page(name, shared.pk), {"add": "tile:mrr"}).status_code == 403
    assert viewer.post(page("dashboard_edit", shared.pk), {"name": "Mine now"}).status_code == 403
    assert viewer.post(page("dashboard_remove", shared.pk)).status_code == 403
    assert viewer.post(page("dashboard_add", viewers.pk), {"add": "tile:arr"}).status_code == 302, "one's own"
    assert viewer.post(page("dashboard_edit", viewers.pk), {"name": "Own", "is_shared": "on"}).status_code == 302
    manager = book.client(book.manager)
    assert manager.post(page("dashboard_edit", shared.pk), {"name": "Renamed"}).status_code == 302
    with workspace_scope(book.workspace):
        assert Dashboard.objects.get(pk=shared.pk).is_shared, "only its owner stops sharing it"
        assert not Dashboard.objects.get(pk=viewers.pk).is_shared, "viewers share nothing"
        with pytest.raises(PermissionDenied):
            actions.make_dashboard(workspace=book.workspace, name="Mine", is_shared=True, by=book.actor(book.viewer))
    with workspace_scope(book.rival), pytest.raises(Dashboard.DoesNotExist):
        actions.remove_dashboard(workspace=book.rival, pk=shared.pk, by=book.actor(book.stranger))


def test_bounds(cast):
    one = make(cast)
    by = {"workspace": cast.workspace, "pk": one.pk, "by": cast.actor(cast.owner)}
    with workspace_scope(cast.workspace):
        for _time in range(MOST_PARTS - len(one.parts)):
            actions.add_part(**by, kind="tile", key="mrr")
        with pytest.raises(ValidationError, match="at most"):
            actions.add_part(**by, kind="tile", key="mrr")
        assert len(json.dumps(Dashboard.objects.get().parts)) < 5000


def test_where_the_workspace_opens(book):
    client = book.client(book.viewer)
    assert client.get("/")["Location"] == page("open")
    assert client.get(page("open"))["Location"] == page("overview")
    client.post(page("start_page"), {"opens": "my_day"})
    assert client.get(page("open"))["Location"] == page("my_day")
    client.post(page("start_page"), {"opens": "dashboard"})
    assert client.get(page("open"))["Location"] == page("overview"), "there is none yet"
    one = make(book, book.viewer)
    assert client.get(page("open"))["Location"] == page("dashboard", one.pk)
    assert client.post(page("start_page"), {"opens": "elsewhere"}).status_code == 302
    with workspace_scope(book.workspace):
        assert StartPage.objects.get().opens == "dashboard"
        assert Membership.objects.filter(pk=book.viewer.pk).exists()
    assert b'value="dashboard" selected' in client.get(page("preferences")).content
