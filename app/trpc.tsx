"use client";
import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpLink, splitLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useEffect, useState } from "react";
import * as z from "zod";
import type { AppRouter } from "#server/router.ts";
import { createPresence } from "./presence.ts";
import { makeQueryClient } from "./query-client.ts";

// zod tries whether it may compile code, which the content security policy refuses and every browser then reports, page by page.
z.config({ jitless: true });

const context = createTRPCContext<AppRouter>();
export const { useTRPC, useTRPCClient } = context;

/** Many small queries of one page travel as one request. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  const [presence] = useState(() => createPresence(() => performance.now()));
  const [client] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: ({ path }) => path.startsWith("sheet.preview"),
          // A sheet is longer than an address may be.
          true: httpLink({
            url: "/api/trpc",
            methodOverride: "POST",
            headers: ({ op }) => presence.headersFor({ opList: [op] }),
          }),
          false: httpBatchLink({ url: "/api/trpc", maxURLLength: 4_000, headers: presence.headersFor }),
        }),
      ],
    }),
  );
  useEffect(() => presence.watch(window), [presence]);
  return (
    <QueryClientProvider client={queryClient}>
      <context.TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </context.TRPCProvider>
    </QueryClientProvider>
  );
}
