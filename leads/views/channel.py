"""Channels, as other pages ask for them."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from leads import queries


@require_GET
def channel_options(request, slug):
    """Options for a field in which an account's channel of origin is typed."""
    return render(request, "leads/channel_options.html", {"names": queries.channel_names(request.workspace)})
