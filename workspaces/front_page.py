"""Where a workspace opens. The overview belongs to an app above this one, so it is asked for by its URL name."""

from django.urls import NoReverseMatch, reverse


def front_page_url(slug: str) -> str:
    """The overview, or where there is none the page that says what to do first."""
    try:
        return reverse("metrics:overview", args=[slug])
    except NoReverseMatch:
        return reverse("start", args=[slug])
