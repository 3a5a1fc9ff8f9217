-- Where a report stands in its scanner's own order and at which moment, so that a late one can be placed between its neighbours;
-- and what a closure boots, for the difference of two generations.
alter table "FactInterval" add column if not exists "openedStart" integer not null default 0;
alter table "Report" add column if not exists "bootId" text not null;
alter table "Report" add column if not exists "observedAt" timestamptz(3) not null;
alter table "Closure" add column if not exists "boot" jsonb;
