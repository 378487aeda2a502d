"""Who may come: channels and what is spent on them."""

from leads.models.channel import Channel
from leads.models.spend import Spend

__all__ = ["Channel", "Spend"]
