-- better-auth locks an account's second factor after five wrong codes and keeps the count here (B-09).
alter table "TwoFactor" add column "failedVerificationCount" integer default 0;
alter table "TwoFactor" add column "lockedUntil" timestamptz(3);
