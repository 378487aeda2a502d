"""Forms of a whole fact that somebody else changes while they are open."""

import pytest
from django import forms
from django.http import QueryDict

from accounts.actions import save_accounts, save_contracts, save_fx_rates, save_interactions, save_products
from accounts.forms.rows import RowForm
from accounts.models import Account, Contract
from tests.accounts import facts
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")


def opened(client, url) -> dict:
    """What a browser would send of the form as it stands."""
    context = client.get(url).context
    form = context["form"]
    typed = {name: form[name].value() for name in form.fields}
    for line in getattr(form, "lines", []):
        if line.initial.get("product"):
            typed |= {line.add_prefix(name): line[name].value() for name in line.fields}
    sent = {name: value for name, value in typed.items() if value not in (None, False)}
    return sent | {"seen": context["seen"]}


def change(cast, save, fact, **row):
    with workspace_scope(cast.workspace):
        (result,) = save(
            workspace=cast.workspace, rows=[{"id": str(fact.pk)} | row], by=cast.actor(cast.manager), mode="update"
        )
    assert result.status == "updated"


def now(cast, fact):
    with workspace_scope(cast.workspace):
        return type(fact).objects.get(pk=fact.pk)


def said(response, name) -> str:
    return " ".join(response.context["form"].errors.get(name, []))


def test_what_only_somebody_else_changed_is_taken_over(cast):
    made = facts.account(cast.workspace, industry="Retail", tags=["VIP"], note="Old")
    url = cast.url(f"accounts/{made.pk}/edit/")
    client = cast.client(cast.member)
    typed = opened(client, url) | {"note": "Mine"}
    change(cast, save_accounts, made, industry="Logistics", tags=["VIP", "Pilot"])
    response = client.post(url, typed, follow=True)
    assert "Saved. What others changed meanwhile stays: Industry, Tags." in response.content.decode()
    after = now(cast, made)
    assert (after.note, after.industry, after.tags) == ("Mine", "Logistics", ["Pilot", "VIP"])


def test_what_two_changed_is_asked_once_and_keeps_what_was_typed(cast):
    made = facts.account(cast.workspace, industry="Retail", region="East", note="Old")
    url = cast.url(f"accounts/{made.pk}/edit/")
    client = cast.client(cast.member)
    typed = opened(client, url) | {"note": "Mine", "industry": "Software"}
    change(cast, save_accounts, made, note="Theirs", region="North")
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert f"{cast.manager.user} changed this while the form was open." in said(refused, "__all__")
    assert said(refused, "note") == "Changed meanwhile; it says “Theirs”. Save again to replace it."
    assert said(refused, "region") == "Changed meanwhile; this is how it stands now."
    assert said(refused, "industry") == ""
    form = refused.context["form"]
    assert [form[name].value() for name in ("note", "industry", "region")] == ["Mine", "Software", "North"]
    assert now(cast, made).note == "Theirs"
    again = {name: form[name].value() or "" for name in form.fields} | {"seen": refused.context["seen"]}
    assert client.post(url, again).status_code == 302
    after = now(cast, made)
    assert (after.note, after.industry, after.region) == ("Mine", "Software", "North")


def test_a_zero_is_taken_over_as_a_zero():
    class OneNumber(RowForm):
        number = forms.IntegerField(required=False)

    form = OneNumber(QueryDict("number=5"), initial={"number": 0})
    form.take_over("number")
    assert form.typed() == {"number": "0"}


def test_two_who_want_the_same_are_not_asked(cast):
    made = facts.account(cast.workspace, note="Old")
    url = cast.url(f"accounts/{made.pk}/edit/")
    client = cast.client(cast.member)
    typed = opened(client, url) | {"note": "Both"}
    change(cast, save_accounts, made, note="Both")
    assert client.post(url, typed).status_code == 302


