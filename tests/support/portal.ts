import { setTimeout as sleep } from "node:timers/promises";
import { createTRPCClient, httpLink } from "@trpc/client";
import type { ScannerId } from "#core/identity/identity.ts";
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

async function signIn(url: string, who: { email: string; password: string }): Promise<Portal> {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ email: who.email, password: who.password }),
  });
  if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}: ${await answer.text()}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  return portal(url, cookie);
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

/** Adopts everything that is proposed from what the scanner reports now. */
export async function adopt({ api }: Portal, scannerId: ScannerId): Promise<void> {
  const preview = await api.baseline.preview.query({ scannerId });
  await api.baseline.adopt.mutate({
    scannerId,
    name: preview.name,
    seenSeq: preview.seen,
    items: preview.items.map(({ item }) => ({ id: item.id, class: item.class })),
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
