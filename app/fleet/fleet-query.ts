import { queryOptions } from "@tanstack/react-query";
import type { TRPCClient } from "@trpc/client";
import type { AppRouter } from "#server/router.ts";

/**
 * The first rows of a query and its legend. Asked once for each address: from then on the table keeps its own rows (live-fleet.ts).
 * The key has tRPC's shape; the answer says which query it answers, because an older one is shown while the next is on its way.
 */
export function fleetQuery(client: TRPCClient<AppRouter>, query: string) {
  return queryOptions({
    queryKey: [["scanner", "list"], { input: { query }, type: "query" }] as const,
    queryFn: async ({ signal }) => ({ query, fleet: await client.scanner.list.query({ query }, { signal }) }),
    staleTime: 10_000,
    refetchOnWindowFocus: false,
  });
}
