"""The API's description: for programs, and as pages for people. No tenant's data is in it, so anyone may read it."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from b2bops.api.answers import json_answer
from b2bops.api.openapi import document


@require_safe
def schema(request, **kwargs):
    return json_answer(document(), headers={"Cache-Control": "public, max-age=300"})


@require_safe
def human_pages(request, **kwargs):
    """Swagger UI from its package, under the same content security policy as every page."""
    return render(request, "api/docs.html")
