-- For the days from %(first)s through %(through)s. touched: the accounts with a line that begins or has ended on one
-- of them. wanted_contract: the contracts with a term end that is due by then and not valued yet; not only those since
-- %(first)s, because a contract whose lines come to zero can end before anything was ever counted.
insert into touched
select account_id from metrics_linespan
where workspace_id = %(workspace)s and first_day between %(first)s and %(through)s
union
select account_id from metrics_linespan
where workspace_id = %(workspace)s and last_day between %(first)s::date - 1 and %(through)s::date - 1;
analyze touched;

insert into wanted_contract
select distinct contract_id from metrics_termend
where workspace_id = %(workspace)s and value is null and day <= %(through)s;
analyze wanted_contract;
