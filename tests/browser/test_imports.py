"""A file is imported and taken back, in a real browser."""

import pytest

from accounts.actions import save_accounts
from accounts.models import Account
from jobs.models import ImportJob, Run
from jobs.runs import claim_one, execute
from tests.accounts import facts
from tests.front.test_pages import PHONE, violations
from workspaces.batch import one
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CSV = "id,name,industry\nC-1,兰海国际,零售\nC-2,新客户,教育\nC-3,老客户,医疗\n"


def write(cast) -> None:
    """What a worker does."""
    with workspace_scope(cast.workspace):
        run = Run.objects.get(pk=ImportJob.objects.get().run_id)
    assert claim_one(run)
    execute(run.pk, run.workspace_id)


def test_an_import_is_undone_but_for_what_was_changed_since(browser_page, complaints, cast):
    page = browser_page
    facts.account(cast.workspace, "兰海物流", external_id="C-1", industry="物流")
    page.goto(cast.url("imports/new/?kind=accounts"))
    page.locator("[name=file]").set_input_files(
        {"name": "customers.csv", "mimeType": "text/csv", "buffer": CSV.encode()}
    )
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("Waiting for a worker").wait_for()
    write(cast)
    page.get_by_text("Imported.").wait_for()
    with workspace_scope(cast.workspace):
        row = {"external_id": "C-3", "region": "杭州"}
        one(save_accounts(workspace=cast.workspace, rows=[row], by=cast.actor(cast.member)))

    page.get_by_role("button", name="Undo…").click()
    page.get_by_text("Nothing is undone yet.").wait_for()
    page.get_by_text("industry: 零售 → 物流").wait_for()
    page.get_by_role("link", name="What stays 1").click()
    page.get_by_text("Changed since: region.").wait_for()
    assert page.locator("tbody tr").count() == 1
    found = []
    for look in ("theme=light&language=en", "theme=dark&language=zh-hans"):
        page.goto(page.url.split("?")[0] + f"?{look}", wait_until="networkidle")
        found += violations(page)
        page.set_viewport_size({"width": PHONE, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
        page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(page.url.split("?")[0] + "?language=en")

    page.get_by_role("button", name="Undo the import").click()
    page.get_by_text("Undone by").wait_for()
    page.get_by_text("Changed since: region.").wait_for()
    found += violations(page)
    with workspace_scope(cast.workspace):
        names = Account.objects.standing().order_by("external_id").values_list("name", "industry")
        assert list(names) == [("兰海物流", "物流"), ("老客户", "医疗")]
    assert page.get_by_role("button", name="Undo…").count() == 0
    assert found == []
    assert complaints.texts == []


def test_cells_that_were_mended_are_not_left_unasked(browser_page, cast):
    page = browser_page
    page.goto(cast.url("imports/new/?kind=accounts"))
    content = b"id,name,employees\nC-1,Lanhai,many\nC-2,Anhe,12\n"
    page.locator("[name=file]").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("link", name="Errors 1").click()
    cell = page.locator("td.error input")
    cell.fill("120")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="All rows").click(no_wait_after=True)
    cell.click()
    assert asked == ["beforeunload"]
    assert cell.input_value() == "120"
    page.get_by_role("button", name="Check again").click()
    page.get_by_text("No row has an error any more.").wait_for()
