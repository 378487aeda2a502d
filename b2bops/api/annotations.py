"""Notes at a day, shown on charts over time."""

from b2bops.api import columns as c
from b2bops.api.collection import Collection
from metrics.annotating import save_annotations, void_annotation
from metrics.models import Annotation
from metrics.shapes import AnnotationShape
from workspaces import roles

ANNOTATIONS = Collection(
    name="annotations",
    noun="annotation",
    shape=AnnotationShape,
    model=Annotation,
    save=save_annotations,
    void=void_annotation,
    permission=roles.EDIT_FACTS,
    columns=(
        *c.identity(),
        c.date("date", is_nullable=False, is_sortable=True),
        c.required_text("text", 200),
        *c.instants(),
    ),
)
