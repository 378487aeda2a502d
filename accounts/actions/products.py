"""Writing products."""

from django.utils.translation import gettext as _

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
    names = {item.shape.name for item in batch.good}
    taken = dict(
        Product.objects.filter(workspace=batch.workspace, name__in=names, voided_at__isnull=True).values_list("name", "pk")
    )
    first: dict[str, int] = {}
    for item in batch.good:
        item.values = upsert.plain_values(item.shape, empty_text=TEXTS)
        name = item.shape.name
        if name in first:
            item.refuse("name", _("This stands twice: the first time in row %(row)s.") % {"row": first[name] + 1})
        elif name in taken and (item.existing is None or taken[name] != item.existing.pk):
            item.is_conflict = item.existing is None
            item.refuse("name", _("Another product has this name."))
        first.setdefault(name, item.index)


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


def save_products(*, workspace, rows, by, mode="upsert", dry_run=False, is_demo=False, match_names=False):
    """Create or update products; see `upsert.save`. Matched by ``id``, else ``external_id``, else ``name``."""
    return upsert.save(
        KIND, workspace=workspace, rows=rows, by=by, mode=mode, dry_run=dry_run, is_demo=is_demo, match_names=match_names
    )
