several_currencies as materialized (
  select account_id from slice_run join foreign_account using (account_id)
  group by 1 having count(distinct currency) > 1
)
