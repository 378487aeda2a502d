"""What a webhook looks like when it comes in, by page or API."""

from typing import Annotated, Any, Literal

from pydantic import Field

from jobs.webhooks.events import PATTERNS
from workspaces.shapes import Shape, required_text, text


class WebhookShape(Shape):
    """events: types and patterns that the webhook is subscribed to, at least one."""

    url: required_text(2000)
    description: text(200) | None = None
    events: Annotated[list[Literal[tuple(PATTERNS)]], Field(min_length=1, max_length=len(PATTERNS))]
    is_active: bool | None = True


def row_of(hook: Any) -> dict[str, Any]:
    """A webhook as the shape's fields."""
    return {name: getattr(hook, name) for name in WebhookShape.model_fields}
