"""Headers to fields, rows to entries: what is matched, asked, joined, refused and ordered without a database."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.contract_import import CONTRACTS
from accounts.import_kinds import ACCOUNTS, CONTACTS, FX_RATES, PRODUCTS
from jobs.imports.kinds import import_kinds
from jobs.imports.mapping import Column, Mapping, assign_words, match_columns, open_questions, profiles, unknown_words
from jobs.imports.preparing import prepare
from jobs.imports.reading import read_table
from leads.import_kinds import SPEND
from tests.jobs.imports.files import csv_bytes


def read(kind, *lines):
    """(table, profiles, mapping as matched) of a CSV file."""
    table = read_table(csv_bytes(*lines), "f.csv", known=kind.known_headers)
    columns = profiles(table)
    return table, columns, match_columns(kind, columns)


def fields(mapping) -> dict[int, str]:
    return {index: column.field for index, column in mapping.columns.items()}


def issues(prepared) -> list[tuple[int, str, str]]:
    return [(issue.row, issue.field, issue.message) for issue in prepared.issues]


def test_every_kind_is_there_in_order():
    assert list(import_kinds()) == ["accounts", "contracts", "contacts", "products", "spend", "fx-rates"]


@pytest.mark.parametrize("kind", [ACCOUNTS, CONTRACTS, CONTACTS, PRODUCTS, FX_RATES, SPEND], ids=lambda kind: kind.key)
def test_headers_name_one_field_each(kind):
    """A header that two fields claim would be matched by chance; and a kind's own labels must be known."""
    seen = {}
    for field in kind.fields:
        for header in field.headers:
            assert seen.setdefault(header, field.key) == field.key, header


def test_chinese_contract_headers_are_matched():
    _table, columns, mapping = read(
        CONTRACTS,
        "合同编号,客户名称,签订日期,开始日期,到期日,合同金额（万元）,币种,产品,折扣,税率,是否含税,自动续约",
        "K-1,甲公司,2025年1月2日,2025.1.1,2025.12.31,12,CNY,标准版,8.5折,6%,是,否",
    )
    assert list(fields(mapping).values()) == [
        "number",
        "account",
        "signed_on",
        "starts_on",
        "ends_on",
        "total_amount",
        "currency",
        "product",
        "discount_percent",
        "tax_rate_percent",
        "tax_included",
        "auto_renew",
    ]
    assert mapping.columns[5].multiplier == 10_000
    assert open_questions(CONTRACTS, mapping, columns) == []


def test_chinese_contract_row_is_understood():
    table, _columns, mapping = read(
        CONTRACTS,
        "合同编号,客户名称,签订日期,开始日期,到期日,合同金额（万元）,币种,产品,折扣,税率,是否含税,自动续约",
        "K-1,甲公司,2025年1月2日,2025.1.1,2025.12.31,12,CNY,标准版,8.5折,6%,是,否",
    )
    prepared = prepare(table, CONTRACTS, mapping)
    assert issues(prepared) == []
    (entry,) = prepared.entries
    assert entry.rows == [2]
    assert entry.data == {
        "external_id": "K-1",
        "number": "K-1",
        "account": "甲公司",
        "currency": "CNY",
        "signed_on": date(2025, 1, 2),
        "starts_on": date(2025, 1, 1),
        "ends_on": date(2025, 12, 31),
        "auto_renew": False,
        "tax_included": True,
        "tax_rate_percent": Decimal(6),
        "lines": [
            {
                "product": "标准版",
                "unit_amount": Decimal(120_000),
                "quantity": 1,
                "interval": "term",
                "discount_percent": Decimal(15),
            }
        ],
    }


def test_near_headers_are_matched_and_strange_ones_are_not():
    _table, _columns, mapping = read(ACCOUNTS, "Account ID,Customer name *,Industy,plan_tier,churn_flag", "1,a,b,c,d")
    assert fields(mapping) == {0: "external_id", 1: "name", 2: "industry"}


