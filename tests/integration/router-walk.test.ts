import type { AnyProcedure } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { PERMISSIONS, PROCEDURES, type ProcedureName } from "#core/access/permission.ts";
import { ROLES, type Role } from "#core/access/role.ts";
import { appRouter } from "#server/router.ts";
import { INPUTS } from "#tests/integration/procedure-inputs.ts";
import { EMPTY, LISTS, NEW, WIDER } from "#tests/integration/procedure-reach.ts";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import { type Answer, Visitor } from "#tests/integration/visitor.ts";
import { makeWorld, type Place, personAt, type World } from "#tests/integration/world.ts";

const procedures = appRouter._def.procedures as unknown as Record<string, AnyProcedure>;
const isMutation = (name: ProcedureName) => procedures[name]?._def.type === "mutation";
const MUTATIONS = PROCEDURES.filter(isMutation);

/** Refusals that mean "you have no right to this, or it is not there": one and the same to the outside. */
const KEPT_OUT = ["not-signed-in", "not-allowed", "not-found", "scope-outside-yours", "person-outside-scope"];

let server: RunningServer;
let world: World;
const people = new Map<Role, Visitor>();

beforeAll(async () => {
  server = await startServer();
  world = await makeWorld(server);
  for (const role of ROLES) people.set(role, await personAt(world, role, world.own));
});
afterAll(() => server.stop());

async function call(
  visitor: Visitor,
  name: ProcedureName,
  at: Place,
  headers?: Record<string, string>,
): Promise<Answer> {
  const input = await INPUTS[name](world, at);
  return isMutation(name) ? visitor.mutate(name, input, headers) : visitor.query(name, input, headers);
}

const person = (role: Role) => people.get(role) ?? new Visitor(server);

test("every procedure has a row in the permission table and every row a procedure [P-01]", () => {
  expect(Object.keys(procedures).sort()).toEqual([...PROCEDURES].sort());
});

test("every procedure passes the one gate, under its own name [P-01]", () => {
  for (const [name, one] of Object.entries(procedures)) expect(one._def.meta).toEqual({ name });
});

describe.each(PROCEDURES)("%s", (name) => {
  const rights = PERMISSIONS[name];

  test("without signing in it answers as the table says, with or without a scanner's key [P-01, P-11]", async () => {
    const key = { "fiducial-key": "0".repeat(64), "fiducial-sig": "AA==" };
    for (const headers of [{}, key]) {
      const { refusal } = await call(new Visitor(server), name, world.own, headers);
      if (rights.anonymous === "public") expect(KEPT_OUT).not.toContain(refusal?.code);
      else expect(refusal?.code).toBe("not-signed-in");
    }
  });

  test.each(ROLES)(
    "for %s it answers as the table says, here and elsewhere [P-01, P-02, P-03]",
    async (role) => {
      const here = await call(person(role), name, world.own);
      const there = await call(person(role), name, world.other);
      if (rights[role] === "no") {
        expect(here.refusal?.code).toBe("not-allowed");
        expect(there.refusal?.code).toBe("not-allowed");
      } else if (rights[role] === "scope") {
        if (WIDER.includes(name)) expect(KEPT_OUT).toContain(here.refusal?.code);
        else expect(KEPT_OUT).not.toContain(here.refusal?.code);
        if ([...LISTS, ...EMPTY].includes(name)) expect(there.body).not.toContain(world.other.siteId);
        else if (NEW.includes(name)) expect(there.refusal?.code).toBe("scope-outside-yours");
        else expect(there.refusal?.code).toBe("not-found");
      } else {
        expect(KEPT_OUT).not.toContain(here.refusal?.code);
      }
      expect(here.status).toBeLessThan(500);
      expect(there.status).toBeLessThan(500);
    },
  );
});

