"""Every route of the product, walked by those who may not: strangers, visitors, viewers and reading keys.

Ids of another workspace are put into path, query and body. Each must answer "not here" or "not you", no row may change, and
nothing that the other workspace holds may stand in any answer. A route without a case fails the walk.
"""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from accounts.actions import (
    save_contacts,
    save_contracts,
    save_fx_rates,
    save_interactions,
    save_products,
    save_tasks,
)
from jobs.actions import queue_run
from leads.actions import save_spend
from metrics.dashboards.actions import make_dashboard
from tests.api.client import Api
from tests.canary_rows import (
    make_attachment,
    make_import,
    make_notification,
    merged_accounts,
    sliced_account,
    things_of_dashboards,
)
from tests.cast import AT, Cast, with_password
from tests.route_cases import CANARY, GLOBAL, IDS, NOT_FOR_READERS, VIEWER_MAY_POST, words_of
from tests.route_hooks import make_robot, make_webhook
from tests.routes import Route, all_routes
from workspaces.actions.invitations import create_invitation
from workspaces.actions.teams import save_team
from workspaces.models import ApiKey, MetricSettings, Workspace
from workspaces.scope import workspace_scope

SAFE = ("GET",)
PAGE_METHODS = ("GET", "POST", "DELETE")
METHODS = ("GET", "POST", "PATCH", "DELETE")


@dataclass
class World:
    """acme, full of things that carry the canary; and everybody who may not see them."""

    cast: Cast
    ids: dict[str, object]
    stranger: Client
    viewer: Client
    visitor: Client
    rival_key: Api
    reading_key: Api
    answers: list = field(default_factory=list)

    def id_of(self, route: Route):
        """The id of acme's own thing that the route is about."""
        name = route.name.rpartition(":")[2]
        kinds = [kind for start, kind in IDS.items() if name.startswith(start)]
        assert kinds, f"the route {route.name} ({route.pattern}) has no case: say in IDS what its id is of"
        return self.ids[kinds[0]]

    def path(self, route: Route, slug: str) -> str:
        values = dict.fromkeys(route.parameters, self.id_of(route)) if route.parameters else {}
        return route.path(slug=slug, **values)

    @property
    def foreign_words(self) -> dict[str, str]:
        return words_of(self.ids)

    def digest(self) -> dict[str, tuple]:
        """Every tenant table's rows of acme as one checksum; a key's last use does not count as a change."""
        found = {}
        with workspace_scope(self.cast.workspace), connection.cursor() as cursor:
            for model in apps.get_models():
                columns = {column.column for column in model._meta.concrete_fields}
                if "workspace_id" not in columns:
                    continue
                table = model._meta.db_table
                cursor.execute(
                    f"select count(*), md5(string_agg((to_jsonb(t) - 'last_used_at')::text, ',' "
                    f'order by to_jsonb(t)::text)) from "{table}" t where workspace_id = %s',
                    [self.cast.workspace.pk],
                )
                found[table] = cursor.fetchone()
        found["workspace"] = tuple(Workspace.objects.filter(pk=self.cast.workspace.pk).values_list()[0])
        return found

    def check(self, answer, route: Route, who: str, *, allowed) -> None:
        """The answer is one of the allowed statuses and holds nothing of acme's."""
        told = f"{who} {answer.request['REQUEST_METHOD']} {answer.request['PATH_INFO']} ({route.name})"
        assert answer.status_code in allowed, f"{told}: {answer.status_code} {answer.getvalue()[:300]!r}"
        everything = answer.getvalue() + str(answer.headers).encode()
        assert CANARY.encode() not in everything, f"{told}: shows what acme holds"


