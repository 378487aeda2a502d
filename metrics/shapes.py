"""What people and integrations may say about figures, through any door."""

from workspaces.shapes import Day, ExternalId, Shape, required_text


class AnnotationShape(Shape):
    external_id: ExternalId = None
    date: Day
    text: required_text(200)
