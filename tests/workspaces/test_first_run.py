"""The first visit to an empty installation, more workspaces, and where people start."""

import threading

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, make_member, make_user, make_workspace
from workspaces.actions.workspaces import create_first_workspace
from workspaces.first_owner import SALT, first_owner_token, first_owner_url, is_first_owner_token
from workspaces.forms.workspace import suggest_slug
from workspaces.front_page import front_page_url
from workspaces.models import Membership, MetricSettings, User, Workspace
from workspaces.scope import workspace_scope

FORM = {
    "name": "Lanhai Software",
    "slug": "",
    "currency": "USD",
    "timezone": "Europe/Berlin",
    "language": "en",
    "renewal_grace_days": "30",
    "gross_margin_percent": "72.5",
    "owner_name": "Wang Fang",
    "email": "Wang@Lanhai.example",
    "password": PASSWORD,
}


def link() -> str:
    return reverse("first_owner", args=[first_owner_token()])


def test_first_visit_makes_workspace_and_owner_and_signs_in(db):
    client = Client()
    assert client.get(link()).status_code == 200
    response = client.post(link(), FORM)
    assert response["Location"] == "/w/lanhai-software/start/"
    workspace = Workspace.objects.get()
    assert (workspace.name, workspace.base_currency, workspace.timezone, workspace.language) == (
        "Lanhai Software", "USD", "Europe/Berlin", "en",
    )  # fmt: skip
    owner = User.objects.get()
    assert (owner.email, owner.name, owner.check_password(PASSWORD)) == ("wang@lanhai.example", "Wang Fang", True)
    with workspace_scope(workspace):
        assert Membership.objects.get().role == "owner"
        row = MetricSettings.objects.get()
    assert (row.renewal_grace_days, str(row.gross_margin_percent)) == (30, "72.50")
    page = client.get(response["Location"]).content.decode()
    assert "Welcome to Lanhai Software" in page


def test_link_ends_with_the_first_user(db):
    client = Client()
    url = link()
    client.post(url, FORM)
    assert Client().get(url).status_code == 404
    assert Client().post(url, FORM | {"email": "second@lanhai.example", "slug": "second"}).status_code == 404
    assert Workspace.objects.count() == User.objects.count() == 1


# Named, because a token is another one every second and all workers must know a test by the same name.
@pytest.mark.parametrize(
    "token",
    ["x", signing.dumps("first owner", salt="another"), first_owner_token()[:-1] + "!"],
    ids=["no token", "another's", "changed"],
)
def test_a_token_that_is_not_ours_opens_nothing(db, token):
    assert Client().get(f"/welcome/{token}/").status_code == 404
    assert Client().post(f"/welcome/{token}/", FORM).status_code == 404
    assert not User.objects.exists()


def test_address_of_the_link(db, settings):
    settings.PUBLIC_URL = "https://ops.example.com"
    url = first_owner_url()
    assert url.startswith("https://ops.example.com/welcome/")
    assert is_first_owner_token(url.rstrip("/").rsplit("/", 1)[1])
    assert SALT not in url


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("slug", "New Company"),
        ("slug", "new"),
        ("currency", "XXX"),
        ("timezone", "Mars/Olympus"),
        ("renewal_grace_days", "-1"),
        ("gross_margin_percent", "101"),
        ("email", "nobody"),
        ("password", "too short"),
    ],
)
def test_first_visit_says_what_is_wrong_beside_the_field(db, field, value):
    response = Client().post(link(), FORM | {field: value})
    page = response.content.decode()
    assert response.status_code == 422
    invalid = [part.split(">")[0] for part in page.split("<input")[1:] + page.split("<select")[1:]]
    assert any(f'name="{field}"' in part and 'aria-invalid="true"' in part for part in invalid)
    assert PASSWORD not in page
    assert not User.objects.exists()
    assert not Workspace.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_visitors_at_once():
    """One becomes the owner, the other is told that the link does not work any more."""
    start, made = threading.Barrier(2), []

    def visit(slug):
        start.wait()
        made.append(
            create_first_workspace(
                email=f"{slug}@example.com", password=PASSWORD, owner_name=slug, name=slug, slug=slug, language="en"
            )
        )
        connection.close()

    threads = [threading.Thread(target=visit, args=[slug]) for slug in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found is None for found in made) == [False, True]
    assert Workspace.objects.count() == User.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme GmbH & Co.", "acme-gmbh-co"),
        ("蓝海软件", "company"),
        ("Acme", "acme-2"),
        ("New", "new-2"),
        ("_", "company"),
    ],
)
def test_suggest_slug(cast, name, slug):
    assert suggest_slug(name) == slug


# More workspaces


def test_an_owner_may_open_another_workspace(cast):
    client = cast.client(cast.owner)
    form = {key: FORM[key] for key in FORM if key not in ("owner_name", "email", "password")}
    assert client.get(reverse("workspace_new")).status_code == 200
    assert client.post(reverse("workspace_new"), form)["Location"] == "/w/lanhai-software/start/"
    workspace = Workspace.objects.get(slug="lanhai-software")
    with workspace_scope(workspace):
        assert Membership.objects.get().user == cast.owner.user


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_others_may_not(cast, role):
    client = cast.client(cast.people[role])
    form = {key: FORM[key] for key in FORM if key not in ("owner_name", "email", "password")}
    assert client.get(reverse("workspace_new")).status_code == 403
    assert client.post(reverse("workspace_new"), form).status_code == 403
    assert Workspace.objects.count() == 2


def test_visitor_is_sent_to_sign_in(cast):
    assert Client().get(reverse("workspace_new"))["Location"] == "/sign-in/login/?next=/new-workspace/"


# Home


def test_home_of_a_person_in_one_workspace_is_that_workspace(cast):
    assert cast.client(cast.viewer).get("/")["Location"] == front_page_url("acme")


def test_home_of_a_person_in_several_is_a_choice(cast):
    make_member(cast.rival, cast.owner.user, "viewer")
    page = cast.client(cast.owner).get("/").content.decode()
    assert front_page_url("acme") in page
    assert front_page_url("rival") in page
    assert reverse("workspace_new") in page


def test_home_of_a_person_in_none_says_whom_to_ask(cast):
    client = Client()
    client.force_login(make_user("lonely"))
    page = client.get("/").content.decode()
    assert "You are in no workspace" in page
    assert "lonely@example.com" in page
    assert reverse("workspace_new") not in page


def test_home_forgets_workspaces_one_was_shut_out_of(cast):
    third = make_workspace("third", owner=cast.owner.user)
    with workspace_scope(third):
        Membership.objects.update(is_active=False)
    assert cast.client(cast.owner).get("/")["Location"] == front_page_url("acme")


def test_start_page_offers_only_what_one_may_do(cast):
    page = cast.client(cast.viewer).get("/w/acme/start/").content.decode()
    assert reverse("workspaces:api_keys", args=["acme"]) not in page
    assert reverse("workspaces:invitation_new", args=["acme"]) not in page