@pytest.fixture
def world(cast) -> World:
    by = cast.actor(cast.owner)
    acme = cast.workspace
    key = cast.api_key(scope="read")
    with workspace_scope(acme):
        who = {"workspace": acme, "by": by}
        account, custom_field, saved_filter, saved_view = sliced_account(who)
        (contact,) = save_contacts(
            rows=[{"account": f"A-{CANARY}", "name": CANARY, "email": f"{CANARY}@example.com"}], **who
        )
        (product,) = save_products(rows=[{"name": CANARY}], **who)
        line = {"product": CANARY, "quantity": 1, "unit_amount": "10", "interval": "month"}
        terms = [("C1", "2025-01-01", "2025-12-31"), ("C2", "2026-01-01", "2026-12-31")]
        contract, _second = save_contracts(
            rows=[
                {
                    "external_id": f"{name}-{CANARY}",
                    "number": f"{name}-{CANARY}",
                    "account": f"A-{CANARY}",
                    "currency": "CNY",
                    "starts_on": starts_on,
                    "ends_on": ends_on,
                    "lines": [line],
                }
                for name, starts_on, ends_on in terms
            ],
            **who,
        )
        (fx_rate,) = save_fx_rates(rows=[{"currency": "USD", "date": "2025-01-01", "rate": "7.1"}], **who)
        (spend,) = save_spend(rows=[{"date": "2025-01-01", "channel": CANARY, "amount": "10", "note": CANARY}], **who)
        (interaction,) = save_interactions(
            rows=[
                {"account": f"A-{CANARY}", "kind": "visit", "happened_on": "2025-01-01", "subject": CANARY}
                | {"contacts": [str(contact.id)], "minutes": CANARY}
            ],
            **who,
        )
        attachment = make_attachment(who, account.id)
        (task,) = save_tasks(rows=[{"account": f"A-{CANARY}", "title": CANARY, "note": CANARY}], **who)
        team = save_team(name=CANARY, manager=None, **who)
        invitation, _token = create_invitation(role="viewer", email=f"{CANARY}@example.com", at=AT, **who)
        run = queue_run(kind="closing", key="walk", params={"until": dt.date(2025, 3, 31), "since": None}, **who)
        import_job, merge = make_import(who), merged_accounts(who)
        webhook = make_webhook(who)
        robot = make_robot(who)
        dashboard = make_dashboard(name=CANARY, is_shared=True, **who)
        # Whether the second contract renews the first, which the product asks by itself.
        proposal = apps.get_model("accounts.RenewalProposal").objects.get(workspace=acme).pk
        metric_settings = MetricSettings.objects.get(workspace=acme).pk
        restatement = apps.get_model("metrics.RestatementBatch").objects.create(
            workspace=acme, at=AT, reason="facts", from_day=AT.date(), accounts_changed=1, actors=[CANARY]
        )
        notification = make_notification(who, cast.member)
        of_dashboards = things_of_dashboards(who)
        channel = apps.get_model("leads.Channel").objects.get(workspace=acme).pk
        api_key = ApiKey.objects.get(workspace=acme).pk
    ids = {
        "account": account.id,
        "custom_field": custom_field.id,
        "saved_filter": saved_filter.id,
        "saved_view": saved_view.pk,
        "contact": contact.id,
        "product": product.id,
        "contract": contract.id,
        "fx_rate": fx_rate.id,
        "spend": spend.id,
        "interaction": interaction.id,
        "attachment": attachment,
        "task": task.id,
        "member": cast.member.pk,
        "team": team.pk,
        "invitation": invitation.pk,
        "api_key": api_key,
        "run": run.pk,
        "import_job": import_job,
        "webhook": webhook,
        "robot": robot,
        "dashboard": dashboard.pk,
        "proposal": proposal,
        "channel": channel,
        "restatement": restatement.pk,
        "metric_settings": metric_settings,
        "notification": notification,
        **of_dashboards,
        "merge": merge,
    }
    return World(
        cast=cast,
        ids=ids,
        stranger=cast.client(cast.stranger),
        viewer=cast.client(cast.viewer),
        visitor=Client(),
        rival_key=Api(cast.api_key(workspace=cast.rival)),
        reading_key=Api(key),
    )


@pytest.fixture(autouse=True)
def nothing_of_acme_moves(world):
    """Whatever the walk did, acme's rows are what they were."""
    before = world.digest()
    assert sum(count for count, _sum in (value for name, value in before.items() if name != "workspace")) > 20
    yield
    cache.clear()
    after = world.digest()
    moved = [table for table in before if before[table] != after[table]]
    assert not moved, f"the walk changed {', '.join(moved)}"


ROUTES = all_routes()
PAGES = [route for route in ROUTES if route.is_tenant_page]
API = [route for route in ROUTES if route.is_api]


def test_every_route_has_a_case(world):
    for route in ROUTES:
        if route.is_tenant_page or (route.is_api and not route.is_catch_all):
            world.path(route, "acme")
        elif not route.is_catch_all:
            assert route.name in GLOBAL, (
                f"the route {route.name} ({route.pattern}) has no case: say in GLOBAL why it is harmless"
            )
    assert set(GLOBAL) <= {route.name for route in ROUTES}
    assert len(PAGES) > 15
    assert len(API) > 40


def test_walk_notices_a_route_without_case(world):
    with pytest.raises(AssertionError, match="has no case"):
        world.path(Route("w/<slug:slug>/secrets/<uuid:pk>/", "secrets:page", frozenset({"pk"})), "acme")


