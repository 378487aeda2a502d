"""Help: what there is to read, and the guide itself, in the reader's language."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from b2bops.guide.prose import prose

# What a guide links to → the page here.
PAGES = {"metrics.md": "metrics:definitions", "metrics.zh.md": "metrics:definitions", "api.md": "workspace-api:docs"}
OTHER_TONGUES = {"guide.en.md": "en", "guide.zh.md": "zh-hans"}


@require_safe
def help_page(request, slug):
    """Ways to read on."""
    return render(request, "guide/help.html", {"has_guide": _source(_tongue()) is not None})


@require_safe
def guide_page(request, slug):
    """The user guide."""
    source = _source(_tongue())
    if source is None:
        raise Http404

    def address(target: str) -> str:
        name, _hash, part = target.partition("#")
        if name in OTHER_TONGUES:
            return f"?language={OTHER_TONGUES[name]}"
        if name in PAGES:
            return reverse(PAGES[name], args=[slug])
        return f"#{part}" if part and not name else target if target.startswith("https://") else ""

    trail = [{"label": _("Help"), "href": reverse("help", args=[slug])}]
    return render(request, "guide/guide.html", {"prose": prose(source, address=address), "trail": trail})


def _tongue() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


@cache
def _source(tongue: str) -> str | None:
    """The text of the guide; None in an installation that was made without it."""
    path = Path(settings.BASE_DIR) / "docs" / f"guide.{tongue}.md"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None
