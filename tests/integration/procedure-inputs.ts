import { randomBytes } from "node:crypto";
import { v7 } from "uuid";
import type { ProcedureName } from "#core/access/permission.ts";
import { fingerprintText } from "#core/protocol/envelope.ts";
import { hashToken } from "#server/one-time-token.ts";
import { PASSWORD, type Place, type World } from "#tests/integration/world.ts";

const columns = (place: Place) => [place.organisationId, place.regionId, place.siteId];

async function scannerAt(
  world: World,
  place: Place,
  identity: string,
): Promise<{ scannerId: string; keyId: string }> {
  const scannerId = v7();
  const keyId = randomBytes(32).toString("hex");
  await world.server.owner(
    `insert into "Scanner" (id, "organisationId", "regionId", "siteId", serial, identity, "hardwareFingerprint", hostname)
     values ($1, $2, $3, $4, $5, $6, $7, 'host')`,
    [scannerId, ...columns(place), `S-${scannerId}`, identity, "0".repeat(64)],
  );
  await world.server.owner(
    `insert into "ScannerKey" (id, "organisationId", "regionId", "siteId", "scannerId", "publicKey") values ($1, $2, $3, $4, $5, $6)`,
    [keyId, ...columns(place), scannerId, randomBytes(32)],
  );
  return { scannerId, keyId };
}

async function tokenAt(world: World, place: Place): Promise<string> {
  const id = v7();
  await world.server.owner(
    `insert into "EnrolmentToken" (id, "organisationId", "regionId", "siteId", "tokenHash", "createdBy", "expiresAt")
     values ($1, $2, $3, $4, $5, 'test', now() + interval '15 minutes')`,
    [id, ...columns(place), hashToken(id)],
  );
  return id;
}

async function invitationAt(world: World, place: Place): Promise<{ invitationId: string; token: string }> {
  const invitationId = v7();
  const token = randomBytes(32).toString("base64url");
  await world.server.owner(
    `insert into "Invitation" (id, email, role, "scopeKind", "organisationId", "regionId", "siteId", "tokenHash", "createdBy", "expiresAt")
     values ($1, $2, 'viewer', 'site', $3, $4, $5, $6, 'test', now() + interval '1 day')`,
    [invitationId, `${invitationId}@example.org`, ...columns(place), hashToken(token)],
  );
  return { invitationId, token };
}

async function userAt(world: World, place: Place): Promise<string> {
  const id = v7();
  await world.server.owner(
    `insert into "User" (id, name, email, "updatedAt") values ($1, 'Somebody', $2, now())`,
    [id, `${id}@example.org`],
  );
  await world.server.owner(
    `insert into "Membership" (id, "userId", role, "scopeKind", "organisationId", "regionId", "siteId", "createdBy")
     values (gen_random_uuid(), $1, 'viewer', 'site', $2, $3, $4, 'test')`,
    [id, ...columns(place)],
  );
  return id;
}

async function resetTokenFor(world: World, userId: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await world.server.owner(
    `insert into "Verification" (id, identifier, value, "expiresAt", "updatedAt") values ($1, $2, $3, now() + interval '1 hour', now())`,
    [v7(), `fiducial-reset:${hashToken(token)}`, userId],
  );
  return token;
}

/** A place of its own beside one, so that what happens to it happens to nothing else. */
async function freshRegion(world: World, { organisationId }: Place): Promise<string> {
  const id = v7();
  await world.server.owner(`insert into "Region" (id, "organisationId", name) values ($1, $2, $3)`, [
    id,
    organisationId,
    `Region ${id}`,
  ]);
  return id;
}

async function freshSite(world: World, at: Place, closed = false): Promise<string> {
  const id = v7();
  await world.server.owner(
    `insert into "Site" (id, "organisationId", "regionId", name, "timeZone", "retiredAt") values ($1, $2, $3, $4, 'UTC', $5)`,
    [id, at.organisationId, at.regionId, `Site ${id}`, closed ? new Date() : null],
  );
  return id;
}

