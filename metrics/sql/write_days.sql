-- Makes the account days of the touched accounts equal to new_day, writing only what differs, and answers with the
-- earliest day on which a figure changed (null: none did) and how many accounts it was.
-- With %(after)s, days through that one stay as they are: they are closed, and a step that closes later ones restates
-- nothing.
-- `until` alone is no change of figures: it moves whenever a later row comes or goes.
update metrics_accountday d
set until = n.until
from new_day n
where d.workspace_id = %(workspace)s and d.account_id = n.account_id and d.day = n.day
  and d.until is distinct from n.until;

with gone as (
  delete from metrics_accountday d
  using touched t
  where d.workspace_id = %(workspace)s and d.account_id = t.account_id
    and (%(after)s::date is null or d.day > %(after)s) and not exists (
    select from new_day n
    where n.account_id = d.account_id and n.day = d.day and n.balance = d.balance
      and n.other_balances is not distinct from d.other_balances and n.customer_since = d.customer_since
      and n.kind is not distinct from d.kind and n.amount is not distinct from d.amount
  )
  returning d.account_id, d.day
)
select min(day) as first_day, count(distinct account_id) as accounts from gone;
