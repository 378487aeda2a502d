"""At most eight queries for a list, all told: key, scope and rows. The number of rows does not matter."""

import pytest

from b2bops.api.urls import COLLECTIONS

MOST = 8


def rows_of(kind: str, count: int) -> list[dict]:
    match kind:
        case "accounts":
            return [
                {
                    "external_id": f"A{n}",
                    "name": f"Company {n}",
                    "owner": "owner@example.com",
                    "custom": {"guide": "owner@example.com"},
                    "parent": f"A{n - 1}" if n else None,
                }
                for n in range(count)
            ]
        case "contacts":
            return [{"external_id": f"P{n}", "name": f"Person {n}", "account": f"A{n}"} for n in range(count)]
        case "custom-fields":
            keys = ["guide", *(f"field_{n}" for n in range(1, count))]
            return [{"key": key, "name": key, "kind": "person"} for key in keys]
        case "saved-filters":
            return [{"external_id": f"V{n}", "name": f"V{n}", "conditions": {"tag": ["x"]}} for n in range(count)]
        case "products":
            return [{"name": f"Product {n}"} for n in range(count)]
        case "contracts":
            line = {"quantity": 2, "unit_amount": "10.5", "interval": "month"}
            return [
                {
                    "external_id": f"C{n}",
                    "account": f"A{n}",
                    "currency": "CNY",
                    "starts_on": "2025-01-01",
                    "lines": [line | {"product": "core"}, line | {"product": f"Product {n}"}],
                }
                for n in range(count)
            ]
        case "fx-rates":
            return [{"currency": "USD", "date": f"2025-01-{n + 1:02}", "rate": "7.1"} for n in range(count)]
        case "interactions":
            talk = {"kind": "call", "happened_on": "2025-01-01", "author": "owner@example.com"}
            return [talk | {"external_id": f"I{n}", "account": f"A{n}", "contacts": [f"P{n}"]} for n in range(count)]
        case "tasks":
            return [{"external_id": f"T{n}", "title": f"Task {n}", "account": f"A{n}"} for n in range(count)]
        case "annotations":
            return [{"external_id": f"N{n}", "date": f"2025-01-{n + 1:02}", "text": f"Note {n}"} for n in range(count)]
        case _:
            return [{"date": f"2025-01-{n + 1:02}", "channel": f"Channel {n}", "amount": "100"} for n in range(count)]


@pytest.mark.parametrize("kind", [collection.name for collection in COLLECTIONS])
@pytest.mark.parametrize("count", [1, 25])
def test_list_queries(api, kind, count, django_assert_max_num_queries):
    api.post("custom-fields/", rows_of("custom-fields", 1)[0])
    for named in ("accounts", "contacts")[: 1 if kind == "contacts" else 2]:
        api.post(f"{named}/batch/", rows_of(named, 25))
    answer = api.post(f"{kind}/batch/", rows_of(kind, count))
    assert {row["status"] for row in answer.json()["results"]} <= {"created", "unchanged"}, answer.json()
    api.get(f"{kind}/")  # notes the key's use
    with django_assert_max_num_queries(MOST) as counted:
        answer = api.get(f"{kind}/")
    used = len(counted.captured_queries)
    assert len(answer.json()["results"]) == (25 if kind == "accounts" else count)
    api.post(f"{kind}/batch/", rows_of(kind, 25))
    with django_assert_max_num_queries(used):
        assert len(api.get(f"{kind}/").json()["results"]) == 25
