"""Every page with a list or a table can be taken along as a file, or says here why not; no cell of a file runs in a
spreadsheet, and nobody gets one who may not.
"""

import csv
import io
import json
import re

import pytest

from tests.accounts import facts
from tests.metrics.books import close
from tests.routes import all_routes
from tests.test_every_route import world  # noqa: F401 - the fixture
from workspaces.exports import is_formula
from workspaces.models import Activity
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)
EVIL = '=HYPERLINK("https://evil.example","x")'
# Lists and tables as files, by their names; more are welcome, fewer are not.
LEAST = {
    *("account_list", "contact_list", "contract_list", "product_list", "fx_rate_list", "task_list", "spend_list"),
    *("import_list", "notifications", "webhook_list", "digest_settings", "annotation_list", "goal_page", "activity"),
    *("members", "teams", "api_keys", "roles", "custom_fields", "shared_link_list", "metric_settings"),
    *("day_accounts", "closing_list", "spend_months", "account_duplicates", "open_renewals", "saved_filter_list"),
}
# What stands in the address of a page that shows nothing without it.
ASKED = {
    "metrics:channel_rows": {"period": "2025", "interval": "year"},
    "metrics:cohort_cell": {"by": "month", "measure": "customers", "cohort": "2025-01", "period": "2025-02"},
    "accounts:account_merge": {"with": ""},
}
# Pages with a list or a table of which there is no file, each with why.
WITHOUT_A_FILE = {
    "metrics:my_day": "begins lists that stand whole, with their files, behind each heading",
    "metrics:overview": "its tables go into one workbook, as sheets: there is no CSV of them",
    "metrics:dashboard": "its tiles and charts are those of other pages; each chart has its file",
    "metrics:restatement_list": "its menu leads to the file of the whole log",
    "metrics:restatement_page": "one entry of the log, whose file has its rows",
    "metrics:closing_page": "the progress of one run",
    "metrics:renewal_calendar": "its menu leads to the file of the list, narrowed to the month",
    "metrics:settings_preview": "what a change would make of the figures, before it is made",
    "metrics:annotation_new": "a form",
    "accounts:account_page": "parts of lists that have files: contracts, contacts, tasks; movements have one of their own",
    "accounts:account_timeline": "told, not tabled; what it tells of is in the activity and the files of the lists",
    "accounts:account_merge": "a question with two accounts side by side",
    "accounts:merge_page": "one event of the activity",
    "accounts:contact_page": "one contact",
    "accounts:contract_page": "one contract, whose lines are in the file of contracts",
    "accounts:contract_panel": "the beginning of a contract's page",
    "accounts:contact_panel": "the beginning of a contact's page",
    "accounts:account_panel": "the beginning of an account's page",
    "accounts:task_panel": "one task, and a few others of its account",
    "accounts:interaction_page": "one interaction",
    "accounts:hand_over": "a form",
    "accounts:account_files": "files of an account, downloaded one by one",
    "accounts:interaction_files": "files of an interaction, downloaded one by one",
    "accounts:find": "what is looked for while one types",
    "jobs:import_map": "a question about columns",
    "jobs:import_preview": "nothing is imported yet; rows with errors have a file that can be mended and imported again",
    "jobs:import_undo": "a question about what would be undone; what was, the import's page has as a file",
    "jobs:webhook_delivery": "one event",
    "workspaces:member": "a form",
    "workspaces:invitation_new": "a form",
    "data:data": "the place where everything is taken along at once",
    "data:data_export": "one export",
    "data:data_erasure": "one erasure",
    "data:contact_erase": "a question before somebody is erased",
    "data:member_erase": "a question before somebody is erased",
    "start": "first steps",
    "guide": "the user's guide",
    "workspaces:notification_choices": "a form",
}
LISTED = re.compile(r'<table|<ul class="(?:rows|told|timeline)')


def lists():
    """Names and addresses of acme's pages that need no id."""
    found = [(route.name, route.path(slug="acme")) for route in all_routes() if not route.parameters]
    return [
        (name.rpartition(":")[2], path) for name, path in found if path.startswith("/w/acme/") and "/api/" not in path
    ]


