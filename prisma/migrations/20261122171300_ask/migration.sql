-- Ask the fleet (EXP-9) and the state at a moment (EXP-6); docs/decisions/0016-ask-the-fleet.md says why it is built like this.

-- Which sites a transaction acts for was taken out of its setting again for every row. A sub-select takes it out once a query, and
-- PostgreSQL looks each row's site up in a hash of them: ten thousand rows cost milliseconds instead of tenths of a second.
do $$
declare
  seen constant text := $sql$(select current_setting('fid.all', true)) = 'on' or "siteId" in (select unnest(string_to_array(current_setting('fid.sites', true), ',')::uuid[]))$sql$;
  name text;
begin
  for name in select tablename from pg_policies where schemaname = 'public' and policyname = 'own_sites' and tablename <> 'Site' loop
    execute format('alter policy own_sites on public.%I using (%s) with check (%s)', name, seen, seen);
  end loop;
end
$$;
alter policy own_sites on "Site"
  using ((select current_setting('fid.all', true)) = 'on'
    or "id" in (select unnest(string_to_array(current_setting('fid.sites', true), ',')::uuid[])))
  with check ((select current_setting('fid.all', true)) = 'on'
    or "id" in (select unnest(string_to_array(current_setting('fid.sites', true), ',')::uuid[])));

-- Content of facts, shared by all that have the same: named by the hash of its terms, written once, never changed. Like a closure it
-- belongs to no site; who has it is said by the intervals of facts, which do.
create table "FactSet" (
  "id" uuid not null,
  constraint "FactSet_pkey" primary key ("id")
);
create table "FactTerm" (
  "setId" uuid not null,
  "position" integer not null,
  "kind" text collate "C" not null,
  "name" text collate "C" not null,
  "value" text collate "C" not null,
  constraint "FactTerm_pkey" primary key ("setId", "position")
);
create index "FactTerm_kind_name_idx" on "FactTerm" ("kind", "name");

-- Everything one can ask for by name, for suggestions and for names written in other letters. It follows its sources by trigger, so
-- that whatever writes them cannot forget it.
create table "KnownTerm" (
  "kind" text collate "C" not null,
  "name" text collate "C" not null,
  "value" text collate "C" not null,
  "key" text collate "C" not null,
  constraint "KnownTerm_pkey" primary key ("kind", "name", "value")
);
create index "KnownTerm_key_idx" on "KnownTerm" ("key");
create index "KnownTerm_value_idx" on "KnownTerm" ("value");

grant select, insert on "FactSet", "FactTerm", "KnownTerm" to fid_app;

create function public.know_fact_terms() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into "KnownTerm" ("kind", "name", "value", "key")
  select distinct "kind", "name", "value", lower("name") from added where "kind" not in ('running', 'digest') order by 1, 2, 3
  on conflict do nothing;
  return null;
end
$$;
create trigger know_fact_terms after insert on "FactTerm"
  referencing new table as added for each statement execute function public.know_fact_terms();

-- A path without a version is a generated file of one configuration, found by its path.
create function public.know_packages() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into "KnownTerm" ("kind", "name", "value", "key")
  select distinct 'package', "name", "version", lower("name") from added where "version" <> '' order by 2, 3
  on conflict do nothing;
  return null;
end
$$;
create trigger know_packages after insert on "ClosurePath"
  referencing new table as added for each statement execute function public.know_packages();
insert into "KnownTerm" ("kind", "name", "value", "key")
select distinct 'package', "name", "version", lower("name") from "ClosurePath" where "version" <> '' on conflict do nothing;

-- Paths by their whole name and by any beginning of their hash; contents by any beginning of theirs.
create index "ClosurePath_base_idx" on "ClosurePath" ((substring("path" from '[^/]*$')) collate "C");
create index "ClosurePath_narHash_idx" on "ClosurePath" ("narHash" collate "C");
create index "Closure_digest_start_idx" on "Closure" ("digest" collate "C");

-- The content an interval has; the nil UUID where the scanner could not see it; null where the interval is not in the index yet.
alter table "FactInterval" add column "setId" uuid;
create index "FactInterval_setId_idx" on "FactInterval" ("setId") include ("kind", "scannerId", "siteId");
create index "FactInterval_open_idx" on "FactInterval" ("kind", "setId") include ("scannerId", "siteId") where "closedAt" is null;
create index "FactInterval_not_indexed_idx" on "FactInterval" ("closedAt") where "setId" is null;

-- What was true at a moment is the newest interval that began before it, for each scanner: one step into these, however long history is.
drop index "FactInterval_scannerId_kind_openedAt_idx";
create index "FactInterval_scannerId_kind_openedAt_idx" on "FactInterval" ("scannerId", "kind", "openedAt")
  include ("closedAt", "setId", "siteId");
drop index "HeadlineInterval_scannerId_openedAt_idx";
create index "HeadlineInterval_scannerId_openedAt_idx" on "HeadlineInterval" ("scannerId", "openedAt")
  include ("closedAt", "headline", "variant", "siteId");
