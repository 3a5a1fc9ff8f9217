import { setTimeout as sleep } from "node:timers/promises";
import { createTRPCClient, httpLink } from "@trpc/client";
import type { Role } from "#core/access/role.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { ItemClass } from "#core/manifest/item.ts";
import type { AppRouter } from "#server/router.ts";

type Api = ReturnType<typeof createTRPCClient<AppRouter>>;

/** A person at the portal without a browser: the same procedures, the same cookie, the same refusals. */
export type Portal = { api: Api; url: string };

export const FIRST_ADMIN = {
  name: "Mara Ortega",
  email: "mara@example.org",
  password: "a long enough password",
  organisationName: "Example Imaging",
  siteName: "Hamburg",
  timeZone: "Europe/Berlin",
};

export async function firstAdmin(url: string): Promise<Portal> {
  const anonymous = portal(url, null);
  await anonymous.api.setup.createAdmin.mutate(FIRST_ADMIN);
  return await signIn(url, FIRST_ADMIN);
}

function signIn(url: string, { email, password }: { email: string; password: string }): Promise<Portal> {
  return enter(url, "/api/auth/sign-in/email", { email, password });
}

async function enter(url: string, door: string, who: object): Promise<Portal> {
  const answer = await fetch(url + door, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify(who),
  });
  if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}: ${await answer.text()}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  return portal(url, cookie);
}

/** Somebody whom the administrator invites for one site, who accepts and signs in. */
export async function invitedAt(
  { api, url }: Portal,
  { role, name, siteId }: { role: Role; name: string; siteId: SiteId },
): Promise<Portal> {
  const email = `${role}@example.org`;
  const { link } = await api.person.invite.mutate({ email, role, scope: { kind: "site", siteId } });
  const token = link.split("/").at(-1) ?? "";
  const { password } = FIRST_ADMIN;
  await portal(url, null).api.invitation.accept.mutate({ token, name, password });
  return await signIn(url, { email, password });
}

/** On an installation that asks nobody for a password. */
export async function signInOpenly(url: string, userId: string): Promise<Portal> {
  return enter(url, "/api/auth/sign-in/open", { userId });
}

function portal(url: string, cookie: string | null): Portal {
  const headers = { origin: url, ...(cookie === null ? {} : { cookie }) };
  return {
    url,
    api: createTRPCClient<AppRouter>({ links: [httpLink({ url: `${url}/api/trpc`, headers })] }),
  };
}

/** Waits for the one pending scanner with this serial and approves it by its fingerprint. */
export async function approve({ api }: Portal, serial: string): Promise<ScannerId> {
  const found = await until(`${serial} to be pending`, 20_000, async () => {
    const { pending } = await api.enrolment.list.query();
    return pending.find((one) => one.serial === serial) ?? null;
  });
  await api.enrolment.approve.mutate({ scannerId: found.scannerId, keyFingerprint: found.keyFingerprint });
  return found.scannerId;
}

/** Adopts what is proposed from what the scanner reports now: everything, or all but the classes that are left out. */
export async function adopt(
  { api }: Portal,
  scannerId: ScannerId,
  leaveOut: readonly ItemClass[] = [],
): Promise<void> {
  const preview = await api.baseline.preview.query({ scannerId });
  const kept = preview.items.filter(({ item }) => !leaveOut.includes(item.class));
  await api.baseline.adopt.mutate({
    scannerId,
    name: preview.name,
    seenSeq: preview.seen,
    items: kept.map(({ item }) => ({ id: item.id, class: item.class })),
    reason: "as delivered",
  });
}

/** Asks again until there is an answer; the deadline is a named promise of the product, so it may be a test's time-out. */
export async function until<T>(what: string, deadlineMs: number, ask: () => Promise<T | null>): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > end) throw new Error(`waited ${deadlineMs / 1000} s for ${what}`);
    await sleep(100);
  }
}
