"""Products: the list, entering, changing and voiding one."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import kept_lists, list_files, lists, queries
from accounts.actions import save_products, void_product
from accounts.forms.product import ProductForm
from accounts.models import Product
from accounts.views.changing import save_form, wait_for_turn
from accounts.views.voiding import reason_given
from workspaces import formats, roles
from workspaces.batch import Conflict
from workspaces.forms.meanwhile import seen
from workspaces.list_page import ListPage


@require_GET
def product_list(request, slug):
    page = ListPage(request, kept_lists.PRODUCTS)
    page.show(lists.PRODUCTS, queries.standing_products(request.workspace), list_files.PRODUCTS)
    if page.answer is not None:
        return page.answer
    count = page.list.totals.count
    return page.render(
        "accounts/product_list.html",
        {
            "title": _("Products"),
            "placeholder": _("Search names, codes"),
            "rows": page.cells(),
            "summary": ngettext("%(count)s product", "%(count)s products", count) % {"count": formats.number(count)},
            "may_edit": request.actor.has_permission(roles.EDIT_MONEY),
        },
    )


@require_http_methods(["GET", "POST"])
def product_new(request, slug):
    request.actor.require(roles.EDIT_MONEY)
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def product_edit(request, slug, pk):
    request.actor.require(roles.EDIT_MONEY)
    wait_for_turn(request, "product")
    return _form_page(request, _product_or_404(request.workspace, pk))


def _form_page(request, product: Product | None):
    form = ProductForm(
        request.POST if request.method == "POST" else None,
        initial=ProductForm.initial_of(product) if product else None,
    )
    if request.method == "POST" and save_form(request, form, save_products, noun="product", fact=product) is not None:
        return redirect("accounts:product_list", request.workspace.slug)
    return render(
        request,
        "accounts/product_form.html",
        {"form": form, "product": product, "seen": seen(form) if product else ""},
        status=422 if form.is_refused else 200,
    )


@require_POST
def product_void(request, slug, pk):
    request.actor.require(roles.EDIT_MONEY)
    product = _product_or_404(request.workspace, pk)
    reason = reason_given(request)
    if not reason:
        return redirect("accounts:product_edit", slug, pk)
    try:
        void_product(workspace=request.workspace, pk=product.pk, reason=reason, by=request.actor)
    except Conflict as conflict:
        for message in conflict.errors["row"]:
            messages.error(request, message)
        return redirect("accounts:product_edit", slug, pk)
    messages.success(request, _("%(name)s was voided.") % {"name": product})
    return redirect("accounts:product_list", slug)


def _product_or_404(workspace, pk) -> Product:
    return get_object_or_404(queries.standing_products(workspace), pk=pk)
