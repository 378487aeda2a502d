several_currencies as materialized (
  select account_id from slice_run
  group by 1 having count(distinct currency) > 1
)
