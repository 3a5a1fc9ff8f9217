-- Written by `prisma migrate diff`, but for one line: Report is partitioned by month, so that thirty days of raw reports are
-- let go by dropping a table and not by deleting rows.

-- CreateTable
CREATE TABLE "Organisation" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Region" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Region_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Site" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Site_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Scanner" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "serial" TEXT NOT NULL,
    "alias" TEXT,
    "model" TEXT,
    "hardwareRevision" TEXT,
    "service" TEXT NOT NULL DEFAULT 'in-service',
    "identity" TEXT NOT NULL DEFAULT 'pending',
    "identityReason" TEXT,
    "identitySince" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "hardwareFingerprint" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "pinnedReleaseId" UUID,
    "pinnedAt" TIMESTAMPTZ(3),
    "pinnedBy" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "approvedAt" TIMESTAMPTZ(3),
    "approvedBy" TEXT,

    CONSTRAINT "Scanner_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ScannerKey" (
    "id" TEXT NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "scannerId" UUID NOT NULL,
    "publicKey" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ScannerKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EnrolmentToken" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "serial" TEXT,
    "alias" TEXT,
    "model" TEXT,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),
    "usedByScannerId" UUID,
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "EnrolmentToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ScannerState" (
    "scannerId" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "bootCounter" INTEGER NOT NULL,
    "startCounter" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "bootId" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "opaque" JSONB NOT NULL,
    "factsDigest" TEXT NOT NULL,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL,
    "skewMs" INTEGER NOT NULL,
    "runningToplevel" TEXT,
    "runningDigest" TEXT,
    "comparedWithId" UUID,
    "findings" JSONB NOT NULL,
    "safety" TEXT NOT NULL,
    "safetySince" TIMESTAMPTZ(3) NOT NULL,
    "function" TEXT NOT NULL,
    "functionSince" TIMESTAMPTZ(3) NOT NULL,
    "software" TEXT NOT NULL,
    "softwareSince" TIMESTAMPTZ(3) NOT NULL,
    "currency" TEXT NOT NULL,
    "currencySince" TIMESTAMPTZ(3) NOT NULL,
    "axisReasons" JSONB NOT NULL,
    "unverifiable" JSONB,
    "unverifiableSince" TIMESTAMPTZ(3),
    "headline" TEXT NOT NULL,
    "headlineVariant" TEXT,
    "headlineReason" JSONB NOT NULL,
    "headlineChips" JSONB NOT NULL,
    "headlineSince" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ScannerState_pkey" PRIMARY KEY ("scannerId")
);

-- CreateTable
CREATE TABLE "ScannerLink" (
    "scannerId" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "lastSeenAt" TIMESTAMPTZ(3),
    "bootCounter" INTEGER NOT NULL DEFAULT 0,
    "startCounter" INTEGER NOT NULL DEFAULT 0,
    "beat" INTEGER NOT NULL DEFAULT 0,
    "bootId" TEXT,
    "factsDigest" TEXT,
    "skewMs" INTEGER NOT NULL DEFAULT 0,
    "outbox" INTEGER NOT NULL DEFAULT 0,
    "messagesSinceOffline" INTEGER NOT NULL DEFAULT 2,
    "reconnects" INTEGER NOT NULL DEFAULT 0,
    "reconnectsSince" TIMESTAMPTZ(3),
    "witnessSeq" BIGINT,
    "witnessHash" TEXT,

    CONSTRAINT "ScannerLink_pkey" PRIMARY KEY ("scannerId")
);

-- CreateTable
CREATE TABLE "Report" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "scannerId" UUID NOT NULL,
    "bootCounter" INTEGER NOT NULL,
    "startCounter" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "keyId" TEXT NOT NULL,
    "signature" BYTEA NOT NULL,
    "body" BYTEA NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Report_pkey" PRIMARY KEY ("receivedAt","id")
) PARTITION BY RANGE ("receivedAt");