def test_no_file_of_any_page_runs_in_a_spreadsheet(cast):
    acme = cast.workspace
    account = facts.account(acme, EVIL, note="@x", channel="+c", tags=["-t"], external_id="=E")
    facts.contact(account, "-1+1", note="\t=x")
    facts.contract(account, number="=N", note="+x", line={"product": "=P"})
    facts.product(acme, "@P")
    facts.task(acme, "=T", account_id=str(account.pk))
    facts.fx_rate(acme)
    owner, viewer = cast.client(cast.owner), cast.client(cast.viewer)
    files = set()
    for name, path in lists():
        answer = owner.get(path, {"download": "csv"})
        if not answer.get("Content-Type", "").startswith("text/csv"):
            continue
        files.add(name)
        text = b"".join(answer.streaming_content).decode()
        assert text.startswith("\ufeff"), name
        cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row]
        assert not [cell for cell in cells if is_formula(cell) and not re.fullmatch(r"[-+]?[\d.]+", cell)], name
        assert viewer.get(path, {"download": "csv"}).status_code == 403, name
        book = owner.get(path, {"download": "xlsx"})
        assert book.status_code == 200, name
        book.close()
    assert files >= LEAST


def main_of(html: str) -> str:
    """What the page itself shows, without the shell around it and without charts, which bring their own files."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r'<details class="chart-table">.*?</details>', "", main, flags=re.S)


def offers_file(client, path: str, asked: dict) -> bool:
    """The page answers with both files to what its menu asks."""
    for name in ("download", "export"):
        answers = [client.get(path, asked | {name: one}) for one in ("csv", "xlsx")]
        kinds = [answer.get("Content-Type", "") for answer in answers]
        for answer in answers:
            b"".join(answer) if answer.streaming else None
            answer.close()
        if kinds[0].startswith("text/csv") and "spreadsheet" in kinds[1]:
            return True
    return False


def shown_pages(world, owner):  # noqa: F811 - the fixture
    """(route, path, query, html) of every page of acme that an owner can open."""
    for route in all_routes():
        if not route.is_tenant_page or route.is_catch_all:
            continue
        path, asked = world.path(route, "acme"), ASKED.get(route.name, {})
        answer = owner.get(path, asked)
        if answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html"):
            yield route, path, asked, answer.content.decode()


def test_every_list_and_chart_has_a_file(world):  # noqa: F811 - the fixture
    cast = world.cast
    close(cast.workspace, "2026-02-28")
    owner = cast.client(cast.owner)
    lacking, with_charts = {}, set()
    for route, path, asked, html in shown_pages(world, owner):
        if "data-chart=" in html:
            with_charts.add(route.name)
            assert html.count("data-chart=") == html.count('name="format" value="xlsx"'), route.name
        if LISTED.search(main_of(html)) and not offers_file(owner, path, asked):
            lacking[route.name] = path
    assert set(lacking) <= set(WITHOUT_A_FILE), {name: lacking[name] for name in set(lacking) - set(WITHOUT_A_FILE)}
    assert {"metrics:overview", "metrics:unit_economics", "metrics:renewal_rates"} <= with_charts


def test_exceptions_are_of_pages_that_there_are():
    assert set(WITHOUT_A_FILE) <= {route.name for route in all_routes()}


TABLE = [["=Step", "MRR"], ["Dec 25", "1142000.00"], [EVIL, "-27900"], ["-1+1", ""]]


def test_a_chart_s_table_comes_back_as_a_harmless_file(cast):
    path = cast.url("table-file/?period=2026-02")
    body = {"name": 'MRR: "a/b"', "table": json.dumps(TABLE), "format": "csv"}
    answer = cast.client(cast.member).post(path, body)
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows == [["'=Step", "MRR"], ["Dec 25", "1142000.00"], [f"'{EVIL}", "-27900"], ["'-1+1", ""]]
    with workspace_scope(cast.workspace):
        taken = Activity.objects.filter(verb="exported").latest("id")
    assert taken.subject_label == "MRR a b"
    assert taken.after == {"file_format": "csv", "narrowed_by": "period=2026-02"}
    book = cast.client(cast.member).post(path, body | {"format": "xlsx"})
    assert b"".join(book).startswith(b"PK")
    book.close()


def test_a_chart_s_table_goes_to_nobody_who_may_not_export(cast):
    path, body = cast.url("table-file/"), {"name": "MRR", "table": json.dumps(TABLE), "format": "csv"}
    assert cast.client(cast.viewer).post(path, body).status_code == 403
    with workspace_scope(cast.workspace):
        assert not Activity.objects.filter(verb="exported").exists()


@pytest.mark.parametrize("table", ["", "{}", "[]", "[1]", "[[1]]", '[["x"]' + ',["x"]' * 2000 + "]", "[[[]]]", "nul"])
def test_what_is_no_table_is_refused(cast, table):
    answer = cast.client(cast.owner).post(cast.url("table-file/"), {"name": "x", "table": table, "format": "csv"})
    assert answer.status_code == 400
    assert cast.client(cast.owner).post(cast.url("table-file/"), {"table": "[[]]", "format": "pdf"}).status_code == 404
