-- A scanner whose board was exchanged, or that was retired and comes back, is the same scanner with another key. The new key waits
-- beside the old one until a person has compared it: live, waiting, refused.
alter table "ScannerKey"
  add column "standing" text not null default 'live',
  -- What the machine said of itself when it came with this key.
  add column "hostname" text,
  add column "hardwareFingerprint" text,
  -- When a person approved or refused it.
  add column "decidedAt" timestamptz(3);
alter table "EnrolmentToken" add column "replacesScannerId" uuid;
