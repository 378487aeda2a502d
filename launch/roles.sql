-- The roles of one installation; run by psql as the superuser, with the variable `database`. May be run again at any time.
-- b2bops_owner  owns the schema and migrates it; may make databases, so that tests can
-- b2bops_app    what the product runs as: owns nothing, sees what row-level security lets it see
-- b2bops_backup reads everything and writes nothing: for dumps alone

select format('create role %I', name)
from (values ('b2bops_owner'), ('b2bops_app'), ('b2bops_backup')) as wanted (name)
where not exists (select from pg_roles where rolname = name)
\gexec

alter role b2bops_owner with login nosuperuser nocreaterole noreplication nobypassrls createdb;
alter role b2bops_app with login nosuperuser nocreaterole noreplication nobypassrls nocreatedb;
alter role b2bops_backup with login nosuperuser nocreaterole noreplication bypassrls nocreatedb;
alter role b2bops_backup set default_transaction_read_only = on;
grant pg_read_all_data to b2bops_backup;

select format('create database %I owner b2bops_owner', :'database')
where not exists (select from pg_database where datname = :'database')
\gexec

revoke all on database :"database" from public;
grant connect, temporary on database :"database" to b2bops_app;
grant connect on database :"database" to b2bops_backup;

-- it sees all databases from here; in the product's own one it would keep the owner from restoring a dump
create extension if not exists pg_stat_statements;
