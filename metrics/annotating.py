"""Writing the notes that stand on charts."""

from functools import partial

from django.db import transaction

from accounts.actions import upsert
from accounts.actions.voids import standing, void
from metrics.models import Annotation
from metrics.shapes import AnnotationShape
from workspaces import roles
from workspaces.actor import Actor


def _resolve(batch) -> None:
    for item in batch.good:
        item.values = upsert.plain_values(item.shape)


KIND = upsert.Kind(
    noun="annotation",
    model=Annotation,
    shape=AnnotationShape,
    permission=roles.EDIT_FACTS,
    keys_of=lambda raw: upsert.id_key(raw) + upsert.text_key("external_id", raw),
    find=lambda batch, keys: upsert.find_by(batch, Annotation.objects.all(), keys, "external_id"),
    row_of=lambda annotation: upsert.plain_row(annotation, AnnotationShape),
    resolve=_resolve,
    label_of=lambda item: item.values["text"],
)


# Create or update notes; see `upsert.save`. Matched by ``id``, else ``external_id``. No figure depends on them.
save_annotations = partial(upsert.save, KIND)


@transaction.atomic
def void_annotation(*, workspace, pk, reason: str = "", by: Actor) -> Annotation:
    by.require(roles.EDIT_FACTS)
    annotation = standing(Annotation, workspace, pk)
    void([annotation], workspace=workspace, noun=KIND.noun, reason=reason, by=by)
    return annotation
