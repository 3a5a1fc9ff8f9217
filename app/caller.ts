import { dehydrate } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import type { AppRouter } from "#server/router.ts";
import type { Me } from "./data.ts";
import { internalUrl } from "./env.ts";
import { paths } from "./paths.ts";
import { makeQueryClient } from "./query-client.ts";

/**
 * Asks the portal's own API in the visitor's name, so the first paint is rendered with data and every check is the one
 * check that the browser's requests pass too. One client and one cache per page request.
 */
export const visitor = cache(async () => {
  const jar = await cookies();
  const queryClient = makeQueryClient();
  const client = createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${internalUrl()}/api/trpc`, headers: () => ({ cookie: jar.toString() }) })],
  });
  return { client, queryClient, trpc: createTRPCOptionsProxy<AppRouter>({ client, queryClient }) };
});

export const currentMe = cache(async () => {
  const { client } = await visitor();
  return client.session.me.query();
});

export const currentFront = cache(async () => {
  const { client } = await visitor();
  return client.session.front.query();
});

/** The person on this page; without a session the way goes to the first-run page or to signing in and back to `path`. */
export async function signedIn(path: string): Promise<Me> {
  const me = await currentMe();
  if (me !== null) return me;
  const { client } = await visitor();
  const { needsAdmin } = await client.setup.status.query();
  redirect(needsAdmin ? paths.setup : paths.signIn(path));
}

/** What was read for this page, to be handed to the browser's cache. */
export async function dehydrated() {
  const { queryClient } = await visitor();
  return dehydrate(queryClient);
}
