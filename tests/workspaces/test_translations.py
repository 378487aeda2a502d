"""The command that keeps translations: what it finds, and what it must not let pass."""

import gettext
import re
from io import StringIO

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.translation import gettext as gettext_of_django

PO = "locale/zh_Hans/LC_MESSAGES/django.po"
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'


@pytest.fixture
def root(tmp_path):
    """A small project with a message of every kind."""
    (tmp_path / "shop" / "migrations").mkdir(parents=True)
    (tmp_path / "shop" / "migrations" / "0001.py").write_text('_("never seen")')
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_shop.py").write_text('_("nor this")')
    (tmp_path / "shop" / "texts.py").write_text(
        'gettext("Order")\n'
        'ngettext("%(n)s order", "%(n)s orders", n)\n'
        'pgettext_lazy("month", "May")\n'
        'gettext("Hello {name}")\n'
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        "<h1>{% translate 'Basket' %}</h1>\n"
        '      {% if x %}it\'s "odd" (indented\n'
        '   {% include "a.html" with label=_("Buy now") only %}\n'
        "{% blocktranslate trimmed with n=count %}\n   You have\n   {{ n }} things.\n{% endblocktranslate %}\n"
        "{% blocktranslate count n=count %}{{ n }} left{% plural %}{{ n }} still left{% endblocktranslate %}\n"
        "{% translate '100% sure' %}"
    )
    return tmp_path


def run(root, option) -> str:
    out = StringIO()
    call_command("translations", option, root=root, stdout=out)
    return out.getvalue()


def translated(root, **changes: str) -> None:
    """A full catalogue, then single lines of it replaced."""
    text = HEAD + "\n".join(
        [
            'msgid "Order"\nmsgstr "订单"\n',
            'msgid "%(n)s order"\nmsgid_plural "%(n)s orders"\nmsgstr[0] "%(n)s 个订单"\n',
            'msgctxt "month"\nmsgid "May"\nmsgstr "五月"\n',
            'msgid "Hello {name}"\nmsgstr "你好，{name}"\n',
            'msgid "Basket"\nmsgstr "购物车"\n',
            'msgid "Buy now"\nmsgstr "立即购买"\n',
            'msgid "You have %(n)s things."\nmsgstr "您有 %(n)s 件商品。"\n',
            'msgid "%(n)s left"\nmsgid_plural "%(n)s still left"\nmsgstr[0] "还剩 %(n)s 件"\n',
            'msgid "100%% sure"\nmsgstr "100%% 确定"\n',
        ]
    )
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (root / PO).parent.mkdir(parents=True, exist_ok=True)
    (root / PO).write_text(text, encoding="utf-8")


def test_write_finds_every_kind_of_message(root):
    assert run(root, "--write") == "9 messages, 9 without a translation.\n"
    text = (root / PO).read_text(encoding="utf-8")
    for message in (
        "Order",
        "%(n)s orders",
        "Hello {name}",
        "Basket",
        "Buy now",
        "You have %(n)s things.",
        "100%% sure",
    ):
        assert f'"{message}"' in text
    assert 'msgctxt "month"' in text
    assert "never seen" not in text
    assert "nor this" not in text
    run(root, "--write")
    assert (root / PO).read_text(encoding="utf-8") == text


def test_write_keeps_translations_and_drops_what_is_unused(root):
    translated(root, 购物车="篮子")
    (root / "shop" / "texts.py").write_text('gettext("Order")\ngettext("Refund")\n')
    assert run(root, "--write") == "7 messages, 1 without a translation.\n"
    text = (root / PO).read_text(encoding="utf-8")
    assert "篮子" in text
    assert "五月" not in text


def test_check_passes_a_full_catalogue_which_compiles(root):
    translated(root)
    run(root, "--check")
    run(root, "--compile")
    with (root / PO).with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("Basket") == "购物车"
    assert catalogue.ngettext("%(n)s order", "%(n)s orders", 2) == "%(n)s 个订单"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgstr "订单"', 'msgstr ""', "missing: 'Order' (shop/texts.py)"),
        ('msgid "Basket"', 'msgid "Old basket"', "missing: 'Basket' (templates/page.html)"),
        ('msgid "Basket"', 'msgid "Old basket"', "unused: 'Old basket'"),
        ('msgid "Basket"', '#, fuzzy\nmsgid "Basket"', "fuzzy: 'Basket'"),
        ("你好，{name}", "你好，{nom}", "other placeholders: 'Hello {name}'"),
        ("%(n)s 个订单", "%(n)d 个订单", "other placeholders: '%(n)s order'"),
        ("还剩 %(n)s 件", "还剩不多", "other placeholders: '%(n)s left'"),
        ("购物车", "购物车\\n", "other line ends: 'Basket'"),
    ],
)
def test_check_fails_for(root, old, new, fault):
    translated(root, **{old: new})
    with pytest.raises(CommandError) as refusal:
        run(root, "--check")
    assert fault in str(refusal.value)


def test_chinese_is_polite(settings):
    """Ours, and what Django says of passwords, which would say 你."""
    assert "你" not in (settings.BASE_DIR / PO).read_text(encoding="utf-8")
    with translation.override("zh-hans"):
        said = [*password_validators_help_texts(), gettext_of_django("This password is too common.")]
    assert all("你" not in text and re.search("[一-鿿]", text) for text in said), said