def test_what_was_emptied_is_named(cast):
    made = facts.account(cast.workspace, note="Old")
    url = cast.url(f"accounts/{made.pk}/edit/")
    client = cast.client(cast.member)
    typed = opened(client, url) | {"note": "Mine"}
    change(cast, save_accounts, made, note=None)
    assert said(client.post(url, typed), "note") == "Emptied meanwhile. Save again to fill it."


def test_minutes_that_two_wrote_are_both_kept(cast):
    made = facts.interaction(facts.account(cast.workspace), minutes="Old")
    url = cast.url(f"accounts/interactions/{made.pk}/edit/")
    client = cast.client(cast.member)
    typed = opened(client, url) | {"minutes": "Mine"}
    change(cast, save_interactions, made, minutes="Theirs")
    assert "it says “Theirs”" in said(client.post(url, typed), "minutes")
    assert now(cast, made).minutes == "Theirs"


@pytest.mark.parametrize("marks", ["", "[]", "{", '{"name": 3, "__proto__": 1}'])
def test_marks_of_no_form_are_none(cast, marks):
    made = facts.account(cast.workspace)
    url = cast.url(f"accounts/{made.pk}/edit/")
    client = cast.client(cast.member)
    assert client.post(url, opened(client, url) | {"seen": marks}).status_code in (302, 422)
    assert now(cast, made).name == made.name


def test_terms_of_a_contract_are_looked_at_together(cast):
    made = facts.contract(facts.account(cast.workspace), number="HT-1")
    url = cast.url(f"contracts/{made.pk}/edit/")
    client = cast.client(cast.member)
    assert client.post(url, opened(client, url) | {"note": "First"}).status_code == 302, "nobody else changed it"
    typed = opened(client, url) | {"note": "Mine"}
    line = {"product": "Core", "quantity": 3, "unit_amount": "900", "interval": "year"}
    change(cast, save_contracts, made, ends_on="2026-06-30", lines=[line])
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert said(refused, "ends_on") == "Changed meanwhile; this is how it stands now."
    assert "Lines: Changed meanwhile; this is how it stands now." in said(refused, "__all__")
    form = refused.context["form"]
    assert [form["ends_on"].value(), form["note"].value()] == ["2026-06-30", "Mine"]
    assert [each["unit_amount"].value() for each in form.filled_lines] == ["900"]
    assert now(cast, made).note == "First"


def test_lines_that_two_changed_keep_what_was_typed(cast):
    made = facts.contract(facts.account(cast.workspace), number="HT-1")
    url = cast.url(f"contracts/{made.pk}/edit/")
    client = cast.client(cast.member)
    typed = opened(client, url) | {"lines-0-quantity": "7"}
    line = {"product": "Core", "quantity": 3, "unit_amount": "900", "interval": "year"}
    change(cast, save_contracts, made, lines=[line])
    refused = client.post(url, typed)
    assert "Lines: Changed meanwhile; it says “Core 3 × 900”. Save again to replace it." in said(refused, "__all__")
    (kept,) = refused.context["form"].filled_lines
    assert kept["quantity"].value() == "7"
    with workspace_scope(cast.workspace):
        assert Contract.objects.get().lines.get().quantity == 3
        assert Account.objects.count() == 1


def test_products_and_rates_are_brought_together_too(cast):
    client = cast.client(cast.manager)
    product, rate = facts.product(cast.workspace, code="C1"), facts.fx_rate(cast.workspace)
    url = cast.url(f"products/{product.pk}/edit/")
    typed = opened(client, url) | {"description": "Mine"}
    change(cast, save_products, product, code="C2")
    assert client.post(url, typed).status_code == 302
    assert (now(cast, product).code, now(cast, product).description) == ("C2", "Mine")
    url = cast.url(f"fx-rates/{rate.pk}/edit/")
    typed = opened(client, url) | {"date": "2026-01-02"}
    change(cast, save_fx_rates, rate, rate="7.2")
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert said(refused, "rate") == "Changed meanwhile; this is how it stands now."
    assert str(now(cast, rate).date) == "2026-01-01"