def test_header_of_monthly_amounts_goes_before_a_billing_column():
    _table, columns, mapping = read(
        CONTRACTS,
        "subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,billing_frequency",
        "S-1,A-1,23-12-2023,,Pro,14,2786,annual",
    )
    assert fields(mapping) == {
        0: "external_id",
        1: "account",
        2: "starts_on",
        3: "ends_on",
        4: "product",
        6: "unit_amount",
    }
    assert mapping.constants == {"interval": "month"}
    assert [message for _column, message in open_questions(CONTRACTS, mapping, columns)] == [
        "No column is chosen for “Currency”."
    ]


def test_ambiguous_date_order_is_asked_and_then_used():
    lines = ["currency,date,rate", "USD,01-03-2025,7.2", "USD,02-03-2025,7.3"]
    table, columns, mapping = read(FX_RATES, *lines)
    assert [column for column, _message in open_questions(FX_RATES, mapping, columns)] == [1]
    assert prepare(table, FX_RATES, mapping).entries == []
    mapping.columns[1].order = "mdy"
    assert open_questions(FX_RATES, mapping, columns) == []
    assert [entry.data["date"] for entry in prepare(table, FX_RATES, mapping).entries] == [
        date(2025, 1, 3),
        date(2025, 2, 3),
    ]


def test_share_or_percentage_is_asked():
    _table, columns, mapping = read(CONTRACTS, "tax_rate", "0.06")
    assert fields(mapping) == {0: "tax_rate_percent"}
    assert (0, "Choose what numbers below 1 mean: 0.06 may be 6 % or 0.06 %.") in open_questions(
        CONTRACTS, mapping, columns
    )


def test_field_chosen_twice_and_missing_fields_are_asked():
    _table, columns, mapping = read(SPEND, "date,channel,amount,cost", "2025-01-01,Search,5,5")
    mapping.columns[3] = Column("amount")
    del mapping.columns[1]
    assert open_questions(SPEND, mapping, columns) == [
        (2, "“Amount” is chosen for more than one column."),
        (3, "“Amount” is chosen for more than one column."),
        (None, "No column is chosen for “Channel”."),
    ]
    mapping.constants["channel"] = "Search"
    assert (None, "No column is chosen for “Channel”.") not in open_questions(SPEND, mapping, columns)


def test_bad_cells_name_row_and_field_and_good_rows_stay():
    table, _columns, mapping = read(
        SPEND,
        "date,channel,amount",
        "2025-02-30,Search,5",
        "2025-03-01,,5",
        "2025-03-01,Search,abc",
        "2025-03-01,Search,5万",
        "2025-03-02,Search",
    )
    prepared = prepare(table, SPEND, mapping)
    assert issues(prepared) == [
        (2, "date", "“2025-02-30”: there is no such day."),
        (3, "channel", "This field is required."),
        (4, "amount", "“abc” is not a number."),
        (6, "", "The row has 2 cells, the header has 3."),
    ]
    assert [(entry.rows, entry.data) for entry in prepared.entries] == [
        ([5], {"date": date(2025, 3, 1), "channel": "Search", "amount": Decimal(50_000)})
    ]


def test_external_id_twice_in_a_file_names_the_first_row():
    table, _columns, mapping = read(ACCOUNTS, "account_id,name", "A-1,a", "A-2,b", "A-1,c")
    prepared = prepare(table, ACCOUNTS, mapping)
    assert issues(prepared) == [(4, "external_id", "The same as in row 2: it may stand in a file only once.")]
    assert [entry.data["name"] for entry in prepared.entries] == ["a", "b"]


