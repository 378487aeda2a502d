-- What is counted of all accounts, as it is.
truncate counted_day, counted_term;

insert into counted_day
select 1, account_id, day, until, balance, other_balances, is_paying, kind, amount
from metrics_accountday
where workspace_id = %(workspace)s;
analyze counted_day;

insert into counted_term
select 1, day, outcome, value, value_renewed
from metrics_termend
where workspace_id = %(workspace)s and day <= %(through)s;
analyze counted_term;
