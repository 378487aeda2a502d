-- unpublished: the accounts of this step.
insert into unpublished select account_id from touched;
analyze unpublished;