def test_walk_would_notice(world):
    """Those who may do see the canary, on many pages; and a write does change the checksum."""
    owner = Api(None, world.cast.client(world.cast.owner))
    with transaction.atomic():
        seen = [route.name for route in PAGES if CANARY in owner.get(world.path(route, "acme")).getvalue().decode()]
        transaction.set_rollback(True)  # who took a file along is written down
    assert len(seen) > 15
    for name in ("accounts", "contacts", "products", "contracts", "spend", "custom-fields", "saved-filters"):
        assert CANARY in owner.get(f"/w/acme/api/v1/{name}/").content.decode()
    before = world.digest()
    with transaction.atomic():
        path = f"/w/acme/api/v1/accounts/{world.ids['account']}/"
        assert owner.patch(path, {"note": "changed"}).status_code == 200
        assert world.digest()["accounts_account"] != before["accounts_account"]
        transaction.set_rollback(True)


def test_pages_as_visitor(world):
    for route in PAGES:
        for method in PAGE_METHODS:
            answer = world.visitor.generic(method, world.path(route, "acme"))
            world.check(answer, route, "visitor", allowed={302})
            assert answer["Location"].startswith("/sign-in/login/")


def test_pages_as_stranger(world):
    for route in PAGES:
        for method in PAGE_METHODS:
            answer = world.stranger.generic(method, world.path(route, "acme"))
            world.check(answer, route, "stranger", allowed={404})
        world.check(
            world.stranger.post(world.path(route, "acme"), world.foreign_words), route, "stranger", allowed={404}
        )


def test_pages_with_an_id_of_another_workspace(world):
    """The stranger at home, with acme's id in the path."""
    for route in PAGES:
        if not route.parameters:
            continue
        path = world.path(route, "rival")
        answers = [world.stranger.get(path), world.stranger.post(path), world.stranger.post(path, world.foreign_words)]
        for answer in answers:
            world.check(answer, route, "stranger at home", allowed={404, 405})
        assert any(answer.status_code == 404 for answer in answers), f"{route.name} never says 404"


def test_pages_with_ids_of_another_workspace_in_query_and_body(world):
    """The stranger at home, with acme's ids under every name that a query or a form may know them by."""
    for route in PAGES:
        if route.parameters:
            continue
        path = world.path(route, "rival")
        for words in ({}, world.foreign_words):
            answer = world.stranger.get(path, words)
            world.check(answer, route, "stranger at home", allowed={200, 302, 400, 404, 405})
        answer = world.stranger.post(path, world.foreign_words)
        world.check(answer, route, "stranger at home", allowed={200, 302, 400, 403, 404, 405, 409, 422})


def test_pages_as_viewer(world):
    """A viewer reads and never writes: what takes POST says 403, whatever is in it; what only shows, 405."""
    wrong = []
    for route in PAGES:
        path = world.path(route, "acme")
        seen = {"GET": world.viewer.get(path).status_code}
        if route.name not in VIEWER_MAY_POST:
            seen |= {"POST": world.viewer.post(path).status_code}
            seen |= {"POST with ids": world.viewer.post(path, world.foreign_words).status_code}
        reads, writes = seen.pop("GET"), set(seen.values())
        if reads not in {200, 302, 403, 404, 405} or not writes <= {403, 405}:
            wrong.append((route.name, path, reads, seen))
    assert wrong == [], "\n".join(map(str, wrong))


def test_global_routes_as_visitor_and_stranger(world):
    with_password(world.cast.stranger)
    world.stranger.force_login(world.cast.stranger.user)
    for route in ROUTES:
        if route.name not in GLOBAL:
            continue
        path = route.path(**dict.fromkeys(route.parameters, "wrong"))
        for client in (world.visitor, world.stranger):
            for method in ("GET", "POST") if route.name != "healthz" else ("GET",):
                answer = client.generic(method, path)
                world.check(answer, route, "outsider", allowed={200, 302, 400, 403, 404, 405, 410, 503})


PUBLIC = {"schema", "docs"}


def api_parts(route: Route) -> tuple[str, bool]:
    """(the route's own name, whether it stands under /api/v1/ rather than in a workspace's path)."""
    return route.name.rpartition(":")[2], not route.pattern.startswith("w/")


