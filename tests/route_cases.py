"""What the walk over all routes must be told: routes outside any workspace, and what the id in a path is of."""

# Stands in every text of acme and in no answer to anybody else.
CANARY = "kanari-7f3a"

# Routes outside any workspace, each with what keeps it harmless.
GLOBAL = {
    "livez": "says ok",
    "healthz": "says what is up",
    "set_language": "sets a cookie",
    "account_login": "sign-in",
    "account_logout": "ends one's own session",
    "account_inactive": "a page",
    "account_signup": "closed",
    "account_reauthenticate": "one's own password",
    "account_change_password": "one's own password",
    "account_set_password": "one's own password",
    "identity_start": "off while no work app is on",
    "identity_connect": "off while no work app is on",
    "identity_back": "off while no work app is on",
    "identity_disconnect": "one's own identity",
    "security": "one's own",
    "session_end": "one's own session",
    "sessions_end": "one's own sessions",
    "mfa_authenticate": "sign-in",
    "mfa_reauthenticate": "one's own code",
    "mfa_activate_totp": "one's own second step",
    "mfa_deactivate_totp": "one's own second step",
    "mfa_view_recovery_codes": "one's own codes",
    "mfa_generate_recovery_codes": "one's own codes",
    "home": "one's own workspaces",
    "gallery": "components without data",
    "first_owner": "needs the printed token",
    "workspace_new": "makes a workspace of one's own",
    "invitation": "needs the token",
    "shared_dashboard": "needs the token",
    "profile": "one's own",
    "digest_unsubscribe": "needs the signed token of a mail",
}

# What stands in a path and is nobody's: the key of a metric.
FIXED = {"key": "mrr"}

# What the id in a route's path is of, by the beginning of its name.
IDS = {
    "account_": "account",
    "attachment_": "attachment",
    "accounts-": "account",
    "contact_": "contact",
    "contacts-": "contact",
    "contract_": "contract",
    "contracts-": "contract",
    "product_": "product",
    "products-": "product",
    "fx_rate_": "fx_rate",
    "fx-rates-": "fx_rate",
    "interaction_": "interaction",
    "interactions-": "interaction",
    "task_": "task",
    "tasks-": "task",
    "spend_": "spend",
    "spend-": "spend",
    "annotation_": "annotation",
    "annotations-": "annotation",
    "custom_field_": "custom_field",
    "custom-fields-": "custom_field",
    "saved_filter_": "saved_filter",
    "saved-filters-": "saved_filter",
    "saved_view_": "saved_view",
    "notification_": "notification",
    "member": "member",
    "hand_over": "member",
    "team_": "team",
    "invitation_": "invitation",
    "api_key_": "api_key",
    "closing": "run",
    "restatement_": "restatement",
    "settings_change": "metric_settings",
    "settings_preview": "run",
    "run_": "run",
    "import_": "import_job",
    "merge_": "merge",
    "merges-": "merge",
    "data_": "run",
    "webhook": "webhook",
    "digest_robot": "robot",
    "shared_link_": "shared_link",
    "dashboard": "dashboard",
}

# Routes of the API, by the beginning of their name, that not everybody may read who may read.
NOT_FOR_READERS = ("webhooks-",)

# What a viewer may send all the same, because it changes nothing of the workspace.
VIEWER_MAY_POST = {
    "accounts:saved_filter_new",  # a filter of their own
    "workspaces:saved_view_new",  # a view of their own
    "workspaces:notification_mark",  # what they were told; of others', it is not there
    "workspaces:notifications_read",  # what they were told
    "workspaces:notification_choices",  # how they are told
    "workspaces:saved_view_default",  # with which view a list opens for them
    "metrics:preferences",  # what they want for themselves
    "metrics:start_page",  # with what the workspace opens for them
    "metrics:digest_now",  # a mail to themselves
    "metrics:dashboard_new",  # a dashboard of their own
    "metrics:dashboard_default",  # with which dashboard they begin
}


def words_of(ids: dict) -> dict[str, str]:
    """The ids of things under every name that a query or a form may know them by."""
    return {
        "account": str(ids["account"]),
        "account_id": str(ids["account"]),
        "contract": str(ids["contract"]),
        "renews": str(ids["contract"]),
        "renews_id": str(ids["contract"]),
        "predecessor": str(ids["contract"]),
        "contact": str(ids["contact"]),
        "product": str(ids["product"]),
        "owner": str(ids["member"]),
        "member": str(ids["member"]),
        "taker": str(ids["member"]),
        "manager": str(ids["member"]),
        "team": str(ids["team"]),
        "channel": str(ids["channel"]),
        "segment": str(ids["saved_filter"]),
        "proposal": str(ids["proposal"] or ids["contract"]),
        "run": str(ids["run"]),
        "id": str(ids["account"]),
        **dict.fromkeys(("pk", "with", "first"), str(ids["account"])),
        "file": str(ids["import_job"]),
        "confirm": "1",
        "reason": "walk",
    }
