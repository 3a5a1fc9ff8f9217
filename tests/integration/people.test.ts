import { createOTP } from "@better-auth/utils/otp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import { ADMIN, Visitor } from "#tests/integration/visitor.ts";

const PASSWORD = "a long enough password";

/** RFC 4648 without padding, as authenticators read it; the library counts the secret's text. */
function base32(text: string): string {
  const bits = [...text]
    .map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0"))
    .join("");
  return String.fromCharCode(...(bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

let server: RunningServer;
let admin: Visitor;
let siteA = "";
let siteB = "";

beforeAll(async () => {
  server = await startServer();
  const status = await new Visitor(server).query("setup.status");
  expect(status.data).toMatchObject({ needsAdmin: true, build: "test" });
});
afterAll(() => server.stop());

describe("first run", () => {
  test("of twenty forms sent at once exactly one makes the administrator; then the door is shut", async () => {
    const ask = (n: number) => ({
      name: `Person ${n}`,
      email: `first${n}@example.org`,
      password: PASSWORD,
      organisationName: "Clinic",
      siteName: "Alpha",
      timeZone: "Europe/Berlin",
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => new Visitor(server).mutate("setup.createAdmin", ask(n))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ refusal }) => refusal?.code === "setup-done")).toHaveLength(19);
    const [users] = await server.owner<{ users: string; organisations: string; sites: string; rows: string }>(
      `select (select count(*) from "User") users, (select count(*) from "Organisation") organisations,
        (select count(*) from "Site") sites, (select count(*) from audit.event) rows`,
    );
    expect(users).toEqual({ users: "1", organisations: "1", sites: "1", rows: "1" });
    await server.owner(`update "User" set email = $1`, [ADMIN.email]);
    admin = new Visitor(server);
    expect((await admin.signIn(ADMIN.email, PASSWORD)).status).toBe(200);
    const sites = (await admin.query("site.list")).data as { siteId: string }[];
    siteA = sites[0]?.siteId ?? "";
    const made = await admin.mutate("site.create", { name: "Beta", timeZone: "Europe/London" });
    siteB = (made.data as { siteId: string }).siteId;
  });

  test("a password under twelve characters is refused with the number", async () => {
    const answer = await new Visitor(server).mutate("invitation.accept", {
      token: "x".repeat(43),
      name: "N",
      password: "short",
    });
    expect(answer.refusal?.code).toBe("link-unknown");
    const link = await invite("short@example.org");
    const token = link.split("/").at(-1);
    const short = await new Visitor(server).mutate("invitation.accept", {
      token,
      name: "N",
      password: "elevenchars",
    });
    expect(short.refusal).toEqual({ code: "password-too-short", params: { min: 12 } });
  });
});

async function invite(
  email: string,
  role = "viewer",
  scope: unknown = { kind: "site", siteId: siteA },
): Promise<string> {
  const answer = await admin.mutate("person.invite", { email, role, scope });
  if (answer.status !== 200) throw new Error(answer.body);
  return (answer.data as { link: string }).link;
}

async function join(email: string, role = "viewer", scope?: unknown): Promise<Visitor> {
  const token = (await invite(email, role, scope)).split("/").at(-1);
  const visitor = new Visitor(server);
  const accepted = await visitor.mutate("invitation.accept", { token, name: email, password: PASSWORD });
  if (accepted.status !== 200) throw new Error(accepted.body);
  expect((await visitor.signIn(email, PASSWORD)).status).toBe(200);
  return visitor;
}

async function userIdOf(email: string): Promise<string> {
  const [row] = await server.owner<{ id: string }>(`select id from "User" where email = $1`, [email]);
  return row?.id ?? "";
}

describe("invitations", () => {
  test("a link tells what it is for, works once, and gives the role it says and nothing more", async () => {
    const link = await invite("vera@example.org");
    expect(link).toMatch(/^\/invitation\/[A-Za-z0-9_-]{43}$/);
    const token = link.split("/").at(-1);
    const visitor = new Visitor(server);
    expect((await visitor.query("invitation.inspect", { token })).data).toEqual({
      email: "vera@example.org",
      role: "viewer",
      scopeName: "Alpha",
      organisationName: "Clinic",
    });
    const ask = { token, name: "Vera", password: PASSWORD };
    const tries = await Promise.all(
      Array.from({ length: 10 }, () => new Visitor(server).mutate("invitation.accept", ask)),
    );
    expect(tries.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await visitor.query("invitation.inspect", { token })).refusal?.code).toBe("link-used");
    await visitor.signIn("vera@example.org", PASSWORD);
    const me = (await visitor.query("session.me")).data as {
      may: Record<string, boolean>;
      memberships: unknown[];
    };
    expect(me.memberships).toEqual([{ role: "viewer", scope: { kind: "site", id: siteA, name: "Alpha" } }]);
    expect(me.may["person.invite"]).toBe(false);
    expect(
      ((await visitor.query("site.list")).data as { siteId: string }[]).map(({ siteId }) => siteId),
    ).toEqual([siteA]);
  });

  test("the token is nowhere in the database", async () => {
    const token = (await invite("hash@example.org")).split("/").at(-1) ?? "";
    const [row] = await server.owner<{ found: string }>(
      `select count(*) found from "Invitation" i where i::text like '%' || $1 || '%'`,
      [token],
    );
    expect(row?.found).toBe("0");
  });

  test("a revoked and an expired link say so", async () => {
    const revoked = await admin.mutate("person.invite", {
      email: "r@example.org",
      role: "viewer",
      scope: { kind: "organisation" },
    });
    const { invitationId, link } = revoked.data as { invitationId: string; link: string };
    expect((await admin.mutate("person.revokeInvitation", { invitationId })).status).toBe(200);
    const token = link.split("/").at(-1);
    expect((await admin.query("invitation.inspect", { token })).refusal?.code).toBe("link-revoked");
    const late = (await invite("late@example.org")).split("/").at(-1);
    await server.owner(`update "Invitation" set "expiresAt" = now() where email = 'late@example.org'`);
    expect((await admin.query("invitation.inspect", { token: late })).refusal?.code).toBe("link-expired");
  });

  test("a site contact belongs to a site, whatever the form says [ADM-6]", async () => {
    const ask = { email: "c@example.org", role: "site-contact", scope: { kind: "organisation" } };
    expect((await admin.mutate("person.invite", ask)).refusal?.code).toBe("scope-does-not-fit-role");
  });

  test("an administrator of one site can neither invite nor take over beyond it [P-09]", async () => {
    const local = await join("local@example.org", "admin", { kind: "site", siteId: siteA });
    const at = (scope: unknown) =>
      local.mutate("person.invite", { email: "x@example.org", role: "viewer", scope });
    expect((await at({ kind: "organisation" })).refusal?.code).toBe("scope-outside-yours");
    expect((await at({ kind: "site", siteId: siteB })).refusal?.code).toBe("not-found");
    const organisationAdmin = await userIdOf(ADMIN.email);
    expect((await local.mutate("person.resetLink", { userId: organisationAdmin })).refusal?.code).toBe(
      "not-found",
    );
    expect(
      (await local.mutate("person.deactivate", { userId: organisationAdmin, reason: "x" })).refusal?.code,
    ).toBe("not-found");
    const people = (await local.query("person.list")).data as { people: { email: string }[] };
    expect(people.people.map(({ email }) => email)).not.toContain(ADMIN.email);
  });

  test("a person with a role here and one elsewhere is nobody's to reset but whoever covers both [P-09]", async () => {
    await join("both@example.org", "viewer", { kind: "site", siteId: siteA });
    const userId = await userIdOf("both@example.org");
    await server.owner(
      `insert into "Membership" (id, "userId", role, "scopeKind", "organisationId", "regionId", "siteId", "createdBy")
       select gen_random_uuid(), $1, 'admin', 'site', "organisationId", "regionId", id, 'test' from "Site" where id = $2`,
      [userId, siteB],
    );
    const local = new Visitor(server);
    await local.signIn("local@example.org", PASSWORD);
    expect((await local.mutate("person.resetLink", { userId })).refusal?.code).toBe("person-outside-scope");
    expect((await admin.mutate("person.resetLink", { userId })).status).toBe(200);
  });
});

