-- Under which key a scanner's link was heard: a save that began before the key was replaced, and ends after it, is the old machine's.
alter table "ScannerLink" add column "keyId" text;
