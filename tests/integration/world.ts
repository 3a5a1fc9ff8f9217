import { randomBytes } from "node:crypto";
import type { Role } from "#core/access/role.ts";
import type { RunningServer } from "#tests/integration/running-server.ts";
import { firstAdmin, Visitor } from "#tests/integration/visitor.ts";

/** Two sites in two regions with real rows in both, and a person of every role at the first one. */
export type Place = { siteId: string; regionId: string; organisationId: string };
export type World = { server: RunningServer; admin: Visitor; own: Place; other: Place };

export const PASSWORD = "a long enough password";

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
