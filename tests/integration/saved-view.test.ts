import { afterAll, beforeAll, expect, test } from "vitest";
import type { SavedView } from "#server/saved-view/view.ts";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import type { Visitor } from "#tests/integration/visitor.ts";
import { makeWorld, personAt, type World } from "#tests/integration/world.ts";

let server: RunningServer;
let world: World;
let engineer: Visitor;
let viewer: Visitor;
let contact: Visitor;

beforeAll(async () => {
  server = await startServer();
  world = await makeWorld(server);
  engineer = await personAt(world, "service-engineer", world.own);
  viewer = await personAt(world, "viewer", world.other);
  contact = await personAt(world, "site-contact", world.own);
});
afterAll(() => server.stop());

const viewsOf = async (visitor: Visitor) => (await visitor.query("savedView.list")).data as SavedView[];
const codeOf = async (visitor: Visitor, what: "create" | "update" | "delete", input: unknown) =>
  (await visitor.mutate(`savedView.${what}`, input)).refusal?.code ?? "done";

test("a private view is its owner's alone, a shared one is everybody's in the organisation [ADM-6]", async () => {
  expect(await codeOf(engineer, "create", { name: "Mine", query: "tag=beta" })).toBe("done");
  const shared = {
    name: "Night shift",
    purpose: "First look of the night",
    query: "?headline=unsafe",
    shared: true,
  };
  expect(await codeOf(engineer, "create", shared)).toBe("done");
  expect((await viewsOf(engineer)).map(({ name, own }) => [name, own])).toEqual([
    ["Mine", true],
    ["Night shift", true],
  ]);
  const [seen, ...rest] = await viewsOf(viewer);
  expect(rest).toEqual([]);
  expect(seen).toMatchObject({ ...shared, query: "headline=unsafe", own: false, mayChange: false });
  expect(seen?.ownerName).toBe("service-engineer");
  expect(await viewsOf(contact)).toEqual([]);
});

test("a hospital's contact keeps views, and shares none [ADM-6]", async () => {
  expect(await codeOf(contact, "create", { name: "Ours", query: "", shared: true })).toBe(
    "view-not-shared-by-you",
  );
  expect(await codeOf(contact, "create", { name: "Ours", query: "" })).toBe("done");
  const [own] = await viewsOf(contact);
  expect(await codeOf(contact, "update", { view: own?.viewId, shared: true })).toBe("view-not-shared-by-you");
});

test("a name is one's own and used once", async () => {
  expect(await codeOf(engineer, "create", { name: " Mine ", query: "" })).toBe("view-name-taken");
  expect(await codeOf(viewer, "create", { name: "Mine", query: "" })).toBe("done");
});

test("somebody else's view is not changed; an administrator keeps shared ones in order [P-02]", async () => {
  const [mine, night] = await viewsOf(engineer);
  for (const view of [mine?.viewId, night?.viewId, world.own.siteId]) {
    expect(await codeOf(viewer, "update", { view, name: "Taken" })).toBe("view-not-yours");
    expect(await codeOf(viewer, "delete", { view })).toBe("view-not-yours");
  }
  expect(await codeOf(world.admin, "update", { view: mine?.viewId, name: "Taken" })).toBe("view-not-yours");
  expect(await codeOf(world.admin, "update", { view: night?.viewId, purpose: "Who is unsafe" })).toBe("done");
  expect(await codeOf(world.admin, "update", { view: night?.viewId, purpose: "Who is unsafe" })).toBe(
    "nothing-to-change",
  );
  expect(await codeOf(engineer, "delete", { view: night?.viewId })).toBe("done");
  expect((await viewsOf(viewer)).map(({ name }) => name)).toEqual(["Mine"]);
});

test("what was done to a view is in the log with what it was [ADM-3]", async () => {
  const rows = await server.owner<{ action: string; body: string }>(
    `select action, body from audit.event where action like 'saved-view.%' order by at`,
  );
  expect(new Set(rows.map(({ action }) => action))).toEqual(
    new Set(["saved-view.created", "saved-view.updated", "saved-view.deleted"]),
  );
  const updated = rows.find(({ action }) => action === "saved-view.updated");
  expect(JSON.parse(updated?.body ?? "{}")).toMatchObject({
    from: { purpose: "First look of the night" },
    to: { purpose: "Who is unsafe" },
  });
});

test("columns, density and shortcuts are kept with the person", async () => {
  const chosen = { shortcuts: false, fleetColumns: ["headline", "scanner", "tags"], density: "comfortable" };
  expect((await viewer.mutate("session.setPreferences", chosen)).status).toBe(200);
  const me = (await viewer.query("session.me")).data as { preferences: unknown };
  expect(me.preferences).toMatchObject(chosen);
  const refused = await viewer.mutate("session.setPreferences", { fleetColumns: ["weather"] });
  expect(refused.refusal?.code).toBe("wrong-input");
  await viewer.mutate("session.setPreferences", { fleetColumns: null });
  expect(((await viewer.query("session.me")).data as { preferences: object }).preferences).toMatchObject({
    fleetColumns: null,
    density: "comfortable",
  });
});
