from django.urls import path, re_path

from b2bops.api import errors
from b2bops.api.accounts import ACCOUNTS
from b2bops.api.annotations import ANNOTATIONS
from b2bops.api.closings import ClosingItem, ClosingList
from b2bops.api.committed import Committed
from b2bops.api.contacts import CONTACTS
from b2bops.api.contracts import CONTRACTS
from b2bops.api.custom_fields import CUSTOM_FIELDS
from b2bops.api.documents import human_pages, schema
from b2bops.api.explanations import Explain, ExplainCohort
from b2bops.api.facts import FactBatch, FactItem, FactList
from b2bops.api.fx_rates import FX_RATES
from b2bops.api.interactions import INTERACTIONS
from b2bops.api.ledger import Ledger
from b2bops.api.merges import Duplicates, MergeItem, Merging, Splitting
from b2bops.api.metrics import Bridge, Cohorts, Registry, Series
from b2bops.api.movements import Movements
from b2bops.api.products import PRODUCTS
from b2bops.api.renewals import ForecastAccounts, ForecastView, RenewalRates, Renewals
from b2bops.api.restatements import Restatements
from b2bops.api.saved_filters import SAVED_FILTERS
from b2bops.api.settings import MetricSettingsList
from b2bops.api.spend import SPEND
from b2bops.api.tasks import TASKS
from b2bops.api.unit_economics import UnitEconomics
from b2bops.api.webhook_deliveries import DeliveryItem, DeliveryList, DeliveryReplay, WebhookPing, WebhookReplay
from b2bops.api.webhooks import EventTypes, WebhookItem, WebhookList

COLLECTIONS = (
    ACCOUNTS,
    CONTACTS,
    PRODUCTS,
    CONTRACTS,
    FX_RATES,
    SPEND,
    INTERACTIONS,
    TASKS,
    CUSTOM_FIELDS,
    SAVED_FILTERS,
    ANNOTATIONS,
)

app_name = "api"
urlpatterns = []
for collection in COLLECTIONS:
    name = collection.name
    urlpatterns += [
        path(f"{name}/", FactList.as_view(collection=collection), name=f"{name}-list"),
        path(f"{name}/batch/", FactBatch.as_view(collection=collection), name=f"{name}-batch"),
        path(f"{name}/<uuid:id>/", FactItem.as_view(collection=collection), name=f"{name}-item"),
    ]
urlpatterns += [
    path("accounts/<uuid:id>/ledger/", Ledger.as_view(), name="accounts-ledger"),
    path("accounts/duplicates/", Duplicates.as_view(), name="accounts-duplicates"),
    path("accounts/<uuid:id>/merge/", Merging.as_view(), name="accounts-merge"),
    path("merges/<uuid:id>/", MergeItem.as_view(), name="merges-item"),
    path("merges/<uuid:id>/split/", Splitting.as_view(), name="merges-split"),
    path("closings/", ClosingList.as_view(), name="closings-list"),
    path("closings/<uuid:id>/", ClosingItem.as_view(), name="closings-item"),
    path("metrics/", Registry.as_view(), name="metrics-registry"),
    path("metrics/series/", Series.as_view(), name="metrics-series"),
    path("metrics/bridge/", Bridge.as_view(), name="metrics-bridge"),
    path("metrics/movements/", Movements.as_view(), name="metrics-movements"),
    path("metrics/restatements/", Restatements.as_view(), name="metrics-restatements"),
    path("settings/metrics/", MetricSettingsList.as_view(), name="settings-metrics"),
    path("metrics/cohorts/", Cohorts.as_view(), name="metrics-cohorts"),
    path("metrics/renewals/", Renewals.as_view(), name="metrics-renewals"),
    path("metrics/renewal-rates/", RenewalRates.as_view(), name="metrics-renewal-rates"),
    path("metrics/unit-economics/", UnitEconomics.as_view(), name="metrics-unit-economics"),
    path("metrics/committed/", Committed.as_view(), name="metrics-committed"),
    path("metrics/forecast/", ForecastView.as_view(), name="metrics-forecast"),
    path("metrics/forecast/accounts/", ForecastAccounts.as_view(), name="metrics-forecast-accounts"),
    path("webhooks/", WebhookList.as_view(), name="webhooks-list"),
    path("webhooks/event-types/", EventTypes.as_view(), name="webhook-event-types"),
    path("webhooks/<uuid:id>/", WebhookItem.as_view(), name="webhooks-item"),
    path("webhooks/<uuid:id>/ping/", WebhookPing.as_view(), name="webhooks-ping"),
    path("webhooks/<uuid:id>/replay/", WebhookReplay.as_view(), name="webhooks-replay"),
    path("webhooks/<uuid:id>/deliveries/", DeliveryList.as_view(), name="webhooks-deliveries"),
    path("webhooks/<uuid:id>/deliveries/<uuid:delivery>/", DeliveryItem.as_view(), name="webhooks-delivery"),
    path(
        "webhooks/<uuid:id>/deliveries/<uuid:delivery>/replay/",
        DeliveryReplay.as_view(),
        name="webhooks-delivery-replay",
    ),
    path("metrics/cohorts/explain/", ExplainCohort.as_view(), name="metrics-cohorts-explain"),
    path("metrics/<slug:key>/explain/", Explain.as_view(), name="metrics-explain"),
    path("schema/", schema, name="schema"),
    path("docs/", human_pages, name="docs"),
    re_path(r"", errors.no_such_address),
]