describe("leaving and coming back", () => {
  test("a deactivated person's session is dead at once and the right password gets the answer of a wrong one", async () => {
    const visitor = await join("leaver@example.org");
    const userId = await userIdOf("leaver@example.org");
    expect((await admin.mutate("person.deactivate", { userId, reason: "left" })).status).toBe(200);
    expect((await visitor.query("session.me")).data).toBeNull();
    expect((await visitor.query("site.list")).refusal?.code).toBe("not-signed-in");
    const right = await new Visitor(server).signIn("leaver@example.org", PASSWORD);
    const wrong = await new Visitor(server).signIn(ADMIN.email, "not the password");
    expect([right.status, await right.text()]).toEqual([wrong.status, await wrong.text()]);
    expect((await admin.mutate("person.deactivate", { userId, reason: "left" })).refusal?.code).toBe(
      "already-deactivated",
    );
    expect((await admin.mutate("person.resetLink", { userId })).refusal?.code).toBe("already-deactivated");
  });

  test("nobody deactivates themselves", async () => {
    const userId = await userIdOf(ADMIN.email);
    expect((await admin.mutate("person.deactivate", { userId, reason: "x" })).refusal?.code).toBe(
      "own-account",
    );
  });

  test("a reset link works once, voids the one before it, ends every session and old password [B-05, B-13]", async () => {
    const visitor = await join("reset@example.org");
    const userId = await userIdOf("reset@example.org");
    const link = async () =>
      ((await admin.mutate("person.resetLink", { userId })).data as { link: string }).link;
    const first = (await link()).split("/").at(-1);
    const second = (await link()).split("/").at(-1);
    const use = (token: string | undefined) =>
      new Visitor(server).mutate("invitation.resetPassword", { token, password: "another long password" });
    expect((await use(first)).refusal?.code).toBe("link-unknown");
    expect((await use(second)).data).toEqual({ email: "reset@example.org" });
    expect((await use(second)).refusal?.code).toBe("link-unknown");
    expect((await visitor.query("session.me")).data).toBeNull();
    expect((await new Visitor(server).signIn("reset@example.org", PASSWORD)).status).toBe(401);
    expect((await new Visitor(server).signIn("reset@example.org", "another long password")).status).toBe(200);
  });
});

