import { randomBytes } from "node:crypto";
import { v7 } from "uuid";
import type { ProcedureName } from "#core/access/permission.ts";
import type { Role } from "#core/access/role.ts";
import { fingerprintText } from "#core/protocol/envelope.ts";
import { hashToken } from "#server/one-time-token.ts";
import type { RunningServer } from "#tests/integration/running-server.ts";
import { firstAdmin, Visitor } from "#tests/integration/visitor.ts";

/** Two sites in two regions with real rows in both, and a person of every role at the first one. */
export type Place = { siteId: string; regionId: string; organisationId: string };
export type World = { server: RunningServer; admin: Visitor; own: Place; other: Place };

const PASSWORD = "a long enough password";

export async function makeWorld(server: RunningServer): Promise<World> {
  const admin = await firstAdmin(server);
  await admin.mutate("site.create", { name: "Beta", timeZone: "Europe/London", regionName: "North" });
  const rows = await server.owner<Place & { name: string }>(
    `select id "siteId", "regionId", "organisationId", name from "Site" order by name`,
  );
  const [own, other] = rows;
  if (own === undefined || other === undefined) throw new Error("two sites expected");
  return { server, admin, own, other };
}

export async function personAt(
  world: World,
  role: Role,
  place: Place,
  kind: "site" | "region" | "organisation" = "site",
): Promise<Visitor> {
  const email = `${role}.${randomBytes(4).toString("hex")}@example.org`;
  const scope = {
    site: { kind, siteId: place.siteId },
    region: { kind, regionId: place.regionId },
    organisation: { kind },
  }[kind];
  const invited = await world.admin.mutate("person.invite", { email, role, scope });
  const { link } = invited.data as { link: string };
  const visitor = new Visitor(world.server);
  await visitor.mutate("invitation.accept", {
    token: link.split("/").at(-1),
    name: role,
    password: PASSWORD,
  });
  const signedIn = await visitor.signIn(email, PASSWORD);
  if (signedIn.status !== 200) throw new Error(await signedIn.text());
  return visitor;
}

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

type MakeInput = (world: World, at: Place) => Promise<unknown> | unknown;

const SEQ = { bootCounter: 1, startCounter: 1, seq: 1 };
const approved = async (world: World, at: Place) => ({
  scannerId: (await scannerAt(world, at, "approved")).scannerId,
});
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
  "scanner.list": () => ({}),
  "scanner.get": approved,
  "scanner.items": approved,
  "scanner.closures": approved,
  "scanner.generationDiff": async (world, at) => ({ ...(await approved(world, at)), from: "/a", to: "/b" }),
  "scanner.facts": approved,
  "scanner.timeline": async (world, at) => ({ ...(await approved(world, at)), fromMs: 0, toMs: 1_000 }),
  "scanner.rename": async (world, at) => ({ ...(await approved(world, at)), alias: "A", reason: "clearer" }),
  "baseline.preview": approved,
  "baseline.adopt": async (world, at) => ({
    ...(await approved(world, at)),
    name: "B",
    seenSeq: SEQ,
    items: [{ id: "x", class: "function" }],
    reason: "new",
  }),
  "audit.list": async (world, at) => approved(world, at),
} as const satisfies Record<ProcedureName, MakeInput>;
