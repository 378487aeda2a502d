"""Products: what contract lines name."""

from accounts.actions import save_products, void_product
from accounts.models import Product
from accounts.shapes import ProductShape
from b2bops.api import columns as c
from b2bops.api.collection import Collection
from workspaces import roles

PRODUCTS = Collection(
    name="products",
    noun="product",
    shape=ProductShape,
    model=Product,
    save=save_products,
    void=void_product,
    permission=roles.EDIT_MONEY,
    columns=(
        *c.identity(),
        c.required_text("name", 100, is_sortable=True),
        c.text("code", 50, is_filter=True),
        c.text("description", 500),
        *c.instants(),
    ),
)
