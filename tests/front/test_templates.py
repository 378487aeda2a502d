"""What every template keeps to: no inline style or script, named inputs, icons that exist, a place in the gallery."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from b2bops.navigation import GROUPS
from workspaces import formats

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
ICONS = Path(settings.BASE_DIR) / "frontend" / "icons.json"

INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "hx-on, which evaluates": re.compile(r"\bhx-on\b"),
    "a script without a source": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an address outside": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//(?!www\.w3\.org)", re.IGNORECASE),
}
ICON_TAG = re.compile(r"{%\s*icon\s+[\"']([a-z0-9-]+)[\"']")
ICON_ARGUMENT = re.compile(r"\bicon=[\"']([a-z0-9-]+)[\"']")


def all_templates() -> list[Path]:
    """Of pages; mails bring their styles along, as mail programs read no others."""
    return sorted(path for path in TEMPLATES.rglob("*.html") if path.parent.name != "mail")


def what_is_inline(text: str) -> list[str]:
    """The kinds of inline code in a template's text; the content security policy would refuse each."""
    return [kind for kind, pattern in INLINE.items() if pattern.search(text)]


def unknown_icons(text: str, known: set[str]) -> set[str]:
    return set(ICON_TAG.findall(text) + ICON_ARGUMENT.findall(text)) - known


def test_no_template_has_inline_style_or_script():
    found = {
        str(path.relative_to(TEMPLATES)): kinds
        for path in all_templates()
        if (kinds := what_is_inline(path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(
    "bad",
    [
        '<div style="color:red">',
        "<style>p{}</style>",
        "<button onclick='go()'>",
        '<a hx-on:click="go()">',
        "<script>go()</script>",
        '<a href="javascript:go()">',
        '<img src="https://cdn.example/x.png">',
        '<script src="//cdn.example/x.js"></script>',
    ],
)
def test_the_check_for_inline_code_sees_each_kind(bad):
    assert what_is_inline(bad) != []


def test_data_blocks_and_own_scripts_are_permitted():
    assert (
        what_is_inline('<script type="application/json" id="x">{}</script><script src="/static/app.js" defer></script>')
        == []
    )


def test_every_icon_is_in_the_sprite():
    known = set(json.loads(ICONS.read_text()))
    missing = {
        str(path.relative_to(TEMPLATES)): bad
        for path in all_templates()
        if (bad := unknown_icons(path.read_text(), known))
    }
    assert missing == {}


def test_the_check_for_icons_sees_an_unknown_one():
    assert unknown_icons('{% icon "no-such" %}{% include "x" with icon="nor-this" only %}', {"plus"}) == {
        "no-such",
        "nor-this",
    }


def test_navigation_icons_are_in_the_sprite():
    assert {entry.icon for group in GROUPS for entry in group} <= set(json.loads(ICONS.read_text()))


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_component_opens_with_a_comment_naming_its_inputs(path):
    first = path.read_text().splitlines()[0]
    assert first.startswith("{#"), "the first line must be a comment"
    assert first.rstrip().endswith("#}")


def unknown_classes(text: str, css: str) -> set[str]:
    """The literal classes of a template that no rule of the style sheets names: typing errors and leftovers."""
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", css))
    used = re.findall(r'class="([^"]*)"', text)
    return {name for value in used for name in re.sub(r"{%.*?%}|{{.*?}}", " ", value).split()} - known


def test_every_class_has_a_rule():
    css = "".join(path.read_text() for path in (Path(settings.BASE_DIR) / "frontend" / "css").glob("*.css"))
    unknown = {
        str(path.relative_to(TEMPLATES)): bad
        for path in all_templates()
        if (bad := unknown_classes(path.read_text(), css))
    }
    assert unknown == {}


def test_the_check_for_classes_sees_an_unknown_one():
    assert unknown_classes('<p class="card {% if x %}wide{% endif %} {{ tone }} crad">', ".card { } .wide { }") == {
        "crad"
    }


def reached_from(text: str, seen: set[str]) -> set[str]:
    """The components a template includes, and those that these include."""
    for name in re.findall(r"include \"components/([a-z_]+)\.html\"", text):
        if name not in seen:
            seen.add(name)
            reached_from((TEMPLATES / "components" / f"{name}.html").read_text(), seen)
    return seen


def test_every_component_is_in_the_gallery_and_the_list():
    names = {path.stem for path in COMPONENTS}
    gallery = (TEMPLATES / "gallery" / "gallery.html").read_text() + (TEMPLATES / "base.html").read_text()
    assert names - reached_from(gallery, set()) == set()
    listed = set(
        re.findall(
            r"[a-z_]+",
            " ".join(re.findall(r"^\| ([a-z_ /]+) \|", (TEMPLATES / "components" / "README.md").read_text(), re.M)),
        )
    )
    assert names - listed - {"field_notes", "keys_dialog"} == set()


def test_component_includes_isolate_their_context():
    """`only` keeps a component from reading what it does not name."""
    loose = {
        f"{path.relative_to(TEMPLATES)}: {tag}"
        for path in all_templates()
        for tag in re.findall(r"{%\s*include \"components/[^%]*%}", path.read_text())
        if not re.search(r"\bonly\s*%}$", tag)
    }
    assert loose == set()


def test_axes_write_currencies_as_everything_else():
    script = (Path(settings.BASE_DIR) / "frontend" / "charts" / "tokens.js").read_text()
    (line,) = re.findall(r"^const symbols = (.*);$", script, re.M)
    assert dict(re.findall(r'([A-Z]{3}): "([^"]+)"', line)) == formats.SYMBOLS
