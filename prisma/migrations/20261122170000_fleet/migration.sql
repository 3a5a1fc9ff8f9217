-- What people keep about scanners and sites, views of the fleet by name, the scanner's own change, and numeric readings.

alter table "Site" add column "retiredAt" timestamptz(3);

alter table "Scanner"
  add column "tags" text[] default array[]::text[],
  add column "room" text,
  add column "origin" text not null default 'real',
  add column "serviceReason" text,
  add column "serviceSince" timestamptz(3),
  add column "serviceBy" text,
  add column "serviceUntil" timestamptz(3);
create index "Scanner_tags_idx" on "Scanner" using gin ("tags");

-- A scanner that is only shown must never come to be taken for one that is used, nor the other way round.
create function public.keep_origin() returns trigger language plpgsql as $$
begin
  raise exception 'The origin of scanner % is set once.', old."serial" using errcode = 'check_violation';
end
$$;
create trigger keep_origin before update on "Scanner"
  for each row when (old."origin" is distinct from new."origin") execute function public.keep_origin();

alter table "ScannerState"
  add column "change" text not null default 'none',
  add column "changeSince" timestamptz(3),
  add column "changeDetail" jsonb;
create index "ScannerState_runningDigest_idx" on "ScannerState" ("runningDigest");

alter table "Preference"
  add column "shortcuts" boolean not null default true,
  add column "fleetColumns" jsonb,
  add column "density" text not null default 'compact';

-- A view is a question, not an answer: it names no scanner, so it belongs to no site, and whoever opens it sees their own sites.
create table "SavedView" (
  "id" uuid not null,
  "organisationId" uuid not null,
  "ownerId" text not null,
  "name" text not null,
  "purpose" text not null default '',
  "query" text not null,
  "columns" jsonb,
  "shared" boolean not null default false,
  "createdAt" timestamptz(3) not null default current_timestamp,
  "updatedAt" timestamptz(3) not null,
  constraint "SavedView_pkey" primary key ("id")
);
create unique index "SavedView_organisationId_ownerId_name_key" on "SavedView" ("organisationId", "ownerId", "name");
grant select, insert, update, delete on "SavedView" to fid_app;

create table "NumericSeries" (
  "organisationId" uuid not null,
  "regionId" uuid not null,
  "siteId" uuid not null,
  "scannerId" uuid not null,
  "itemId" text not null,
  "at" timestamptz(3) not null,
  "min" double precision not null,
  "max" double precision not null,
  "last" double precision not null,
  constraint "NumericSeries_pkey" primary key ("scannerId", "itemId", "at")
);
create index "NumericSeries_at_idx" on "NumericSeries" ("at");
grant select, insert, update, delete on "NumericSeries" to fid_app;
alter table "NumericSeries" enable row level security;
alter table "NumericSeries" force row level security;
create policy own_sites on "NumericSeries" to fid_app
  using ((select current_setting('fid.all', true)) = 'on'
    or "siteId" = any(string_to_array((select current_setting('fid.sites', true)), ',')::uuid[]))
  with check ((select current_setting('fid.all', true)) = 'on'
    or "siteId" = any(string_to_array((select current_setting('fid.sites', true)), ',')::uuid[]));
