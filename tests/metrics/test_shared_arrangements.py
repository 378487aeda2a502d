"""Public links to dashboards that people arranged: what was on them when the link was made, and nothing that leads on."""

from django.test import Client

from metrics.dashboards import actions
from metrics.models import Dashboard
from tests.metrics.test_dashboards import book, make, page  # noqa: F401
from tests.metrics.test_shared_links import _no_limits, links, share  # noqa: F401
from workspaces.models import Activity
from workspaces.scope import workspace_scope


def change(cast, action, person=None, **values):
    with workspace_scope(cast.workspace):
        return action(workspace=cast.workspace, by=cast.actor(person or cast.member), **values)


def test_a_stranger_sees_the_parts_of_then_and_nothing_leads_on(book, django_assert_max_num_queries):  # noqa: F811
    mine = make(book, book.member, "For the board")
    inside = book.client(book.member).get(page("dashboard", mine.pk))
    offered = inside.context["share_query"]
    assert offered.startswith(f"page=dashboard&dashboard={mine.pk}")
    assert f"public-links/new/?{offered.replace('&', '&amp;')}" in inside.content.decode()
    form = book.client(book.member).get(book.url(f"settings/public-links/new/?{offered}"))
    assert form.context["form"].initial["title"] == mine, "it begins with the dashboard's name"
    _answer, path = share(book, query=offered)
    change(book, actions.add_part, pk=mine.pk, kind="tile", key="cac")
    visitor = Client()
    with django_assert_max_num_queries(20):
        answer = visitor.get(path)
    text = answer.content.decode()
    seen, own = answer.context["parts"], inside.context["parts"]
    assert [(part.part.kind, part.part.key) for part in seen] == [(part.part.kind, part.part.key) for part in own]
    assert [part.tile["full"] for part in seen if part.tile] == [part.tile["full"] for part in own if part.tile]
    assert "¥3,000" in [part.tile["full"] for part in seen if part.tile]
    assert "How we stand · February 2026" in text
    assert "/w/acme" not in text, "no link leads into the workspace"
    assert text.count("<a ") == 0
    assert not [name for name in ("Alpha", "Beta", "Gamma", "For the board", "@example.com") if name in text]
    assert answer["X-Robots-Tag"].startswith("noindex")


def test_its_period_and_slice_are_those_of_then(book):  # noqa: F811
    mine = make(book, book.member)
    query = f"page=dashboard&dashboard={mine.pk}&period=2026-01&region=east&export=csv"
    _answer, path = share(book, query=query)
    assert links(book)[0].query == "period=2026-01&region=east"
    plain = Client().get(path)
    other = Client().get(f"{path}?period=2026-02&region=west&interval=year&dashboard=x")
    for answer in (plain, other):
        assert answer.context["parts"][0].tile["full"] == "¥1,000"
        assert answer.context["period"] == "January 2026"
        assert answer.context["is_narrowed"]
        assert "east" not in answer.content.decode()
    _answer, path = share(book, query=query, shows_names="on")
    assert "east" in Client().get(path).content.decode()


def test_it_is_shut_with_its_dashboard_and_when_its_maker_sees_it_no_more(book):  # noqa: F811
    shared = make(book, book.manager, "Ours", is_shared=True)
    query = f"page=dashboard&dashboard={shared.pk}"
    _answer, path = share(book, query=query)
    (link,) = links(book)
    listed = book.client(book.owner).get(book.url("settings/public-links/"))
    assert listed.context["rows"][0]["href"].startswith(page("dashboard", shared.pk))
    change(book, actions.change_dashboard, book.manager, pk=shared.pk, name="Ours", is_shared=False)
    assert Client().get(path).status_code == 404
    listed = book.client(book.owner).get(book.url("settings/public-links/"))
    assert (listed.context["rows"][0]["is_open"], listed.context["rows"][0]["href"]) == (False, "")
    change(book, actions.change_dashboard, book.manager, pk=shared.pk, name="Ours", is_shared=True)
    assert Client().get(path).status_code == 200
    change(book, actions.remove_dashboard, book.manager, pk=shared.pk)
    assert Client().get(path).status_code == 404
    assert links(book)[0].pk == link.pk, "it stays on the list"
    with workspace_scope(book.workspace):
        told = Activity.objects.get(subject_type="shared_link", verb="created").after
    assert told["dashboard"] == "Ours"


def test_none_is_made_of_a_dashboard_that_one_does_not_see(book):  # noqa: F811
    private = make(book, book.manager, "Private")
    for query in ("", f"&dashboard={private.pk}", "&dashboard=x", f"&dashboard={book.workspace.pk}"):
        assert share(book, query=f"page=dashboard{query}")[0].status_code == 404
    with workspace_scope(book.rival):
        by = book.actor(book.stranger)
        theirs = actions.make_dashboard(workspace=book.rival, name="Theirs", is_shared=True, by=by)
        assert Dashboard.objects.count() == 1
    assert share(book, query=f"page=dashboard&dashboard={theirs.pk}")[0].status_code == 404
    assert links(book) == []


def test_without_figures_there_are_none(cast):
    _answer, path = share(cast, query=f"page=dashboard&dashboard={make(cast, cast.member).pk}")
    answer = Client().get(path)
    assert (answer.status_code, b"No figures yet" in answer.content) == (200, True)
