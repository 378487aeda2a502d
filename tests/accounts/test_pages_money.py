"""Products and exchange rates."""

from decimal import Decimal

import pytest

from accounts.models import FxRate, Product
from tests.accounts import facts
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")


def text(response):
    return response.content.decode()


def test_products_are_listed_searched_entered_and_changed(cast):
    client = cast.client(cast.manager)
    assert "No products yet" in text(client.get(cast.url("products/")))
    client.post(cast.url("products/new/"), {"name": "Dispatch", "code": "DSP"})
    facts.product(cast.workspace, "Seats")
    with workspace_scope(cast.workspace):
        made = Product.objects.get(name="Dispatch")
    client.post(cast.url(f"products/{made.pk}/edit/"), {"name": "Dispatch Pro", "code": "DSP"})
    rows = client.get(cast.url("products/"), {"q": "dsp"}).context["list"].rows
    assert [row.name for row in rows] == ["Dispatch Pro"]


@pytest.mark.parametrize(
    "typed, field, message",
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": "Seats"}, "name", "exists already"),
        ({"description": "d" * 600}, "description", "At most 500 characters."),
    ],
)
def test_a_bad_product_is_refused_beside_its_field(cast, typed, field, message):
    facts.product(cast.workspace, "Seats")
    response = cast.client(cast.manager).post(cast.url("products/new/"), {"name": "Core"} | typed)
    assert response.status_code == 422
    assert message in " ".join(response.context["form"].errors[field])
    with workspace_scope(cast.workspace):
        assert Product.objects.count() == 1


def test_a_product_that_contracts_name_is_not_voided(cast):
    facts.contract(facts.account(cast.workspace))
    with workspace_scope(cast.workspace):
        core = Product.objects.get(name="Core")
    page = cast.client(cast.manager).post(cast.url(f"products/{core.pk}/void/"), {"reason": "Old"}, follow=True)
    assert "Contracts name this product." in text(page)
    with workspace_scope(cast.workspace):
        assert Product.objects.standing().count() == 1
    free = facts.product(cast.workspace, "Free")
    cast.client(cast.manager).post(cast.url(f"products/{free.pk}/void/"), {"reason": "Old"})
    with workspace_scope(cast.workspace):
        assert [one.name for one in Product.objects.standing()] == ["Core"]


def test_rates_are_listed_latest_first_and_entered(cast):
    client = cast.client(cast.manager)
    client.post(cast.url("fx-rates/new/"), {"currency": "usd", "date": "2026-01-01", "rate": "7.12340000"})
    client.post(cast.url("fx-rates/new/"), {"currency": "USD", "date": "2026-02-01", "rate": "7.2"})
    facts.fx_rate(cast.workspace, "EUR", "2026-01-15", "8.05")
    response = client.get(cast.url("fx-rates/"))
    assert [(row.currency, str(row.date)) for row in response.context["list"].rows] == [
        ("USD", "2026-02-01"),
        ("EUR", "2026-01-15"),
        ("USD", "2026-01-01"),
    ]
    assert "7.1234<" in text(response)
    assert "7.2000<" in text(response)
    rows = client.get(cast.url("fx-rates/"), {"currency": "EUR"}).context["list"].rows
    assert [row.currency for row in rows] == ["EUR"]


@pytest.mark.parametrize(
    "typed, field, message",
    [
        ({"currency": "XYZ"}, "currency", "not a currency code"),
        ({"currency": "CNY"}, "currency", "always 1"),
        ({"date": "2026-02-30"}, "date", "no such day"),
        ({"date": "2026-01-01"}, "date", "exists already"),
        ({"rate": "0"}, "rate", "greater than 0"),
        ({"rate": "-7"}, "rate", "greater than 0"),
        ({"rate": "seven"}, "rate", "not a number"),
    ],
)
def test_a_bad_rate_is_refused_beside_its_field(cast, typed, field, message):
    facts.fx_rate(cast.workspace)
    response = cast.client(cast.manager).post(
        cast.url("fx-rates/new/"), {"currency": "USD", "date": "2026-03-01", "rate": "7.1"} | typed
    )
    assert response.status_code == 422
    assert message in " ".join(response.context["form"].errors[field])
    with workspace_scope(cast.workspace):
        assert FxRate.objects.count() == 1


def test_a_rate_is_changed_and_voided(cast):
    made = facts.fx_rate(cast.workspace)
    client = cast.client(cast.manager)
    client.post(cast.url(f"fx-rates/{made.pk}/edit/"), {"currency": "USD", "date": "2026-01-01", "rate": "7.3"})
    with workspace_scope(cast.workspace):
        made.refresh_from_db()
        assert made.rate == Decimal("7.3")
    client.post(cast.url(f"fx-rates/{made.pk}/void/"), {"reason": "Wrong"})
    with workspace_scope(cast.workspace):
        assert FxRate.objects.standing().count() == 0


def test_members_see_but_do_not_touch(cast):
    product, rate = facts.product(cast.workspace), facts.fx_rate(cast.workspace)
    client = cast.client(cast.member)
    for path in ("products/", "fx-rates/"):
        page = text(client.get(cast.url(path)))
        assert "edit/" not in page
        assert f"{path}new/" not in page
    for path in ("products/new/", "fx-rates/new/", f"products/{product.pk}/edit/", f"products/{product.pk}/void/"):
        assert client.post(cast.url(path), {"reason": "X"}).status_code == 403
    for path in (f"fx-rates/{rate.pk}/edit/", f"fx-rates/{rate.pk}/void/"):
        assert client.post(cast.url(path), {"reason": "X"}).status_code == 403


def test_another_workspaces_rows_do_not_exist(cast):
    product, rate = facts.product(cast.rival, "Secret"), facts.fx_rate(cast.rival)
    client = cast.client(cast.owner)
    for path in (f"products/{product.pk}/edit/", f"fx-rates/{rate.pk}/edit/"):
        assert client.get(cast.url(path)).status_code == 404
    for path in (f"products/{product.pk}/void/", f"fx-rates/{rate.pk}/void/"):
        assert client.post(cast.url(path), {"reason": "X"}).status_code == 404
