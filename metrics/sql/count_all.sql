-- What is counted of all accounts, as it is.
truncate counted_day, counted_term, counted_span;

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

-- Only spans that are committed on some day.
insert into counted_span
select 1, s.account_id, nullif(s.currency, %(base)s), s.mrr, s.first_day, s.last_day, s.known_from, s.end_known_from
from metrics_linespan s
where s.workspace_id = %(workspace)s and (s.known_from < s.first_day or s.end_known_from <= s.last_day);
analyze counted_span;
