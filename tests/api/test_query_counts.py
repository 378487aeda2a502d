"""At most eight queries for a list, all told: key, scope and rows. The number of rows does not matter."""

import pytest

MOST = 8


def rows_of(kind: str, count: int) -> list[dict]:
    match kind:
        case "accounts":
            return [
                {"external_id": f"A{n}", "name": f"Company {n}", "owner": "owner@example.com"} for n in range(count)
            ]
        case "contacts":
            return [{"external_id": f"P{n}", "name": f"Person {n}", "account": f"A{n}"} for n in range(count)]
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
        case _:
            return [{"date": f"2025-01-{n + 1:02}", "channel": f"Channel {n}", "amount": "100"} for n in range(count)]


@pytest.mark.parametrize("kind", ["accounts", "contacts", "products", "contracts", "fx-rates", "spend"])
@pytest.mark.parametrize("count", [1, 25])
def test_list_queries(api, kind, count, django_assert_max_num_queries):
    api.post("accounts/batch/", rows_of("accounts", 25))
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
