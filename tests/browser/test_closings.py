"""Days closed by hand, watched in a real browser while a worker is at it."""

import threading

import pytest
from django.db import connection

from jobs import runs
from tests.night.books import write_contract, write_rate

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def work_elsewhere() -> None:
    """What a worker would do, outside the thread that drives the browser."""

    def work():
        runs.work("slow", seconds=60)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_closing_by_hand_stopped_by_a_missing_rate_and_mended(browser_page, complaints, cast):
    write_contract(cast.workspace, currency="USD")
    page = browser_page
    page.goto(cast.url("closings/"))
    page.get_by_role("button", name="Close days").click()
    page.get_by_text("Waiting for a worker").wait_for()
    page.reload()
    page.get_by_text("Waiting for a worker").wait_for()
    work_elsewhere()
    # The page finds out by itself.
    page.get_by_text("There is no exchange rate for USD on or before 2026-01-01.").wait_for()
    page.get_by_role("link", name="Add the exchange rate").click()
    assert page.get_by_label("Currency").input_value() == "USD"
    assert page.get_by_label("From").input_value() == "2026-01-01"
    write_rate(cast.workspace, "USD", "2026-01-01", "7.1")
    page.go_back()
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Waiting for a worker").wait_for()
    work_elsewhere()
    page.get_by_text("Done. The figures are up to date.").wait_for()
    page.get_by_role("link", name="Closings").first.click()
    page.get_by_role("heading", name="Closed through").wait_for()
    assert complaints.texts == []


def test_list_follows_a_closing(browser_page, complaints, cast):
    write_contract(cast.workspace)
    page = browser_page
    page.goto(cast.url("closings/"))
    page.get_by_text("Nothing has been closed yet").wait_for()
    page.get_by_role("button", name="Close days").click()
    page.goto(cast.url("closings/"))
    page.get_by_text("Waiting", exact=True).wait_for()
    work_elsewhere()
    page.get_by_role("heading", name="Closed through").wait_for()
    page.locator("#closing-status:not([hx-trigger])").wait_for()  # it stops asking
    assert complaints.texts == []
