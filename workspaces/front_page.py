"""Where a workspace opens. What members chose belongs to an app above this one, so it is asked for by its URL name."""

from django.urls import NoReverseMatch, reverse


def front_page_url(slug: str) -> str:
    """What leads on to the page that a member chose, or where there is none the page that says what to do first."""
    try:
        return reverse("metrics:open", args=[slug])
    except NoReverseMatch:
        return reverse("start", args=[slug])
