import { infiniteQueryOptions } from "@tanstack/react-query";
import type { TRPCClient } from "@trpc/client";
import type { FleetFilter } from "#app/paths.ts";
import type { AppRouter } from "#server/router.ts";
import { listInput } from "./filter.ts";

/**
 * The pages of the fleet for one filter. Written by hand because tRPC's own infinite options add a `direction` to the
 * input, and the router's inputs are strict. The key has tRPC's shape, so nudges find it (app/realtime.tsx).
 */
export function fleetQuery(client: TRPCClient<AppRouter>, filter: FleetFilter) {
  const input = listInput(filter);
  return infiniteQueryOptions({
    queryKey: [["scanner", "list"], { input, type: "infinite" }] as const,
    queryFn: ({ pageParam, signal }) =>
      client.scanner.list.query(pageParam === null ? input : { ...input, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}
