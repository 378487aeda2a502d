"""Writing products."""

from functools import partial

from accounts.actions import upsert
from accounts.models import Product
from accounts.shapes import ProductShape
from workspaces import roles

TEXTS = ("code", "description")


def _row_of(product: Product) -> dict:
    return {
        "external_id": product.external_id,
        "name": product.name,
        **{name: getattr(product, name) for name in TEXTS},
    }


def _resolve(batch) -> None:
    for item in batch.good:
        item.values = upsert.plain_values(item.shape, empty_text=TEXTS)


KIND = upsert.Kind(
    noun="product",
    model=Product,
    shape=ProductShape,
    permission=roles.EDIT_MONEY,
    keys_of=lambda raw: upsert.id_key(raw) + upsert.text_key("external_id", raw) + upsert.text_key("name", raw),
    find=lambda batch, keys: upsert.find_by(batch, Product.objects.all(), keys, "external_id", "name"),
    row_of=_row_of,
    resolve=_resolve,
)


# Create or update products; see `upsert.save`. Matched by ``id``, else ``external_id``, else ``name``.
save_products = partial(upsert.save, KIND)
