"""Public links: what a stranger sees by one, and everything that they do not."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import save_own_filters
from accounts.models import Account, SavedFilter
from metrics.models import SharedLink
from metrics.sharing import hash_token, open_link
from tests.metrics.test_overview_page import book  # noqa: F401
from tests.metrics.test_team_slices import north  # noqa: F401
from workspaces.actions.members import change_member, deactivate_member
from workspaces.actions.settings import update_workspace
from workspaces.models import Activity
from workspaces.scope import workspace_scope

FORM = {"title": "How we stand", "days": "30"}
SHUT = "This link shows nothing"


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = {}


def share(cast, person=None, query="page=overview", **values):
    """(the answer, the link's path)"""
    client = cast.client(person or cast.member)
    answer = client.post(cast.url(f"settings/public-links/new/?{query}"), FORM | values)
    address = answer.context["address"] if answer.context and "address" in answer.context else ""
    return answer, address.partition("/shared/")[2] and f"/shared/{address.partition('/shared/')[2]}"


def links(cast):
    with workspace_scope(cast.workspace):
        return list(SharedLink.objects.select_related("workspace", "created_by").order_by("id"))


def test_a_stranger_sees_the_figures_and_no_more(book, settings):  # noqa: F811
    _answer, path = share(book)
    answer = Client().get(path)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "¥3,250" in text
    assert "How we stand · February 2026" in text
    assert "/w/acme" not in text, "no link leads into the workspace"
    with workspace_scope(book.workspace):
        names = list(Account.objects.values_list("name", flat=True))
    assert len(names) == 3
    assert not [name for name in names if name in text]
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert settings.SESSION_COOKIE_NAME not in answer.cookies, "no session begins"


def test_names_are_shown_only_when_ticked(book):  # noqa: F811
    _answer, path = share(book, shows_names="on")
    assert "Gamma" in Client().get(path).content.decode()


def test_groups_are_lettered_unless_names_are_shown(cast, north):  # noqa: F811
    query = "page=breakdown&metric=mrr&group_by=owner"
    _answer, path = share(cast, query=query)
    page = Client().get(path)
    assert [one["name"] for one in page.context["charts"]["chart"]["series"]] == ["A", "B", "C"]
    assert "Manager" not in page.content.decode()
    _answer, path = share(cast, query=query, shows_names="on")
    assert "Manager" in Client().get(path).content.decode()


def test_the_slice_is_the_links_whatever_the_address_says(cast, north):  # noqa: F811
    _answer, path = share(cast, query=f"page=overview&team={north.pk}")
    for query in ("", "?team=all", "?owner=", "?period=2026-01&language=en"):
        page = Client().get(path + query)
        assert page.context["tiles"][0]["full"] == "¥1,500"
        assert page.context["period"] == "February 2026"
    assert "North" not in Client().get(path).content.decode()


def test_a_signed_in_stranger_and_a_member_see_what_anybody_sees(book):  # noqa: F811
    _answer, path = share(book)
    anybody = Client().get(path).content
    for person in (book.stranger, book.owner):
        page = book.client(person).get(path)
        assert page.status_code == 200
        assert b"/w/acme" not in page.content
        assert page.content.count(b"tile-value") == anybody.count(b"tile-value")


def test_its_token_is_kept_by_nobody(book):  # noqa: F811
    _answer, path = share(book)
    token = path.split("/")[2]
    (link,) = links(book)
    assert link.token_hash == hash_token(token)
    assert len(token) >= 43
    listed = book.client(book.owner).get(book.url("settings/public-links/"))
    assert token not in listed.content.decode()
    with workspace_scope(book.workspace):
        told = Activity.objects.get(subject_type="shared_link")
    assert (told.verb, told.after["has_password"]) == ("created", False)
    assert token not in str(told.after)


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "../../", "é"])
def test_an_unknown_token_shows_nothing(book, token):  # noqa: F811
    share(book)
    answer = Client().get(f"/shared/{token}/")
    assert answer.status_code == 404


def test_expired_and_revoked_links_look_like_unknown_ones(book):  # noqa: F811
    _answer, path = share(book)
    (link,) = links(book)
    assert open_link(path.split("/")[2], link.expires_at - dt.timedelta(seconds=1)) is not None
    assert open_link(path.split("/")[2], link.expires_at) is None
    answer = book.client(book.member).post(book.url(f"settings/public-links/{link.pk}/revoke/"))
    assert answer.status_code == 302
    shut = Client().get(path)
    assert (shut.status_code, SHUT in shut.content.decode()) == (404, True)
    with workspace_scope(book.workspace):
        assert [one.verb for one in Activity.objects.filter(subject_type="shared_link").order_by("id")] == [
            "created",
            "revoked",
        ]


def test_only_its_maker_and_owners_revoke(book):  # noqa: F811
    _answer, path = share(book, book.manager)
    (link,) = links(book)
    for person in (book.member, book.viewer):
        assert book.client(person).post(book.url(f"settings/public-links/{link.pk}/revoke/")).status_code == 403
    assert book.client(book.stranger).post(book.url(f"settings/public-links/{link.pk}/revoke/")).status_code == 404
    assert Client().get(path).status_code == 200
    assert book.client(book.owner).post(book.url(f"settings/public-links/{link.pk}/revoke/")).status_code == 302
    assert Client().get(path).status_code == 404