describe("sessions", () => {
  test("a wrong password and an unknown person get the same answer", async () => {
    const wrong = await new Visitor(server).signIn(ADMIN.email, "not the password");
    const unknown = await new Visitor(server).signIn("nobody@example.org", "not the password");
    expect(wrong.status).toBe(401);
    expect([unknown.status, await unknown.text()]).toEqual([wrong.status, await wrong.text()]);
  });

  test("the eleventh guess in a quarter of an hour waits, from any address the client names [B-01, B-02]", async () => {
    await join("guessed@example.org");
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      const visitor = new Visitor(server);
      const headers = {
        "content-type": "application/json",
        "x-forwarded-for": `10.0.0.${n}`,
        "fiducial-address": `10.0.0.${n}`,
      };
      const body = JSON.stringify({ email: "guessed@example.org", password: `guess number ${n}` });
      statuses.push(
        (await visitor.fetch("/api/auth/sign-in/email", { method: "POST", headers, body })).status,
      );
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
  });

  test("a sign-in makes a new session and never takes the cookie that was there before [B-05]", async () => {
    const victim = new Visitor(server);
    victim.cookies.set("fiducial.session_token", "planted.value");
    await victim.signIn(ADMIN.email, PASSWORD);
    expect(victim.cookies.get("fiducial.session_token")).not.toContain("planted");
    const old = victim.cookies.get("fiducial.session_token") ?? "";
    await victim.auth("/sign-out");
    const thief = new Visitor(server);
    thief.cookies.set("fiducial.session_token", old);
    expect((await thief.query("session.me")).data).toBeNull();
  });

  test.each([
    ["30 minutes unused", `"updatedAt" = now() - interval '31 minutes'`],
    ["12 hours old, however busy", `"createdAt" = now() - interval '12 hours 1 minute'`],
  ])(
    "a session ends when it is %s, for calls and for sign-in's own endpoints [B-11]",
    async (_what, change) => {
      for (const look of ["call", "auth"]) {
        const visitor = new Visitor(server);
        await visitor.signIn(ADMIN.email, PASSWORD);
        await server.owner(`update "Session" set ${change} where "userId" = $1`, [
          await userIdOf(ADMIN.email),
        ]);
        if (look === "call") expect((await visitor.query("session.me")).data).toBeNull();
        else expect(await (await visitor.fetch("/api/auth/get-session")).json()).toBeNull();
      }
      admin = new Visitor(server);
      await admin.signIn(ADMIN.email, PASSWORD);
    },
  );

  test("a page that refreshes by itself keeps nothing alive [B-11]", async () => {
    const visitor = await join("idle@example.org");
    const userId = await userIdOf("idle@example.org");
    await server.owner(
      `update "Session" set "updatedAt" = now() - interval '20 minutes' where "userId" = $1`,
      [userId],
    );
    const age = async () =>
      (
        await server.owner<{ s: number }>(
          `select extract(epoch from now() - "updatedAt")::int s from "Session" where "userId" = $1`,
          [userId],
        )
      )[0]?.s ?? 0;
    await visitor.query("session.me", undefined, { "fiducial-background": "1" });
    expect(await age()).toBeGreaterThan(1_000);
    await visitor.query("session.me");
    expect(await age()).toBeLessThan(100);
  });

  test("a second factor is asked for, each code is good once, and a reset link takes it away [B-09]", async () => {
    const email = "second@example.org";
    const visitor = await join(email);
    const enabled = await (await visitor.auth("/two-factor/enable", { password: PASSWORD })).json();
    const secret = base32(new URL(enabled.totpURI).searchParams.get("secret") ?? "");
    const code = (step: number) => createOTP(secret).hotp(Math.floor(Date.now() / 30_000) + step);
    const codes = await Promise.all([code(-1), code(0), code(1)]);
    expect((await visitor.auth("/two-factor/verify-totp", { code: codes[0] })).status).toBe(200);
    const withCode = async (one: string | undefined) => {
      const again = new Visitor(server);
      const first = await (await again.signIn(email, PASSWORD)).json();
      expect(first).toMatchObject({ twoFactorRedirect: true });
      expect((await again.query("session.me")).data).toBeNull();
      const { status } = await again.auth("/two-factor/verify-totp", { code: one });
      return { status, me: (await again.query("session.me")).data };
    };
    expect((await withCode(codes[1])).me).toMatchObject({ email, twoFactorEnabled: true });
    expect(await withCode(codes[1])).toEqual({ status: 401, me: null });
    expect(await withCode("000000")).toEqual({ status: 401, me: null });
    const userId = await userIdOf(email);
    const { link } = (await admin.mutate("person.resetLink", { userId })).data as { link: string };
    const token = link.split("/").at(-1);
    await new Visitor(server).mutate("invitation.resetPassword", {
      token,
      password: "another long password",
    });
    const back = new Visitor(server);
    await back.signIn(email, "another long password");
    expect((await back.query("session.me")).data).toMatchObject({ email, twoFactorEnabled: false });
  });

  test.each([
    "/sign-up/email",
    "/update-user",
    "/delete-user",
    "/change-email",
    "/request-password-reset",
    "/sign-in/social",
    "/link-social",
    "/SIGN-IN/EMAIL",
    "/sign-in/email/",
  ])("nobody signs up, and what people do not use does not exist: %s", async (path) => {
    const response = await new Visitor(server).auth(path, {
      email: "new@example.org",
      password: PASSWORD,
      name: "New",
    });
    expect(response.status).toBe(404);
    expect(await userIdOf("new@example.org")).toBe("");
  });

  test("preferences are one's own and survive", async () => {
    const visitor = await join("prefers@example.org");
    const set = await visitor.mutate("session.setPreferences", { locale: "de", timeZone: "Europe/Vienna" });
    expect(set.data).toMatchObject({
      ...{ locale: "de", theme: "system", times: "site", timeZone: "Europe/Vienna" },
      ...{ shortcuts: true, density: "compact" },
    });
    expect((await visitor.query("session.me")).data).toMatchObject({ preferences: { locale: "de" } });
    expect((await visitor.mutate("session.setPreferences", { timeZone: "Mars/Olympus" })).refusal?.code).toBe(
      "wrong-input",
    );
    expect((await visitor.mutate("session.setPreferences", { userId: "someone" })).refusal?.code).toBe(
      "wrong-input",
    );
  });
});
