"""Pages of figures, under /w/<slug>/."""

from django.urls import path

from metrics.views import (
    account_movements,
    breakdown,
    closings,
    cohorts,
    definitions,
    explanation,
    forecast,
    movements,
    my_day,
    overview,
    renewal_rates,
    renewals,
    restatements,
    settings,
    unit_economics,
)

app_name = "metrics"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("accounts/<uuid:pk>/movements/", account_movements.account_movements, name="account_movements"),
    path("breakdown/", breakdown.breakdown, name="breakdown"),
    path("closings/", closings.closing_list, name="closing_list"),
    path("closings/<uuid:pk>/", closings.closing_page, name="closing_page"),
    path("cohorts/", cohorts.cohort_page, name="cohorts"),
    path("cohorts/cell/", cohorts.cohort_cell_page, name="cohort_cell"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("restatements/", restatements.restatement_list, name="restatement_list"),
    path("restatements/<int:pk>/", restatements.restatement_page, name="restatement_page"),
    path("restatements/export/", restatements.restatement_export, name="restatement_export"),
    path("settings/metrics/", settings.metric_settings, name="metric_settings"),
    path("settings/metrics/new/", settings.settings_new, name="settings_new"),
    path("settings/metrics/<int:pk>/", settings.settings_change, name="settings_change"),
    path("settings/metrics/previews/<uuid:pk>/", settings.settings_preview, name="settings_preview"),
    path("metrics/<slug:key>/", explanation.explanation_page, name="explanation"),
    path("my-day/", my_day.my_day, name="my_day"),
    path("my-day/accounts/", my_day.day_accounts, name="day_accounts"),
    path("movements/", movements.movement_list, name="movement_list"),
    path("unit-economics/", unit_economics.channels, name="unit_economics"),
    path("unit-economics/rows/", unit_economics.channel_rows, name="channel_rows"),
    path("renewals/", renewals.renewal_calendar, name="renewal_calendar"),
    path("renewals/list/", renewals.renewal_list, name="renewal_list"),
    path("renewals/rates/", renewal_rates.rates, name="renewal_rates"),
    path("renewals/forecast/", forecast.forecast_page, name="renewal_forecast"),
    path("renewals/forecast/accounts/", forecast.forecast_accounts, name="forecast_accounts"),
]
