-- What is counted of the touched accounts and wanted contracts as it was: before a step writes.
insert into counted_day
select -1, d.account_id, d.day, d.until, d.balance, d.other_balances, d.is_paying, d.kind, d.amount
from metrics_accountday d join touched t on t.account_id = d.account_id
where d.workspace_id = %(workspace)s;

insert into counted_term
select -1, e.day, e.outcome, e.value, e.value_renewed
from metrics_termend e join wanted_contract w on w.contract_id = e.contract_id
where e.workspace_id = %(workspace)s and e.day <= %(through)s;

-- Only spans that are committed on some day.
insert into counted_span
select -1, s.account_id, nullif(s.currency, %(base)s), s.mrr, s.first_day, s.last_day, s.known_from, s.end_known_from
from metrics_linespan s join touched t on t.account_id = s.account_id
where s.workspace_id = %(workspace)s and (s.known_from < s.first_day or s.end_known_from <= s.last_day);
analyze counted_span;
