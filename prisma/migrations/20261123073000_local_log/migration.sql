-- What people enter on a scanner without the server is in the audit log once, however often the scanner tells it (LOC-1, OFF-2).
alter table "Scanner"
  add column "localLog" uuid,
  add column "localSeq" integer not null default 0;
