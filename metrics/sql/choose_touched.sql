-- unpublished: the accounts of this step.
create temp table if not exists unpublished (account_id uuid) on commit drop;
truncate unpublished;

insert into unpublished select account_id from touched;
analyze unpublished;