test("lists show rows of one's own site and none of another's [P-03, P-06]", async () => {
  for (const at of [world.own, world.other]) {
    await INPUTS["enrolment.approve"](world, at);
    await INPUTS["scanner.get"](world, at);
    await INPUTS["enrolment.revokeToken"](world, at);
    await INPUTS["person.revokeInvitation"](world, at);
    await INPUTS["person.deactivate"](world, at);
  }
  const foreign = await server.owner<{ id: string }>(
    `select id::text from "Scanner" where "siteId" = $1::uuid union select id::text from "EnrolmentToken" where "siteId" = $1::uuid
     union select id::text from "Invitation" where "siteId" = $1::uuid union select "userId" from "Membership" where "siteId" = $1::uuid
     union select $1::uuid::text`,
    [world.other.siteId],
  );
  for (const name of LISTS) {
    const answer = await call(person("admin"), name, world.own);
    expect(answer.status).toBe(200);
    for (const { id } of foreign) expect(answer.body).not.toContain(id);
    // Who sees everything is told more; of a list that comes in pages it is the foreign row that tells, not the length.
    const { body } = await call(world.admin, name, world.own);
    expect([name, body.length > answer.body.length || foreign.some(({ id }) => body.includes(id))]).toEqual([
      name,
      true,
    ]);
  }
});

test("a role over a region reaches its sites and no other, one over the organisation reaches all [P-03, P-10]", async () => {
  const sites = async (visitor: Visitor) =>
    ((await visitor.query("site.list")).data as { siteId: string }[]).map(({ siteId }) => siteId).sort();
  for (const at of [world.own, world.other]) {
    const regional = await personAt(world, "admin", at, "region");
    const inRegion = await server.owner<{ id: string }>(
      `select id from "Site" where "regionId" = $1 order by id`,
      [at.regionId],
    );
    expect(await sites(regional)).toEqual(inRegion.map(({ id }) => id));
    const foreign = at === world.own ? world.other : world.own;
    const ask = { siteId: foreign.siteId, name: "Taken over" };
    expect((await regional.mutate("site.rename", ask)).refusal?.code).toBe("not-found");
    expect((await regional.mutate("site.rename", { ...ask, siteId: at.siteId })).status).toBe(200);
    await regional.mutate("site.rename", { siteId: at.siteId, name: `Back ${at.siteId}` });
  }
  const everywhere = await personAt(world, "viewer", world.own, "organisation");
  expect(await sites(everywhere)).toEqual(
    (await server.owner<{ id: string }>(`select id from "Site" order by id`)).map(({ id }) => id),
  );
});

/** Paths of the id fields of an input, found in its schema, so that a new one cannot be forgotten. */
function idFields(schema: unknown, path: string[] = []): string[][] {
  const { properties, anyOf, oneOf } = schema as Record<string, unknown>;
  const inside = Object.entries((properties ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
    /Id$|^(scanner|site|region)Ids$/.test(name) ? [[...path, name]] : idFields(value, [...path, name]),
  );
  const variants = [...((anyOf ?? []) as unknown[]), ...((oneOf ?? []) as unknown[])];
  return [...inside, ...variants.flatMap((one) => idFields(one, path))];
}

function inputSchema(name: ProcedureName): z.ZodType | undefined {
  return (procedures[name]?._def as unknown as { inputs: z.ZodType[] } | undefined)?.inputs[0];
}

const WITH_IDS = PROCEDURES.flatMap((name) => {
  const schema = inputSchema(name);
  if (schema === undefined) return [];
  return idFields(z.toJSONSchema(schema, { unrepresentable: "any", io: "input" })).map((path) => ({
    name,
    path,
  }));
});

function put(input: unknown, path: readonly string[], value: unknown): unknown {
  const [first = "", ...rest] = path;
  const object = input as Record<string, unknown>;
  return { ...object, [first]: rest.length === 0 ? value : put(object[first], rest, value) };
}

const at = (input: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], input);

