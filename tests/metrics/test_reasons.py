"""Why a month changed, in words: from movements, rates and what was published."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import translation

from accounts.actions import save_contracts
from metrics import reasons
from metrics.closing import close_through
from tests.cast import AT
from tests.metrics.test_overview_page import UNTIL, book, contract, overview  # noqa: F401 - a fixture
from workspaces.scope import workspace_scope

ONE = UUID(int=1)


def said(row, *moved, language="en") -> str:
    with translation.override(language):
        text = reasons.sentence(
            {"mrr_start": Decimal(0), "mrr_end": Decimal(0), "fx": Decimal(0)} | row,
            moved, currency="CNY", language=language, href=lambda pk: f"/{pk.int}/",
        )  # fmt: skip
    return text.replace("\xa0", " ")


def mover(kind, rows, total, amount, name="A & B"):
    return reasons.Mover(kind, rows, Decimal(total), ONE, name, Decimal(amount))


def test_growth_with_its_largest_account():
    text = said(
        {"mrr_start": Decimal(1000), "mrr_end": Decimal(1500), "fx": Decimal(-100)},
        mover("new", 3, "800", "500"), mover("churn", 1, "-200", "-200", "Gone"),
    )  # fmt: skip
    assert text == (
        "MRR grew by ¥500 (50.0 %) to ¥1,500: 3 new customers (+¥800, most of all "
        '<a class="link" href="/1/">A &amp; B</a> with +¥500); 1 left (<a class="link" href="/1/">Gone</a>, −¥200); '
        "exchange rates −¥100."
    )


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"mrr_start": Decimal(0), "mrr_end": Decimal(70)}, "MRR began with ¥70."),
        ({"mrr_start": Decimal(70), "mrr_end": Decimal(70)}, "MRR stayed at ¥70."),
        ({"mrr_start": Decimal(80), "mrr_end": Decimal(60)}, "MRR fell by ¥20 (25.0 %) to ¥60."),
        ({"mrr_start": Decimal(80), "mrr_end": Decimal(0)}, "MRR fell by ¥80 (100.0 %) to ¥0."),
    ],
)
def test_leads(row, text):
    assert said(row) == text


def test_chinese_has_its_own_marks():
    text = said({"mrr_start": Decimal(10), "mrr_end": Decimal(20)}, mover("new", 1, "10", "10"), language="zh-hans")
    assert "：" in text
    assert text.endswith("。")


def test_overview_says_why_and_what_became_of_it(book):  # noqa: F811
    page = overview(book)
    assert (
        page.context["why"]
        .replace("\xa0", " ")
        .startswith("MRR grew by ¥1,750 (116.7 %) to ¥3,250: 1 new customer (<a")
    )
    assert page.context["since_published"] == ""
    with workspace_scope(book.workspace):
        row = contract("E", "Gamma", "2026-02-20", "100")
        save_contracts(workspace=book.workspace, rows=[row], by=book.actor(book.owner))
    close_through(workspace=book.workspace, until=UNTIL, at=AT)
    page = overview(book)
    assert page.context["since_published"] == "First published as ¥3,250; what was entered since moved it by +¥100."
    assert "what was entered since" in page.content.decode()
