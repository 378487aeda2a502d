"""What a dashboard can be narrowed to: the menus of its bar, and a page of them for who has no script."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metrics.slice_bar import slice_bar
from metrics.slice_choices import menus
from metrics.slices.reading import is_slicing

# What an address here says beside the page's own.
ADDED = ("at", "of", "picker")


@require_safe
def slice_choices(request, slug):
    """`at`: the page's path; its other parameters as they stand in its address; `of`: the key of one menu alone."""
    path = request.GET.get("at", "")
    if not path.startswith(f"/w/{slug}/") or "//" in path or "\\" in path:
        raise Http404
    kept = {name: value for name, value in request.GET.items() if name not in ADDED and not is_slicing(name)}
    bar = slice_bar(request, kept=kept, has_picker=bool(request.GET.get("picker")), path=path)
    found = menus(bar)
    context = {"bar": bar, "menus": found}
    if of := request.GET.get("of"):
        context["menu"] = next((one for one in found if one.key == of), None)
        if context["menu"] is None:
            raise Http404
    else:
        context["menus"] = [one for one in found if not one.value]
    is_part = request.headers.get("HX-Request")
    return render(request, "metrics/slice_menus.html" if is_part else "metrics/slice_choices.html", context)