/** Everything stored, but for what a request leaves behind by itself. */
async function fingerprintOfAll(): Promise<string> {
  const tables = await server.owner<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) name from pg_tables
     where schemaname in ('public', 'audit') and tablename not in ('Session', 'ServerWatch', 'ScannerLink') order by 1`,
  );
  const sums = tables.map(
    ({ name }) => `(select coalesce(md5(string_agg(t::text, '' order by t::text)), '') from ${name} t)`,
  );
  const [row] = await server.owner<{ sum: string }>(`select concat_ws(',', ${sums.join(", ")}) sum`);
  return row?.sum ?? "";
}

/** For a field that the usual input leaves out. */
async function idElsewhere(field: string | undefined): Promise<unknown> {
  if (field === "siteId") return world.other.siteId;
  if (field?.endsWith("cannerId") === true)
    return at(await INPUTS["scanner.get"](world, world.other), ["scannerId"]);
  throw new Error(`no id elsewhere for ${field}`);
}

describe("an id of another site in any field is refused like a missing one, and nothing changes [P-02, P-04]", () => {
  test("the walk finds the id fields", () => {
    expect(WITH_IDS.length).toBeGreaterThan(15);
    expect(WITH_IDS).toContainEqual({ name: "person.invite", path: ["scope", "siteId"] });
  });

  test.each(WITH_IDS)("$name $path", async ({ name, path }) => {
    const own = await INPUTS[name](world, world.own);
    const foreign =
      path.at(-1) === "regionId"
        ? world.other.regionId
        : (at(await INPUTS[name](world, world.other), path) ?? (await idElsewhere(path.at(-1))));
    const base =
      path.length > 1 && path.at(-1) === "regionId" ? put(own, path.slice(0, -1), { kind: "region" }) : own;
    const before = await fingerprintOfAll();
    const visitor = person("admin");
    const ask = (value: unknown) => {
      const input = put(base, path, path.at(-1)?.endsWith("Ids") ? [value].flat() : value);
      return isMutation(name) ? visitor.mutate(name, input) : visitor.query(name, input);
    };
    const answer = await ask(foreign);
    const missing = await ask("01990000-0000-7000-8000-000000000000");
    if (LISTS.includes(name)) expect(answer.body).not.toContain(String(foreign));
    else expect(answer.refusal?.code).toBe("not-found");
    expect(answer.refusal).toEqual(missing.refusal);
    expect(await fingerprintOfAll()).toBe(before);
  });
});

describe("keys that reach for a prototype [Z-03]", () => {
  test.each(PROCEDURES.filter((name) => inputSchema(name) !== undefined))("%s", async (name) => {
    const input = JSON.stringify(await INPUTS[name](world, world.own));
    const before = await fingerprintOfAll();
    for (const key of ["__proto__", "constructor", "prototype"]) {
      const body = input.replace(/^\{/, `{"${key}":{"polluted":true}${input === "{}" ? "" : ","}`);
      const answer = isMutation(name) ? await world.admin.mutateRaw(name, body) : await readRaw(name, body);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    }
    expect(await fingerprintOfAll()).toBe(before);
  });

  async function readRaw(name: ProcedureName, input: string): Promise<{ status: number }> {
    return world.admin.fetch(`/api/trpc/${name}?input=${encodeURIComponent(input)}`);
  }
});

describe("no audit row, no action [A-06]", () => {
  /** What a walk over real rows without a report behind them cannot bring to an end; its own tests do. */
  const NEEDS_REPORT: readonly ProcedureName[] = [
    ...(["baseline.adopt", "change.releaseHold", "change.askLift", "change.confirmLift"] as const),
  ];
  /** What concerns two sites is told in the log of each, and a sheet beside each thing that it changed. */
  const TWO_ROWS: readonly ProcedureName[] = ["scanner.move", "sheet.importLabels", "sheet.importSites"];
  const ONCE: readonly ProcedureName[] = ["setup.createAdmin"];
  const walked = MUTATIONS.filter((name) => ![...NEEDS_REPORT, ...ONCE].includes(name));
  const events = async () =>
    Number((await server.owner<{ n: string }>("select count(*) n from audit.event"))[0]?.n);

  test.each(walked)("%s leaves an audit row", async (name) => {
    const before = await events();
    const answer = await call(world.admin, name, world.own);
    expect(answer.body).not.toContain("error");
    expect(await events()).toBe(before + (TWO_ROWS.includes(name) ? 2 : 1));
  });

  test.each(walked)("%s does nothing when the row cannot be written", async (name) => {
    const input = await INPUTS[name](world, world.own);
    const before = await fingerprintOfAll();
    await server.owner("revoke execute on function audit.append(text, text, text, text) from fid_app");
    try {
      const answer = await world.admin.mutate(name, input);
      expect(answer.status).toBe(500);
      expect(answer.body).toMatch(/It is logged under [0-9a-f-]{36}/);
      // Nothing of ours leaks: no statement, no path, no stack (W-22).
      expect(answer.body).not.toMatch(/audit|permission denied|\/server\/|prisma|stack/i);
    } finally {
      await server.owner("grant execute on function audit.append(text, text, text, text) to fid_app");
    }
    expect(await fingerprintOfAll()).toBe(before);
  });
});