-- CreateTable
CREATE TABLE "FactInterval" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "scannerId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "openedAt" TIMESTAMPTZ(3) NOT NULL,
    "openedBoot" INTEGER NOT NULL,
    "openedSeq" INTEGER NOT NULL,
    "closedAt" TIMESTAMPTZ(3),

    CONSTRAINT "FactInterval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FindingInterval" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "scannerId" UUID NOT NULL,
    "itemId" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "finding" JSONB NOT NULL,
    "openedAt" TIMESTAMPTZ(3) NOT NULL,
    "closedAt" TIMESTAMPTZ(3),

    CONSTRAINT "FindingInterval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HeadlineInterval" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "scannerId" UUID NOT NULL,
    "headline" TEXT NOT NULL,
    "variant" TEXT,
    "reason" JSONB NOT NULL,
    "openedAt" TIMESTAMPTZ(3) NOT NULL,
    "closedAt" TIMESTAMPTZ(3),

    CONSTRAINT "HeadlineInterval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Release" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID,
    "siteId" UUID,
    "origin" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "observedOnId" UUID,
    "toplevel" TEXT,
    "closureDigest" TEXT,
    "manifest" JSONB NOT NULL,
    "note" TEXT,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Release_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Closure" (
    "digest" TEXT NOT NULL,
    "organisationId" UUID NOT NULL,
    "toplevel" TEXT NOT NULL,
    "narHash" TEXT NOT NULL,
    "narSize" BIGINT NOT NULL,
    "pathCount" INTEGER NOT NULL,
    "uploadedBy" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Closure_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "ClosurePath" (
    "closureDigest" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "narHash" TEXT NOT NULL,
    "narSize" BIGINT NOT NULL,
    "references" INTEGER[],

    CONSTRAINT "ClosurePath_pkey" PRIMARY KEY ("closureDigest","position")
);

