"""What is printed under the address of an installation that has its demo company."""

import json

import pytest

from launch import database
from launch.checkout import Checkout
from launch.stack import FirstStart

OWNER = "postgres://b2bops_owner@localhost/b2bops"


@pytest.mark.parametrize("noted", ["http://127.0.0.1:8002", None])
def test_login_is_printed_with_the_address_of_today(tmp_path, monkeypatch, noted):
    checkout = Checkout(tmp_path)
    checkout.make_local()
    monkeypatch.setattr("launch.database.is_empty", lambda _url: False)
    now = "http://127.0.0.1:8001"
    start = FirstStart(checkout, steps=None, owner_url=OWNER, url=now)
    note = {
        "database": database.name_of(OWNER),
        "loaded": True,
        "lines": [f"{noted or now}/w/demo/", "demo@b2bops.example  word"],
    }
    start.note.write_text(json.dumps(note | ({"url": noted} if noted else {})))
    assert start.lines(no_demo=False) == [f"{now}/w/demo/", "demo@b2bops.example  word"]
