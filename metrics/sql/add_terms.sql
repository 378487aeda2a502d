with come as (
  insert into metrics_termend
    (workspace_id, contract_id, number, account_id, day, grace_ends_on, outcome, repeats_after, currency, amount,
      succeeded_on, successor_signed_on, value, value_renewed)
  select %(workspace)s, contract_id, number, account_id, day, grace_ends_on, outcome, repeats_after, currency, amount,
    succeeded_on, successor_signed_on, value, value_renewed
  from new_term n
  where (%(after)s::date is null or n.day > %(after)s) and not exists (
    select from metrics_termend e
    where e.workspace_id = %(workspace)s and e.contract_id = n.contract_id and e.number = n.number
  )
  returning account_id, day
)
select min(day) as first_day, count(distinct account_id) as accounts from come where day <= %(through)s;