/** Shared by somebody else: an administrator may keep it in order, everybody else may look. */
async function viewAt(world: World, place: Place): Promise<string> {
  const id = v7();
  await world.server.owner(
    `insert into "SavedView" (id, "organisationId", "ownerId", name, query, shared, "updatedAt")
     values ($1, $2, 'test', $3, 'headline=unsafe', true, now())`,
    [id, place.organisationId, `View ${id}`],
  );
  return id;
}

/** A signed release with one system, for one model. Releases belong to the organisation, not to a place. */
async function releaseAt(world: World, { organisationId }: Place): Promise<string> {
  const id = v7();
  const name = `release-${id}`;
  const content = {
    for: [{ model: "M", hardwareRevisions: null }],
    health: HEALTH,
    compatibility: { firmware: [], calibration: [] },
    paths: 1,
    narBytes: 1,
    items: 0,
    notes: "",
  };
  await world.server.owner(
    `insert into "Release" (id, "organisationId", origin, name, toplevel, "closureDigest", manifest, "createdBy", system, counter, floor,
       "targetPath", sha256, length, signers, content, "releasedAt")
     values ($1, $2, 'signed', $3, $4, $5, '{}', 'test', 'console', 7, 0, 'releases/x/release.json', $5, 1, $6, $7, now())`,
    [
      id,
      organisationId,
      name,
      `/nix/store/${name}`,
      "0".repeat(64),
      JSON.stringify({ by: [], threshold: 1, keys: 1 }),
      JSON.stringify(content),
    ],
  );
  return name;
}

const HEALTH = {
  budgets: { downloadMs: 1, activateMs: 1, rebootMs: 1, probationMs: 1, safetyHealthyMs: 1 },
  safety: "none",
  unitsActive: [],
  modulesLoaded: [],
};

/** A scanner of the model that releases here are for. */
async function releasedFor(world: World, at: Place) {
  const { scannerId } = await scannerAt(world, at, "approved");
  await world.server.owner(`update "Scanner" set model = 'M' where id = $1`, [scannerId]);
  return { scannerIds: [scannerId], release: await releaseAt(world, at) };
}

async function changeAt(world: World, at: Place): Promise<{ scannerId: string; changeId: string }> {
  const { scannerIds, release } = await releasedFor(world, at);
  const changeId = v7();
  await world.server.owner(
    `insert into "Change" (id, "organisationId", "regionId", "siteId", "scannerId", "requestKey", action, "releaseId", "releaseName",
       system, toplevel, safety, reason, "requestedBy", "requestedAt", "notBefore", "notAfter", "stateSince")
     select $1, $2, $3, $4, $5, gen_random_uuid(), 'activate', id, name, system, toplevel, 'none', 'newer', 'test', now(), now(),
       now() + interval '1 day', now() from "Release" where name = $6`,
    [changeId, ...columns(at), scannerIds[0], release],
  );
  return { scannerId: scannerIds[0] ?? "", changeId };
}

/** A change about which a person decides something. Where that needs the scanner's word, it is refused for that, and not for want of a right. */
async function decisionAt(world: World, at: Place): Promise<{ changeId: string; reason: string }> {
  return { changeId: (await changeAt(world, at)).changeId, reason: "looked at" };
}

type MakeInput = (world: World, at: Place) => Promise<unknown> | unknown;

const SEQ = { bootCounter: 1, startCounter: 1, seq: 1 };
const approved = async (world: World, at: Place) => ({
  scannerId: (await scannerAt(world, at, "approved")).scannerId,
});
const several = async (world: World, at: Place) => ({
  scannerIds: [(await approved(world, at)).scannerId],
  reason: "looked at",
});
const labelSheet = async (world: World, at: Place) =>
  `serial,alias\nS-${(await approved(world, at)).scannerId},${unique()}\n`;
const siteSheet = () => `name,region,time zone\nSite ${unique()},Main,UTC\n`;

async function agreedTo(world: World, preview: ProcedureName, text: string) {
  const { planDigest } = (await world.admin.query(preview, { text })).data as { planDigest: string };
  return { text, planDigest, goodLinesOnly: false, reason: "kept elsewhere" };
}
const unique = () => randomBytes(6).toString("hex");

