select account_id, null::text as value, customer_since as since from metrics_accountday
    where workspace_id = %(workspace)s and day = customer_since and day <= %(through)s