def test_api_without_key(world):
    for route in API:
        name, _by_key = api_parts(route)
        if route.is_catch_all or name in PUBLIC:
            continue
        for method in METHODS:
            answer = world.visitor.generic(method, world.path(route, "acme"), content_type="application/json")
            world.check(answer, route, "nobody", allowed={401})
            assert answer["WWW-Authenticate"].startswith("Bearer")


def test_api_as_stranger(world):
    """By session in acme's path: not even that it is there."""
    for route in API:
        if not route.pattern.startswith("w/") or route.is_catch_all:
            continue
        for method in METHODS:
            answer = world.stranger.generic(method, world.path(route, "acme"), b"{}", content_type="application/json")
            world.check(answer, route, "stranger", allowed={404})


def test_api_with_an_id_of_another_workspace(world):
    """A writing key of the rival, and its owner's session at home, with acme's ids in path, query and body."""
    words = {name: value for name, value in world.foreign_words.items() if name not in ("confirm", "reason")}
    for route in API:
        name, by_key = api_parts(route)
        if route.is_catch_all or name in PUBLIC:
            continue
        path = world.path(route, "rival")
        if by_key:
            call = world.rival_key.call
        else:
            call = Api(None, world.stranger).call
        on_item = {404, 405} if route.parameters else {200, 400, 405}
        for method in METHODS:
            for body in (b"",) if method == "GET" else (words, [words]):
                world.check(call(method, path, body), route, "rival", allowed=on_item | {400} if body else on_item)
        for word in () if route.parameters else ("account", "account_id", "renews_id", "owner", "channel"):
            answer = call("GET", path, words={word: words[word]})
            world.check(answer, route, f"rival asking {word}=", allowed=on_item | {400})
            if answer.status_code == 200 and "results" in answer.json() and word in ("account_id", "renews_id"):
                assert answer.json()["results"] == []


@pytest.mark.parametrize(
    ("path", "row", "field"),
    [
        ("contacts", {"name": "P", "account_id": "account"}, "account_id"),
        ("contacts", {"name": "P", "account": f"A-{CANARY}"}, "account"),
        ("contracts", {"account_id": "account", "currency": "CNY", "starts_on": "2025-01-01"}, "account_id"),
        ("contracts", {"account": f"A-{CANARY}", "currency": "CNY", "starts_on": "2025-01-01"}, "account"),
        (
            "contracts",
            {"account": "mine", "currency": "CNY", "starts_on": "2026-01-01", "renews_id": "contract"},
            "renews_id",
        ),
        (
            "contracts",
            {"account": "mine", "currency": "CNY", "starts_on": "2026-01-01", "renews": f"C1-{CANARY}"},
            "renews",
        ),
        ("accounts", {"name": "A", "owner": "member@example.com"}, "owner"),
        ("accounts", {"name": "A", "id": "account"}, "id"),
        ("products", {"name": "A", "id": "product"}, "id"),
        ("spend", {"date": "2025-01-01", "channel": "c", "amount": "1", "id": "spend"}, "id"),
    ],
)
def test_api_body_names_what_is_anothers(world, path, row, field):
    """Single and in a batch: a field error, the same as for what does not exist at all."""
    api = world.rival_key
    assert api.post("accounts/", {"external_id": "mine", "name": "Mine"}).status_code == 201
    row = {
        name: str(world.ids[value]) if value in world.ids and name.endswith("id") else value
        for name, value in row.items()
    }
    single, batch = api.post(f"{path}/", row), api.post(f"{path}/batch/", [row])
    assert single.status_code == 400, single.content
    assert list(single.json()["error"]["fields"]) == [field]
    (result,) = batch.json()["results"]
    assert (result["status"], list(result["errors"])) == ("error", [field])
    other = {
        name: "0199aaaa-0000-7000-8000-000000000000" if name == field and name.endswith("id") else value
        for name, value in row.items()
    }
    if other != row:
        assert api.post(f"{path}/batch/", [other]).json()["results"][0]["errors"] == result["errors"]


def test_api_as_viewer_and_reading_key(world):
    for route in API:
        name, by_key = api_parts(route)
        if route.is_catch_all or name in PUBLIC:
            continue
        call = world.reading_key.call if by_key else Api(None, world.viewer).call
        path = world.path(route, "acme")
        for method in METHODS:
            answer = call(method, path, b"" if method in SAFE else b'{"name": "x"}')
            allowed = {200, 400, 405} if method in SAFE else {403, 405}
            if name.startswith(NOT_FOR_READERS):
                allowed = {403, 405}
            assert answer.status_code in allowed, (
                f"viewer {method} {path}: {answer.status_code} {answer.getvalue()[:200]!r}"
            )
