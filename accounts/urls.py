from django.urls import path

from accounts.views import account, contact, contract, fx_rate, handover, product, renewal

app_name = "accounts"
urlpatterns = [
    path("accounts/", account.account_list, name="account_list"),
    path("accounts/totals/", account.account_totals, name="account_totals"),
    path("accounts/suggestions/", account.account_suggestions, name="account_suggestions"),
    path("accounts/new/", account.account_new, name="account_new"),
    path("accounts/<uuid:pk>/", account.account_page, name="account_page"),
    path("accounts/<uuid:pk>/timeline/", account.account_timeline, name="account_timeline"),
    path("accounts/<uuid:pk>/edit/", account.account_edit, name="account_edit"),
    path("accounts/<uuid:pk>/void/", account.account_void, name="account_void"),
    path("accounts/hand-over/<uuid:pk>/", handover.hand_over, name="hand_over"),
    path("contacts/", contact.contact_list, name="contact_list"),
    path("contacts/new/", contact.contact_new, name="contact_new"),
    path("contacts/<uuid:pk>/", contact.contact_page, name="contact_page"),
    path("contacts/<uuid:pk>/edit/", contact.contact_edit, name="contact_edit"),
    path("contacts/<uuid:pk>/void/", contact.contact_void, name="contact_void"),
    path("contracts/", contract.contract_list, name="contract_list"),
    path("contracts/new/", contract.contract_new, name="contract_new"),
    path("contracts/renewals/", renewal.open_renewals, name="open_renewals"),
    path("contracts/renewals/decide/", renewal.decide_renewals, name="decide_renewals"),
    path("contracts/<uuid:pk>/", contract.contract_page, name="contract_page"),
    path("contracts/<uuid:pk>/edit/", contract.contract_edit, name="contract_edit"),
    path("contracts/<uuid:pk>/void/", contract.contract_void, name="contract_void"),
    path("products/", product.product_list, name="product_list"),
    path("products/new/", product.product_new, name="product_new"),
    path("products/<uuid:pk>/edit/", product.product_edit, name="product_edit"),
    path("products/<uuid:pk>/void/", product.product_void, name="product_void"),
    path("fx-rates/", fx_rate.fx_rate_list, name="fx_rate_list"),
    path("fx-rates/new/", fx_rate.fx_rate_new, name="fx_rate_new"),
    path("fx-rates/<uuid:pk>/edit/", fx_rate.fx_rate_edit, name="fx_rate_edit"),
    path("fx-rates/<uuid:pk>/void/", fx_rate.fx_rate_void, name="fx_rate_void"),
]
