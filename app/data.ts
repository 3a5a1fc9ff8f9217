import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/router.ts";

/** What the pages read, as the router says it. */
type Read = inferRouterOutputs<AppRouter>;

export type Me = NonNullable<Read["session"]["me"]>;
export type Front = Read["session"]["front"];
export type Preferences = Me["preferences"];
