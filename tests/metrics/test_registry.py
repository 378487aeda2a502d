"""The registry, and the documents that stand on it."""

from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

from metrics.management.commands.write_metric_docs import BEGIN, END, PAGES, page
from metrics.ratios import Sums
from metrics.registry import METRICS
from tests.metrics import books

DOCS = Path(settings.BASE_DIR) / "docs"
# Of docs/metrics.md; what a book has beyond these are parts of the bridge.
OF_BOOKS = {books.KEYS.get(key, key) for key in books.book("edges")["expected"]["months"][0]}
# Told by cases of their own (test_committed.py).
LATER = {"committed_mrr", "committed_new", "committed_lost"}
BRIDGE_ONLY = {
    "period", "mrr_start", "new", "expansion", "contraction", "churn", "reactivation", "fx", "customers_start",
}  # fmt: skip


def test_every_metric_of_the_books_is_registered():
    assert set(METRICS) - {"contracts_open", *LATER} == OF_BOOKS - BRIDGE_ONLY


def test_metrics_say_what_they_are():
    for key, metric in METRICS.items():
        assert metric.key == key
        assert metric.unit in {"money", "count", "ratio", "months"}
        assert metric.version >= 1
        for text in (metric.name, metric.formula, metric.description):
            assert str(text).strip(), key


def test_english_page_is_what_the_registry_says():
    text = (DOCS / PAGES["en"]).read_text()
    assert page(text, "en") == text, "run ./run manage write_metric_docs"
    stale = text.replace("mrr × 12", "mrr × 11")
    assert page(stale, "en") == text


@pytest.mark.parametrize("language", PAGES)
def test_every_metric_has_its_entry(language):
    text = (DOCS / PAGES[language]).read_text()
    part = text.partition(BEGIN)[2].partition(END)[0]
    assert part.count("\n### ") == len(METRICS)
    for key in METRICS:
        assert f"(`{key}`)" in part
        assert f'<a id="{key}"></a>' in part


def test_chinese_page_is_what_the_catalogue_says():
    """Read from the .po file, which needs no compiling."""
    with (Path(settings.BASE_DIR) / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file) if not message.fuzzy}
    page_text = (DOCS / PAGES["zh-hans"]).read_text()
    with translation.override("en"):
        for key, metric in METRICS.items():
            for text in map(str, (metric.name, metric.description, metric.formula)):
                assert (catalogue.get(text) or text) in page_text, f"{key}: run ./run manage write_metric_docs"


def test_units_say_how_many_places():
    """Money has two, ratios and months six; counts are whole."""

    sums = Sums(
        **{name: Decimal("7.00") for name in ("mrr_start", "new", "expansion", "reactivation", "mrr_end")},
        contraction=Decimal("-1.00"),
        churn=Decimal("-2.00"),
        customers_start=3,
        customers_end=3,
        new_customers=3,
        churned_customers=1,
        nrr_then=Decimal("3.00"),
        nrr_now=Decimal("2.00"),
        grr_now=Decimal("1.00"),
        contracts_due=3,
        contracts_renewed=1,
        value_due=Decimal("3.00"),
        value_renewed=Decimal("1.00"),
        spend=Decimal("10.00"),
        cac_spend=Decimal("10.00"),
        gross_margin_percent=Decimal("75.00"),
        committed_new=Decimal("4.00"),
        committed_lost=Decimal("1.00"),
        monthly_churn=[(1, 7), (0, 0)],
    )
    for metric in METRICS.values():
        value = metric.compute(sums)
        if metric.unit == "count":
            assert isinstance(value, int), metric.key
        else:
            places = 2 if metric.unit == "money" else 6
            assert value.as_tuple().exponent == -places, metric.key
