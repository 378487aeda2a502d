"""Values that break careless code: each is refused by field, or taken as written; none is answered 5xx."""

import pytest

NASTY = [
    b"1e99",
    b"-1e30",
    b"9" * 4000,
    b"-0",
    b"0.1e1",
    b'"1e999999999"',
    b'"-1e-999999999"',
    b'"NaN"',
    b'"Infinity"',
    b'"-0"',
    b'"0x10"',
    b'"1_000"',
    b'"\xd9\xa1\xd9\xa2"',
    b'" "',
    b'""',
    b"true",
    b"null",
    b"[]",
    b"[[]]",
    b"{}",
    b'{"a": 1}',
    b'"0000-00-00"',
    b'"2025-02-30"',
    b'"9999-12-31"',
    b'"2025-01-01T00:00:00Z"',
    b'"2025-W01-1"',
    b'"XXX"',
    b'"\\n\\t\\u202e\\u0007"',
    b'"' + b"a" * 100_000 + b'"',
    b'"' + "界".encode() * 50_000 + b'"',
    b'"\xf0\x9f\x90\x89"',
]

FIELDS = {
    "accounts": (
        b'"external_id": "N", "name": "N"',
        ["external_id", "name", "former_names", "credit_code", "employees", "website", "note", "owner"],
    ),
    "contacts": (
        b'"external_id": "N", "name": "N", "account": "A0"',
        ["external_id", "account", "account_id", "name", "roles", "mobile", "email"],
    ),
    "products": (b'"external_id": "N", "name": "N"', ["external_id", "name", "code"]),
    "contracts": (
        b'"external_id": "N", "account": "A0", "currency": "CNY", "starts_on": "2025-01-01"',
        [
            "account",
            "account_id",
            "number",
            "kind",
            "currency",
            "signed_on",
            "starts_on",
            "ends_on",
            "auto_renew",
            "renews",
            "renews_id",
            "tax_included",
            "tax_rate_percent",
            "settlement",
            "end_reason",
            "lines",
        ],
    ),
    "interactions": (
        b'"external_id": "N", "account": "A0", "kind": "call", "happened_on": "2025-01-01"',
        ["account", "kind", "happened_on", "happened_at", "contacts", "subject", "minutes", "next_step_on", "author"],
    ),
    "tasks": (
        b'"external_id": "N", "title": "N"',
        ["account", "account_id", "title", "due_on", "priority", "assignee", "done_at"],
    ),
    "fx-rates": (b'"currency": "USD", "date": "2025-01-01", "rate": "7"', ["currency", "date", "rate", "external_id"]),
    "spend": (
        b'"external_id": "N", "date": "2025-01-01", "channel": "c", "amount": "1"',
        ["date", "channel", "campaign", "amount", "note"],
    ),
}
LINE = b'"product": "core", "quantity": 1, "unit_amount": "1", "interval": "month"'
IN_LINES = [
    "product",
    "quantity",
    "unit_amount",
    "interval",
    "interval_months",
    "discount_percent",
    "starts_on",
    "ends_on",
]


def check(api, path: str, bodies: list[bytes]) -> None:
    """Each body alone and all in a batch: taken or refused, and a refusal names the field or one that it bears on."""
    batch = api.post(f"{path}/batch/", b"[" + b",".join(bodies) + b"]")
    assert batch.status_code == 200, batch.content[:500]
    for body, result in zip(bodies, batch.json()["results"], strict=True):
        assert result["status"] in ("created", "updated", "unchanged", "error"), body[:200]
        assert (result["status"] == "error") == bool(result["errors"]), body[:200]
    for body in bodies:
        answer = api.post(f"{path}/", body)
        assert answer.status_code in (201, 400, 409), (body[:200], answer.content[:300])
        assert len(answer.content) < 400_000
    assert api.get(f"{path}/", limit=200).status_code == 200


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, (_base, names) in FIELDS.items() for name in names])
def test_value_in_a_field(api, path, name):
    api.post("accounts/", {"external_id": "A0", "name": "A0"})
    base = FIELDS[path][0]
    kept = b", ".join(part for part in base.split(b", ") if not part.startswith(f'"{name}"'.encode()))
    check(api, path, [b"{%s, %s: %s}" % (kept, f'"{name}"'.encode(), value) for value in NASTY])


@pytest.mark.parametrize("name", IN_LINES)
def test_value_in_a_line(api, name):
    api.post("accounts/", {"external_id": "A0", "name": "A0"})
    base = FIELDS["contracts"][0].replace(b'"external_id": "N", ', b"")
    kept = b", ".join(part for part in LINE.split(b", ") if not part.startswith(f'"{name}"'.encode()))
    lines = [b"{%s, %s: %s}" % (kept, f'"{name}"'.encode(), value) for value in NASTY]
    check(api, "contracts", [b'{%s, "lines": [%s]}' % (base, line) for line in lines])
