"""What the facts of this app look like when they come in, through any door."""

from workspaces.shapes import Day, ExternalId, Shape, exact, required_text, text


class SpendShape(Shape):
    external_id: ExternalId = None
    date: Day
    channel: required_text(100)
    campaign: text(100) | None = None
    amount: exact(digits=18, places=2, ge=0, le=100_000_000_000)
    note: text(500) | None = None