def test_rows_of_one_contract_are_its_lines():
    table, _columns, mapping = read(
        CONTRACTS,
        "contract_id,account,currency,start,end,product,price,qty,interval,line start",
        "K-1,A-1,CNY,2025-01-01,2025-12-31,Basic,100,2,monthly,",
        "K-2,A-2,CNY,2025-01-01,2025-12-31,Basic,100,1,年,",
        "K-1,A-1,CNY,2025-01-01,2025-12-31,Extra,50,1,monthly,2025-07-01",
    )
    prepared = prepare(table, CONTRACTS, mapping)
    assert issues(prepared) == []
    assert [(entry.data["external_id"], entry.rows) for entry in prepared.entries] == [("K-1", [2, 4]), ("K-2", [3])]
    assert prepared.entries[0].data["lines"] == [
        {"product": "Basic", "quantity": Decimal(2), "unit_amount": Decimal(100), "interval": "month"},
        {
            "product": "Extra",
            "quantity": Decimal(1),
            "unit_amount": Decimal(50),
            "interval": "month",
            "starts_on": date(2025, 7, 1),
        },
    ]
    assert prepared.entries[1].data["lines"][0]["interval"] == "year"


def test_rows_of_one_contract_that_disagree_or_repeat_are_refused_together():
    table, _columns, mapping = read(
        CONTRACTS,
        "contract_id,account,currency,start,product,price,interval",
        "K-1,A-1,CNY,2025-01-01,Basic,100,month",
        "K-1,A-1,USD,2025-01-01,Extra,50,month",
        "K-2,A-1,CNY,2025-01-01,Basic,100,month",
        "K-2,A-1,CNY,2025-01-01,Basic,100,month",
        "K-3,A-1,CNY,2025-01-01,Basic,100,month",
    )
    prepared = prepare(table, CONTRACTS, mapping)
    assert issues(prepared) == [
        (2, "", "Left out because of row 3 of the same contract."),
        (3, "currency", "This differs from row 2 of the same contract."),
        (4, "", "Left out because of row 5 of the same contract."),
        (5, "external_id", "The same as in row 4: it may stand in a file only once."),
    ]
    assert [entry.data["external_id"] for entry in prepared.entries] == ["K-3"]


def test_a_contract_is_left_out_whole_when_a_row_of_it_cannot_be_understood():
    table, _columns, mapping = read(
        CONTRACTS,
        "contract_id,account,currency,start,product,price,interval",
        "K-1,A-1,CNY,2025-01-01,Basic,100,month",
        "K-1,A-1,CNY,2025-01-01,Extra,fifty,month",
        "K-2,A-1,CNY,2025-01-01,Basic,100,month",
        "K-2,A-1,CNY,2025-01-01,Extra,50,month,too much",
        ",A-1,CNY,2025-01-01,Basic,100,month",
        ",A-1,CNY,2025-01-01,Basic,x,month",
        "K-3,A-1,CNY,2025-01-01,Basic,100,month",
    )
    prepared = prepare(table, CONTRACTS, mapping)
    assert issues(prepared) == [
        (2, "", "Left out because of row 3 of the same contract."),
        (3, "unit_amount", "“fifty” is not a number."),
        (4, "", "Left out because of row 5 of the same contract."),
        (5, "", "The row has 8 cells, the header has 7."),
        (7, "unit_amount", "“x” is not a number."),
    ]
    assert [entry.rows for entry in prepared.entries] == [[6], [8]]


def test_amount_and_total_in_one_row_is_refused():
    table, _columns, mapping = read(
        CONTRACTS, "contract_id,account,currency,start,product,price,total", "K-1,A-1,CNY,2025-01-01,Basic,100,1200"
    )
    assert issues(prepare(table, CONTRACTS, mapping)) == [
        (2, "total_amount", "Give the amount per interval or the contract total, not both.")
    ]


def test_successor_is_written_after_its_predecessor_and_circles_are_refused():
    lines = [
        f"K-{n},A-1,CNY,2025-01-01,{renews}"
        for n, renews in [(1, "K-2"), (2, "K-3"), (3, ""), (4, "K-4"), (5, "K-6"), (6, "K-5"), (7, "K-5")]
    ]
    table, _columns, mapping = read(CONTRACTS, "contract_id,account,currency,start,renews", *lines)
    prepared = prepare(table, CONTRACTS, mapping)
    assert [entry.data["external_id"] for entry in prepared.entries] == ["K-3", "K-2", "K-1", "K-7"]
    message = "It follows itself, directly or in a circle."
    assert issues(prepared) == [(5, "renews", message), (6, "renews", message), (7, "renews", message)]


