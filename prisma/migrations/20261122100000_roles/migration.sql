-- Three roles. The owner (whoever runs this) migrates and then closes its connection. fid_app is the web process: row-level
-- security binds it because it is neither owner nor superuser nor bypassrls. fid_signer is the signing process; it gets its
-- rights together with its tables. Roles belong to the whole server, so they may exist already.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['fid_app', 'fid_signer'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = role_name) then
      begin
        execute format('create role %I login nosuperuser nobypassrls nocreatedb nocreaterole noreplication', role_name);
      exception
        -- Two databases of one server migrated at the same moment: the other one made it.
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then
          raise exception 'The role % does not exist and % may not create it. Ask the administrator of the database server to run: create role % login nosuperuser nobypassrls;',
            role_name, current_user, role_name using errcode = 'insufficient_privilege';
      end;
    end if;
    if exists (select from pg_catalog.pg_roles where rolname = role_name and (rolsuper or rolbypassrls)) then
      raise exception 'The role % is a superuser or bypasses row-level security, so it would see every site. Run: alter role % nosuperuser nobypassrls;',
        role_name, role_name using errcode = 'insufficient_privilege';
    end if;
    if role_name = current_user then
      raise exception 'DATABASE_URL signs in as %; it must name the owner of the database, which migrates and then closes.',
        role_name using errcode = 'insufficient_privilege';
    end if;
  end loop;
end
$$;

-- Nobody makes tables, functions or operators in the schema that the application's queries resolve names in.
revoke create on schema public from public;
grant usage on schema public to fid_app;
