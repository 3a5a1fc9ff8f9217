import { initTRPC, TRPCError } from "@trpc/server";
import * as z from "zod";
import type { Membership } from "#core/access/membership.ts";
import {
  mayAnywhere,
  PERMISSIONS,
  type ProcedureName,
  type Reach,
  scopesFor,
} from "#core/access/permission.ts";
import { firstProblem } from "#core/report/first-problem.ts";
import { type Act, type ActPorts, type AuditRow, type Nudge, runAct, type Tx } from "#server/act.ts";
import { isDatabaseAway } from "#server/database/scoped.ts";
import type { Log } from "#server/log.ts";
import { type Access, NOWHERE } from "#server/reach.ts";
import { REFUSALS, Refusal, type RefusalView, refusalIn } from "#server/refusal.ts";
import type { ReleaseFiles } from "#server/release/service.ts";

/**
 * Every procedure passes one builder. It looks its name up in the permission table and refuses before the input is parsed;
 * it opens the database only inside the scopes in which one of the visitor's roles allows this very procedure (rights are
 * judged per object, never as the union of all roles: Mender CVE-2026-33552, P-09); and a mutation that ends without an
 * audit row in its own transaction is rolled back: no audit row, no action.
 */

/** Who is asking: a person with a live session. */
export type Visitor = {
  userId: string;
  sessionId: string;
  name: string;
  email: string;
  twoFactorEnabled: boolean;
};

export type Context = {
  visitor: Visitor | null;
  memberships: readonly Membership[];
  /** One transaction inside the access, for looking and for acting alike. */
  transaction: <T>(access: Access, work: (tx: Tx) => Promise<T>) => Promise<T>;
  append: (tx: Tx, actor: string, rows: readonly AuditRow[]) => Promise<void>;
  nudge: Nudge;
  log: Log;
  requestId: string;
  nowMs: number;
  server: ServerFacts;
  repository: ReleaseFiles;
};

/** What the server says about itself. */
export type ServerFacts = {
  /** Version of the running server. */
  build: string;
  /** Where scanners and browsers reach it, without a path. */
  origin: string;
  /** Of the key that signs every answer to a scanner. */
  keyFingerprint: string;
  /** Of the authority behind the server's certificate; null or missing: one that everybody knows. */
  ownCa?: { fileSha256: string; fingerprint: string } | null;
  /** How it greets people (server/env.ts); `dock`: there is a page to show along the bottom. */
  front: { signInOpen: boolean; bannerText: string | null; dock: boolean };
};

/** What `procedure()` adds for the resolver. */
export type Gate = {
  /** Where the visitor may call this procedure; the application's own filter beside row-level security. */
  reach: Reach;
  /** User id of the caller, or `anonymous`. */
  actor: string;
  /** One look inside the reach. */
  read: <T>(look: (tx: Tx) => Promise<T>) => Promise<T>;
  /** One transaction inside the reach; refuses to commit without an audit row. */
  act: <T>(work: (act: Act) => Promise<T>) => Promise<T>;
  /**
   * The same over every site, for the few rows that belong to none (a new site, the organisation's audit chain). Row-level
   * security no longer helps here: the service asks `may` for the place first.
   */
  overAllSites: Pick<Gate, "read" | "act">;
};

const t = initTRPC
  .context<Context>()
  .meta<{ name: ProcedureName }>()
  .create({
    isDev: false,
    errorFormatter: ({ shape, error, ctx }) => ({
      code: shape.code,
      message: publicMessage(error, ctx),
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, refusal: refusalView(error) },
    }),
  });

export const router = t.router;
export const mergeRouters = t.mergeRouters;

/** A refusal explains itself; anything else is our bug and says only where its trace is found (W-22). */
function publicMessage(error: TRPCError, ctx: Context | undefined): string {
  const view = refusalView(error);
  if (view !== null) return view.code;
  return `Something failed inside the server. It is logged under ${ctx?.requestId ?? "no request id"}.`;
}

function refusalView(error: TRPCError): RefusalView | null {
  const refusal = refusalIn(error);
  if (refusal !== null) return refusal.view;
  if (error.code === "BAD_REQUEST" || error.code === "PARSE_ERROR") return inputRefusal(error).view;
  if (error.code === "NOT_FOUND" || error.code === "METHOD_NOT_SUPPORTED")
    return new Refusal("wrong-request").view;
  if (error.code === "PAYLOAD_TOO_LARGE") return new Refusal("too-large").view;
  return null;
}

/** Names the field, never the value: values may be hostile. */
function inputRefusal(error: TRPCError): Refusal {
  const { cause } = error;
  return cause instanceof z.ZodError
    ? new Refusal("wrong-input", { problem: firstProblem(cause, []) })
    : new Refusal("wrong-request");
}

/** Resolvers and services throw `Refusal`; this gives it the HTTP status of its code. A lost database is a refusal too, not a bug. */
export function asTrpcError(error: unknown): TRPCError | null {
  const refusal = refusalIn(error) ?? (isAway(error) ? new Refusal("database-away", {}, error) : null);
  if (refusal === null) return null;
  return new TRPCError({ code: REFUSALS[refusal.code], message: refusal.code, cause: refusal });
}

function isAway(error: unknown): boolean {
  return isDatabaseAway(error) || (error instanceof TRPCError && isDatabaseAway(error.cause));
}

const refusalsHaveStatus = t.middleware(async ({ next }) => {
  const result = await next();
  const refused = result.ok ? null : asTrpcError(result.error);
  if (refused !== null) throw refused;
  return result;
});

/**
 * @param name the procedure's full path; it must be mounted there, and the router walk checks that it is (P-01).
 */
export function procedure(name: ProcedureName) {
  return t.procedure
    .meta({ name })
    .use(refusalsHaveStatus)
    .use(async ({ ctx, path, type, next }) => {
      if (path !== name) throw new Error(`procedure ${name} is mounted at ${path}`);
      const access = admit(name, ctx);
      let acted = false;
      const gate = openGate(ctx, access, async (ports, who, work) => {
        if (type !== "mutation") throw new Error(`${name} is a query and tried to act`);
        const result = await runAct(ports, who, work);
        acted = true;
        return result;
      });
      const result = await next({ ctx: gate });
      if (type === "mutation" && result.ok && !acted) throw new Error(`${name} left no audit row`);
      return result;
    });
}

/** Signed out where a name is needed: UNAUTHORIZED. Signed in without a role that allows it anywhere: FORBIDDEN. */
function admit(name: ProcedureName, ctx: Context): Access {
  if (PERMISSIONS[name].anonymous === "public") return { kind: "server" };
  if (ctx.visitor === null) throw new Refusal("not-signed-in");
  if (!mayAnywhere(ctx.memberships, name)) throw new Refusal("not-allowed");
  return { kind: "reach", reach: scopesFor(ctx.memberships, name) };
}

function openGate(ctx: Context, access: Access, run: typeof runAct): Gate {
  const actor = ctx.visitor?.userId ?? "anonymous";
  const inside = (where: Access): Pick<Gate, "read" | "act"> => {
    const transaction: ActPorts["transaction"] = (work) => ctx.transaction(where, work);
    const ports = { transaction, append: ctx.append, nudge: ctx.nudge };
    return { read: transaction, act: (work) => run(ports, { actor, nowMs: ctx.nowMs }, work) };
  };
  return {
    reach: access.kind === "reach" ? access.reach : NOWHERE,
    actor,
    ...inside(access),
    overAllSites: inside({ kind: "server" }),
  };
}
