"""The API's description: for programs, and as pages for people. No tenant's data is in it, so anyone may read it."""

from functools import wraps

from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import MethodNotAllowed

from b2bops.api.answers import json_answer
from b2bops.api.errors import as_api_error, error_answer
from b2bops.api.openapi import document


def only_shown(view):
    """GET and HEAD; anything else is refused in the API's own shape."""

    @csrf_exempt
    @wraps(view)
    def shown(request, **kwargs):
        if request.method in ("GET", "HEAD"):
            return view(request, **kwargs)
        answer = error_answer(as_api_error(MethodNotAllowed(request.method)))
        answer["Allow"] = "GET, HEAD"
        return answer

    return shown


@only_shown
def schema(request, **kwargs):
    return json_answer(document(), headers={"Cache-Control": "public, max-age=300"})


@only_shown
def human_pages(request, **kwargs):
    """Swagger UI from its package, under the same content security policy as every page."""
    return render(request, "api/docs.html")