def test_parents_come_first_wherever_they_stand_and_circles_are_refused():
    rows = [
        ("A-1", "One", "A-3"),
        ("A-2", "Two", "Four"),
        ("A-3", "Three", "Elsewhere"),
        ("A-4", "Four", "A-1"),
        ("A-5", "Five", "Six"),
        ("A-6", "Six", "A-5"),
        ("A-7", "Seven", "Seven"),
        ("A-8", "Twin", "A-2"),
        ("A-9", "Ten", "Twin"),
        ("A-10", "Twin", ""),
    ]
    table, _columns, mapping = read(ACCOUNTS, "id,name,parent", *(",".join(row) for row in rows))
    prepared = prepare(table, ACCOUNTS, mapping)
    order = ["A-3", "A-1", "A-4", "A-2", "A-8", "A-9", "A-10"]
    assert [entry.data["external_id"] for entry in prepared.entries] == order
    message = "This account is above that one already."
    assert issues(prepared) == [(6, "parent", message), (7, "parent", message), (8, "parent", message)]


def test_rows_are_left_out_by_a_rule_and_constants_fill_the_rest():
    table, _columns, mapping = read(
        SPEND, "date,amount,type", "2025-01-01,5,paid", "2025-01-02,6,Test", "2025-01-03,7,paid"
    )
    mapping.constants["channel"] = "Search"
    mapping.skip = [(2, "test")]
    prepared = prepare(table, SPEND, mapping)
    assert prepared.skipped == [3]
    assert [entry.data["channel"] for entry in prepared.entries] == ["Search", "Search"]
    assert Mapping.from_json(mapping.as_json()) == mapping


def test_unknown_words_of_a_choice_are_assigned_by_hand():
    table, columns, mapping = read(
        CONTRACTS,
        "contract_id,account,currency,start,type",
        "K-1,A-1,CNY,2025-01-01,SaaS",
        "K-2,A-1,CNY,2025-01-01,Rahmen",
    )
    index = mapping.column_of("kind")
    field = CONTRACTS.by_key["kind"]
    assert unknown_words(field, columns[index]) == ["Rahmen"]
    assert issues(prepare(table, CONTRACTS, mapping)) == [(3, "kind", "“Rahmen” is not one of the choices.")]
    mapping.columns[index].words = assign_words(field, {"Rahmen": "project", "x": "nonsense"})
    assert [entry.data["kind"] for entry in prepare(table, CONTRACTS, mapping).entries] == ["subscription", "project"]


def test_dash_is_no_value_and_long_term_has_no_end():
    table, _columns, mapping = read(
        CONTRACTS, "contract_id,account,currency,start,end,renews", "K-1,A-1,CNY,2025-01-01,长期,-"
    )
    (entry,) = prepare(table, CONTRACTS, mapping).entries
    assert "ends_on" not in entry.data
    assert "renews" not in entry.data


def test_blank_cells_keep_what_is_there():
    table, _columns, mapping = read(ACCOUNTS, "account_id,name,industry", "A-1,a,")
    assert prepare(table, ACCOUNTS, mapping).entries[0].data == {"external_id": "A-1", "name": "a"}


def test_former_names_and_roles_are_lists():
    table, _columns, mapping = read(CONTACTS, "account,name,roles", "A-1,某某,决策者、signer", "A-1,b,boss")
    prepared = prepare(table, CONTACTS, mapping)
    assert prepared.entries[0].data["roles"] == ["decision_maker", "signer"]
    assert issues(prepared) == [(3, "roles", "“boss” is not one of the choices.")]