-- CreateTable
CREATE TABLE "ServerWatch" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "observingSince" TIMESTAMPTZ(3) NOT NULL,
    "lastAliveAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ServerWatch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IdentityEvent" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "scannerId" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "resolvedAt" TIMESTAMPTZ(3),
    "resolvedBy" TEXT,

    CONSTRAINT "IdentityEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Membership" (
    "id" UUID NOT NULL,
    "userId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "scopeKind" TEXT NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID,
    "siteId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdBy" TEXT NOT NULL,

    CONSTRAINT "Membership_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Invitation" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "scopeKind" TEXT NOT NULL,
    "organisationId" UUID NOT NULL,
    "regionId" UUID,
    "siteId" UUID,
    "tokenHash" TEXT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "acceptedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Preference" (
    "userId" TEXT NOT NULL,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "theme" TEXT NOT NULL DEFAULT 'system',
    "times" TEXT NOT NULL DEFAULT 'site',
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',

    CONSTRAINT "Preference_pkey" PRIMARY KEY ("userId")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "twoFactorEnabled" BOOLEAN DEFAULT false,
    "deactivatedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "token" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "userId" TEXT NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMPTZ(3),
    "refreshTokenExpiresAt" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TwoFactor" (
    "id" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "backupCodes" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "verified" BOOLEAN DEFAULT true,

    CONSTRAINT "TwoFactor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Passkey" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "publicKey" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "credentialID" TEXT NOT NULL,
    "counter" INTEGER NOT NULL,
    "deviceType" TEXT NOT NULL,
    "backedUp" BOOLEAN NOT NULL,
    "transports" TEXT,
    "createdAt" TIMESTAMPTZ(3),
    "aaguid" TEXT,

    CONSTRAINT "Passkey_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Site_organisationId_name_key" ON "Site"("organisationId", "name");

-- CreateIndex
CREATE INDEX "Scanner_siteId_idx" ON "Scanner"("siteId");

-- CreateIndex
CREATE UNIQUE INDEX "Scanner_organisationId_serial_key" ON "Scanner"("organisationId", "serial");

-- CreateIndex
CREATE INDEX "ScannerKey_scannerId_idx" ON "ScannerKey"("scannerId");

-- CreateIndex
CREATE UNIQUE INDEX "EnrolmentToken_tokenHash_key" ON "EnrolmentToken"("tokenHash");

-- CreateIndex
CREATE INDEX "EnrolmentToken_siteId_idx" ON "EnrolmentToken"("siteId");

-- CreateIndex
CREATE INDEX "ScannerState_siteId_idx" ON "ScannerState"("siteId");

-- CreateIndex
CREATE INDEX "ScannerState_headline_idx" ON "ScannerState"("headline");

-- CreateIndex
CREATE INDEX "ScannerState_runningToplevel_idx" ON "ScannerState"("runningToplevel");

-- CreateIndex
CREATE INDEX "Report_scannerId_bootCounter_startCounter_seq_idx" ON "Report"("scannerId", "bootCounter", "startCounter", "seq");

-- CreateIndex
CREATE INDEX "FactInterval_scannerId_kind_openedAt_idx" ON "FactInterval"("scannerId", "kind", "openedAt");

-- CreateIndex
CREATE INDEX "FindingInterval_scannerId_openedAt_idx" ON "FindingInterval"("scannerId", "openedAt");

-- CreateIndex
CREATE INDEX "FindingInterval_signature_closedAt_idx" ON "FindingInterval"("signature", "closedAt");

-- CreateIndex
CREATE INDEX "HeadlineInterval_scannerId_openedAt_idx" ON "HeadlineInterval"("scannerId", "openedAt");

-- CreateIndex
CREATE INDEX "Release_toplevel_idx" ON "Release"("toplevel");

-- CreateIndex
CREATE INDEX "Closure_toplevel_idx" ON "Closure"("toplevel");

-- CreateIndex
CREATE INDEX "ClosurePath_name_version_idx" ON "ClosurePath"("name", "version");

-- CreateIndex
CREATE INDEX "IdentityEvent_scannerId_at_idx" ON "IdentityEvent"("scannerId", "at");

-- CreateIndex
CREATE INDEX "Membership_userId_idx" ON "Membership"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Invitation_tokenHash_key" ON "Invitation"("tokenHash");

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE UNIQUE INDEX "Session_token_key" ON "Session"("token");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Account_userId_idx" ON "Account"("userId");

-- CreateIndex
CREATE INDEX "Verification_identifier_idx" ON "Verification"("identifier");

-- CreateIndex
CREATE INDEX "TwoFactor_userId_idx" ON "TwoFactor"("userId");

-- CreateIndex
CREATE INDEX "Passkey_userId_idx" ON "Passkey"("userId");

-- CreateIndex
CREATE INDEX "Passkey_credentialID_idx" ON "Passkey"("credentialID");

-- AddForeignKey
ALTER TABLE "Region" ADD CONSTRAINT "Region_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Site" ADD CONSTRAINT "Site_regionId_fkey" FOREIGN KEY ("regionId") REFERENCES "Region"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Scanner" ADD CONSTRAINT "Scanner_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Scanner" ADD CONSTRAINT "Scanner_pinnedReleaseId_fkey" FOREIGN KEY ("pinnedReleaseId") REFERENCES "Release"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ScannerKey" ADD CONSTRAINT "ScannerKey_scannerId_fkey" FOREIGN KEY ("scannerId") REFERENCES "Scanner"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ScannerState" ADD CONSTRAINT "ScannerState_scannerId_fkey" FOREIGN KEY ("scannerId") REFERENCES "Scanner"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ScannerLink" ADD CONSTRAINT "ScannerLink_scannerId_fkey" FOREIGN KEY ("scannerId") REFERENCES "Scanner"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Release" ADD CONSTRAINT "Release_observedOnId_fkey" FOREIGN KEY ("observedOnId") REFERENCES "Scanner"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ClosurePath" ADD CONSTRAINT "ClosurePath_closureDigest_fkey" FOREIGN KEY ("closureDigest") REFERENCES "Closure"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Preference" ADD CONSTRAINT "Preference_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TwoFactor" ADD CONSTRAINT "TwoFactor_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Passkey" ADD CONSTRAINT "Passkey_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