def test_a_password_is_asked_and_remembered_without_a_session(book, settings):  # noqa: F811
    _answer, path = share(book, password="over the phone")
    (link,) = links(book)
    assert "over the phone" not in link.password
    visitor = Client()
    asked = visitor.get(path)
    assert (asked.status_code, b"tile" in asked.content) == (200, False)
    wrong = visitor.post(path, {"password": "guessed it"})
    assert (wrong.status_code, b"tile" in wrong.content) == (422, False)
    assert visitor.post(path, {"password": "over the phone"}).status_code == 302
    cookie = visitor.cookies["shared_dashboard"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (path, True, "Lax")
    assert "¥3,250" in visitor.get(path).content.decode()
    assert settings.SESSION_COOKIE_NAME not in visitor.cookies
    forged = Client()
    forged.cookies["shared_dashboard"] = "0" * 64
    assert "¥3,250" not in forged.get(path).content.decode()


def test_guessing_is_limited(book, settings):  # noqa: F811
    _answer, path = share(book, password="over the phone")
    settings.ACCOUNT_RATE_LIMITS = {"shared_password": "3/m/key"}
    visitor = Client()
    answers = [visitor.post(path, {"password": f"guess {number}"}).status_code for number in range(5)]
    assert answers == [422, 422, 422, 429, 429]


def test_viewing_is_limited(book, settings):  # noqa: F811
    _answer, path = share(book)
    settings.ACCOUNT_RATE_LIMITS = {"shared_dashboard": "2/m/ip"}
    assert [Client().get(path).status_code for _number in range(3)] == [200, 200, 429]


def test_the_owner_can_forbid_links_and_those_there_are_shut(book):  # noqa: F811
    _answer, path = share(book)
    with workspace_scope(book.workspace):
        update_workspace(
            workspace=book.workspace, name="Acme", language="en", timezone="Asia/Shanghai",
            allows_public_links=False, by=book.actor(book.owner),
        )  # fmt: skip
    assert Client().get(path).status_code == 404
    answer, _path = share(book)
    assert answer.status_code == 403
    assert b"settings/public-links/new" not in book.client(book.member).get(book.url()).content
    assert len(links(book)) == 1


def test_it_lives_no_longer_than_its_maker_may_export(book):  # noqa: F811
    _answer, path = share(book)
    by = {"workspace": book.workspace, "by": book.actor(book.owner)}
    with workspace_scope(book.workspace):
        change_member(pk=book.member.pk, role="member", team=None, may_export=False, **by)
    assert Client().get(path).status_code == 404
    # They may still take back what is theirs, and land where they may be.
    share(book, book.owner)
    with workspace_scope(book.workspace):
        SharedLink.objects.filter(pk=links(book)[-1].pk).update(created_by=book.member)
    revoke = book.url(f"settings/public-links/{links(book)[-1].pk}/revoke/")
    assert book.client(book.member).post(revoke, follow=True).status_code == 200
    with workspace_scope(book.workspace):
        change_member(pk=book.member.pk, role="member", team=None, may_export=True, **by)
    assert Client().get(path).status_code == 200
    with workspace_scope(book.workspace):
        deactivate_member(pk=book.member.pk, revoke_keys=False, **by)
    assert Client().get(path).status_code == 404


def test_viewers_make_none(book):  # noqa: F811
    assert share(book, book.viewer)[0].status_code == 403
    assert links(book) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"days": "3650"}, "days"),
        ({"days": "x"}, "days"),
        ({"password": "short"}, "password"),
    ],
)
def test_what_is_no_link_is_refused(book, values, field):  # noqa: F811
    answer, _path = share(book, **values)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert links(book) == []


@pytest.mark.parametrize("query", ["", "page=accounts", "page=closings", "page=overview&owner=nobody@example.com"])
def test_other_pages_and_unknown_slices_are_not_shared(book, query):  # noqa: F811
    assert share(book, query=query)[0].status_code == 404
    assert links(book) == []


def test_a_saved_filter_is_written_out(cast, north):  # noqa: F811
    client = cast.client(cast.member)
    client.post(cast.url("accounts/filters/new/?owner=member@example.com"), {"name": "Mine"})
    with workspace_scope(cast.workspace):
        saved = SavedFilter.objects.get()
    _answer, path = share(cast, query=f"page=overview&segment={saved.pk}")
    (link,) = links(cast)
    assert link.query == f"owner={cast.member.pk}"
    assert Client().get(path).context["tiles"][0]["full"] == "¥500"


def test_what_narrows_a_saved_filter_further_is_no_alternative_to_it(cast, north):  # noqa: F811
    with workspace_scope(cast.workspace):
        owners = {"Both": ["manager@example.com", "member@example.com"], "Manager's": ["manager@example.com"]}
        rows = [{"name": name, "conditions": {"owner": some}} for name, some in owners.items()]
        both, one = save_own_filters(workspace=cast.workspace, rows=rows, by=cast.actor(cast.member))
    query = f"segment={both.id}&owner={cast.member.pk}"
    assert cast.client(cast.member).get(cast.url(f"?{query}")).context["tiles"][0]["full"] == "¥500"
    _answer, path = share(cast, query=f"page=overview&{query}")
    assert Client().get(path).context["tiles"][0]["full"] == "¥500"
    # Nothing is left: no filter says that, and none would show everything.
    answer, path = share(cast, query=f"page=overview&segment={one.id}&owner={cast.member.pk}")
    assert (answer.status_code, path, len(links(cast))) == (302, "", 1)


def test_it_notes_when_it_was_last_seen(book):  # noqa: F811
    _answer, path = share(book)
    assert links(book)[0].last_seen_at is None
    Client().get(path)
    assert timezone.now() - links(book)[0].last_seen_at < dt.timedelta(minutes=1)


def test_a_workspace_without_figures_shows_none(cast):
    _answer, path = share(cast)
    answer = Client().get(path)
    assert (answer.status_code, b"No figures yet" in answer.content) == (200, True)
