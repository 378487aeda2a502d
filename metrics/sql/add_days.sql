-- After write_days.sql: the rows that are missing. A second statement, because one statement does not see what
-- another part of it deleted, and a replaced row would still stand in the way.
with come as (
  insert into metrics_accountday
    (workspace_id, account_id, day, until, balance, other_balances, is_paying, customer_since, kind, amount)
  select %(workspace)s, account_id, day, until, balance, other_balances, is_paying, customer_since, kind, amount
  from new_day n
  where (%(after)s::date is null or n.day > %(after)s) and not exists (
    select from metrics_accountday d
    where d.workspace_id = %(workspace)s and d.account_id = n.account_id and d.day = n.day
  )
  returning account_id, day
)
select min(day) as first_day, count(distinct account_id) as accounts from come;
