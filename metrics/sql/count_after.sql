-- What is counted of the touched accounts and wanted contracts as it is: what the step computed and wrote.
insert into counted_day
select 1, account_id, day, until, balance, other_balances, is_paying, kind, amount from new_day;
analyze counted_day;

insert into counted_term
select 1, day, outcome, value, value_renewed from new_term where day <= %(through)s;
analyze counted_term;

-- Only spans that are committed on some day.
insert into counted_span
select 1, s.account_id, nullif(s.currency, %(base)s), s.mrr, s.first_day, s.last_day, s.known_from, s.end_known_from
from metrics_linespan s join touched t on t.account_id = s.account_id
where s.workspace_id = %(workspace)s and (s.known_from < s.first_day or s.end_known_from <= s.last_day);
analyze counted_span;
