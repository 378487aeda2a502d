"""{% chart_table data as table %}: the numbers of a chart, for the table beside it."""

from django import template

from workspaces import chart_tables

register = template.Library()
register.simple_tag(chart_tables.chart_table, name="chart_table")
