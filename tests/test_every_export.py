"""Every page that can be taken along as a file: no cell of it runs in a spreadsheet, and nobody gets it who may not."""

import csv
import io
import re

import pytest

from tests.accounts import facts
from tests.routes import all_routes
from workspaces.exports import is_formula

pytestmark = pytest.mark.django_db(transaction=True)
EVIL = '=HYPERLINK("https://evil.example","x")'
# Lists and tables as files, by their names; more are welcome, fewer are not.
LEAST = {"account_list", "contact_list", "contract_list", "product_list", "fx_rate_list", "task_list", "spend_list"}


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
