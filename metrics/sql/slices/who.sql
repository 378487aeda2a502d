-- Which accounts are in the slice, into which group each falls, and on which days.
--
-- foreign_account: those that ever had a balance in another currency; what they are worth changes with the rates. special:
-- those that must be told apart by day (or, at the rates of one day, by currency); steady: all others that are in the
-- slice, on every day; changing_member: the special ones, with the days; member: both.
foreign_account as materialized (
  select distinct account_id from metrics_accountday
  where workspace_id = %(workspace)s and other_balances is not null
),
special as materialized (
  <<special>>
),
steady as materialized (
  select a.id as account_id, <<steady_value>> as value, f.account_id is not null as is_foreign
  from accounts_account a<<steady_join>>
  left join foreign_account f on f.account_id = a.id
  where a.workspace_id = %(workspace)s<<steady_conditions>>
    and not exists (select from special x where x.account_id = a.id)
),
-- From one change of anything that matters to the next.
piece as not materialized (
  select account_id, from_day, lead(from_day) over (partition by account_id order by from_day) as until
  from (
    select account_id, '-infinity'::date as from_day from special
    union
    select account_id, changed_on from accounts_traitchange
    where workspace_id = %(workspace)s and dimension = any(%(dimensions)s)
  ) cut
),
changing_member as materialized (
  select p.account_id, <<piece_value>> as value, p.from_day, p.until
  from piece p
  join accounts_account a on a.workspace_id = %(workspace)s and a.id = p.account_id<<piece_traits>>
  where true<<piece_conditions>>
),
member as not materialized (
  select account_id, value, '-infinity'::date as from_day, null::date as until from steady
  union all
  select account_id, value, from_day, until from changing_member
)
