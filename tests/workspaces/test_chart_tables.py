"""The table beside a chart says in full what the chart draws."""

import pytest

from workspaces.chart_tables import Cell, chart_table


def test_waterfall_lists_its_steps_with_signs_and_links():
    table = chart_table(
        {
            "kind": "waterfall",
            "unit": "money",
            "currency": "CNY",
            "steps": [
                {"label": "Dec 25", "value": "1142000.00", "role": "total"},
                {"label": "New", "value": "86400.5", "role": "new", "url": "/rows"},
                {"label": "Churn", "value": "-27900", "role": "churn", "url": ""},
            ],
        }
    )
    assert [(row.label, row.url, row.cells) for row in table.rows] == [
        ("Dec 25", "", [Cell("¥1,142,000", "1142000.00")]),
        ("New", "/rows", [Cell('<span title="+¥86,400.50">+¥86,401</span>', "86400.5")]),
        ("Churn", "", [Cell("−¥27,900", "-27900")]),
    ]


def test_lines_stand_newest_first_and_keep_gaps():
    table = chart_table(
        {
            "kind": "lines",
            "unit": "count",
            "so_far": "so far",
            "x": ["Nov 25", "Dec 25", "Jan 26"],
            "series": [{"name": "Customers", "values": [None, 398, 412]}],
        }
    )
    assert table.head[1:] == ["Customers"]
    assert [(row.label, row.cells[0].text, row.cells[0].value) for row in table.rows] == [
        ("Jan 26 (so far)", "412", "412"),
        ("Dec 25", "398", "398"),
        ("Nov 25", "—", ""),
    ]


def test_movements_end_with_their_net():
    table = chart_table(
        {
            "kind": "movements",
            "unit": "money",
            "currency": "CNY",
            "x": ["Jan 26"],
            "series": [{"name": "New", "values": [900]}, {"name": "Churn", "values": [-400]}],
            "net": {"name": "Net", "values": [500]},
        }
    )
    assert table.head[1:] == ["New", "Churn", "Net"]
    assert [cell.text for cell in table.rows[0].cells] == ["+¥900", "−¥400", "+¥500"]


def test_percentages_are_written_with_two_places():
    table = chart_table(
        {"kind": "lines", "unit": "percent", "x": ["Jan 26"], "series": [{"name": "Churn", "values": ["0.00754"]}]}
    )
    assert table.rows[0].cells == [Cell("0.75\u00a0%", "0.00754")]


def test_unknown_kind_has_no_table():
    with pytest.raises(KeyError):
        chart_table({"kind": "pie"})


def test_bars_keep_their_order_and_say_what_they_compare():
    table = chart_table(
        {
            "kind": "bars",
            "unit": "money",
            "currency": "CNY",
            "of": "Channel",
            "x": ["Search", "Fair"],
            "series": [{"name": "CAC", "values": [400.25, None]}, {"name": "LTV", "values": [320, 900]}],
        }
    )
    assert table.head == ["Channel", "CAC", "LTV"]
    assert [(row.label, [cell.text for cell in row.cells]) for row in table.rows] == [
        ("Search", ['<span title="¥400.25">¥400</span>', "¥320"]),
        ("Fair", ["—", "¥900"]),
    ]
