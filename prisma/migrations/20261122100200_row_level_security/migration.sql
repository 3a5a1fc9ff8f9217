-- What fid_app may do, and which rows it sees. A transaction says which sites it acts for: fid.sites is a comma-separated list of
-- site ids, fid.all = 'on' means all of them. Both are set with set_config(…, true), so they end with the transaction; a connection
-- that says nothing sees nothing. The settings are read in a sub-select so that they are read once a query and not once a row.

grant select, insert, update, delete on all tables in schema public to fid_app;
-- The migration history is the owner's. People are deactivated, never deleted (21 CFR 11.300).
do $$
begin
  if to_regclass('public._prisma_migrations') is not null then
    revoke all on public."_prisma_migrations" from fid_app;
  end if;
end
$$;
revoke delete on "User" from fid_app;

-- Every table whose rows belong to a site, and nothing but their sites' rows, whatever the query says.
do $$
declare
  seen constant text := $sql$(select current_setting('fid.all', true)) = 'on' or "siteId" = any(string_to_array((select current_setting('fid.sites', true)), ',')::uuid[])$sql$;
  name text;
begin
  foreach name in array array[
    'Scanner', 'ScannerKey', 'EnrolmentToken', 'ScannerState', 'ScannerLink', 'Report', 'FactInterval', 'FindingInterval',
    'HeadlineInterval', 'Release', 'IdentityEvent'
  ] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('alter table public.%I force row level security', name);
    execute format('create policy own_sites on public.%I to fid_app using (%s) with check (%s)', name, seen, seen);
  end loop;
end
$$;

-- A release without a site belongs to the organisation: everybody reads it, only a transaction for all sites writes it.
create policy organisation_releases on "Release" for select to fid_app using ("siteId" is null);

alter table "Site" enable row level security;
alter table "Site" force row level security;
create policy own_sites on "Site" to fid_app
  using ((select current_setting('fid.all', true)) = 'on'
    or "id" = any(string_to_array((select current_setting('fid.sites', true)), ',')::uuid[]))
  with check ((select current_setting('fid.all', true)) = 'on'
    or "id" = any(string_to_array((select current_setting('fid.sites', true)), ',')::uuid[]));

-- A region is seen by whoever sees one of its sites (the policy on "Site" decides inside the sub-select).
alter table "Region" enable row level security;
alter table "Region" force row level security;
create policy regions_of_own_sites on "Region" for select to fid_app
  using (exists (select from "Site" where "Site"."regionId" = "Region"."id"));
create policy all_regions on "Region" to fid_app
  using ((select current_setting('fid.all', true)) = 'on')
  with check ((select current_setting('fid.all', true)) = 'on');

-- The organisation's name is on the sign-in page; only a transaction for all sites changes it.
alter table "Organisation" enable row level security;
alter table "Organisation" force row level security;
create policy name_is_public on "Organisation" for select to fid_app using (true);
create policy all_organisations on "Organisation" to fid_app
  using ((select current_setting('fid.all', true)) = 'on')
  with check ((select current_setting('fid.all', true)) = 'on');

-- Membership and Invitation name a site but say who may see it: they are read before any scope is known, so no policy here.
-- Closures are content named by its digest, the same on every scanner that runs it (SEE-2): they belong to no site.

-- Monthly partitions of Report live in a schema that fid_app cannot enter: a partition named directly would bypass the policy.
create schema report_partition;

-- Makes the partitions of last month (a clock may step back) to three months ahead. Answers how many were missing.
create function public.ensure_report_partitions() returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  month timestamptz;
  name text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('fiducial.report_partitions'));
  for step in -1..3 loop
    month := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => step)) at time zone 'UTC';
    name := to_char(month at time zone 'UTC', '"m"YYYY"_"MM');
    continue when to_regclass(format('report_partition.%I', name)) is not null;
    -- Made apart and then attached: CREATE … PARTITION OF would lock out every reader and writer of Report.
    execute format('create table report_partition.%I (like public."Report" including defaults including constraints)', name);
    execute format('alter table public."Report" attach partition report_partition.%I for values from (%L) to (%L)',
      name, month, ((month at time zone 'UTC') + interval '1 month') at time zone 'UTC');
    made := made + 1;
  end loop;
  return made;
end
$$;

-- Drops the partitions that end at or before the given time. Answers how many. Younger than 30 days is refused: raw signed
-- reports are evidence, and the web process must not be able to do away with them.
create function public.drop_report_partitions(before timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  partition record;
  dropped integer := 0;
begin
  if before > now() - interval '30 days' then
    raise exception 'Raw reports are kept for 30 days; % is too recent.', before using errcode = 'check_violation';
  end if;
  perform pg_advisory_xact_lock(hashtext('fiducial.report_partitions'));
  for partition in
    select child.relname, (to_date(substr(child.relname, 2), 'YYYY_MM') + interval '1 month') at time zone 'UTC' as ends
    from pg_inherits
    join pg_class child on child.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = 'public."Report"'::regclass
  loop
    continue when partition.ends > before;
    execute format('drop table report_partition.%I', partition.relname);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

revoke all on function public.ensure_report_partitions(), public.drop_report_partitions(timestamptz) from public;
grant execute on function public.ensure_report_partitions(), public.drop_report_partitions(timestamptz) to fid_app;
