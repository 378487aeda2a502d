-- Makes the term ends of the wanted contracts equal to new_term, writing only what differs, and answers with the
-- earliest closed day whose figures changed. With %(after)s, term ends through that day stay as they are.
with gone as (
  delete from metrics_termend e
  using wanted_contract w
  where e.workspace_id = %(workspace)s and e.contract_id = w.contract_id
    and (%(after)s::date is null or e.day > %(after)s) and not exists (
    select from new_term n
    where n.contract_id = e.contract_id and n.number = e.number and n.account_id = e.account_id and n.day = e.day
      and n.grace_ends_on = e.grace_ends_on and n.outcome = e.outcome
      and n.repeats_after is not distinct from e.repeats_after and n.currency = e.currency and n.amount = e.amount
      and n.succeeded_on is not distinct from e.succeeded_on
      and n.successor_signed_on is not distinct from e.successor_signed_on
      and n.value is not distinct from e.value and n.value_renewed is not distinct from e.value_renewed
  )
  returning e.account_id, e.day
)
select min(day) as first_day, count(distinct account_id) as accounts from gone where day <= %(through)s;
