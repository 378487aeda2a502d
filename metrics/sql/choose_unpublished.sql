-- unpublished: the accounts whose published values can differ at %(through)s from those published for %(since)s: who
-- moved between, has a balance in one of the %(currencies)s whose rate is another one, or whose renewal has come. All
-- accounts when %(since)s is null.
create temp table if not exists unpublished (account_id uuid) on commit drop;
truncate unpublished;

insert into unpublished
select account_id from metrics_accountday
where workspace_id = %(workspace)s and day > %(since)s and day <= %(through)s
union
select account_id from metrics_accountday
where workspace_id = %(workspace)s and until is null and other_balances is not null and %(since)s is not null
  and other_balances ?| %(currencies)s::text[]
union
select id from accounts_account
where workspace_id = %(workspace)s and renewal_on <= %(through)s and %(since)s is not null
union
select id from accounts_account
where workspace_id = %(workspace)s and %(since)s is null;
analyze unpublished;
