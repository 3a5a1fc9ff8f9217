-- Signed releases, and changes of scanners (SIG-2, SIG-5, ACT-7).

-- One row for each system of a signed release, because what runs on a scanner is one system: its toplevel finds the row, and what is
-- expected there is compared. The rows of one release share its name.
alter table "Release"
  add column "system" text,
  add column "counter" integer,
  add column "floor" integer,
  add column "targetPath" text,
  add column "sha256" text,
  add column "length" integer,
  add column "signers" jsonb,
  add column "withdrawn" text,
  add column "content" jsonb,
  add column "releasedAt" timestamptz(3);
create unique index "Release_name_system_key" on "Release" ("organisationId", "name", "system") where "origin" = 'signed';
create index "Release_counter_idx" on "Release" ("counter") where "origin" = 'signed';

-- Version of the newest instruction metadata for this scanner; it asks for it when the number it is told differs from what it holds.
alter table "Scanner" add column "directorVersion" integer not null default 0;

create table "Change" (
  "id" uuid not null,
  "organisationId" uuid not null,
  "regionId" uuid not null,
  "siteId" uuid not null,
  "scannerId" uuid not null,
  "requestKey" uuid not null,
  "action" text not null,
  "releaseId" uuid not null,
  "releaseName" text not null,
  "system" text not null,
  "toplevel" text not null,
  "fromToplevel" text,
  "fromBooted" text,
  "safety" text not null,
  "reason" text not null,
  "requestedBy" text not null,
  "requestedAt" timestamptz(3) not null,
  "notBefore" timestamptz(3) not null,
  "notAfter" timestamptz(3) not null,
  "state" text not null default 'offered',
  "stateSince" timestamptz(3) not null,
  "stateReason" text,
  "percent" double precision,
  "budgetMs" integer,
  "energised" boolean,
  "evidence" jsonb,
  "seq" integer,
  "directorVersion" integer,
  "instructedAt" timestamptz(3),
  "instructProblem" text,
  "cancelAskedAt" timestamptz(3),
  "withdrawnAt" timestamptz(3),
  "endedAt" timestamptz(3),
  constraint "Change_pkey" primary key ("id")
);
-- One operation per scanner at a time, and the same request twice is one change, whoever asks at the same moment (ACT-7).
create unique index "Change_one_open_key" on "Change" ("scannerId") where "endedAt" is null;
create unique index "Change_scannerId_requestKey_key" on "Change" ("scannerId", "requestKey");
create index "Change_scannerId_requestedAt_idx" on "Change" ("scannerId", "requestedAt");
create index "Change_requestedAt_idx" on "Change" ("requestedAt");

create table "ChangeStep" (
  "id" uuid not null,
  "organisationId" uuid not null,
  "regionId" uuid not null,
  "siteId" uuid not null,
  "scannerId" uuid not null,
  "changeId" uuid not null,
  "at" timestamptz(3) not null,
  "state" text not null,
  "reason" text,
  "source" text not null,
  "actor" text not null,
  "detail" jsonb not null,
  constraint "ChangeStep_pkey" primary key ("id"),
  constraint "ChangeStep_changeId_fkey" foreign key ("changeId") references "Change"("id") on delete restrict on update cascade
);
create index "ChangeStep_changeId_at_idx" on "ChangeStep" ("changeId", "at");

-- A change and its steps are evidence: the web process adds and moves on, and never deletes.
grant select, insert, update on "Change" to fid_app;
-- Rows of a scanner that goes to another site go with it, so their place may be updated.
grant select, insert, update on "ChangeStep" to fid_app;
do $$
declare
  seen constant text := $sql$(select current_setting('fid.all', true)) = 'on' or "siteId" in (select unnest(string_to_array(current_setting('fid.sites', true), ',')::uuid[]))$sql$;
  name text;
begin
  foreach name in array array['Change', 'ChangeStep'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('alter table public.%I force row level security', name);
    execute format('create policy own_sites on public.%I to fid_app using (%s) with check (%s)', name, seen, seen);
  end loop;
end
$$;