/**
 * For every procedure an input about real rows at a place. A procedure without a line does not compile, so nothing is left out of
 * the walk.
 */
export const INPUTS = {
  "setup.status": () => undefined,
  "setup.createAdmin": () => ({
    name: "Eve",
    email: "eve@example.org",
    password: PASSWORD,
    organisationName: "Other",
    siteName: "Other",
    timeZone: "UTC",
  }),
  "session.me": () => undefined,
  "session.front": () => undefined,
  "session.setPreferences": () => ({ theme: "dark" }),
  "person.list": () => undefined,
  "person.invite": (_world, at) => ({
    email: `${unique()}@example.org`,
    role: "viewer",
    scope: { kind: "site", siteId: at.siteId },
  }),
  "person.revokeInvitation": async (world, at) => ({
    invitationId: (await invitationAt(world, at)).invitationId,
  }),
  "person.deactivate": async (world, at) => ({ userId: await userAt(world, at), reason: "left" }),
  "person.resetLink": async (world, at) => ({ userId: await userAt(world, at) }),
  "invitation.inspect": async (world, at) => ({ token: (await invitationAt(world, at)).token }),
  "invitation.accept": async (world, at) => ({
    token: (await invitationAt(world, at)).token,
    name: "New",
    password: PASSWORD,
  }),
  "invitation.resetPassword": async (world, at) => ({
    token: await resetTokenFor(world, await userAt(world, at)),
    password: PASSWORD,
  }),
  "site.list": () => undefined,
  "site.create": () => ({ name: `Site ${unique()}`, timeZone: "UTC", regionName: "North" }),
  "site.rename": (_world, at) => ({ siteId: at.siteId, name: `Site ${unique()}` }),
  "site.move": async (world, at) => ({
    siteId: await freshSite(world, at),
    regionId: await freshRegion(world, at),
    reason: "reorganised",
  }),
  "site.close": async (world, at) => ({ siteId: await freshSite(world, at), reason: "sold" }),
  "site.reopen": async (world, at) => ({ siteId: await freshSite(world, at, true), reason: "bought back" }),
  "region.list": () => undefined,
  "region.create": () => ({ name: `Region ${unique()}` }),
  "region.rename": async (world, at) => ({
    regionId: await freshRegion(world, at),
    name: `Region ${unique()}`,
  }),
  "region.remove": async (world, at) => ({ regionId: await freshRegion(world, at) }),
  "enrolment.createToken": (_world, at) => ({ siteId: at.siteId }),
  "enrolment.list": () => undefined,
  "enrolment.revokeToken": async (world, at) => ({ tokenId: await tokenAt(world, at) }),
  "enrolment.approve": async (world, at) => {
    const { scannerId, keyId } = await scannerAt(world, at, "pending");
    return { scannerId, keyFingerprint: fingerprintText(keyId) };
  },
  "enrolment.refuse": async (world, at) => ({
    scannerId: (await scannerAt(world, at, "pending")).scannerId,
    reason: "not ours",
  }),
  "enrolment.release": async (world, at) => ({
    scannerId: (await scannerAt(world, at, "locked-out")).scannerId,
    reason: "looked at it",
  }),
  "scanner.list": () => ({ limit: 500 }),
  "scanner.counts": () => ({}),
  "scanner.order": () => ({}),
  "scanner.rows": async (world, at) => ({ ids: [(await approved(world, at)).scannerId] }),
  "scanner.facets": () => undefined,
  "savedView.list": () => undefined,
  "savedView.create": () => ({ name: `View ${unique()}`, query: "headline=unsafe" }),
  "savedView.update": async (world, at) => ({ view: await viewAt(world, at), name: `View ${unique()}` }),
  "savedView.delete": async (world, at) => ({ view: await viewAt(world, at) }),
  "scanner.get": approved,
  "scanner.items": approved,
  "scanner.diagram": approved,
  "scanner.siblings": approved,
  "scanner.series": async (world, at) => ({
    ...(await approved(world, at)),
    itemIds: ["x"],
    fromMs: 0,
    toMs: 1_000,
  }),
  "scanner.closures": approved,
  "scanner.generationDiff": async (world, at) => ({ ...(await approved(world, at)), from: "/a", to: "/b" }),
  "scanner.facts": approved,
  "scanner.timeline": async (world, at) => ({ ...(await approved(world, at)), fromMs: 0, toMs: 1_000 }),
  "scanner.rename": async (world, at) => ({ ...(await approved(world, at)), alias: "A", reason: "clearer" }),
  "scanner.tag": async (world, at) => ({ ...(await several(world, at)), add: ["Trial"] }),
  "scanner.maintain": async (world, at) => ({ ...(await several(world, at)), untilMs: null }),
  "scanner.endMaintenance": async (world, at) => {
    const ask = await several(world, at);
    await world.server.owner(`update "Scanner" set service = 'maintenance' where id = any($1)`, [
      ask.scannerIds,
    ]);
    return ask;
  },
  "scanner.setService": async (world, at) => ({
    ...(await several(world, at)),
    service: "out-of-service",
  }),
  "scanner.move": async (world, at) => ({
    ...(await approved(world, at)),
    siteId: await freshSite(world, at),
    reason: "moved",
  }),
  "sheet.exportLabels": () => undefined,
  "sheet.previewLabels": async (world, at) => ({ text: await labelSheet(world, at) }),
  "sheet.importLabels": async (world, at) =>
    agreedTo(world, "sheet.previewLabels", await labelSheet(world, at)),
  "sheet.exportSites": () => undefined,
  "sheet.previewSites": () => ({ text: siteSheet() }),
  "sheet.importSites": async (world) => agreedTo(world, "sheet.previewSites", siteSheet()),
  "scanner.retire": async (world, at) => {
    const { scannerId } = await approved(world, at);
    return { scannerId, serial: `S-${scannerId}`, reason: "scrapped" };
  },
  "ask.answer": () => ({ text: "openssl" }),
  "ask.scanners": () => ({ text: "openssl", kind: "package", name: "openssl", value: null }),
  "ask.suggest": () => ({ text: "openssl" }),
  "ask.find": () => ({ text: "S-" }),
  "compare.sides": async (world, at) => ({ a: await approved(world, at), b: await approved(world, at) }),
  "past.range": () => undefined,
  "past.scanner": async (world, at) => ({ ...(await approved(world, at)), atMs: 1_000 }),
  "past.fleet": () => ({ atMs: Date.now() }),
  "baseline.preview": approved,
  "baseline.adopt": async (world, at) => ({
    ...(await approved(world, at)),
    name: "B",
    seenSeq: SEQ,
    items: [{ id: "x", class: "function" }],
    reason: "new",
  }),
  "release.list": () => undefined,
  "release.get": async (world, at) => ({ name: await releaseAt(world, at) }),
  "release.compare": async (world, at) => ({ name: await releaseAt(world, at), against: null }),
  "release.refusals": async (world, at) => ({ name: await releaseAt(world, at) }),
  "release.scanners": async (world, at) => ({ name: await releaseAt(world, at) }),
  "release.pin": async (world, at) => ({ ...(await releasedFor(world, at)), reason: "newer" }),
  "change.preflight": async (world, at) => ({ ...(await releasedFor(world, at)), action: "activate" }),
  "change.request": async (world, at) => ({
    ...(await releasedFor(world, at)),
    action: "activate",
    reason: "newer",
    requestKey: v7(),
  }),
  "change.cancel": decisionAt,
  "change.carry": async (world, at) => ({ ...(await decisionAt(world, at)), untilMs: null }),
  "change.releaseHold": decisionAt,
  "change.askLift": decisionAt,
  "change.confirmLift": decisionAt,
  "change.get": async (world, at) => ({ changeId: (await changeAt(world, at)).changeId }),
  "change.list": async (world, at) => ({ scannerId: (await changeAt(world, at)).scannerId }),
  "change.rollbackTargets": approved,
  "audit.list": async (world, at) => approved(world, at),
} as const satisfies Record<ProcedureName, MakeInput>;
