"""Help, the guide in the product, and the page that says what each role may do."""

import re

import pytest

from b2bops.guide.prose import prose
from workspaces import roles
from workspaces.permission_words import WORDS, all_permissions


def test_guide_is_read_in_the_readers_language_and_its_links_lead_somewhere(cast):
    client = cast.client(cast.viewer)
    page = client.get(cast.url("help/guide/"))
    text = page.content.decode()
    chapters = [title for _name, title in page.context["prose"].parts]
    assert {"First steps", "My day", "Notifications", "Closings"} <= set(chapters)
    for name, _title in page.context["prose"].parts:
        assert f'id="{name}"' in text
        assert f'href="#{name}"' in text
    article = text.split('class="prose"')[1].split("</article>")[0]
    for mark in ("**", "](", "| ---", "![", "<img", "guide.zh.md)"):
        assert mark not in article
    targets = set(re.findall(r'class="link" href="([^"]*)"', article))
    assert {"?language=zh-hans", "/w/acme/definitions/"} <= targets
    assert "第一步" in client.get(cast.url("help/guide/"), {"language": "zh-hans"}).content.decode()
    help_page = client.get(cast.url("help/")).content.decode()
    for way in ("help/guide/", "definitions/", "settings/roles/", "start/"):
        assert cast.url(way) in help_page


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("a <b> & c", "<p>a &lt;b&gt; &amp; c</p>"),
        ("**bold** and `a*b*c`, *thin*", "<p><strong>bold</strong> and <code>a*b*c</code>, <em>thin</em></p>"),
        ("[x](javascript:alert)", "<p>x</p>"),
        ('[x](to" onclick="y)', "<p>[x](to&quot; onclick=&quot;y)</p>"),
        ("- one\n  more\n- two", "<ul><li>one more</li><li>two</li></ul>"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
        ("## Two words\nText", '<h2 id="two-words">Two words</h2>\n<p>Text</p>'),
        ("```\na < b\n\nc\n```", "<pre><code>a &lt; b\n\nc</code></pre>"),
    ],
)
def test_prose(source, html):
    assert prose(source, address=lambda target: "").html == html


def test_roles_page_is_what_the_roles_say(cast):
    page = cast.client(cast.member).get(cast.url("settings/roles/"))
    heads = page.context["heads"]
    assert [(str(head["label"]), head["count"], head["is_mine"]) for head in heads] == [
        ("Viewer", 1, False),
        ("Member", 1, True),
        ("Manager", 1, False),
        ("Owner", 1, False),
    ]
    rows = dict(zip(all_permissions(), page.context["rows"], strict=True))
    for place, role in enumerate((roles.Viewer, roles.Member, roles.Manager, roles.Owner)):
        assert {key for key, row in rows.items() if row["roles"][place]} == role.permissions
    assert {key for key, row in rows.items() if row["keys"][1]} == roles.SCOPES["write"]


def test_every_permission_has_words():
    assert all_permissions() == list(WORDS)
