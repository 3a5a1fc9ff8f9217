import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/router.ts";

/** What the pages read and send, as the router says it. */
export type Read = inferRouterOutputs<AppRouter>;
export type Sent = inferRouterInputs<AppRouter>;

export type Me = NonNullable<Read["session"]["me"]>;
export type Preferences = Me["preferences"];
export type SiteRow = Read["site"]["list"][number];
