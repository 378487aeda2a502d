"""Error pages stand without a request: whatever broke may have broken that too."""

import pytest
from django.template.loader import render_to_string

PAGES = {
    "400.html": "This request could not be read",
    "403.html": "You may not do this",
    "403_csrf.html": "This form is out of date",
    "404.html": "Page not found",
    "429.html": "Too many attempts",
    "500.html": "Something went wrong on our side",
}


@pytest.mark.parametrize(("template", "heading"), PAGES.items())
def test_error_page_renders_without_a_request(template, heading):
    assert f"<h1>{heading}</h1>" in render_to_string(template)


def test_the_page_of_a_server_error_offers_nothing_that_needs_the_server():
    assert "<form" not in render_to_string("500.html").split("<template")[0].split("toasts")[0]
