import { defaultShouldDehydrateQuery, QueryClient } from "@tanstack/react-query";
import { refusalOf } from "./refusal.ts";

const TRIES = 2;

/** A refusal is an answer and is not asked for again; a broken connection is. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => refusalOf(error).kind !== "refused" && failures < TRIES,
        refetchOnWindowFocus: true,
      },
      dehydrate: { shouldDehydrateQuery: defaultShouldDehydrateQuery },
    },
  });
}
